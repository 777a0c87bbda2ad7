variable "zones" {
  type    = map(string)
  default = { a = "eu-west-1a", b = "eu-west-1b" }
}

resource "terraform_data" "zone" {
  for_each         = var.zones
  input            = { key = each.key, zone = each.value }
  triggers_replace = [each.key, 1]
}

resource "terraform_data" "counted" {
  count = length(var.zones)
  input = "item ${count.index}"
}

resource "terraform_data" "off" {
  count = 0
  input = "never"
}

resource "terraform_data" "single" {
  input = { list = [for zone in terraform_data.zone : zone.input.zone], missing = null }
}

resource "terraform_data" "bare" {}

output "zones" {
  value = { for key, zone in terraform_data.zone : key => zone.input.zone }
}

output "triggers" {
  value = terraform_data.zone["a"].triggers_replace
}

output "counted" {
  value = terraform_data.counted[*].input
}

output "last" {
  value = terraform_data.counted[length(terraform_data.counted) - 1].input
}

output "off" {
  value = [length(terraform_data.off), try(terraform_data.off[0].input, "off")]
}

output "one_off" {
  value = one(terraform_data.off[*].input) == null
}

output "single" {
  value = terraform_data.single.input
}

output "bare" {
  value = terraform_data.bare.input == null
}
