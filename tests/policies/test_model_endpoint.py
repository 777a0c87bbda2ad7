"""Model hosts that settings name answer inside: by host, by model id, by region, by nothing but a key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checker.model import Confidence, Finding, Severity
from checker.outcome import Outcome

POLICY = "model-endpoint"
LAMBDA = """
provider "aws" {
  region = "eu-central-1"
}

resource "aws_lambda_function" "x" {
  function_name = "x"
  environment {
    variables = {
%s
    }
  }
}
"""
FUNCTION_APP = """
resource "azurerm_linux_function_app" "x" {
  name     = "x"
  location = "westeurope"
  app_settings = {
%s
  }
}
"""
RUN = """
resource "google_cloud_run_v2_service" "x" {
  name     = "x"
  location = "europe-west1"
  template {
    containers {
      image = "app"
%s
    }
  }
}
"""
STORED = 'resource "aws_secretsmanager_secret" "k" {\n  name = "openai-api-key"\n}\n'
UNKNOWN_MAP = """
variable "all" {}

# openai
resource "aws_lambda_function" "x" {
  environment {
    variables = var.all
  }
}
"""
ADDRESSES = {
    LAMBDA: "aws_lambda_function.x",
    FUNCTION_APP: "azurerm_linux_function_app.x",
    RUN: "google_cloud_run_v2_service.x",
}
EACH = {"aws": LAMBDA, "azure": FUNCTION_APP, "gcp": RUN}


def source(template: str, settings: Mapping[str, str]) -> str:
    """Return Terraform with settings (values are expressions) in the words of a cloud."""
    if template is RUN:
        lines = [
            f'      env {{\n        name  = "{name}"\n        value = {value}\n      }}'
            for name, value in settings.items()
        ]
    else:
        lines = [f"      {name} = {value}" for name, value in settings.items()]
    return template % "\n".join(lines)


def told(outcome: Outcome) -> list[tuple[str, str, str, str]]:
    """Return (verdict, severity, confidence, setting) of the policy's findings."""
    return [
        (f.verdict.value, f.severity.value, f.confidence.value, f.place.stated_by if f.place else "")
        for f in outcome.findings
        if f.policy == POLICY
    ]


OUTSIDE: dict[str, tuple[dict[str, str], tuple[str, str, str]]] = {
    "the global host of OpenAI": (
        {"OPENAI_BASE_URL": '"https://api.openai.com/v1"'},
        ("high", "high", "OPENAI_BASE_URL"),
    ),
    "OpenAI's British host": (
        {"OPENAI_BASE_URL": '"https://gb.api.openai.com/v1"'},
        ("high", "high", "OPENAI_BASE_URL"),
    ),
    "a bare key of OpenAI": ({"OPENAI_API_KEY": '"from elsewhere"'}, ("medium", "medium", "OPENAI_API_KEY")),
    "a key under a name of its own": ({"APP_OPENAI_API_KEY": '"x"'}, ("medium", "medium", "APP_OPENAI_API_KEY")),
    "OpenAI's Europe, which is wider than the EU": (
        {"OPENAI_BASE_URL": '"https://eu.api.openai.com/v1"'},
        ("low", "high", "OPENAI_BASE_URL"),
    ),
    "Anthropic, which has no host of the EU": ({"ANTHROPIC_API_KEY": '"x"'}, ("medium", "medium", "ANTHROPIC_API_KEY")),
    "Claude on AWS, whose host has an EU region": (
        {"ANTHROPIC_AWS_BASE_URL": '"https://aws-external-anthropic.eu-west-1.api.aws"'},
        ("high", "high", "ANTHROPIC_AWS_BASE_URL"),
    ),
    "Mistral, a European company, by its global host": (
        {"MISTRAL_API_KEY": '"x"'},
        ("medium", "medium", "MISTRAL_API_KEY"),
    ),
    "Gemini without Vertex AI": ({"GEMINI_API_KEY": '"x"'}, ("medium", "medium", "GEMINI_API_KEY")),
    "Vertex AI without a location": (
        {"GOOGLE_GENAI_USE_VERTEXAI": '"true"'},
        ("medium", "medium", "GOOGLE_GENAI_USE_VERTEXAI"),
    ),
    "a Bedrock model that is global, called from Frankfurt": (
        {"AWS_REGION": '"eu-central-1"', "BEDROCK_MODEL_ID": '"global.anthropic.claude-sonnet-4-20250514-v1:0"'},
        ("high", "high", "BEDROCK_MODEL_ID"),
    ),
    "a Bedrock model by its look, whatever the setting is called": (
        {"MODEL": '"us.anthropic.claude-sonnet-4-20250514-v1:0"'},
        ("high", "high", "MODEL"),
    ),
    "a default that Compose would take": (
        {"OPENAI_BASE_URL": '"https://api.openai.com/v1"', "OPENAI_API_KEY": '"x"'},
        ("high", "high", "OPENAI_BASE_URL"),
    ),
}

