"""The types of the Cloud Control provider: named after CloudFormation, placed by their provider, joined like others."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from checker import catalogue, jurisdictions
from checker.model import Graph, Purpose, Relation, Resource, Verdict
from checker.outcome import Outcome
from providers.aws import cloud

# A few types of the provider have no CloudFormation type of the same words any more.
ROWS = {
    type: row
    for type, row in catalogue.rows("aws").items()
    if type.startswith("awscc_") and "cloudformation" in row.aliases
}
EU = jurisdictions.parse("eu")
Check = Callable[..., Outcome]
PROVIDER = 'provider "awscc" {\n  region = "eu-central-1"\n}\n'
ABROAD = 'provider "awscc" {\n  alias  = "us"\n  region = "us-east-1"\n}\n'


def resource(graph: Graph, address: str) -> Resource:
    return next(found for found in graph.resources.values() if found.address == address)


def reaches(graph: Graph, workload: str, target: str) -> bool:
    return resource(graph, workload).key in graph.joined.get(resource(graph, target).key, {})


def snake(word: str) -> str:
    """Return a CloudFormation word as the provider writes it: cut where the case changes, and around digits."""
    for together in ("CloudFormation", "CloudFront", "CloudWatch", "CNAMEs", "FSx", "OTel"):
        word = word.replace(together, together.capitalize())
    cut = re.sub(r"(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z0-9])|(?<=[0-9])(?=[A-Za-z])", "_", word)
    return cut.lower()


@pytest.mark.parametrize(
    ("property", "attribute"),
    [
        ("CustomerEncryptionKeyArn", "customer_encryption_key_arn"),
        ("KMSMasterKeyID", "kms_master_key_id"),
        ("S3BucketName", "s3_bucket_name"),
        ("OAuth2CredentialProvider", "o_auth_2_credential_provider"),
        ("CloudWatchLogsLogGroupArn", "cloudwatch_logs_log_group_arn"),
        ("AWSKMSKeyARN", "awskms_key_arn"),
    ],
)
def test_how_the_provider_writes_a_word(property: str, attribute: str) -> None:
    assert snake(property) == attribute


def test_a_type_is_its_cloudformation_name() -> None:
    assert ROWS
    for type, row in ROWS.items():
        _, service, name = row.aliases["cloudformation"].split("::")
        assert type.partition(":")[0] == f"awscc_{service.lower()}_{snake(name)}"


def test_no_row_reads_an_argument_region() -> None:
    assert [type for type, row in ROWS.items() if "region" in row.place] == []
    assert {row.place[-1] for row in ROWS.values() if row.place} == {"@provider:region", "@default:us"}


def test_types_of_both_providers_agree() -> None:
    both = {row.aliases.get("cloudformation"): row for type, row in catalogue.rows("aws").items() if type[:4] == "aws_"}
    differ = {
        type
        for type, row in ROWS.items()
        if (other := both.get(row.aliases["cloudformation"]))
        and (set(other.roles) != set(row.roles) or bool(other.place) != bool(row.place))
    }
    # CloudFormation's global table is the table itself, with its first region; a policy holds no content.
    assert differ == {
        "awscc_dynamodb_global_table",
        "awscc_bedrockagentcore_resource_policy",
        "awscc_datasync_location_s3",
    }


STACK = """
resource "awscc_kms_key" "k" {
  key_policy = "{}"
}
resource "awscc_s3_bucket" "docs" {
  bucket_name = "acme-docs"
  bucket_encryption = {
    server_side_encryption_configuration = [{
      server_side_encryption_by_default = { sse_algorithm = "aws:kms", kms_master_key_id = awscc_kms_key.k.arn }
    }]
  }
}
resource "awscc_s3vectors_vector_bucket" "v" {
  vector_bucket_name = "acme-vectors"
}
resource "awscc_s3vectors_index" "v" {
  vector_bucket_name = awscc_s3vectors_vector_bucket.v.vector_bucket_name
  index_name         = "docs"
}
resource "awscc_bedrock_knowledge_base" "kb" {
  name = "kb"
  knowledge_base_configuration = {
    type = "VECTOR"
    vector_knowledge_base_configuration = {
      embedding_model_arn = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0"
    }
  }
  storage_configuration = {
    type                     = "S3_VECTORS"
    s3_vectors_configuration = { index_arn = awscc_s3vectors_index.v.index_arn }
  }
}
resource "awscc_bedrock_data_source" "ds" {
  knowledge_base_id         = awscc_bedrock_knowledge_base.kb.id
  data_source_configuration = { type = "S3", s3_configuration = { bucket_arn = "arn:aws:s3:::acme-docs" } }
}
resource "awscc_bedrock_agent" "a" {
  agent_name       = "a"
  foundation_model = "anthropic.claude-3-5-sonnet-20240620-v1:0"
  knowledge_bases  = [{ knowledge_base_id = awscc_bedrock_knowledge_base.kb.id, description = "docs" }]
}
resource "awscc_bedrock_agent_alias" "a" {
  agent_id         = awscc_bedrock_agent.a.agent_id
  agent_alias_name = "live"
}
"""


def test_a_stack_in_the_eu_is_inside(check: Check) -> None:
    graph = check(PROVIDER + STACK).graph
    assert graph.gaps == ()
    assert {found.address: found.verdict(EU) for found in graph.resources.values()} == dict.fromkeys(
        (
            "awscc_kms_key.k",
            "awscc_s3_bucket.docs",
            "awscc_s3vectors_vector_bucket.v",
            "awscc_s3vectors_index.v",
            "awscc_bedrock_knowledge_base.kb",
            "awscc_bedrock_data_source.ds",
            "awscc_bedrock_agent.a",
            "awscc_bedrock_agent_alias.a",
        ),
        Verdict.INSIDE,
    )


@pytest.mark.parametrize("workload", ["awscc_bedrock_agent.a", "awscc_bedrock_agent_alias.a"])
@pytest.mark.parametrize("target", ["awscc_s3_bucket.docs", "awscc_kms_key.k", "awscc_s3vectors_vector_bucket.v"])
def test_an_agent_reaches_what_holds_its_data(check: Check, workload: str, target: str) -> None:
    assert reaches(check(PROVIDER + STACK).graph, workload, target)


def test_another_region_of_the_provider_is_another_place(check: Check) -> None:
    bucket = 'resource "awscc_s3_bucket" "docs" {'
    graph = check(PROVIDER + ABROAD + STACK.replace(bucket, bucket + "\n  provider = awscc.us")).graph
    assert resource(graph, "awscc_s3_bucket.docs").verdict(EU) is Verdict.OUTSIDE
    assert resource(graph, "awscc_bedrock_agent.a").verdict(EU) is Verdict.INSIDE


@pytest.mark.parametrize(
    ("profile", "verdict"),
    [
        ("us.anthropic.claude-3-7-sonnet-20250219-v1:0", Verdict.OUTSIDE),
        ("global.anthropic.claude-sonnet-4-20250514-v1:0", Verdict.OUTSIDE),
        ("eu.anthropic.claude-3-7-sonnet-20250219-v1:0", Verdict.INSIDE),
    ],
)
def test_a_profile_decides_where_an_agent_infers(check: Check, profile: str, verdict: Verdict) -> None:
    graph = check(
        PROVIDER
        + f"""
