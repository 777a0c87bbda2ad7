"""Facts of Google Cloud that a table states in one row or one field, each by what it changes in a verdict."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from checker import catalogue, places
from checker.model import Place, Purpose, Relation, Role, Verdict
from checker.outcome import Outcome
from providers.gcp import cloud

Check = Callable[..., Outcome]
ROWS = catalogue.rows("gcp")
find = partial(places.find, "gcp")
PROVIDER = 'provider "google" {\n project = "acme"\n region = "europe-west4"\n}\n'


def placed(outcome: Outcome, address: str, purpose: Purpose = Purpose.LOCATION) -> list[Place]:
    resource = next(r for r in outcome.graph.resources.values() if r.address == address)
    return [place for place in resource.places if place.purpose is purpose]


def names(outcome: Outcome, address: str, purpose: Purpose = Purpose.LOCATION) -> list[str]:
    return [place.name for place in placed(outcome, address, purpose)]


# --- where a location comes from


@pytest.mark.parametrize(
    ("type", "default"),
    [
        ("google_bigquery_dataset", "US"),
        ("google_bigquery_job", "US"),
        ("google_bigquery_reservation", "US"),
        ("google_bigquery_data_transfer_config", "US"),
        ("google_dataproc_cluster", "global"),
        ("google_dataproc_job", "global"),
        ("google_dataproc_metastore_service", "global"),
        ("google_cloudbuild_trigger", "global"),
        ("google_dialogflow_environment", "global"),
    ],
)
def test_what_is_left_out_leaves_the_union_silently(type: str, default: str) -> None:
    assert ROWS[type].place[-1] == f"@default:{default}"


@pytest.mark.parametrize(
    "type",
    [
        "google_bigquery_connection",
        "google_dataproc_batch",
        "google_dataproc_session_template",
        "google_dataplex_aspect_type",
        "google_dataplex_entry_group",
        "google_database_migration_service_connection_profile",
        "google_workstations_workstation_cluster",
        "google_vertex_ai_persistent_resource",
    ],
)
def test_an_optional_location_without_fallback_is_unknown_when_left_out(type: str) -> None:
    assert ROWS[type].place == ("location", "@unknown")


@pytest.mark.parametrize(
    "type",
    ["google_vertex_ai_index", "google_workflows_workflow", "google_dataflow_job", "google_composer_environment"],
)
def test_the_provider_gives_the_region(type: str) -> None:
    assert "@provider:region" in ROWS[type].place


@pytest.mark.parametrize("type", ["google_compute_disk", "google_filestore_instance", "google_compute_node_group"])
def test_a_region_of_the_provider_never_yields_a_zone(type: str) -> None:
    assert "@provider:zone" in ROWS[type].place
    assert "@provider:region" not in ROWS[type].place


@pytest.mark.parametrize(
    "type", ["google_workbench_instance", "google_lustre_instance", "google_parallelstore_instance"]
)
def test_where_the_location_is_a_zone_its_region_counts(check: Check, type: str) -> None:
    source = f'resource "{type}" "x" {{\n location = "europe-west2-a"\n}}\n'
    outcome = check(source, scope="all")
    assert outcome.jurisdiction.judge(*placed(outcome, f"{type}.x")) is Verdict.OUTSIDE


def test_a_global_service_runs_in_the_regions_that_it_lists(check: Check) -> None:
    source = """
