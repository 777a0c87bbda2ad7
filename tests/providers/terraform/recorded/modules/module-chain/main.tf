module "network" {
  source = "./network"
  region = "eu-south-1"
}

module "app" {
  source     = "./app"
  network    = module.network
  depends_on = [module.network]
}

module "again" {
  source  = "./app"
  network = { region = module.app.region, zones = reverse(module.network.zones) }
}

output "app" {
  value      = module.app.placement
  depends_on = [module.again]
}

output "again" {
  value = module.again.placement
}
