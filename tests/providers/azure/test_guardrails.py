"""Azure Policy: which places an assignment or a definition lets pass."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Place, Purpose, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("azure")
BUILT_IN = "/providers/Microsoft.Authorization/policyDefinitions/e56962a6-4747-49cd-b67b-bf8b01975c4c"


def allowed(check: Check, type: str, arguments: str) -> dict[str, set[str]]:
    outcome = check(f'resource "{type}" "x" {{\nname = "x"\n{arguments}\n}}\n', scope="all")
    (resource,) = [r for r in outcome.graph.resources.values() if r.address == f"{type}.x"]
    assert Role.GUARDRAIL in resource.roles
    places: list[Place] = [place for place in resource.places if place.purpose is Purpose.ALLOWED]
    assert len(places) == len(resource.places)  # nothing of its own lies anywhere
    return {place.name: set(place.countries or ()) for place in places}


@pytest.mark.parametrize(
    "type",
    [
        "azurerm_subscription_policy_assignment",
        "azurerm_resource_group_policy_assignment",
        "azurerm_resource_policy_assignment",
        "azurerm_management_group_policy_assignment",
    ],
)
def test_an_assignment_of_any_scope_lists_its_locations(type: str, check: Check) -> None:
    listed = '{ listOfAllowedLocations = { value = ["westeurope", "North Europe"] } }'
    arguments = f'policy_definition_id = "{BUILT_IN}"\nparameters = jsonencode({listed})'
    assert allowed(check, type, arguments) == {"westeurope": {"NL"}, "North Europe": {"IE"}}


def test_the_location_of_an_assignment_is_that_of_its_identity(check: Check) -> None:
    assert allowed(check, "azurerm_subscription_policy_assignment", 'location = "eastus"') == {}


def test_parameters_may_be_a_text(check: Check) -> None:
    text = 'parameters = <<P\n{"listOfAllowedLocations": {"value": ["uksouth"]}}\nP\n'
    assert allowed(check, "azurerm_resource_group_policy_assignment", text) == {"uksouth": {"GB"}}


def test_data_locations_of_communication_services(check: Check) -> None:
    text = 'parameters = jsonencode({ allowedDataLocations = { value = ["France", "Norway"] } })'
    assert allowed(check, "azurerm_subscription_policy_assignment", text) == {"France": {"FR"}, "Norway": {"NO"}}


def test_an_assignment_by_azapi(check: Check) -> None:
    body = 'body = { properties = { parameters = { listOfAllowedLocations = { value = ["swedencentral"] } } } }'
    type = 'type = "Microsoft.Authorization/policyAssignments@2025-03-01"'
    assert allowed(check, "azapi_resource", f"{type}\n{body}") == {"swedencentral": {"SE"}}


RULES = {
    "not equals": ('{ not = { field = "location", equals = "westeurope" } }', {"westeurope"}),
    "not in": ('{ not = { field = "location", in = ["westeurope", "northeurope"] } }', {"westeurope", "northeurope"}),
    "notIn": ('{ field = "location", notIn = ["westeurope"] }', {"westeurope"}),
    "one of several": (
        '{ allOf = [{ field = "type", notEquals = "M.X/y" }, { field = "location", notIn = ["eastus", "ukwest"] }] }',
        {"eastus", "ukwest"},
    ),
    "global is passed over": (
        '{ allOf = [{ field = "location", notIn = ["westeurope"] }, { field = "location", notEquals = "global" }] }',
        {"westeurope", "global"},
    ),
    "a parameter": ('{ field = "location", notIn = "[parameters(\'places\')]" }', set[str]()),
    "another field": ('{ field = "kind", notIn = ["OpenAI"] }', set[str]()),
    "what it denies": ('{ field = "location", equals = "eastus" }', set[str]()),
}


@pytest.mark.parametrize(("rule", "expected"), RULES.values(), ids=RULES)
def test_a_definition_may_list_locations_in_its_rule(rule: str, expected: set[str], check: Check) -> None:
    arguments = f'policy_rule = jsonencode({{ if = {rule}, then = {{ effect = "deny" }} }})'
    assert set(allowed(check, "azurerm_policy_definition", arguments)) == expected


def test_a_definition_may_have_a_default(check: Check) -> None:
    text = 'parameters = jsonencode({ allowedLocations = { type = "Array", defaultValue = ["polandcentral"] } })'
    assert allowed(check, "azurerm_policy_definition", text) == {"polandcentral": {"PL"}}


def test_an_initiative_hands_locations_on(check: Check) -> None:
    values = 'jsonencode({ listOfAllowedLocations = { value = ["italynorth"] } })'
    text = f'policy_definition_reference {{\npolicy_definition_id = "{BUILT_IN}"\nparameter_values = {values}\n}}'
    assert allowed(check, "azurerm_policy_set_definition", text) == {"italynorth": {"IT"}}
    unknown = text.replace('["italynorth"]', "\"[parameters('places')]\"")
    assert allowed(check, "azurerm_policy_set_definition", unknown) == {}


def test_an_exemption_allows_nothing_by_itself() -> None:
    for scope in ("subscription", "resource_group", "resource", "management_group"):
        assert ROWS[f"azurerm_{scope}_policy_exemption"].further == ()


@pytest.mark.parametrize(("boundary", "inside"), [("EU", True), ("Global", False)])
def test_the_data_boundary_of_a_tenant(boundary: str, inside: bool, check: Check) -> None:
    type = 'type = "Microsoft.Resources/dataBoundaries@2024-08-01"'
    found = allowed(check, "azapi_resource", f'{type}\nbody = {{ properties = {{ dataBoundary = "{boundary}" }} }}')
    (countries,) = found.values()
    assert ("CH" in countries and "GB" not in countries) is inside
