module "inner" {
  source = "../b"
}

output "paths" {
  value = {
    module = path.module
    root   = path.root
    inner  = module.inner.paths
    text   = trimspace(file("${path.module}/note.txt"))
  }
}
