locals {
  names = split(" ", trimspace(file("${path.module}/../../shared/names.txt")))
  root  = trimspace(file("${path.root}/shared/names.txt"))
}

output "shared" {
  value = { names = local.names, same = join(" ", local.names) == local.root }
}
