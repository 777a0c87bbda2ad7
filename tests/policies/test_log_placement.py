"""Logs and traces of AI workloads sit inside the jurisdiction; those of others are not looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "log-placement"
CALLS = """
provider "aws" {
  region = "eu-central-1"
}

resource "aws_bedrock_model_invocation_logging_configuration" "ai" {
  logging_config {
    cloudwatch_config {
      log_group_name = %s
    }
  }
}

resource "aws_cloudwatch_log_group" "x" {
  name   = "calls"
  region = %s
}
"""
INSIGHTS = """
resource "azurerm_application_insights" "x" {
  name             = "x"
  location         = %s
  application_type = "web"
}

resource "azurerm_machine_learning_workspace" "ai" {
  location                = "westeurope"
  application_insights_id = azurerm_application_insights.x.id
}
"""
UNSET = 'variable "place" {}\n'
BY_REFERENCE = "aws_cloudwatch_log_group.x.name"

OUTSIDE = {
    "model calls logged in Oregon": (
        CALLS % (BY_REFERENCE, '"us-west-2"'),
        "aws_cloudwatch_log_group.x",
        "us-west-2",
    ),
    "a log group by its name": (CALLS % ('"calls"', '"eu-west-2"'), "aws_cloudwatch_log_group.x", "eu-west-2"),
    "traces in Switzerland": (INSIGHTS % '"switzerlandnorth"', "azurerm_application_insights.x", "switzerlandnorth"),
}

CLEAN = {
    "model calls logged in Frankfurt": (CALLS % (BY_REFERENCE, '"eu-central-1"'), "aws_cloudwatch_log_group.x"),
    "traces in the Netherlands": (INSIGHTS % '"westeurope"', "azurerm_application_insights.x"),
    "a log elsewhere that no workload writes": (
        CALLS % (BY_REFERENCE, '"eu-west-1"')
        + 'resource "aws_cloudwatch_log_group" "web" {\n  name = "web"\n  region = "us-east-1"\n}\n',
        "aws_cloudwatch_log_group.x",
    ),
}

UNDETERMINED = {
    "a region that no table lists": (
        CALLS % (BY_REFERENCE, '"eu-west-9"'),
        "aws_cloudwatch_log_group.x",
        "eu-west-9",
    ),
    "a location that nobody sets": (UNSET + INSIGHTS % "var.place", "azurerm_application_insights.x", ""),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    assert found(check(source), POLICY) == {(address, "outside", place)}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    assert found(check(source), POLICY) == {(address, "undetermined", place)}


@pytest.mark.parametrize(
    ("place", "verdict"),
    [("us-central1", "outside"), ("europe-west1", ""), ("global", "outside"), ("moon", "undetermined")],
)
def test_log_buckets_of_google(place: str, verdict: str, check: Callable[..., Outcome], found: Found) -> None:
    """No argument joins a workload to its log bucket there: whoever judges all sees it."""
    bucket = f'resource "google_logging_project_bucket_config" "x" {{\n  location = "{place}"\n}}\n'
    expected = {("google_logging_project_bucket_config.x", verdict, place)} if verdict else set()
    assert found(check(bucket, scope="all"), POLICY) == expected
