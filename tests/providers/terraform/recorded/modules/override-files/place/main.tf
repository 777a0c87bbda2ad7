variable "region" {
  type = string
}

variable "zone" {
  type = string
}

output "text" {
  value = "${var.region}${var.zone}"
}
