output "workspace" {
  value = "app-${terraform.workspace}"
}

output "is_production" {
  value = terraform.workspace == "prod" ? true : false
}
