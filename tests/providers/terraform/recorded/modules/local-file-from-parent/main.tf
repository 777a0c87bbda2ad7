module "one" {
  source = "./modules/one"
}

output "one" {
  value = module.one.shared
}

output "root_file" {
  value = trimspace(file("shared/names.txt"))
}
