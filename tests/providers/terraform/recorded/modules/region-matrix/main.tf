locals {
  regions = {
    primary   = "eu-central-1"
    secondary = "eu-west-1"
    overseas  = "us-east-1"
  }
  workloads = {
    rag      = { where = "primary", buckets = ["documents", "vectors"] }
    training = { where = "secondary", buckets = ["datasets"] }
    demo     = { where = "elsewhere", buckets = [] }
  }
  placed = { for name, load in local.workloads : name => merge(load, {
    region = lookup(local.regions, load.where, local.regions["primary"])
  }) }
}

module "workload" {
  source   = "./workload"
  for_each = local.placed
  name     = each.key
  region   = each.value.region
  buckets  = { for index, bucket in each.value.buckets : bucket => index }
}

output "buckets" {
  value = merge([for load in module.workload : load.buckets]...)
}

output "regions" {
  value = distinct(sort([for load in values(module.workload) : load.region]))
}
