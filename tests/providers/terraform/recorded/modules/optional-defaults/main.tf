module "store" {
  source = "./store"
  settings = {
    name      = "documents"
    lifecycle = { days = null }
    replicas = [
      { region = "eu-west-1" },
      { region = "eu-north-1", tier = "archive", tags = { keep = "yes" } },
    ]
  }
}

module "bare" {
  source   = "./store"
  settings = { name = "bare" }
}

module "defaulted" {
  source = "./store"
}

output "store" {
  value = module.store.settings
}

output "bare" {
  value = module.bare.settings
}

output "defaulted" {
  value = module.defaulted.settings
}
