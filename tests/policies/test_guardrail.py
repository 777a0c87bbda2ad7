"""Guardrails: advice where there is none, or where one lets too much pass; never a failure."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import engine
from checker.model import Severity
from checker.outcome import Outcome

KENDRA = 'resource "aws_kendra_index" "x" {\n  region = "eu-west-1"\n}\n'
ACCOUNT = 'resource "azurerm_cognitive_account" "x" {\n  location = "westeurope"\n}\n'
INDEX = 'resource "google_vertex_ai_index" "x" {\n  region = "europe-west1"\n}\n'
POLICY = """
resource "aws_organizations_policy" "g" {
  content = jsonencode({
    Statement = [{
      Effect    = "Deny"
      Action    = "*"
      Resource  = "*"
      Condition = { %s = { "aws:RequestedRegion" = [%s] } }
    }]
  })
}
"""
ASSIGNMENT = """
resource "azurerm_subscription_policy_assignment" "g" {
  policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"
  parameters           = jsonencode({ listOfAllowedLocations = { value = [%s] } })
}
"""
CONSTRAINT = """
resource "google_org_policy_policy" "g" {
  name = "projects/p/policies/gcp.resourceLocations"
  spec {
    rules {
      values {
        allowed_values = [%s]
      }
    }
  }
}
"""

# (source, what is said: nothing at all, "nothing that was read", or what passes)
CASES = {
    "none on AWS": (KENDRA, ["nothing that was read keeps aws"]),
    "none on Azure": (ACCOUNT, ["nothing that was read keeps azure"]),
    "none on Google Cloud": (INDEX, ["nothing that was read keeps gcp"]),
    "none on two clouds": (KENDRA + INDEX, ["nothing that was read keeps aws", "nothing that was read keeps gcp"]),
    "a policy of EU regions": (KENDRA + POLICY % ("StringNotEquals", '"eu-west-1", "eu-central-1"'), []),
    "a policy with London": (KENDRA + POLICY % ("StringNotEquals", '"eu-west-1", "eu-west-2"'), ["eu-west-2"]),
    "a policy that global profiles pass": (
        KENDRA + POLICY % ("StringNotEquals", '"eu-west-1", "unspecified"'),
        ["unspecified"],
    ),
    "a list of what is denied": (KENDRA + POLICY % ("StringEquals", '"us-east-1"'), ["us-east-1"]),
    "allowed locations in the EU": (ACCOUNT + ASSIGNMENT % '"westeurope", "swedencentral"', []),
    "allowed locations with Switzerland": (
        ACCOUNT + ASSIGNMENT % '"westeurope", "switzerlandnorth"',
        ["switzerlandnorth"],
    ),
    "a region of the constraint": (INDEX + CONSTRAINT % '"in:europe-west1-locations"', []),
    "the continent, not the EU": (INDEX + CONSTRAINT % '"in:europe-locations"', ["in:europe-locations"]),
    "a guardrail of a variable that nobody sets": (
        'variable "g" {}\n' + ACCOUNT + ASSIGNMENT % "var.g",
        ["a place that is not known"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_advice(case: str, check: Callable[..., Outcome]) -> None:
    source, said = CASES[case]
    outcome = check(source)
    assert outcome.findings == ()
    messages = [advice.message for advice in outcome.advice]
    assert len(messages) == len(said), messages
    for message, words in zip(sorted(messages), sorted(said), strict=True):
        assert words in message
    assert {advice.severity for advice in outcome.advice} <= {Severity.INFO}


def test_advice_fails_no_run(check: Callable[..., Outcome]) -> None:
    assert engine.exit_code(check(KENDRA)) == 0
    assert engine.exit_code(check(KENDRA, strict=True)) == 0


def test_a_guardrail_in_another_root_counts(check: Callable[..., Outcome]) -> None:
    files = {"app/main.tf": KENDRA, "org/main.tf": POLICY % ("StringNotEquals", '"eu-west-1"')}
    assert check(files).advice == ()


def test_guardrails_without_a_workload_are_not_spoken_of(check: Callable[..., Outcome]) -> None:
    outcome = check(POLICY % ("StringNotEquals", '"eu-west-1"'))
    assert (outcome.judged, outcome.findings, outcome.advice) == ((), (), ())
