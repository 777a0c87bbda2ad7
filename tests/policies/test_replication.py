"""Copies and backups of AI data stay inside; that something is copied is never the finding."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "replication"
BUCKETS = """
provider "aws" {
  region = "eu-central-1"
}

resource "aws_s3_bucket" "docs" {
  bucket = "docs"
}

resource "aws_s3_bucket" "copy" {
  bucket = "copy"
  region = "%s"
}

resource "aws_s3_bucket_replication_configuration" "x" {
  bucket = aws_s3_bucket.docs.id
  rule {
    destination {
      bucket = %s
    }
  }
}

resource "aws_bedrockagent_data_source" "ai" {
  data_source_configuration {
    s3_configuration {
      bucket_arn = aws_s3_bucket.%s.arn
    }
  }
}
"""
ACCOUNT = """
resource "azurerm_storage_account" "x" {
  name                     = "x"
  location                 = "%s"
  account_replication_type = %s
}

resource "azurerm_cognitive_account" "ai" {
  location = "westeurope"
  storage {
    storage_account_id = azurerm_storage_account.x.id
  }
}
"""
COSMOS = """
resource "azurerm_cosmosdb_account" "x" {
  name     = "x"
  location = "westeurope"
  backup {
    storage_redundancy = "Local"
  }
  geo_location {
    location = "%s"
  }
  geo_location {
    location = "%s"
  }
}
"""
SNAPSHOTS = """
resource "google_compute_resource_policy" "x" {
  region = "europe-west1"
  snapshot_schedule_policy {
    snapshot_properties {
      storage_locations = ["%s"]
    }
  }
}
"""
TABLE = """
resource "aws_dynamodb_table" "x" {
  region = "eu-west-1"
  name   = "x"
  replica {
    region_name = "%s"
  }
}
"""
S3 = "aws_s3_bucket_replication_configuration.x"
BY_REFERENCE = "aws_s3_bucket.copy.arn"

# (source, scope, address, places)
OUTSIDE = {
    "a bucket to Virginia": (BUCKETS % ("us-east-1", BY_REFERENCE, "docs"), "ai", S3, {"us-east-1"}),
    "a bucket to London, by ARN": (BUCKETS % ("eu-west-2", '"arn:aws:s3:::copy"', "docs"), "ai", S3, {"eu-west-2"}),
    "an Azure account of Brazil to its pair": (
        ACCOUNT % ("brazilsouth", '"GRS"'),
        "ai",
        "azurerm_storage_account.x",
        {"GRS"},
    ),
    "an Azure account of London to its pair": (
        ACCOUNT % ("uksouth", '"RAGRS"'),
        "ai",
        "azurerm_storage_account.x",
        {"RAGRS"},
    ),
    "a Cosmos DB account, one of two": (
        COSMOS % ("northeurope", "eastus"),
        "all",
        "azurerm_cosmosdb_account.x",
        {"eastus"},
    ),
    "a DynamoDB table": (TABLE % "us-east-2", "all", "aws_dynamodb_table.x", {"us-east-2"}),
    "snapshots of disks": (SNAPSHOTS % "us", "all", "google_compute_resource_policy.x", {"us"}),
    "snapshots of disks to London": (
        SNAPSHOTS % "europe-west2",
        "all",
        "google_compute_resource_policy.x",
        {"europe-west2"},
    ),
}

# (source, scope, address)
CLEAN = {
    "a bucket to Ireland": (BUCKETS % ("eu-west-1", BY_REFERENCE, "docs"), "ai", S3),
    "a bucket to Ireland, by ARN": (BUCKETS % ("eu-west-1", '"arn:aws:s3:::copy"', "docs"), "ai", S3),
    "an Azure account to its pair in the EU": (
        ACCOUNT % ("westeurope", '"GRS"'),
        "ai",
        "azurerm_storage_account.x",
    ),
    "read access in the pair": (ACCOUNT % ("swedencentral", '"RAGZRS"'), "ai", "azurerm_storage_account.x"),
    "copies in one place": (ACCOUNT % ("northeurope", '"LRS"'), "ai", "azurerm_storage_account.x"),
    "copies in the zones of one region": (ACCOUNT % ("francecentral", '"ZRS"'), "ai", "azurerm_storage_account.x"),
    "one of two kinds, both inside": (
        'variable "far" {}\n' + ACCOUNT % ("westeurope", 'var.far ? "GRS" : "LRS"'),
        "ai",
        "azurerm_storage_account.x",
    ),
    "a Cosmos DB account in two places": (COSMOS % ("northeurope", "germanywestcentral"), "all", None),
    "a DynamoDB table to Sweden": (TABLE % "eu-north-1", "all", None),
    "snapshots in the EU": (SNAPSHOTS % "eu", "all", None),
    "snapshots in Belgium": (SNAPSHOTS % "europe-west1", "all", None),
}

UNDETERMINED = {
    "a bucket that is not declared": (BUCKETS % ("eu-west-1", '"arn:aws:s3:::elsewhere"', "docs"), "ai", S3),
    "a kind of redundancy that no table lists": (
        ACCOUNT % ("westeurope", '"MOON"'),
        "ai",
        "azurerm_storage_account.x",
    ),
    "a kind of redundancy that nobody sets": (
        'variable "kind" {}\n' + ACCOUNT % ("westeurope", "var.kind"),
        "ai",
        "azurerm_storage_account.x",
    ),
    "the pair of a region that has none": (
        ACCOUNT % ("italynorth", '"GRS"'),
        "ai",
        "azurerm_storage_account.x",
    ),
    "a region that no table lists": (TABLE % "eu-west-9", "all", "aws_dynamodb_table.x"),
    "a place of snapshots that no table lists": (
        SNAPSHOTS % "europe-west99",
        "all",
        "google_compute_resource_policy.x",
    ),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, scope, address, places = OUTSIDE[case]
    assert found(check(source, scope=scope), POLICY) == {(address, "outside", place) for place in places}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, scope, address = CLEAN[case]
    outcome = check(source, scope=scope)
    clean(outcome, address or outcome.judged[0].address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, scope, address = UNDETERMINED[case]
    assert {(a, v) for a, v, _ in found(check(source, scope=scope), POLICY)} == {(address, "undetermined")}


def test_copies_of_what_no_workload_reaches(check: Callable[..., Outcome]) -> None:
    """The workload reads the copy, which is inside; what the other bucket copies where is no AI data."""
    source = BUCKETS % ("eu-west-1", '"arn:aws:s3:::far"', "copy") + (
        'resource "aws_s3_bucket" "far" {\n  bucket = "far"\n  region = "us-east-1"\n}\n'
    )
    assert check(source).findings == ()


def test_copy_outside_is_two_facts(check: Callable[..., Outcome], found: Found) -> None:
    """The rule that makes the copy, and the bucket that holds it."""
    outcome = check(BUCKETS % ("us-east-1", BY_REFERENCE, "docs"))
    assert len(found(outcome, POLICY)) == 1
    assert found(outcome, "storage-placement") == {("aws_s3_bucket.copy", "outside", "us-east-1")}


def test_finding_points_at_the_destination(check: Callable[..., Outcome]) -> None:
    outcome = check(BUCKETS % ("us-east-1", BY_REFERENCE, "docs"))
    (finding,) = [finding for finding in outcome.findings if finding.policy == POLICY]
    assert str(finding.location) == "main.tf:19"
    assert finding.tip == "name a destination inside eu at main.tf:19"
    assert finding.message.endswith("keeps a replica in us-east-1 (N. Virginia, United States), outside eu")
