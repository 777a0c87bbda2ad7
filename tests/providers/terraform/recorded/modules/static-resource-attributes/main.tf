resource "terraform_data" "settings" {
  input = {
    region = "eu-west-1"
    tags   = { Name = "settings" }
  }
}

module "reader" {
  source = "./reader"
  tags   = terraform_data.settings.input.tags
  region = terraform_data.settings.input["region"]
}

output "reader" {
  value = module.reader.text
}

output "echo" {
  value = module.reader.nested
}
