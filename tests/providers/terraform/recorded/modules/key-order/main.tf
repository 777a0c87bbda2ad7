output "maps" {
  value = [for key, value in { b10 = 1, b9 = 2, B = 3, a = 4, _x = 5, "é" = 6 } : key]
}

output "sets" {
  value = [for value in toset(["b10", "b9", "B", "a", "é", "ab", "a-b", "a_b"]) : value]
}

output "sorted" {
  value = sort(["b10", "b9", "B", "a", "é", "Z"])
}

output "numbers" {
  value = [for value in toset([10, 9, 1.5, -1]) : value]
}

output "bools" {
  value = [for value in toset([true, false]) : value]
}
