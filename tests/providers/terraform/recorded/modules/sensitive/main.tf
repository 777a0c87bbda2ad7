variable "password" {
  type      = string
  sensitive = true
  default   = "correct horse"
}

module "child" {
  source = "./child"
  secret = var.password
}

locals {
  settings = { user = "admin", password = var.password }
}

output "password" {
  value     = var.password
  sensitive = true
}

output "settings" {
  value     = local.settings
  sensitive = true
}

output "user" {
  value = nonsensitive(local.settings.user)
}

output "length" {
  value = nonsensitive(length(var.password))
}

output "marked" {
  value     = sensitive("plain")
  sensitive = true
}

output "child" {
  value     = module.child.upper
  sensitive = true
}

output "flags" {
  value = [issensitive(var.password), issensitive("x")]
}
