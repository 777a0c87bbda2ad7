variable "name" {
  type = string
}

output "name" {
  value = substr(var.name, 0, 18)
}
