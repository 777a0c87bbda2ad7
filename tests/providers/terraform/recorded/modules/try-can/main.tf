locals {
  input = {
    region = "eu-west-1"
    nested = { list = [10, 20] }
  }
}

output "present" {
  value = try(local.input.nested.list[1], "none")
}

output "absent" {
  value = try(local.input.nested.map.key, local.input.other, "third")
}

output "out_of_range" {
  value = try(local.input.nested.list[5], -1)
}

output "can" {
  value = [
    can(local.input.region), can(local.input.zone), can(tonumber("x")), can(tonumber("5")),
    can(regex("^eu-", local.input.region)), can(regex("^us-", local.input.region)),
  ]
}

output "conversion" {
  value = try(tonumber("12x"), tonumber("12"))
}

output "list_or_one" {
  value = [for value in [["a"], "b"] : try(tolist(value), [value])]
}

output "decode" {
  value = try(jsondecode("{broken"), yamldecode("a: 1"))
}

output "function" {
  value = try(file("${path.module}/missing.txt"), "no file")
}
