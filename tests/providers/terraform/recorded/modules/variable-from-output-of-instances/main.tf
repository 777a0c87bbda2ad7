module "account" {
  source   = "./account"
  for_each = { eu = "westeurope", nordic = "swedencentral" }
  location = each.value
}

module "consumer" {
  source    = "./consumer"
  accounts  = module.account
  locations = [for account in module.account : account.location]
  first     = module.account["eu"].tags.owner
}

output "consumer" {
  value = module.consumer.report
}
