variable "networks" {
  type = map(object({ cidr = string, subnets = map(number) }))
  default = {
    left  = { cidr = "10.0.0.0/16", subnets = { app = 1, data = 2 } }
    right = { cidr = "10.1.0.0/16", subnets = { app = 1 } }
  }
}

locals {
  subnets = flatten([
    for network, settings in var.networks : [
      for subnet, number in settings.subnets : {
        key  = "${network}.${subnet}"
        cidr = cidrsubnet(settings.cidr, 8, number)
      }
    ]
  ])
}

output "subnets" {
  value = { for subnet in local.subnets : subnet.key => subnet.cidr }
}

output "product" {
  value = [for pair in setproduct(["dev", "prod"], ["eu-west-1", "eu-north-1"]) : join("/", pair)]
}

output "merged" {
  value = merge([for network, settings in var.networks : { for subnet, number in settings.subnets : "${network}_${subnet}" => number }]...)
}

output "hosts" {
  value = [for subnet in local.subnets : cidrhost(subnet.cidr, 10)]
}

output "netmask" {
  value = [cidrnetmask("10.0.0.0/20"), cidrsubnets("10.1.0.0/16", 4, 4, 8)]
}
