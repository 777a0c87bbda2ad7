"""A guardrail of the cloud keeps AI workloads inside the jurisdiction (advice, never a failure).

A check of code sees the code that it is given. A guardrail of the cloud itself refuses what nobody checked: a service
control policy on `aws:RequestedRegion`, an assignment of Azure's "Allowed locations", Google's constraint
`gcp.resourceLocations`. Where AI workloads are declared and no such thing is, this says so once for each cloud.

It also says when a guardrail lets pass what it seems to refuse: a list that has `unspecified` in it, which is the
region that calls through Bedrock's `global.` profiles have; the value group `in:europe-locations`, which is the
continent with London and Zurich; a list of allowed locations with a British one among them.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_kendra_index" "manuals" {
  name     = "manuals"
  role_arn = "arn:aws:iam::111122223333:role/kendra"
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_kendra_index" "manuals" {
  name     = "manuals"
  role_arn = "arn:aws:iam::111122223333:role/kendra"
}

resource "aws_organizations_policy" "regions" {
  name = "regions"
  content = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { StringNotEquals = { "aws:RequestedRegion" = ["eu-central-1", "eu-west-1"] } }
    }]
  })
}
```
"""

from collections.abc import Iterator

from checker.model import Claim, Context, Purpose, Resource, Role, Severity, Verdict

TITLE = "Nothing in the code keeps AI workloads from leaving the jurisdiction"
PROVISIONS = ("gdpr-25", "gdpr-32")

# What would refuse it, in the clouds' own words. Sources: the vendors' pages on service control policies, on built-in
# policy definitions, and on restricting resource locations.
_REFUSES = {
    "aws": "a service control policy that denies other values of aws:RequestedRegion",
    "azure": 'an assignment of the built-in policy "Allowed locations"',
    "gcp": "an organization policy on gcp.resourceLocations",
}


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for a guardrail that lets too much pass, and for a cloud's first workload when there is none."""
    if Role.GUARDRAIL in resource.roles:
        yield from _leaky(resource, context)
    elif resource.is_workload and resource.cloud in _REFUSES and resource is _first(resource.cloud, context):
        others = context.graph.resources.values()
        if not any(other.cloud == resource.cloud and _is_guardrail(other) for other in others):
            message = f"nothing that was read keeps {resource.cloud} inside {context.jurisdiction.name}: "
            message += f"{resource.address} ({resource.kind}) and its like may be moved by any change"
            tip = f"declare {_REFUSES[resource.cloud]}, or check the code that has it together with this"
            yield Claim(Verdict.UNDETERMINED, Severity.INFO, message, None, tip)


def _leaky(resource: Resource, context: Context) -> Iterator[Claim]:
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is Purpose.ALLOWED and verdict is not Verdict.INSIDE:
            message = f"{resource.address} ({resource.kind}) lets {context.describe(place)} pass"
            message += f": {place.reason}" if place.reason else ""
            at = f" at {place.location}" if place.location else ""
            yield Claim(
                verdict, Severity.INFO, message, place, f"list only places inside {context.jurisdiction.name}{at}"
            )


def _is_guardrail(resource: Resource) -> bool:
    """Return whether a resource says which places may be used; what it lets pass too much has a claim of its own."""
    return Role.GUARDRAIL in resource.roles and any(place.purpose is Purpose.ALLOWED for place in resource.places)


def _first(cloud: str, context: Context) -> Resource | None:
    """Return the workload of a cloud that was read first: it stands for all of them."""
    return next((r for r in context.graph.resources.values() if r.cloud == cloud and r.is_workload), None)
