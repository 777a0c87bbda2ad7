"""The tables of hosted platforms: complete for their providers, sourced, and right in what they make of a block."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from checker import catalogue, places, registry
from checker.outcome import Outcome

PROVIDERS = catalogue.PROVIDERS
LISTS = {file.stem: file for file in (Path(__file__).parent / "lists").glob("*.txt") if file.stem != "variables"}
each_list = pytest.mark.parametrize("name", sorted(LISTS))
Check = Callable[..., Outcome]


def types(name: str) -> list[str]:
    """Return the resource types that the documentation of a platform's Terraform providers lists."""
    head, *names = LISTS[name].read_text(encoding="utf-8").splitlines()
    assert head.startswith("# ")
    return names


def rows_of(file: Path) -> list[dict[str, Any]]:
    """Return the rows of a table; none of one that does not exist."""
    return list(json.loads(file.read_text(encoding="utf-8"))["rows"]) if file.exists() else []


def parked(name: str) -> list[str]:
    """Return the types that a table says need no row."""
    return [type for row in rows_of(PROVIDERS / name / "not_relevant.json") for type in row["types"]]


def known(name: str) -> set[str]:
    """Return the resource types that have a row, whatever argument or provider decides which."""
    return {re.split("[:@]", type)[0] for type in catalogue.rows(name) if not type.startswith("data.")}


def told(outcome: Outcome) -> set[tuple[str, str, str, str]]:
    """Return (address, policy, verdict, place) of all findings."""
    return {
        (f.address, f.policy, f.verdict.value, f.place.name if f.place is not None else "") for f in outcome.findings
    }


def block(type: str, arguments: str, name: str = "x") -> str:
    """Return a resource in HCL."""
    return f'resource "{type}" "{name}" {{\n  {arguments}\n}}\n'


@each_list
def test_every_type_has_a_row_or_a_reason(name: str) -> None:
    wanted = set(types(name))
    assert len(types(name)) == len(wanted)
    has, no = known(name), set(parked(name))
    print(f"{name}: {len(wanted & (has | no))} of {len(wanted)}, {len(wanted & has)} with a row")
    assert wanted - has - no == set()
    assert has & no == set()
    assert no - wanted == set(), "a type that no provider has"
    assert len(parked(name)) == len(no)


@each_list
def test_types_have_the_prefixes_of_their_platform(name: str) -> None:
    for type in types(name):
        owner = registry.cloud_of(type)
        assert owner is not None
        assert name == owner.NAME


@each_list
def test_what_needs_no_row_has_a_reason_and_a_source(name: str) -> None:
    file = PROVIDERS / name / "not_relevant.json"
    if file.exists():
        head = json.loads(file.read_text(encoding="utf-8"))
        assert head["source"]
        assert datetime.date.fromisoformat(head["checked"]) > datetime.date(2025, 1, 1)
        assert all(len(row["reason"]) > 15 for row in head["rows"])
        # No such type may be told to be of an AI service: it would be a gap.
        assert [type for type in parked(name) if registry.clouds()[name].is_ai(type)] == []


@pytest.mark.parametrize("name", registry.platform_names())
def test_places_are_sourced(name: str) -> None:
    table = places.table(name)
    for row in table.rows:
        assert row.source
        assert datetime.date.fromisoformat(row.checked) > datetime.date(2025, 1, 1)
        if row.accept:
            assert row.accept.partition(":")[0] == name
            assert row.countries is None or set(row.countries) - EU or row.unverified, "it is not wider than the EU"


EU = frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())


@pytest.mark.parametrize(
    ("platform", "vocabulary", "name", "countries"),
    [
        ("fireworks", "deployment", "EU_LONDON_1", ("GB",)),
        ("fireworks", "deployment", "EU_ICELAND_1", ("IS",)),
        ("fireworks", "deployment", "EUROPE", None),
        ("openrouter", "endpoint", "europe", None),
        ("mongodbatlas", "region", "EUROPE_WEST_2", ("GB",)),
        ("mongodbatlas", "region", "EU_CENTRAL_2", ("CH",)),
        ("mongodbatlas", "geography", "ANY", ("*",)),
        ("zilliz", "region", "aws-eu-west-2", ("GB",)),
        ("zilliz", "region", "gcp-europe-west6", ("CH",)),
        ("neon", "region", "aws-eu-west-2", ("GB",)),
        ("neon", "region", "aws-eu-central-1", ("DE",)),
        ("elastic", "region", "azure-uksouth", ("GB",)),
        ("elastic", "region", "eu-west-1", ("IE",)),
        ("snowflake", "region", "AWS_EU_CENTRAL_2", ("CH",)),
        ("snowflake", "region", "AZURE_WESTEUROPE", ("NL",)),
        ("snowflake", "region", "PUBLIC.GCP_EUROPE_WEST2", ("GB",)),
        ("snowflake", "cortex", "ANY_REGION", ("*",)),
        ("snowflake", "cortex", "AWS_EU,AWS_US", None),
        ("snowflake", "cortex", "not stated", None),
        ("litellm", "region", "eu-west-2", ("GB",)),
        ("litellm", "region", "global", ("*",)),
        ("oci", "region", "uk-london-1", ("GB",)),
        ("watsonx", "region", "eu-gb", ("GB",)),
        ("openai", "geography", "GB_STORAGE", ("GB",)),
        ("openai", "processing", "GB_STORAGE", ("*",)),
        ("openai", "geography", "MOON", None),
    ],
)
def test_where_names_are(platform: str, vocabulary: str, name: str, countries: tuple[str, ...] | None) -> None:
    row = registry.clouds()[platform].locate(name, vocabulary, None, partial(places.find, platform))
    assert row is not None
    assert row.countries == countries


