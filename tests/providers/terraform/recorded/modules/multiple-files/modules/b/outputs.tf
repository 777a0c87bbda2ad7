output "value" {
  value = "[${var.value}]"
}
