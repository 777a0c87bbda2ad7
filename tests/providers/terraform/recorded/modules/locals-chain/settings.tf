locals {
  company     = "acme"
  environment = lower("PROD")
  regions     = ["eu-central-1", "eu-west-1"]
}

locals {
  base_tags = { Environment = local.environment, Regions = join(",", local.regions) }
}
