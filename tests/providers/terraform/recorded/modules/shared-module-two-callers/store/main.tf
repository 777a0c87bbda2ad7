variable "region" {
  type = string
}

variable "copies" {
  type    = list(string)
  default = []
}

locals {
  copies = length(var.copies) > 0 ? var.copies : [var.region]
}

output "region" {
  value = local.copies[0]
}

output "copies" {
  value = local.copies
}
