variable "region" {
  type        = string
  default     = "us-east-1"
  description = "Replaced in override.tf"
}

locals {
  bucket = "main"
  kept   = "main"
}

module "place" {
  source = "./place"
  region = var.region
  zone   = "a"
}

resource "terraform_data" "marker" {
  input            = { from = "main", kept = "main" }
  triggers_replace = "main"
}

output "place" {
  value = module.place.text
}

output "locals" {
  value = [local.bucket, local.kept]
}

output "marker" {
  value = terraform_data.marker.input
}

output "marker_trigger" {
  value = terraform_data.marker.triggers_replace
}

output "replaced" {
  value     = "main"
  sensitive = true
}
