locals {
  config = yamldecode(<<-YAML
    stores:
      - name: documents
        rules: {days: 30, class: cold}
      - name: vectors
    default_rules: {days: 1, class: hot}
  YAML
  )
}

module "stores" {
  source = "./stores"
  stores = local.config.stores
  rules  = local.config.default_rules
}

output "stores" {
  value = module.stores.stores
}
