"""AWS's catalogue: every row loads, is sourced, and uses words that the other tables know."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from checker import catalogue, places
from checker.model import Place, Purpose, Relation, Role
from checker.rows import Row
from providers.aws import cloud

FOLDER = Path(cloud.__file__).parent
FILES = sorted((FOLDER / "catalogue").glob("*.json"))
ROWS = catalogue.rows("aws")
find = partial(places.find, "aws")
PLACE = re.compile(r"@unknown|@provider:region|@declared:[a-z0-9_.]+|@default:[a-z]+|[a-z_.]+")
RULES = {"bedrock-model", "other-platform-model", "denied-region", "control-parameter", "agentcore-evaluator"}
# Arguments that hold JSON text or a map, which has the names of the service's own API.
JSON = re.compile(
    r"((container|node|ecs)_properties|regional_parameters\.parameters|content"
    r"|log_publishing_options|container_definitions?|log_configuration)\.[A-Za-z0-9.:_-]+$"
)


def paths(row: Row) -> list[str]:
    return [
        *(entry for entry in row.place if not entry.startswith("@")),
        *(path for further in row.further for path in further.paths),
        *(path for stated in row.references.values() for path in stated),
        *(path for condition in row.ai_when for path in condition.paths),
        *(path for name in row.names for path in re.findall(r"\{(.*?)\}", name)),
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_table_is_one_row_a_line(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n{") == len(json.loads(text)["rows"])


def test_no_type_is_listed_twice() -> None:
    types = Counter(row["type"] for file in FILES for row in json.loads(file.read_text(encoding="utf-8"))["rows"])
    assert [type for type, count in types.items() if count > 1] == []


def test_rows_are_sourced() -> None:
    dated = re.compile(r"20\d\d-\d\d-\d\d")
    assert [row.type for row in ROWS.values() if not (row.kind and row.source and dated.fullmatch(row.checked))] == []


def test_paths_are_arguments() -> None:
    assert [
        (row.type, path)
        for row in ROWS.values()
        for path in paths(row)
        if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", path) and not JSON.match(path)
    ] == []


def test_no_path_is_stated_twice_for_a_relation() -> None:
    stated = [
        (row.type, relation, path) for row in ROWS.values() for relation, all in row.references.items() for path in all
    ]
    assert [entry for entry, count in Counter(stated).items() if count > 1] == []


def test_places_are_rules() -> None:
    assert {entry for row in ROWS.values() for entry in row.place if not PLACE.fullmatch(entry)} == set()
    last = ("@provider", "@unknown")
    assert [row.type for row in ROWS.values() if any(entry.startswith(last) for entry in row.place[:-1])] == []


def test_what_holds_content_has_a_place() -> None:
    placed = {Role.AI, Role.STORAGE, Role.COMPUTE, Role.ACCELERATOR}
    kept_elsewhere = {"aws_dynamodb_table_export", "aws_rds_export_task"}  # their content is in the bucket they name
    links = {"aws_fsx_data_repository_association", "aws_lakeformation_resource"}
    links |= {"awscc_fsx_data_repository_association", "awscc_lakeformation_resource"}
    unplaced = {row.type for row in ROWS.values() if set(row.roles) & placed and not row.place}
    assert unplaced == kept_elsewhere | links


def test_what_has_no_place_belongs_to_something() -> None:
    alone = {
        row.type
        for row in ROWS.values()
        if not row.place and not row.references and not row.further and not row.type.startswith("data.")
    }
    assert alone == {
        "aws_memorydb_multi_region_cluster",  # its members name it
        "awscc_memorydb_multi_region_cluster",
    }


def test_vocabularies_exist() -> None:
    used = {row.vocabulary for row in ROWS.values()} | {
        more.vocabulary for row in ROWS.values() for more in row.further
    }
    assert used <= {place.vocabulary for place in places.table("aws").rows} | RULES


def test_accelerator_tables_exist() -> None:
    tables = {row["table"] for row in json.loads((FOLDER / "instance_types.json").read_text(encoding="utf-8"))["rows"]}
    assert {condition.table for row in ROWS.values() for condition in row.ai_when} == tables


def test_documented_defaults_never_pass() -> None:
    home = Place("eu-central-1", Purpose.LOCATION, frozenset({"DE"}))
    defaults = [(more.default, more.vocabulary) for row in ROWS.values() for more in row.further if more.default]
    assert defaults
    for default, vocabulary in defaults:
        found = cloud.locate(default, vocabulary, home, find)
        assert found is not None
        assert found.unverified or found.countries == ("*",)


def test_ai_services_are_known_by_their_names_too() -> None:
    mixed = {
        "aws_chimesdkvoice_voice_profile_domain",
        "aws_connect_bot_association",
        "aws_quicksight_account_subscription",
    }
    assert {type for type, row in ROWS.items() if Role.AI in row.roles and not cloud.is_ai(type)} == mixed


def test_names_are_keys_that_arns_give() -> None:
    keys = {row["key"] for row in json.loads((FOLDER / "arns.json").read_text(encoding="utf-8"))["rows"]}
    assert {name.partition(":")[0] for row in ROWS.values() for name in row.names} <= keys


@pytest.mark.parametrize(
    ("type", "argument", "arn"),
    [
        ("aws_s3_bucket", "bucket", "arn:aws:s3:::x1"),
        ("aws_dynamodb_table", "name", "arn:aws:dynamodb:eu-west-1:1:table/x1"),
        ("aws_ecr_repository", "name", "1.dkr.ecr.eu-west-1.amazonaws.com/x1:latest"),
        ("aws_cloudwatch_log_group", "name", "arn:aws:logs:eu-west-1:1:log-group:x1:*"),
        ("aws_kinesis_stream", "name", "arn:aws:kinesis:eu-west-1:1:stream/x1"),
        ("aws_opensearch_domain", "domain_name", "arn:aws:es:eu-west-1:1:domain/x1"),
        ("aws_rds_cluster", "cluster_identifier", "arn:aws:rds:eu-west-1:1:cluster:x1"),
        ("aws_backup_vault", "name", "arn:aws:backup:eu-west-1:1:backup-vault:x1"),
        ("aws_s3vectors_vector_bucket", "vector_bucket_name", "arn:aws:s3vectors:eu-west-1:1:bucket/x1"),
        ("aws_secretsmanager_secret", "name", "arn:aws:secretsmanager:eu-west-1:1:secret:x1-AbCdEf"),
    ],
)
def test_an_arn_leads_to_the_resource_it_names(type: str, argument: str, arn: str) -> None:
    assert set(cloud.names_in(arn)) & {name.replace(f"{{{argument}}}", "x1") for name in ROWS[type].names}


@pytest.mark.parametrize(
    ("type", "place"),
    [
        ("aws_bedrockagent_agent", ("region", "@provider:region")),
        ("aws_s3_bucket", ("region", "@provider:region")),
        ("aws_lexv2models_bot_version", ("@provider:region",)),  # the provider gives it no argument region
        ("aws_instance", ("availability_zone", "@declared:subnet_id", "region", "@provider:region")),
        (
            "aws_autoscaling_group",
            ("availability_zones", "@declared:vpc_zone_identifier", "region", "@provider:region"),
        ),
        ("aws_eks_node_group", ("@declared:subnet_ids", "region", "@provider:region")),
        ("aws_subnet", ("availability_zone", "availability_zone_id", "region", "@provider:region")),
        ("data.aws_kms_key", ("@declared:key_id", "region", "@provider:region")),
        ("aws_ebs_volume", ("availability_zone", "region", "@provider:region")),
        ("aws_s3_directory_bucket", ("location.name", "region", "@provider:region")),
        ("aws_s3_bucket_replication_configuration", ()),
        ("data.aws_s3_bucket", ("region", "@unknown")),
    ],
)
def test_where_a_place_is_read(type: str, place: tuple[str, ...]) -> None:
    assert ROWS[type].place == place


@pytest.mark.parametrize(
    ("type", "path"),
    [
        ("aws_bedrockagent_agent", "foundation_model"),
        ("aws_bedrockagent_prompt", "variant.model_id"),
        ("aws_bedrock_inference_profile", "model_source.copy_from"),
        ("aws_bedrock_guardrail", "cross_region_config.guardrail_profile_identifier"),
        (
            "aws_bedrockagent_knowledge_base",
            "knowledge_base_configuration.vector_knowledge_base_configuration.embedding_model_arn",
        ),
        ("aws_lexv2models_intent", "qna_intent_configuration.bedrock_model_configuration.model_arn"),
        ("data.aws_bedrock_inference_profile", "inference_profile_id"),
    ],
)
def test_where_a_model_is_named(type: str, path: str) -> None:
    rules = [more for more in ROWS[type].further if more.purpose is Purpose.INFERENCE]
    assert any(path in more.paths and more.vocabulary == "bedrock-model" for more in rules)


@pytest.mark.parametrize(
    ("type", "path"),
    [
        ("aws_dynamodb_table", "replica.region_name"),
        ("aws_secretsmanager_secret", "replica.region"),
        ("aws_ecr_replication_configuration", "replication_configuration.rule.destination.region"),
        ("aws_efs_replication_configuration", "destination.region"),
        ("aws_redshift_snapshot_copy", "destination_region"),
        ("aws_db_snapshot_copy", "destination_region"),
        ("aws_keyspaces_keyspace", "replication_specification.region_list"),
    ],
)
def test_where_copies_go(type: str, path: str) -> None:
    rules = [more for more in ROWS[type].further if more.purpose in (Purpose.REPLICA, Purpose.BACKUP)]
    assert any(path in more.paths for more in rules)


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("aws_s3_bucket_replication_configuration", Relation.COPIES_TO, "rule.destination.bucket"),
        ("aws_s3_bucket_replication_configuration", Relation.PART_OF, "bucket"),
        ("aws_bedrockagent_data_source", Relation.PART_OF, "knowledge_base_id"),
        ("aws_bedrockagent_data_source", Relation.READS_FROM, "data_source_configuration.s3_configuration.bucket_arn"),
        ("aws_bedrockagent_agent_knowledge_base_association", Relation.PART_OF, "agent_id"),
        ("aws_bedrockagent_agent_knowledge_base_association", Relation.READS_FROM, "knowledge_base_id"),
        (
            "aws_bedrock_model_invocation_logging_configuration",
            Relation.LOGS_TO,
            "logging_config.s3_config.bucket_name",
        ),
        ("aws_sagemaker_endpoint", Relation.INFERS_THROUGH, "endpoint_config_name"),
        ("aws_sagemaker_model", Relation.RUNS_ON, "primary_container.image"),
        ("aws_sagemaker_model", Relation.READS_FROM, "primary_container.model_data_url"),
        ("aws_sagemaker_endpoint_configuration", Relation.STORES_IN, "data_capture_config.destination_s3_uri"),
        ("aws_rds_cluster", Relation.PART_OF, "global_cluster_identifier"),
        ("aws_kms_replica_key", Relation.PART_OF, "primary_key_arn"),
        ("aws_backup_plan", Relation.COPIES_TO, "rule.copy_action.destination_vault_arn"),
        ("aws_eks_node_group", Relation.PART_OF, "cluster_name"),
        ("aws_bedrockagent_agent_collaborator", Relation.INFERS_THROUGH, "agent_descriptor.alias_arn"),
        (
            "aws_bedrockagent_flow",
            Relation.INFERS_THROUGH,
            "definition.node.configuration.prompt.source_configuration.resource.prompt_arn",
        ),
        ("aws_bedrockagent_flow", Relation.INFERS_THROUGH, "definition.node.configuration.agent.agent_alias_arn"),
        ("aws_bedrockagent_flow", Relation.INFERS_THROUGH, "definition.node.configuration.lex.bot_alias_arn"),
        ("aws_bedrockagent_flow", Relation.RUNS_ON, "definition.node.configuration.lambda_function.lambda_arn"),
        (
            "aws_bedrockagent_flow",
            Relation.READS_FROM,
            "definition.node.configuration.knowledge_base.knowledge_base_id",
        ),
        (
            "aws_bedrockagent_knowledge_base",
            Relation.STORES_IN,
            "storage_configuration.mongo_db_atlas_configuration.endpoint",
        ),
        (
            "aws_bedrockagent_knowledge_base",
            Relation.READS_FROM,
            "storage_configuration.rds_configuration.credentials_secret_arn",
        ),
        ("aws_batch_job_definition", Relation.RUNS_ON, "container_properties.image"),
        (
            "awscc_datazone_environment_blueprint_configuration",
            Relation.STORES_IN,
            "regional_parameters.parameters.S3Location",
        ),
    ],
)
def test_what_joins_resources(type: str, relation: Relation, path: str) -> None:
    assert path in ROWS[type].references[relation]


def test_the_region_that_is_looked_up_is_the_providers() -> None:
    derived = ROWS["data.aws_region"].derived
    assert derived["region"] == "@provider:region"
    assert {derived["name"], derived["id"]} <= {"name", "region"}


@pytest.mark.parametrize(
    ("type", "table", "path"),
    [
        ("aws_launch_template", "accelerator-names", "instance_requirements.accelerator_names"),
        ("aws_launch_template", "accelerator-manufacturers", "instance_requirements.accelerator_manufacturers"),
        (
            "aws_autoscaling_group",
            "accelerator-names",
            "mixed_instances_policy.launch_template.override.instance_requirements.accelerator_names",
        ),
        ("aws_batch_job_definition", "container-resources", "container_properties.resourceRequirements.type"),
        ("aws_ecs_task_definition", "container-resources", "container_definitions.resourceRequirements.type"),
    ],
)
def test_where_chips_are_asked_for(type: str, table: str, path: str) -> None:
    assert any(condition.table == table and path in condition.paths for condition in ROWS[type].ai_when)


def test_the_alias_of_a_key_that_is_looked_up_is_in_the_region_asked() -> None:
    assert ROWS["data.aws_kms_alias"].place == ("region", "@provider:region")
    assert ROWS["data.aws_kms_alias"].roles == (Role.KEYS,)


def test_compute_becomes_a_workload_by_its_chips_only() -> None:
    for row in ROWS.values():
        assert not (row.ai_when and Role.AI in row.roles), row.type
