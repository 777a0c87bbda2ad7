module "echo" {
  source = "./echo"
  thing  = { list = [1, "two", false], nested = { deep = { deeper = ["x"] } }, none = null }
  items  = [1, "two", true]
  table  = { a = 1, b = "two" }
}

output "thing" {
  value = module.echo.thing
}

output "items" {
  value = module.echo.items
}

output "table" {
  value = module.echo.table
}

output "deep" {
  value = module.echo.thing.nested.deep["deeper"][0]
}
