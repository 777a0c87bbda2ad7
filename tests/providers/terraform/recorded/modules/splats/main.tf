locals {
  stores = [
    { name = "a", keys = [{ id = 1 }, { id = 2 }], place = { region = "eu-west-1" } },
    { name = "b", keys = [], place = { region = "eu-west-3" } },
  ]
  single = { name = "only" }
  absent = null
}

output "names" {
  value = local.stores[*].name
}

output "legacy" {
  value = local.stores.*.name
}

output "deep" {
  value = local.stores[*].place.region
}

output "nested" {
  value = local.stores[*].keys[*].id
}

output "flat" {
  value = flatten(local.stores[*].keys)[*].id
}

output "first_key" {
  value = (local.stores[0].keys[*].id)[1]
}

output "from_single" {
  value = local.single[*].name
}

output "from_null" {
  value = local.absent[*]
}

output "one_of_null" {
  value = one(local.absent[*]) == null
}

output "set" {
  value = toset(["x", "y"])[*]
}
