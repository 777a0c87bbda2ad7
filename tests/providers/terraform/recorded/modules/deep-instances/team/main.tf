variable "name" {
  type = string
}

variable "regions" {
  type = list(string)
}

variable "replicas" {
  type = number
}

module "site" {
  source   = "../site"
  for_each = { for region in var.regions : region => "${var.name}@${region}" }
  label    = each.value
  replicas = var.replicas
}

output "sites" {
  value = module.site
}

output "flat" {
  value = flatten([for site in module.site : site.nodes])
}