@pytest.mark.parametrize(
    ("vocabulary", "name"),
    [("processing", "EU_STORAGE_PROCESSING"), ("processing", "GLOBAL"), ("retention", "zero_data_retention")],
)
def test_what_says_that_there_is_no_further_place(vocabulary: str, name: str) -> None:
    assert registry.clouds()["openai"].locate(name, vocabulary, None, partial(places.find, "openai")) is None


@pytest.mark.parametrize(
    ("platform", "table", "name", "answer"),
    [
        ("databricks", "node-types", "g5.xlarge", True),
        ("databricks", "node-types", "p4d.24xlarge", True),
        ("databricks", "node-types", "Standard_NC24ads_A100_v4", True),
        ("databricks", "node-types", "a2-highgpu-1g", True),
        ("databricks", "node-types", "i3.xlarge", False),
        ("databricks", "node-types", "Standard_DS3_v2", False),
        ("databricks", "node-types", "n2-highmem-4", False),
        ("snowflake", "instance-families", "GPU_NV_S", True),
        ("snowflake", "instance-families", "CPU_X64_XS", False),
        ("snowflake", "instance-families", "MOON", None),
    ],
)
def test_machines_with_ai_chips(platform: str, table: str, name: str, answer: bool | None) -> None:
    assert registry.clouds()[platform].accelerator(name, table) is answer


def test_every_product_of_the_announcement_is_there() -> None:
    rows = rows_of(PROVIDERS / "openai" / "products.json")
    assert [row["product"] for row in rows] == ["API projects", "ChatGPT Enterprise", "ChatGPT Edu"]
    for row in rows:
        assert set(row) == {"product", "proves", "statement", "cannot_know", "source", "checked"}
        assert all(row.values())


# What the rows make of blocks: (source, findings)
OUTSIDE = {
    "data at rest in the United Kingdom, inference anywhere": (
        block("openai_project", 'name = "x"\n  residency = "GB_STORAGE"'),
        {
            ("openai_project.x", "inference-routing", "GB_STORAGE"),
            ("openai_project.x", "hosted-residency", "GB_STORAGE"),
        },
    ),
    "a vector store of files of a global project": (
        block("openai_project", 'name = "p"', "p")
        + block("openai_file", 'file = "f"\n  purpose = "assistants"\n  project_id = openai_project.p.id', "f")
        + block("openai_vector_store", "file_ids = [openai_file.f.id]"),
        {
            ("openai_project.p", "hosted-residency", "GLOBAL"),
            ("openai_file.f", "hosted-residency", "GLOBAL"),
            ("openai_vector_store.x", "hosted-residency", "GLOBAL"),
        },
    ),
    "a global cluster of Zilliz with a member in London": (
        block(
            "zillizcloud_global_cluster",
            'global_cluster_name = "x"\n  cluster = [{ region_id = "aws-eu-west-1" }, { region_id = "aws-eu-west-2" }]',
        ),
        {
            ("zillizcloud_global_cluster.x", "hosted-residency", "aws-eu-west-2"),
            ("zillizcloud_global_cluster.x", "replication", "aws-eu-west-2"),
        },
    ),
    "a model of a gateway that calls OpenAI": (
        block("litellm_model", 'model_name = "x"\n  custom_llm_provider = "openai"\n  base_model = "gpt-4o"'),
        {("litellm_model.x", "inference-routing", "global")},
    ),
    "a model of a gateway that calls OpenAI's Europe": (
        block(
            "litellm_model",
            'custom_llm_provider = "openai"\n  model_api_base = "https://eu.api.openai.com/v1"',
        ),
        {("litellm_model.x", "inference-routing", "https://eu.api.openai.com/v1")},
    ),
    "a model of a gateway that calls Bedrock without a region": (
        block("litellm_model", 'custom_llm_provider = "bedrock"\n  base_model = "amazon.nova-pro-v1:0"'),
        {("litellm_model.x", "inference-routing", "us-west-2")},
    ),
    "a project of Atlas that reranks": (
        block("mongodbatlas_project", 'name = "x"\n  is_native_reranking_enabled = true'),
        {("mongodbatlas_project.x", "inference-routing", "true")},
    ),
    "a failover group of Databricks that reaches London": (
        block(
            "databricks_disaster_recovery_failover_group",
            'initial_primary_region = "eu-west-1"\n  regions = ["eu-west-1", "eu-west-2"]',
        ),
        {("databricks_disaster_recovery_failover_group.x", "replication", "eu-west-2")},
    ),
    "a model provider of the gateway of Databricks in Virginia": (
        block(
            "databricks_ai_gateway_model_provider_service",
            'config = { amazon_bedrock = { direct = { region = "us-east-1" } } }',
        ),
        {("databricks_ai_gateway_model_provider_service.x", "inference-routing", "us-east-1")},
    ),
    "an inference endpoint of Elasticsearch that calls OpenAI": (
        block(
            "elasticstack_elasticsearch_inference_endpoint",
            'service_settings = jsonencode({ url = "https://api.openai.com/v1/embeddings" })',
        ),
        {("elasticstack_elasticsearch_inference_endpoint.x", "model-endpoint", "api.openai.com")},
    ),
    "code in Snowflake that may call OpenAI": (
        block("snowflake_network_rule", 'name = "x"\n  value_list = ["api.openai.com"]'),
        {("snowflake_network_rule.x", "model-endpoint", "api.openai.com")},
    ),
    "a connection of Flink to OpenAI": (
        block(
            "confluent_flink_connection", 'type = "OPENAI"\n  endpoint = "https://api.openai.com/v1/chat/completions"'
        ),
        {("confluent_flink_connection.x", "model-endpoint", "api.openai.com")},
    ),
    "a secret of Supabase that is a key of OpenAI": (
        block("supabase_edge_function_secrets", 'secrets = [{ name = "OPENAI_API_KEY", value = "x" }]'),
        {("supabase_edge_function_secrets.x", "model-endpoint", "global")},
    ),
}


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Check) -> None:
    source, expected = OUTSIDE[case]
    found = {
        (address, policy, place)
        for address, policy, verdict, place in told(check(source, scope="all"))
        if verdict == "outside"
    }
    assert found == expected


