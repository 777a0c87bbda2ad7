module "a" {
  source = "./modules/a"
}

module "b" {
  source = "./modules/a/../b"
}

output "root" {
  value = [path.module, path.root]
}

output "a" {
  value = module.a.paths
}

output "b" {
  value = module.b.paths
}

output "same_folder" {
  value = basename(path.cwd) == basename(abspath(path.root))
}
