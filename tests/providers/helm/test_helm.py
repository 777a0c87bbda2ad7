"""Helm: a release lies where its cluster lies; its values are what is known of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue, registry
from checker.model import Role, Verdict
from checker.outcome import Outcome

Check = Callable[..., Outcome]

CLUSTER = """
provider "google" {
  project = "acme"
  region  = "europe-west4"
}
resource "google_container_cluster" "ml" {
  name     = "ml"
  location = "europe-west4"
}
provider "helm" {
  kubernetes = {
    host = "https://${google_container_cluster.ml.endpoint}"
  }
}
"""


def release(arguments: str) -> str:
    return CLUSTER + f'resource "helm_release" "proxy" {{\n name = "proxy"\n chart = "proxy"\n {arguments}\n}}\n'


def test_it_is_a_platform_that_nobody_hosts() -> None:
    platform = registry.clouds()["helm"]
    assert registry.cloud_of("helm_release") is platform
    assert platform.HOSTED is False


def test_the_row_says_what_is_not_read() -> None:
    assert "not read" in catalogue.rows("helm")["helm_release"].note


@pytest.mark.parametrize(
    "arguments",
    [
        'set = [{ name = "env.ACME_BASE_URL", value = "https://api.acme.ai" }]',
        'set {\n name = "env.ACME_BASE_URL"\n value = "https://api.acme.ai"\n }',
        'set_sensitive = [{ name = "env.ACME_API_KEY", value = "x" }]',
        'values = [yamlencode({ env = { ACME_BASE_URL = "https://api.acme.ai" } })]',
        "values = [<<-EOT\n env:\n   ACME_BASE_URL: https://api.acme.ai\n EOT\n ]",
    ],
)
def test_what_a_release_calls_stands_in_its_values(check: Check, acme: str, arguments: str) -> None:
    outcome = check(release(arguments), scope="all")
    proxy = next(r for r in outcome.graph.resources.values() if r.type == "helm_release")
    assert Role.CLIENT in proxy.roles
    assert [place.vendor for place in proxy.places if place.vendor] == [acme]
    assert proxy.places[0].name == "europe-west4"


def test_values_without_a_vendor_make_no_workload(check: Check, acme: str) -> None:
    outcome = check(release('values = ["replicas: 2 # acme"]'), scope="all")
    proxy = next(r for r in outcome.graph.resources.values() if r.type == "helm_release")
    assert not proxy.is_workload
    assert proxy.verdict(outcome.jurisdiction) is Verdict.INSIDE
