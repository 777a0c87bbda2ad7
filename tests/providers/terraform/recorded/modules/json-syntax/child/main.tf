variable "name" {}

output "name" {
  value = title(var.name)
}
