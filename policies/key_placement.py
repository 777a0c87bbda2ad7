"""Keys and secrets of AI workloads sit inside the jurisdiction.

Whoever holds the key can read what it encrypts, wherever the ciphertext lies, and a secret is what opens a model host
or a database. A team may weigh that less than the data itself, so keys have a policy of their own.

Bad:

```terraform
provider "aws" {
  region = "eu-central-1"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  role_arn      = "arn:aws:iam::111122223333:role/lab"
  instance_type = "ml.t3.medium"
  kms_key_id    = aws_kms_key.lab.id
}

resource "aws_kms_key" "lab" {
  region = "us-east-1"
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
  kms_key_id    = aws_kms_key.lab.id
}

resource "aws_kms_key" "lab" {
  region = "eu-central-1"
}
```
"""

from collections.abc import Iterator

from checker import claims
from checker.model import Claim, Context, Resource, Role

TITLE = "A key or secret of an AI workload sits outside the jurisdiction"
PROVISIONS = ("gdpr-28-3-a", "gdpr-32", "gdpr-44")


def check(resource: Resource, context: Context) -> Iterator[Claim]:
    """Yield a claim for each location of a key or secret that is not inside."""
    if Role.KEYS in resource.roles and not resource.hosted:
        yield from claims.of_data(resource, context)
