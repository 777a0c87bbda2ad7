module "policy" {
  source   = "./policy"
  for_each = { read = ["s3:GetObject"], write = ["s3:PutObject", "s3:DeleteObject"] }
  name     = each.key
  actions  = each.value
}

output "policies" {
  value = { for name, policy in module.policy : name => jsondecode(policy.json) }
}
