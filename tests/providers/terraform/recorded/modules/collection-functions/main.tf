locals {
  map  = { b = 2, a = 1 }
  list = ["x", "y", "z", "x"]
}

output "maps" {
  value = {
    merge      = merge(local.map, { c = 3 }, { a = 9 })
    keys       = keys(local.map)
    values     = values(local.map)
    zipmap     = zipmap(["k1", "k2"], [1, 2])
    lookup     = [lookup(local.map, "a", 0), lookup(local.map, "z", 0)]
    tomap      = tomap({ a = "1", b = 2 })
    transposed = transpose({ a = ["1", "2"], b = ["2"] })
  }
}

output "lists" {
  value = {
    element   = [element(local.list, 1), element(local.list, 5)]
    slice     = slice(local.list, 1, 3)
    chunk     = chunklist(local.list, 3)
    distinct  = distinct(local.list)
    index     = index(local.list, "z")
    reverse   = reverse(local.list)
    sort      = sort(["b", "A", "a", "10", "9"])
    concat    = concat(["a"], [], ["b", "c"])
    flatten   = flatten([["a", ["b"]], [], "c"])
    contains  = contains(local.list, "q")
    matchkeys = matchkeys(["i", "j", "k"], ["a", "b", "a"], ["a"])
    one       = one(["single"])
    last      = local.list[length(local.list) - 1]
  }
}

output "sets" {
  value = {
    union     = setunion(["a"], ["b", "a"])
    intersect = setintersection(["a", "b", "c"], ["c", "b"])
    subtract  = setsubtract(["a", "b"], ["b"])
    product   = setproduct(["a", "b"], [1, 2])
    numbers   = toset([10, 9, 2])
    all_any   = [alltrue([true, true]), alltrue([]), anytrue([]), anytrue([false, true])]
  }
}
