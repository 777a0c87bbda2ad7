variable "environment" {
  type    = string
  default = "prod"
}

locals {
  is_prod = var.environment == "prod"
  region  = local.is_prod ? "eu-central-1" : var.environment == "stage" ? "eu-west-1" : "us-east-1"
}

output "region" {
  value = local.region
}

output "mixed" {
  value = [true ? 1 : "a", false ? 1 : "a", true ? true : "no"]
}

output "lists" {
  value = local.is_prod ? ["a", "b"] : []
}

output "objects" {
  value = local.is_prod ? { a = 1, b = "x" } : { a = 2, b = "y" }
}

output "with_null" {
  value = local.is_prod ? null : "value"
}

output "precedence" {
  value = [1 + 2 * 3, (1 + 2) * 3, 7 % 3, -7 % 3, 2 - -1, 10 / 4, !true || true, true && false || true, 1 + 1 == 2 && 3 >= 3, !(1 > 2) ? "y" : "n"]
}

output "multiline" {
  value = (
    local.is_prod
    ? "yes" # a comment inside
    : "no"  // and another
  )
}

output "map_pick" {
  value = { true = "eu", false = "us" }[local.is_prod]
}

output "empty_map" {
  value = local.is_prod ? {} : { a = "b" }
}
