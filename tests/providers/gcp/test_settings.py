"""Where Google Cloud's types keep settings, and that they are heard there."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue
from checker.model import Relation, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("gcp")

# Compute that runs what somebody gives it, without an argument for settings: its type says no more.
SILENT = set(
    """
    google_app_engine_application google_apigee_instance google_bigquery_reservation google_cloudbuild_worker_pool
    google_compute_bulk_per_instance_config google_compute_future_reservation google_compute_node_group
    google_compute_node_template google_compute_region_resize_request google_compute_reservation
    google_compute_resize_request google_container_attached_cluster google_container_aws_cluster
    google_container_aws_node_pool google_container_azure_cluster google_container_azure_node_pool
    google_data_loss_prevention_discovery_config google_data_loss_prevention_job_trigger google_dataform_repository
    google_dataform_repository_workflow_config google_dataplex_datascan google_dataproc_gdc_service_instance
    google_edgecontainer_cluster google_edgecontainer_node_pool google_firebase_app_hosting_backend
    google_firebase_app_hosting_build google_gkeonprem_bare_metal_admin_cluster google_gkeonprem_bare_metal_cluster
    google_gkeonprem_bare_metal_node_pool google_gkeonprem_vmware_admin_cluster google_gkeonprem_vmware_cluster
    google_gkeonprem_vmware_node_pool google_integrations_client google_looker_instance
    google_managed_kafka_connect_cluster google_pubsub_lite_reservation google_transcoder_job
    google_transcoder_job_template google_vmwareengine_cluster google_vmwareengine_private_cloud
    google_workstations_workstation_cluster
    """.split()
)


def test_compute_has_settings_unless_it_has_no_argument_for_them() -> None:
    without = {
        row.type for row in ROWS.values() if Role.COMPUTE in row.roles and not row.settings and "cai_" not in row.type
    }
    assert without == SILENT


@pytest.mark.parametrize(
    ("type", "shape", "path"),
    [
        ("google_cloud_run_service", "pairs", "template.spec.containers.env"),
        ("google_cloud_run_v2_service", "pairs", "template.containers.env"),
        ("google_cloud_run_v2_job", "pairs", "template.template.containers.env"),
        ("google_cloud_run_v2_worker_pool", "pairs", "template.containers.env"),
        ("google_cloudfunctions2_function", "map", "service_config.environment_variables"),
        ("google_cloudfunctions2_function", "pairs", "service_config.secret_environment_variables"),
        ("google_cloudfunctions_function", "map", "environment_variables"),
        ("google_app_engine_standard_app_version", "map", "env_variables"),
        ("google_app_engine_flexible_app_version", "map", "env_variables"),
        ("google_compute_instance", "map", "metadata"),
        ("google_compute_instance", "text", "metadata_startup_script"),
        ("google_compute_instance_template", "text", "metadata_startup_script"),
        ("google_compute_project_metadata", "map", "metadata"),
        ("google_workflows_workflow", "text", "source_contents"),
        ("google_workflows_workflow", "map", "user_env_vars"),
        ("google_composer_environment", "map", "config.software_config.env_variables"),
        ("google_composer_user_workloads_secret", "map", "data"),
        ("google_secret_manager_secret", "named", "secret_id"),
        ("google_secret_manager_regional_secret", "named", "secret_id"),
        ("google_parameter_manager_parameter", "named", "parameter_id"),
        ("google_parameter_manager_parameter_version", "text", "parameter_data"),
        ("google_vertex_ai_reasoning_engine", "pairs", "spec.deployment_spec.env"),
        ("google_vertex_ai_reasoning_engine", "pairs", "spec.deployment_spec.secret_env"),
        ("google_vertex_ai_endpoint_with_model_garden_deployment", "pairs", "model_config.container_spec.env"),
        ("google_colab_runtime_template", "text", "software_config.post_startup_script_config.post_startup_script"),
        ("google_workbench_instance", "map", "gce_setup.metadata"),
        ("google_bigquery_job", "text", "query.query"),
        ("google_bigquery_routine", "text", "remote_function_options.endpoint"),
        ("google_spanner_database", "text", "ddl"),
        ("google_cloudbuild_trigger", "lines", "build.step.env"),
        ("google_cloud_scheduler_job", "text", "http_target.uri"),
        ("google_pubsub_subscription", "text", "push_config.push_endpoint"),
        ("google_dialogflow_cx_webhook", "text", "generic_web_service.uri"),
        ("google_managed_kafka_connector", "map", "configs"),
    ],
)
def test_where_a_type_keeps_its_settings(type: str, shape: str, path: str) -> None:
    assert (shape, path) in [(settings.shape, p) for settings in ROWS[type].settings for p in settings.paths]


def test_a_secret_is_a_setting_whose_value_is_kept() -> None:
    """Its name alone says what it is for; the value is none of ours."""
    for type in ("google_secret_manager_secret", "google_secret_manager_regional_secret"):
        assert ROWS[type].roles == (Role.KEYS,)
        assert [settings.value for settings in ROWS[type].settings] == [()]


@pytest.mark.parametrize(
    "source",
    [
        """resource "google_cloud_run_v2_service" "app" {
  name     = "app"
  location = "europe-west4"
  template {
    containers {
      image = "app"
      env {
        name  = "ACME_BASE_URL"
        value = "https://api.acme.ai"
      }
    }
  }
}""",
        """resource "google_cloud_run_v2_job" "app" {
  name     = "app"
  location = "europe-west4"
  template {
    template {
      containers {
        image = "app"
        env {
          name = "ACME_API_KEY"
          value_source {
            secret_key_ref {
              secret  = "acme"
              version = "latest"
            }
          }
        }
      }
    }
  }
}""",
        """resource "google_cloudfunctions2_function" "app" {
  name     = "app"
  location = "europe-west4"
  service_config {
    secret_environment_variables {
      key     = "ACME_API_KEY"
      secret  = "acme"
      version = "latest"
    }
  }
}""",
        """resource "google_workflows_workflow" "app" {
  region          = "europe-west4"
  source_contents = "main: {steps: [{ask: {call: http.post, args: {url: https://api.acme.ai/v1/chat}}}]}"
}""",
        """resource "google_compute_instance" "app" {
  name                    = "app"
  zone                    = "europe-west4-a"
  machine_type            = "e2-small"
  metadata_startup_script = "export ACME_BASE_URL=https://api.acme.ai; exec app"
}""",
        """resource "google_compute_instance" "app" {
  name         = "app"
  zone         = "europe-west4-a"
  machine_type = "e2-small"
  metadata     = { startup-script = "curl https://api.acme.ai" }
}""",
        """resource "google_app_engine_standard_app_version" "app" {
  service       = "app"
  runtime       = "python313"
  env_variables = { ACME_API_KEY = "x" }
}""",
        """resource "google_bigquery_routine" "app" {
  dataset_id      = "d"
  routine_id      = "r"
  definition_body = "SELECT ML.GENERATE_TEXT(MODEL `acme-large-1`)"
}""",
    ],
)
def test_settings_are_heard_where_they_stand(check: Check, acme: str, source: str) -> None:
    outcome = check(source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address.endswith(".app"))
    assert Role.CLIENT in app.roles
    assert [place.vendor for place in app.places if place.vendor] == [acme]


def test_a_secret_that_a_service_reads_is_joined_to_it(check: Check, acme: str) -> None:
    source = """
resource "google_cloud_run_v2_service" "app" {
  name     = "app"
  location = "europe-west4"
  template {
    containers {
      image = "app"
      env {
        name = "TOKEN"
        value_source {
          secret_key_ref {
            secret  = google_secret_manager_secret.key.secret_id
            version = "latest"
          }
        }
      }
    }
  }
}
resource "google_secret_manager_secret" "key" {
  secret_id = "acme-api-key"
  replication {
    auto {}
  }
}
"""
    outcome = check(source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address.endswith(".app"))
    read = [key for ref in app.references if ref.relation is Relation.READS_FROM for key in ref.targets]
    assert [key.split("\0", 2)[2] for key in read] == ["google_secret_manager_secret.key"]
    assert Role.CLIENT in app.roles