resource "google_cloud_run_v2_service" "x" {
  name     = "x"
  location = "global"
  multi_region_settings {
    regions = ["europe-west1", "europe-west2"]
  }
}
"""
    assert names(check(source, scope="all"), "google_cloud_run_v2_service.x") == ["europe-west1", "europe-west2"]


def test_dialogflow_es_has_no_place_but_the_global_one() -> None:
    for kind in ("agent", "intent", "entity_type", "fulfillment", "version"):
        assert ROWS[f"google_dialogflow_{kind}"].place == ("@fixed:global",)


def test_a_region_of_dialogflow_es_says_nothing_of_processing(check: Check) -> None:
    source = 'resource "google_dialogflow_environment" "x" {\n location = "europe-west1"\n}\n'
    outcome = check(source)
    (rest,) = placed(outcome, "google_dialogflow_environment.x")
    (use,) = placed(outcome, "google_dialogflow_environment.x", Purpose.INFERENCE)
    assert (outcome.jurisdiction.judge(rest), outcome.jurisdiction.judge(use)) == (
        Verdict.INSIDE,
        Verdict.UNDETERMINED,
    )


@pytest.mark.parametrize("type", ["google_container_aws_cluster", "google_container_azure_cluster"])
def test_a_cluster_on_another_cloud_lies_where_that_cloud_says(type: str) -> None:
    row = ROWS[type]
    assert row.place in (("aws_region",), ("azure_region",))
    assert [further.paths for further in row.further] == [("location",)]  # the Google side, which takes its logs


def test_a_region_of_aws_is_read_from_the_table_of_aws(check: Check) -> None:
    source = 'resource "google_container_aws_cluster" "x" {\n location = "europe-west1"\n aws_region = "eu-west-2"\n}\n'
    outcome = check(source, scope="all")
    (place,) = placed(outcome, "google_container_aws_cluster.x")
    assert (place.name, place.countries) == ("eu-west-2", frozenset({"GB"}))


@pytest.mark.parametrize(
    "type",
    ["google_container_attached_cluster", "google_edgecontainer_cluster", "google_gkeonprem_vmware_cluster"],
)
def test_what_runs_at_a_site_of_the_customer_is_undetermined(type: str) -> None:
    assert ROWS[type].place == ("@unknown",)


# --- where data goes besides

SNAPSHOTS = "config.recovery_config.scheduled_snapshots_config.snapshot_location"


@pytest.mark.parametrize(
    ("type", "purpose", "path"),
    [
        (
            "google_bigquery_analytics_hub_listing_subscription",
            Purpose.REPLICA,
            "destination_dataset.replica_locations",
        ),
        ("google_bigtable_table", Purpose.BACKUP, "automated_backup_policy.locations"),
        ("google_cloudfunctions2_function", Purpose.REPLICA, "event_trigger.trigger_region"),
        ("google_dataplex_datascan", Purpose.REPLICA, "data_discovery_spec.bigquery_publishing_config.location"),
        ("google_clouddeploy_target", Purpose.REPLICA, "run.location"),
        ("google_apigee_organization", Purpose.REPLICA, "analytics_region"),
        ("google_sql_database_instance", Purpose.REPLICA, "point_in_time_restore_context.region"),
        (
            "google_data_pipeline_pipeline",
            Purpose.REPLICA,
            "workload.dataflow_flex_template_request.launch_parameter.environment.worker_region",
        ),
        (
            "google_vertex_ai_reasoning_engine",
            Purpose.INFERENCE,
            "context_spec.memory_bank_config.generation_config.model",
        ),
        ("google_discovery_engine_chat_engine", Purpose.INFERENCE, "chat_engine_config.agent_creation_config.location"),
    ],
)
def test_further_places_are_read(type: str, purpose: Purpose, path: str) -> None:
    assert (purpose, path) in [(further.purpose, p) for further in ROWS[type].further for p in further.paths]


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("global", Verdict.OUTSIDE),
        ("us-central1", Verdict.OUTSIDE),
        ("eu", Verdict.INSIDE),
        ("europe-west4", Verdict.INSIDE),
    ],
)
def test_the_memory_of_an_agent_is_made_where_its_model_is(check: Check, location: str, expected: Verdict) -> None:
    source = f"""
resource "google_vertex_ai_reasoning_engine" "x" {{
  display_name = "x"
  region       = "europe-west4"
  context_spec {{
    memory_bank_config {{
      generation_config {{
        model = "projects/acme/locations/{location}/publishers/google/models/gemini-3-flash"
      }}
    }}
  }}
}}
"""
    outcome = check(source)
    (place,) = placed(outcome, "google_vertex_ai_reasoning_engine.x", Purpose.INFERENCE)
    assert outcome.jurisdiction.judge(place) is expected


def test_a_topic_may_send_its_messages_through_a_model(check: Check) -> None:
    source = """
resource "google_pubsub_topic" "x" {
  name = "x"
  message_transforms {
    ai_inference {
      endpoint = "projects/acme/locations/us-central1/publishers/google/models/gemini-3-flash"
    }
  }
}
"""
    outcome = check(source, scope="all")
    assert [place.name for place in placed(outcome, "google_pubsub_topic.x", Purpose.INFERENCE)] == ["us-central1"]


@pytest.mark.parametrize(
    ("type", "relation", "path"),
    [
        ("google_logging_billing_account_sink", Relation.LOGS_TO, "destination"),
        ("google_storage_notification", Relation.COPIES_TO, "topic"),
        ("google_biglake_hive_catalog", Relation.STORES_IN, "location_uri"),
        ("google_netapp_backup", Relation.STORES_IN, "vault_name"),
        ("google_managed_kafka_connect_cluster", Relation.READS_FROM, "kafka_cluster"),
        ("google_database_migration_service_migration_job", Relation.COPIES_TO, "destination"),
        ("google_dataplex_data_asset", Relation.READS_FROM, "resource"),
        ("google_composer_environment", Relation.COPIES_TO, SNAPSHOTS),
        ("google_healthcare_pipeline_job", Relation.STORES_IN, "mapping_pipeline_job.fhir_store_destination"),
        ("google_alloydb_cluster", Relation.READS_FROM, "restore_backup_source.backup_name"),
        ("google_kms_crypto_key_version", Relation.PART_OF, "crypto_key"),
    ],
)
def test_data_edges_of_further_types(type: str, relation: Relation, path: str) -> None:
    assert path in ROWS[type].references[relation]


# --- what words mean


def test_global_logs_may_lie_anywhere(check: Check) -> None:
    source = """
