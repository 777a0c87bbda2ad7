"""What joins AI workloads to their storage, and what could not be judged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.model import Relation, Resource
from checker.outcome import Outcome

Check = Callable[..., Outcome]

BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "docs"\n  region = "eu-west-1"\n}\n'
MODEL = (
    'resource "aws_sagemaker_model" "m" {\n  region = "eu-west-1"\n  primary_container {\n'
    "    model_data_url = %s\n  }\n}\n"
)
SOURCE = (
    'resource "aws_bedrockagent_data_source" "d" {\n  region = "eu-west-1"\n  data_source_configuration {\n'
    "    s3_configuration {\n      bucket_arn = %s\n    }\n  }\n}\n"
)
ACCOUNT = (
    'resource "azurerm_cognitive_account" "a" {\n  location = "westeurope"\n  storage {\n'
    "    storage_account_id = %s\n  }\n}\n"
)
STORAGE = 'resource "azurerm_storage_account" "s" {\n  name     = "data"\n  location = "westeurope"\n}\n'
INDEX = (
    'resource "google_vertex_ai_index" "i" {\n  region = "europe-west1"\n  metadata {\n'
    "    contents_delta_uri = %s\n  }\n}\n"
)
GCS = 'resource "google_storage_bucket" "g" {\n  name     = "vectors"\n  location = "EU"\n}\n'
ID = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/"


def reached(outcome: Outcome, workload: str) -> set[str]:
    """Return the addresses that a workload reaches."""
    resources = outcome.graph.resources
    (key,) = [key for key, resource in resources.items() if resource.address == workload]
    return {resources[there].address for there, ways in outcome.graph.joined.items() if key in ways}


def one(outcome: Outcome, address: str) -> Resource:
    (found,) = [resource for resource in outcome.graph.resources.values() if resource.address == address]
    return found


# --- joins

JOINS = {
    "a reference": (BUCKET + SOURCE % "aws_s3_bucket.b.arn", "aws_bedrockagent_data_source.d", "aws_s3_bucket.b"),
    "a reference inside a string": (
        BUCKET + MODEL % '"s3://${aws_s3_bucket.b.bucket}/m.tar.gz"',
        "aws_sagemaker_model.m",
        "aws_s3_bucket.b",
    ),
    "a reference through a local": (
        BUCKET + 'locals {\n  at = "s3://${aws_s3_bucket.b.id}/m"\n}\n' + MODEL % "local.at",
        "aws_sagemaker_model.m",
        "aws_s3_bucket.b",
    ),
    "a reference inside a function": (
        BUCKET + MODEL % 'format("s3://%s/m.tar.gz", aws_s3_bucket.b.bucket)',
        "aws_sagemaker_model.m",
        "aws_s3_bucket.b",
    ),
    "an ARN": (BUCKET + SOURCE % '"arn:aws:s3:::docs"', "aws_bedrockagent_data_source.d", "aws_s3_bucket.b"),
    "an S3 URI": (BUCKET + MODEL % '"s3://docs/m.tar.gz"', "aws_sagemaker_model.m", "aws_s3_bucket.b"),
    "an S3 URI whose key is not known": (
        'variable "v" {}\n' + BUCKET + MODEL % '"s3://docs/${var.v}.tar.gz"',
        "aws_sagemaker_model.m",
        "aws_s3_bucket.b",
    ),
    "an ARM id": (STORAGE + ACCOUNT % f'"{ID}data"', "azurerm_cognitive_account.a", "azurerm_storage_account.s"),
    "an ARM id of a group that is not known": (
        'variable "g" {}\n' + STORAGE + ACCOUNT % f'"{ID}data"'.replace("/g/", "/${var.g}/"),
        "azurerm_cognitive_account.a",
        "azurerm_storage_account.s",
    ),
    "an ARM id in other letters": (
        STORAGE + ACCOUNT % f'"{ID}DATA"'.replace("resourceGroups", "resourcegroups"),
        "azurerm_cognitive_account.a",
        "azurerm_storage_account.s",
    ),
    "a gs URI": (GCS + INDEX % '"gs://vectors/v"', "google_vertex_ai_index.i", "google_storage_bucket.g"),
    "the URL of a bucket": (
        GCS + INDEX % '"${google_storage_bucket.g.url}/v"',
        "google_vertex_ai_index.i",
        "google_storage_bucket.g",
    ),
}


@pytest.mark.parametrize("case", JOINS)
def test_joined_by(case: str, check: Check) -> None:
    source, workload, storage = JOINS[case]
    outcome = check(source)
    assert reached(outcome, workload) == {storage}
    assert outcome.findings == ()


NOT_JOINED = {
    "another bucket": BUCKET + MODEL % '"s3://other/docs"',
    "a bucket whose name begins the same": BUCKET + MODEL % '"s3://docs-2/m"',
    "a bucket whose name is partly known": 'variable "v" {}\n' + BUCKET + MODEL % '"s3://docs${var.v}/m"',
    "a name in a tag": BUCKET
    + MODEL.replace("primary_container", 'tags = { at = "docs" }\n  primary_container') % "null",
    "a dependency alone": BUCKET
    + MODEL.replace('"eu-west-1"', '"eu-west-1"\n  depends_on = [aws_s3_bucket.b]', 1) % "null",
}


@pytest.mark.parametrize("case", NOT_JOINED)
def test_not_joined_by(case: str, check: Check) -> None:
    assert "aws_s3_bucket.b" not in reached(check(NOT_JOINED[case]), "aws_sagemaker_model.m")


def test_joined_through_module_outputs_and_variables(check: Check) -> None:
    files = {
        "main.tf": 'module "store" {\n  source = "./store"\n}\n',
        "ai.tf": 'module "ai" {\n  source = "./ai"\n  at = module.store.arn\n}\n',
        "store/main.tf": BUCKET + 'output "arn" {\n  value = aws_s3_bucket.b.arn\n}\n',
        "ai/main.tf": 'variable "at" {}\n' + SOURCE % "var.at",
    }
    outcome = check(files)
    assert reached(outcome, "module.ai.aws_bedrockagent_data_source.d") == {"module.store.aws_s3_bucket.b"}
    assert [str(step) for step in one(outcome, "module.store.aws_s3_bucket.b").calls] == [
        "called as module.store main.tf:1"
    ]


def test_child_reaches_what_its_parent_reaches(check: Check) -> None:
    deployment = (
        'resource "azurerm_cognitive_deployment" "d" {\n  cognitive_account_id = azurerm_cognitive_account.a.id\n'
        '  sku {\n    name = "Standard"\n  }\n}\n'
    )
    outcome = check(STORAGE + ACCOUNT % "azurerm_storage_account.s.id" + deployment)
    assert reached(outcome, "azurerm_cognitive_deployment.d") == {
        "azurerm_cognitive_account.a",
        "azurerm_storage_account.s",
    }
    assert reached(outcome, "azurerm_cognitive_account.a") == {
        "azurerm_cognitive_deployment.d",
        "azurerm_storage_account.s",
    }


@pytest.mark.parametrize(
    "account",
    [
        'azurerm_cognitive_account.a[var.which ? "northeurope" : "uksouth"].id',
        "azurerm_cognitive_account.a[var.which].id",
        'var.which ? azurerm_cognitive_account.a["northeurope"].id : azurerm_cognitive_account.a["uksouth"].id',
        "values(azurerm_cognitive_account.a)[var.which].id",
    ],
)
def test_child_of_one_of_several_sits_where_any_of_them_does(account: str, check: Check) -> None:
    source = f"""
    variable "which" {{}}
    resource "azurerm_cognitive_account" "a" {{
      for_each = toset(["northeurope", "uksouth"])
      location = each.key
    }}
    resource "azurerm_cognitive_deployment" "d" {{
      cognitive_account_id = {account}
      sku {{
        name = "Standard"
      }}
    }}
    """
    outcome = check(source)
    deployment = one(outcome, "azurerm_cognitive_deployment.d")
    assert deployment.verdict(outcome.jurisdiction).value == "outside"
    policies = {f.policy for f in outcome.findings if f.address == deployment.address}
    assert policies == {"ai-placement"}


def test_group_in_an_id_is_not_where_its_parts_are(check: Check) -> None:
    source = """
    resource "azurerm_resource_group" "g" {
      name     = "g"
      location = "eastus"
    }
    resource "azurerm_cognitive_account" "a" {
      name     = "a"
      location = "westeurope"
    }
    resource "azurerm_cognitive_deployment" "d" {
      cognitive_account_id = "${azurerm_resource_group.g.id}/providers/x/${azurerm_cognitive_account.a.name}"
      sku {
        name = "Standard"
      }
    }
    """
    outcome = check(source)
    assert one(outcome, "azurerm_cognitive_deployment.d").verdict(outcome.jurisdiction).value == "inside"


def test_settings_of_a_joined_bucket_are_joined(check: Check) -> None:
    settings = """
    resource "aws_s3_bucket_logging" "l" {
      bucket        = aws_s3_bucket.b.id
      target_bucket = aws_s3_bucket.logs.id
    }
    resource "aws_s3_bucket" "logs" {
      bucket = "logs"
      region = "eu-west-1"
    }
    """
    outcome = check(BUCKET + settings + SOURCE % "aws_s3_bucket.b.arn")
    assert reached(outcome, "aws_bedrockagent_data_source.d") == {
        "aws_s3_bucket.b",
        "aws_s3_bucket_logging.l",
        "aws_s3_bucket.logs",
    }


def test_data_does_not_flow_backwards(check: Check) -> None:
    """A bucket that logs to a workload's bucket is not the workload's."""
    other = """
    resource "aws_s3_bucket" "web" {
      bucket = "web"
      region = "us-east-1"
      logging {
        target_bucket = aws_s3_bucket.b.id
      }
    }
    """
    outcome = check(BUCKET + other + SOURCE % "aws_s3_bucket.b.arn")
    assert reached(outcome, "aws_bedrockagent_data_source.d") == {"aws_s3_bucket.b"}
    assert outcome.findings == ()


def test_reference_to_all_instances(check: Check) -> None:
    buckets = BUCKET.replace("{", '{\n  for_each = toset(["a", "b"])', 1).replace('"docs"', "each.key")
    outcome = check(buckets + MODEL % '"s3://${values(aws_s3_bucket.b)[0].bucket}/x"')
    assert "aws_s3_bucket.b" not in {resource.address for resource in outcome.graph.resources.values()}
    assert reached(outcome, "aws_sagemaker_model.m") <= {'aws_s3_bucket.b["a"]', 'aws_s3_bucket.b["b"]'}
    assert reached(outcome, "aws_sagemaker_model.m")


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("a", '["a"]'),
        ("a]b", '["a]b"]'),
        ('a["b', r'["a[\"b"]'),
        (r"a\b", r'["a\\b"]'),
        ("a.b/c d", '["a.b/c d"]'),
        ("ü", '["ü"]'),
    ],
)
def test_instance_keys(key: str, shown: str, check: Check) -> None:
    written = key.replace("\\", "\\\\").replace('"', '\\"')
    buckets = BUCKET.replace("{", f'{{\n  for_each = {{ "{written}" = 1 }}', 1)
    outcome = check(buckets + MODEL % f'"s3://${{aws_s3_bucket.b["{written}"].bucket}}/x"')
    assert reached(outcome, "aws_sagemaker_model.m") == {f"aws_s3_bucket.b{shown}"}


def test_way_is_the_shortest(check: Check) -> None:
    outcome = check(BUCKET + SOURCE % "aws_s3_bucket.b.arn")
    (ways,) = outcome.graph.joined.values()
    assert [tuple(outcome.graph.resources[key].address for key in way) for way in ways.values()] == [
        ("aws_bedrockagent_data_source.d", "aws_s3_bucket.b")
    ]


def test_relation_and_attribute_are_kept(check: Check) -> None:
    outcome = check(BUCKET + SOURCE % "aws_s3_bucket.b.arn")
    (reference,) = one(outcome, "aws_bedrockagent_data_source.d").references
    assert reference.relation is Relation.READS_FROM
    assert reference.path == "data_source_configuration.s3_configuration.bucket_arn"
    assert str(reference.location) == "main.tf:9"


def test_module_that_was_not_read_is_the_target(check: Check) -> None:
    call = 'module "store" {\n  source = "example/bucket/aws"\n}\n'
    outcome = check(call + SOURCE % "module.store.arn")
    assert reached(outcome, "aws_bedrockagent_data_source.d") == {"module.store"}
    assert one(outcome, "module.store").mode == "module"
    assert [gap.what for gap in outcome.graph.gaps] == ["module.store (example/bucket/aws)"]
    assert outcome.graph.counts["modules_not_read"] == 1


# --- roots and environments


def test_roots_with_the_same_addresses_stay_apart(check: Check) -> None:
    one_root = BUCKET + SOURCE % "aws_s3_bucket.b.arn"
    outcome = check({"a/main.tf": one_root, "b/main.tf": one_root.replace("eu-west-1", "us-east-1")})
    places = {(r.root, r.address): [place.name for place in r.places] for r in outcome.judged}
    assert places == {
        ("a", "aws_s3_bucket.b"): ["eu-west-1"],
        ("a", "aws_bedrockagent_data_source.d"): ["eu-west-1"],
        ("b", "aws_s3_bucket.b"): ["us-east-1"],
        ("b", "aws_bedrockagent_data_source.d"): ["us-east-1"],
    }
    assert {finding.root for finding in outcome.findings} == {"b"}
    for key, ways in outcome.graph.joined.items():
        assert {way.partition("\0")[0] for way in ways} == {key.partition("\0")[0]}


def test_environments(check: Check, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("environments")
    for name, place in (("dev", "us-east-1"), ("prod", "eu-west-1")):
        (folder / f"{name}.tfvars").write_text(f'place = "{place}"\n')
    source = 'variable "place" {}\nresource "aws_bedrockagent_agent" "a" {\n  region = var.place\n}\n'
    outcome = check(source, environments=tuple((n, (folder / f"{n}.tfvars",)) for n in ("dev", "prod")))
    verdicts = {r.environment: r.verdict(outcome.jurisdiction).value for r in outcome.judged}
    assert verdicts == {"dev": "outside", "prod": "inside"}
    assert {finding.environment for finding in outcome.findings} == {"dev"}


# --- what is not known


@pytest.mark.parametrize(
    ("source", "what", "why"),
    [
        (
            'resource "aws_bedrock_moonshot" "x" {\n  region = "us-east-1"\n}\n',
            "aws_bedrock_moonshot.x (aws_bedrock_moonshot)",
            "it belongs to an AI service",
        ),
        (
            'resource "azurerm_cognitive_moonshot" "x" {\n  location = "eastus"\n}\n',
            "azurerm_cognitive_moonshot.x (azurerm_cognitive_moonshot)",
            "it belongs to an AI service",
        ),
        (
            'resource "google_vertex_ai_moonshot" "x" {\n  region = "us-central1"\n}\n',
            "google_vertex_ai_moonshot.x (google_vertex_ai_moonshot)",
            "it belongs to an AI service",
        ),
        (
            'resource "azapi_resource" "x" {\n  type = "Microsoft.CognitiveServices/accounts/moonshots@2026-01"\n}\n',
            "azapi_resource.x (azapi:microsoft.cognitiveservices/accounts/moonshots)",
            "it belongs to an AI service",
        ),
        (
            'variable "t" {}\nresource "azapi_resource" "x" {\n  type = var.t\n}\n',
            "azapi_resource.x (azapi_resource)",
            "the value that says what it is is not known",
        ),
    ],
)
def test_unknown_type_is_a_gap(source: str, what: str, why: str, check: Check) -> None:
    outcome = check(source)
    (gap,) = outcome.graph.gaps
    assert gap.what == what
    assert gap.why.startswith(why)
    assert gap.location is not None
    assert outcome.findings == ()


@pytest.mark.parametrize(
    "source",
    [
        'resource "aws_moon_base" "x" {\n  region = "us-east-1"\n}\n',
        'resource "null_resource" "x" {}\n',
        'resource "azapi_resource" "x" {\n  type = "Microsoft.Network/moons@2026-01-01"\n}\n',
        'data "aws_bedrock_moonshot" "x" {}\n',
    ],
)
def test_other_unknown_types_are_none(source: str, check: Check) -> None:
    assert check(source).graph.gaps == ()


def test_compute_is_a_workload_by_its_machine(check: Check) -> None:
    source = 'resource "aws_instance" "%s" {\n  region = "eu-west-1"\n  instance_type = %s\n}\n'
    one_of = 'var.big ? "p5.48xlarge" : "t3.micro"'
    outcome = check(
        'variable "big" {}\n' + source % ("a", '"t3.micro"') + source % ("b", '"g6.xlarge"') + source % ("c", one_of)
    )
    assert {r.address for r in outcome.judged if r.is_workload} == {"aws_instance.b", "aws_instance.c"}


def test_circle_of_parents_ends(check: Check) -> None:
    source = """
    resource "azurerm_cognitive_deployment" "a" {
      cognitive_account_id = azurerm_cognitive_deployment.b.id
    }
    resource "azurerm_cognitive_deployment" "b" {
      cognitive_account_id = azurerm_cognitive_deployment.a.id
    }
    """
    outcome = check(source)
    assert {r.verdict(outcome.jurisdiction).value for r in outcome.judged} == {"undetermined"}
