variable "index" {
  type = number
}

output "name" {
  value = format("replica-%02d", var.index)
}
