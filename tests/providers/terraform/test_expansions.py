"""Instances that there may be: every one of them is judged, and nothing is lost on the way to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
OPEN = 'variable "open" {}\nprovider "aws" {\n  region = "eu-west-1"\n}\n'


def places(outcome: Outcome) -> dict[str, list[str]]:
    """Return where the judged resources are, by address."""
    return {r.address: sorted(p.name for p in r.places) for r in outcome.judged}


def index(argument: str, region: str) -> str:
    """Return a Kendra index with a count or for_each."""
    return f"""
resource "aws_kendra_index" "x" {{
  {argument}
  name     = "x"
  role_arn = "arn:aws:iam::123456789012:role/kendra"
  region   = {region}
}}
"""


@pytest.mark.parametrize(
    ("argument", "region", "expected"),
    [
        ('for_each = var.open ? { us = "us-east-1" } : {}', "each.value", {'["us"]': ["us-east-1"]}),
        (
            'for_each = var.open ? { a = "us-east-1", b = "eu-west-3" } : { a = "eu-west-2" }',
            "each.value",
            {'["a"]': ["eu-west-2", "us-east-1"], '["b"]': ["eu-west-3"]},
        ),
        ('for_each = toset(var.open ? ["us-east-1"] : [])', "each.key", {'["us-east-1"]': ["us-east-1"]}),
        (
            'for_each = var.open ? { us = { r = "us-east-1" } } : {}',
            "each.value.r",
            {'["us"]': ["us-east-1"]},
        ),
        ("count = var.open ? 1 : 0", '["us-east-1"][count.index]', {"[0]": ["us-east-1"]}),
        (
            "count = var.open ? 0 : 2",
            '["us-east-1", "eu-west-2"][count.index]',
            {"[0]": ["us-east-1"], "[1]": ["eu-west-2"]},
        ),
        ("count = var.open ? 0 : 0", '"us-east-1"', {}),
    ],
)
def test_all_instances_that_there_may_be_are_judged(
    argument: str, region: str, expected: dict[str, list[str]], check: Check
) -> None:
    found = places(check(OPEN + index(argument, region)))
    assert found == {f"aws_kendra_index.x{key}": value for key, value in expected.items()}


@pytest.mark.parametrize("argument", ["count = var.open", "for_each = var.open", "for_each = var.open ? {} : var.open"])
def test_one_instance_stands_for_all_that_nobody_knows(argument: str, check: Check) -> None:
    assert places(check(OPEN + index(argument, '"us-east-1"'))) == {"aws_kendra_index.x": ["us-east-1"]}


def test_how_many_there_are_stays_unknown(check: Check) -> None:
    """A second resource that hangs on their number may be in either place."""
    other = index("", 'length(aws_kendra_index.x) > 0 ? "us-east-1" : "eu-west-3"').replace('"x" {', '"y" {')
    found = places(check(OPEN + index("count = var.open ? 1 : 0", '"eu-west-2"') + other))
    assert found["aws_kendra_index.y"] == ["eu-west-3", "us-east-1"]


MODULE = """
variable "loc" {}
resource "aws_s3_bucket" "b" {
  bucket = "words-${var.loc}"
  region = var.loc
}
output "bucket_arn" { value = aws_s3_bucket.b.arn }
output "uri" { value = "s3://${aws_s3_bucket.b.id}/x" }
output "loc" { value = var.loc }
"""
CALL = """
module "x" {{
  source   = "./m"
  for_each = {}
  loc      = "us-east-1"
}}
resource "aws_bedrockagent_data_source" "d" {{
  name              = "d"
  knowledge_base_id = "ABCDEFGHIJ"
  data_source_configuration {{
    type = "S3"
    s3_configuration {{
      bucket_arn = {}
    }}
  }}
}}
"""


@pytest.mark.parametrize("each", ["var.open", 'var.open ? { us = "a" } : {}', '{ us = "a" }'])
@pytest.mark.parametrize(
    "reference",
    [
        "[for m in module.x : m.bucket_arn][0]",
        "[for k, m in module.x : m.bucket_arn if k != null][0]",
        '{ for k, m in module.x : k => m.bucket_arn }["us"]',
        "values(module.x)[*].bucket_arn[0]",
        "values(module.x)[0].bucket_arn",
        "one(values(module.x)[*].bucket_arn)",
        'module.x["us"].bucket_arn',
        "module.x[var.open].bucket_arn",
        "module.x.us.bucket_arn",
    ],
)
def test_a_store_behind_outputs_of_instances_is_found(reference: str, each: str, check: Check) -> None:
    outcome = check({"main.tf": OPEN + CALL.format(each, reference), "m/main.tf": MODULE})
    stores = [address for address in places(outcome) if "aws_s3_bucket.b" in address]
    assert len(stores) == 1
    assert places(outcome)[stores[0]] == ["us-east-1"]
