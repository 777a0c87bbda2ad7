variable "key" {
  type      = string
  sensitive = true
}

variable "region" {
  type = string
}

output "key" {
  value     = "key-${var.key}"
  sensitive = true
}

output "region" {
  value = var.region
}
