output "workspace" {
  value = split("-", terraform.workspace)
}
