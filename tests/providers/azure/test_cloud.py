"""Azure's rules: where deployment SKUs run, where redundancy copies to, what types and sizes are."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest

from checker import places
from checker.model import Body, Place, Purpose, Unknown, Value
from checker.rows import Cloud, PlaceRow
from providers.azure import cloud

find = partial(places.find, "azure")
FOLDER = Path(cloud.__file__).parent


def home(name: str) -> Place:
    row = cloud.locate(name, "region", None, find)
    assert row is not None
    countries = None if row.countries is None else frozenset(row.countries)
    return Place(name, Purpose.LOCATION, countries, verified=not row.unverified)


def infer(sku: str, at: Place | None) -> PlaceRow:
    row = cloud.locate(sku, "deployment-sku", at, find)
    assert row is not None
    return row


class Arguments:
    """A body with the argument `type` and others."""

    def __init__(self, type: object, **others: object) -> None:
        self.stated = {"type": type, **others}

    def values(self, path: str) -> tuple[Value, ...]:
        data = self.stated.get(path)
        return () if data is None else (Value(data),)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


def test_it_offers_what_a_cloud_offers() -> None:
    offered: Cloud = cloud
    assert offered.TYPE_PREFIXES == ("azurerm_", "azapi_")


@pytest.mark.parametrize("name", sorted({path.name for path in FOLDER.glob("*.json")} - {"endpoints.json"}))
def test_every_table_says_where_it_is_from(name: str) -> None:
    table = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert table["source"]
    assert table["checked"]
    assert table["rows"]


@pytest.mark.parametrize("sku", ["Standard", "standard", "ProvisionedManaged"])
def test_a_regional_sku_runs_where_its_account_is(sku: str) -> None:
    assert infer(sku, home("Sweden Central")).countries == ("SE",)
    assert infer(sku, home("uksouth")).countries == ("GB",)


def test_a_regional_sku_is_no_surer_than_its_account() -> None:
    assert infer("Standard", home("finlandcentral")).unverified


@pytest.mark.parametrize("sku", ["DataZoneStandard", "DataZoneProvisionedManaged", "DataZoneBatch"])
@pytest.mark.parametrize("location", ["swedencentral", "northeurope", "norwayeast"])
def test_the_data_zone_of_a_european_account_is_wider_than_the_eu(sku: str, location: str) -> None:
    row = infer(sku, home(location))
    assert {"NO", "CH", "DE"} <= set(row.countries or ())
    assert row.source
    assert row.checked


def test_the_data_zone_follows_the_account() -> None:
    assert infer("DataZoneStandard", home("eastus2")).countries == ("US",)


@pytest.mark.parametrize("location", ["uksouth", "japaneast", "global"])
def test_no_data_zone_is_made_up(location: str) -> None:
    row = infer("DataZoneStandard", home(location))
    assert row.countries is None
    assert location in row.note


@pytest.mark.parametrize(
    "sku", ["GlobalStandard", "globalstandard", "GlobalBatch", "GlobalProvisionedManaged", "DeveloperTier", "Developer"]
)
@pytest.mark.parametrize("at", [None, home("swedencentral")])
def test_a_global_sku_may_run_in_any_region(sku: str, at: Place | None) -> None:
    row = infer(sku, at)
    assert row.countries == ("*",)
    assert row.label == "any Azure region"


@pytest.mark.parametrize("sku", ["S0", "EuropeStandard", "DataZone", "", "(absent)"])
def test_an_unknown_sku_is_undetermined(sku: str) -> None:
    row = infer(sku, home("swedencentral"))
    assert row.countries is None
    assert row.note


@pytest.mark.parametrize("sku", ["Standard", "DataZoneStandard"])
@pytest.mark.parametrize("at", [None, home("Europe"), Place("westeurope", Purpose.LOCATION, frozenset())])
def test_an_account_without_a_known_place_leaves_its_deployment_undetermined(sku: str, at: Place | None) -> None:
    assert infer(sku, at).countries is None


def test_models_of_anthropic_may_run_outside_azure() -> None:
    row = cloud.locate("Anthropic", "model-publisher", home("swedencentral"), find)
    assert row is not None
    assert row.countries is None
    assert row.note
    assert cloud.locate("OpenAI", "model-publisher", home("swedencentral"), find) is None


@pytest.mark.parametrize("kind", ["LRS", "ZRS", "Premium_ZRS", "Local", "Zone", "LocallyRedundant", "false", "None"])
def test_copies_inside_the_region_are_no_further_place(kind: str) -> None:
    assert cloud.locate(kind, "redundancy", home("westeurope"), find) is None
    assert cloud.locate(kind, "redundancy", None, find) is None


@pytest.mark.parametrize(
    "kind", ["GRS", "ragrs", "GZRS", "RAGZRS", "Standard_GRS", "Geo", "GeoZone", "GeoRedundant", "true"]
)
@pytest.mark.parametrize(
    ("location", "pair", "country"),
    [
        ("West Europe", "northeurope", "IE"),
        ("swedencentral", "swedensouth", "SE"),
        ("germanywestcentral", "germanynorth", "DE"),
        ("norwayeast", "norwaywest", "NO"),
        ("switzerlandnorth", "switzerlandwest", "CH"),
        ("uksouth", "ukwest", "GB"),
        ("brazilsouth", "southcentralus", "US"),
        ("southeastasia", "eastasia", "HK"),
    ],
)
def test_geo_redundancy_copies_to_the_pair(kind: str, location: str, pair: str, country: str) -> None:
    row = cloud.locate(kind, "redundancy", home(location), find)
    assert row is not None
    assert (row.name, row.countries) == (pair, (country,))


@pytest.mark.parametrize("location", ["polandcentral", "italynorth", "spaincentral", "usgovvirginia", "global"])
def test_a_region_without_a_known_pair_is_explained(location: str) -> None:
    row = cloud.locate("GRS", "redundancy", home(location), find)
    assert row is not None
    assert row.countries is None
    assert location in row.note


@pytest.mark.parametrize("kind", ["GRS", "paired copy", "Default", "Triple"])
def test_redundancy_without_a_known_home_is_undetermined(kind: str) -> None:
    row = cloud.locate(kind, "redundancy", None, find)
    assert row is not None
    assert row.countries is None
    assert row.note


def test_redundancy_may_name_a_region() -> None:
    row = cloud.locate("NorthEurope", "redundancy", home("westeurope"), find)
    assert row is not None
    assert row.countries == ("IE",)


@pytest.mark.parametrize("location", ["polandcentral", "brazilsouth", "westus3"])
def test_a_key_vault_without_a_usable_pair_stays_in_its_region(location: str) -> None:
    assert cloud.locate("paired copy", "redundancy", home(location), find) is None


def test_a_key_vault_is_copied_to_the_pair() -> None:
    row = cloud.locate("paired copy", "redundancy", home("northeurope"), find)
    assert row is not None
    assert row.countries == ("NL",)


@pytest.mark.parametrize(
    ("type", "argument", "key"),
    [
        ("azurerm_storage_account", "x", "azurerm_storage_account"),
        (
            "azapi_resource",
            "Microsoft.CognitiveServices/accounts@2025-06-01",
            "azapi:microsoft.cognitiveservices/accounts",
        ),
        ("azapi_update_resource", "Microsoft.Storage/storageAccounts", "azapi:microsoft.storage/storageaccounts"),
        (
            "azapi_data_plane_resource",
            Unknown("version", pattern="Microsoft.Foundry/agents@${var.v}"),
            "azapi:microsoft.foundry/agents",
        ),
        ("azapi_resource", Unknown("var.type", pattern="${var.type}@2025-06-01"), ""),
        ("azapi_resource", Unknown("var.type"), ""),
        ("azapi_resource", None, ""),
    ],
)
def test_the_key_of_a_block(type: str, argument: object, key: str) -> None:
    body: Body = Arguments(argument)
    assert cloud.key(type, body) == key


ACCOUNT = "Microsoft.CognitiveServices/accounts@2024-10-01"


@pytest.mark.parametrize(
    ("method", "action", "key"),
    [
        ("PUT", "deployments/gpt", "azapi:microsoft.cognitiveservices/accounts/deployments"),
        ("PATCH", "/deployments/gpt/", "azapi:microsoft.cognitiveservices/accounts/deployments"),
        ("PUT", "projects/p/connections/c", "azapi:microsoft.cognitiveservices/accounts/projects/connections"),
        ("PUT", None, "azapi:microsoft.cognitiveservices/accounts"),
        (
            "PUT",
            Unknown("var.n", pattern="deployments/${var.n}"),
            "azapi:microsoft.cognitiveservices/accounts/deployments",
        ),
        (
            Unknown("var.method"),
            "deployments/gpt",
            "azapi:microsoft.cognitiveservices/accounts/deployments",
        ),
        ("PUT", Unknown("var.action"), ""),
        ("PUT", Unknown("var.kind", pattern="${var.kind}/gpt"), ""),
        ("POST", "regenerateKey", "azapi_resource_action"),
        (None, "listKeys", "azapi_resource_action"),
        ("DELETE", "deployments/gpt", "azapi_resource_action"),
    ],
)
def test_an_action_is_what_it_puts(method: object, action: object, key: str) -> None:
    body: Body = Arguments(ACCOUNT, method=method, action=action)
    assert cloud.key("azapi_resource_action", body) == key
    assert not cloud.is_ai("azapi_resource_action")


def test_an_action_on_an_unknown_type_may_be_anything() -> None:
    body: Body = Arguments(None, method="POST")
    assert cloud.key("azapi_resource_action", body) == ""


@pytest.mark.parametrize(
    "type",
    [
        "azurerm_cognitive_account_new_thing",
        "azurerm_ai_foundry_agent",
        "azapi:microsoft.cognitiveservices/accounts/agents",
        "Microsoft.MachineLearningServices/workspaces/jobs",
        "data.azurerm_search_service_index",
    ],
)
def test_types_of_ai_services_are_known_without_a_row(type: str) -> None:
    assert cloud.is_ai(type)


@pytest.mark.parametrize(
    "type", ["azurerm_subnet", "azapi:microsoft.network/virtualnetworks", "azurerm_automation_job"]
)
def test_other_types_are_not(type: str) -> None:
    assert not cloud.is_ai(type)


@pytest.mark.parametrize(
    ("name", "table", "answer"),
    [
        ("Standard_NC4as_T4_v3", "vm-sizes", True),
        ("STANDARD_ND96ISR_H100_V5", "vm-sizes", True),
        ("Standard_NV6ads_A10_v5", "vm-sizes", True),
        ("Standard_NCC40ads_H100_v5", "vm-sizes", True),
        ("Standard_NP10s", "vm-sizes", None),
        ("Standard_D4s_v5", "vm-sizes", False),
        ("Basic_A1", "vm-sizes", False),
        ("Mix", "vm-sizes", None),
        ("Standard_${var.family}4", "vm-sizes", None),
        ("Standard_NC${var.v}ads_A100_v4", "vm-sizes", True),
        ("Standard_ND${lookup({a = 96}, var.x)}isr_H100_v5", "vm-sizes", True),
        ("Standard_NP${var.n}s", "vm-sizes", None),
        ("Standard_N${var.family}6", "vm-sizes", None),
        ("Standard_D${var.n}s_v5", "vm-sizes", False),
        ("${var.Standard_NC4}", "vm-sizes", None),
        ("ExtraLarge", "vm-sizes", False),
        ("Consumption-GPU-${var.kind}", "workload-profiles", True),
        ("NC${var.n}-A100", "workload-profiles", True),
        ("D${var.n}", "workload-profiles", False),
        ("HardwareAccelerated${var.kind}", "spark-node-families", True),
        ("Consumption-GPU-NC24-A100", "workload-profiles", True),
        ("NC8as-T4", "workload-profiles", True),
        ("Consumption", "workload-profiles", False),
        ("E16", "workload-profiles", False),
        ("HardwareAcceleratedGPU", "spark-node-families", True),
        ("MemoryOptimized", "spark-node-families", False),
        ("Standard_NC4as_T4_v3", "no-such-table", None),
        ("Standard_ZZ4s_v1", "vm-sizes", None),
        ("Standard_GRS", "vm-sizes", None),
        ("Standard_HB120rs_v3", "vm-sizes", False),
        ("Standard_M416ms_v2", "vm-sizes", False),
        ("Standard_DC4ads_v5", "vm-sizes", False),
        ("Standard_FX12mds", "vm-sizes", False),
        ("NVSv3-Type1", "dedicated-hosts", True),
        ("DSv3-Type1", "dedicated-hosts", False),
        ("MDMSv2MedMem-Type1", "dedicated-hosts", False),
        ("Mystery", "dedicated-hosts", None),
        ("V100", "accelerator-types", True),
        ("T9", "accelerator-types", None),
        ("Flex", "workload-profiles", None),
    ],
)
def test_accelerators(name: str, table: str, answer: bool | None) -> None:
    assert cloud.accelerator(name, table) is answer


@pytest.mark.parametrize(
    ("size", "family"),
    [
        ("Standard_NC6_Promo", "K80"),
        ("Standard_NC24r", "K80"),
        ("Standard_NC6s_v2", "P100"),
        ("Standard_NC24rs_v3", "V100"),
        ("Standard_NC16as_T4_v3", "T4"),
        ("Standard_NC96ads_A100_v4", "A100"),
        ("Standard_NC40ads_H100_v5", "H100"),
        ("Standard_NC80adis_H100_v5", "H100"),
        ("Standard_NCC40ads_H100_v5", "confidential H100"),
        ("Standard_NC128ds_xl_RTXPRO6000BSE_v6", "RTX PRO 6000"),
        ("Standard_ND24rs", "P40"),
        ("Standard_ND40rs_v2", "V100"),
        ("Standard_ND96asr_v4", "A100 40 GB"),
        ("Standard_ND96amsr_A100_v4", "A100 80 GB"),
        ("Standard_ND96isr_H100_v5", "H100"),
        ("Standard_ND96is_H200_v5", "H200"),
        ("Standard_ND96isr_H200_v5", "H200"),
        ("Standard_ND96isr_MI300X_v5", "MI300X"),
        ("Standard_ND128isr_NDR_GB200_v6", "GB200"),
        ("Standard_ND128isr_GB300_v6", "GB300"),
        ("Standard_NV12", "M60"),
        ("Standard_NV24s_v3", "M60"),
        ("Standard_NV32as_v4", "MI25"),
        ("Standard_NV36adms_A10_v5", "A10"),
        ("Standard_NV28adms_V710_v5", "V710"),
        ("Standard_NG32ads_V620_v1", "V620"),
    ],
)
def test_every_family_of_gpu_sizes_is_known_by_name(size: str, family: str) -> None:
    rows = json.loads((FOLDER / "vm_sizes.json").read_text(encoding="utf-8"))["rows"]
    sizes = [row for row in rows if row["table"] == "vm-sizes"]
    first = next(row for row in sizes if re.fullmatch(row["pattern"], size, re.IGNORECASE))
    assert first["family"].partition(": ")[2].partition(",")[0] == family
    assert cloud.accelerator(size, "vm-sizes") is True
