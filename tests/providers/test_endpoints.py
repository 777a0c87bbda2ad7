"""The tables of model hosts and settings: each row is sourced, each example is found, and the traps are known."""

from __future__ import annotations

import datetime
import re
import time

import pytest

from checker import endpoints, places, registry
from checker.endpoints import Host, Variable, Vendor

VENDORS = endpoints.vendors()
HOSTS = [(vendor, host) for vendor in VENDORS for host in vendor.hosts]
VARIABLES = [(vendor, variable) for vendor in VENDORS for variable in vendor.variables]
KINDS = {"key", "url", "site", "name", "region", "model", "switch"}
each_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.vendor)
each_host = pytest.mark.parametrize(("vendor", "host"), HOSTS, ids=lambda part: getattr(part, "example", ""))
each_variable = pytest.mark.parametrize(("vendor", "variable"), VARIABLES, ids=lambda part: getattr(part, "name", ""))


def place_of(host: str) -> tuple[str, str]:
    """Return the (folder, place) of a host: the captured region of a cloud, or the place of a vendor's table."""
    named = endpoints.host_of(host)
    assert named is not None, host
    return named.rule.cloud or named.vendor.folder, named.rule.place or named.found


def countries(host: str) -> tuple[str, ...] | None:
    """Return the countries of a host."""
    named = endpoints.host_of(host)
    assert named is not None, host
    if named.rule.cloud:
        row = places.find(named.rule.cloud, named.rule.vocabulary or "region", named.found)
    else:
        row = places.find(named.vendor.folder, named.rule.vocabulary or named.vendor.vocabulary, named.rule.place)
    assert row is not None, host
    return row.countries


@each_vendor
def test_a_vendor_is_sourced_and_has_a_folder(vendor: Vendor) -> None:
    assert vendor.source
    assert datetime.date.fromisoformat(vendor.checked) > datetime.date(2025, 1, 1)
    assert vendor.folder in registry.clouds(), "its places are found by its folder"
    assert vendor.purpose in ("endpoint", "telemetry")
    assert vendor.hints, "without one its settings are never heard"
    assert [hint for hint in vendor.hints if hint != hint.lower() or len(hint) < 4] == []
    assert set(vendor.yields_to) <= {other.vendor for other in VENDORS}


def test_vendors_have_names_of_their_own() -> None:
    names = [vendor.vendor for vendor in VENDORS]
    assert len(names) == len(set(names))


@each_vendor
def test_defaults_are_places_that_are_known(vendor: Vendor) -> None:
    if vendor.default not in ("", "@home"):
        assert places.find(vendor.folder, vendor.vocabulary, vendor.default) is not None


@each_host
def test_a_host_is_its_vendors(vendor: Vendor, host: Host) -> None:
    named = endpoints.host_of(host.example)
    assert named is not None
    assert (named.vendor.vendor, named.rule) == (vendor.vendor, host), "an earlier pattern takes it"
    assert endpoints.hosts_in(f"https://{host.example}:443/v1") == (named,)
    assert endpoints.hosts_in(host.example) == (named,)
    assert any(hint in f"https://{host.example}/" for hint in endpoints.hints()), "a text with it must be looked at"


@each_host
def test_a_host_says_where(vendor: Vendor, host: Host) -> None:
    assert bool(host.place) + bool(host.cloud) + bool(host.key) == 1
    if host.place:
        assert places.find(vendor.folder, host.vocabulary or vendor.vocabulary, host.place) is not None
    assert ("(?P<region>" in host.pattern) is bool(host.cloud)
    assert ("(?P<name>" in host.pattern) is bool(host.key)


@each_host
def test_a_host_is_a_whole(vendor: Vendor, host: Host) -> None:
    """What only ends or begins like it is somebody else's."""
    for other in (f"evil-{host.example}.example.org", f"{host.example}.example.org"):
        named = endpoints.host_of(other)
        assert named is None, other


@each_variable
def test_a_variable_is_found(vendor: Vendor, variable: Variable) -> None:
    assert variable.kind in KINDS
    known = endpoints.variable(variable.name)
    assert known is not None
    assert (known.vendor.vendor, known.variable.kind, known.sure) == (vendor.vendor, variable.kind, True)
    if not variable.weak:
        assert any(hint in variable.name.lower() for hint in endpoints.hints()), "a text with it must be looked at"
    if variable.kind in ("region", "model"):
        assert variable.cloud in (*registry.clouds(), "")
    if variable.kind in ("model", "name"):
        assert variable.vocabulary


