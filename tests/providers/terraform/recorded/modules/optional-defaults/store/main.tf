variable "settings" {
  type = object({
    name   = string
    region = optional(string, "eu-central-1")
    key    = optional(string)
    lifecycle = optional(object({
      days  = optional(number, 30)
      class = optional(string, "standard")
    }), {})
    replicas = optional(list(object({
      region = string
      tier   = optional(string, "standard")
      tags   = optional(map(string), {})
    })), [])
  })
  default = { name = "unnamed" }
}

output "settings" {
  value = var.settings
}
