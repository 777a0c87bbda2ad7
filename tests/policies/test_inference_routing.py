"""Model calls run inside the jurisdiction: profiles, deployment types and endpoints that send them elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "inference-routing"
AWS = 'provider "aws" {\n  region = "%s"\n}\n'
AGENT = AWS + 'resource "aws_bedrockagent_agent" "x" {\n  foundation_model = "%s"\n}\n'
PROFILE = AWS + (
    'resource "aws_bedrock_inference_profile" "x" {\n  name = "x"\n  model_source {\n    copy_from = "%s"\n  }\n}\n'
)
CLAUDE = "anthropic.claude-sonnet-4-20250514-v1:0"
DEPLOYMENT = """
resource "azurerm_cognitive_account" "a" {
  kind     = "OpenAI"
  location = "%s"
}

resource "azurerm_cognitive_deployment" "x" {
  cognitive_account_id = azurerm_cognitive_account.a.id
  sku {
    name = %s
  }
}
"""
AZAPI = """
resource "azapi_resource" "a" {
  type     = "Microsoft.CognitiveServices/accounts@2025-06-01"
  name     = "a"
  location = "westeurope"
}

resource "azapi_resource" "x" {
  type      = "Microsoft.CognitiveServices/accounts/deployments@2025-06-01"
  parent_id = azapi_resource.a.id
  body = {
    %s
  }
}
"""
HUB = """
resource "google_apihub_api_hub_instance" "x" {
  location = "europe-west4"
  config {
    vertex_location = "%s"
  }
}
"""

OUTSIDE = {
    "anywhere": (AGENT % ("eu-central-1", f"global.{CLAUDE}"), "aws_bedrockagent_agent.x", f"global.{CLAUDE}"),
    "America": (AGENT % ("eu-central-1", f"us.{CLAUDE}"), "aws_bedrockagent_agent.x", f"us.{CLAUDE}"),
    "Asia": (AGENT % ("eu-central-1", f"apac.{CLAUDE}"), "aws_bedrockagent_agent.x", f"apac.{CLAUDE}"),
    "a copy of a profile": (
        PROFILE % ("eu-west-1", f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/global.{CLAUDE}"),
        "aws_bedrock_inference_profile.x",
        None,
    ),
    "an Azure deployment for anywhere": (
        DEPLOYMENT % ("westeurope", '"GlobalStandard"'),
        "azurerm_cognitive_deployment.x",
        "GlobalStandard",
    ),
    "an Azure deployment of provisioned units for anywhere": (
        DEPLOYMENT % ("westeurope", '"GlobalProvisionedManaged"'),
        "azurerm_cognitive_deployment.x",
        "GlobalProvisionedManaged",
    ),
    "an Azure deployment for the data zone of Europe, with Norway and Switzerland": (
        DEPLOYMENT % ("germanywestcentral", '"DataZoneStandard"'),
        "azurerm_cognitive_deployment.x",
        "DataZoneStandard",
    ),
    "an azapi deployment for anywhere": (
        AZAPI % 'sku = { name = "GlobalStandard" }',
        "azapi_resource.x",
        "GlobalStandard",
    ),
    "Google's global": (HUB % "us", "google_apihub_api_hub_instance.x", "us"),
}

CLEAN = {
    "the eu profile from Frankfurt": (AGENT % ("eu-central-1", f"eu.{CLAUDE}"), "aws_bedrockagent_agent.x"),
    "the eu profile from Stockholm": (AGENT % ("eu-north-1", f"eu.{CLAUDE}"), "aws_bedrockagent_agent.x"),
    "a model of the region": (AGENT % ("eu-central-1", CLAUDE), "aws_bedrockagent_agent.x"),
    "a model whose name starts like a profile": (
        AGENT % ("eu-central-1", "mistral.mistral-large-2402-v1:0"),
        "aws_bedrockagent_agent.x",
    ),
    "the ARN of a model in the region": (
        AGENT % ("eu-central-1", f"arn:aws:bedrock:eu-central-1::foundation-model/{CLAUDE}"),
        "aws_bedrockagent_agent.x",
    ),
    "a copy of the eu profile": (
        PROFILE % ("eu-west-1", f"arn:aws:bedrock:eu-west-1:111122223333:inference-profile/eu.{CLAUDE}"),
        "aws_bedrock_inference_profile.x",
    ),
    "an Azure deployment in its region": (
        DEPLOYMENT % ("westeurope", '"Standard"'),
        "azurerm_cognitive_deployment.x",
    ),
    "provisioned units in their region": (
        DEPLOYMENT % ("swedencentral", '"ProvisionedManaged"'),
        "azurerm_cognitive_deployment.x",
    ),
    "an azapi deployment in its region": (AZAPI % 'sku = { name = "Standard" }', "azapi_resource.x"),
    "a Vertex AI location of an API hub": (HUB % "europe-west4", "google_apihub_api_hub_instance.x"),
    "the eu multi-region of an API hub": (HUB % "eu", "google_apihub_api_hub_instance.x"),
}

UNDETERMINED = {
    "a model that nobody sets": (
        AWS % "eu-central-1"
        + 'variable "model" {}\nresource "aws_bedrockagent_agent" "x" {\n  foundation_model = var.model\n}\n',
        "aws_bedrockagent_agent.x",
        "",
    ),
    "a prefix that nobody sets": (
        AWS % "eu-central-1"
        + 'variable "where" {}\nresource "aws_bedrockagent_agent" "x" {\n'
        + f'  foundation_model = "${{var.where}}.{CLAUDE}"\n}}\n',
        "aws_bedrockagent_agent.x",
        f"${{var.where}}.{CLAUDE}",
    ),
    "a SKU that no table lists": (
        DEPLOYMENT % ("westeurope", '"MoonStandard"'),
        "azurerm_cognitive_deployment.x",
        "MoonStandard",
    ),
    "an azapi deployment without a SKU": (
        AZAPI % 'properties = { model = { format = "OpenAI" } }',
        "azapi_resource.x",
        "(absent)",
    ),
    "a location that no table lists": (HUB % "europe-west99", "google_apihub_api_hub_instance.x", "europe-west99"),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    outcome = check(source)
    assert {(a, v) for a, v, _ in found(outcome, POLICY)} == {(address, "outside")}
    assert place is None or {p for _, _, p in found(outcome, POLICY)} == {place}
    assert {finding.policy for finding in outcome.findings} == {POLICY}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    assert found(check(source), POLICY) == {(address, "undetermined", place)}


def test_eu_profile_from_london_adds_london(check: Callable[..., Outcome], found: Found) -> None:
    outcome = check(AGENT % ("eu-west-2", f"eu.{CLAUDE}"))
    assert found(outcome, POLICY) == {("aws_bedrockagent_agent.x", "outside", f"eu.{CLAUDE}")}
    (finding,) = [finding for finding in outcome.findings if finding.policy == POLICY]
    assert finding.place is not None
    assert "GB" in (finding.place.countries or ())


def test_data_zone_of_europe_reaches_norway_and_switzerland(check: Callable[..., Outcome], found: Found) -> None:
    source = DEPLOYMENT % ("westeurope", '"DataZoneStandard"')
    assert found(check(source, jurisdiction="eea"), POLICY), "Switzerland is not in the EEA"


def test_data_zone_is_inside_where_both_belong(
    check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]
) -> None:
    source = DEPLOYMENT % ("westeurope", '"DataZoneStandard"')
    clean(check(source, jurisdiction="eea,CH"), "azurerm_cognitive_deployment.x")


def test_what_runs_where_it_sits_is_said_once(check: Callable[..., Outcome], found: Found) -> None:
    """The account's own place has the finding: the SKU is not what to change."""
    account = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/elsewhere"
    source = (
        'resource "azurerm_cognitive_deployment" "x" {\n'
        f'  cognitive_account_id = "{account}"\n  sku {{\n    name = "Standard"\n  }}\n}}\n'
    )
    outcome = check(source)
    assert found(outcome, POLICY) == set()
    assert found(outcome, "place-not-stated") == {("azurerm_cognitive_deployment.x", "undetermined", "")}


def test_one_of_two_skus(check: Callable[..., Outcome], found: Found) -> None:
    source = 'variable "wide" {}\n' + DEPLOYMENT % ("westeurope", 'var.wide ? "GlobalStandard" : "Standard"')
    expected = {("azurerm_cognitive_deployment.x", "outside", "GlobalStandard")}
    assert found(check(source), POLICY) == expected


def test_finding_points_at_the_model(check: Callable[..., Outcome]) -> None:
    (finding,) = check(AGENT % ("eu-central-1", f"global.{CLAUDE}")).findings
    assert str(finding.location) == "main.tf:5"
    assert finding.tip.startswith(f"change global.{CLAUDE} at main.tf:5 to a model, profile or deployment type")
