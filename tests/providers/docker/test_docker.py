"""Docker: containers run where their host runs, and their environment says what they call."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest

from checker import catalogue, registry
from checker.model import Relation, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]
ROWS = catalogue.rows("docker")
FOLDER = catalogue.PROVIDERS / "docker"


def test_it_is_a_platform_that_nobody_hosts() -> None:
    platform = registry.clouds()["docker"]
    assert registry.cloud_of("docker_container") is platform
    assert platform.HOSTED is False


def test_rows_say_where_they_are_from() -> None:
    for row in ROWS.values():
        assert row.type.startswith("docker_")
        assert row.source
        assert re.fullmatch(r"20\d\d-\d\d-\d\d", row.checked), row.type


@pytest.mark.parametrize(
    "source",
    [
        'resource "docker_container" "app" {\n image = "app"\n env = ["ACME_BASE_URL=https://api.acme.ai"]\n}',
        'resource "docker_container" "app" {\n name = "app"\n image = "app"\n command = ["--model", "acme-large-1"]\n}',
        'resource "docker_service" "app" {\n task_spec {\n container_spec {\n env = { ACME_API_KEY = "x" }\n }\n }\n}',
    ],
)
def test_the_environment_says_what_is_called(check: Check, acme: str, source: str) -> None:
    outcome = check(source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address.endswith(".app"))
    assert Role.CLIENT in app.roles
    assert [place.vendor for place in app.places if place.vendor] == [acme]


def test_a_container_runs_where_the_host_of_the_provider_runs(check: Check, acme: str) -> None:
    source = """
provider "google" {
  project = "acme"
  zone    = "europe-west2-a"
}
resource "google_compute_instance" "host" {
  name         = "host"
  machine_type = "e2-small"
}
provider "docker" {
  host = "ssh://root@${google_compute_instance.host.name}"
}
resource "docker_volume" "data" {
  name = "data"
}
resource "docker_container" "app" {
  name  = "app"
  image = "app"
  env   = ["ACME_API_KEY=x"]
  volumes {
    volume_name    = docker_volume.data.name
    container_path = "/data"
  }
}
"""
    outcome = check(source, scope="all")
    app = next(r for r in outcome.graph.resources.values() if r.address == "docker_container.app")
    assert app.places[0].name == "europe-west2-a"
    stored = [ref for ref in app.references if ref.relation is Relation.STORES_IN]
    assert [key.split("\0", 2)[2] for ref in stored for key in ref.targets] == ["docker_volume.data"]


@pytest.mark.parametrize(
    ("table", "name", "expected"),
    [
        ("gpus", "all", True),
        ("gpus", "device=0,1", True),
        ("gpus", "", None),
        ("devices", "/dev/nvidia0", True),
        ("devices", "/dev/dri/renderD128", True),
        ("devices", "/dev/ttyUSB0", None),
    ],
)
def test_which_devices_are_ai_chips(table: str, name: str, expected: bool | None) -> None:
    rows = json.loads((FOLDER / "accelerators.json").read_text(encoding="utf-8"))["rows"]
    found = [row["accelerator"] for row in rows if row["table"] == table and re.fullmatch(row["pattern"], name)]
    assert next(iter(found), None) is expected
