variable "region" {
  default = "us-east-1"
}

locals {
  label = "hcl"
}

output "region" {
  value = "${var.region}/${local.label}"
}
