locals {
  settings = jsondecode(file("${path.module}/settings.json"))
  regions  = csvdecode(file("${path.module}/regions.csv"))
}

output "settings" {
  value = local.settings
}

output "first" {
  value = local.regions[0].name
}

output "by_country" {
  value = { for row in local.regions : row.country => row.name... }
}

output "numbers" {
  value = [for row in local.regions : tonumber(row.zones)]
}

output "documents" {
  value = [for part in split("---", file("${path.module}/many.yaml")) : yamldecode(part)]
}
