"""What settings say of models: every shape they have, kept elsewhere or not, and what must stay silent."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
POLICY = "model-endpoint"
AWS = 'provider "aws" {\n  region = "eu-central-1"\n}\n'
KEY = "OPENAI_API_KEY"
FUNCTION = 'resource "aws_lambda_function" "x" {\n  environment {\n    variables = %s\n  }\n}\n'
SHAPES = {
    "a map": FUNCTION % f'{{ {KEY} = "x" }}',
    "a map merged of several": FUNCTION % f'merge({{ A = "b" }}, {{ {KEY} = "x" }})',
    "a map made of a list": FUNCTION % f'{{ for e in [{{ n = "{KEY}", v = "x" }}] : e.n => e.v }}',
    "objects in JSON": f"""
resource "aws_ecs_task_definition" "x" {{
  container_definitions = jsonencode([{{ environment = [{{ name = "{KEY}", value = "x" }}] }}])
}}
""",
    "names of secrets in JSON": f"""
resource "aws_ecs_task_definition" "x" {{
  container_definitions = jsonencode([{{
    secrets = [{{ name = "{KEY}", valueFrom = "arn:aws:ssm:eu-west-1:111122223333:parameter/k" }}]
  }}])
}}
""",
    "blocks": f"""
resource "google_cloud_run_v2_service" "x" {{
  location = "europe-west1"
  template {{
    containers {{
      image = "x"
      env {{
        name  = "{KEY}"
        value = "x"
      }}
    }}
  }}
}}
""",
    "blocks whose value is a secret": f"""
resource "google_cloud_run_v2_service" "x" {{
  location = "europe-west1"
  template {{
    containers {{
      image = "x"
      env {{
        name = "{KEY}"
        value_source {{
          secret_key_ref {{
            secret = "elsewhere"
          }}
        }}
      }}
    }}
  }}
}}
""",
    "dynamic blocks over a list": f"""
resource "google_cloud_run_v2_service" "x" {{
  location = "europe-west1"
  template {{
    containers {{
      image = "x"
      dynamic "env" {{
        for_each = concat(["A"], ["{KEY}"])
        content {{
          name  = env.value
          value = "x"
        }}
      }}
    }}
  }}
}}
""",
    "lines": f'resource "docker_container" "x" {{\n  image = "x"\n  env   = ["A=b", "{KEY}=x"]\n}}\n',
    "a script": f'resource "aws_instance" "x" {{\n  user_data = <<-EOT\n    #!/bin/sh\n    export {KEY}=x\n  EOT\n}}\n',
    "the values of a chart": f"""
resource "helm_release" "x" {{
  chart  = "app"
  values = [yamlencode({{ env = {{ {KEY} = "x" }} }})]
}}
""",
    "the values of a chart as text": f"""
resource "helm_release" "x" {{
  chart  = "app"
  values = [<<-EOT
    env:
    - name: {KEY}
      value: x
  EOT
  ]
}}
""",
    "one setting of a chart": f"""
resource "helm_release" "x" {{
  chart = "app"
  set = [{{ name = "env.{KEY}", value = "x" }}]
}}
""",
    "a file in a config map": """
resource "kubernetes_config_map" "x" {
  metadata {
    name = "x"
  }
  data = {
    "config.yaml" = <<-EOT
      model_list:
      - litellm_params: { model: gpt-4o, api_key: os.environ/OPENAI_API_KEY }
    EOT
  }
}
""",
}


def told(outcome: Outcome) -> set[tuple[str, str]]:
    """Return the (address, verdict) of the findings on endpoints."""
    return {(f.address.partition(".")[0], f.verdict.value) for f in outcome.findings if f.policy == POLICY}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_key_in_every_shape(shape: str, check: Check) -> None:
    found = told(check(AWS + SHAPES[shape]))
    assert len(found) == 1
    assert next(iter(found))[1] == "outside"


@pytest.mark.parametrize("first", ["keeper", "reader"])
def test_the_order_of_what_keeps_and_what_reads_does_not_matter(first: str, check: Check) -> None:
    """A secret that stands before its reader must not hide that the reader calls a model."""
    keeper = 'resource "aws_secretsmanager_secret" "s" {\n  name = "prod/openai-api-key"\n}\n'
    function = FUNCTION % "{ FROM = aws_secretsmanager_secret.s.arn }"
    outcome = check(AWS + (keeper + function if first == "keeper" else function + keeper))
    assert told(outcome) == {("aws_lambda_function", "outside")}
    assert [r.address for r in outcome.judged if r.is_workload] == ["aws_lambda_function.x"]


def test_the_version_of_a_secret_is_read_with_it(check: Check) -> None:
    source = """
