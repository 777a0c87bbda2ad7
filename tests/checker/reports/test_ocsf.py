"""OCSF events: what the models of a consumer take, and nothing that they do not know."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding
from pydantic import BaseModel

from checker.model import Confidence
from checker.outcome import Excepted, Exemption, Outcome
from checker.reports.ocsf import render

# Of OCSF 1.5.0, and not yet in the models: https://schema.ocsf.io/1.5.0/objects/compliance
NOT_MODELLED = {"compliance": {"status"}}


@pytest.fixture(autouse=True)
def at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795824000")


def events(outcome: Outcome) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(render(outcome, color=False, verbosity=0, root=Path()))
    for event in found:
        assert unknown(event, ComplianceFinding.model_validate(event)) == []
    return found


def unknown(given: dict[str, Any], model: BaseModel, at: str = "") -> list[str]:
    """Return the members of an event that the models do not have."""
    found = [name for name in given if name not in type(model).model_fields and name not in NOT_MODELLED.get(at, ())]
    for name, value in given.items():
        inner = getattr(model, name, None)
        if isinstance(value, dict) and isinstance(inner, BaseModel):
            found += unknown(value, inner, name)
        for one, other in zip(value, inner or (), strict=False) if isinstance(value, list) else ():
            found += unknown(one, other, name) if isinstance(other, BaseModel) else []
    return found


def test_findings_and_what_is_inside(outcome: Outcome) -> None:
    found = events(outcome)
    said = [(one["compliance"]["status"], one["resources"][0]["name"]) for one in found]
    assert said == [
        ("Fail", "aws_bedrockagent_agent.help"),
        ("Warning", "module.search.aws_opensearch_domain.docs"),
        ("Unknown", "module.network"),  # what was not read stands beside what was
        ("Pass", "aws_s3_bucket.docs"),
    ]
    worst = found[0]
    assert (worst["severity_id"], worst["status"], worst["type_uid"], worst["time"]) == (
        4,
        "New",
        200301,
        1795824000000,
    )
    assert worst["resources"][0]["data"]["countries"] == ["US"]
    assert worst["resources"][0]["data"]["line"] == 2
    assert worst["finding_info"]["uid"] == "11aa"


def test_what_is_excepted_is_suppressed_and_what_is_fixed_is_resolved(outcome: Outcome) -> None:
    first, second = outcome.findings
    rule = Exemption("configuration", address="*", reason="known", until="2027-03-31")
    other = replace(outcome, findings=(), excepted=(Excepted(first, rule),), fixed=(second,))
    found = {one["finding_info"]["uid"]: one for one in events(other)}
    assert found["22bb"]["status"] == "Suppressed"
    assert "known, until 2027-03-31" in found["22bb"]["status_detail"]
    assert (found["11aa"]["status"], found["11aa"]["activity_name"]) == ("Resolved", "Close")


def test_what_was_there_before_is_as_open_as_it_was(outcome: Outcome) -> None:
    rule = Exemption("since", path="main", reason="it was there before")
    found = events(replace(outcome, findings=(), excepted=(Excepted(outcome.findings[1], rule),)))
    assert found[0]["status"] == "New"


def test_secrets_and_confidence(outcome: Outcome) -> None:
    one = outcome.findings[1]
    assert one.place is not None
    hidden = replace(one, place=replace(one.place, name="hunter2", sensitive=True), confidence=Confidence.LOW)
    text = render(replace(outcome, findings=(hidden,)), color=False, verbosity=0, root=Path())
    assert "hunter2" not in text
    assert events(replace(outcome, findings=(hidden,)))[0]["confidence_id"] == 1


def test_the_time_is_that_of_the_run(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert events(outcome)[0]["time"] > 1_700_000_000_000
