locals {
  bucket = "${local.prefix}-${local.regions[0]}"
  prefix = join("-", [local.company, local.environment])
  tags   = merge(local.base_tags, { Bucket = local.bucket })
}

output "bucket" {
  value = local.bucket
}

output "tags" {
  value = local.tags
}
