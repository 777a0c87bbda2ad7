locals {
  key   = "region"
  map   = { region = "eu-west-1", "with-dash" = 1, "with space" = 2, (upper("computed")) = 3, "${"tmpl"}-x" = 4, 5 = "five" }
  lists = [["a", "b"], ["c"]]
  colon = { a : 1, "b" : 2 }
}

output "map" {
  value = local.map
}

output "access" {
  value = [local.map[local.key], local.map["with-dash"], local.map.with-dash, local.map.COMPUTED, local.map["5"]]
}

output "lists" {
  value = [local.lists[0][1], local.lists.1, local.lists[1][length(local.lists) - 2]]
}

output "colon" {
  value = local.colon
}

output "text_index" {
  value = local.lists["0"]["1"]
}

output "keys" {
  value = keys(local.map)
}
