"""Model calls run inside the jurisdiction.

Where a resource sits does not say where its model calls run. A Bedrock inference profile `us.` or `global.` sends
them to other regions; `eu.` called from London or Zurich adds that country; an Azure deployment of a Global SKU may
run anywhere and one of a DataZone SKU in the whole zone, which for Europe reaches Norway and Switzerland; a Vertex AI
`global` location has no bounds.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_bedrockagent_agent" "support" {
  agent_name              = "support"
  agent_resource_role_arn = "arn:aws:iam::111122223333:role/agent"
  foundation_model        = "global.anthropic.claude-sonnet-4-20250514-v1:0"
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_bedrockagent_agent" "support" {
  agent_name              = "support"
  agent_resource_role_arn = "arn:aws:iam::111122223333:role/agent"
  foundation_model        = "eu.anthropic.claude-sonnet-4-20250514-v1:0"
}
```
"""

from collections.abc import Iterator

from checker.model import Claim, Context, Purpose, Resource, Severity, Verdict

TITLE = "A model call may run outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each inference place that is not inside."""
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.INFERENCE or verdict is Verdict.INSIDE:
            continue
        if place.follows and place.stated and verdict is resource.verdict(context.jurisdiction, Purpose.LOCATION):
            continue  # it runs where the resource sits, and that has its own finding
        subject = f"{resource.address} ({resource.kind}) runs its model calls through {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            message = f"{subject}, which may run outside {context.jurisdiction.name}"
            at = f" at {place.location}" if place.location else ""
            what = "it" if place.sensitive else place.name
            tip = f"change {what}{at} to a model, profile or deployment type bound to {context.jurisdiction.name}"
            yield Claim(verdict, Severity.HIGH, message, place, tip)
        else:
            message = f"{subject}, and where that runs is not known{': ' + place.reason if place.reason else ''}"
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place))
