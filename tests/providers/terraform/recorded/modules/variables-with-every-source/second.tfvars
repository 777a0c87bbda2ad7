settings = { region = "eu-north-1", options = { level = 2, name = 3 } }
