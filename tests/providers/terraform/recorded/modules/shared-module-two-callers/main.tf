module "eu" {
  source = "./store"
  region = "eu-central-1"
}

module "us" {
  source = "./store"
  region = "us-east-1"
}

module "wrapper" {
  source = "./wrapper"
}

output "regions" {
  value = [module.eu.region, module.us.region, module.wrapper.region]
}

output "copies" {
  value = { for name, target in { eu = module.eu, us = module.us } : name => target.copies }
}
