variable "region" {
  type     = string
  default  = "eu-central-1"
  nullable = false
}

variable "zone" {
  type    = string
  default = "a"
}

variable "note" {
  type    = string
  default = null
}

output "all" {
  value = { region = var.region, zone = var.zone, note = var.note }
}
