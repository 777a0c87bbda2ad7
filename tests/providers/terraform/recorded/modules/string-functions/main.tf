output "cases" {
  value = [upper("eu"), lower("EU-West"), title("hello big world"), strrev("abc"), length("ünï")]
}

output "trims" {
  value = [trimspace("  x \n"), trim("--x--", "-"), trimprefix("eu-west", "eu-"), trimsuffix("a.yaml", ".yaml"), chomp("x\r\n"), indent(2, "a\nb")]
}

output "parts" {
  value = [split(",", "a,,b"), join("-", ["a", "b"]), substr("hello", 1, 3), substr("hello", -3, -1), replace("a.b.c", ".", "-"), replace("eu-west-1", "/-(\\w+)-/", "_$1_")]
}

output "regex" {
  value = [regex("[a-z]+-[a-z]+-\\d", "in eu-west-1 now"), regex("(\\w+)-(\\w+)-(\\d)", "eu-west-1"), regexall("\\d+", "1 and 22")]
}

output "named" {
  value = regex("^(?P<area>\\w+)-(?P<side>\\w+)", "eu-central-1")
}

output "formats" {
  value = [format("%s-%05d", "x", 42), format("%-5s|%5s|", "a", "b"), format("%t %%", true), format("%#v", { a = [1] }), format("%.3s", "abcdef")]
}

output "formatlist" {
  value = [formatlist("%s.%s", ["a", "b"], "c"), formatlist("%d", [1, 2])]
}

output "tests" {
  value = [startswith("eu-west", "eu-"), endswith("a.tf", ".tf"), strcontains("euclave", "cla")]
}

output "templates" {
  value = templatestring(local.template, { who = "you" })
}

locals {
  template = "hello $${who}"
}
