"""AI workloads sit inside the jurisdiction: what is found, what is not, and what cannot be told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.model import Severity
from checker.outcome import Outcome

POLICY = "ai-placement"
AWS = 'provider "aws" {\n  region = "%s"\n}\n'
NOTEBOOK = 'resource "aws_sagemaker_notebook_instance" "x" {\n  instance_type = "ml.t3.medium"\n}\n'
AGENT = 'resource "aws_bedrockagent_agent" "x" {\n  %s\n}\n'
ACCOUNT = 'resource "azurerm_cognitive_account" "x" {\n  kind     = "OpenAI"\n  location = %s\n}\n'
ENDPOINT = 'resource "google_vertex_ai_endpoint" "x" {\n  location = %s\n}\n'
VM = 'resource "google_compute_instance" "x" {\n  machine_type = "%s"\n  zone         = "%s"\n}\n'

OUTSIDE = {
    "Virginia": (AWS % "us-east-1" + NOTEBOOK, "aws_sagemaker_notebook_instance.x", "us-east-1"),
    "London, which starts with eu": (
        AWS % "eu-west-2" + NOTEBOOK,
        "aws_sagemaker_notebook_instance.x",
        "eu-west-2",
    ),
    "Zurich, which starts with eu": (
        AWS % "eu-central-2" + NOTEBOOK,
        "aws_sagemaker_notebook_instance.x",
        "eu-central-2",
    ),
    "a region of the resource's own": (
        AWS % "eu-central-1" + AGENT % 'region = "ap-southeast-2"',
        "aws_bedrockagent_agent.x",
        "ap-southeast-2",
    ),
    "Azure in Virginia": (ACCOUNT % '"eastus"', "azurerm_cognitive_account.x", "eastus"),
    "Azure in London": (ACCOUNT % '"uksouth"', "azurerm_cognitive_account.x", "uksouth"),
    "Azure in Norway": (ACCOUNT % '"norwayeast"', "azurerm_cognitive_account.x", "norwayeast"),
    "Azure by its display name": (ACCOUNT % '"Switzerland North"', "azurerm_cognitive_account.x", "Switzerland North"),
    "one arm of a conditional": (
        'variable "near" {}\n' + ACCOUNT % 'var.near ? "westeurope" : "eastus"',
        "azurerm_cognitive_account.x",
        "eastus",
    ),
    "Vertex AI in Iowa": (ENDPOINT % '"us-central1"', "google_vertex_ai_endpoint.x", "us-central1"),
    "Vertex AI in London": (ENDPOINT % '"europe-west2"', "google_vertex_ai_endpoint.x", "europe-west2"),
    "Vertex AI in Zurich": (ENDPOINT % '"europe-west6"', "google_vertex_ai_endpoint.x", "europe-west6"),
}

CLEAN = {
    "Frankfurt": (AWS % "eu-central-1" + NOTEBOOK, "aws_sagemaker_notebook_instance.x"),
    "the sovereign cloud, which does not start with eu-": (
        AWS % "eusc-de-east-1" + NOTEBOOK,
        "aws_sagemaker_notebook_instance.x",
    ),
    "an alias elsewhere that nothing uses": (
        AWS % "eu-west-1" + 'provider "aws" {\n  alias  = "us"\n  region = "us-east-1"\n}\n' + NOTEBOOK,
        "aws_sagemaker_notebook_instance.x",
    ),
    "a resource's own region against its provider's": (
        AWS % "us-east-1" + AGENT % 'region = "eu-north-1"',
        "aws_bedrockagent_agent.x",
    ),
    "names and tags that look wrong": (
        AWS % "eu-west-3" + AGENT % 'agent_name = "us-east-1"\n  tags = { region = "us-east-1" }',
        "aws_bedrockagent_agent.x",
    ),
    "compute elsewhere without AI chips": (
        AWS % "eu-west-3"
        + AGENT % ""
        + 'resource "aws_instance" "web" {\n  region        = "us-east-1"\n  instance_type = "t3.micro"\n}\n',
        "aws_bedrockagent_agent.x",
    ),
    "none elsewhere, by count": (
        AWS % "eu-west-3" + AGENT % "" + AGENT.replace('"x"', '"y"') % 'count = 0\n  region = "us-east-1"',
        "aws_bedrockagent_agent.x",
    ),
    "Amsterdam": (ACCOUNT % '"westeurope"', "azurerm_cognitive_account.x"),
    "Amsterdam by its display name": (ACCOUNT % '"(Europe) West Europe"', "azurerm_cognitive_account.x"),
    "both arms of a conditional": (
        'variable "near" {}\n' + ACCOUNT % 'var.near ? "westeurope" : "northeurope"',
        "azurerm_cognitive_account.x",
    ),
    "an American default that a file overrules": (
        {
            "main.tf": 'variable "place" {\n  default = "eastus"\n}\n' + ACCOUNT % "var.place",
            "terraform.tfvars": 'place = "swedencentral"\n',
        },
        "azurerm_cognitive_account.x",
    ),
    "the place of a resource group": (
        'resource "azurerm_resource_group" "g" {\n  name = "g"\n  location = "francecentral"\n}\n'
        + ACCOUNT % "azurerm_resource_group.g.location",
        "azurerm_cognitive_account.x",
    ),
    "Vertex AI in the Netherlands": (ENDPOINT % '"europe-west4"', "google_vertex_ai_endpoint.x"),
    "a GPU machine in a zone of Finland": (VM % ("g2-standard-4", "europe-north1-a"), "google_compute_instance.x"),
    "a machine elsewhere without AI chips": (
        ENDPOINT % '"europe-west9"'
        + 'resource "google_compute_instance" "web" {\n  machine_type = "e2-small"\n  zone = "us-central1-a"\n}\n',
        "google_vertex_ai_endpoint.x",
    ),
    "what a comment says": (
        "/* location = us-central1 */\n# us-central1\n" + ENDPOINT % '"europe-west3" // not us-central1',
        "google_vertex_ai_endpoint.x",
    ),
}

UNDETERMINED = {
    "a region that no table lists": (AWS % "eu-west-9" + NOTEBOOK, "aws_sagemaker_notebook_instance.x", "eu-west-9"),
    "a variable that nobody sets": (
        'variable "region" {}\nprovider "aws" {\n  region = var.region\n}\n' + NOTEBOOK,
        "aws_sagemaker_notebook_instance.x",
        "",
    ),
    "a location that no table lists": (ACCOUNT % '"moonbase"', "azurerm_cognitive_account.x", "moonbase"),
    "a location without a verified source": (ACCOUNT % '"finlandcentral"', "azurerm_cognitive_account.x", None),
    "a partly known location": (
        'variable "end" {}\n' + ENDPOINT % '"europe-${var.end}"',
        "google_vertex_ai_endpoint.x",
        "europe-${var.end}",
    ),
    "one arm of a conditional that no table lists": (
        'variable "near" {}\n' + ENDPOINT % 'var.near ? "europe-west3" : "europe-west99"',
        "google_vertex_ai_endpoint.x",
        "europe-west99",
    ),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    outcome = check(source)
    assert found(outcome, POLICY) == {(address, "outside", place)}
    assert [finding.severity for finding in outcome.findings] == [Severity.HIGH]


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    outcome = check(source)
    assert found(outcome, POLICY) == {(address, "undetermined", "finlandcentral" if place is None else place)}
    assert [finding.severity for finding in outcome.findings] == [Severity.MEDIUM]


@pytest.mark.parametrize(
    ("jurisdiction", "place"),
    [
        ("eea", '"norwayeast"'),
        ("adequate", '"uksouth"'),
        ("adequate", '"switzerlandnorth"'),
        ("eu,CH", '"switzerlandnorth"'),
        ("US", '"eastus"'),
    ],
)
def test_clean_in_another_jurisdiction(
    jurisdiction: str, place: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]
) -> None:
    clean(check(ACCOUNT % place, jurisdiction=jurisdiction), "azurerm_cognitive_account.x")


@pytest.mark.parametrize(
    ("jurisdiction", "place"),
    [("eea", "switzerlandnorth"), ("eea", "uksouth"), ("FR,DE", "westeurope"), ("CH", "westeurope")],
)
def test_outside_another_jurisdiction(
    jurisdiction: str, place: str, check: Callable[..., Outcome], found: Found
) -> None:
    outcome = check(ACCOUNT % f'"{place}"', jurisdiction=jurisdiction)
    assert found(outcome, POLICY) == {("azurerm_cognitive_account.x", "outside", place)}
    assert outcome.findings[0].message.endswith(f"outside {jurisdiction}")


def test_finding_names_the_line_to_change(check: Callable[..., Outcome]) -> None:
    files = {
        "main.tf": 'variable "region" {}\nprovider "aws" {\n  region = var.region\n}\n' + NOTEBOOK,
        "terraform.tfvars": '# where\nregion = "us-west-2"\n',
    }
    (finding,) = check(files).findings
    assert str(finding.location) == "terraform.tfvars:2"
    assert finding.message == (
        "aws_sagemaker_notebook_instance.x (SageMaker notebook) runs in us-west-2 (Oregon, United States), outside eu"
    )
    assert finding.tip == "change us-west-2 at terraform.tfvars:2 to a place inside eu"


def test_unread_module_that_is_told_a_place_outside(check: Callable[..., Outcome], found: Found) -> None:
    call = 'module "m" {\n  source = "example/llm/aws"\n  region = "us-east-1"\n}\n'
    outcome = check(AWS % "eu-west-1" + NOTEBOOK + call)
    assert found(outcome, POLICY) == {("module.m", "outside", "us-east-1")}
    assert [finding.severity for finding in outcome.findings] == [Severity.MEDIUM]
    assert outcome.graph.gaps


def test_unread_module_that_is_told_a_place_inside(check: Callable[..., Outcome], found: Found) -> None:
    call = 'module "m" {\n  source = "example/llm/aws"\n  region = "eu-west-1"\n}\n'
    assert found(check(AWS % "eu-west-1" + NOTEBOOK + call), POLICY) == set()


def test_sensitive_place_is_not_shown(check: Callable[..., Outcome]) -> None:
    files = {
        "main.tf": 'variable "region" {\n  sensitive = true\n}\n' + ACCOUNT % "var.region",
        "terraform.tfvars": 'region = "eastus"\n',
    }
    (finding,) = check(files).findings
    assert "eastus" not in finding.message + finding.tip
    assert "(sensitive)" in finding.message
