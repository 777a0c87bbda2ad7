variable "accounts" {
  type = map(object({ location = string, tags = map(string) }))
}

variable "locations" {
  type = list(string)
}

variable "first" {}

output "report" {
  value = {
    owners    = { for key, account in var.accounts : key => account.tags["owner"] }
    locations = join("+", var.locations)
    first     = var.first
  }
}
