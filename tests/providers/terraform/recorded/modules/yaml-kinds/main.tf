locals {
  document = yamldecode(file("${path.module}/kinds.yaml"))
}

output "document" {
  value = local.document
}

output "encoded" {
  value = yamlencode({ text = "NO", number = 1, list = [], map = {}, multi = "a\nb\n", none = null, quoted = "yes", region = "eu-west-1" })
}

output "same" {
  value = yamldecode(yamlencode(local.document.plain)) == local.document.plain
}
