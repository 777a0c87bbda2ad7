variable "prefix" {
  type = string
}

variable "regions" {
  type = set(string)
}

module "store" {
  source   = "./store"
  for_each = var.regions
  name     = join("-", [var.prefix, each.key])
}

output "stores" {
  value = { for region, store in module.store : region => store.name }
}
