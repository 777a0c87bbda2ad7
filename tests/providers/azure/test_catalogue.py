"""Azure's catalogue: every row loads, is sourced, and uses words that the other tables know."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from checker import catalogue, places
from checker.model import Place, Purpose, Relation, Role
from checker.rows import Row
from providers.azure import cloud

FOLDER = Path(cloud.__file__).parent
ROWS = catalogue.rows("azure")
find = partial(places.find, "azure")
PLACE = re.compile(r"@unknown|@(parent|declared|provider|default|fixed):[A-Za-z_.]+|[A-Za-z_.]+")
RULES = {"deployment-sku", "redundancy", "iothub-residency", "api-cache", "policy-condition"}
UNNAMED = {"Default", "(absent)"}  # the vendor says that something happens, and not where


def paths(row: Row) -> list[str]:
    return [
        *(entry for entry in row.place if not entry.startswith("@")),
        *(entry.partition(":")[2] for entry in row.place if entry.startswith("@parent:")),
        *(path for further in row.further for path in further.paths),
        *(path for stated in row.references.values() for path in stated),
        *(path for condition in row.ai_when for path in condition.paths),
        *(path for kept in row.settings for path in kept.paths),
        *(path for kept in row.settings if kept.shape == "named" for path in kept.value),
    ]


def test_no_type_is_listed_twice() -> None:
    types = Counter(
        row["type"]
        for file in (FOLDER / "catalogue").glob("*.json")
        for row in json.loads(file.read_text(encoding="utf-8"))["rows"]
    )
    assert [type for type, count in types.items() if count > 1] == []


def test_rows_are_sourced() -> None:
    dated = re.compile(r"20\d\d-\d\d-\d\d")
    assert [row.type for row in ROWS.values() if not (row.kind and row.source and dated.fullmatch(row.checked))] == []


def test_rows_have_a_place() -> None:
    """A guardrail has none: what it allows is no place of its own."""
    assert [row.type for row in ROWS.values() if not row.place and Role.GUARDRAIL not in row.roles] == []
    assert {entry for row in ROWS.values() for entry in row.place if not PLACE.fullmatch(entry)} == set()


def test_what_needs_no_statement_comes_last() -> None:
    last = ("@unknown", "@default", "@fixed")
    assert [row.type for row in ROWS.values() if any(entry.startswith(last) for entry in row.place[:-1])] == []


def test_vocabularies_exist() -> None:
    used = {row.vocabulary for row in ROWS.values()} | {
        more.vocabulary for row in ROWS.values() for more in row.further
    }
    assert used <= {place.vocabulary for place in places.table("azure").rows} | RULES


def test_documented_defaults_are_words_of_their_vocabulary() -> None:
    home = Place("westeurope", Purpose.LOCATION, frozenset({"NL"}))
    for row in ROWS.values():
        for further in row.further:
            if further.default and further.default not in UNNAMED:
                found = cloud.locate(further.default, further.vocabulary, home, find)
                assert found is None or found.countries, row.type


def test_accelerator_tables_exist() -> None:
    tables = {size["table"] for size in json.loads((FOLDER / "vm_sizes.json").read_text(encoding="utf-8"))["rows"]}
    assert {condition.table for row in ROWS.values() for condition in row.ai_when} == tables


def test_paths_are_written_in_the_words_of_their_provider() -> None:
    arguments = {"location", "name", "parent_id", "resource_id", "extendedLocation.name"}
    arm = {"metadata", "parameters", "parameter_values", "policy_rule"}  # below these the words are ARM's
    for row in ROWS.values():
        if row.type.startswith("azapi"):
            assert [path for path in paths(row) if path not in arguments and not path.startswith("body.")] == []
        else:
            own = [path for path in paths(row) if arm.isdisjoint(path.split("."))]
            assert [path for path in own if not re.fullmatch(r"[a-z0-9_.]+", path)] == []


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS.values() if "{name}" in "".join(row.names[:1]) and "/{" not in row.names[0]],
    ids=lambda row: row.type,
)
def test_an_id_leads_to_the_resource_it_names(row: Row) -> None:
    arm = row.aliases.get("arm") or row.names[0].partition(":")[0]
    group = "" if arm.lower() == "microsoft.resources/resourcegroups" else f"/providers/{arm}/x1"
    text = f"/subscriptions/0/resourceGroups/{'g' if group else 'x1'}{group}"
    assert set(cloud.names_in(text)) & {name.replace("{name}", "x1") for name in row.names}


def test_what_is_looked_up_by_name_has_no_place_of_its_own() -> None:
    looked_up = {type: row for type, row in ROWS.items() if type.startswith("data.")}
    assert [type for type, row in looked_up.items() if row.place[-1] != "@unknown"] == []
    assert {type.removeprefix("data.") for type in looked_up} - set(ROWS) == {"azurerm_location"}


def test_ai_services_are_known_by_their_names_too() -> None:
    assert not {type for type, row in ROWS.items() if Role.AI in row.roles and not cloud.is_ai(type)}


@pytest.mark.parametrize(
    ("type", "place"),
    [
        ("azurerm_cognitive_account", ("location",)),
        ("azurerm_cognitive_deployment", ("@parent:cognitive_account_id",)),
        ("azurerm_container_app", ("@parent:container_app_environment_id",)),
        ("azurerm_cdn_frontdoor_profile", ("@fixed:global",)),
        ("azurerm_communication_service", ("data_location",)),
        ("data.azurerm_resource_group", ("location", "@unknown")),
        ("azurerm_storage_account", ("edge_zone", "location")),
    ],
)
def test_where_a_place_is_read(type: str, place: tuple[str, ...]) -> None:
    assert ROWS[type].place == place


@pytest.mark.parametrize(
    ("type", "paths", "default"),
    [
        ("azurerm_storage_account", ("account_replication_type",), ""),
        ("azurerm_databricks_workspace", ("custom_parameters.storage_account_sku_name",), "Standard_GRS"),
        ("azurerm_recovery_services_vault", ("storage_mode_type",), "GeoRedundant"),
        ("azurerm_mssql_database", ("storage_account_type",), "Geo"),
        ("azurerm_mssql_managed_instance", ("storage_account_type",), "GRS"),
        ("azurerm_cosmosdb_account", ("backup.storage_redundancy",), "Geo"),
        ("azurerm_synapse_sql_pool", ("geo_backup_policy_enabled",), "true"),
        ("azurerm_notification_hub_namespace", ("replication_region",), "Default"),
        ("azurerm_postgresql_flexible_server", ("geo_redundant_backup_enabled",), "false"),
    ],
)
def test_copies_that_happen_by_default(type: str, paths: tuple[str, ...], default: str) -> None:
    stated = {further.paths: further.default for further in ROWS[type].further if further.vocabulary == "redundancy"}
    assert stated[paths] == default


@pytest.mark.parametrize(
    ("type", "path"),
    [
        ("azurerm_orchestrated_virtual_machine_scale_set", "sku_name"),
        ("azurerm_orchestrated_virtual_machine_scale_set", "sku_profile.vm_sizes"),
        ("azurerm_orchestrated_virtual_machine_scale_set", "sku_profile.virtual_machine_size.name"),
        ("azurerm_dev_test_linux_virtual_machine", "size"),
        ("azurerm_hdinsight_spark_cluster", "roles.worker_node.vm_size"),
    ],
)
def test_sizes_decide_whether_compute_carries_chips(type: str, path: str) -> None:
    assert Role.COMPUTE in ROWS[type].roles
    assert any(condition.table == "vm-sizes" and path in condition.paths for condition in ROWS[type].ai_when)


def test_the_long_name_of_a_location_is_as_good_as_the_location() -> None:
    row = ROWS["data.azurerm_location"]
    assert row.place == ("location", "@unknown")
    assert row.derived == {"display_name": "location"}


def test_a_deployment_is_judged_by_its_sku_under_both_names() -> None:
    inference = ROWS["azurerm_cognitive_deployment"].further[0]
    assert inference.purpose is Purpose.INFERENCE
    assert inference.paths == ("sku.name", "scale.type")


def test_an_arm_deployment_without_a_sku_is_not_passed_over() -> None:
    inference = ROWS["azapi:microsoft.cognitiveservices/accounts/deployments"].further[0]
    assert inference.paths == ("body.sku.name",)
    assert inference.default == "(absent)"


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("azurerm_cognitive_account", Relation.STORES_IN, "storage.storage_account_id"),
        ("azurerm_ai_foundry", Relation.STORES_IN, "storage_account_id"),
        ("azurerm_machine_learning_workspace", Relation.LOGS_TO, "application_insights_id"),
        ("azurerm_monitor_diagnostic_setting", Relation.PART_OF, "target_resource_id"),
        ("azurerm_monitor_diagnostic_setting", Relation.LOGS_TO, "storage_account_id"),
        ("azurerm_storage_object_replication", Relation.COPIES_TO, "destination_storage_account_id"),
        ("azurerm_mssql_failover_group", Relation.COPIES_TO, "partner_server.id"),
    ],
)
def test_what_joins_resources(type: str, relation: Relation, path: str) -> None:
    assert path in ROWS[type].references[relation]
