variable "region" {
  type = string
}

output "region" {
  value = var.region
}

output "zones" {
  value = [for letter in ["a", "b", "c"] : "${var.region}${letter}"]
}
