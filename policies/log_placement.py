"""Logs and traces of AI workloads sit inside the jurisdiction.

A log of model calls holds prompts and answers in full, and the AI Act will ask to keep such logs: where they are kept
is part of the answer. Logs of one region are easily collected in another.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_bedrock_model_invocation_logging_configuration" "calls" {
  logging_config {
    s3_config {
      bucket_name = aws_s3_bucket.calls.id
    }
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.calls.name
      role_arn       = "arn:aws:iam::111122223333:role/logs"
    }
  }
}

resource "aws_s3_bucket" "calls" {
  bucket = "calls"
}

resource "aws_cloudwatch_log_group" "calls" {
  name   = "calls"
  region = "us-west-2"
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_bedrock_model_invocation_logging_configuration" "calls" {
  logging_config {
    s3_config {
      bucket_name = aws_s3_bucket.calls.id
    }
    cloudwatch_config {
      log_group_name = aws_cloudwatch_log_group.calls.name
      role_arn       = "arn:aws:iam::111122223333:role/logs"
    }
  }
}

resource "aws_s3_bucket" "calls" {
  bucket = "calls"
}

resource "aws_cloudwatch_log_group" "calls" {
  name   = "calls"
  region = "eu-central-1"
}
```
"""

from collections.abc import Iterator

from checker import claims
from checker.model import Claim, Context, Resource, Role

TITLE = "A log of an AI workload sits outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-44", "ai-act-26-6")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of a log that is not inside."""
    if Role.LOGS in resource.roles and not resource.is_workload and not resource.hosted:
        yield from claims.of_data(resource, context)
