locals {
  stores = {
    documents = { region = "eu-west-1", public = false }
    archive   = { region = "eu-north-1", public = true }
  }
}

output "rendered" {
  value = templatefile("${path.module}/templates/policy.json.tftpl", { stores = local.stores, owner = "team \"data\"" })
}

output "decoded" {
  value = jsondecode(templatefile("${path.module}/templates/policy.json.tftpl", { stores = local.stores, owner = "data" }))
}

output "list" {
  value = split("\n", templatefile("templates/hosts.tftpl", { hosts = ["a", "b"], port = 80 }))
}
