"""What a vendor hosts on clouds of its own keeps its data inside the jurisdiction.

A vector store, a model endpoint or a project at a model vendor sits where the vendor's region argument says, and some
vendors' own Europe is wider than the EU: it may take in Switzerland, Norway or the United Kingdom. Where the code does
not say, the vendor's default counts, and what no table knows is undetermined.

Bad:

```terraform
resource "pinecone_index" "documents" {
  name      = "documents"
  dimension = 1536

  spec = {
    serverless = {
      cloud  = "aws"
      region = "us-east-1"
    }
  }
}
```

Good:

```terraform
resource "pinecone_index" "documents" {
  name      = "documents"
  dimension = 1536

  spec = {
    serverless = {
      cloud  = "aws"
      region = "eu-west-1"
    }
  }
}
```
"""

from collections.abc import Iterator

from checker import claims
from checker.model import Claim, Context, Purpose, Resource, Severity, Verdict

TITLE = "A hosted service keeps its data outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of a hosted service that is not inside."""
    if not resource.hosted or resource.mode != "managed":
        return
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose is not Purpose.LOCATION or verdict is Verdict.INSIDE:
            continue
        subject = f"{resource.address} ({resource.kind}){claims.way_to(resource, context)}"
        message = f"{subject} keeps its data in {context.describe(place)}"
        if verdict is Verdict.OUTSIDE:
            message += f", outside {context.jurisdiction.name}"
            yield Claim(verdict, Severity.HIGH, message, place, context.mend(place))
        else:
            message += f": {place.reason}" if place.reason else ""
            yield Claim(verdict, Severity.MEDIUM, message, place, context.mend(place))
