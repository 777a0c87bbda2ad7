"""The code states where AI workloads and their storage sit.

When no argument and no provider block states a place, the machine that runs Terraform decides (its environment
variables, its command-line profile), or the vendor's default does. A laptop and a pipeline may then give two answers,
and neither can be shown from the code.

Bad:

```terraform
provider "aws" {}

resource "aws_sagemaker_domain" "studio" {
  domain_name = "studio"
  auth_mode   = "IAM"
  vpc_id      = "vpc-1"
  subnet_ids  = ["subnet-1"]
}
```

Good:

```terraform
provider "aws" {
  region = "eu-west-3"
}

resource "aws_sagemaker_domain" "studio" {
  domain_name = "studio"
  auth_mode   = "IAM"
  vpc_id      = "vpc-1"
  subnet_ids  = ["subnet-1"]
}
```

`--assume aws=eu-west-3` states what the code does not; `--use-env` lets the environment of this machine count.
"""

from collections.abc import Iterator

from checker.model import Claim, Context, Purpose, Resource, Severity, Verdict

TITLE = "No code states the place"
PROVISIONS = ("gdpr-5-2", "gdpr-28-3-a", "gdpr-30-1-e")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for a declared resource whose location nothing in the code states."""
    if resource.mode != "managed" or resource.hosted:
        return
    for place in resource.places:
        undetermined = context.jurisdiction.judge(place) is Verdict.UNDETERMINED
        if place.purpose is Purpose.LOCATION and undetermined and not place.stated:
            message = f"{resource.address} ({resource.kind}) has no stated place: {place.reason}"
            tip = f"state it in the code, or say --assume {resource.cloud}=REGION if the machine always does"
            yield Claim(Verdict.UNDETERMINED, Severity.MEDIUM, message, place, tip)
