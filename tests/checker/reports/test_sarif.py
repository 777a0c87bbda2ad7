"""The SARIF report: its content, and its shape against the specification (OASIS SARIF 2.1.0).

The official schema is not part of this project. Where it lies on the machine, EUCLAVE_SARIF_SCHEMA names its file and
the report is validated against it; the required and the allowed properties of what we write are checked in any case.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are not needed for anything else
import pytest

from checker import fixes, registry
from checker.model import FileLocation, Gap, Severity, Verdict
from checker.outcome import Outcome
from checker.reports.sarif import render

PAGE = """AI workloads sit inside.

Every place of an AI workload
lies in the jurisdiction.
"""


def record(required: str, optional: str = "", **properties: object) -> dict[str, object]:
    """Return the schema of an object with these properties and no other."""
    allowed: dict[str, object] = dict.fromkeys([*required.split(), *optional.split()], True)
    return {
        "type": "object",
        "required": required.split(),
        "additionalProperties": False,
        "properties": allowed | properties,
    }


def several(items: object) -> dict[str, object]:
    return {"type": "array", "items": items}


# Sections 3.13 to 3.58 of the specification, as far as the report uses them.
TEXT = {"type": "string", "minLength": 1}
NUMBER = {"type": "integer", "minimum": 1}
MESSAGE = record("text", "markdown", text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
REGION = record("startLine startColumn", "endLine", startLine=NUMBER, startColumn=NUMBER, endLine=NUMBER)
ARTIFACT = record("uri uriBaseId", uri={"type": "string", "pattern": r"^[\w./~%+-]+$"})
PHYSICAL = record("artifactLocation region", artifactLocation=ARTIFACT, region=REGION)
LOCATION = record("physicalLocation", physicalLocation=PHYSICAL)
RELATED = record("id message physicalLocation", message=MESSAGE, physicalLocation=PHYSICAL)
RULE = record(
    "id shortDescription fullDescription help", shortDescription=MESSAGE, fullDescription=MESSAGE, help=MESSAGE
)
DELETED = record("startLine startColumn endLine endColumn", startLine=NUMBER, startColumn=NUMBER)
REPLACEMENT = record("deletedRegion insertedContent", deletedRegion=DELETED, insertedContent=record("text", text=TEXT))
CHANGE = record("artifactLocation replacements", artifactLocation=ARTIFACT, replacements=several(REPLACEMENT))
FIX = record("description artifactChanges", description=MESSAGE, artifactChanges=several(CHANGE))
RESULT = record(
    "ruleId ruleIndex level message locations relatedLocations partialFingerprints properties",
    "fixes",
    fixes=several(FIX),
    level=LEVEL,
    message=MESSAGE,
    locations=several(LOCATION),
    relatedLocations=several(RELATED),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
)
NOTIFICATION = record("level message locations", level=LEVEL, message=MESSAGE, locations=several(LOCATION))
INVOCATION = record(
    "executionSuccessful toolExecutionNotifications",
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=several(NOTIFICATION),
)
DRIVER = record("name version semanticVersion rules", rules=several(RULE))
RUN = record(
    "tool columnKind originalUriBaseIds invocations results properties",
    tool=record("driver", driver=DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=several(INVOCATION),
    results=several(RESULT),
)
LOG = record("$schema version runs", version={"const": "2.1.0"}, runs=several(RUN))


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "policy_doc", lambda policy: PAGE)


def log(outcome: Outcome) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(outcome, color=False, verbosity=0, root=Path()))
    return loaded


def run(outcome: Outcome) -> dict[str, Any]:
    (only,) = log(outcome)["runs"]
    assert isinstance(only, dict)
    return only


def test_the_shape_is_sarif(outcome: Outcome) -> None:
    jsonschema.validate(log(outcome), LOG)
    jsonschema.validate(log(replace(outcome, findings=())), LOG)


@pytest.mark.skipif("EUCLAVE_SARIF_SCHEMA" not in os.environ, reason="EUCLAVE_SARIF_SCHEMA names no schema file")
def test_the_official_schema_accepts_it(outcome: Outcome) -> None:
    schema = json.loads(Path(os.environ["EUCLAVE_SARIF_SCHEMA"]).read_text())
    jsonschema.validate(log(outcome), schema)  # by the draft that the schema itself names


def test_a_rule_is_the_policy_with_its_page(outcome: Outcome) -> None:
    (rule,) = run(outcome)["tool"]["driver"]["rules"]
    assert rule == {
        "id": "ai-placement",
        "shortDescription": {"text": "AI workloads sit inside."},
        "fullDescription": {"text": "Every place of an AI workload lies in the jurisdiction."},
        "help": {"text": PAGE.rstrip(), "markdown": PAGE.rstrip()},
    }


def test_a_policy_without_a_page_is_named(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(policy: str) -> str:
        raise ModuleNotFoundError(policy)

    monkeypatch.setattr(registry, "policy_doc", missing)
    (rule,) = run(outcome)["tool"]["driver"]["rules"]
    assert rule["help"]["text"] == "ai-placement"


def test_a_change_that_mends_a_finding(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    edit = fixes.Edit(outcome.findings[1], "a b/main.tf", 3, 12, "us.x", "eu.x", "the same model")
    monkeypatch.setattr(fixes, "by_fingerprint", lambda outcome: {"11aa": edit})
    jsonschema.validate(log(outcome), LOG)
    first, second = run(outcome)["results"]
    assert "fixes" not in second
    ((change,),) = (fix["artifactChanges"] for fix in first["fixes"])
    assert change["artifactLocation"]["uri"] == "a%20b/main.tf"
    region = {"startLine": 3, "startColumn": 12, "endLine": 3, "endColumn": 16}
    assert change["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "eu.x"}}]


def test_a_result_points_at_the_line_and_its_trail(outcome: Outcome) -> None:
    result = run(outcome)["results"][0]
    assert result["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "main.tf", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 2, "startColumn": 2},
    }
    uris = [item["physicalLocation"]["artifactLocation"]["uri"] for item in result["relatedLocations"]]
    assert uris == ["main.tf", "terraform.tfvars"]
    assert result["partialFingerprints"] == {"euclave/v1": "11aa"}
    assert result["properties"]["place"] == "us-east-1"


@pytest.mark.parametrize(
    ("verdict", "severity", "level"),
    [
        (Verdict.OUTSIDE, Severity.HIGH, "error"),
        (Verdict.OUTSIDE, Severity.MEDIUM, "warning"),
        (Verdict.OUTSIDE, Severity.LOW, "note"),
        (Verdict.OUTSIDE, Severity.INFO, "note"),
        (Verdict.UNDETERMINED, Severity.HIGH, "warning"),
        (Verdict.INSIDE, Severity.HIGH, "note"),
    ],
)
def test_levels(outcome: Outcome, verdict: Verdict, severity: Severity, level: str) -> None:
    finding = replace(outcome.findings[0], verdict=verdict, severity=severity)
    assert run(replace(outcome, findings=(finding,)))["results"][0]["level"] == level


def test_what_was_not_read_is_a_notification(outcome: Outcome) -> None:
    (invocation,) = run(outcome)["invocations"]
    assert invocation["executionSuccessful"] is True
    (notification,) = invocation["toolExecutionNotifications"]
    assert notification["message"]["text"] == (
        "module.network was not read: the module is not downloaded (run terraform init first)"
    )
    fatal = replace(outcome, graph=replace(outcome.graph, gaps=(Gap("a", "b", fatal=True),)))
    assert run(fatal)["invocations"][0]["executionSuccessful"] is False


def test_any_path_becomes_a_relative_uri(outcome: Outcome) -> None:
    finding = replace(outcome.findings[0], location=FileLocation("a b/c:d/ü#\udc80.tf", 0, 0))
    odd = replace(outcome, findings=(finding,))
    jsonschema.validate(log(odd), LOG)
    artifact = run(odd)["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact["uri"] == "a%20b/c%3Ad/%C3%BC%23%3F.tf"
