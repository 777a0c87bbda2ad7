variable "keys" {
  type      = map(string)
  sensitive = true
  default   = { eu = "k1", us = "k2" }
}

module "store" {
  source   = "./store"
  for_each = toset(nonsensitive(keys(var.keys)))
  key      = var.keys[each.key]
  region   = each.key == "eu" ? "eu-west-1" : "us-east-1"
}

output "regions" {
  value = { for name, store in module.store : name => store.region }
}

output "keys" {
  value     = [for store in module.store : store.key]
  sensitive = true
}

output "has_key" {
  value = nonsensitive(module.store["eu"].key != "")
}
