"""Storage that AI workloads use sits inside the jurisdiction.

Storage is in scope when an AI workload reaches it: what it trains on, retrieves from, writes to, logs to, and the
keys that encrypt it. The finding names the way from the workload to the storage.

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

from checker.model import Claim, Context, Purpose, Resource, Role, Severity, Verdict

TITLE = "Storage of an AI workload sits outside the jurisdiction"


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of storage that is not inside."""
    if not resource.holds_data or resource.roles & {Role.AI, Role.ACCELERATOR}:
        return
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.LOCATION or verdict is Verdict.INSIDE:
            continue
        way = way_to(resource, context)
        if verdict is Verdict.OUTSIDE:
            message = f"{resource.address} ({resource.kind}){way} is in {context.describe(place)}, outside "
            message += context.jurisdiction.name
            yield Claim(verdict, Severity.HIGH, message, place, context.mend(place))
        elif place.stated or resource.mode in ("external", "data"):
            message = f"{resource.address} ({resource.kind}){way} is in {context.describe(place)}"
            message += f": {place.reason}" if place.reason else ""
            yield Claim(verdict, Severity.MEDIUM, message, place, "declare it here, or state where it is")


def way_to(resource: Resource, context: Context) -> str:
    """Return how AI workloads reach a resource: ", used by agent → knowledge base → collection,"."""
    ways = sorted(context.graph.joined.get(resource.key, {}).values(), key=lambda way: (len(way), way))
    if not ways:
        return ""
    shown = " → ".join(context.graph.resources[key].address for key in ways[0])
    more = f" and {len(ways) - 1} more" if len(ways) > 1 else ""
    return f", used by {shown}{more},"
