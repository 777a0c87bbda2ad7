settings = { region = "eu-west-1", copies = ["from terraform.tfvars"] }
extra    = { a = 1 }
