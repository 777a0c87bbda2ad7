"""Kubernetes: workloads lie where their cluster lies, and their settings are read wherever they are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from checker import catalogue, platforms, registry
from checker.model import Place, Relation, Resource, Role, Verdict
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("kubernetes")
FOLDER = catalogue.PROVIDERS / "kubernetes"
WORKLOADS = "deployment stateful_set daemonset replication_controller job cron_job pod"

CLUSTER = """
provider "google" {
  project = "acme"
  region  = "europe-west4"
}
resource "google_container_cluster" "ml" {
  name     = "ml"
  location = "us-central1"
}
provider "kubernetes" {
  host = "https://${google_container_cluster.ml.endpoint}"
}
"""


def named(outcome: Outcome, address: str) -> Resource:
    return next(r for r in outcome.graph.resources.values() if r.address == address)


def joined(outcome: Outcome, address: str, relation: Relation) -> set[str]:
    """The addresses that a resource hangs on by a relation."""
    found = [ref for ref in named(outcome, address).references if ref.relation is relation]
    return {key.split("\0", 2)[2] for ref in found for key in ref.targets}


def called(outcome: Outcome, address: str) -> list[Place]:
    return [place for place in named(outcome, address).places if place.vendor]


def deployment(container: str, more: str = "") -> str:
    return f"""
resource "kubernetes_deployment_v1" "app" {{
  metadata {{
    name = "app"
  }}
  spec {{
    template {{
      spec {{
        container {{
          name  = "app"
          image = "example/app"
          {container}
        }}
        {more}
      }}
    }}
  }}
}}
"""


def test_it_is_a_platform_that_nobody_hosts() -> None:
    platform = registry.clouds()["kubernetes"]
    assert registry.cloud_of("kubernetes_deployment_v1") is platform
    assert registry.cloud_of("kubectl_manifest") is platform
    assert platform.HOSTED is False
    assert {"kubernetes", "kubectl"} <= set(platform.PROVIDERS)


@pytest.mark.parametrize("name", WORKLOADS.split())
def test_every_kind_of_workload_is_known_in_both_versions(name: str) -> None:
    new = {"daemonset": "daemon_set"}.get(name, name)
    for type in (f"kubernetes_{name}", f"kubernetes_{new}_v1"):
        row = ROWS[type]
        assert row.roles == (Role.COMPUTE,)
        assert row.place == ("@through:host", "@provider:region", "@unknown")
        assert [settings.shape for settings in row.settings] == ["pairs", "text"]
        assert any(".init_container.env" in path for path in row.settings[0].paths)


def test_a_cron_job_holds_its_pod_deeper() -> None:
    paths = ROWS["kubernetes_cron_job_v1"].settings[0].paths
    assert "spec.job_template.spec.template.spec.container.env" in paths
    assert "spec.container.env" in ROWS["kubernetes_pod_v1"].settings[0].paths


def test_rows_are_those_of_the_platform_and_say_where_they_are_from() -> None:
    prefixes = registry.clouds()["kubernetes"].TYPE_PREFIXES
    for row in ROWS.values():
        assert row.type.startswith(prefixes)
        assert row.source
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.checked), row.type
        assert row.place[-1:] in ((), ("@unknown",)), row.type


def test_a_manifest_is_known_by_its_kind() -> None:
    table = platforms.Platform("kubernetes", ())
    assert table.is_ai("kubernetes_manifest:inferenceservice")
    assert not table.is_ai("kubernetes_manifest:ingress")
    kinds = "deployment statefulset daemonset job cronjob pod service configmap secret persistentvolumeclaim"
    serving = "inferenceservice servingruntime rayservice raycluster rayjob pytorchjob tfjob mpijob notebook"
    assert {f"kubernetes_manifest:{kind}" for kind in f"{kinds} {serving}".split()} <= ROWS.keys()
    wrong = [row.type for row in ROWS.values() if Role.AI in row.roles and not table.is_ai(row.type)]
    assert wrong == []


def test_a_workload_lies_where_the_cluster_of_its_provider_lies(check: Check, acme: str) -> None:
    outcome = check(
        CLUSTER + deployment('env {\n name = "ACME_BASE_URL"\n value = "https://api.acme.ai/v1"\n }'), scope="all"
    )
    app = named(outcome, "kubernetes_deployment_v1.app")
    assert app.places[0].name == "us-central1"
    assert app.verdict(outcome.jurisdiction) is Verdict.OUTSIDE
    assert Role.CLIENT in app.roles
    assert [(place.vendor, place.stated_by) for place in called(outcome, app.address)] == [(acme, "ACME_BASE_URL")]


HOSTS = {
    "us-east-1": """
