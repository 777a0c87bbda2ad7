"""Machines with AI chips sit inside the jurisdiction.

A GPU, a TPU or an inference chip is there to run or train models, and the machine holds prompts, files and weights in
memory and on its disks. Whether a machine has one is read from tables of instance types, VM sizes and machine types;
one that no table lists is not guessed.

Bad:

```terraform
provider "aws" {
  region = "eu-west-2"
}

resource "aws_instance" "trainer" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "p5.48xlarge"
}
```

Good:

```terraform
provider "aws" {
  region = "eu-west-1"
}

resource "aws_instance" "trainer" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "p5.48xlarge"
}
```
"""

from collections.abc import Iterator

from checker import claims
from checker.model import Claim, Context, Resource, Role

TITLE = "A machine with AI chips sits outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-30-1-e", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of a machine with AI chips that is not inside."""
    if resource.is_workload and Role.ACCELERATOR in resource.roles and Role.AI not in resource.roles:
        yield from claims.of_workload(resource, context)
