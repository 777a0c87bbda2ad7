bucket = "base"
tags   = { from = "base" }
size   = 2