provider "aws" {
  region = "us-east-1"
}
data "aws_eks_cluster" "c" {
  name = "c"
}
provider "kubernetes" {
  host = data.aws_eks_cluster.c.endpoint
}
""",
    "westeurope": """
resource "azurerm_kubernetes_cluster" "c" {
  name     = "c"
  location = "westeurope"
}
provider "kubernetes" {
  host = azurerm_kubernetes_cluster.c.kube_config[0].host
}
""",
    "eu-west-1": """
provider "kubernetes" {
  host = "https://AB.gr7.eu-west-1.eks.amazonaws.com"
}
""",
}


@pytest.mark.parametrize(("place", "source"), HOSTS.items(), ids=HOSTS)
def test_clusters_of_every_cloud_lend_their_place(check: Check, place: str, source: str) -> None:
    app = named(check(source + deployment(""), scope="all"), "kubernetes_deployment_v1.app")
    assert [found.name for found in app.places] == [place]


def test_a_name_for_a_host_outside_is_heard(check: Check, acme: str) -> None:
    source = 'resource "kubernetes_service_v1" "llm" {\n spec {\n external_name = "api.acme.ai"\n }\n}\n'
    assert [place.vendor for place in called(check(source, scope="all"), "kubernetes_service_v1.llm")] == [acme]


def test_a_provider_that_names_no_cluster_leaves_it_undetermined(check: Check, acme: str) -> None:
    source = 'provider "kubernetes" {\n config_path = "~/.kube/config"\n}\n'
    outcome = check(source + deployment('env {\n name = "ACME_API_KEY"\n value = "x"\n }'), scope="all")
    assert named(outcome, "kubernetes_deployment_v1.app").verdict(outcome.jurisdiction) is Verdict.UNDETERMINED


def test_a_secret_by_reference_counts_by_the_name_of_the_variable(check: Check, acme: str) -> None:
    source = """
resource "kubernetes_secret_v1" "keys" {
  metadata {
    name = "keys"
  }
  data = { token = "" }
}
"""
    env = """
env {
  name = "ACME_API_KEY"
  value_from {
    secret_key_ref {
      name = kubernetes_secret_v1.keys.metadata[0].name
      key  = "token"
    }
  }
}
"""
    outcome = check(CLUSTER + source + deployment(env), scope="all")
    assert Role.CLIENT in named(outcome, "kubernetes_deployment_v1.app").roles
    assert joined(outcome, "kubernetes_deployment_v1.app", Relation.READS_FROM) == {"kubernetes_secret_v1.keys"}


@pytest.mark.parametrize("name", ["kubernetes_config_map_v1.app.metadata[0].name", '"settings"'])
def test_a_config_map_is_read_by_who_takes_all_of_it(check: Check, acme: str, name: str) -> None:
    source = """
resource "kubernetes_config_map_v1" "app" {
  metadata {
    name = "settings"
  }
  data = { ACME_BASE_URL = "https://api.acme.ai" }
}
"""
    outcome = check(
        CLUSTER + source + deployment(f"env_from {{\n config_map_ref {{\n name = {name}\n }}\n }}"), scope="all"
    )
    address = "kubernetes_deployment_v1.app"
    assert joined(outcome, address, Relation.READS_FROM) == {"kubernetes_config_map_v1.app"}
    assert [place.vendor for place in called(outcome, address)] == [acme]
    assert Role.CLIENT not in named(outcome, "kubernetes_config_map_v1.app").roles


def test_a_volume_claim_is_where_a_workload_keeps_data(check: Check, acme: str) -> None:
    source = """
