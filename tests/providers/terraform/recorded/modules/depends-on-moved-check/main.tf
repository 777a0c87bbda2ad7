locals {
  names = ["a", "b"]
}

resource "terraform_data" "store" {
  for_each = toset(local.names)
  input    = { name = each.key, region = "eu-west-1" }

  lifecycle {
    precondition {
      condition     = length(each.key) == 1
      error_message = "One letter."
    }
  }
}

resource "terraform_data" "after" {
  input      = "after"
  depends_on = [terraform_data.store]
}

moved {
  from = terraform_data.old
  to   = terraform_data.after
}

removed {
  from = terraform_data.gone

  lifecycle {
    destroy = false
  }
}

check "regions" {
  assert {
    condition     = alltrue([for store in terraform_data.store : startswith(store.input.region, "eu-")])
    error_message = "Outside."
  }
}

output "stores" {
  value = { for key, store in terraform_data.store : key => store.input }
}

output "after" {
  value = terraform_data.after.input
}
