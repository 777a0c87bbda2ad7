locals {
  object = { z = [1, 2.5, null], a = "<&>\u2028", nested = { b = true, a = "é" } }
}

output "json" {
  value = jsonencode(local.object)
}

output "json_round" {
  value = jsondecode(jsonencode(local.object)) == local.object
}

output "yaml" {
  value = yamlencode(local.object)
}

output "base64" {
  value = [base64encode("Zürich"), base64decode("QmVybg=="), textencodebase64("a", "UTF-16LE"), urlencode("a b/ü?&")]
}

output "hashes" {
  value = [md5("x"), sha1("x"), sha256("x"), base64sha256("x"), substr(sha512("x"), 0, 16), uuidv5("dns", "example.com")]
}

output "dates" {
  value = [formatdate("YYYY-MM-DD hh:mm", "2026-11-23T14:05:06Z"), timeadd("2026-11-23T00:00:00Z", "36h"), timecmp("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
}

output "paths" {
  value = [basename("a/b/c.txt"), dirname("a/b/c.txt"), dirname("c.txt"), pathexpand("plain/x")]
}
