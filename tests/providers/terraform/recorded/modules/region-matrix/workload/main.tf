variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "buckets" {
  type    = map(number)
  default = {}
}

locals {
  full = [for bucket, order in var.buckets : format("%s-%s-%d", var.name, bucket, order)]
}

output "buckets" {
  value = { for name in local.full : name => var.region }
}

output "region" {
  value = var.region
}