resource "google_logging_project_bucket_config" "x" {
  project   = "acme"
  location  = "global"
  bucket_id = "_Default"
}
"""
    outcome = check(source, scope="all")
    assert outcome.jurisdiction.judge(*placed(outcome, "google_logging_project_bucket_config.x")) is Verdict.OUTSIDE


def test_log_settings_say_where_new_buckets_lie() -> None:
    for holder in ("folder", "organization"):
        assert ROWS[f"google_logging_{holder}_settings"].place == ("storage_location", "@unknown")
        assert ROWS[f"google_observability_{holder}_settings"].place == ("default_storage_location", "@unknown")


def test_a_dual_region_is_its_two_regions(check: Check) -> None:
    source = """
resource "google_storage_bucket" "x" {
  name     = "x"
  location = "EU"
  custom_placement_config {
    data_locations = ["EUROPE-WEST4", "EUROPE-WEST2"]
  }
}
"""
    assert names(check(source, scope="all"), "google_storage_bucket.x") == ["EUROPE-WEST4", "EUROPE-WEST2"]


def test_a_spanner_configuration_of_ones_own_may_add_a_replica_elsewhere(check: Check) -> None:
    source = """
resource "google_spanner_instance_config" "x" {
  name        = "custom-eur6-us"
  base_config = "projects/acme/instanceConfigs/eur6"
  replicas {
    location = "us-east1"
  }
}
resource "google_spanner_instance" "x" {
  name   = "x"
  config = google_spanner_instance_config.x.name
}
"""
    outcome = check(source, scope="all")
    assert outcome.jurisdiction.judge(*placed(outcome, "google_spanner_instance_config.x")) is Verdict.OUTSIDE


def test_the_key_of_firestore_in_eur3_lies_in_europe() -> None:
    row = find("firestore", "eur3")
    assert row is not None
    assert "europe of Cloud KMS" in row.note


def test_an_app_engine_name_without_digit_is_no_proof() -> None:
    row = cloud.locate("europe-west", "app-engine", None, find)
    assert row is not None
    assert row.unverified


@pytest.mark.parametrize("vocabulary", ["vertex", "discovery-engine", "document-ai", "logging", "healthcare", "apigee"])
def test_a_promise_of_the_union_is_its_member_states(vocabulary: str) -> None:
    row = find(vocabulary, "eu")
    assert row is not None
    assert len(row.countries or ()) == 27
    assert not row.unverified


def test_a_bucket_behind_a_cdn_says_so() -> None:
    assert "cached at points of presence" in ROWS["google_compute_backend_bucket"].note


def test_parameters_without_a_region_are_global(check: Check) -> None:
    source = 'resource "google_parameter_manager_parameter" "x" {\n parameter_id = "x"\n}\n'
    outcome = check(source, scope="all")
    assert outcome.jurisdiction.judge(*placed(outcome, "google_parameter_manager_parameter.x")) is Verdict.UNDETERMINED


def test_secrets_and_parameters_are_keys() -> None:
    for kind in ("secret_manager_secret", "secret_manager_regional_secret", "parameter_manager_regional_parameter"):
        assert ROWS[f"google_{kind}"].roles == (Role.KEYS,)


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ("projects/acme/locations/europe-west4", Verdict.INSIDE),
        ("projects/acme/locations/us", Verdict.OUTSIDE),
        ("projects/acme", Verdict.UNDETERMINED),
    ],
)
def test_sensitive_data_protection_works_where_its_parent_says(check: Check, parent: str, expected: Verdict) -> None:
    source = f'resource "google_data_loss_prevention_job_trigger" "x" {{\n parent = "{parent}"\n}}\n'
    outcome = check(source, scope="all")
    found = placed(outcome, "google_data_loss_prevention_job_trigger.x")
    assert [outcome.jurisdiction.judge(place) for place in found] == [expected]


# --- chips


def nested(path: str, argument: str) -> str:
    """An argument inside the blocks of a dotted path."""
    for block in reversed(path.split(".")):
        argument = f"{block} {{\n{argument}\n}}"
    return argument


@pytest.mark.parametrize(
    ("type", "path", "argument"),
    [
        (
            "google_compute_region_instance_group_manager",
            "instance_flexibility_policy.instance_selections",
            'machine_types = ["a3-highgpu-1g"]',
        ),
        ("google_cloud_run_v2_service", "template.node_selector", 'accelerator = "nvidia-l4"'),
        ("google_container_node_pool", "node_config", 'machine_type = "ct6e-standard-4t"'),
        (
            "google_dataproc_workflow_template",
            "placement.managed_cluster.config.worker_config.accelerators",
            'accelerator_type = "nvidia-tesla-t4"',
        ),
        ("google_compute_future_reservation", "specific_sku_properties.instance_properties", 'machine_type = "a4x-x"'),
        ("google_workstations_workstation_config", "host.gce_instance.accelerators", 'type = "nvidia-tesla-p100"'),
    ],
)
def test_compute_with_chips_is_a_workload(check: Check, type: str, path: str, argument: str) -> None:
    outcome = check(f'{PROVIDER}resource "{type}" "x" {{\n location = "europe-west4"\n{nested(path, argument)}\n}}\n')
    found = next(r for r in outcome.graph.resources.values() if r.address == f"{type}.x")
    assert Role.ACCELERATOR in found.roles
