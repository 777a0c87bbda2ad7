variable "region" {
  default = "child default"
}

locals {
  name = "child local"
}

output "region" {
  value = var.region
}

output "name" {
  value = local.name
}
