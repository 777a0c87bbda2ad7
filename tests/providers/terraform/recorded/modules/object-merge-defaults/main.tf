variable "overrides" {
  type = any
  default = {
    search = { sku = "basic", tags = { team = "a" } }
    speech = {}
  }
}

locals {
  defaults = { sku = "standard", location = "westeurope", tags = { managed = "yes" } }
  services = {
    for name, override in var.overrides : name => merge(local.defaults, override, {
      tags = merge(local.defaults.tags, lookup(override, "tags", {}))
    })
  }
}

output "services" {
  value = local.services
}

output "locations" {
  value = distinct([for service in local.services : service.location])
}

output "normal" {
  value = lower(replace("West Europe", " ", ""))
}
