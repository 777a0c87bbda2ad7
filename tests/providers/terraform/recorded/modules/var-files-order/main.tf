variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "bucket" {
  type    = string
  default = "none"
}

variable "tags" {
  type    = map(string)
  default = { from = "default" }
}

variable "size" {
  type = number
}

output "region" {
  value = var.region
}

output "bucket" {
  value = var.bucket
}

output "tags" {
  value = var.tags
}

output "size" {
  value = var.size
}
