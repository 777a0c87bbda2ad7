module "search" {
  source = "./search"
  indexes = {
    docs  = { shards = 3 }
    cache = { store = { region = "eu-west-3" } }
    bare  = {}
  }
  zones = null
}

output "indexes" {
  value = module.search.indexes
}

output "zones" {
  value = module.search.zones
}