resource "aws_secretsmanager_secret" "s" {
  name = "app"
}

resource "aws_secretsmanager_secret_version" "s" {
  secret_id     = aws_secretsmanager_secret.s.id
  secret_string = jsonencode({ OPENAI__API_KEY = "x" })
}
"""
    outcome = check(AWS + source + FUNCTION % "{ SECRET = aws_secretsmanager_secret.s.name }")
    assert told(outcome) == {("aws_lambda_function", "outside")}


def test_a_config_map_that_compute_reads(check: Check) -> None:
    source = """
resource "kubernetes_config_map" "c" {
  metadata {
    name = "models"
  }
  data = {
    OPENAI_BASE_URL = "https://api.openai.com/v1"
  }
}

resource "kubernetes_deployment" "x" {
  spec {
    template {
      spec {
        container {
          env_from {
            config_map_ref {
              name = kubernetes_config_map.c.metadata[0].name
            }
          }
        }
      }
    }
  }
}
"""
    assert told(check(source)) == {("kubernetes_deployment", "outside")}


def test_compute_that_names_a_declared_ai_service_is_a_workload(check: Check) -> None:
    """Whatever the setting is called: the value is the endpoint of Vertex AI that stands beside it."""
    source = """
resource "google_vertex_ai_endpoint" "e" {
  location = "europe-west4"
}

resource "google_cloudfunctions2_function" "x" {
  location = "us-central1"
  service_config {
    environment_variables = { RANKER = google_vertex_ai_endpoint.e.id }
  }
}
"""
    outcome = check(source)
    assert {(f.address, f.policy) for f in outcome.findings} == {("google_cloudfunctions2_function.x", "ai-placement")}


def test_what_a_function_of_an_agent_reads_is_reached(check: Check) -> None:
    source = """
resource "aws_bedrockagent_agent_action_group" "a" {
  action_group_executor {
    lambda = aws_lambda_function.x.arn
  }
}

