"""States: where resources are by what their ARNs say, and which of them belong together."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
AWS = 'provider["registry.terraform.io/hashicorp/aws"]'


def resource(type: str, name: str, *instances: dict[str, Any], provider: str = AWS, **rest: Any) -> dict[str, Any]:
    listed = [{"schema_version": 0, "attributes": one, **one.pop("_", {})} for one in instances]
    return {**rest, "mode": "managed", "type": type, "name": name, "provider": provider, "instances": listed}


def state(*resources: dict[str, Any], **rest: Any) -> str:
    head = {"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}}
    return json.dumps({**head, "resources": list(resources), **rest}, indent=2)


def index(region: str, **rest: Any) -> dict[str, Any]:
    return {"arn": f"arn:aws:kendra:{region}:111122223333:index/x", "id": "x", "name": "m", **rest}


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {one.address: one.verdict(outcome.jurisdiction).value for one in outcome.judged}


def test_a_real_state_and_what_show_prints_of_it(check: Check) -> None:
    text = (FIXTURES / "terraform-state" / "terraform.tfstate").read_text()
    outcome = check({"terraform.tfstate": text})
    assert {(f.policy, f.address) for f in outcome.findings} == {
        ("ai-placement", "aws_sagemaker_notebook_instance.lab"),
        ("storage-placement", "aws_s3_bucket.models"),
        ("key-placement", "aws_kms_key.models"),
        ("model-endpoint", 'aws_sagemaker_model.ranker["a"]'),
        ("model-endpoint", 'aws_sagemaker_model.ranker["b"]'),
    }
    assert "not-a-key" not in repr(outcome.findings)
    listed = []
    for one in json.loads(text)["resources"]:
        for instance in one["instances"]:
            key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
            own = {name: one[name] for name in ("mode", "type", "name")}
            provider = "registry.terraform.io/hashicorp/aws"
            address = f"{one['type']}.{one['name']}{key}"
            listed.append({**own, "address": address, "provider_name": provider, "values": instance["attributes"]})
    shown = {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": listed}}}
    again = check({"terraform.tfstate": "{}", "shown.json": json.dumps(shown)})
    assert {(f.policy, f.address) for f in again.findings} == {(f.policy, f.address) for f in outcome.findings}


@pytest.mark.parametrize(("region", "verdict"), [("eu-west-3", "inside"), ("eu-west-2", "outside")])
def test_its_own_arn(region: str, verdict: str, check: Check) -> None:
    outcome = check({"terraform.tfstate": state(resource("aws_kendra_index", "m", index(region)))})
    assert verdicts(outcome) == {"aws_kendra_index.m": verdict}


def test_arns_of_the_same_provider_configuration(check: Check) -> None:
    """What has no ARN of its own is where the others of its provider are, if these agree."""
    bare = resource("aws_sagemaker_notebook_instance", "n", {"id": "n", "name": "n"}, provider=f"{AWS}.us")
    there = resource("aws_kendra_index", "m", index("us-east-1"), provider=f"{AWS}.us")
    other = resource("aws_kendra_index", "o", index("eu-west-1"))
    found = verdicts(check({"terraform.tfstate": state(bare, there, other)}))
    assert found["aws_sagemaker_notebook_instance.n"] == "outside"
    second = resource("aws_kendra_index", "p", index("us-west-2"), provider=f"{AWS}.us")
    found = verdicts(check({"terraform.tfstate": state(bare, there, other, second)}))
    assert found["aws_sagemaker_notebook_instance.n"] == "undetermined"


def test_an_arn_of_something_else_is_not_its_own(check: Check) -> None:
    notebook = {
        "id": "n",
        "name": "n",
        "kms_key_arn": "arn:aws:kms:us-east-1:1:key/x",
        "role_arn": "arn:aws:iam::1:role/x",
    }
    found = check({"terraform.tfstate": state(resource("aws_sagemaker_notebook_instance", "n", notebook))})
    assert verdicts(found)["aws_sagemaker_notebook_instance.n"] == "undetermined"
    (finding,) = (f for f in found.findings if f.policy == "place-not-stated")
    assert "a state does not keep the configuration of its provider" in finding.message


def test_ids_join_what_hangs_together(check: Check) -> None:
    """A state has values only: what a resource hangs on tells whose id one of them is."""
    base = {"id": "KB1", "arn": "arn:aws:bedrock:eu-central-1:1:knowledge-base/KB1", "name": "kb"}
    source = {
        "id": "KB1,DS1",
        "knowledge_base_id": "KB1",
        "data_source_configuration": [{"s3_configuration": [{"bucket_arn": "arn:aws:s3:::docs"}], "type": "S3"}],
        "_": {"dependencies": ["module.rag.aws_bedrockagent_knowledge_base.this"]},
    }
    outcome = check(
        {
            "terraform.tfstate": state(
                resource("aws_bedrockagent_knowledge_base", "this", base, module='module.rag["a"]'),
                resource("aws_bedrockagent_data_source", "this", source, module='module.rag["a"]'),
                resource("aws_s3_bucket", "docs", {"id": "docs", "bucket": "docs", "region": "us-east-1"}),
            )
        }
    )
    (finding,) = outcome.findings
    assert (finding.policy, finding.address) == ("storage-placement", "aws_s3_bucket.docs")
    ways = next(ways for key, ways in outcome.graph.joined.items() if key.endswith("aws_s3_bucket.docs"))
    assert any(one.endswith('module.rag["a"].aws_bedrockagent_knowledge_base.this') for one in ways)


def test_instances_and_what_is_deposed(check: Check) -> None:
    listed = [
        {**index("eu-west-1"), "_": {"index_key": 0}},
        {**index("us-east-1"), "_": {"index_key": "a.b"}},
        {**index("us-west-2"), "_": {"deposed": "0123abcd"}},
    ]
    assert verdicts(check({"terraform.tfstate": state(resource("aws_kendra_index", "m", *listed))})) == {
        "aws_kendra_index.m[0]": "inside",
        'aws_kendra_index.m["a.b"]': "outside",
        "aws_kendra_index.m (deposed 0123abcd)": "outside",
    }


def test_each_resource_has_its_line(check: Check) -> None:
    text = state(
        resource("aws_kendra_index", "a", index("us-east-1", tags={"name": "x", "type": "y", "mode": "z"})),
        resource("aws_kendra_index", "b", index("us-east-1"), module="module.m"),
    )
    lines = [str(finding.location) for finding in check({"terraform.tfstate": text}).findings]
    first, second = '"mode": "managed"', '"module": "module.m"'
    heads = [number for number, line in enumerate(text.split("\n"), 1) if second in line or first in line]
    assert lines == [f"terraform.tfstate:{number}" for number in heads[:2]]


def test_opentofu(check: Check) -> None:
    provider = 'provider["registry.opentofu.org/hashicorp/aws"].by_region["us"]'
    outcome = check(
        {"terraform.tfstate": state(resource("aws_kendra_index", "m", index("us-east-1"), provider=provider))}
    )
    assert verdicts(outcome) == {"aws_kendra_index.m": "outside"}


def test_sensitive_attributes_are_never_shown(check: Check) -> None:
    agent = {
        "agent_arn": "arn:aws:bedrock:eu-central-1:1:agent/a",
        "foundation_model": "us.secret-of-a-model",
        "_": {"sensitive_attributes": [[{"type": "get_attr", "value": "foundation_model"}]]},
    }
    outcome = check({"terraform.tfstate": state(resource("aws_bedrockagent_agent", "a", agent))})
    assert outcome.findings
    assert "secret-of-a-model" not in repr([(f.message, f.tip, f.trail) for f in outcome.findings])


def test_other_clouds_say_it_themselves(check: Check) -> None:
    azure = 'provider["registry.terraform.io/hashicorp/azurerm"]'
    google = 'provider["registry.terraform.io/hashicorp/google"]'
    outcome = check(
        {
            "terraform.tfstate": state(
                resource(
                    "azurerm_cognitive_account", "a", {"kind": "OpenAI", "location": "swedencentral"}, provider=azure
                ),
                resource("google_vertex_ai_index", "i", {"region": "us-central1"}, provider=google),
            )
        }
    )
    assert verdicts(outcome) == {"azurerm_cognitive_account.a": "inside", "google_vertex_ai_index.i": "outside"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"version": 3, "terraform_version": "0.11.1", "serial": 1, "modules": []}', "of version 3"),
        ('{"version": 4, "serial": 1, "lineage": "x", "resources": [', "it is no JSON"),
        ('{"serial": 1, "lineage": "x", "meta": {}, "encrypted_data": "x", "encryption_version": "v0"}', "encrypted"),
        ('{"version": 4, "terraform_version": "1.9.0", "x": ' + "[" * 100_000, "nested too deeply"),
    ],
    ids=["old", "cut off", "encrypted", "deep"],
)
def test_what_cannot_be_read(text: str, why: str, check: Check) -> None:
    outcome = check({"terraform.tfstate": text, "main.tf": 'resource "aws_kendra_index" "m" {}\n'})
    assert any(why in gap.why and gap.fatal for gap in outcome.graph.gaps)
    assert [one.address for one in outcome.judged] == ["aws_kendra_index.m"]