CLEAN: dict[str, dict[str, str]] = {
    "Bedrock in Ireland by host": {"BEDROCK_ENDPOINT": '"https://bedrock-runtime.eu-west-1.amazonaws.com"'},
    "a Bedrock model of the EU from Frankfurt": {
        "AWS_REGION": '"eu-central-1"',
        "BEDROCK_MODEL_ID": '"eu.anthropic.claude-sonnet-4-20250514-v1:0"',
    },
    "Vertex AI in Belgium": {
        "GOOGLE_GENAI_USE_VERTEXAI": '"true"',
        "GOOGLE_CLOUD_LOCATION": '"europe-west1"',
    },
    "Langfuse, whose default is Ireland, beside a model of the EU": {
        "LANGFUSE_HOST": '"https://cloud.langfuse.com"',
        "BEDROCK_MODEL_ID": '"eu.amazon.nova-pro-v1:0"',
        "AWS_REGION": '"eu-central-1"',
    },
}

# What names no model makes no workload of compute.
SILENT: dict[str, dict[str, str]] = {
    "no setting of a model": {"LOG_LEVEL": '"debug"', "API_KEY": '"x"', "BASE_URL": '"https://example.org"'},
    "a region alone": {"AWS_REGION": '"us-east-1"', "AWS_DEFAULT_REGION": '"us-east-1"'},
    "a sink of traces without a model": {"DD_SITE": '"datadoghq.com"', "DD_API_KEY": '"x"'},
    "a vendor in a sentence": {"GREETING": '"ask openai about it"'},
    "a name that only holds a vendor's": {"OPENAIRE_PORTAL": '"x"', "COHERENCE_LEVEL": '"3"'},
    "an empty key": {"OPENAI_API_KEY": '""'},
}

UNDETERMINED: dict[str, tuple[str, dict[str, str]]] = {
    "a host that nobody sets": ('variable "host" {}\n', {"OPENAI_BASE_URL": "var.host"}),
    "a gateway of one's own": ("", {"OPENAI_BASE_URL": '"http://litellm:4000/v1"'}),
    "a host that no table lists": ("", {"OPENAI_BASE_URL": '"https://models.example.org/v1"'}),
    "a host that OpenAI does not have": ("", {"OPENAI_BASE_URL": '"https://api.eu.openai.com/v1"'}),
    "an Azure resource that is declared elsewhere": (
        "",
        {"AZURE_OPENAI_ENDPOINT": '"https://elsewhere.openai.azure.com"'},
    ),
}


@pytest.mark.parametrize("cloud", EACH)
@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, cloud: str, check: Callable[..., Outcome]) -> None:
    settings, expected = OUTSIDE[case]
    if cloud != "aws" and any(value.startswith('"us.') or "AWS_REGION" in settings for value in settings.values()):
        pytest.skip("the function's own region is AWS's to know")
    outcome = check(source(EACH[cloud], settings))
    assert told(outcome) == [("outside", *expected)]
    assert {finding.address for finding in outcome.findings} == {ADDRESSES[EACH[cloud]]}


@pytest.mark.parametrize("cloud", EACH)
@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, cloud: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    clean(check(source(EACH[cloud], CLEAN[case])), ADDRESSES[EACH[cloud]])


@pytest.mark.parametrize("cloud", EACH)
@pytest.mark.parametrize("case", SILENT)
def test_silent(case: str, cloud: str, check: Callable[..., Outcome]) -> None:
    outcome = check(source(EACH[cloud], SILENT[case]))
    assert (outcome.judged, outcome.findings) == ((), ())


@pytest.mark.parametrize("cloud", EACH)
@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, cloud: str, check: Callable[..., Outcome]) -> None:
    before, settings = UNDETERMINED[case]
    outcome = check(before + source(EACH[cloud], settings))
    assert [verdict for verdict, *_ in told(outcome)] == ["undetermined"]


def _only(outcome: Outcome) -> Finding:
    (finding,) = [finding for finding in outcome.findings if finding.policy == POLICY]
    return finding


