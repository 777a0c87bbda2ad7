locals {
  bucket = "a_override"
}

module "place" {
  zone = "a_override"
}

output "replaced" {
  value = "a_override"
}
