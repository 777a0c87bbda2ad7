variable "label" {
  type = string
}

output "label" {
  value = var.label
}
