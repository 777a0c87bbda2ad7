"""Google Cloud's rules beside places and names: accelerators, AI types, the provider's environment."""

from __future__ import annotations

import pytest

from checker import registry
from checker.rows import Cloud
from providers.gcp import cloud


def test_it_offers_what_a_cloud_offers() -> None:
    offered: Cloud = registry.clouds()["gcp"]
    assert offered.NAME == "gcp"
    assert registry.cloud_of("google_vertex_ai_index") is offered


def test_the_environment_is_read_in_the_order_of_the_provider() -> None:
    assert cloud.ENVIRONMENT["region"] == ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION")
    assert cloud.ENVIRONMENT["zone"] == ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a2-highgpu-1g", True),
        ("a3-megagpu-8g", True),
        ("a4x-highgpu-4g", True),
        ("g2-standard-4", True),
        ("g2-${…}", True),
        ("a2-highgpu-${var.n}g", True),
        ("a2-highgpu-${lookup({a = 1}, var.n)}g", True),
        ("projects/${var.p}/zones/${var.z}/machineTypes/g2-standard-4", True),
        ("projects/${var.p}/zones/europe-west4-a/machineTypes/${var.g2}", None),
        ("${var.a2}-highgpu-1g", None),
        ("n1-standard-${var.n}", False),
        ("ct5lp-hightpu-4t", True),
        ("tpu7x-standard-4t", True),
        ("ct3-hightpu-4t", True),
        ("ct3p-hightpu-4t", True),
        ("ct4p-hightpu-4t", True),
        ("ct5l-hightpu-8t", True),
        ("ct5p-hightpu-4t", True),
        ("ct6e-standard-8t", True),
        ("a2-ultragpu-8g", True),
        ("a3-highgpu-1g", True),
        ("a3-edgegpu-8g", True),
        ("a3-ultragpu-8g", True),
        ("a4-highgpu-8g", True),
        ("a4x-maxgpu-4g-metal", True),
        ("g2-standard-96", True),
        ("g4-standard-48", True),
        ("https://www.googleapis.com/compute/v1/projects/p/zones/europe-west4-a/machineTypes/g2-standard-4", True),
        ("n1-standard-8", False),
        ("custom-4-8192", False),
        ("n2-custom-4-8192", False),
        ("e2-medium", False),
        ("c3-standard-4", False),
        ("n4a-standard-4", False),
        ("n4d-highmem-8", False),
        ("c4d-standard-2-lssd", False),
        ("h4d-standard-192", False),
        ("x4-megamem-960-metal", False),
        ("m4-ultramem-224", False),
        ("t2a-standard-1", False),
        ("q9-standard-4", None),
        ("a9-highgpu-8g", None),
        ("tpu9-standard-4t", None),
        ("a2", None),
        ("${…}", None),
        ("", None),
    ],
)
def test_machine_types(name: str, expected: bool | None) -> None:
    assert cloud.accelerator(name, "machine-types") is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("nvidia-l4", True),
        ("nvidia-tesla-t4", True),
        ("nvidia-tesla-t4-vws", True),
        ("nvidia-a100-80gb", True),
        ("nvidia-h100-mega-80gb", True),
        ("nvidia-h200-141gb", True),
        ("nvidia-b200", True),
        ("nvidia-gb200", True),
        ("nvidia-rtx-pro-6000", True),
        ("projects/p/zones/europe-west4-a/acceleratorTypes/nvidia-h100-80gb", True),
        ("ct5lp", True),
        ("something-new", True),
        ("${…}", True),
        ("projects/${var.p}/zones/us-central1-a/acceleratorTypes/nvidia-tesla-t4", True),
        ("ACCELERATOR_TYPE_UNSPECIFIED", False),
        ("", None),
    ],
)
def test_an_accelerator_that_is_stated_is_one(name: str, expected: bool | None) -> None:
    assert cloud.accelerator(name, "accelerator-types") is expected


def test_limits_of_autoscaling_name_accelerators_beside_other_things() -> None:
    assert cloud.accelerator("nvidia-tesla-t4", "autoscaling-limits") is True
    assert cloud.accelerator("cpu", "autoscaling-limits") is False
    assert cloud.accelerator("memory", "autoscaling-limits") is False
    assert cloud.accelerator("${var.limit}", "autoscaling-limits") is None


def test_an_unknown_table_tells_nothing() -> None:
    assert cloud.accelerator("g2-standard-4", "instance-types") is None


@pytest.mark.parametrize(
    ("type", "expected"),
    [
        ("google_vertex_ai_something_new", True),
        ("google_dialogflow_cx_new_thing", True),
        ("google_discovery_engine_new", True),
        ("aiplatform.googleapis.com/Model", True),
        ("data.google_vertex_ai_index", True),
        ("google_speech_recognizer", True),
        ("google_translate_glossary", True),
        ("google_automl_dataset", True),
        ("google_tpu_v3_vm", True),
        ("bigquery.googleapis.com/Model", True),
        ("bigquery.googleapis.com/Table", False),
        ("cai_aiplatform.googleapis.com/SomethingNew", True),
        ("dialogflow.googleapis.com/LocationSettings", False),
        ("google_notebooks_instance_iam_member", False),
        ("google_vertex_ai_endpoint_iam_policy", False),
        ("google_storage_bucket", False),
        ("google_network_services_gateway", False),
        ("google_project_iam_member", False),
    ],
)
def test_is_ai(type: str, expected: bool) -> None:
    assert cloud.is_ai(type) is expected
