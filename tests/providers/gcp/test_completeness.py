"""Every type of the services in question is in the catalogue, or a table says why it need not be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checker import catalogue
from providers.gcp import cloud

LISTS = sorted((Path(__file__).parent / "lists").glob("*.txt"))
FOLDER = Path(cloud.__file__).parent
ROWS = catalogue.rows("gcp")
KNOWN = {type.split(":gcp.")[0].removeprefix("cai_") for type in ROWS} | {
    alias for row in ROWS.values() for alias in row.aliases.values()
}


def table(name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["rows"]
    return rows


def types(file: Path) -> list[str]:
    head, *names = file.read_text(encoding="utf-8").split("\n")
    assert head.startswith("# ")
    return [name for name in names if name]


LISTED = {name for file in LISTS for name in types(file)}
PARKED = {type for row in table("not_relevant.json") for type in row.get("types", ())}


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
    assert [file.stem for file in LISTS] == ["cloud_asset", "google", "google_beta"]
    for file in LISTS:
        assert len(types(file)) == len(set(types(file))) > 500, file
        assert types(file) == sorted(types(file)), file


def test_what_is_not_relevant_exists_and_has_no_row() -> None:
    assert sorted(PARKED - LISTED) == []
    assert sorted(PARKED & KNOWN) == []
    assert [type for type in sorted(PARKED) if not cloud.service_class(type)] == []


def test_no_type_is_parked_twice_and_each_reason_is_one_of_its_own() -> None:
    rows = table("not_relevant.json")
    parked = Counter(type for row in rows for type in row.get("types", ()))
    assert [type for type, count in parked.items() if count > 1] == []
    assert all(len(row["reason"]) > 20 for row in rows)


def test_endings_are_those_of_types_that_grant_access() -> None:
    endings = [ending for row in table("not_relevant.json") for ending in row.get("endings", ())]
    assert endings == ["_iam_policy", "_iam_binding", "_iam_member", "_iam_audit_config"]
    assert [type for type in KNOWN if type.endswith(tuple(endings))] == []


def test_each_service_has_a_type() -> None:
    """A service whose first type is still to come says so, and no longer than that."""
    every = {type.removeprefix("google_") for type in LISTED | KNOWN}
    for row in table("services.json"):
        found = any(type.startswith(row["prefix"]) for type in every)
        assert found is (row.get("note") != "no type yet"), row


def test_each_service_is_listed_once_in_a_class_that_is_known() -> None:
    rows = table("services.json")
    assert len({row["prefix"] for row in rows}) == len(rows)
    classes = "ai accelerator storage logs keys replication guardrail compute"
    assert {row["class"] for row in rows} == set(classes.split())


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("google_vertex_ai_index", "ai"),
        ("google_network_services_agent_gateway", "ai"),
        ("google_network_services_gateway", ""),
        ("google_tpu_v2_vm", "accelerator"),
        ("google_storage_bucket", "storage"),
        ("google_storage_transfer_job", "replication"),
        ("google_storage_insights_report_config", "logs"),
        ("google_secret_manager_secret", "keys"),
        ("google_org_policy_policy", "guardrail"),
        ("google_cloud_run_v2_job", "compute"),
        ("google_compute_firewall", ""),
        ("bigquery.googleapis.com/Model", "ai"),
        ("bigquery.googleapis.com/Table", "storage"),
        ("compute.googleapis.com/Firewall", ""),
    ],
)
def test_the_longest_prefix_decides_the_class(type: str, expected: str) -> None:
    assert cloud.service_class(type) == expected


def test_a_table_of_rows_has_what_it_says() -> None:
    for row in ROWS.values():
        if "cai" in row.aliases and row.type.startswith("cai_"):
            assert row.type == f"cai_{row.aliases['cai']}"
            assert row.aliases["cai"] in LISTED, row.type
