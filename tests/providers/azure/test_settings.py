"""Where Azure keeps settings that may name a model of somebody else: each shape is read from Terraform text."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("azure")
URL = "https://api.openai.com/v1"


def block(type: str, arguments: str) -> str:
    return f'resource "{type}" "x" {{\nname = "n"\nlocation = "westeurope"\n{arguments}\n}}\n'


def azapi(type: str, body: str) -> str:
    arguments = (
        f'type = "{type}@2025-01-01"\nname = "n"\nlocation = "westeurope"\nparent_id = "p"\nbody = {{\n{body}\n}}'
    )
    # The type of an azapi resource is not told by its block: the neighbour makes the root one that calls models.
    neighbour = block("azurerm_linux_web_app", f'app_settings = {{\nOPENAI_BASE_URL = "{URL}"\n}}').replace(
        '"x"', '"y"'
    )
    return f'{neighbour}resource "azapi_resource" "x" {{\n{arguments}\n}}\n'


APP = f'app_settings = {{\nOPENAI_BASE_URL = "{URL}"\n}}\n'
ENV = f'env {{\nname = "OPENAI_BASE_URL"\nvalue = "{URL}"\n}}\n'
HELD = 'env {\nname = "OPENAI_API_KEY"\nsecret_name = "k"\n}\n'
SCRIPT = f'"#!/bin/sh\\nexport OPENAI_BASE_URL={URL}\\n"'
CALLS = {
    "linux web app": block("azurerm_linux_web_app", APP),
    "windows web app": block("azurerm_windows_web_app", APP),
    "web app slot": block("azurerm_linux_web_app_slot", APP),
    "function app": block("azurerm_linux_function_app", APP),
    "flex function app": block("azurerm_function_app_flex_consumption", APP),
    "function app slot": block("azurerm_windows_function_app_slot", APP),
    "old app service": block("azurerm_app_service", APP),
    "old function app": block("azurerm_function_app", APP),
    "static web app": block("azurerm_static_web_app", APP),
    "standard logic app": block("azurerm_logic_app_standard", APP),
    "logic app action": block(
        "azurerm_logic_app_action_custom", f'body = jsonencode({{ inputs = {{ uri = "{URL}" }} }})'
    ),
    "logic app call": block("azurerm_logic_app_action_http", f'uri = "{URL}"'),
    "container app": block("azurerm_container_app", f"template {{\ncontainer {{\n{ENV}}}\n}}"),
    "container app, secret": block("azurerm_container_app", f"template {{\ncontainer {{\n{HELD}}}\n}}"),
    "container app, first": block("azurerm_container_app", f"template {{\ninit_container {{\n{ENV}}}\n}}"),
    "container app job": block("azurerm_container_app_job", f"template {{\ncontainer {{\n{ENV}}}\n}}"),
    "container group": block(
        "azurerm_container_group",
        f'container {{\nname = "c"\nsecure_environment_variables = {{\nOPENAI_BASE_URL = "{URL}"\n}}\n}}',
    ),
    "linux machine": block("azurerm_linux_virtual_machine", f"custom_data = {SCRIPT}"),
    "windows machine": block("azurerm_windows_virtual_machine", f"user_data = {SCRIPT}"),
    "scale set": block("azurerm_linux_virtual_machine_scale_set", f"user_data = {SCRIPT}"),
    "flexible scale set": block(
        "azurerm_orchestrated_virtual_machine_scale_set", f"os_profile {{\ncustom_data = {SCRIPT}\n}}"
    ),
    "machine extension": block("azurerm_virtual_machine_extension", f"settings = jsonencode({{ run = {SCRIPT} }})"),
    "run command": block("azurerm_virtual_machine_run_command", f"source {{\nscript = {SCRIPT}\n}}"),
    "Batch pool": block(
        "azurerm_batch_pool", f'start_task {{\ncommon_environment_properties = {{\nOPENAI_BASE_URL = "{URL}"\n}}\n}}'
    ),
    "Batch job": block("azurerm_batch_job", f'common_environment_properties = {{\nOPENAI_BASE_URL = "{URL}"\n}}'),
    "spring app": block(
        "azurerm_spring_cloud_java_deployment", f'environment_variables = {{\nOPENAI_BASE_URL = "{URL}"\n}}'
    ),
    "Kubernetes extension": block(
        "azurerm_kubernetes_cluster_extension", f'configuration_settings = {{\n"env.OPENAI_BASE_URL" = "{URL}"\n}}'
    ),
    "deployment script": block(
        "azurerm_resource_deployment_script_azure_cli",
        f'environment_variable {{\nname = "OPENAI_BASE_URL"\nvalue = "{URL}"\n}}',
    ),
    "runbook": block("azurerm_automation_runbook", f"content = {SCRIPT}"),
    "pipeline": block("azurerm_data_factory_pipeline", f'activities_json = jsonencode([{{ url = "{URL}" }}])'),
    "registry task": block(
        "azurerm_container_registry_task",
        f'encoded_step {{\ntask_content = "x"\nvalues = {{\nOPENAI_BASE_URL = "{URL}"\n}}\n}}',
    ),
    "gateway backend": block("azurerm_api_management_backend", f'url = "{URL}"'),
    "gateway API": block("azurerm_api_management_api", f'service_url = "{URL}"'),
    "gateway policy": block(
        "azurerm_api_management_api_policy", f'xml_content = "<set-backend-service base-url=\\"{URL}\\" />"'
    ),
    "gateway value": block("azurerm_api_management_named_value", f'value = "{URL}"'),
    "vault secret": block("azurerm_key_vault_secret", f'value = "{URL}"'),
    "app configuration": block("azurerm_app_configuration_key", f'key = "OPENAI_BASE_URL"\nvalue = "{URL}"'),
    "event subscription": block("azurerm_eventgrid_event_subscription", f'webhook_endpoint {{\nurl = "{URL}"\n}}'),
    "ARM web app": azapi(
        "Microsoft.Web/sites",
        f'properties = {{ siteConfig = {{ appSettings = [{{ name = "OPENAI_BASE_URL", value = "{URL}" }}] }} }}',
    ),
    "ARM web app, settings": azapi("Microsoft.Web/sites/config", f'properties = {{ OPENAI_BASE_URL = "{URL}" }}'),
    "ARM container app": azapi(
        "Microsoft.App/containerApps",
        "properties = { template = { containers = [{ env = [ENV] }] } }".replace(
            "ENV", f'{{ name = "OPENAI_BASE_URL", value = "{URL}" }}'
        ),
    ),
    "ARM machine": azapi(
        "Microsoft.Compute/virtualMachines", f"properties = {{ osProfile = {{ customData = {SCRIPT} }} }}"
    ),
    "ARM logic app": azapi(
        "Microsoft.Logic/workflows",
        f'properties = {{ definition = {{ actions = {{ ask = {{ inputs = {{ uri = "{URL}" }} }} }} }} }}',
    ),
    "ARM online deployment": azapi(
        "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
        f'properties = {{ environmentVariables = {{ OPENAI_BASE_URL = "{URL}" }} }}',
    ),
    "ARM machine learning job": azapi(
        "Microsoft.MachineLearningServices/workspaces/jobs",
        f'properties = {{ environmentVariables = {{ OPENAI_BASE_URL = "{URL}" }} }}',
    ),
    "ARM gateway backend": azapi("Microsoft.ApiManagement/service/backends", f'properties = {{ url = "{URL}" }}'),
    "ARM skillset": azapi("Microsoft.Search/searchServices/skillsets", f'skills = [{{ uri = "{URL}" }}]'),
    "ARM pipeline": azapi(
        "Microsoft.DataFactory/factories/pipelines",
        f'properties = {{ activities = [{{ name = "a", typeProperties = {{ url = "{URL}" }} }}] }}',
    ),
    "Foundry connection": azapi(
        "Microsoft.CognitiveServices/accounts/connections", f'properties = {{ target = "{URL}" }}'
    ),
}


@pytest.mark.parametrize("text", CALLS.values(), ids=CALLS)
def test_what_names_a_model_of_somebody_else_is_heard(text: str, check: Check) -> None:
    outcome = check(text)
    (resource,) = [r for r in outcome.graph.resources.values() if r.address.endswith(".x")]
    assert {Role.CLIENT, Role.AI} & resource.roles
    assert any(place.vendor == "OpenAI" for place in resource.places)


SILENT = {
    "settings without a model": block("azurerm_linux_web_app", 'app_settings = {\nTZ = "Europe/Berlin"\n}'),
    "a name that is no setting": block("azurerm_storage_account", ""),
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_names_none_is_no_client(text: str, check: Check) -> None:
    outcome = check(text, scope="all")
    (resource,) = [r for r in outcome.graph.resources.values() if r.address.endswith(".x")]
    assert Role.CLIENT not in resource.roles


def test_secrets_are_kept_by_rows_of_keys() -> None:
    for type in ("azurerm_key_vault_secret", "azapi:microsoft.keyvault/vaults/secrets"):
        assert Role.KEYS in ROWS[type].roles
        assert ROWS[type].settings[0].shape == "named"


def test_a_secret_without_a_value_says_only_its_name() -> None:
    assert ROWS["azurerm_automation_credential"].settings[0].value == ()


def test_shapes_are_the_documented_ones() -> None:
    shapes = {kept.shape for row in ROWS.values() for kept in row.settings}
    assert shapes <= {"map", "pairs", "lines", "named", "text"}
    assert [row.type for row in ROWS.values() for kept in row.settings if not kept.paths] == []
