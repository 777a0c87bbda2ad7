region = "never read in a child"
