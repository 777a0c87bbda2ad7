locals {
  region = "eu-west-1"
  text   = <<-EOT
    first
      second ${local.region}
  EOT
  list = [
    "a", # comment
    "b",
  ]
}

output "region" {
  value = local.region
}

output "text" {
  value = local.text
}

output "list" {
  value = local.list
}
