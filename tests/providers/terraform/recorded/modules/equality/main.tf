output "scalars" {
  value = [1 == "1", "1" == "1", 1 == 1.0, true == "true", "a" != "b", null == ""]
}

output "collections" {
  value = [
    [1, 2] == [1, 2], tolist([1, 2]) == [1, 2], tolist(["a"]) == tolist(["a"]), toset(["a", "b"]) == toset(["b", "a"]),
    { a = 1 } == { a = 1 }, tomap({ a = 1 }) == { a = 1 }, {} == {}, [] == []
  ]
}

output "contains" {
  value = [contains(["1", "2"], "1"), contains([1, 2], 2), contains(["a"], "b")]
}

output "comparison" {
  value = [2 > 10, 10 >= 10.0, "10" > 9, -1 < 0]
}
