locals {
  buckets = [
    { name = "a", region = "eu-west-1", size = 3 },
    { name = "b", region = "eu-north-1", size = 1 },
    { name = "c", region = "eu-west-1", size = 2 },
  ]
}

output "by_region" {
  value = { for bucket in local.buckets : bucket.region => bucket.name... }
}

output "sizes" {
  value = { for region, sizes in { for bucket in local.buckets : bucket.region => bucket.size... } : region => sum(sizes) }
}

output "indexed" {
  value = { for index, bucket in local.buckets : "${index}-${bucket.name}" => index if bucket.size > 1 }
}

output "pairs" {
  value = [for key, value in { z = 1, a = 2 } : "${key}=${value}"]
}

output "set_order" {
  value = [for value in toset(["b", "c", "a"]) : value]
}

output "set_keys" {
  value = { for key, value in toset(["y", "x"]) : key => value }
}

output "empty" {
  value = [for bucket in local.buckets : bucket.name if bucket.size > 9]
}

output "inverted" {
  value = { for key, value in { one = "uno", two = "due" } : value => key }
}
