module "b" {
  source = "./modules/b"
  value  = local.from_c
}

output "a" {
  value = module.b.value
}