def test_two_settings_that_disagree(check: Callable[..., Outcome]) -> None:
    """LangChain lets OPENAI_API_BASE win, the SDK reads OPENAI_BASE_URL only."""
    settings = {
        "OPENAI_API_BASE": '"https://eu.api.openai.com/v1"',
        "OPENAI_BASE_URL": '"https://api.openai.com/v1"',
    }
    messages = [f.message for f in check(source(LAMBDA, settings)).findings if "disagree" in f.message]
    assert len(messages) == 1
    assert "OPENAI_API_BASE" in messages[0]
    assert "OPENAI_BASE_URL" in messages[0]


@pytest.mark.parametrize(
    ("settings", "verdict"),
    [
        ({"DD_API_KEY": '"x"'}, "outside"),
        ({"DD_SITE": '"uk1.datadoghq.com"'}, "outside"),
        ({"DD_SITE": '"datadoghq.eu"'}, ""),
        ({"LANGSMITH_API_KEY": '"x"'}, "outside"),
        ({"LANGSMITH_API_KEY": '"x"', "LANGSMITH_ENDPOINT": '"https://eu.api.smith.langchain.com"'}, ""),
        ({"WANDB_API_KEY": '"x"'}, "outside"),
    ],
)
def test_sinks_of_traces_beside_a_model(settings: dict[str, str], verdict: str, check: Callable[..., Outcome]) -> None:
    model = {"BEDROCK_MODEL_ID": '"eu.amazon.nova-pro-v1:0"', "AWS_REGION": '"eu-central-1"'}
    found = told(check(source(LAMBDA, model | settings)))
    assert [one[0] for one in found] == ([verdict] if verdict else [])


def test_a_bare_key_says_not_pinned_and_what_mends_it(check: Callable[..., Outcome]) -> None:
    finding = _only(check(source(LAMBDA, {"OPENAI_API_KEY": '"secret-value-of-a-key"'})))
    assert "nothing pins it to eu" in finding.message
    assert "eu.api.openai.com" in finding.tip
    assert (finding.severity, finding.confidence) == (Severity.MEDIUM, Confidence.MEDIUM)
    assert "secret-value" not in str(finding)
    assert str(finding.location) == "main.tf:10"


def test_a_declared_account_is_where_its_endpoint_is(check: Callable[..., Outcome]) -> None:
    account = 'resource "azurerm_cognitive_account" "ai" {\n  kind = "OpenAI"\n  location = "%s"\n}\n'
    settings = {"AZURE_OPENAI_ENDPOINT": "azurerm_cognitive_account.ai.endpoint"}
    assert told(check(account % "swedencentral" + source(FUNCTION_APP, settings))) == []
    outcome = check(account % "eastus" + source(FUNCTION_APP, settings))
    assert {(f.address, f.policy) for f in outcome.findings} == {("azurerm_cognitive_account.ai", "ai-placement")}


def test_a_search_service_keeps_data_and_answers_calls(check: Callable[..., Outcome]) -> None:
    search = (
        'resource "azurerm_search_service" "s" {\n  name = "acme"\n  location = "swedencentral"\n  sku = "basic"\n}\n'
    )
    for endpoint in (
        '"https://${azurerm_search_service.s.name}.search.windows.net"',
        "azurerm_search_service.s.endpoint",
    ):
        assert told(check(search + source(FUNCTION_APP, {"AZURE_SEARCH_ENDPOINT": endpoint}))) == []


def test_a_secret_that_compute_reads_is_judged_there(check: Callable[..., Outcome]) -> None:
    outcome = check(source(LAMBDA, {"KEY_FROM": "aws_secretsmanager_secret.k.arn"}) + STORED)
    assert {finding.address for finding in outcome.findings if finding.policy == POLICY} == {"aws_lambda_function.x"}


def test_a_secret_that_nobody_reads_is_judged_for_itself(check: Callable[..., Outcome]) -> None:
    finding = _only(check('provider "aws" {\n  region = "eu-west-1"\n}\n' + STORED))
    assert (finding.address, finding.verdict.value) == ("aws_secretsmanager_secret.k", "outside")


def test_accepted_europe_of_openai(check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    text = source(LAMBDA, {"OPENAI_BASE_URL": '"https://eu.api.openai.com/v1"'})
    outcome = check(text, accept=["openai:europe"])
    clean(outcome, "aws_lambda_function.x")
    assert outcome.jurisdiction.accepted == {"openai:europe"}


def test_settings_that_are_not_known_are_a_gap(check: Callable[..., Outcome]) -> None:
    (gap,) = check(UNKNOWN_MAP).graph.gaps
    assert "aws_lambda_function.x call a model" in gap.what
