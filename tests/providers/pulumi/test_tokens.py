"""Type tokens: their spellings, the tables that say what they are, and property names."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

import pytest

from checker import catalogue, known, registry
from providers.pulumi import body, tokens

TYPES = Path(tokens.__file__).parent / "types"
TABLES = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(TYPES.glob("*.json"))}
each_table = pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)


@pytest.mark.parametrize(
    ("written", "type"),
    [
        ("aws:bedrock/agentAgent:AgentAgent", "aws_bedrockagent_agent"),
        ("aws:bedrock:AgentAgent", "aws_bedrockagent_agent"),
        ("aws:s3:BucketV2", "aws_s3_bucket"),
        ("aws:s3:BucketObjectv2", "aws_s3_object"),
        ("aws:rds:Instance", "aws_db_instance"),
        ("gcp:vertex/aiEndpoint:AiEndpoint", "google_vertex_ai_endpoint"),
        ("gcp:diagflow:CxAgent", "google_dialogflow_cx_agent"),
        ("azure:cognitive:Deployment", "azurerm_cognitive_deployment"),
        ("aws-native:s3:Bucket", "awscc_s3_bucket"),
        ("aws-native:bedrock:KnowledgeBase", "awscc_bedrock_knowledge_base"),
        ("azure-native:search:Service", "azapi_resource"),
        ("azure-native:cognitiveservices/v20230501:Account", "azapi_resource"),
        ("kubernetes:apps/v1:Deployment", "kubernetes_manifest"),
        ("kubernetes:helm.sh/v3:Release", "helm_release"),
        ("docker:index/container:Container", "docker_container"),
        ("docker:Container", "docker_container"),
        ("pinecone:index/index:Index", "pinecone_index"),
        ("pinecone:PineconeIndex", "pinecone_index"),
        ("qdrant-cloud:AccountsCluster", "qdrant-cloud_accounts_cluster"),
        ("aws:bedrock:SomethingNew", "aws_bedrock_something_new"),
        ("pulumi:providers:aws", ""),
        ("pulumi:pulumi:StackReference", ""),
        ("no token", ""),
        ("aws:s3", "aws_s3"),
    ],
)
def test_what_a_token_is(written: str, type: str) -> None:
    assert tokens.type_of(written) == type


@pytest.mark.parametrize(
    ("written", "is_ai"),
    [
        ("aws:bedrock:SomethingNew", True),
        ("aws:bedrockmodel:SomethingNew", True),
        ("aws:sqs:SomethingNew", False),
        ("gcp:vertex:AiSomethingNew", True),
        ("gcp:vertex:SomethingNew", True),
        ("gcp:diagflow:SomethingNew", True),
        ("gcp:documentai:SomethingNew", True),
        ("gcp:networkservices:Gateway", False),
        ("azure:machinelearning:SomethingNew", True),
        ("azure:cognitive:SomethingNew", True),
        ("azure:network:SomethingNew", False),
        ("aws-native:bedrock:SomethingNew", True),
    ],
)
def test_a_token_that_no_table_lists_is_of_its_service(written: str, is_ai: bool) -> None:
    assert known.may_be_ai("managed", tokens.type_of(written)) is is_ai


@pytest.mark.parametrize("package", ["aws", "azure", "databricks", "gcp", "snowflake"])
def test_what_a_token_is_by_default_is_no_other_type_that_is_listed(
    package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = tokens._rows(package)
    types = {row["type"] for row in every.values()}
    right = 0
    for found, row in every.items():
        less = {one: other for one, other in every.items() if one != found}
        monkeypatch.setattr(tokens, "_rows", lambda package, less=less: less)
        by_default = tokens._by_default(found)
        assert by_default == row["type"] or by_default not in types
        right += by_default == row["type"]
    assert right > len(every) * 0.6


def test_a_type_that_another_token_is_listed_for_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = {tokens.Token("aws", "old", "Cluster"): {"type": "aws_kendra_index"}}
    monkeypatch.setattr(tokens, "_rows", lambda package: listed)
    assert tokens._by_default(tokens.Token("aws", "kendra", "Index")) == "aws_kendra_index (aws:kendra:Index)"


@each_table
def test_a_table_has_a_source_and_a_date(table: dict[str, Any]) -> None:
    assert len(table["source"]) > 20
    assert datetime.date.fromisoformat(table["checked"]) <= datetime.date(2026, 11, 28)


@each_table
def test_a_token_is_listed_once_and_as_tokens_are_written(table: dict[str, Any]) -> None:
    listed = [row["token"] for row in table["rows"]]
    assert len(set(listed)) == len(listed)
    for one in listed:
        package, module, name = one.split(":")
        assert package == table["package"]
        assert tokens.token(f"{package}:{module or 'index'}/x:{name}") == (package, module, name)


@each_table
def test_a_type_is_one_that_the_clouds_know(table: dict[str, Any]) -> None:
    for row in table["rows"]:
        if "type" in row:
            cloud = registry.cloud_of(row["type"])
            assert cloud is not None, row
            assert known.is_known("managed", row["type"]) or not cloud.is_ai(row["type"]), row


def test_a_path_of_azure_native_is_of_a_type_that_the_catalogue_has() -> None:
    rows = catalogue.rows("azure")
    unknown = []
    for row in TABLES["azure-native"]["rows"]:
        provider, *parts = row["path"].split("/")
        assert len(parts) % 2 == 0, row
        kind = "/".join((provider, *parts[::2])).lower()
        unknown += [row["path"]] if f"azapi:{kind}" not in rows else []
    assert len(unknown) < 5, unknown


def test_types_of_ai_services_have_a_token() -> None:
    listed = {row["type"] for name, table in TABLES.items() if name != "azure-native" for row in table["rows"]}
    lacking = {
        type
        for cloud, prefix in (("aws", "aws_bedrock"), ("aws", "aws_sagemaker"), ("gcp", "google_vertex_ai"))
        for type in catalogue.rows(cloud)
        if type.startswith(prefix) and ":" not in type and type not in listed
    }
    # Newer than the provider of Pulumi that the table was made from.
    assert all(type.startswith(("aws_bedrockagentcore_", "google_vertex_ai_agent_")) for type in lacking), lacking
    assert len(lacking) < 10


@pytest.mark.parametrize(
    ("name", "words", "word"),
    [
        ("s3Configuration", {"s3_configuration", "bucket_arn"}, "s3_configuration"),
        ("bucketArn", {"bucket_arn"}, "bucket_arn"),
        ("rules", {"rule"}, "rule"),
        ("policies", {"policy"}, "policy"),
        ("replicationConfigurations", {"replication_configuration"}, "replication_configuration"),
        ("addresses", {"address"}, "address"),
        ("kmsKeyId", {"other"}, "kms_key_id"),
        ("awslogs-group", {"awslogs-group"}, "awslogs-group"),
        ("environment", {"environment", "variables"}, "environment"),
    ],
)
def test_property_names(name: str, words: set[str], word: str) -> None:
    assert body.bridged(name, frozenset(words)) == word
