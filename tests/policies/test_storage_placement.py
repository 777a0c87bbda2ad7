"""Storage that AI workloads use sits inside the jurisdiction; storage that none uses is not looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "storage-placement"
MODEL = """
provider "aws" {
  region = "eu-central-1"
}

resource "aws_s3_bucket" "x" {
  bucket = "models"
  region = "%s"
}

resource "aws_sagemaker_model" "ai" {
  primary_container {
    model_data_url = %s
  }
}
"""
ACCOUNT = """
resource "azurerm_storage_account" "x" {
  name                     = "x"
  location                 = "%s"
  account_replication_type = "LRS"
}

resource "azurerm_cognitive_account" "ai" {
  location = "westeurope"
  storage {
    storage_account_id = %s
  }
}
"""
INDEX = """
resource "google_storage_bucket" "x" {
  name     = "x"
  location = "%s"
}

resource "google_vertex_ai_index" "ai" {
  region = "europe-west1"
  metadata {
    contents_delta_uri = %s
  }
}
"""
DATASET = """
resource "google_bigquery_dataset" "x" {
  dataset_id = "x"
  %s
}

resource "google_vertex_ai_feature_group" "ai" {
  region = "europe-west1"
  big_query {
    big_query_source {
      input_uri = "bq://p.x.t"
    }
  }
}
"""
KEY = """
resource "aws_bedrockagent_agent" "ai" {
  region                      = "eu-west-1"
  customer_encryption_key_arn = "%s"
}
"""
URI = '"s3://${aws_s3_bucket.x.bucket}/m.tar.gz"'
GS = '"gs://${google_storage_bucket.x.name}/v"'
ID = "azurerm_storage_account.x.id"

OUTSIDE = {
    "a bucket by reference": (MODEL % ("us-east-1", URI), "aws_s3_bucket.x", "us-east-1"),
    "a bucket by name": (MODEL % ("ca-central-1", '"s3://models/m.tar.gz"'), "aws_s3_bucket.x", "ca-central-1"),
    "a bucket in London": (MODEL % ("eu-west-2", URI), "aws_s3_bucket.x", "eu-west-2"),
    "a storage account": (ACCOUNT % ("eastus2", ID), "azurerm_storage_account.x", "eastus2"),
    "a storage account by its id": (
        ACCOUNT % ("uksouth", '"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/x"'),
        "azurerm_storage_account.x",
        "uksouth",
    ),
    "the multi-region US": (INDEX % ("US", GS), "google_storage_bucket.x", "US"),
    "the dual-region with London": (INDEX % ("EUR5", GS), "google_storage_bucket.x", "EUR5"),
    "a bucket by URI": (INDEX % ("europe-west2", '"gs://x/v"'), "google_storage_bucket.x", "europe-west2"),
    "a dataset without a location": (DATASET % "", "google_bigquery_dataset.x", "US"),
}

# What is judged and inside; what is there beside it is outside and not used by any workload.
CLEAN = {
    "a bucket in Frankfurt": (MODEL % ("eu-central-1", URI), "aws_s3_bucket.x"),
    "a bucket in another region of the EU": (MODEL % ("eu-south-2", URI), "aws_s3_bucket.x"),
    "a bucket called like a region": (MODEL.replace("models", "us-east-1") % ("eu-west-1", URI), "aws_s3_bucket.x"),
    "a bucket elsewhere that no workload uses": (
        MODEL % ("eu-west-1", URI) + 'resource "aws_s3_bucket" "web" {\n  bucket = "web"\n  region = "us-east-1"\n}\n',
        "aws_s3_bucket.x",
    ),
    "a bucket elsewhere whose name begins the same": (
        MODEL % ("eu-west-1", URI)
        + 'resource "aws_s3_bucket" "web" {\n  bucket = "models-us"\n  region = "us-east-1"\n}\n',
        "aws_s3_bucket.x",
    ),
    "a key in the EU by its ARN": (
        KEY % "arn:aws:kms:eu-west-1:111122223333:key/k",
        "arn:aws:kms:eu-west-1:111122223333:key/k",
    ),
    "a storage account in Ireland": (ACCOUNT % ("northeurope", ID), "azurerm_storage_account.x"),
    "a storage account elsewhere that no workload uses": (
        ACCOUNT % ("northeurope", ID)
        + 'resource "azurerm_storage_account" "web" {\n  name = "web"\n  location = "eastus"\n}\n',
        "azurerm_storage_account.x",
    ),
    "the multi-region EU": (INDEX % ("EU", GS), "google_storage_bucket.x"),
    "the dual-region of Finland and the Netherlands": (INDEX % ("EUR4", GS), "google_storage_bucket.x"),
    "the same in lower case": (INDEX % ("eur4", GS), "google_storage_bucket.x"),
    "a configurable dual-region": (
        (INDEX % ("EU", GS)).replace(
            '"EU"\n', '"EU"\n  custom_placement_config {\n    data_locations = ["EUROPE-WEST1", "EUROPE-WEST4"]\n  }\n'
        ),
        "google_storage_bucket.x",
    ),
    "a dataset in the EU": (DATASET % 'location = "EU"', "google_bigquery_dataset.x"),
    "a dataset in Warsaw": (DATASET % 'location = "europe-central2"', "google_bigquery_dataset.x"),
}

UNDETERMINED = {
    "a bucket that is not declared": (
        MODEL % ("eu-west-1", '"s3://elsewhere/m.tar.gz"'),
        "s3://elsewhere/m.tar.gz",
        "",
    ),
    "a storage account that is not declared": (
        ACCOUNT % ("westeurope", '"/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/y"'),
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/y",
        "",
    ),
    "a Google bucket that is not declared": (INDEX % ("EU", '"gs://elsewhere/v"'), "gs://elsewhere/v", ""),
    "a region that no table lists": (MODEL % ("eu-west-9", URI), "aws_s3_bucket.x", "eu-west-9"),
    "a location that no table lists": (INDEX % ("EUR99", GS), "google_storage_bucket.x", "EUR99"),
    "a location that nobody sets": (
        'variable "place" {}\n' + (INDEX % ("@", GS)).replace('"@"', "var.place"),
        "google_storage_bucket.x",
        "",
    ),
    "a bucket that is looked up": (
        (INDEX % ("EU", GS)).replace("google_storage_bucket.x", "data.google_storage_bucket.y")
        + 'data "google_storage_bucket" "y" {\n  name = "y"\n}\n',
        "data.google_storage_bucket.y",
        "",
    ),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    outcome = check(source)
    assert found(outcome, POLICY) == {(address, "outside", place)}
    assert {finding.policy for finding in outcome.findings} == {POLICY}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    assert found(check(source), POLICY) == {(address, "undetermined", place)}


def test_configurable_dual_region_with_one_outside(check: Callable[..., Outcome], found: Found) -> None:
    placed = '"EU"\n  custom_placement_config {\n    data_locations = ["EUROPE-WEST1", "EUROPE-WEST2"]\n  }\n'
    outcome = check((INDEX % ("EU", GS)).replace('"EU"\n', placed))
    assert found(outcome, POLICY) == {("google_storage_bucket.x", "outside", "EUROPE-WEST2")}


def test_scope_all_looks_at_storage_without_a_workload(check: Callable[..., Outcome], found: Found) -> None:
    bucket = 'resource "aws_s3_bucket" "web" {\n  bucket = "web"\n  region = "us-east-1"\n}\n'
    assert check(bucket).findings == ()
    assert found(check(bucket, scope="all"), POLICY) == {("aws_s3_bucket.web", "outside", "us-east-1")}


def test_finding_names_the_way(check: Callable[..., Outcome]) -> None:
    (finding,) = check(MODEL % ("us-east-1", URI)).findings
    assert finding.message == (
        "aws_s3_bucket.x (S3 bucket), used by aws_sagemaker_model.ai, is in "
        "us-east-1 (N. Virginia, United States), outside eu"
    )
    assert finding.tip == "change us-east-1 at main.tf:8 to a place inside eu"


def test_finding_counts_further_ways(check: Callable[..., Outcome]) -> None:
    second = (
        'resource "aws_sagemaker_model" "b" {\n  primary_container {\n    model_data_url = "s3://models/x"\n  }\n}\n'
    )
    (finding,) = check(MODEL % ("us-east-1", URI) + second).findings
    assert "and 1 other workload, is in" in finding.message
