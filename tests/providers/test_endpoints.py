"""The tables of model hosts and settings: each row is sourced, each example is found, and the traps are known."""

from __future__ import annotations

import datetime
import re
import time
from functools import partial
from pathlib import Path

import pytest

from checker import endpoints, places, registry
from checker.endpoints import Host, Variable, Vendor
from checker.model import Place, Purpose

VENDORS = endpoints.vendors()
HOSTS = [(vendor, host) for vendor in VENDORS for host in vendor.hosts]
VARIABLES = [(vendor, variable) for vendor in VENDORS for variable in vendor.variables]
MODELS = [(vendor, model) for vendor in VENDORS for model in vendor.models]
KINDS = {"key", "url", "site", "name", "region", "model", "switch"}
LIST = Path(__file__).parent / "lists" / "variables.txt"
# What the list holds that says nothing of a place: headers, what checks a webhook, a name for the machine that runs.
SILENT = {"OPENAI_CUSTOM_HEADERS", "OPENAI_WEBHOOK_SECRET", "SNOWFLAKE_ACCOUNT", "WANDB_HOST"}
EU = tuple("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
each_vendor = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.vendor)
each_host = pytest.mark.parametrize(("vendor", "host"), HOSTS, ids=lambda part: getattr(part, "example", ""))
each_variable = pytest.mark.parametrize(("vendor", "variable"), VARIABLES, ids=lambda part: getattr(part, "name", ""))


def place_of(host: str) -> tuple[str, str]:
    """Return the (folder, place) of a host: the captured region of a cloud, or the place of a vendor's table."""
    named = endpoints.host_of(host)
    assert named is not None, host
    return named.rule.cloud or named.vendor.folder, named.rule.place or named.found


def place_row(host: str) -> tuple[str, str, str]:
    """Return (folder, vocabulary, name) of the row that says where a host is."""
    named = endpoints.host_of(host)
    assert named is not None, host
    return named.vendor.folder, named.rule.vocabulary or named.vendor.vocabulary, named.rule.place


def countries(host: str) -> tuple[str, ...] | None:
    """Return the countries of a host."""
    named = endpoints.host_of(host)
    assert named is not None, host
    if named.rule.cloud:
        cloud, vocabulary = named.rule.cloud, named.rule.vocabulary or "region"
        row = registry.clouds()[cloud].locate(named.found, vocabulary, None, partial(places.find, cloud))
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
    assert any(hint in f"https://{host.example}/" for hint in vendor.hints), "a text with it must be looked at"


@each_host
def test_a_host_is_nobody_elses(vendor: Vendor, host: Host) -> None:
    """Whose it is must not hang on the order of the tables, but for a narrower pattern of the same vendor."""
    others = [(v, h) for v, h in HOSTS if h is not host and re.fullmatch(h.pattern, host.example)]
    assert [other.pattern for owner, other in others if owner is not vendor] == []


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
    assert (known.vendor.vendor, known.variable.kind, known.sure) == (
        vendor.vendor,
        variable.kind,
        not variable.doubtful,
    )
    if not variable.weak:
        assert any(hint in variable.name.lower() for hint in vendor.hints), "a text with it must be looked at"
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
            assert any(hint in rule.example.lower() for hint in vendor.hints)


@pytest.mark.parametrize(
    "id",
    [
        "eu.amazon.nova-pro-v1:0",
        "global.anthropic.claude-sonnet-4-5-20250929-v1:0",
        "us-gov.anthropic.claude-3-haiku-20240307-v1:0",
        "amazon.titan-embed-text-v2:0",
        "amazon.rerank-v1:0",
        "meta.llama3-1-70b-instruct-v1:0",
        "mistral.pixtral-large-2502-v1:0",
        "mistral.voxtral-mini-3b-2507",
        "cohere.embed-multilingual-v3",
        "ai21.jamba-1-5-large-v1:0",
        "stability.sd3-5-large-v1:0",
        "openai.gpt-oss-120b-1:0",
        "qwen.qwen3-32b-v1:0",
        "deepseek.v3-v1:0",
        "google.gemma-3-27b-it",
        "nvidia.nemotron-nano-12b-v2",
        "minimax.minimax-m2",
        "moonshot.kimi-k2-thinking",
        "arn:aws:bedrock:eu-central-1:111122223333:application-inference-profile/a1b2c3",
        "arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/anthropic.claude-v2",
    ],
)
def test_ids_of_bedrock(id: str) -> None:
    found = endpoints.model(id)
    assert found is not None
    assert (found[0].vendor, found[1]) == ("bedrock", "bedrock-model")
    assert any(hint in id for hint in endpoints.hints()), "a text with it must be looked at"


