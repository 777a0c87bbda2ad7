variable "thing" {
  type = any
}

variable "items" {
  type = list(any)
}

variable "table" {
  type = map(any)
}

output "thing" {
  value = var.thing
}

output "items" {
  value = var.items
}

output "table" {
  value = var.table
}
