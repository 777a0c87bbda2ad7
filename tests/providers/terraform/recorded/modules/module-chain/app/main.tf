variable "network" {
  type = object({ region = string, zones = list(string) })
}

output "region" {
  value = var.network.region
}

output "placement" {
  value = element(var.network.zones, 4)
}
