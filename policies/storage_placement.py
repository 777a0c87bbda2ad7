"""Storage that AI workloads use sits inside the jurisdiction.

Storage is in scope when an AI workload reaches it: what it trains on, retrieves from, writes to and caches in, its
queues, snapshots and images. The finding names the way from the workload to the storage. Logs and keys have policies of
their own.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

provider "aws" {
  alias  = "us"
  region = "us-east-1"
}

resource "aws_s3_bucket" "models" {
  provider = aws.us
  bucket   = "models"
}

resource "aws_sagemaker_model" "ranker" {
  name               = "ranker"
  execution_role_arn = "arn:aws:iam::111122223333:role/ranker"

  primary_container {
    image          = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-inference:2.3"
    model_data_url = "s3://${aws_s3_bucket.models.bucket}/ranker.tar.gz"
  }
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_s3_bucket" "models" {
  bucket = "models"
}

resource "aws_sagemaker_model" "ranker" {
  name               = "ranker"
  execution_role_arn = "arn:aws:iam::111122223333:role/ranker"

  primary_container {
    image          = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-inference:2.3"
    model_data_url = "s3://${aws_s3_bucket.models.bucket}/ranker.tar.gz"
  }
}
```
"""

from collections.abc import Iterator

from checker import claims
from checker.model import Claim, Context, Resource, Role

TITLE = "Storage or compute that an AI workload uses sits outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of what holds or computes on the data of AI workloads that is not inside."""
    roles = resource.roles
    unread = resource.mode == "module" and resource.key in context.graph.joined
    # A workload, a key and a log have findings of their own.
    others = resource.is_workload or resource.hosted or not roles.isdisjoint({Role.KEYS, Role.LOGS})
    if unread or (resource.holds_data and not others):
        yield from claims.of_data(resource, context)
