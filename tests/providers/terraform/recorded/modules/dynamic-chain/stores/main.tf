variable "stores" {
  type = any
}

variable "rules" {
  type = object({ days = number, class = string })
}

module "store" {
  source   = "../store"
  for_each = { for store in var.stores : store.name => store }
  rules    = merge(var.rules, try(each.value.rules, {}))
}

output "stores" {
  value = { for name, store in module.store : name => store.rules }
}
