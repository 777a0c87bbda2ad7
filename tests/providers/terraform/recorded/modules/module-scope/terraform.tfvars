region = "tfvars of the root"
