variable "settings" {
  type = object({
    region  = string
    copies  = optional(list(string), [])
    options = optional(map(any), { level = 1 })
  })
}

variable "extra" {
  type    = any
  default = null
}

variable "pairs" {
  type    = list(tuple([string, number]))
  default = [["a", 1]]
}

variable "nested_any" {
  type    = map(list(any))
  default = { x = [1, "2"] }
}

output "settings" {
  value = var.settings
}

output "extra" {
  value = var.extra == null ? "none" : jsonencode(var.extra)
}

output "pairs" {
  value = var.pairs
}

output "nested_any" {
  value = var.nested_any
}
