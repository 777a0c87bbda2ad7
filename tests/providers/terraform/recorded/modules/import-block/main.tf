import {
  to = terraform_data.adopted
  id = "adopted"
}

resource "terraform_data" "adopted" {
  input = { region = "eu-west-1" }
}

output "adopted" {
  value = terraform_data.adopted.input
}
