variable "d" {
  default = "d"
}
