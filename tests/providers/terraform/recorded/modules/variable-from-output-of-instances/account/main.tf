variable "location" {
  type = string
}

locals {
  owner = "team-${substr(var.location, 0, 2)}"
}

output "location" {
  value = var.location
}

output "tags" {
  value = { owner = local.owner }
}
