variable "region" {
  type    = string
  default = null
}

variable "settings" {
  type    = object({ a = optional(string), b = optional(list(string)) })
  default = {}
}

locals {
  region = coalesce(var.region, "", "eu-west-1")
  maybe  = var.region != null ? var.region : null
}

output "region" {
  value = local.region
}

output "maybe" {
  value = local.maybe
}

output "list" {
  value = coalescelist([], ["x"])
}

output "merged" {
  value = merge({ a = 1 }, null, { b = null })
}

output "settings" {
  value = var.settings
}

output "compact" {
  value = compact(["a", "", null, "b"])
}

output "lookup_null" {
  value = lookup({ a = null }, "a", "default") == null
}

output "try_null" {
  value = try(var.settings.a, "fallback") == null
}

output "or_empty" {
  value = [for item in coalesce(var.settings.b, []) : item]
}

output "equal" {
  value = [null == null, var.region == null, "" == null]
}

output "without_null" {
  value = { for key, value in { a = 1, b = null } : key => value if value != null }
}