resource "kubernetes_persistent_volume_claim_v1" "models" {
  metadata {
    name = "models"
  }
}
"""
    volume = 'volume {\n name = "m"\n persistent_volume_claim {\n claim_name = "models"\n }\n }'
    outcome = check(CLUSTER + source + deployment("", volume), scope="all")
    stored = joined(outcome, "kubernetes_deployment_v1.app", Relation.STORES_IN)
    assert stored == {"kubernetes_persistent_volume_claim_v1.models"}


def test_a_manifest_of_a_deployment_is_read_like_one(check: Check, acme: str) -> None:
    source = """
resource "kubernetes_manifest" "app" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "app" }
    spec = { template = { spec = { containers = [{
      name = "app"
      env  = [{ name = "ACME_BASE_URL", value = "https://api.acme.ai" }]
    }] } } }
  }
}
"""
    outcome = check(CLUSTER + source, scope="all")
    app = named(outcome, "kubernetes_manifest.app")
    assert app.kind == "Kubernetes deployment"
    assert [place.vendor for place in called(outcome, app.address)] == [acme]


def test_a_kserve_service_is_an_ai_workload_and_reads_its_model(check: Check) -> None:
    source = """
resource "google_storage_bucket" "models" {
  name     = "acme-models"
  location = "US"
}
resource "kubernetes_manifest" "llm" {
  manifest = {
    kind     = "InferenceService"
    metadata = { name = "llm" }
    spec     = { predictor = { model = { storageUri = "gs://acme-models/llm" } } }
  }
}
"""
    outcome = check(CLUSTER + source)
    assert named(outcome, "kubernetes_manifest.llm").is_workload
    assert joined(outcome, "kubernetes_manifest.llm", Relation.READS_FROM) == {"google_storage_bucket.models"}


def test_a_yaml_body_is_heard_as_a_text(check: Check, acme: str) -> None:
    source = """
resource "kubectl_manifest" "app" {
  yaml_body = <<-EOT
    kind: ConfigMap
    data:
      base: https://api.acme.ai/v1
  EOT
}
"""
    assert [place.vendor for place in called(check(source, scope="all"), "kubectl_manifest.app")] == [acme]


@pytest.mark.parametrize(
    ("table", "name", "expected"),
    [
        ("resource-names", "nvidia.com/gpu", True),
        ("resource-names", "nvidia.com/mig-1g.5gb", True),
        ("resource-names", "amd.com/gpu", True),
        ("resource-names", "google.com/tpu", True),
        ("resource-names", "aws.amazon.com/neuron", True),
        ("resource-names", "aws.amazon.com/neuroncore", True),
        ("resource-names", "habana.ai/gaudi", True),
        ("resource-names", "cpu", False),
        ("resource-names", "memory", False),
        ("resource-names", "example.com/dongle", None),
        ("node-labels", "cloud.google.com/gke-accelerator", True),
        ("node-labels", "cloud.google.com/gke-tpu-accelerator", True),
        ("node-labels", "kubernetes.io/os", False),
        ("node-labels", "team", None),
    ],
)
def test_which_resources_are_ai_chips(table: str, name: str, expected: bool | None) -> None:
    rows = json.loads((FOLDER / "accelerators.json").read_text(encoding="utf-8"))["rows"]
    found = [row["accelerator"] for row in rows if row["table"] == table and re.fullmatch(row["pattern"], name)]
    assert next(iter(found), None) is expected


def test_each_table_of_chips_is_asked_and_the_other_way_round() -> None:
    rows = json.loads((FOLDER / "accelerators.json").read_text(encoding="utf-8"))["rows"]
    asked = {when.table for row in ROWS.values() for when in row.ai_when}
    assert asked - {"model-servers", "model-presets"} == {row["table"] for row in rows}  # those tell what serves models
