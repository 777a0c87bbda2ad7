"""What Microsoft documents of copies, one test a fact: pairs, defaults, replicas and failover."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Place, Purpose, Resource, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
Places = Callable[..., list[Place]]
Countries = Callable[..., set[str]]
ROWS = catalogue.rows("azure")


def block(type: str, arguments: str, name: str = "x") -> str:
    return f'resource "{type}" "{name}" {{\n{arguments}\n}}\n'


def azapi(type: str, body: str, arguments: str = 'location = "westeurope"', name: str = "x") -> str:
    return block("azapi_resource", f'type = "{type}@2025-01-01"\nname = "n"\n{arguments}\nbody = {{\n{body}\n}}', name)


def one(outcome: Outcome) -> Resource:
    (found,) = [r for r in outcome.graph.resources.values() if r.address.partition(".")[2] == "x"]
    return found


# --- copies


@pytest.mark.parametrize(
    ("location", "pair", "country"),
    [
        ("northeurope", "westeurope", "NL"),
        ("westeurope", "northeurope", "IE"),
        ("francecentral", "francesouth", "FR"),
        ("germanywestcentral", "germanynorth", "DE"),
        ("swedencentral", "swedensouth", "SE"),
        ("norwayeast", "norwaywest", "NO"),
        ("switzerlandnorth", "switzerlandwest", "CH"),
        ("uksouth", "ukwest", "GB"),
        ("brazilsouth", "southcentralus", "US"),
    ],
)
def test_geo_redundant_storage_copies_to_the_pair(location: str, pair: str, country: str, places: Places) -> None:
    text = block("azurerm_storage_account", f'name = "s"\nlocation = "{location}"\naccount_replication_type = "GRS"')
    (place,) = places(text, Purpose.REPLICA)
    assert place.countries == frozenset({country})
    assert place.label.partition(",")[0] == pair


@pytest.mark.parametrize(
    "location", ["austriaeast", "belgiumcentral", "denmarkeast", "italynorth", "polandcentral", "spaincentral"]
)
def test_european_regions_without_a_pair(location: str, countries: Countries) -> None:
    text = block("azurerm_storage_account", f'name = "s"\nlocation = "{location}"\naccount_replication_type = "GRS"')
    assert countries(text, Purpose.REPLICA) == {"?"}


@pytest.mark.parametrize(
    ("type", "arguments", "purpose"),
    [
        ("azurerm_recovery_services_vault", "", Purpose.REPLICA),
        ("azurerm_mssql_managed_instance", "", Purpose.BACKUP),
        ("azurerm_sql_managed_instance", "", Purpose.BACKUP),
        ("azurerm_cosmosdb_account", "", Purpose.BACKUP),
        ("azurerm_databricks_workspace", "", Purpose.REPLICA),
        ("azurerm_key_vault", "", Purpose.REPLICA),
        ("azurerm_logic_app_workflow", "", Purpose.REPLICA),
    ],
)
def test_what_copies_to_the_pair_unless_told_otherwise(
    type: str, arguments: str, purpose: Purpose, places: Places
) -> None:
    text = block(type, f'name = "n"\nlocation = "westeurope"\n{arguments}')
    (place,) = places(text, purpose)
    assert place.countries == frozenset({"IE"})
    assert not place.stated


def test_a_database_backs_up_to_the_pair_of_its_server(countries: Countries) -> None:
    text = block("azurerm_mssql_server", 'name = "s"\nlocation = "westeurope"', "s")
    text += block("azurerm_mssql_database", 'name = "d"\nserver_id = azurerm_mssql_server.s.id')
    assert countries(text, Purpose.BACKUP) == {"IE"}


def test_a_notification_hub_copies_to_a_place_that_is_not_named(countries: Countries) -> None:
    text = block("azurerm_notification_hub_namespace", 'name = "n"\nlocation = "westeurope"')
    assert countries(text, Purpose.REPLICA) == {"?"}
    text = azapi("Microsoft.NotificationHubs/namespaces", 'properties = { replicationRegion = "SouthEastAsia" }')
    assert countries(text, Purpose.REPLICA) == {"SG"}


@pytest.mark.parametrize("location", ["brazilsouth", "westus3", "polandcentral"])
def test_some_key_vaults_stay_in_their_region(location: str, places: Places) -> None:
    text = block("azurerm_key_vault", f'name = "v"\nlocation = "{location}"')
    assert places(text, Purpose.REPLICA) == []


@pytest.mark.parametrize(("boundary", "expected"), [("WithinGeopair", {"IE"}), ("WithinRegion", set())])
def test_event_grid_may_be_bound_to_its_region(boundary: str, expected: set[str], countries: Countries) -> None:
    text = azapi("Microsoft.EventGrid/topics", f'properties = {{ dataResidencyBoundary = "{boundary}" }}')
    assert countries(text, Purpose.REPLICA) == expected


@pytest.mark.parametrize(("enabled", "expected"), [("true", set()), ("false", {"IE"})])
def test_an_iot_hub_may_be_bound_to_its_region(enabled: str, expected: set[str], countries: Countries) -> None:
    text = azapi("Microsoft.Devices/IotHubs", f"properties = {{ enableDataResidency = {enabled} }}")
    assert countries(text, Purpose.REPLICA) == expected


@pytest.mark.parametrize(("location", "expected"), [("default", set()), ("eastus", {"US"})])
def test_the_cache_of_a_gateway_may_be_of_another_region(
    location: str, expected: set[str], countries: Countries
) -> None:
    text = block("azurerm_api_management_redis_cache", f'name = "c"\ncache_location = "{location}"')
    assert countries(text, Purpose.REPLICA) == expected


REPLICAS = {
    "Cosmos DB": block(
        "azurerm_cosmosdb_account",
        'name = "c"\nlocation = "westeurope"\ngeo_location {\nlocation = "eastus"\nfailover_priority = 0\n}',
    ),
    "container registry": block(
        "azurerm_container_registry", 'name = "r"\nlocation = "westeurope"\ngeoreplications {\nlocation = "eastus"\n}'
    ),
    "app configuration": block(
        "azurerm_app_configuration",
        'name = "c"\nlocation = "westeurope"\nreplica {\nname = "r"\nlocation = "eastus"\n}',
    ),
    "API Management": block(
        "azurerm_api_management", 'name = "g"\nlocation = "westeurope"\nadditional_location {\nlocation = "eastus"\n}'
    ),
    "gallery image": block(
        "azurerm_shared_image_version",
        'name = "1"\nlocation = "westeurope"\ntarget_region {\nname = "eastus"\nregional_replica_count = 1\n}',
    ),
    "gallery application": block(
        "azurerm_gallery_application_version",
        'name = "1"\nlocation = "westeurope"\ntarget_region {\nname = "eastus"\n}',
    ),
    "Event Hubs": azapi(
        "Microsoft.EventHub/namespaces",
        'properties = { geoDataReplication = { locations = [{ locationName = "eastus" }] } }',
    ),
    "Service Bus": azapi(
        "Microsoft.ServiceBus/namespaces",
        'properties = { geoDataReplication = { locations = [{ locationName = "eastus" }] } }',
    ),
    "Log Analytics": azapi(
        "Microsoft.OperationalInsights/workspaces", 'properties = { replication = { location = "eastus" } }'
    ),
    "managed HSM": azapi("Microsoft.KeyVault/managedHSMs", 'properties = { regions = [{ name = "eastus" }] }'),
    "compute fleet": azapi(
        "Microsoft.AzureFleet/fleets",
        'properties = { additionalLocationsProfile = { locationProfiles = [{ location = "eastus" }] } }',
    ),
    "maps": azapi("Microsoft.Maps/accounts", 'properties = { locations = [{ locationName = "eastus" }] }'),
    "backup vault": azapi("Microsoft.DataProtection/backupVaults", 'properties = { replicatedRegions = ["eastus"] }'),
    "NetApp volume": block(
        "azurerm_netapp_volume",
        'name = "v"\nlocation = "westeurope"\ndata_protection_replication {\nremote_volume_location = "eastus"\n}',
    ),
}


@pytest.mark.parametrize("text", REPLICAS.values(), ids=REPLICAS)
def test_arguments_that_put_a_copy_elsewhere(text: str, countries: Countries) -> None:
    assert countries(text, Purpose.REPLICA) == {"US"}


@pytest.mark.parametrize(
    "type",
    [
        "Microsoft.ContainerRegistry/registries/replications",
        "Microsoft.AppConfiguration/configurationStores/replicas",
        "Microsoft.SignalRService/signalR/replicas",
        "Microsoft.SignalRService/webPubSub/replicas",
        "Microsoft.DocumentDB/cassandraClusters/dataCenters",
    ],
)
def test_children_that_are_copies_have_a_place_of_their_own(type: str, countries: Countries, check: Check) -> None:
    data = 'properties = { dataCenterLocation = "eastus" }' if "dataCenters" in type else ""
    text = azapi(type, data, 'parent_id = "x"\nlocation = "eastus"')
    assert countries(text, Purpose.LOCATION) == {"US"}
    assert Role.REPLICATION in one(check(text, scope="all")).roles


def test_a_failover_group_copies_to_its_partner(countries: Countries) -> None:
    text = block("azurerm_mssql_server", 'name = "a"\nlocation = "westeurope"', "a")
    text += block("azurerm_mssql_server", 'name = "b"\nlocation = "eastus"', "b")
    text += block(
        "azurerm_mssql_failover_group",
        'name = "f"\nserver_id = azurerm_mssql_server.a.id\npartner_server {\nid = azurerm_mssql_server.b.id\n}',
    )
    assert countries(text, Purpose.LOCATION) == {"NL"}
    assert countries(text, Purpose.REPLICA) == {"US"}


def test_object_replication_copies_to_the_destination(countries: Countries) -> None:
    text = block("azurerm_storage_account", 'name = "a"\nlocation = "westeurope"', "a")
    text += block("azurerm_storage_account", 'name = "b"\nlocation = "uksouth"', "b")
    text += block(
        "azurerm_storage_object_replication",
        "source_storage_account_id = azurerm_storage_account.a.id\n"
        "destination_storage_account_id = azurerm_storage_account.b.id",
    )
    assert countries(text, Purpose.REPLICA) == {"GB"}


def test_a_replicated_machine_lies_on_the_target_side(countries: Countries) -> None:
    text = block("azurerm_site_recovery_fabric", 'name = "t"\nlocation = "uksouth"', "t")
    text += block(
        "azurerm_site_recovery_replicated_vm", "target_recovery_fabric_id = azurerm_site_recovery_fabric.t.id"
    )
    assert countries(text, Purpose.LOCATION) == {"GB"}
