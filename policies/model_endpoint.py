"""Model hosts that settings name answer inside the jurisdiction.

An application calls a model by what its settings say: a host, a model's id, a region, or nothing but a key, and then
the vendor's client decides. `api.openai.com` is not pinned to any place, `eu.api.openai.com` is OpenAI's Europe: the
EEA and Switzerland. Sinks of traces count too: what observes a model call receives its prompts.

A key alone is a finding of medium confidence, since code that is not read may name another host. Two settings of one
vendor that disagree are a finding of their own: which one counts, the client decides.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_lambda_function" "answer" {
  function_name = "answer"
  role          = "arn:aws:iam::111122223333:role/answer"
  filename      = "answer.zip"

  environment {
    variables = {
      MISTRAL_SERVER_URL = "https://api.mistral.ai"
    }
  }
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_lambda_function" "answer" {
  function_name = "answer"
  role          = "arn:aws:iam::111122223333:role/answer"
  filename      = "answer.zip"

  environment {
    variables = {
      BEDROCK_MODEL_ID = "eu.anthropic.claude-sonnet-4-20250514-v1:0"
    }
  }
}
```
"""

from collections.abc import Iterator
from itertools import combinations

from checker.model import Claim, Context, Place, Purpose, Resource, Severity, Verdict

TITLE = "A model host that settings name is not bound to the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each host of a model or of its traces that is not inside, and for settings that disagree."""
    for place in resource.places:
        verdict = context.jurisdiction.judge(place)
        if place.purpose not in (Purpose.ENDPOINT, Purpose.TELEMETRY) or verdict is Verdict.INSIDE:
            continue
        message = f"{resource.address} ({resource.kind}) {_said(place, context)}"
        if verdict is Verdict.OUTSIDE:
            traces = place.purpose is Purpose.TELEMETRY or not place.stated
            severity = Severity.MEDIUM if traces else Severity.HIGH
        else:
            severity = Severity.MEDIUM
            message += f": {place.reason}" if place.reason and place.stated else ""
        yield Claim(verdict, severity, message, place, place.fix or context.mend(place))
    yield from _contradictions(resource, context)


def _said(place: Place, context: Context) -> str:
    does = f"calls {place.vendor}" if place.purpose is Purpose.ENDPOINT else f"sends its traces to {place.vendor}"
    inside = context.jurisdiction.name
    if not place.stated:
        why = f": {place.reason}" if place.reason else ""
        return f"{does} with {place.stated_by} and no address, so nothing pins it to {inside}{why}"
    at = f"{does} through {context.describe(place)}, as {place.stated_by or 'its text'} says"
    return f"{at}, outside {inside}" if context.jurisdiction.judge(place) is Verdict.OUTSIDE else at


def _contradictions(resource: Resource, context: Context) -> Iterator[Claim]:
    stated = [p for p in resource.places if p.purpose is Purpose.ENDPOINT and p.stated and p.countries is not None]
    said: set[tuple[str, str]] = set()
    for one, other in combinations(stated, 2):
        settings = (one.stated_by, other.stated_by)
        differ = one.countries != other.countries and one.stated_by != other.stated_by
        if one.vendor == other.vendor and differ and settings not in said:
            said.add(settings)
            message = f"{resource.address} ({resource.kind}) has two settings of {one.vendor} that disagree: "
            message += f"{one.stated_by} says {context.describe(one)}, {other.stated_by} says {context.describe(other)}"
            tip = f"keep one of {one.stated_by} and {other.stated_by}: which of them counts, the client decides"
            yield Claim(Verdict.UNDETERMINED, Severity.MEDIUM, message, other, tip)