resource "aws_dynamodb_table" "t" {
  name   = "accounts"
  region = "us-east-1"
}
"""
    outcome = check(AWS + source + FUNCTION % "{ TABLE = aws_dynamodb_table.t.name }")
    assert {(f.address, f.policy) for f in outcome.findings} == {("aws_dynamodb_table.t", "storage-placement")}


@pytest.mark.parametrize(
    "settings",
    [
        '{ OPENAI_API_KEY = "" }',
        "{ OPENAI_API_KEY = null }",
        "{}",
        '{ NOTE = "we tried openai once" }',
        '{ DOCS = "https://platform.openai.example.org" }',
        '{ MODEL = "t3.micro", MODEL_ID = "sku-1234" }',
        '{ CISCO_API_KEY = "x", DISCOAPIKEY = "y" }',
    ],
)
def test_what_names_no_model(settings: str, check: Check) -> None:
    outcome = check("# openai\n" + AWS + FUNCTION % settings)
    assert (outcome.judged, outcome.findings, outcome.graph.gaps) == ((), (), ())


def test_a_key_beside_the_address_of_another_vendor_of_the_same_word(check: Check) -> None:
    """`OPENAIACCESS__APIKEY` beside an Azure endpoint is Azure's key, not one of OpenAI's own API."""
    settings = '{ OPENAIACCESS__APIKEY = "x", AZURE_OPENAI_ENDPOINT = "https://elsewhere.openai.azure.com" }'
    assert told(check(AWS + FUNCTION % settings)) == {("aws_lambda_function", "undetermined")}


def test_spans_of_mistral_go_to_the_global_host(check: Check) -> None:
    """MISTRAL_SDK_TELEMETRY sends them there although the client calls the EU host."""
    settings = '{ MISTRAL_BASE_URL = "https://api.eu.mistral.ai", MISTRAL_SDK_TELEMETRY = "dedicated" }'
    outcome = check(AWS + FUNCTION % settings, accept=["mistral:europe"])
    assert [(f.verdict.value, f.place.purpose.value) for f in outcome.findings if f.place] == [("outside", "telemetry")]


def test_a_vendors_host_in_a_variable_file(check: Check) -> None:
    """No text of the configuration names a vendor: only a variable file that loads by itself does."""
    files = {
        "main.tf": 'variable "host" {}\n' + AWS + FUNCTION % "{ UPSTREAM = var.host }",
        "terraform.tfvars": 'host = "https://api.openai.com/v1"\n',
    }
    outcome = check(files)
    assert told(outcome) == {("aws_lambda_function", "outside")}
    assert {str(f.location) for f in outcome.findings} == {"terraform.tfvars:1"}


def test_secrets_never_reach_a_finding(check: Check) -> None:
    settings = '{ OPENAI_API_KEY = "sk-proj-AAAAAAAAAAAAAAAAAAAAAAAA", DSN = "https://u:pw@o1.ingest.us.sentry.io/1" }'
    text = repr([(f.message, f.tip, f.trail, f.place) for f in check(AWS + FUNCTION % settings).findings])
    assert "sk-proj-A" not in text
    assert "pw@" not in text


@pytest.mark.parametrize("other", ["plain", "${var.other}"])
def test_a_host_in_what_new_machines_run_is_edited_where_it_stands(other: str, check: Check) -> None:
    """Launch templates take it in base64, and other parts of it may be unknown."""
    text = f'"#!/bin/sh\\nexport OPENAI_BASE_URL=https://api.openai.com/v1\\nexport OTHER={other}\\n"'
    outcome = check(
        f'variable "other" {{}}\nresource "aws_launch_template" "x" {{\n  user_data = base64encode({text})\n}}'
    )
    assert [str(f.location) for f in outcome.findings if f.policy == POLICY] == ["main.tf:3"]


@pytest.mark.parametrize(
    ("id", "verdict"),
    [
        (
            "arn:aws:bedrock:${var.r}:${var.a}:inference-profile/global.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "outside",
        ),
        ("arn:aws:bedrock:eu-central-1:${var.a}:inference-profile/eu.amazon.nova-lite-v1:0", ""),
        ("${var.r}.amazon.nova-lite-v1:0", "undetermined"),
    ],
)
@pytest.mark.parametrize("setting", ["PLAIN = %s", 'SCRIPT = "first line\\nrun --model %s --fast"'])
def test_ids_of_models_with_parts_that_are_not_known(setting: str, id: str, verdict: str, check: Check) -> None:
    """The account of an ARN says nothing of a place; the first word of an id does."""
    written = setting % (f'"{id}"' if setting.startswith("PLAIN") else id)
    outcome = check('variable "r" {}\nvariable "a" {}\n' + AWS + FUNCTION % f"{{ {written}, BEDROCK = 1 }}")
    assert {f.verdict.value for f in outcome.findings if f.policy == POLICY} == ({verdict} if verdict else set())
    assert [resource.type for resource in outcome.judged] == ["aws_lambda_function"]


def test_what_a_shell_takes_where_nothing_is_set(check: Check) -> None:
    settings = '{ RUN = "curl $${OPENAI_BASE_URL:-https://api.openai.com/v1}/models" }'
    assert told(check(AWS + FUNCTION % settings)) == {("aws_lambda_function", "outside")}


def test_the_region_of_an_ai_service_that_is_declared_is_judged_there(check: Check) -> None:
    account = 'resource "azurerm_cognitive_account" "s" {\n  kind = "SpeechServices"\n  location = var.where\n}\n'
    app = """resource "azurerm_linux_web_app" "x" {
  location = "westeurope"
  app_settings = { AZURE_SPEECH_REGION = azurerm_cognitive_account.s.location, AZURE_SPEECH_KEY = "x" }
}
"""
    outcome = check('variable "where" {}\n' + account + app)
    assert {f.address for f in outcome.findings} == {"azurerm_cognitive_account.s"}


def test_the_name_that_says_most_is_the_one_that_is_told(check: Check) -> None:
    outcome = check(AWS + FUNCTION % '{ OPENAI_ORGANIZATION = "o", OPENAI_API_KEY = "x" }')
    assert {f.place.stated_by for f in outcome.findings if f.place} == {"OPENAI_API_KEY"}
