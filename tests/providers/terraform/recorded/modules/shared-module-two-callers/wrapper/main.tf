module "store" {
  source = "../store"
  region = "eu-south-2"
  copies = ["eu-south-1"]
}

output "region" {
  value = module.store.region
}
