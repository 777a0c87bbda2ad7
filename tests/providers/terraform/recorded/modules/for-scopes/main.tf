locals {
  key   = "outer"
  items = { a = [1, 2], b = [3] }
}

output "shadowed" {
  value = { for key, items in local.items : key => [for items in items : items * 10] }
}

output "outer_stays" {
  value = [for key in ["x"] : "${key}-${local.key}"]
}

output "index_and_value" {
  value = flatten([for i, a in ["p", "q"] : [for i, b in ["r", "s"] : "${i}${a}${b}"]])
}

output "computed_keys" {
  value = { for key, value in local.items : upper("${key}-${length(value)}") => value[0] }
}

output "nested_condition" {
  value = { for key, value in local.items : key => [for number in value : number if number != 2] if length(value) > 1 }
}

output "object_in_for" {
  value = [for key, value in local.items : { (key) = value, size = length(value) }]
}

output "tuple_of_mixed" {
  value = [for value in [1, "two", true, null, ["x"], { y = 1 }] : value]
}

output "multiline" {
  value = {
    for name, numbers in local.items :
    # a comment inside
    name => sum(numbers)
    if sum(numbers) > 2
  }
}
