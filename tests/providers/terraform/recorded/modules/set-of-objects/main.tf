variable "rules" {
  type = set(object({ region = string, priority = number }))
  default = [
    { region = "eu-west-3", priority = 1 },
    { region = "eu-west-1", priority = 2 },
    { region = "eu-west-1", priority = 2 },
  ]
}

output "count" {
  value = length(var.rules)
}

output "by_region" {
  value = { for rule in var.rules : rule.region => rule.priority }
}

output "regions" {
  value = sort([for rule in var.rules : rule.region])
}

output "highest" {
  value = max([for rule in var.rules : rule.priority]...)
}
