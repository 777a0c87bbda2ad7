"""Keys and secrets of AI workloads sit inside the jurisdiction; those of others are not looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "key-placement"
AGENT = """
resource "aws_bedrockagent_agent" "ai" {
  region                      = "eu-west-1"
  customer_encryption_key_arn = %s
}
"""
KMS = 'resource "aws_kms_key" "x" {\n  region = "%s"\n}\n' + AGENT % "aws_kms_key.x.arn"
VAULT = """
resource "azurerm_key_vault" "x" {
  name                = "x"
  location            = %s
  resource_group_name = "ai"
  sku_name            = "standard"
}

resource "azurerm_machine_learning_workspace" "ai" {
  location     = "westeurope"
  key_vault_id = azurerm_key_vault.x.id
}
"""
RING = """
resource "google_kms_key_ring" "x" {
  name     = "x"
  location = %s
}

resource "google_kms_crypto_key" "x" {
  name     = "x"
  key_ring = google_kms_key_ring.x.id
}

resource "google_vertex_ai_dataset" "ai" {
  region = "europe-west4"
  encryption_spec {
    kms_key_name = google_kms_crypto_key.x.id
  }
}
"""
UNSET = 'variable "place" {}\n'

OUTSIDE = {
    "a key by reference": (KMS % "us-east-1", "aws_kms_key.x", "us-east-1"),
    "a key by its ARN": (
        AGENT % '"arn:aws:kms:us-east-1:111122223333:key/k"',
        "arn:aws:kms:us-east-1:111122223333:key/k",
        "us-east-1",
    ),
    "a key in London": (KMS % "eu-west-2", "aws_kms_key.x", "eu-west-2"),
    "a vault in Switzerland": (VAULT % '"switzerlandnorth"', "azurerm_key_vault.x", "switzerlandnorth"),
}

CLEAN = {
    "a key in Ireland": (KMS % "eu-west-1", "aws_kms_key.x"),
    "a key in the EU by its ARN": (
        AGENT % '"arn:aws:kms:eu-west-1:111122223333:key/k"',
        "arn:aws:kms:eu-west-1:111122223333:key/k",
    ),
    "a vault in the Netherlands": (VAULT % '"westeurope"', "azurerm_key_vault.x"),
    "a key ring in the Netherlands": (RING % '"europe-west4"', "google_kms_crypto_key.x"),
    "a key elsewhere that no workload uses": (
        KMS % "eu-west-1" + 'resource "aws_kms_key" "web" {\n  region = "us-east-1"\n}\n',
        "aws_kms_key.x",
    ),
}

UNDETERMINED = {
    "a key in a region that no table lists": (KMS % "eu-west-9", "aws_kms_key.x", "eu-west-9"),
    "a vault whose location nobody sets": (UNSET + VAULT % "var.place", "azurerm_key_vault.x", ""),
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


def test_a_key_and_its_ring(check: Callable[..., Outcome], found: Found) -> None:
    """The key lies where its ring lies, which is what a person would change."""
    outcome = check(RING % '"europe-west6"')
    assert ("google_kms_crypto_key.x", "outside", "europe-west6") in found(outcome, POLICY)
    assert {str(finding.location) for finding in outcome.findings} == {"main.tf:4"}


def test_a_ring_whose_location_nobody_sets(check: Callable[..., Outcome], found: Found) -> None:
    verdicts = {(a, v) for a, v, _ in found(check(UNSET + RING % "var.place"), POLICY)}
    assert ("google_kms_crypto_key.x", "undetermined") in verdicts
