"""The code states where things sit; where it leaves that to a machine, nothing can be shown from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "place-not-stated"
AGENT = 'resource "aws_bedrockagent_agent" "x" {\n  %s\n}\n'
INDEX = 'resource "google_vertex_ai_index" "x" {\n  %s\n}\n'
AZAPI = 'resource "azapi_resource" "x" {\n  type = "Microsoft.CognitiveServices/accounts@2025-06-01"\n  %s\n}\n'

DEPLOYMENT = """
resource "azurerm_cognitive_deployment" "x" {
  cognitive_account_id = var.account
  sku {
    name = "Standard"
  }
}
"""

UNDETERMINED = {
    "no provider block": (AGENT % "", "aws_bedrockagent_agent.x"),
    "a provider without a region": ('provider "aws" {}\n' + AGENT % "", "aws_bedrockagent_agent.x"),
    "a region that is null": ('provider "aws" {\n  region = null\n}\n' + AGENT % "", "aws_bedrockagent_agent.x"),
    "an alias without a region beside a provider with one": (
        'provider "aws" {\n  region = "eu-west-1"\n}\nprovider "aws" {\n  alias = "other"\n}\n'
        + AGENT % "provider = aws.other",
        "aws_bedrockagent_agent.x",
    ),
    "a Google provider with a project only": (
        'provider "google" {\n  project = "p"\n}\n' + INDEX % "",
        "google_vertex_ai_index.x",
    ),
    "an azapi account without a location": (AZAPI % "", "azapi_resource.x"),
    "a deployment of an account that nobody names": (
        'variable "account" {}\n' + DEPLOYMENT,
        "azurerm_cognitive_deployment.x",
    ),
}

CLEAN = {
    "the provider's region": ('provider "aws" {\n  region = "eu-west-3"\n}\n' + AGENT % "", "aws_bedrockagent_agent.x"),
    "the resource's own region": (AGENT % 'region = "eu-west-3"', "aws_bedrockagent_agent.x"),
    "the resource's own region against a provider without one": (
        'provider "aws" {}\n' + AGENT % 'region = "eu-west-3"',
        "aws_bedrockagent_agent.x",
    ),
    "an alias with a region": (
        'provider "aws" {}\nprovider "aws" {\n  alias  = "paris"\n  region = "eu-west-3"\n}\n'
        + AGENT % "provider = aws.paris",
        "aws_bedrockagent_agent.x",
    ),
    "a default of a variable": (
        'variable "r" {\n  default = "eu-west-3"\n}\nprovider "aws" {\n  region = var.r\n}\n' + AGENT % "",
        "aws_bedrockagent_agent.x",
    ),
    "a Google provider's region": (
        'provider "google" {\n  region = "europe-west1"\n}\n' + INDEX % "",
        "google_vertex_ai_index.x",
    ),
    "a Google provider's zone": (
        'provider "google" {\n  zone = "europe-west1-b"\n}\n' + INDEX % "",
        "google_vertex_ai_index.x",
    ),
    "an azapi provider's default": (
        'provider "azapi" {\n  default_location = "westeurope"\n}\n' + AZAPI % "",
        "azapi_resource.x",
    ),
    "a location in azapi's body": (AZAPI % 'body = { location = "westeurope" }', "azapi_resource.x"),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address = UNDETERMINED[case]
    assert found(check(source), POLICY) == {(address, "undetermined", "")}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


def test_a_place_that_nobody_states_is_found_once(check: Callable[..., Outcome]) -> None:
    (finding,) = check('provider "aws" {}\n' + AGENT % "").findings
    assert finding.policy == POLICY
    assert str(finding.location) == "main.tf:1", "the provider block is what a person would edit"
    assert "the machine that runs it decides" in finding.message
    assert "--assume aws=REGION" in finding.tip


def test_what_is_assumed_counts(check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    clean(check(AGENT % "", assumed={"aws": "eu-west-1"}), "aws_bedrockagent_agent.x")


def test_what_is_assumed_outside(check: Callable[..., Outcome], found: Found) -> None:
    outcome = check(AGENT % "", assumed={"aws": "us-east-1"})
    assert found(outcome, POLICY) == set()
    assert found(outcome, "ai-placement") == {("aws_bedrockagent_agent.x", "outside", "us-east-1")}


def test_environment_of_the_machine_does_not_count(
    check: Callable[..., Outcome], found: Found, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert found(check(AGENT % ""), POLICY) == {("aws_bedrockagent_agent.x", "undetermined", "")}


def test_default_outside_belongs_to_the_placement_policies(check: Callable[..., Outcome], found: Found) -> None:
    source = """
    resource "google_bigquery_dataset" "d" {
      dataset_id = "d"
    }
    resource "google_vertex_ai_feature_group" "f" {
      region = "europe-west1"
      big_query {
        big_query_source {
          input_uri = "bq://p.${google_bigquery_dataset.d.dataset_id}.t"
        }
      }
    }
    """
    outcome = check(source)
    assert found(outcome, POLICY) == set()
    assert found(outcome, "storage-placement") == {("google_bigquery_dataset.d", "outside", "US")}
