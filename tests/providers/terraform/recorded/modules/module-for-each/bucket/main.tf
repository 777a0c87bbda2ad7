variable "name" {
  type = string
}

variable "region" {
  type = string
}

output "arn" {
  value = "arn:aws:s3:::${var.name}"
}

output "region" {
  value = var.region
}
