locals {
  regions = {
    frankfurt = { region = "eu-central-1", primary = true }
    ireland   = { region = "eu-west-1", primary = false }
    paris     = { region = "eu-west-3", primary = false }
  }
}

module "bucket" {
  source   = "./bucket"
  for_each = { for name, place in local.regions : name => place if !place.primary }
  name     = each.key
  region   = each.value.region
}

module "named" {
  source   = "./bucket"
  for_each = toset(["zeta", "alpha"])
  name     = each.value
  region   = upper(each.key)
}

output "arns" {
  value = { for name, bucket in module.bucket : name => bucket.arn }
}

output "keys" {
  value = keys(module.bucket)
}

output "values" {
  value = values(module.bucket)[*].arn
}

output "whole" {
  value = module.bucket["paris"]
}

output "attribute" {
  value = module.bucket["ireland"].region
}

output "named" {
  value = [for bucket in module.named : bucket.arn]
}

output "missing" {
  value = try(module.bucket["frankfurt"].arn, "filtered out")
}

output "has" {
  value = contains(keys(module.bucket), "frankfurt")
}
