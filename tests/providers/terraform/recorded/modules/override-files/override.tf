variable "region" {
  default = "eu-central-1"
}

module "place" {
  zone = "override"
}

resource "terraform_data" "marker" {
  input = { from = "override" }
}
