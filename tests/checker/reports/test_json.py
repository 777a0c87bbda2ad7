"""The JSON report against its schema and its page."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are not needed for anything else

from checker.outcome import Outcome
from checker.reports.json import render

HOME = Path(__file__).parents[3]
SCHEMA = json.loads((HOME / "checker/data/euclave-report-2.schema.json").read_text())
PAGE = (HOME / "docs/report.md").read_text()


def report(outcome: Outcome) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(render(outcome, color=False, verbosity=0, root=Path()))
    return loaded


def names(schema: object) -> Iterator[str]:
    """Yield every field that a schema describes."""
    if isinstance(schema, list):
        schema = dict(enumerate(schema))
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from names(part)


def test_a_report_has_the_documented_shape(outcome: Outcome) -> None:
    jsonschema.validate(report(outcome), SCHEMA)


def test_the_schema_refuses_another_shape(outcome: Outcome) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for part in ("summary", "resources", "findings", "gaps"):
        changed = report(outcome)
        (changed[part] if part == "summary" else changed[part][0])["extra"] = 1
        assert not validator.is_valid(changed), part


def test_the_page_names_every_field() -> None:
    assert [name for name in names(SCHEMA) if f"`{name}`" not in PAGE] == []


def test_the_example_of_the_page_is_a_report() -> None:
    example = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert example is not None
    jsonschema.validate(json.loads(example[1]), SCHEMA)


def test_the_text_is_stable(outcome: Outcome) -> None:
    turned = replace(outcome, judged=outcome.judged[::-1], findings=outcome.findings[::-1], tables=outcome.tables[::-1])
    first, second = (render(item, color=False, verbosity=0, root=Path()) for item in (outcome, turned))
    assert first == second
    assert first.endswith("}\n")
    assert first.startswith('{\n  "schema": "euclave-report/2",\n')
    assert "←" not in first
    names = "schema summary resources findings advice excepted fixed exemptions statements gaps coverage"
    assert list(report(outcome)) == names.split()


def test_workloads_and_storage_name_each_other(outcome: Outcome) -> None:
    joined = {item["address"]: item["joined_to"] for item in report(outcome)["resources"]}
    assert joined == {
        "aws_bedrockagent_agent.help": ["aws_s3_bucket.docs"],
        "aws_s3_bucket.docs": ["aws_bedrockagent_agent.help"],
        "module.search.aws_opensearch_domain.docs": [],
    }


def test_unknown_countries_are_null_and_the_trail_keeps_its_lines(outcome: Outcome) -> None:
    agent, _, search = report(outcome)["resources"]
    assert search["places"][0]["countries"] is None
    assert (search["verdict"], agent["places"][0]["countries"]) == ("undetermined", ["US"])
    assert agent["places"][0]["trail"] == [
        {"text": 'provider "aws".region', "path": "main.tf", "line": 2, "column": 2},
        {"text": "var.region", "path": None, "line": None, "column": None},
        {"text": "", "path": "terraform.tfvars", "line": 1, "column": 10},
    ]


def test_counts_have_their_denominators(outcome: Outcome) -> None:
    summary = report(outcome)["summary"]
    assert [summary[name] for name in ("judged", "inside", "outside", "undetermined", "workloads", "storages")] == [
        3, 1, 1, 1, 1, 2,
    ]  # fmt: skip
    assert summary["counts"]["modules_not_read"] == 1


def test_a_token_in_an_address_is_hidden(outcome: Outcome) -> None:
    finding = replace(outcome.findings[0], address='x["ghp_' + "a" * 36 + '"]\x1b[2J')
    assert report(replace(outcome, findings=(finding,)))["findings"][0]["address"] == 'x["ghp_…"]\ufffd[2J'


def test_every_location_has_its_column(outcome: Outcome) -> None:
    first, second = report(outcome)["findings"]
    assert first["location"] == {"path": "main.tf", "line": 2, "column": 2}
    assert second["location"] == {"path": "search/main.tf", "line": 2, "column": 3}
    assert report(outcome)["gaps"][0]["location"]["column"] == 1


def test_a_secret_in_an_address_is_hidden_and_the_address_stays_the_same(outcome: Outcome) -> None:
    address = "https://x.example/?apiKey=6e7f4a2b-1111"
    bucket = replace(outcome.judged[2], address=address)
    graph = replace(outcome.graph, resources=outcome.graph.resources | {"aws_s3_bucket.docs": bucket})
    finding = replace(outcome.findings[0], address=address, message=f"{address} is not known", tip=address)
    shown = report(replace(outcome, graph=graph, judged=(outcome.judged[1], bucket), findings=(finding,)))
    assert "6e7f4a2b" not in json.dumps(shown)
    agent, storage = shown["resources"]
    assert [storage["address"]] == agent["joined_to"] == [shown["findings"][0]["address"]]
