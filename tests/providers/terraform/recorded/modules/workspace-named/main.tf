locals {
  regions = {
    default = "us-east-1"
    prod-eu = "eu-central-1"
    prod-us = "us-west-2"
  }
  region = lookup(local.regions, terraform.workspace, local.regions.default)
}

module "child" {
  source = "./child"
}

output "region" {
  value = local.region
}

output "child" {
  value = module.child.workspace
}
