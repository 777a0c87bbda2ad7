"""What a vendor hosts on clouds of its own keeps its data inside, by the region that the code states or the default."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "hosted-residency"
PROJECT = """
terraform {
  required_providers {
    openai = {
      source = "%s"
    }
  }
}

resource "openai_project" "x" {
  name = "x"
  %s
}
"""
PINECONE = """
resource "pinecone_index" "x" {
  name = "x"
  spec = {
    serverless = {
      cloud  = "aws"
      region = %s
    }
  }
}
"""
QDRANT = 'resource "qdrant-cloud_accounts_cluster" "x" {\n  cloud_provider = "%s"\n  cloud_region   = "%s"\n}\n'
ZILLIZ = 'resource "zillizcloud_cluster" "x" {\n  cluster_name = "x"\n  region_id    = "%s"\n}\n'
HUGGING = 'resource "huggingface_endpoint" "x" {\n  cloud = {\n    vendor = "aws"\n    region = "%s"\n  }\n}\n'
ATLAS = """
resource "mongodbatlas_advanced_cluster" "x" {
  name = "x"
  replication_specs {
    region_configs {
      provider_name = "%s"
      region_name   = "%s"
    }
  }
}
"""
DATABASE = '%s\nresource "%s" "x" {\n  %s\n}\n'
UNSET = 'variable "place" {}\n'


def database(type: str, arguments: str, before: str = "") -> str:
    return DATABASE % (before, type, arguments)


# (source, address, place); databases are no AI workloads by themselves: they are judged in scope all
OUTSIDE = {
    "an OpenAI project of Europe, at low severity": (
        PROJECT % ("openai/openai", 'geography = "EU"'),
        "openai_project.x",
        "EU",
    ),
    "an OpenAI project without a geography": (PROJECT % ("openai/openai", ""), "openai_project.x", "GLOBAL"),
    "an OpenAI project of the United Kingdom, storage only": (
        PROJECT % ("openai/openai", 'residency = "GB_STORAGE"'),
        "openai_project.x",
        "GB_STORAGE",
    ),
    "an OpenAI project of a provider that has no geography": (
        PROJECT % ("mkdev-me/openai", 'geography = "EU"'),
        "openai_project.x",
        "GLOBAL",
    ),
    "an OpenAI project of another provider": (
        PROJECT % ("jianyuan/openai", 'geography = "US"'),
        "openai_project.x",
        "US",
    ),
    "an Anthropic workspace": (
        'resource "anthropic_workspace" "x" {\n  name = "x"\n}\n',
        "anthropic_workspace.x",
        "us",
    ),
    "a Pinecone index in Virginia": (PINECONE % '"us-east-1"', "pinecone_index.x", "us-east-1"),
    "a Qdrant cluster in London": (QDRANT % ("aws", "eu-west-2"), "qdrant-cloud_accounts_cluster.x", "eu-west-2"),
    "a Qdrant cluster in the south of England": (
        QDRANT % ("azure", "uksouth"),
        "qdrant-cloud_accounts_cluster.x",
        "uksouth",
    ),
    "a Zilliz cluster in London": (ZILLIZ % "aws-eu-west-2", "zillizcloud_cluster.x", "aws-eu-west-2"),
    "an inference endpoint in Virginia": (HUGGING % "us-east-1", "huggingface_endpoint.x", "us-east-1"),
    "an Atlas cluster in London": (
        ATLAS % ("AWS", "EU_WEST_2"),
        "mongodbatlas_advanced_cluster.x",
        "EU_WEST_2",
    ),
    "an Atlas cluster in Zurich": (
        ATLAS % ("GCP", "EUROPE_WEST_6"),
        "mongodbatlas_advanced_cluster.x",
        "EUROPE_WEST_6",
    ),
    "models of Atlas, which are not pinned": (
        'resource "mongodbatlas_ai_model_api_key" "x" {\n  geography = "ANY"\n}\n',
        "mongodbatlas_ai_model_api_key.x",
        "ANY",
    ),
    "a Supabase project in London": (
        database("supabase_project", 'region = "eu-west-2"'),
        "supabase_project.x",
        "eu-west-2",
    ),
    "a Neon project without a region": (database("neon_project", 'name = "x"'), "neon_project.x", "aws-us-east-2"),
    "an Elastic deployment in Switzerland": (
        database("ec_deployment", 'region = "gcp-europe-west6"'),
        "ec_deployment.x",
        "gcp-europe-west6",
    ),
    "a Confluent cluster in Ohio": (
        database("confluent_kafka_cluster", 'region = "us-east-2"'),
        "confluent_kafka_cluster.x",
        "us-east-2",
    ),
    "a Snowflake account in London": (
        database("snowflake_account", 'region = "AWS_EU_WEST_2"'),
        "snowflake_account.x",
        "AWS_EU_WEST_2",
    ),
    "an active-active Redis, one region of two": (
        """resource "rediscloud_active_active_subscription" "x" {
  creation_plan {
    region {
      region = "eu-west-1"
    }
    region {
      region = "us-east-1"
    }
  }
}
""",
        "rediscloud_active_active_subscription.x",
        "us-east-1",
    ),
}

CLEAN = {
    "a Pinecone index in Ireland": (PINECONE % '"eu-west-1"', "pinecone_index.x"),
    "a Pinecone pod in Belgium": (
        'resource "pinecone_index" "x" {\n  spec = {\n    pod = {\n      environment = "eu-west1-gcp"\n    }\n  }\n}\n',
        "pinecone_index.x",
    ),
    "a Qdrant cluster in Frankfurt": (QDRANT % ("aws", "eu-central-1"), "qdrant-cloud_accounts_cluster.x"),
    "a Zilliz cluster in Frankfurt": (ZILLIZ % "gcp-europe-west3", "zillizcloud_cluster.x"),
    "an inference endpoint in Ireland": (HUGGING % "eu-west-1", "huggingface_endpoint.x"),
    "an Atlas cluster in Ireland": (ATLAS % ("AWS", "EU_WEST_1"), "mongodbatlas_advanced_cluster.x"),
    "an Atlas cluster in Belgium": (ATLAS % ("GCP", "WESTERN_EUROPE"), "mongodbatlas_advanced_cluster.x"),
    "a Supabase project in Stockholm": (database("supabase_project", 'region = "eu-north-1"'), "supabase_project.x"),
    "a Neon project in Frankfurt": (database("neon_project", 'region_id = "aws-eu-central-1"'), "neon_project.x"),
    "an Elastic deployment in the Netherlands": (
        database("ec_deployment", 'region = "azure-westeurope"'),
        "ec_deployment.x",
    ),
    "a Snowflake account in Frankfurt": (
        database("snowflake_account", 'region = "AWS_EU_CENTRAL_1"'),
        "snowflake_account.x",
    ),
}

UNDETERMINED = {
    "a geography that no table lists": (
        PROJECT % ("openai/openai", 'geography = "MOON"'),
        "openai_project.x",
        "MOON",
    ),
    "a region that nobody sets": (UNSET + PINECONE % "var.place", "pinecone_index.x", ""),
    "a region that no table lists": (ZILLIZ % "aws-eu-west-9", "zillizcloud_cluster.x", "aws-eu-west-9"),
    "a name of Atlas without a source": (
        ATLAS % ("AZURE", "SWEDEN_CENTRAL"),
        "mongodbatlas_advanced_cluster.x",
        "SWEDEN_CENTRAL",
    ),
    "a search service of Snowflake, which lies where its account lies": (
        'resource "snowflake_cortex_search_service" "x" {\n  name = "x"\n}\n',
        "snowflake_cortex_search_service.x",
        "",
    ),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    assert found(check(source, scope="all"), POLICY) == {(address, "outside", place)}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source, scope="all"), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    assert found(check(source, scope="all"), POLICY) == {(address, "undetermined", place)}


def test_accepted_europe_of_openai(check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source = PROJECT % ("openai/openai", 'residency = "EU_STORAGE_PROCESSING"')
    (finding,) = check(source).findings
    assert (finding.severity.value, finding.verdict.value) == ("low", "outside")
    assert 'accept = ["openai:europe"]' in finding.tip
    clean(check(source, accept=["openai:europe"]), "openai_project.x")


def test_retention_of_a_project(check: Callable[..., Outcome]) -> None:
    """A project of EU residency without a retention control still leaves logs of abuse monitoring."""
    retention = 'resource "openai_project_data_retention" "x" {\n  project_id = openai_project.x.id\n  type = "%s"\n}\n'
    source = PROJECT % ("openai/openai", 'residency = "EU_STORAGE_PROCESSING"')
    outcome = check(source + retention % "none", accept=["openai:europe"])
    assert [(f.address, f.verdict.value) for f in outcome.findings] == [
        ("openai_project_data_retention.x", "undetermined")
    ]
    assert check(source + retention % "zero_data_retention", accept=["openai:europe"]).findings == ()


def test_tools_of_third_parties(check: Callable[..., Outcome]) -> None:
    tools = "openai_project_hosted_tool_permissions"
    allowed = f'resource "{tools}" "x" {{\n  project_id = openai_project.x.id\n  mcp_enabled = %s\n}}\n'
    source = PROJECT % ("openai/openai", 'residency = "EU_STORAGE_PROCESSING"')
    outcome = check(source + allowed % "true", accept=["openai:europe"])
    assert [(f.address, f.policy) for f in outcome.findings] == [(f"{tools}.x", "inference-routing")]
    assert check(source + allowed % "false", accept=["openai:europe"]).findings == ()


@pytest.mark.parametrize(
    ("value", "verdict"),
    [('"ANY_REGION"', "outside"), ('"AWS_US"', "outside"), ('"AWS_EU"', "undetermined"), ('"DISABLED"', "")],
)
def test_inference_across_regions_of_snowflake(value: str, verdict: str, check: Callable[..., Outcome]) -> None:
    key = 'resource "snowflake_account_parameter" "x" {\n  key = "CORTEX_ENABLED_CROSS_REGION"\n  value = %s\n}\n'
    found = [f.verdict.value for f in check(key % value).findings if f.policy == "inference-routing"]
    assert found == ([verdict] if verdict else [])


def test_snowflake_account_that_says_nothing_of_inference(check: Callable[..., Outcome]) -> None:
    """The age of the organisation decides, and no code shows it."""
    outcome = check('resource "snowflake_current_account" "x" {\n  name = "x"\n}\n')
    assert ("inference-routing", "undetermined") in {(f.policy, f.verdict.value) for f in outcome.findings}


def test_other_parameters_of_snowflake_are_none(check: Callable[..., Outcome]) -> None:
    outcome = check('resource "snowflake_account_parameter" "x" {\n  key = "TIMEZONE"\n  value = "UTC"\n}\n')
    assert (outcome.judged, outcome.findings, outcome.graph.gaps) == ((), (), ())


def test_type_of_a_vendor_that_no_table_lists(check: Callable[..., Outcome]) -> None:
    (gap,) = check('resource "pinecone_inference_model" "x" {\n  name = "x"\n}\n').graph.gaps
    assert "belongs to an AI service" in gap.why
