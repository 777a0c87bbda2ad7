"""Google Cloud's catalogue: every row loads, is sourced and uses known words; the traps of the provider one by one."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from checker import catalogue, places
from checker.model import Purpose, Relation, Role
from checker.rows import Row
from providers.gcp import cloud

FOLDER = Path(cloud.__file__).parent
ROWS = catalogue.rows("gcp")
DECLARED = [row for row in ROWS.values() if not row.type.startswith("cai_")]  # the others are written as the API does
TABLES = {"machine-types", "accelerator-types", "autoscaling-limits"}
ENTRY = re.compile(r"@unknown|@(?:parent|declared|provider|default|fixed):[A-Za-z0-9_.]+|[a-z0-9_.]+")
ARGUMENT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)*")
find = partial(places.find, "gcp")


def paths(row: Row) -> list[str]:
    return [
        *(entry for entry in row.place if not entry.startswith("@")),
        *(entry.partition(":")[2] for entry in row.place if entry.startswith("@parent:")),
        *(path for further in row.further for path in further.paths),
        *(path for stated in row.references.values() for path in stated),
        *(path for condition in row.ai_when for path in condition.paths),
        *(path for template in row.names for path in re.findall(r"\{([^{}]+)\}", template)),
    ]


def test_no_type_is_listed_twice() -> None:
    types = Counter(
        row["type"]
        for file in (FOLDER / "catalogue").glob("*.json")
        for row in json.loads(file.read_text(encoding="utf-8"))["rows"]
    )
    assert [type for type, count in types.items() if count > 1] == []


def test_every_row_has_a_kind_a_source_and_a_date() -> None:
    dated = re.compile(r"20\d\d-\d\d-\d\d")
    assert [row.type for row in ROWS.values() if not (row.kind and row.source and dated.fullmatch(row.checked))] == []


def test_every_type_is_one_of_this_cloud() -> None:
    assert [t for t in ROWS if not t.removeprefix("data.").startswith(cloud.TYPE_PREFIXES)] == []


def test_every_word_for_a_place_is_known() -> None:
    assert {entry for row in DECLARED for entry in row.place if not ENTRY.fullmatch(entry)} == set()


def test_arguments_are_written_as_in_the_language() -> None:
    assert {path for row in DECLARED for path in paths(row) if not ARGUMENT.fullmatch(path)} == set()


def test_what_needs_no_statement_comes_last() -> None:
    last = ("@unknown", "@default", "@fixed")
    assert [row.type for row in ROWS.values() if any(entry.startswith(last) for entry in row.place[:-1])] == []


def test_the_region_of_the_provider_comes_before_its_zone() -> None:
    for row in ROWS.values():
        if {"@provider:region", "@provider:zone"} <= set(row.place):
            assert row.place.index("@provider:region") < row.place.index("@provider:zone"), row.type


def test_a_row_without_a_place_points_elsewhere_or_is_only_a_setting() -> None:
    lost = [row for row in ROWS.values() if not row.place and not row.references and row.roles]
    assert [row.type for row in lost if row.roles != (Role.GUARDRAIL,)] == []


def test_vocabularies_exist() -> None:
    known = {row.vocabulary for row in places.table("gcp").rows}
    used = {row.vocabulary for row in ROWS.values()} | {f.vocabulary for row in ROWS.values() for f in row.further}
    assert {name for name in used if "/" not in name} <= known
    assert {name for name in used if "/" in name} == {"aws/region", "azure/region"}


def test_defaults_and_fixed_places_are_listed() -> None:
    for row in ROWS.values():
        for entry in row.place:
            if entry.startswith(("@default:", "@fixed:")):
                assert find(row.vocabulary, entry.partition(":")[2]) or find("region", entry.partition(":")[2]), row


def test_conditions_ask_a_table_that_exists() -> None:
    assert {condition.table for row in ROWS.values() for condition in row.ai_when} == TABLES


def test_only_compute_becomes_an_accelerator() -> None:
    assert [row.type for row in ROWS.values() if row.ai_when and Role.COMPUTE not in row.roles] == []


def test_names_can_be_found_in_text() -> None:
    found = {
        key.partition(":")[0] for row in json.loads((FOLDER / "names.json").read_text())["rows"] for key in row["keys"]
    }
    named = {template.partition(":")[0] for row in ROWS.values() for template in row.names}
    assert found <= named


def test_derived_attributes_are_rules() -> None:
    rules = {rule for row in ROWS.values() for rule in row.derived.values()}
    assert rules == {"@provider:region", "@provider:zone", "@provider:project"}


@pytest.mark.parametrize(
    ("type", "place"),
    [
        ("google_vertex_ai_index", ("region", "zone", "@provider:region", "@provider:zone")),
        ("google_vertex_ai_endpoint", ("location", "region")),
        ("google_vertex_ai_persistent_resource", ("location", "@unknown")),
        ("google_vertex_ai_featurestore_entitytype", ("@parent:featurestore",)),
        ("google_compute_instance", ("zone", "@provider:zone")),
        ("google_container_cluster", ("location", "region", "zone", "@provider:region", "@provider:zone")),
        (
            "google_container_node_pool",
            ("@declared:cluster", "location", "region", "zone", "@provider:region", "@provider:zone"),
        ),
        ("google_filestore_instance", ("location", "zone", "@provider:zone")),
        ("google_dialogflow_agent", ("@fixed:global",)),
        ("google_dialogflow_environment", ("location", "@default:global")),
        ("google_bigquery_dataset", ("location", "@default:US")),
        ("google_bigquery_connection", ("location", "@unknown")),
        ("google_bigquery_table", ("@parent:dataset_id",)),
        ("google_storage_bucket", ("custom_placement_config.data_locations", "location")),
        ("google_storage_bucket_object", ("@parent:bucket",)),
        ("google_pubsub_topic", ("message_storage_policy.allowed_persistence_regions", "@unknown")),
        ("google_kms_crypto_key", ("@parent:key_ring",)),
        ("google_secret_manager_secret", ("replication.user_managed.replicas.location", "@default:automatic")),
        ("google_cloudbuild_trigger", ("location", "@default:global")),
        ("google_dataproc_cluster", ("cluster_config.gce_cluster_config.zone", "region", "@default:global")),
        ("google_bigtable_instance", ("cluster.zone", "@provider:zone")),
        ("google_spanner_instance_config", ("replicas.location",)),
        ("google_cloud_run_v2_service", ("multi_region_settings.regions", "location")),
    ],
)
def test_where_a_missing_location_comes_from(type: str, place: tuple[str, ...]) -> None:
    assert ROWS[type].place == place


@pytest.mark.parametrize(
    ("type", "vocabulary"),
    [
        ("google_storage_bucket", "storage"),
        ("google_bigquery_dataset", "bigquery"),
        ("google_firestore_database", "firestore"),
        ("google_spanner_instance", "spanner"),
        ("google_kms_key_ring", "kms"),
        ("google_artifact_registry_repository", "artifact-registry"),
        ("google_vertex_ai_reasoning_engine", "vertex"),
        ("google_discovery_engine_data_store", "discovery-engine"),
        ("google_document_ai_processor", "document-ai"),
        ("google_dialogflow_agent", "dialogflow-es"),
        ("google_dialogflow_cx_agent", "dialogflow-cx"),
        ("google_ces_app", "cx-agent-studio"),
        ("google_logging_project_bucket_config", "logging"),
        ("google_compute_snapshot", "storage"),
    ],
)
def test_which_words_a_product_uses(type: str, vocabulary: str) -> None:
    assert ROWS[type].vocabulary == vocabulary


@pytest.mark.parametrize(
    ("type", "purpose", "path"),
    [
        ("google_sql_database_instance", Purpose.BACKUP, "settings.backup_configuration.location"),
        ("google_bigquery_reservation", Purpose.REPLICA, "secondary_location"),
        ("google_alloydb_cluster", Purpose.BACKUP, "automated_backup_policy.location"),
        ("google_redis_instance", Purpose.REPLICA, "alternative_location_id"),
        ("google_apihub_api_hub_instance", Purpose.INFERENCE, "config.vertex_location"),
        ("google_netapp_backup_vault", Purpose.BACKUP, "backup_region"),
    ],
)
def test_copies_and_inference_have_places_of_their_own(type: str, purpose: Purpose, path: str) -> None:
    assert (purpose, (path,)) in [(further.purpose, further.paths) for further in ROWS[type].further]


def test_a_cluster_that_may_add_nodes_with_chips_carries_them() -> None:
    paths = {path for condition in ROWS["google_container_cluster"].ai_when for path in condition.paths}
    assert "cluster_autoscaling.resource_limits.resource_type" in paths


def test_compiled_tables_go_to_the_united_states_by_default() -> None:
    (further,) = ROWS["google_dataform_repository_release_config"].further
    assert (further.default, further.vocabulary) == ("US", "bigquery")


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("google_vertex_ai_index", Relation.READS_FROM, "metadata.contents_delta_uri"),
        ("google_vertex_ai_feature_group", Relation.READS_FROM, "big_query.big_query_source.input_uri"),
        ("google_vertex_ai_reasoning_engine", Relation.READS_FROM, "spec.package_spec.pickle_object_gcs_uri"),
        ("google_vertex_ai_endpoint", Relation.ENCRYPTED_BY, "encryption_spec.kms_key_name"),
        ("google_discovery_engine_search_engine", Relation.READS_FROM, "data_store_ids"),
        ("google_logging_project_sink", Relation.LOGS_TO, "destination"),
        ("google_pubsub_subscription", Relation.COPIES_TO, "bigquery_config.table"),
        ("google_sql_database_instance", Relation.PART_OF, "master_instance_name"),
        ("google_container_node_pool", Relation.PART_OF, "cluster"),
        (
            "google_cloud_run_v2_service",
            Relation.READS_FROM,
            "template.containers.env.value_source.secret_key_ref.secret",
        ),
        (
            "google_cloud_run_v2_job",
            Relation.READS_FROM,
            "template.template.containers.env.value_source.secret_key_ref.secret",
        ),
        (
            "google_cloud_run_service",
            Relation.READS_FROM,
            "template.spec.containers.env.value_from.secret_key_ref.name",
        ),
        ("google_cloudfunctions2_function", Relation.READS_FROM, "service_config.secret_environment_variables.secret"),
        ("google_compute_instance_group_manager", Relation.PART_OF, "version.instance_template"),
        ("google_storage_transfer_job", Relation.COPIES_TO, "transfer_spec.gcs_data_sink.bucket_name"),
    ],
)
def test_how_resources_hang_together(type: str, relation: Relation, path: str) -> None:
    assert path in ROWS[type].references[relation]


@pytest.mark.parametrize(
    "type",
    ["google_gemini_logging_setting", "google_model_armor_floorsetting", "google_discovery_engine_acl_config"],
)
def test_a_setting_without_content_is_no_workload(type: str) -> None:
    assert ROWS[type].roles == ()
    assert ROWS[type].place == ()


@pytest.mark.parametrize(
    ("type", "argument"),
    [("google_bigquery_dataset", "location"), ("google_vertex_ai_index", "region")],
)
def test_what_the_plan_leaves_null_is_not_derived(type: str, argument: str) -> None:
    assert argument not in ROWS[type].derived


def test_the_client_configuration_gives_what_the_provider_states() -> None:
    derived = ROWS["data.google_client_config"].derived
    assert derived == {"region": "@provider:region", "zone": "@provider:zone", "project": "@provider:project"}


def test_the_types_that_ai_stacks_use_most_are_there() -> None:
    kinds = "index index_endpoint endpoint featurestore feature_group reasoning_engine dataset rag_engine_config"
    assert {f"google_vertex_ai_{kind}" for kind in kinds.split()} <= ROWS.keys()
    assert sum(Role.AI in row.roles for row in ROWS.values()) >= 100
