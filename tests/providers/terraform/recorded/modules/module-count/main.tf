variable "replicas" {
  type    = number
  default = 2
}

module "replica" {
  source = "./replica"
  count  = var.replicas
  index  = count.index
}

module "none" {
  source = "./replica"
  count  = var.replicas > 5 ? 1 : 0
  index  = 9
}

module "one" {
  source = "./replica"
  count  = 1
  index  = 5
}

output "names" {
  value = module.replica[*].name
}

output "second" {
  value = module.replica[1].name
}

output "length" {
  value = length(module.replica)
}

output "none" {
  value = module.none[*].name
}

output "none_or" {
  value = one(module.none[*].name) == null ? "absent" : "present"
}

output "none_try" {
  value = try(module.none[0].name, "fallback")
}

output "one" {
  value = one(module.one[*].name)
}

output "joined" {
  value = join(",", concat(module.one[*].name, module.replica.*.name))
}