def test_models_by_their_look() -> None:
    for vendor in VENDORS:
        for rule in vendor.models:
            found = endpoints.model(rule.example)
            assert found is not None
            assert (found[0].vendor, found[1]) == (vendor.vendor, rule.vocabulary)
            assert any(hint in rule.example.lower() for hint in endpoints.hints())


@pytest.mark.parametrize(
    ("name", "vendor", "kind"),
    [
        ("App__OpenAI__ApiKey", "openai", "key"),
        ("/prod/openai-api-key", "openai", "key"),
        ("OPENAI_API_KEY_SECRET_ARN", "openai", "key"),
        ("SPRING_AI_AZURE_OPENAI_ENDPOINT", "azure-openai", "url"),
        ("AzureOpenAI__Endpoint", "azure-openai", "url"),
        ("PROD_BEDROCK_MODEL_ID", "bedrock", "model"),
        ("LITELLM_MASTER_KEY", "litellm", "key"),
    ],
)
def test_names_that_people_write(name: str, vendor: str, kind: str) -> None:
    known = endpoints.variable(name)
    assert known is not None
    assert (known.vendor.vendor, known.variable.kind) == (vendor, kind)


@pytest.mark.parametrize(
    "name",
    ["API_KEY", "BASE_URL", "MODEL", "REGION", "OPENAIRE", "COHERENCE_KEYS_", "DATABASE_URL", "HF_TOKEN", "", "?"],
)
def test_names_that_say_nothing(name: str) -> None:
    known = endpoints.variable(name)
    assert known is None or not known.sure


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("aws-external-anthropic.eu-west-1.api.aws", ("*",)),  # an EU region in the host, inference anywhere
        ("uk1.datadoghq.com", ("GB",)),  # not the American datadoghq.com that it ends in
        ("datadoghq.com", ("US",)),
        ("api.us5.datadoghq.com", ("US",)),
        ("datadoghq.eu", ("DE",)),
        ("gb.api.openai.com", ("*",)),  # storage only
        ("api.mistral.ai", ("*",)),  # a European company, a global host
        ("bedrock-runtime.eu-west-2.amazonaws.com", ("GB",)),
        ("bedrock-runtime.eu-central-2.amazonaws.com", ("CH",)),
        ("bedrock-runtime.eusc-de-east-1.amazonaws.eu", ("DE",)),
        ("europe-west6-aiplatform.googleapis.com", ("CH",)),
        ("generativelanguage.googleapis.com", ("*",)),
        ("api.smith.langchain.com", ("US",)),
        ("o123.ingest.sentry.io", ("US",)),
        ("o123.ingest.de.sentry.io", ("DE",)),
        ("cloud.langfuse.com", ("IE",)),
        ("x.eu-west-2.aws.endpoints.huggingface.cloud", ("GB",)),
    ],
)
def test_traps_of_hosts(host: str, expected: tuple[str, ...]) -> None:
    assert countries(host) == expected


def test_openai_europe_is_wider_than_the_eu() -> None:
    row = places.find("openai", "endpoint", "europe")
    assert row is not None
    assert set(row.countries or ()) >= {"CH", "NO", "IS", "LI"}
    assert row.accept == "openai:europe"
    assert place_of("eu.api.openai.com") == ("openai", "europe")


@pytest.mark.parametrize("host", ["api.eu.openai.com", "openai.com", "eu.openai.azure.com.evil.org", "api-openai.com"])
def test_hosts_that_are_nobodys(host: str) -> None:
    """Tutorials name api.eu.openai.com: OpenAI documents no such host."""
    assert endpoints.host_of(host) is None


@pytest.mark.parametrize("name", ["EU_LONDON_1", "EU_ICELAND_1"])
def test_european_names_outside_of_the_eu(name: str) -> None:
    row = places.find("fireworks", "deployment", name)
    assert row is not None
    assert set(row.countries or ()) <= {"GB", "IS"}


@pytest.mark.parametrize(
    "text", ["a." * 50_000, "https://" + "x" * 100_000, "@" * 100_000, "a-" * 50_000 + ".com", "https://a@" * 10_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    start = time.perf_counter()
    endpoints.hosts_in(text)
    list(endpoints.other_hosts(text))
    list(endpoints.models_in(text))
    list(endpoints.keys_in(text))
    assert time.perf_counter() - start < 10, "it would be minutes if a pattern backtracked"


def test_patterns_do_not_nest_what_repeats() -> None:
    nested = re.compile(r"\([^()]*[+*][^()]*\)[+*]")
    assert [host.pattern for _, host in HOSTS if nested.search(host.pattern)] == []
