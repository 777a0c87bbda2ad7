module "platform" {
  source  = "./platform"
  company = "acme"
  teams   = { search = ["eu-west-1", "eu-west-3"], speech = ["eu-north-1"] }
}

output "names" {
  value = module.platform.names
}

output "one" {
  value = module.platform.teams["search"].stores["eu-west-3"]
}
