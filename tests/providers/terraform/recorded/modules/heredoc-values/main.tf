locals {
  policy = jsondecode(<<JSON
{
  "Statement": [
    {"Resource": "arn:aws:s3:::${local.bucket}/*", "Condition": {"StringEquals": {"aws:RequestedRegion": ["eu-west-1"]}}}
  ]
}
JSON
  )
  bucket = "documents"
  script = <<-SCRIPT
    #!/bin/sh
    echo "$HOME" $${ESCAPED} %%{also}
      export REGION=${local.region}

    exit 0
  SCRIPT
  region = "eu-north-1"
  lines = [<<ONE
one
ONE
    , <<TWO
two
TWO
  ]
}

output "policy" {
  value = local.policy
}

output "script" {
  value = local.script
}

output "lines" {
  value = local.lines
}

output "resource" {
  value = local.policy.Statement[0].Resource
}
