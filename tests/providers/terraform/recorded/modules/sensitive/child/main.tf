variable "secret" {
  type = string
}

output "upper" {
  value     = upper(var.secret)
  sensitive = true
}
