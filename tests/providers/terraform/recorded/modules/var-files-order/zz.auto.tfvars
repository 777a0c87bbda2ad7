region = "eu-west-1"
bucket = "auto"
tags   = { from = "auto", only = "auto" }
size   = 1