resource "awscc_bedrock_application_inference_profile" "p" {{
  inference_profile_name = "p"
  model_source           = {{ copy_from = "arn:aws:bedrock:eu-central-1:111122223333:inference-profile/{profile}" }}
}}
resource "awscc_bedrock_agent" "direct" {{
  agent_name       = "d"
  foundation_model = "{profile}"
}}
resource "awscc_bedrock_agent" "through" {{
  agent_name       = "t"
  foundation_model = awscc_bedrock_application_inference_profile.p.inference_profile_arn
}}
"""
    ).graph
    assert {found.verdict(EU) for found in graph.resources.values()} == {verdict}
    assert any(p.purpose is Purpose.INFERENCE for p in resource(graph, "awscc_bedrock_agent.through").places)


@pytest.mark.parametrize(
    "copy",
    [
        'resource "awscc_dynamodb_global_table" "c" {\n  replicas = [{ region = "us-east-1" }]\n}',
        'resource "awscc_secretsmanager_secret" "c" {\n  replica_regions = [{ region = "us-east-1" }]\n}',
        'resource "awscc_redshift_cluster" "c" {\n  destination_region = "us-east-1"\n}',
        'resource "awscc_rds_db_instance" "c" {\n  automatic_backup_replication_region = "us-east-1"\n}',
    ],
)
def test_a_copy_abroad_is_a_place(check: Check, copy: str) -> None:
    graph = check(PROVIDER + copy, scope="all").graph
    (found,) = graph.resources.values()
    assert [place.name for place in found.places if EU.judge(place) is Verdict.OUTSIDE] == ["us-east-1"]


def test_the_destination_of_a_bucket_is_followed(check: Check) -> None:
    copying = """  bucket_name = "acme-docs"
  replication_configuration = {
    role  = "arn:aws:iam::111122223333:role/r"
    rules = [{ status = "Enabled", destination = { bucket = awscc_s3_bucket.copy.arn } }]
  }"""
    copy = 'resource "awscc_s3_bucket" "copy" {\n  provider = awscc.us\n}\n'
    graph = check(PROVIDER + ABROAD + copy + STACK.replace('  bucket_name = "acme-docs"', copying)).graph
    assert reaches(graph, "awscc_bedrock_agent.a", "awscc_s3_bucket.copy")
    assert resource(graph, "awscc_s3_bucket.docs").verdict(EU) is Verdict.OUTSIDE


def test_a_workspace_of_the_claude_platform_is_not_in_the_region_of_its_stack(check: Check) -> None:
    graph = check(PROVIDER + 'resource "awscc_awsexternalanthropic_workspace" "w" {\n  name = "w"\n}\n').graph
    assert resource(graph, "awscc_awsexternalanthropic_workspace.w").verdict(EU) is Verdict.OUTSIDE


@pytest.mark.parametrize(
    ("type", "argument", "text"),
    [
        ("awscc_s3_bucket", "bucket_name", "s3://x1/train"),
        ("awscc_dynamodb_table", "table_name", "arn:aws:dynamodb:eu-west-1:1:table/x1"),
        ("awscc_ecr_repository", "repository_name", "1.dkr.ecr.eu-west-1.amazonaws.com/x1:latest"),
        ("awscc_logs_log_group", "log_group_name", "arn:aws:logs:eu-west-1:1:log-group:x1:*"),
        ("awscc_opensearchservice_domain", "domain_name", "arn:aws:es:eu-west-1:1:domain/x1"),
        ("awscc_rds_db_cluster", "db_cluster_identifier", "arn:aws:rds:eu-west-1:1:cluster:x1"),
        ("awscc_s3vectors_vector_bucket", "vector_bucket_name", "arn:aws:s3vectors:eu-west-1:1:bucket/x1"),
    ],
)
def test_text_leads_to_the_resource_it_names(type: str, argument: str, text: str) -> None:
    assert set(cloud.names_in(text)) & {name.replace(f"{{{argument}}}", "x1") for name in ROWS[type].names}


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("awscc_bedrock_agent", Relation.READS_FROM, "knowledge_bases.knowledge_base_id"),
        (
            "awscc_bedrock_knowledge_base",
            Relation.STORES_IN,
            "storage_configuration.opensearch_serverless_configuration.collection_arn",
        ),
        (
            "awscc_bedrock_knowledge_base",
            Relation.STORES_IN,
            "storage_configuration.neptune_analytics_configuration.graph_arn",
        ),
        ("awscc_kendra_data_source", Relation.READS_FROM, "data_source_configuration.s3_configuration.bucket_name"),
        ("awscc_sagemaker_model", Relation.RUNS_ON, "primary_container.image"),
        ("awscc_sagemaker_endpoint", Relation.INFERS_THROUGH, "endpoint_config_name"),
        ("awscc_kms_replica_key", Relation.PART_OF, "primary_key_arn"),
        (
            "awscc_s3tables_table_bucket",
            Relation.COPIES_TO,
            "replication_configuration.rules.destinations.destination_table_bucket_arn",
        ),
    ],
)
def test_what_joins_resources(type: str, relation: Relation, path: str) -> None:
    assert path in ROWS[type].references[relation]
