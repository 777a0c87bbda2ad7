locals {
  yes = true
}

output "maps" {
  value = local.yes ? { a = 1, b = 2 } : { a = 3 }
}

output "lists" {
  value = [local.yes ? [1, 2] : ["a"], local.yes ? [] : [1], local.yes ? [true] : ["x"]]
}

output "null_arm_keeps_type" {
  value = [local.yes ? null : [1], local.yes ? "5" : 6]
}

output "merge_kinds" {
  value = [merge(tomap({ a = "1" }), { b = 2 }), merge(tomap({ a = "1" }), tomap({ b = "2" })), merge({ a = { x = 1 } }, { a = { y = 2 } })]
}

output "concat_kinds" {
  value = [concat(tolist(["a"]), [1]), concat(["a"], [1, true])]
}

output "lookup_kinds" {
  value = [lookup({ a = "1" }, "b", 2), lookup(tomap({ a = "1" }), "b", "2")]
}

output "coalesce_kinds" {
  value = [coalesce("", "x"), coalesce(null, 1), coalesce(1, "a")]
}

output "set_kinds" {
  value = [toset(["1", 2]), setunion([1], [2]), tolist([1, "b"])]
}

output "flatten_kinds" {
  value = flatten([toset(["b", "a"]), ["c"], [[["d"]]]])
}

output "zip" {
  value = zipmap(["a", "b"], ["x", 1])
}
