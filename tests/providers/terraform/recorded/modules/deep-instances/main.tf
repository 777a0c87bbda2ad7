locals {
  teams = {
    search = { regions = ["eu-west-1", "eu-west-3"], replicas = 2 }
    speech = { regions = ["eu-north-1"], replicas = 1 }
    idle   = { regions = [], replicas = 0 }
  }
}

module "team" {
  source   = "./team"
  for_each = local.teams
  name     = each.key
  regions  = each.value.regions
  replicas = each.value.replicas
}

output "deep" {
  value = module.team["search"].sites["eu-west-3"].nodes[1]
}

output "all" {
  value = { for name, team in module.team : name => { for region, site in team.sites : region => site.nodes } }
}

output "flat" {
  value = flatten(values(module.team)[*].flat)
}

output "count" {
  value = sum([for team in module.team : length(team.flat)])
}
