variable "name" {
  type = string
}

variable "region" {
  type = string
}

variable "buckets" {
  type = map(object({ class = string, days = optional(number, 1) }))
}

output "summary" {
  value = { name = var.name, region = var.region, days = { for name, bucket in var.buckets : name => bucket.days } }
}

output "buckets" {
  value = keys(var.buckets)
}
