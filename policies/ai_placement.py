"""AI workloads sit inside the jurisdiction.

An AI workload is a resource of an AI service (a Bedrock agent, an Azure OpenAI account, a Vertex AI endpoint …) or
compute whose settings name a model that somebody hosts. Where it sits is where prompts, files and models are held while
it works. Machines with AI chips have a policy of their own, and so have services that a vendor runs on clouds that
nobody sees.

A place is looked up in the table of its cloud, never guessed from its name: `eu-west-2` is London, `eu-central-2`
Zurich, and neither is in the EU.

Bad:

```terraform
provider "aws" {
  region = "us-east-1"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
}
```

Good:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
}
```

Change the argument that the finding points at; where the value comes from is printed line by line.
"""

from collections.abc import Iterator

from checker import claims
from checker.model import ANYWHERE, Claim, Context, Resource, Role, Severity, Verdict

TITLE = "An AI workload sits outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")
_READABLE = "`terraform init` downloads the module, `bicep build` writes it into one template: then it can be read"


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of an AI workload that is not inside."""
    roles = resource.roles
    if resource.mode == "module" and resource.key not in context.graph.joined:
        yield from _unread(resource, context)
        return
    calls = {Role.CLIENT, Role.COMPUTE} <= roles and Role.ACCELERATOR not in roles
    if resource.is_workload and not resource.hosted and (Role.AI in roles or calls):
        yield from claims.of_workload(resource, context)


def _unread(resource: Resource, context: Context) -> Iterator[Claim]:
    """Judge what a module that was not read is told; loud only beside AI workloads, or where it sounds like one."""
    beside = any(other.is_workload and other.root == resource.root for other in context.graph.resources.values())
    loud = beside or bool(resource.roles)
    for place in resource.places:
        anywhere = place.countries == ANYWHERE
        if context.jurisdiction.judge(place) is Verdict.OUTSIDE and (loud or not anywhere):
            message = f"{resource.address} is told to use {context.describe(place)}, outside "
            message += f"{context.jurisdiction.name}, and what it creates there was not read"
            severity = Severity.MEDIUM if loud and not anywhere else Severity.LOW
            yield Claim(Verdict.OUTSIDE, severity, message, place, _READABLE)
