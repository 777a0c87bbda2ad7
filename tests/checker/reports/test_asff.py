"""Findings for Security Hub: what the service's own model takes, as AWS ships it in botocore."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator

from checker.errors import UsageError
from checker.outcome import Excepted, Exemption, Outcome
from checker.reports.asff import render

# Bounds of https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
BOUNDS = {"Title": 256, "Description": 1024, "Id": 512, "GeneratorId": 512}


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795824000")
    monkeypatch.setenv("AWS_ACCOUNT_ID", "111122223333")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)


def findings(outcome: Outcome) -> list[dict[str, Any]]:
    """Return what the report has, which the service's model takes."""
    found: list[dict[str, Any]] = json.loads(render(outcome, color=False, verbosity=0, root=Path()))
    operation = Session().get_service_model("securityhub").operation_model("BatchImportFindings")
    if found:
        errors = ParamValidator().validate({"Findings": found}, operation.input_shape)
        assert not errors.has_errors(), errors.generate_report()
    for one in found:
        assert all(0 < len(one[name]) <= most for name, most in BOUNDS.items())
        assert all(len(value) <= 1024 for value in one.get("ProductFields", {}).values())
    return found


def test_what_is_imported(outcome: Outcome) -> None:
    worst, other, unread = findings(outcome)
    assert (unread["Title"], unread["Compliance"]["Status"]) == ("not read: module.network", "NOT_AVAILABLE")
    assert worst["ProductArn"] == "arn:aws:securityhub:eu-central-1:111122223333:product/111122223333/default"
    assert (worst["Severity"]["Label"], worst["Compliance"]["Status"], worst["RecordState"]) == (
        "HIGH",
        "FAILED",
        "ACTIVE",
    )
    assert worst["ProductFields"]["euclave/countries"] == "US"
    assert worst["CreatedAt"] == "2026-11-28T00:00:00Z"
    assert other["Compliance"]["Status"] == "WARNING"
    assert other["Resources"][0]["Id"] == "prod/module.search.aws_opensearch_domain.docs"


def test_what_is_excepted_or_fixed_is_archived(outcome: Outcome) -> None:
    first, second = outcome.findings
    rule = Exemption("configuration", address="*", reason="known", who="Jane Doe", until="2027-03-31")
    outcome = replace(outcome, graph=replace(outcome.graph, gaps=()))
    excepted, fixed = findings(replace(outcome, findings=(), excepted=(Excepted(first, rule),), fixed=(second,)))
    assert (excepted["RecordState"], excepted["Note"]["UpdatedBy"]) == ("ARCHIVED", "Jane Doe")
    assert "known, until 2027-03-31" in excepted["Note"]["Text"]
    assert fixed["RecordState"] == "ARCHIVED"
    before = Exemption("since", path="main", reason="it was there before")
    (still,) = findings(replace(outcome, findings=(), excepted=(Excepted(first, before),)))
    assert still["RecordState"] == "ACTIVE"


def test_long_texts_are_cut_and_secrets_hidden(outcome: Outcome) -> None:
    one = outcome.findings[1]
    assert one.place is not None
    long = replace(one, message="x" * 5000, tip="y" * 5000, place=replace(one.place, name="hunter2", sensitive=True))
    found, _ = findings(replace(outcome, findings=(long,)))
    assert "hunter2" not in json.dumps(found)


@pytest.mark.parametrize(
    ("region", "partition"), [("eusc-de-east-1", "aws-eusc"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")]
)
def test_partitions(region: str, partition: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    assert findings(outcome)[0]["ProductArn"].split(":")[1] == partition


@pytest.mark.parametrize(("name", "value"), [("AWS_ACCOUNT_ID", ""), ("AWS_ACCOUNT_ID", "12"), ("AWS_REGION", "moon")])
def test_where_it_is_for_must_be_known(
    name: str, value: str, outcome: Outcome, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError):
        render(outcome, color=False, verbosity=0, root=Path())


def test_nothing_is_an_empty_list(outcome: Outcome) -> None:
    nothing = replace(outcome, findings=(), advice=(), graph=replace(outcome.graph, gaps=()))
    assert findings(nothing) == []
