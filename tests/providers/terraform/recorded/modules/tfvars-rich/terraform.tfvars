# A comment first
regions = [
  { name = "eu-west-1", zones = ["a", "b"] }, // trailing
  { name = "eu-north-1" },
  /* commented = "out" */
]
document = <<EOT
{"name": "x", "text": "}"}
EOT
lookup = {
  prod = { region = "eu-central-1" }
  "dev" : { region : "eu-west-3" }
}
untyped = { a = [1, { b = "c" }], d = -1.5, e = "line\nbreak", f = 2 * 3, g = "${"x"}y" }
