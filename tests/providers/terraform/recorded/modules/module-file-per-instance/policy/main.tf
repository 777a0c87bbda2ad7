variable "name" {
  type = string
}

variable "actions" {
  type = list(string)
}

output "json" {
  value = templatefile("${path.module}/${var.name}.json.tftpl", { actions = var.actions, effect = "Allow" })
}
