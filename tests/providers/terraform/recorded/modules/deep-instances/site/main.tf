variable "label" {
  type = string
}

variable "replicas" {
  type = number
}

module "node" {
  source = "./node"
  count  = var.replicas
  label  = "${var.label}#${count.index}"
}

output "nodes" {
  value = module.node[*].label
}
