"""Every type of the services in question is in the catalogue, or a table says why it need not be."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from checker import catalogue
from providers.azure import cloud

LISTS = sorted((Path(__file__).parent / "lists").glob("*.txt"))
FOLDER = Path(cloud.__file__).parent
ROWS = catalogue.rows("azure")
# An ARM type needs a row of its own: an alias of an azurerm row says nothing of the arguments that azapi reads.
KNOWN = {type.removeprefix("azapi:") for type in ROWS}


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
            if name not in KNOWN and name not in PARKED:
                missing[kind] += 1
                lacking.append(name)
    for kind, count in sorted(asked.items()):
        print(f"{file.stem} {kind}: {count - missing[kind]} of {count}")
    print(f"{file.stem}: {asked.total() - missing.total()} of {asked.total()}")
    assert missing.total() < 0.02 * asked.total(), lacking
    assert lacking == []


def test_the_lists_are_long_and_without_repetition() -> None:
    assert [file.stem for file in LISTS] == ["azapi", "azurerm", "azurerm_older"]
    for file in LISTS:
        assert len(types(file)) == len(set(types(file))) > 100, file
        assert types(file) == sorted(types(file)), file
    assert len(LISTED) > 3500


def test_older_types_are_those_that_the_newest_provider_lacks() -> None:
    newest, older = ({*types(file)} for file in LISTS if file.stem.startswith("azurerm"))
    assert newest & older == set()


def test_what_is_not_relevant_exists_and_has_no_row() -> None:
    assert sorted(PARKED - LISTED) == []
    assert sorted(PARKED & KNOWN) == []
    assert [type for type in sorted(PARKED) if not cloud.service_class(type)] == []
    assert [type for type in sorted(PARKED) if cloud.is_ai(type)] == []


def test_no_type_is_parked_twice_and_each_reason_is_one_of_its_own() -> None:
    rows = table("not_relevant.json")
    parked = Counter(type for row in rows for type in row["types"])
    reasons = Counter(row["reason"] for row in rows)
    assert [type for type, count in parked.items() if count > 1] == []
    assert [reason for reason, count in reasons.items() if count > 1] == []
    assert all(len(row["reason"]) > 20 and row["types"] for row in rows)


@pytest.mark.parametrize("row", table("services.json"), ids=lambda row: str(row["prefix"]))
def test_each_service_has_a_type(row: dict[str, str]) -> None:
    assert any(type.removeprefix("azurerm_").startswith(row["prefix"]) for type in LISTED | KNOWN)


def test_each_service_is_listed_once_in_a_class_that_is_known() -> None:
    rows = table("services.json")
    assert len({row["prefix"] for row in rows}) == len(rows)
    assert {row["class"] for row in rows} == set("ai storage logs keys replication guardrail compute".split())


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("azurerm_cognitive_deployment", "ai"),
        ("azurerm_storage_account", "storage"),
        ("azurerm_storage_object_replication", "replication"),
        ("azurerm_mssql_failover_group", "replication"),
        ("azurerm_container_registry", "storage"),
        ("azurerm_container_app", "compute"),
        ("azurerm_api_management_backend", "compute"),
        ("azurerm_key_vault", "keys"),
        ("azurerm_monitor_diagnostic_setting", "logs"),
        ("azurerm_management_group_policy_assignment", "guardrail"),
        ("azurerm_subnet", ""),
        ("microsoft.cognitiveservices/accounts", "ai"),
        ("microsoft.app/agents", "ai"),
        ("microsoft.app/containerapps", "compute"),
        ("microsoft.compute/disks", "storage"),
        ("microsoft.compute/diskencryptionsets", "keys"),
        ("microsoft.network/networkwatchers/flowlogs", "logs"),
        ("microsoft.network/virtualnetworks", ""),
    ],
)
def test_the_longest_prefix_decides_the_class(type: str, expected: str) -> None:
    assert cloud.service_class(type) == expected


def test_rows_of_arm_types_are_of_types_that_exist() -> None:
    """Two services have no schema that is published."""
    arm = {type.removeprefix("azapi:") for type in ROWS if type.startswith("azapi:")}
    # Listed types can be declared; one that is purged and not declared has a row for what an action does to it.
    purged = {"microsoft.cognitiveservices/locations/resourcegroups/deletedaccounts"}
    assert arm - LISTED - purged == {"microsoft.bing/accounts", "microsoft.securitycopilot/capacities"}


def test_aliases_are_arm_types() -> None:
    """Parts of an ARM type that azurerm makes resources of, retired services, and what has no published schema."""
    aliases = {row.aliases["arm"] for row in ROWS.values() if "arm" in row.aliases}
    assert {alias for alias in aliases if alias.lower() not in LISTED} == {
        "Microsoft.Bing/accounts",
        "Microsoft.CognitiveServices/locations/resourceGroups/deletedAccounts",
        "Microsoft.Devices/iotHubs/endpoints",
        "Microsoft.Logic/workflows/actions",
        "Microsoft.Logic/workflows/triggers",
        "Microsoft.Media/mediaServices",
        "Microsoft.Media/mediaServices/transforms",
        "Microsoft.Media/mediaServices/transforms/jobs",
        "Microsoft.Media/videoAnalyzers",
        "Microsoft.SecurityCopilot/capacities",
    }
