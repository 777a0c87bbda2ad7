output "strings" {
  value = [tostring(5), tostring(true), tostring(null) == null, tobool("false"), tonumber("3.5")]
}

output "lists" {
  value = [tolist(toset(["b", "a"])), tolist(["a", 1, true])]
}

output "sets" {
  value = [toset(["a", "a", "b"]), toset([3, 1, 2]), length(toset([1, "1"]))]
}

output "maps" {
  value = tomap({ a = "x", b = true })
}

output "types" {
  value = [for value in [1, "a", [1], { a = 1 }] : can(tostring(value))]
}