CLEAN = {
    "a model of a gateway that calls Bedrock in Frankfurt": block(
        "litellm_model", 'custom_llm_provider = "bedrock"\n  aws_region_name = "eu-central-1"'
    ),
    "a model of a gateway that calls Vertex AI in Belgium": block(
        "litellm_model", 'custom_llm_provider = "vertex_ai"\n  vertex_location = "europe-west1"'
    ),
    "a project of Atlas that does not rerank": block("mongodbatlas_project", "is_native_reranking_enabled = false"),
    "a compute pool without chips": block("snowflake_compute_pool", 'instance_family = "CPU_X64_XS"'),
}


@pytest.mark.parametrize("case", CLEAN)
def test_nothing_is_outside(case: str, check: Check) -> None:
    assert [one for one in told(check(CLEAN[case], scope="all")) if one[2] == "outside"] == []


def test_a_provider_that_a_gateway_does_not_list_is_a_gap(check: Check) -> None:
    (gap,) = check(block("litellm_model", 'custom_llm_provider = "moon"')).graph.gaps
    assert "litellm_model:moon" in gap.what


@pytest.mark.parametrize(
    "type", ["oci_generative_ai_endpoint", "databricks_genie_space", "qdrant-cloud_serverless_cluster"]
)
def test_an_ai_service_without_rows_is_a_gap(type: str, check: Check) -> None:
    (gap,) = check(block(type, 'name = "x"')).graph.gaps
    assert "belongs to an AI service" in gap.why


def test_other_resources_of_such_a_provider_are_none(check: Check) -> None:
    outcome = check(block("oci_core_vcn", 'name = "x"') + block("datadog_monitor", 'name = "x"', "m"))
    assert (outcome.judged, outcome.findings, outcome.graph.gaps) == ((), (), ())


def test_a_cluster_with_gpus_is_a_workload(check: Check) -> None:
    outcome = check(block("databricks_cluster", 'node_type_id = "g5.xlarge"'))
    assert [(r.address, r.is_workload) for r in outcome.judged] == [("databricks_cluster.x", True)]


def test_a_stage_reads_a_bucket(check: Check) -> None:
    bucket = 'provider "aws" {\n  region = "us-east-1"\n}\n' + block("aws_s3_bucket", 'bucket = "docs"', "b")
    stage = block("snowflake_stage_external_s3", 'name = "s"\n  url = "s3://docs/"', "s")
    (one,) = [
        r for r in check(bucket + stage, scope="all").graph.resources.values() if r.address.startswith("snowflake")
    ]
    assert [target.rpartition("\0")[2] for ref in one.references for target in ref.targets] == ["aws_s3_bucket.b"]


def test_a_model_is_where_the_workspace_of_its_provider_is(check: Check) -> None:
    source = """
resource "azurerm_databricks_workspace" "w" {
  name     = "w"
  location = "eastus"
}

provider "databricks" {
  host = azurerm_databricks_workspace.w.workspace_url
}
"""
    outcome = check(source + block("databricks_vector_search_endpoint", 'name = "x"'), scope="all")
    assert ("databricks_vector_search_endpoint.x", "ai-placement", "outside", "eastus") in told(outcome)
