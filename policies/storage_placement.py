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

TITLE = "Storage or compute that an AI workload uses sits outside the jurisdiction"


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of what holds or computes on the data of AI workloads that is not inside."""
    unread = resource.mode == "module" and resource.key in context.graph.joined
    if not (resource.holds_data or unread) or (resource.roles & {Role.AI, Role.ACCELERATOR} and not unread):
        return
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.LOCATION or verdict is Verdict.INSIDE:
            continue
        message = f"{resource.address} ({resource.kind}){way_to(resource, context)} is in {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            # An image is read, not written: that it is pulled from afar is worth a word, not an alarm.
            image = resource.mode == "external" and resource.roles == {Role.CONTAINER}
            tip = f"pull it from a registry inside {context.jurisdiction.name}" if image else context.mend(place)
            severity = Severity.LOW if image else Severity.HIGH
            yield Claim(verdict, severity, f"{message}, outside {context.jurisdiction.name}", place, tip)
        elif place.stated or resource.mode != "managed":
            message += f": {place.reason}" if place.reason else ""
            tip = "declare it in this root, or find out by hand where it sits: the code does not say"
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place) if place.stated else tip)


def way_to(resource: Resource, context: Context) -> str:
    """Return how AI workloads reach a resource: ", used by agent → knowledge base and 2 other workloads,"."""
    ways = sorted(context.graph.joined.get(resource.key, {}).values(), key=lambda way: (len(way), way))
    if not ways:
        return ""
    shown = " → ".join(context.graph.resources[key].address for key in ways[0][:-1])
    others = len(ways) - 1
    more = f" and {others} other workload{'s' if others > 1 else ''}" if others else ""
    return f", used by {shown}{more},"
