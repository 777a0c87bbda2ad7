f = "c.auto.tfvars"
