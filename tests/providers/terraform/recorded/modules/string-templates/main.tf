locals {
  name   = "euclave"
  region = "eu-west-1"
  list   = ["a", "b", "c"]
  none   = false
}

output "heredoc" {
  value = <<EOT
  kept indent ${local.name}
line
EOT
}

output "indented" {
  value = <<-EOT
    first
      second ${upper(local.name)}
    third
  EOT
}

output "loop" {
  value = <<-EOT
    %{for index, item in local.list~}
    ${index}: ${item}
    %{endfor~}
    end
  EOT
}

output "loop_inline" {
  value = "%{for item in local.list}[${item}]%{endfor}"
}

output "condition" {
  value = "x%{if local.none} yes%{else} no%{endif}!"
}

output "escapes" {
  value = "tab\t quote\" slash\\ newline\n uni\u00e9 \U0001F600 $${literal} %%{literal} $ % {} $x"
}

output "strip" {
  value = "a ${~local.name~} b"
}

output "nested" {
  value = "${"${local.name}-${"inner"}"}:${join(",", [for item in local.list : "${item}!"])}"
}

output "single_interpolation_keeps_type" {
  value = local.list
}

output "number_in_text" {
  value = "${1.50}/${1e3}/${100000000000000000000}/${0.1 + 0.2}/${true}"
}

output "braces" {
  value = "{\"a\": \"${local.region}\", \"b\": {\"c\": \"}\"}}"
}

output "heredoc_braces" {
  value = <<EOT
}
resource "aws_s3_bucket" "not_a_block" {
{
EOT
}
