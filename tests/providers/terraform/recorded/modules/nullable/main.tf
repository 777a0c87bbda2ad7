module "strict" {
  source = "./place"
  region = null
  zone   = null
}

module "given" {
  source = "./place"
  region = "eu-west-3"
  zone   = "b"
}

module "omitted" {
  source = "./place"
}

output "answers" {
  value = {
    strict  = module.strict.all
    given   = module.given.all
    omitted = module.omitted.all
  }
}

output "strict_zone_is_null" {
  value = module.strict.all.zone == null
}
