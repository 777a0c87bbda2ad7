"""Names that have two spellings, and names that count on what nobody said."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
MAIN = """
provider "aws" {
  region = "eu-west-1"
}
resource "aws_s3_bucket" "us" {
  bucket = "words-us"
  region = "us-east-1"
}
resource "aws_transcribe_vocabulary" "v" {
  vocabulary_name     = "v"
  language_code       = "en-US"
  vocabulary_file_uri = "s3://${%s}/words.txt"
}
"""


@pytest.mark.parametrize(
    "name", ["aws_s3_bucket.us.id", "resource.aws_s3_bucket.us.id", "resource.aws_s3_bucket.us.bucket"]
)
def test_the_prefix_resource_changes_nothing(name: str, check: Check) -> None:
    judged = {r.address: [p.name for p in r.places] for r in check(MAIN % name).judged}
    assert judged["aws_s3_bucket.us"] == ["us-east-1"]


WORKSPACE = 'provider "aws" {\n  region = %s\n}\nresource "aws_kendra_index" "x" {}\n'


@pytest.mark.parametrize(
    ("region", "workspace", "expected"),
    [
        (
            'terraform.workspace == "default" ? "eu-west-1" : "us-east-1"',
            "",
            [".: terraform.workspace counts as default"],
        ),
        ('terraform.workspace == "default" ? "eu-west-1" : "us-east-1"', "default", []),
        ('"eu-west-1"', "", []),
    ],
)
def test_a_workspace_that_nobody_named_is_one_gap(
    region: str, workspace: str, expected: list[str], check: Check
) -> None:
    outcome = check(WORKSPACE % region + "locals {\n  unused = terraform.workspace\n}\n", workspace=workspace)
    assert [f"{gap.what}: {gap.why}" for gap in outcome.graph.gaps] == expected
    assert not any(gap.fatal for gap in outcome.graph.gaps)
