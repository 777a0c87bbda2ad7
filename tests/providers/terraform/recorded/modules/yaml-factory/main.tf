locals {
  folder = "${path.module}/projects"
  raw = {
    for name in fileset(local.folder, "*.yaml") :
    trimsuffix(name, ".yaml") => yamldecode(file("${local.folder}/${name}"))
  }
  enabled = { for name, project in local.raw : name => project if try(project.enabled, true) }
}

module "project" {
  source   = "./project"
  for_each = local.enabled
  name     = each.key
  region   = lookup(each.value, "region", "eu-central-1")
  buckets  = try(each.value.buckets, {})
}

output "projects" {
  value = { for name, project in module.project : name => project.summary }
}

output "raw" {
  value = local.raw
}

output "buckets" {
  value = flatten([for name, project in module.project : [for bucket in project.buckets : "${name}/${bucket}"]])
}
