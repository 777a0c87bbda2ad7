variable "regions" {
  type = list(object({ name = string, zones = optional(list(string), ["a"]) }))
}

variable "document" {
  type = string
}

variable "lookup" {
  type = map(map(string))
}

variable "untyped" {}

output "regions" {
  value = var.regions
}

output "document" {
  value = jsondecode(var.document)
}

output "lookup" {
  value = var.lookup["prod"]["region"]
}

output "untyped" {
  value = var.untyped
}
