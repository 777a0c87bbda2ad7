"""Control policies and controls: which are guardrails, and what the words in them let pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from checker import catalogue, places
from checker.model import Purpose, Role, Verdict
from checker.outcome import Outcome
from providers.aws import cloud

Check = Callable[..., Outcome]
ROWS = catalogue.rows("aws")
find = partial(places.find, "aws")
WORKLOAD = 'provider "aws" {\n  region = "eu-central-1"\n}\nresource "aws_kendra_index" "x" {\n  name = "x"\n}\n'


def policy(condition: str, effect: str = "Deny", type: str = "aws_organizations_policy") -> str:
    return f"""
resource "{type}" "p" {{
  name    = "regions"
  content = jsonencode({{
    Version   = "2012-10-17"
    Statement = [{{ Effect = "{effect}", Action = "*", Resource = "*", Condition = {{ {condition} }} }}]
  }})
}}
"""


def passed(outcome: Outcome) -> dict[str, Verdict]:
    """What the guardrails of a run let pass, each with its verdict."""
    found = (place for resource in outcome.graph.resources.values() for place in resource.places)
    return {place.name: outcome.jurisdiction.judge(place) for place in found if place.purpose is Purpose.ALLOWED}


def advice(outcome: Outcome) -> list[str]:
    return [finding.message for finding in outcome.advice if finding.policy == "guardrail"]


@pytest.mark.parametrize("type", ["aws_organizations_policy", "awscc_organizations_policy"])
@pytest.mark.parametrize(
    "operator",
    [
        "StringNotEquals",
        "StringNotEqualsIfExists",
        "StringNotEqualsIgnoreCase",
        "StringNotLike",
        "StringNotLikeIfExists",
        '"ForAnyValue:StringNotEquals"',
        '"ForAllValues:StringNotEquals"',
    ],
)
def test_what_is_not_denied_passes(check: Check, type: str, operator: str) -> None:
    condition = f'{operator} = {{ "aws:RequestedRegion" = ["eu-central-1", "eu-west-2"] }}'
    assert passed(check(policy(condition, type=type))) == {
        "eu-central-1": Verdict.INSIDE,
        "eu-west-2": Verdict.OUTSIDE,
    }


def test_a_policy_as_json_text_says_the_same(check: Check) -> None:
    source = """
resource "aws_organizations_policy" "p" {
  name    = "regions"
  content = <<JSON
{"Statement": {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*",
 "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-central-1"}}}}
JSON
}
"""
    assert passed(check(source)) == {"eu-central-1": Verdict.INSIDE}


def test_a_policy_of_the_union_keeps_workloads_in(check: Check) -> None:
    condition = 'StringNotEquals = { "aws:RequestedRegion" = ["eu-central-1", "eu-west-1"] }'
    assert advice(check(WORKLOAD + policy(condition))) == []


def test_the_word_unspecified_lets_global_profiles_pass(check: Check) -> None:
    """Calls through Bedrock's global. profiles have no region, but this word."""
    condition = 'StringNotEquals = { "aws:RequestedRegion" = ["eu-central-1", "unspecified"] }'
    outcome = check(WORKLOAD + policy(condition))
    assert passed(outcome) == {"eu-central-1": Verdict.INSIDE, "unspecified": Verdict.OUTSIDE}
    (message,) = advice(outcome)
    assert "global. profiles" in message


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", '"ForAnyValue:StringEquals"'])
def test_a_list_of_denied_regions_lets_every_other_pass(check: Check, operator: str) -> None:
    outcome = check(WORKLOAD + policy(f'{operator} = {{ "aws:RequestedRegion" = ["us-east-1"] }}'))
    assert passed(outcome) == {"us-east-1": Verdict.OUTSIDE}
    (message,) = advice(outcome)
    assert "lets every other place pass" in message
    assert "unspecified" in message


def test_a_policy_that_only_allows_lists_what_passes(check: Check) -> None:
    condition = 'StringEquals = { "aws:RequestedRegion" = ["eu-central-1", "eu-central-2"] }'
    assert passed(check(policy(condition, "Allow"))) == {
        "eu-central-1": Verdict.INSIDE,
        "eu-central-2": Verdict.OUTSIDE,
    }
    condition = 'StringNotEquals = { "aws:RequestedRegion" = ["us-east-1"] }'
    assert passed(check(policy(condition, "Allow"))) == {"us-east-1": Verdict.OUTSIDE}


def test_a_policy_of_anything_else_bounds_no_place(check: Check) -> None:
    outcome = check(WORKLOAD + policy('StringNotEquals = { "aws:PrincipalOrgID" = ["o-1"] }'))
    assert passed(outcome) == {}
    assert len(advice(outcome)) == 1


def test_a_region_that_is_not_known_is_undetermined(check: Check) -> None:
    condition = 'StringNotEquals = { "aws:RequestedRegion" = [var.region] }'
    found = passed(check('variable "region" {}\n' + policy(condition)))
    assert set(found.values()) <= {Verdict.UNDETERMINED}


CONTROL = """
resource "aws_controltower_control" "c" {{
  control_identifier = "arn:aws:controlcatalog:::control/CT.MULTISERVICE.PV.1"
  target_identifier  = "arn:aws:organizations::1:ou/o-1/ou-1"
  parameters {{
    key   = "{key}"
    value = jsonencode({value})
  }}
}}
"""


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("AllowedRegions", '["eu-central-1", "us-east-1"]', [Verdict.OUTSIDE]),
        ("AllowedRegions", '["eu-central-1", "eu-west-1"]', [Verdict.INSIDE]),
        ("AllowedRegions", '["eu-west-1", "${var.r}"]', [Verdict.UNDETERMINED]),
        ("AllowedRegions", '["eu-north-7"]', [Verdict.UNDETERMINED]),
        ("ExemptedPrincipalArns", '["arn:aws:iam::*:role/admin"]', []),
        ("ExemptedActions", '["bedrock:InvokeModel"]', []),
    ],
)
def test_the_control_on_regions_lists_what_passes(check: Check, key: str, value: str, expected: list[Verdict]) -> None:
    assert list(passed(check(CONTROL.format(key=key, value=value))).values()) == expected


def test_the_same_control_in_cloudformations_words(check: Check) -> None:
    source = """
resource "awscc_controltower_enabled_control" "c" {
  control_identifier = "arn:aws:controlcatalog:::control/CT.MULTISERVICE.PV.1"
  target_identifier  = "arn:aws:organizations::1:ou/o-1/ou-1"
  parameters         = [{ key = "AllowedRegions", value = jsonencode(["eu-west-1", "unspecified"]) }]
}
"""
    (name,) = (found := passed(check(source)))
    assert found[name] is Verdict.OUTSIDE
    assert "unspecified" in name


def test_a_parameter_that_is_no_region_is_no_place() -> None:
    assert cloud.locate("arn:aws:iam::1:role/eu-central-1", "control-parameter", None, find) is None
    row = cloud.locate("eu-${…}", "control-parameter", None, find)
    assert row is not None
    assert row.countries is None


def test_guardrails_have_no_place_of_their_own() -> None:
    rows = [row for row in ROWS.values() if Role.GUARDRAIL in row.roles]
    assert len(rows) == 6
    assert {row.place for row in rows} == {()}
    assert {further.purpose for row in rows for further in row.further} == {Purpose.ALLOWED}
