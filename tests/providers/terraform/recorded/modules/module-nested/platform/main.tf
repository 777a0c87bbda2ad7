variable "company" {
  type = string
}

variable "teams" {
  type = map(list(string))
}

module "team" {
  source   = "../team"
  for_each = var.teams
  prefix   = "${var.company}-${each.key}"
  regions  = each.value
}

output "teams" {
  value = module.team
}

output "names" {
  value = sort(flatten([for team in module.team : values(team.stores)]))
}
