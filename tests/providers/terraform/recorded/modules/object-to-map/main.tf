module "tags" {
  source  = "./tags"
  tags    = { Name = "x", Count = 3, On = true, Nothing = null }
  nested  = { a = { k = 1 }, b = { k = "two" } }
  listed  = ["b", "a", "b"]
  numbers = ["1", "2.50"]
}

output "all" {
  value = module.tags.all
}

output "set" {
  value = module.tags.set
}
