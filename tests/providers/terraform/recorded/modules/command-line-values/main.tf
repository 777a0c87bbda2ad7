variable "untyped" {
}

variable "text" {
  type = string
}

variable "number" {
  type = number
}

variable "flag" {
  type = bool
}

variable "names" {
  type = list(string)
}

variable "object" {
  type = object({ region = string, copies = optional(number, 1) })
}

variable "anything" {
  type = any
}

output "untyped" {
  value = var.untyped
}

output "text" {
  value = var.text
}

output "number" {
  value = var.number * 2
}

output "flag" {
  value = var.flag ? "on" : "off"
}

output "names" {
  value = var.names
}

output "object" {
  value = var.object
}

output "anything" {
  value = var.anything
}
