variable "indexes" {
  type = map(object({
    shards = optional(number, 1)
    store = optional(object({
      region = optional(string, "eu-central-1")
      class  = optional(string)
    }))
    labels = optional(set(string), ["b", "a"])
  }))
}

variable "zones" {
  type     = list(string)
  default  = ["a", "b"]
  nullable = false
}

output "indexes" {
  value = var.indexes
}

output "zones" {
  value = var.zones
}
