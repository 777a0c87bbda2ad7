"""What Microsoft documents of its services, one test a fact: where models run and where things sit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Place, Purpose, Relation, Resource, Role, Verdict
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


ACCOUNT = block("azurerm_cognitive_account", 'name = "a"\nkind = "OpenAI"\nlocation = "{location}"', "a")
DEPLOYMENT = block(
    "azurerm_cognitive_deployment",
    'cognitive_account_id = azurerm_cognitive_account.a.id\nmodel {\nformat = "OpenAI"\n}\nsku {\nname = "SKU"\n}',
)


def deployed(sku: str, location: str = "swedencentral") -> str:
    return ACCOUNT.replace("{location}", location) + DEPLOYMENT.replace("SKU", sku)


# --- where models run


@pytest.mark.parametrize("sku", ["DataZoneStandard", "DataZoneBatch", "DataZoneProvisionedManaged"])
def test_the_eu_data_zone_is_accepted_by_its_own_id(sku: str, places: Places, check: Check) -> None:
    (place,) = places(deployed(sku), Purpose.INFERENCE)
    assert place.accept == "azure:eu-data-zone"
    assert {"NO", "CH"} <= (place.countries or frozenset())
    assert one(check(deployed(sku))).verdict(check(deployed(sku)).jurisdiction) is Verdict.OUTSIDE
    accepted = check(deployed(sku), accept=["azure:eu-data-zone"])
    assert one(accepted).verdict(accepted.jurisdiction) is Verdict.INSIDE


@pytest.mark.parametrize("sku", ["GlobalStandard", "GlobalBatch", "GlobalProvisionedManaged", "DeveloperTier"])
def test_a_global_deployment_is_outside_whatever_is_accepted(sku: str, check: Check) -> None:
    accepted = check(deployed(sku), accept=["azure:eu-data-zone"])
    assert one(accepted).verdict(accepted.jurisdiction) is Verdict.OUTSIDE


def test_the_data_zone_of_an_american_account_is_american(places: Places) -> None:
    (place,) = places(deployed("DataZoneStandard", "eastus2"), Purpose.INFERENCE)
    assert place.countries == frozenset({"US"})
    assert place.accept == ""


def test_the_account_says_where_data_rests_and_the_deployment_where_it_runs(check: Check) -> None:
    resource = one(check(deployed("GlobalStandard")))
    assert {place.purpose: place.name for place in resource.places} == {
        Purpose.LOCATION: "swedencentral",
        Purpose.INFERENCE: "GlobalStandard",
    }


@pytest.mark.parametrize(
    "type",
    [
        "Microsoft.MachineLearningServices/workspaces/connections/deployments",
        "Microsoft.MachineLearningServices/workspaces/endpoints/deployments",
    ],
)
def test_deployments_behind_a_hub_are_judged_by_their_sku(type: str, countries: Countries) -> None:
    body = 'properties = {\nmodel = { format = "OpenAI" }\nsku = { name = "GlobalStandard" }\n}'
    assert countries(azapi(type, body, 'parent_id = "x"'), Purpose.INFERENCE) == {"*"}


def test_models_of_a_research_workspace_are_judged_by_their_sku(countries: Countries) -> None:
    text = azapi(
        "Microsoft.Discovery/workspaces/chatModelDeployments",
        'properties = { skuName = "Standard" }',
        'location = "uksouth"',
    )
    assert countries(text, Purpose.INFERENCE) == {"GB"}


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("azapi:microsoft.cognitiveservices/accounts/deployments", Relation.INFERS_THROUGH, "spilloverDeploymentName"),
        (
            "azapi:microsoft.cognitiveservices/accounts/deployments",
            Relation.INFERS_THROUGH,
            "routing.models.sourceAccount",
        ),
        ("azapi:microsoft.cognitiveservices/accounts/deployments", Relation.READS_FROM, "model.sourceAccount"),
        ("azapi:microsoft.cognitiveservices/accounts/capabilityhosts", Relation.STORES_IN, "threadStorageConnections"),
        ("azapi:microsoft.cognitiveservices/accounts/projects/connections", Relation.READS_FROM, "metadata.ResourceId"),
        ("azapi:microsoft.apimanagement/service/backends", Relation.INFERS_THROUGH, "pool.services.id"),
        ("azapi:microsoft.apimanagement/service/workspaces/backends", Relation.INFERS_THROUGH, "pool.services.id"),
        ("azapi:microsoft.elastic/monitors/openaiintegrations", Relation.INFERS_THROUGH, "openAIResourceId"),
        ("azapi:microsoft.insights/diagnosticsettings", Relation.LOGS_TO, "workspaceId"),
    ],
)
def test_second_hops_that_no_location_shows(type: str, relation: Relation, path: str) -> None:
    assert f"body.properties.{path}" in ROWS[type].references[relation]


def test_a_connection_states_where_its_target_is(countries: Countries) -> None:
    text = azapi(
        "Microsoft.CognitiveServices/accounts/connections",
        'properties = { target = "https://x.openai.azure.com", metadata = { Location = "eastus" } }',
        'parent_id = "x"',
    )
    assert countries(text, Purpose.INFERENCE) == {"US"}


def test_an_account_may_spread_over_regions(countries: Countries) -> None:
    text = azapi(
        "Microsoft.CognitiveServices/accounts",
        'properties = { locations = { regions = [{ name = "francecentral" }, { name = "uksouth" }] } }',
    )
    assert countries(text, Purpose.REPLICA) == {"FR", "GB"}


def test_bing_grounding_is_global(countries: Countries) -> None:
    assert countries(azapi("Microsoft.Bing/accounts", "", 'location = "global"'), Purpose.LOCATION) == {"*"}


@pytest.mark.parametrize(
    ("location", "verdict"),
    [("global", Verdict.OUTSIDE), ("westeurope", Verdict.INSIDE), ("centralindia", Verdict.OUTSIDE)],
)
def test_a_bot_is_bound_only_by_a_region(location: str, verdict: Verdict, check: Check) -> None:
    outcome = check(block("azurerm_bot_service_azure_bot", f'name = "b"\nlocation = "{location}"\nsku = "F0"'))
    assert one(outcome).verdict(outcome.jurisdiction) is verdict


def test_a_translator_may_be_global(countries: Countries) -> None:
    text = block("azurerm_cognitive_account", 'name = "t"\nkind = "TextTranslation"\nlocation = "global"')
    assert countries(text, Purpose.LOCATION) == {"*"}


def test_a_model_registry_has_a_copy_in_each_region(countries: Countries) -> None:
    text = azapi(
        "Microsoft.MachineLearningServices/registries",
        'properties = { regionDetails = [{ location = "westeurope" }, { location = "eastus" }] }',
    )
    assert countries(text, Purpose.REPLICA) == {"NL", "US"}


def test_training_has_a_location_of_its_own(check: Check) -> None:
    text = azapi(
        "Microsoft.MachineLearningServices/workspaces/computes",
        'properties = { computeLocation = "eastus", properties = { vmSize = "Standard_NC24ads_A100_v4" } }',
    )
    resource = one(check(text))
    assert Role.ACCELERATOR in resource.roles
    assert [place.name for place in resource.places] == ["eastus"]


# --- places


@pytest.mark.parametrize(
    ("arguments", "body", "country"),
    [
        ('location = "westeurope"', 'location = "eastus"', "NL"),
        ("", 'location = "eastus"', "US"),
        ("", "", "SE"),
    ],
)
def test_azapi_looks_at_the_argument_then_the_body_then_the_provider(
    arguments: str, body: str, country: str, countries: Countries
) -> None:
    text = 'provider "azapi" {\ndefault_location = "swedencentral"\n}\n'
    assert countries(text + azapi("Microsoft.Search/searchServices", body, arguments), Purpose.LOCATION) == {country}


def test_an_edge_zone_lies_outside_its_region(countries: Countries) -> None:
    text = block("azurerm_linux_virtual_machine", 'name = "m"\nlocation = "westeurope"\nedge_zone = "losangeles"')
    assert countries(text, Purpose.LOCATION) != {"NL"}


def test_a_container_app_sits_in_its_environment(countries: Countries) -> None:
    text = block("azurerm_container_app_environment", 'name = "e"\nlocation = "norwayeast"', "e")
    text += block("azurerm_container_app", "container_app_environment_id = azurerm_container_app_environment.e.id")
    assert countries(text, Purpose.LOCATION) == {"NO"}


@pytest.mark.parametrize(
    "type",
    [
        "azurerm_cdn_frontdoor_profile",
        "azurerm_cdn_frontdoor_route",
        "azurerm_cdn_profile",
        "azurerm_frontdoor",
        "azurerm_traffic_manager_profile",
        "azapi:microsoft.cdn/profiles",
        "azapi:microsoft.network/frontdoors",
    ],
)
def test_the_edge_is_global(type: str) -> None:
    assert ROWS[type].place == ("@fixed:global",)


@pytest.mark.parametrize(("word", "verdict"), [("France", "FR"), ("Norway", "NO"), ("Europe", "?"), ("UK", "GB")])
def test_communication_services_state_where_data_rests(word: str, verdict: str, countries: Countries) -> None:
    text = block("azurerm_communication_service", f'name = "c"\ndata_location = "{word}"')
    assert countries(text, Purpose.LOCATION) == {verdict}
    text = azapi(
        "Microsoft.Communication/communicationServices",
        f'properties = {{ dataLocation = "{word}" }}',
        'location = "global"',
    )
    assert countries(text, Purpose.LOCATION) == {verdict}


def test_an_integration_runtime_may_run_anywhere(countries: Countries) -> None:
    text = block("azurerm_data_factory_integration_runtime_azure", 'name = "r"\nlocation = "AutoResolve"')
    assert countries(text, Purpose.LOCATION) == {"?"}


def test_alert_receivers_are_global_unless_bound(countries: Countries) -> None:
    assert countries(block("azurerm_monitor_action_group", 'name = "g"'), Purpose.LOCATION) == {"*"}
    text = block("azurerm_monitor_action_group", 'name = "g"\nlocation = "swedencentral"')
    assert countries(text, Purpose.LOCATION) == {"SE"}


def test_a_self_hosted_gateway_runs_where_nothing_says(countries: Countries) -> None:
    text = block("azurerm_api_management_gateway", 'name = "g"\nlocation_data {\nname = "x"\nregion = "westeurope"\n}')
    assert countries(text, Purpose.LOCATION) == {"?"}


@pytest.mark.parametrize(
    "type", ["azurerm_arc_machine", "azurerm_arc_kubernetes_cluster", "azurerm_databox_edge_device"]
)
def test_the_record_of_a_thing_elsewhere_says_so(type: str) -> None:
    assert "record" in ROWS[type].note


@pytest.mark.parametrize(
    "type",
    [
        "azurerm_datadog_monitor",
        "azurerm_new_relic_monitor",
        "azurerm_dynatrace_monitor",
        "azurerm_elastic_cloud_elasticsearch",
    ],
)
def test_the_vendor_decides_where_its_logs_rest(type: str) -> None:
    assert "vendor" in ROWS[type].note
    assert {Role.LOGS, Role.REPLICATION} <= set(ROWS[type].roles)


def test_an_endpoint_outside_azure_may_state_its_place(countries: Countries) -> None:
    text = block("azurerm_traffic_manager_external_endpoint", 'name = "e"\nendpoint_location = "uksouth"')
    assert countries(text, Purpose.LOCATION) == {"GB"}


def test_an_image_leads_to_its_registry_and_where_that_copies_to(check: Check) -> None:
    text = block(
        "azurerm_container_registry",
        'name = "reg"\nlocation = "westeurope"\ngeoreplications {\nlocation = "eastus"\n}',
        "r",
    )
    container = 'container {\nimage = "reg.azurecr.io/bot:1"\nenv {\nname = "OPENAI_API_KEY"\nvalue = "k"\n}\n}'
    text += block("azurerm_container_app", f"template {{\n{container}\n}}")
    outcome = check(text)
    reached = {outcome.graph.resources[key].address for key in outcome.graph.joined}
    assert "azurerm_container_registry.r" in reached