@pytest.mark.parametrize(
    "text",
    ["mistral.properties", "stability.score", "amazon.com", "openai/gpt-4o", "azure/login", "cohere.com", "claude"],
)
def test_values_that_only_sound_like_a_model(text: str) -> None:
    assert endpoints.model(text) is None


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
        ("AZURE_OPENAI_BASE_URL", "azure-openai", "url"),
        ("AOAI_API_KEY", "azure-openai", "key"),
        ("MY_OLLAMA_API_KEY", "self-hosted", "key"),
        ("spring.ai.mistralai.api-key", "mistral", "key"),
    ],
)
def test_names_that_people_write(name: str, vendor: str, kind: str) -> None:
    known = endpoints.variable(name)
    assert known is not None
    assert (known.vendor.vendor, known.variable.kind) == (vendor, kind)


@pytest.mark.parametrize(
    "name",
    [
        *("API_KEY", "BASE_URL", "MODEL", "REGION", "OPENAIRE", "DATABASE_URL", "HF_TOKEN", "", "?"),
        *("COHERENCE_KEYS_", "COHERENCE_HOST", "SUMMARIZE_API_KEY", "EXPORT_KEY", "MIN_SCALE_HOST", "REPLICATE_HOST"),
    ],
)
def test_names_that_say_nothing(name: str) -> None:
    known = endpoints.variable(name)
    assert known is None or not known.sure or known.variable.weak


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_API_KEY", "OPENAI_API_HOST"])
def test_a_name_of_openai_with_azure_before_it_is_azures(name: str) -> None:
    known = endpoints.variable(f"AZURE_{name}")
    assert known is not None
    assert known.vendor.vendor == "azure-openai"


@pytest.mark.parametrize(
    "name", ["SPARK_API_KEY", "EUREKA_API_KEY", "BAZAI_API_KEY", "MY_LAMBDA_API_KEY", "X_HF_TOKEN"]
)
def test_names_that_only_end_like_a_short_one(name: str) -> None:
    known = endpoints.variable(name)
    assert known is None or not known.sure


def test_every_setting_of_the_list_is_known() -> None:
    head, *names = LIST.read_text(encoding="utf-8").splitlines()
    assert head.startswith("# ")
    assert len(names) == len(set(names)) > 100
    known = {name for name in names if (found := endpoints.variable(name)) is not None and found.sure}
    assert set(names) - known == SILENT


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
        ("api.eu.openai.com", None),  # tutorials name it: OpenAI documents no such host
        ("api.x.ai", ("*",)),
        ("eu-west-1.api.x.ai", None),
        ("sync.eu.assemblyai.com", ("SE",)),
        ("streaming.assemblyai.com", ("US", *EU)),
        ("api.eu.deepgram.com", EU),
        ("api.deepgram.com", ("*",)),
        ("api.scaleway.ai", ("FR",)),
        ("api.cloud.eu.llamaindex.ai", ("DE",)),
        ("otlp.eu-west-1a.arize.com", EU),
        ("otlp.arize.com", ("US",)),
        ("eu-gb.ml.cloud.ibm.com", ("GB",)),
        ("eu-de.ml.cloud.ibm.com", ("DE",)),
        ("inference.generativeai.uk-london-1.oci.oraclecloud.com", ("GB",)),
        ("inference.generativeai.eu-frankfurt-2.oci.oraclecloud.eu", ("DE",)),
        ("eu-discoveryengine.googleapis.com", EU),
        ("discoveryengine.googleapis.com", ("*",)),
        ("vpce-0a.runtime.sagemaker.eu-west-2.vpce.amazonaws.com", ("GB",)),
        ("runtime-fips.sagemaker.us-east-1.amazonaws.com", ("US",)),
        ("in01-0a1b.aws-eu-west-2.vectordb.zillizcloud.com", ("GB",)),
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


@pytest.mark.parametrize("host", ["openai.com", "eu.openai.azure.com.evil.org", "api-openai.com", "notdatadoghq.com"])
def test_hosts_that_are_nobodys(host: str) -> None:
    assert endpoints.host_of(host) is None


def test_a_host_that_only_tutorials_name_says_which_is_meant() -> None:
    row = places.find(*place_row("api.eu.openai.com"))
    assert row is not None
    assert "eu.api.openai.com" in row.note


@pytest.mark.parametrize("name", ["EU_LONDON_1", "EU_ICELAND_1"])
def test_european_names_outside_of_the_eu(name: str) -> None:
    row = places.find("fireworks", "deployment", name)
    assert row is not None
    assert set(row.countries or ()) <= {"GB", "IS"}


@pytest.mark.parametrize(
    "text", ["a." * 50_000, "https://" + "x" * 100_000, "@" * 100_000, "a-" * 50_000 + ".com", "https://a@" * 10_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    start = time.process_time()
    endpoints.hosts_in(text)
    list(endpoints.other_hosts(text))
    list(endpoints.models_in(text))
    list(endpoints.keys_in(text))
    assert time.process_time() - start < 10, "it would be minutes if a pattern backtracked"


HOSTILE = ["a" * 100_000, "a." * 50_000, "a-" * 50_000, "1" * 100_000, "o1.ingest." * 10_000, "us-east-1." * 10_000]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:12])
def test_no_pattern_is_slow_by_itself(text: str) -> None:
    for pattern in [host.pattern for _, host in HOSTS] + [model.pattern for _, model in MODELS]:
        start = time.process_time()
        re.fullmatch(pattern, text)
        assert time.process_time() - start < 1, pattern


