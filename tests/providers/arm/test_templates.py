"""ARM JSON templates, judged as a person would who reads them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.errors import UsageError
from checker.outcome import Outcome

Check = Callable[..., Outcome]
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SUBSCRIPTION = "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#"
GIVEN = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
SEARCH = "Microsoft.Search/searchServices"


def template(*resources: dict[str, Any], schema: str = SCHEMA, **more: Any) -> str:
    return json.dumps({"$schema": schema, "contentVersion": "1.0.0.0", **more, "resources": list(resources)}, indent=2)


def search(name: str = "docs", location: str = "eastus", **more: Any) -> dict[str, Any]:
    return {"type": SEARCH, "apiVersion": "2023-11-01", "name": name, "location": location, **more}


def places(outcome: Outcome) -> dict[str, list[str]]:
    """Return the names of the places of what was judged, by address."""
    return {r.address: sorted({place.name for place in r.places}) for r in outcome.judged}


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {r.address: r.verdict(outcome.jurisdiction).value for r in outcome.judged}


def test_a_resource_is_judged_by_the_rows_of_azapi(check: Check) -> None:
    outcome = check({"azuredeploy.json": template(search())})
    assert verdicts(outcome) == {f"{SEARCH.replace('/', '/', 1)}/docs": "outside"}
    (finding,) = outcome.findings
    assert (finding.policy, finding.location.path, finding.location.line) == ("ai-placement", "azuredeploy.json", 9)


def test_the_location_of_the_group_is_open_unless_it_is_assumed(check: Check) -> None:
    files = {"azuredeploy.json": template(search(location="[resourceGroup().location]"))}
    assert set(verdicts(check(files)).values()) == {"undetermined"}
    assert set(verdicts(check(files, assumed={"azure": "westeurope"})).values()) == {"inside"}
    assert set(verdicts(check(files, assumed={"azure": "eastus"})).values()) == {"outside"}


def test_a_parameter_file_beside_a_template_counts(check: Check) -> None:
    files = {
        "azuredeploy.json": template(
            search(location="[parameters('where')]"), parameters={"where": {"type": "string"}}
        ),
        "azuredeploy.parameters.json": json.dumps({"$schema": GIVEN, "parameters": {"where": {"value": "westeurope"}}}),
    }
    assert set(verdicts(check(files)).values()) == {"inside"}


def test_each_of_several_parameter_files_is_an_environment(check: Check) -> None:
    def given(region: str) -> str:
        return json.dumps({"$schema": GIVEN, "parameters": {"where": {"value": region}}})

    files = {
        "main.json": template(search(location="[parameters('where')]"), parameters={"where": {"type": "string"}}),
        "main.dev.parameters.json": given("westeurope"),
        "main.prod.parameters.json": given("eastus"),
    }
    found = {(f.environment, f.verdict.value) for f in check(files).findings}
    assert found == {("main.prod.parameters", "outside")}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("${WHERE=westeurope}", "inside"), ("${WHERE=eastus}", "outside"), ("${AZURE_LOCATION}", "undetermined")],
)
def test_what_the_developer_cli_fills_in(check: Check, text: str, verdict: str) -> None:
    files = {
        "main.json": template(search(location="[parameters('where')]"), parameters={"where": {"type": "string"}}),
        "main.parameters.json": json.dumps({"$schema": GIVEN, "parameters": {"where": {"value": text}}}),
    }
    assert set(verdicts(check(files)).values()) == {verdict}
    if verdict == "undetermined":
        assert set(verdicts(check(files, assumed={"azure": "westeurope"})).values()) == {"inside"}


def test_copies_are_resources_of_their_own(check: Check) -> None:
    copied = search("[concat('s', copyIndex())]", "[variables('where')[copyIndex()]]")
    copied["copy"] = {"name": "c", "count": "[length(variables('where'))]"}
    outcome = check({"main.json": template(copied, variables={"where": ["westeurope", "eastus"]})})
    assert verdicts(outcome) == {f"{SEARCH}/s0": "inside", f"{SEARCH}/s1": "outside"}


def test_symbolic_names_are_addresses(check: Check) -> None:
    text = json.dumps({"$schema": SCHEMA, "languageVersion": "2.0", "resources": {"index": search()}})
    assert verdicts(check({"main.json": text})) == {"index": "outside"}


def test_what_a_condition_leaves_out_is_not_there(check: Check) -> None:
    resources = (search("a", condition=False), search("b", condition="[equals(parameters('x'), 'y')]"))
    outcome = check({"main.json": template(*resources, parameters={"x": {"type": "string"}})})
    assert list(verdicts(outcome)) == [f"{SEARCH}/b"]


ACCOUNT = {
    "type": "Microsoft.CognitiveServices/accounts",
    "apiVersion": "2023-05-01",
    "name": "[parameters('ai')]",
    "location": "swedencentral",
    "kind": "OpenAI",
    "sku": {"name": "S0"},
    "properties": {"customSubDomainName": "[parameters('ai')]"},
}
AI = {"ai": {"type": "string", "defaultValue": "[concat('ai', uniqueString(resourceGroup().id))]"}}


@pytest.mark.parametrize("within", [True, False])
def test_a_child_lies_where_its_parent_lies(check: Check, within: bool) -> None:
    child = {"apiVersion": "2023-05-01", "sku": {"name": "Standard"}, "properties": {"model": {"format": "OpenAI"}}}
    if within:
        resources: list[dict[str, Any]] = [{**ACCOUNT, "resources": [{**child, "type": "deployments", "name": "gpt"}]}]
    else:
        name = "[format('{0}/{1}', parameters('ai'), 'gpt')]"
        resources = [ACCOUNT, {**child, "type": "Microsoft.CognitiveServices/accounts/deployments", "name": name}]
    outcome = check({"main.json": template(*resources, parameters=AI)})
    assert set(verdicts(outcome).values()) == {"inside"}
    assert len(outcome.judged) == 2
    assert any("swedencentral" in names for address, names in places(outcome).items() if address.endswith("/gpt"))


@pytest.mark.parametrize(
    "endpoint",
    [
        "[reference(resourceId('Microsoft.CognitiveServices/accounts', parameters('ai'))).endpoint]",
        "[format('https://{0}.openai.azure.com/', parameters('ai'))]",
    ],
)
def test_settings_name_what_is_declared(check: Check, endpoint: str) -> None:
    site = {
        "type": "Microsoft.Web/sites",
        "apiVersion": "2022-09-01",
        "name": "web",
        "location": "westeurope",
        "properties": {"siteConfig": {"appSettings": [{"name": "AZURE_OPENAI_ENDPOINT", "value": endpoint}]}},
    }
    outcome = check({"main.json": template(ACCOUNT, site, parameters=AI)})
    assert set(verdicts(outcome).values()) == {"inside"}
    (web,) = [r for r in outcome.judged if r.type.endswith("web/sites")]
    assert any("accounts" in target for reference in web.references for target in reference.targets)


def deployment(inner: dict[str, Any], scope: str = "inner", **more: Any) -> dict[str, Any]:
    properties = {"mode": "Incremental", "expressionEvaluationOptions": {"scope": scope}, **inner}
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "nested",
        "properties": properties,
        **more,
    }


def test_a_deployment_within_has_parameters_of_its_own(check: Check) -> None:
    inner = {
        "$schema": SCHEMA,
        "parameters": {"where": {"type": "string"}},
        "resources": [search(location="[parameters('where')]")],
    }
    nested = deployment({"template": inner, "parameters": {"where": {"value": "[parameters('outer')]"}}})
    outcome = check({"main.json": template(nested, parameters={"outer": {"type": "string", "defaultValue": "eastus"}})})
    assert verdicts(outcome) == {f"nested.{SEARCH}/docs": "outside"}
    (resource,) = outcome.judged
    assert [step.text for step in resource.calls] == ["deployment nested"]


def test_expressions_of_the_outer_scope_are_of_the_template_that_holds_them(check: Check) -> None:
    inner = {"$schema": SCHEMA, "resources": [search(location="[parameters('outer')]")]}
    nested = deployment({"template": inner}, "outer")
    outcome = check({"main.json": template(nested, parameters={"outer": {"type": "string", "defaultValue": "eastus"}})})
    assert set(verdicts(outcome).values()) == {"outside"}


def test_values_that_a_function_hands_over(check: Check) -> None:
    inner = {
        "$schema": SCHEMA,
        "parameters": {"where": {"type": "string"}},
        "resources": [search(location="[parameters('where')]")],
    }
    handed = "[if(parameters('eu'), createObject('value', 'westeurope'), createObject('value', 'eastus'))]"
    nested = deployment({"template": inner, "parameters": {"where": handed}})
    outcome = check({"main.json": template(nested, parameters={"eu": {"type": "bool", "defaultValue": False}})})
    assert set(verdicts(outcome).values()) == {"outside"}


def test_outputs_of_deployments_are_read(check: Check) -> None:
    inner = {"$schema": SCHEMA, "resources": [], "outputs": {"where": {"type": "string", "value": "eastus"}}}
    there = "[reference(resourceId('Microsoft.Resources/deployments', 'nested'), '2022-09-01').outputs.where.value]"
    outcome = check({"main.json": template(deployment({"template": inner}), search(location=there))})
    assert set(verdicts(outcome).values()) == {"outside"}


def test_the_group_of_a_deployment_lends_its_location(check: Check) -> None:
    group = {
        "type": "Microsoft.Resources/resourceGroups",
        "apiVersion": "2021-04-01",
        "name": "rg",
        "location": "eastus",
    }
    inner = {"$schema": SCHEMA, "resources": [search(location="[resourceGroup().location]")]}
    nested = deployment({"template": inner}, resourceGroup="rg")
    outcome = check({"main.json": template(group, nested, schema=SUBSCRIPTION)}, assumed={"azure": "westeurope"})
    assert verdicts(outcome)[f"nested.{SEARCH}/docs"] == "outside"


@pytest.mark.parametrize(
    "link",
    [
        {"relativePath": "nested/inner.json"},
        {"uri": "[uri(deployment().properties.templateLink.uri, 'nested/inner.json')]"},
        {"uri": "[concat(parameters('base'), '/nested/inner.json', parameters('base'))]"},
    ],
)
def test_a_template_that_another_links_is_no_root(check: Check, link: dict[str, str]) -> None:
    files = {
        "main.json": template(deployment({"templateLink": link}), parameters={"base": {"type": "string"}}),
        "nested/inner.json": template(search()),
    }
    outcome = check(files)
    assert verdicts(outcome) == {f"nested.{SEARCH}/docs": "outside"}
    assert outcome.graph.counts["roots"] == 1


def test_a_template_that_is_not_there_is_a_gap_and_what_it_is_given_is_judged(check: Check) -> None:
    link = {"templateLink": {"uri": "https://example.com/openai.json"}, "parameters": {"location": {"value": "eastus"}}}
    outcome = check({"main.json": template(deployment(link), search(location="westeurope"))})
    assert any("not in the checked tree" in gap.why for gap in outcome.graph.gaps)
    assert [f.verdict.value for f in outcome.findings] == ["outside"]


def test_comments_and_trailing_commas_are_read(check: Check) -> None:
    text = template(search()).replace('"resources"', '// a comment\n  /* and "one" */ "resources"')
    text = text.rstrip().removesuffix("}") + ",}"
    assert set(verdicts(check({"main.json": text})).values()) == {"outside"}


def test_one_bad_expression_loses_nothing_else(check: Check) -> None:
    outcome = check({"main.json": template(search("[concat('a']"), search("b"))})
    assert any("expression" in gap.why for gap in outcome.graph.gaps)
    assert f"{SEARCH}/b" in verdicts(outcome)


@pytest.mark.parametrize(
    "text", ["{", json.dumps({"$schema": SCHEMA}), json.dumps({"$schema": SCHEMA, "resources": []})[:-2], "[]"]
)
def test_what_is_no_template(check: Check, text: str) -> None:
    outcome = check({"main.json": text, "other.json": template(search())})
    assert set(verdicts(outcome).values()) == {"outside"}
    assert bool(outcome.graph.gaps) == (SCHEMA in text)


def test_secrets_are_not_shown(check: Check) -> None:
    hidden = search(location="[parameters('where')]")
    outcome = check(
        {"main.json": template(hidden, parameters={"where": {"type": "secureString", "defaultValue": "hush"}})}
    )
    assert all("hush" not in f"{finding.message} {finding.trail}" for finding in outcome.findings)


def test_what_the_command_line_gives_counts_first(check: Check, tmp_path: Path) -> None:
    elsewhere = tmp_path.parent / "given.parameters.json"
    elsewhere.write_text(
        json.dumps({"$schema": GIVEN, "parameters": {"where": {"value": "westeurope"}}}), encoding="utf-8"
    )
    files = {"main.json": template(search(location="[parameters('where')]"), parameters={"where": {"type": "string"}})}
    assert set(verdicts(check(files, parameter_files=(elsewhere,))).values()) == {"inside"}
    found = check(files, parameter_files=(elsewhere,), variables=(("where", "eastus"),))
    assert set(verdicts(found).values()) == {"outside"}


def test_a_parameter_file_that_is_not_there(check: Check, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        check({"main.json": template(search())}, parameter_files=(tmp_path / "none.json",))


def test_a_parameter_that_may_be_nothing_makes_no_copies(check: Check) -> None:
    copied = search("[concat('s', copyIndex())]")
    copied["copy"] = {"name": "c", "count": "[length(coalesce(parameters('more'), createArray()))]"}
    outcome = check({"main.json": template(copied, parameters={"more": {"type": "array", "nullable": True}})})
    assert not outcome.judged
