"""Exported stacks, checkpoints and previews: which files are such, and what of them is shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import engine
from checker.model import Unknown
from checker.outcome import Outcome
from checker.reports import json as json_report
from checker.source import Source
from providers.pulumi.format import is_state
from providers.pulumi.state import Root

Check = Callable[..., Outcome]
STACK = "urn:pulumi:prod::app::"
PROVIDER = f"{STACK}pulumi:providers:aws::default_7_1_0"
HIDDEN = "1b47061264138c4ac30d75fd1eb44270"
SIGNATURE = "4dabf18193072939515e22adb298388d"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


def resource(token: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "urn": f"{STACK}{token}::{name}",
        "custom": True,
        "type": token,
        "provider": f"{PROVIDER}::id",
        **more,
    }


def provider(region: str | None = "us-east-1", urn: str = PROVIDER) -> dict[str, Any]:
    given = {"region": region} if region else {"profile": "work"}
    return {"urn": urn, "custom": True, "id": "id", "type": "pulumi:providers:aws", "inputs": given}


def exported(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "deployment": {"manifest": {}, "resources": list(resources)}}, indent=1)


def checkpoint(*resources: dict[str, Any]) -> str:
    return json.dumps({"version": 3, "checkpoint": {"stack": "x", "latest": {"resources": list(resources)}}}, indent=1)


def preview(*resources: dict[str, Any], op: str = "create") -> str:
    steps = [{"op": op, "urn": one["urn"], "newState": one} for one in resources]
    return json.dumps({"config": {"aws:region": "us-west-2"}, "steps": steps}, indent=1)


ENDPOINT = resource("aws:sagemaker/endpoint:Endpoint", "e", inputs={"name": "e"})
each_shape = pytest.mark.parametrize("shape", [exported, checkpoint, preview])


def root(text: str) -> Root:
    return Root(Source("stack.json", text))


def everything(found: Root) -> dict[str, Any]:
    return {block.address: block for block in found.blocks(lambda mode, type: True)}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (exported(provider(), ENDPOINT), True),
        (checkpoint(provider(), ENDPOINT), True),
        (preview(ENDPOINT), True),
        ("\ufeff" + exported(ENDPOINT), True),
        (json.dumps(json.loads(exported(ENDPOINT))), True),
        (json.dumps({"urn": "urn:pulumi:a::b::c::d"}), False),
        (json.dumps({"steps": [], "text": "urn:pulumi:"}), False),
        (f"[{exported(ENDPOINT)}]", False),
        ("{}", False),
    ],
)
def test_what_a_file_is(text: str, is_one: bool, tmp_path: Path) -> None:
    (tmp_path / "any.json").write_text(text, encoding="utf-8")
    assert is_state(tmp_path / "any.json") is is_one


def test_a_saved_plan_is_a_gap(check: Check) -> None:
    text = json.dumps({"resourcePlans": {ENDPOINT["urn"]: {"goal": {"type": ENDPOINT["type"]}, "steps": ["create"]}}})
    (gap,) = check({"plan.json": text}).graph.gaps
    assert (gap.what, gap.fatal) == ("plan.json", False)
    assert "pulumi preview --json" in gap.hint


def test_what_powershell_writes(check: Check, tmp_path: Path) -> None:
    (tmp_path / "preview.json").write_text(exported(provider(), ENDPOINT), encoding="utf-16")
    assert [one.address for one in check({"other.txt": ""}).judged] == ["e"]


@each_shape
def test_the_provider_says_the_region(shape: Callable[..., str], check: Check) -> None:
    outcome = check({"stack.json": shape(provider("us-east-1"), ENDPOINT)})
    (finding,) = outcome.findings
    assert (finding.address, finding.place and finding.place.name) == ("e", "us-east-1")
    assert (finding.location.path, finding.location.line > 1) == ("stack.json", True)


def test_a_provider_that_states_no_region_leaves_it_open(check: Check) -> None:
    outcome = check({"stack.json": exported(provider(None), ENDPOINT)})
    assert [finding.verdict.value for finding in outcome.findings] == ["undetermined"]


def test_a_preview_shows_the_configuration_of_the_default_provider(check: Check) -> None:
    outcome = check({"stack.json": preview(ENDPOINT)})
    assert [finding.place and finding.place.name for finding in outcome.findings] == ["us-west-2"]


def test_an_arn_says_the_region_where_no_provider_does(check: Check) -> None:
    deployed = {**ENDPOINT, "outputs": {"arn": "arn:aws:sagemaker:us-east-2:123456789012:endpoint/e"}}
    outcome = check({"stack.json": exported(deployed)})
    assert [finding.place and finding.place.name for finding in outcome.findings] == ["us-east-2"]


@pytest.mark.parametrize("op", ["delete", "delete-replaced", "discard", "remove-pending-replace"])
def test_what_goes_is_no_finding(op: str, check: Check) -> None:
    outcome = check({"stack.json": preview(ENDPOINT, op=op), "more.json": preview(provider())})
    assert outcome.judged == ()


def test_what_is_pending_to_be_deleted_is_no_finding() -> None:
    assert everything(root(exported(provider(), {**ENDPOINT, "delete": True}))) == {}


def test_what_is_read_or_a_component_is_not_managed() -> None:
    component = {**resource("app:index:Rag", "rag"), "custom": False}
    looked_up = {**ENDPOINT, "external": True}
    found = everything(root(exported(provider(), component, looked_up)))
    assert {name: block.mode for name, block in found.items()} == {"e": "data"}


def test_equal_names_are_told_apart_by_their_types() -> None:
    bucket = resource("aws:s3/bucket:Bucket", "docs")
    source = resource("aws:bedrock/agentDataSource:AgentDataSource", "docs")
    twin = {**bucket, "urn": f"{STACK}my:index:C$aws:s3/bucket:Bucket::docs"}
    found = everything(root(exported(provider(), bucket, source, twin)))
    assert list(found) == ["aws:s3:Bucket::docs", "aws:bedrock:AgentDataSource::docs", "aws:s3:Bucket::docs::2"]


@pytest.mark.parametrize(
    ("data", "known", "sensitive"),
    [
        ("plain", "plain", False),
        (UNKNOWN, None, False),
        (f"s3://{UNKNOWN}/docs", None, False),
        ("[secret]", None, True),
        ({SIGNATURE: HIDDEN, "ciphertext": "AAAB"}, None, True),
        ({SIGNATURE: HIDDEN, "plaintext": '"hush"'}, None, True),
        ({SIGNATURE: "c44067f5952c0a294b673a41bacd8c17", "hash": "x"}, None, False),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "v"}, "v", False),
        ({SIGNATURE: "d0e6a833031e9bbcd3f4e8bde6ca49a4", "value": "v", "secret": True}, None, True),
        ({SIGNATURE: "5cf8f73096256a8f31e491e813e4eb8e", "urn": f"{STACK}x:y:Z::z"}, None, False),
        ({SIGNATURE: 7}, None, False),
    ],
)
def test_values(data: object, known: str | None, sensitive: bool) -> None:
    bucket = resource("aws:s3/bucket:Bucket", "b", inputs={"bucket": data})
    (value,) = everything(root(exported(provider(), bucket)))["b"].body.values("bucket")
    assert (None if isinstance(value.data, Unknown) else value.data, value.sensitive) == (known, sensitive)


def test_what_a_property_hangs_on_is_joined(check: Check) -> None:
    bucket = resource("aws:s3/bucket:Bucket", "docs", inputs={"region": "us-east-1"})
    source = resource(
        "aws:bedrock/agentDataSource:AgentDataSource",
        "source",
        inputs={"dataSourceConfiguration": {"s3Configuration": {"bucketArn": UNKNOWN}}},
        propertyDependencies={"dataSourceConfiguration": [bucket["urn"]]},
    )
    outcome = check({"stack.json": exported(provider("eu-west-1"), bucket, source)})
    assert [(one.address, one.policy) for one in outcome.findings] == [("docs", "storage-placement")]


def test_a_secret_is_in_no_report(check: Check, tmp_path: Path) -> None:
    hidden = {SIGNATURE: HIDDEN, "plaintext": json.dumps("https://us.api.openai.com/v1?key=hush-hush")}
    function = resource(
        "aws:lambda/function:Function",
        "fn",
        inputs={"environment": {"variables": {"OPENAI_API_KEY": hidden, "OPENAI_BASE_URL": hidden}}},
    )
    for shape in (exported, lambda *some: json.dumps(json.loads(exported(*some)))):
        outcome = check({"stack.json": shape(provider(), function)})
        assert engine.matching(outcome, "fn")
        assert "hush" not in json_report.render(outcome, color=False, verbosity=2, root=tmp_path)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (exported(ENDPOINT)[:-9], "it is no JSON"),
        (exported(), "of a shape that is known"),
        ('{"deployment": {"resources": 7}, "x": [{"urn": "urn:pulumi:"}]}', "of a shape that is known"),
        ('{"deployment": [{"urn": "urn:pulumi:a::b::c::d"}]}', "of a shape that is known"),
        ('{"steps": ' + "[" * 100_000 + '{"urn": "urn:pulumi:"}', "it is no JSON"),
    ],
)
def test_what_cannot_be_read_is_a_fatal_gap(text: str, why: str) -> None:
    found = root(text)
    assert everything(found) == {}
    assert [(why in gap.why, gap.fatal) for gap in found.gaps()] == [(True, True)]


def test_odd_members_are_passed_over() -> None:
    odd = [None, 7, "x", {}, {"urn": 7}, {"urn": "no urn"}, {**ENDPOINT, "inputs": [], "outputs": "x", "provider": 7}]
    text = json.dumps({"deployment": {"resources": odd}, "steps": [None, {"op": 7}, {"newState": []}]})
    assert list(everything(root(text))) == ["e"]
