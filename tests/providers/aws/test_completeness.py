"""Every type of the services in question is in the catalogue, or a table says why it need not be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checker import catalogue
from providers.aws import cloud

LISTS = sorted((Path(__file__).parent / "lists").glob("*.txt"))
FOLDER = Path(cloud.__file__).parent
ROWS = catalogue.rows("aws")
KNOWN = set(ROWS) | {alias for row in ROWS.values() for alias in row.aliases.values()}


def table(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["rows"]
    return rows


def types(file: Path) -> list[str]:
    head, *names = file.read_text(encoding="utf-8").split("\n")
    assert head.startswith("# ")
    return [name for name in names if name]


LISTED = {name for file in LISTS for name in types(file)}
PARKED = {type for row in table("not_relevant.json") for type in row["types"]}


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.stem)
def test_types_of_services_in_question_are_known(file: Path) -> None:
    asked, missing = Counter[str](), Counter[str]()
    lacking = []
    for name in types(file):
        kind = cloud.service_class(name)
        if kind:
            asked[kind] += 1
            if name not in KNOWN and not cloud.is_not_relevant(name):
                missing[kind] += 1
                lacking.append(name)
    for kind, count in sorted(asked.items()):
        print(f"{file.stem} {kind}: {count - missing[kind]} of {count}")
    print(f"{file.stem}: {asked.total() - missing.total()} of {asked.total()}")
    assert missing.total() < 0.02 * asked.total(), lacking
    assert lacking == []


def test_the_lists_are_long_and_without_repetition() -> None:
    assert [file.stem for file in LISTS] == ["awscc", "cloudformation", "terraform"]
    for file in LISTS:
        assert len(types(file)) == len(set(types(file))) > 1000, file
        assert types(file) == sorted(types(file)), file


def test_what_is_not_relevant_exists_and_has_no_row() -> None:
    assert sorted(PARKED - LISTED) == []
    assert sorted(PARKED & KNOWN) == []
    assert [type for type in sorted(PARKED) if not cloud.service_class(type)] == []


def test_no_type_is_parked_twice_and_each_reason_is_one_of_its_own() -> None:
    rows = table("not_relevant.json")
    parked = Counter(type for row in rows for type in row["types"])
    assert [type for type, count in parked.items() if count > 1] == []
    assert all(len(row["reason"]) > 20 for row in rows)


def test_each_service_has_a_type() -> None:
    every = {type.partition("_")[2] for type in LISTED | KNOWN} | LISTED | KNOWN
    assert [row for row in table("services.json") if not any(type.startswith(row["prefix"]) for type in every)] == []


def test_each_service_is_listed_once_in_a_class_that_is_known() -> None:
    rows = table("services.json")
    assert len({row["prefix"] for row in rows}) == len(rows)
    classes = "ai storage logs keys replication guardrail compute"
    assert {row["class"] for row in rows} == set(classes.split())


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("aws_bedrockagent_agent", "ai"),
        ("awscc_sagemaker_endpoint", "ai"),
        ("AWS::Bedrock::Agent", "ai"),
        ("aws_glue_ml_transform", "ai"),
        ("aws_glue_job", "storage"),
        ("aws_s3_bucket", "storage"),
        ("AWS::S3::Bucket", "storage"),
        ("aws_datasync_task", "replication"),
        ("aws_cloudwatch_log_group", "logs"),
        ("aws_cloudwatch_dashboard", ""),
        ("aws_ssm_parameter", "keys"),
        ("aws_ssm_document", ""),
        ("aws_organizations_policy", "guardrail"),
        ("aws_lambda_function", "compute"),
        ("AWS::EC2::Instance", "compute"),
        ("AWS::EC2::VPC", ""),
        ("aws_vpc", ""),
    ],
)
def test_the_longest_prefix_decides_the_class(type: str, expected: str) -> None:
    assert cloud.service_class(type) == expected


def test_a_cloudformation_type_has_a_row_in_its_own_words() -> None:
    """Templates are read by the rows of the Cloud Control provider, whose arguments are CloudFormation's."""
    own = {row.aliases["cloudformation"] for type, row in ROWS.items() if type.startswith("awscc_") and row.aliases}
    asked = {alias for row in ROWS.values() for alias in row.aliases.values()} & LISTED
    assert [type for type in sorted(asked - own - PARKED) if cloud.service_class(type)] == []
