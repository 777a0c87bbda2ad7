output "paths" {
  value = { module = path.module, base = basename(path.module), parent = basename(dirname(path.module)) }
}
