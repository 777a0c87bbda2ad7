variable "count_text" {
  type    = number
  default = "3"
}

variable "port" {
  type    = string
  default = 8443
}

variable "enabled" {
  type    = bool
  default = "true"
}

variable "labels" {
  type    = map(string)
  default = { a = 1, b = true, c = "x" }
}

variable "zones" {
  type    = set(string)
  default = ["c", "a", "b", "a"]
}

variable "ratio" {
  type    = list(number)
  default = ["1", 2, "2.50"]
}

variable "narrow" {
  type    = object({ name = string })
  default = { name = "kept", extra = "dropped" }
}

variable "pair" {
  type    = tuple([string, number])
  default = [1, "2"]
}

variable "flag_text" {
  type    = string
  default = false
}

output "count_plus" {
  value = var.count_text + 1
}

output "port" {
  value = var.port
}

output "enabled" {
  value = !var.enabled
}

output "labels" {
  value = var.labels
}

output "zones" {
  value = var.zones
}

output "zone_count" {
  value = length(var.zones)
}

output "ratio" {
  value = var.ratio
}

output "narrow" {
  value = var.narrow
}

output "pair" {
  value = var.pair
}

output "flag_text" {
  value = "${var.flag_text}!"
}
