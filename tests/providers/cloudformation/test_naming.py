"""CloudFormation's types and words in those of the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import catalogue
from providers.cloudformation.naming import snake, type_of
from providers.cloudformation.sam import TYPES

ROWS = catalogue.rows("aws")
LISTS = Path(__file__).parent.parent / "aws" / "lists"
# Types of the provider that CloudFormation has no more, and one that is cut off in the list.
GONE = {
    "awscc_datasync_storage_system",
    "awscc_iotfleethub_application",
    "awscc_lambda_event_source_mapp",
    "awscc_lookoutmetrics_alert",
    "awscc_lookoutmetrics_anomaly_detector",
    "awscc_nimblestudio_launch_profile",
    "awscc_nimblestudio_streaming_image",
    "awscc_nimblestudio_studio_component",
    "awscc_opsworkscm_server",
}


def listed(name: str) -> list[str]:
    return (LISTS / name).read_text(encoding="utf-8").splitlines()[1:]


def test_every_type_of_the_provider_has_its_type() -> None:
    made = {type_of(name) for name in listed("cloudformation.txt")}
    assert {type for type in listed("awscc.txt") if type not in made} <= GONE


def test_every_row_is_found_by_its_cloudformation_type() -> None:
    named = {
        row.aliases["cloudformation"]: type.partition(":")[0]
        for type, row in ROWS.items()
        if type[:6] == "awscc_" and row.aliases
    }
    assert len(named) > 500
    assert {name: type_of(name) for name in named} == named


def test_no_two_types_become_one() -> None:
    names = [name for name in listed("cloudformation.txt") if name.startswith("AWS::")]
    assert len({type_of(name) for name in names}) == len(names) > 1800


@pytest.mark.parametrize("name", ["Custom::Thing", "AWS::CDK", "", "Alexa::ASK::Skill"])
def test_what_is_no_type_of_aws(name: str) -> None:
    assert type_of(name) == ""


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("BucketName", "bucket_name"),
        ("KMSMasterKeyID", "kms_master_key_id"),
        ("S3Uri", "s3_uri"),
        ("FSxId", "fsx_id"),
        ("OAuth2CredentialProvider", "o_auth_2_credential_provider"),
        ("CloudWatchLogsLogGroupArn", "cloudwatch_logs_log_group_arn"),
        ("AWSKMSKeyARN", "awskms_key_arn"),
        ("Some.Word", "some_word"),
    ],
)
def test_words(word: str, expected: str) -> None:
    assert snake(word) == expected


def test_sam_becomes_types_of_cloudformation() -> None:
    assert set(TYPES.values()) <= {*listed("cloudformation.txt"), "AWS::Lambda::CapacityProvider"}
