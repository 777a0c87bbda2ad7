locals {
  name = "x"
  body = "two\nlines"
}

output "mixed_depth" {
  value = <<-EOT
        deep
      shallow

    base
	tab
  EOT
}

output "interpolated_start" {
  value = <<-EOT
      ${local.name}
    ${local.body}
      end
  EOT
}

output "trailing_marker" {
  value = <<-EOT
    a ${~local.name~}   b
    %{if true~}
      kept
    %{endif~}
    end
  EOT
}

output "trim_variants" {
  value = "[%{if true}  a  %{endif}][%{~if true~}  b  %{~endif~}] [ ${~"c"~} ]"
}

output "nested_loops" {
  value = <<EOT
%{for region in ["eu", "us"]}${region}:
%{for zone in ["a", "b"]~}
  - ${region}-${zone}
%{endfor~}
%{endfor}
EOT
}

output "empty" {
  value = [<<EOT
EOT
    , <<-EOT

  EOT
  ]
}

output "literal_dollars" {
  value = <<EOT
$ $$ $${a} %%{b} % \n \" ${"\n"}
EOT
}