def test_patterns_do_not_nest_what_repeats() -> None:
    nested = re.compile(r"\([^()]*[+*][^()]*\)[+*]")
    every = [host.pattern for _, host in HOSTS] + [model.pattern for _, model in MODELS]
    assert [pattern for pattern in every if nested.search(pattern)] == []


# The traps of choosing a client's place; those of hosts stand above.


def vendor_of(id: str) -> Vendor:
    return next(vendor for vendor in VENDORS if vendor.vendor == id)


def default_of(id: str) -> tuple[str, ...] | None:
    """Return the countries that a vendor's clients call when nothing but a key is set."""
    vendor = vendor_of(id)
    row = places.find(vendor.folder, vendor.vocabulary, vendor.default)
    assert row is not None
    return row.countries


def test_a_global_model_from_a_region_of_the_eu() -> None:
    home = Place("eu-central-1", Purpose.LOCATION, frozenset({"DE"}))
    aws = registry.clouds()["aws"]
    row = aws.locate(
        "global.anthropic.claude-sonnet-4-20250514-v1:0", "bedrock-model", home, partial(places.find, "aws")
    )
    assert row is not None
    assert row.countries == ("*",)


@pytest.mark.parametrize(
    ("vendor", "expected"),
    [
        ("openai", ("*",)),
        ("anthropic", ("*",)),
        ("mistral", ("*",)),  # a European company, a global host
        ("vertex", ("*",)),  # GOOGLE_GENAI_USE_VERTEXAI without a location
        ("gemini", ("*",)),
        ("langsmith", ("US",)),
        ("langfuse", ("IE",)),
        ("wandb", ("US",)),
        ("datadog", ("US",)),
        ("mistral-telemetry", ("*",)),  # also where the client calls the host of the EU
    ],
)
def test_what_happens_when_nothing_is_set(vendor: str, expected: tuple[str, ...]) -> None:
    assert default_of(vendor) == expected


@pytest.mark.parametrize("vendor", ["azure-openai", "sentry", "litellm", "self-hosted", "pinecone", "databricks"])
def test_what_a_key_alone_does_not_say(vendor: str) -> None:
    assert vendor_of(vendor).default == ""
    assert vendor_of(vendor).default_note


@pytest.mark.parametrize("name", ["region_name", "allowed_model_region", "EU_REGION"])
def test_labels_that_somebody_wrote_are_no_region(name: str) -> None:
    """LiteLLM counts London and Zurich as `eu`, and takes the word of whoever wrote it."""
    known = endpoints.variable(name)
    assert known is None or not known.sure


def test_where_claude_on_google_takes_a_call_pins_nothing() -> None:
    known = endpoints.variable("ANTHROPIC_GOOGLE_CLOUD_LOCATION")
    assert known is not None
    assert (known.vendor.vendor, known.variable.kind) == ("anthropic", "key")


def test_both_settings_of_openai_name_a_host() -> None:
    """LangChain lets OPENAI_API_BASE win, the SDK reads OPENAI_BASE_URL only: a policy compares them."""
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL"):
        known = endpoints.variable(name)
        assert known is not None
        assert (known.vendor.vendor, known.variable.kind, known.variable.weak) == ("openai", "url", False)


def test_a_region_that_every_client_reads_is_weak() -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "GOOGLE_CLOUD_LOCATION"):
        known = endpoints.variable(name)
        assert known is not None
        assert (known.variable.kind, known.variable.weak) == ("region", True)


def test_of_several_vendors_in_a_name_the_last_is_meant() -> None:
    for name, vendor in (("LANGFUSE_LLM_CONNECTION_OPENAI_TOKEN", "openai"), ("OPENAI_LANGFUSE_SECRET", "langfuse")):
        known = endpoints.variable(name)
        assert known is not None
        assert (known.vendor.vendor, known.sure) == (vendor, False)


@pytest.mark.parametrize("name", ["OLLAMA_HOSTNAME", "LANGFUSE_HOSTNAME", "APP_QUERYREWRITER_APIKEY"])
def test_names_that_only_sound_like_a_call(name: str) -> None:
    """The name that something is reached by, and a word that ends like a vendor's."""
    assert endpoints.variable(name) is None


def test_where_something_listens_is_no_host_that_is_called() -> None:
    assert all(map(endpoints.listens, ("http://0.0.0.0:11434", "[::]:80", "::", "0.0.0.0:1/")))
    assert not any(map(endpoints.listens, ("10.0.0.0", "ollama:11434", "", "http://0.0.0.0.example.org")))
