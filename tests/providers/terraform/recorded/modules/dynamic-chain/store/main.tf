variable "rules" {
  type = map(string)
}

output "rules" {
  value = var.rules
}
