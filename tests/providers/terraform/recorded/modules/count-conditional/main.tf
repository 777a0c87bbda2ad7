variable "create" {
  type    = bool
  default = true
}

variable "names" {
  type    = list(string)
  default = ["b", "a", "b"]
}

module "maybe" {
  source = "./thing"
  count  = var.create ? 1 : 0
  label  = "created"
}

module "not" {
  source = "./thing"
  count  = var.create ? 0 : 1
  label  = "not"
}

module "each" {
  source   = "./thing"
  for_each = var.create ? toset(var.names) : toset([])
  label    = "${each.key}:${each.value}"
}

output "label" {
  value = var.create ? module.maybe[0].label : module.not[0].label
}

output "either" {
  value = concat(module.maybe[*].label, module.not[*].label)[0]
}

output "each" {
  value = { for key, thing in module.each : key => thing.label }
}

output "join_splat" {
  value = join("", module.not.*.label)
}
