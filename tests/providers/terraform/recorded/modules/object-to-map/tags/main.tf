variable "tags" {
  type = map(string)
}

variable "nested" {
  type = map(object({ k = string, region = optional(string, "eu-west-1") }))
}

variable "listed" {
  type = set(string)
}

variable "numbers" {
  type = list(number)
}

variable "with_null" {
  type    = list(string)
  default = ["a", null, "c"]
}

output "all" {
  value = { tags = var.tags, nested = var.nested, numbers = var.numbers, with_null = var.with_null }
}

output "set" {
  value = [for item in var.listed : item]
}
