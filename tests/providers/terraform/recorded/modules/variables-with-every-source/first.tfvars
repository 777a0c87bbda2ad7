settings = { region = "eu-west-3", copies = ["first"] }
extra    = ["first"]
