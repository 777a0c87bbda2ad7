variable "region" {
  default = "root"
}

locals {
  name = "root local"
}

module "child" {
  source = "./child"
  region = "argument"
}

module "default" {
  source = "./child"
}

output "root" {
  value = [var.region, local.name]
}

output "child" {
  value = [module.child.region, module.child.name]
}

output "default" {
  value = module.default.region
}
