output "all" {
  value = fileset(path.module, "data/**")
}

output "yaml" {
  value = fileset("${path.module}/data", "*.{yaml,yml}")
}

output "deep" {
  value = [for name in fileset("${path.module}/data", "**/*.yaml") : trimsuffix(basename(name), ".yaml")]
}

output "single" {
  value = fileset(path.module, "data/?.txt")
}

output "none" {
  value = fileset(path.module, "missing/*.txt")
}

output "exists" {
  value = [fileexists("${path.module}/data/a.txt"), fileexists("${path.module}/data/zz.txt")]
}

output "contents" {
  value = { for name in fileset(path.module, "data/*.txt") : name => file("${path.module}/${name}") }
}

output "digest" {
  value = [filemd5("data/a.txt"), filesha256("data/a.txt"), filebase64("data/a.txt")]
}
