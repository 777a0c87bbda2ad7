"""Plans: what is known later, what the configuration in them says, what the code beside them adds."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
AWS = "registry.terraform.io/hashicorp/aws"
GOOGLE = "registry.terraform.io/hashicorp/google"
IN_FRANKFURT = {"aws": {"name": "aws", "full_name": AWS, "expressions": {"region": {"constant_value": "eu-central-1"}}}}
INDEX = "aws_kendra_index.manuals"
DOCUMENTS = 'module.kb["%s"].aws_s3_bucket.documents'


def plan(
    resources: dict[str, dict[str, Any]],
    *,
    unknown: dict[str, Any] | None = None,
    expressions: dict[str, Any] | None = None,
    providers: dict[str, Any] | None = None,
    variables: dict[str, Any] | None = None,
    provider: str = AWS,
    **rest: Any,
) -> dict[str, Any]:
    """Return a plan of root resources; `expressions` and `unknown` are of each by its address."""
    listed = []
    changes = []
    stated = []
    for address, values in resources.items():
        type, _, name = address.partition(".")
        own = {"address": address, "mode": "managed", "type": type, "name": name, "provider_name": provider}
        listed.append({**own, "values": values})
        after = {"actions": ["create"], "after": values, "after_unknown": (unknown or {}).get(address, {})}
        changes.append({**own, "change": after})
        given = (expressions or {}).get(address, {key: {"constant_value": one} for key, one in values.items()})
        stated.append({**own, "provider_config_key": provider.rpartition("/")[2], "expressions": given})
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "variables": {name: {"value": value} for name, value in (variables or {}).items()},
        "planned_values": {"root_module": {"resources": listed}},
        "resource_changes": changes,
        "configuration": {
            "provider_config": IN_FRANKFURT if providers is None else providers,
            "root_module": {"resources": stated},
        },
        **rest,
    }


@pytest.fixture
def planned(check: Check) -> Callable[..., Outcome]:
    """Return a function that checks a plan, with other files beside it."""

    def run(document: dict[str, Any], files: dict[str, str] | None = None, **asked: Any) -> Outcome:
        return check({"plan.json": json.dumps(document, indent=2), **(files or {})}, **asked)

    return run


def real() -> dict[str, Any]:
    document: dict[str, Any] = json.loads((FIXTURES / "terraform-plan" / "plan.json").read_text())
    return document


def told(outcome: Outcome) -> set[tuple[str, str, str]]:
    return {(finding.policy, finding.address, finding.verdict.value) for finding in outcome.findings}


def test_a_real_plan_by_itself(planned: Callable[..., Outcome]) -> None:
    outcome = planned(real())
    kb = DOCUMENTS
    assert told(outcome) == {
        ("ai-placement", "aws_sagemaker_notebook_instance.lab", "outside"),
        ("inference-routing", "aws_bedrockagent_agent.chat", "outside"),
        ("model-endpoint", "aws_lambda_function.chat", "outside"),
        ("replication", "aws_dynamodb_table.history", "outside"),
        # Where `local.archive_region` is does not stand in a plan.
        ("storage-placement", kb % "docs", "undetermined"),
        ("storage-placement", kb % "faq", "undetermined"),
    }
    assert outcome.graph.counts["roots"] == 1
    assert "not-a-key" not in repr(outcome.findings)


def test_modules_join_through_variables_and_outputs(planned: Callable[..., Outcome]) -> None:
    """The association names the knowledge base by an output of one instance of a module."""
    joined = planned(real()).graph.joined
    ways = {key.split("\0")[2]: {one.split("\0")[2] for one in ways} for key, ways in joined.items()}
    association = "aws_bedrockagent_agent_knowledge_base_association.chat"
    assert association in ways[DOCUMENTS % "docs"]
    assert association not in ways[DOCUMENTS % "faq"]
    assert 'module.kb["faq"].aws_opensearchserverless_collection.vectors' in ways


def test_the_code_beside_it_says_what_the_plan_does_not(planned: Callable[..., Outcome]) -> None:
    folder = FIXTURES / "terraform-plan"
    files = {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.tf")}
    outcome = planned(real(), files)
    found = {
        (finding.address, finding.verdict.value, str(finding.location))
        for finding in outcome.findings
        if finding.root == "plan.json"
    }
    assert ('module.kb["docs"].aws_s3_bucket.documents', "outside", "main.tf:20") in found
    assert ("aws_bedrockagent_agent.chat", "outside", "main.tf:71") in found
    assert ("aws_sagemaker_notebook_instance.lab", "outside", "main.tf:34") in found


def test_a_plan_wins_over_code_that_says_something_else(planned: Callable[..., Outcome]) -> None:
    code = 'provider "aws" {\n  region = "eu-central-1"\n}\nresource "aws_kendra_index" "manuals" {\n  name = "m"\n}\n'
    there = {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "us-east-1"}}}}
    outcome = planned(plan({INDEX: {"name": "m"}}, providers=there), {"main.tf": code})
    assert {(finding.root, finding.address, str(finding.location)) for finding in outcome.findings} == {
        ("plan.json", INDEX, "main.tf:1")
    }


def test_only_the_file_that_is_asked_for(planned: Callable[..., Outcome], tmp_path: Path) -> None:
    from checker import engine
    from checker.config import judged_by

    planned(plan({INDEX: {"name": "m"}}), {"main.tf": 'resource "aws_kendra_index" "other" {}\n'})
    outcome = engine.check(engine.Request((Path("plan.json"),), judged_by("eu", ())))
    assert [resource.address for resource in outcome.judged] == [INDEX]
    assert outcome.graph.counts["files"] == 1


def test_what_is_deleted_is_no_finding(planned: Callable[..., Outcome]) -> None:
    document = plan({INDEX: {"name": "m"}})
    gone = copy.deepcopy(document["resource_changes"][0])
    gone |= {"address": "aws_sagemaker_notebook_instance.old", "type": "aws_sagemaker_notebook_instance"}
    gone["change"] = {"actions": ["delete"], "before": {"name": "old"}, "after": None}
    document["resource_changes"].append(gone)
    outcome = planned(document)
    assert (outcome.findings, [resource.address for resource in outcome.judged]) == ((), [INDEX])


@pytest.mark.parametrize(
    ("rest", "what", "fatal"),
    [
        ({"errored": True}, "ended with an error", True),
        ({"complete": False}, "is not complete", False),
        (
            {"deferred_changes": [{"reason": "provider_config_unknown", "resource_change": {"address": "aws_x.y"}}]},
            "deferred",
            False,
        ),
        (
            {"resource_changes": [{"address": "aws_x.y", "change": {"actions": ["forget"], "after": None}}]},
            "stays where it is",
            False,
        ),
    ],
)
def test_plans_that_do_not_say_everything(
    rest: dict[str, Any], what: str, fatal: bool, planned: Callable[..., Outcome]
) -> None:
    gaps = planned(plan({INDEX: {"name": "m"}}, **rest)).graph.gaps
    assert [gap.fatal for gap in gaps if what in gap.why] == [fatal]


def test_what_is_deferred_is_judged_as_far_as_it_is_known(planned: Callable[..., Outcome]) -> None:
    document = plan({INDEX: {"name": "m"}})
    change = document["resource_changes"].pop()
    document["planned_values"]["root_module"]["resources"] = []
    outcome = planned({**document, "deferred_changes": [{"reason": "absent_prereq", "resource_change": change}]})
    assert [resource.address for resource in outcome.judged] == [INDEX]


# --- provider configurations


@pytest.mark.parametrize(
    ("expression", "variables", "verdict"),
    [
        ({"constant_value": "eu-west-1"}, {}, "inside"),
        ({"constant_value": "us-east-1"}, {}, "outside"),
        ({"references": ["var.region"]}, {"region": "us-east-1"}, "outside"),
        ({"references": ["var.region"]}, {"region": "eu-north-1"}, "inside"),
        ({"references": ["var.region"]}, {}, "undetermined"),
        ({"references": ["local.region"]}, {}, "undetermined"),
        ({"references": ["var.a", "var.b"]}, {"a": "eu-west-1", "b": "us-east-1"}, "undetermined"),
        ({"references": ["data.aws_region.here.name", "data.aws_region.here"]}, {}, "outside"),
        ({}, {}, "undetermined"),
    ],
    ids=str,
)
def test_the_region_of_a_provider(
    expression: dict[str, Any], variables: dict[str, Any], verdict: str, planned: Callable[..., Outcome]
) -> None:
    looked_up = {"address": "data.aws_region.here", "mode": "data", "type": "aws_region", "name": "here"}
    prior = {"values": {"root_module": {"resources": [{**looked_up, "values": {"name": "eu-west-2"}}]}}}
    providers = {"aws": {"name": "aws", "full_name": AWS, "expressions": {"region": expression}}}
    document = plan({INDEX: {"name": "m"}}, providers=providers, variables=variables, prior_state=prior)
    outcome = planned(document)
    assert [resource.verdict(outcome.jurisdiction).value for resource in outcome.judged] == [verdict]


def test_a_provider_that_a_module_configures_by_its_own_variable(planned: Callable[..., Outcome]) -> None:
    document = plan({})
    index = {"mode": "managed", "type": "aws_kendra_index", "name": "m", "provider_name": AWS}
    module = {
        "address": "module.search",
        "resources": [{**index, "address": "module.search.aws_kendra_index.m", "values": {}}],
    }
    document["planned_values"]["root_module"]["child_modules"] = [module]
    document["configuration"] = {
        "provider_config": {
            "module.search:aws": {
                "name": "aws",
                "module_address": "module.search",
                "expressions": {"region": {"references": ["var.where"]}},
            }
        },
        "root_module": {
            "module_calls": {
                "search": {
                    "expressions": {"where": {"constant_value": "us-west-2"}},
                    "module": {
                        "resources": [
                            {
                                **index,
                                "address": "aws_kendra_index.m",
                                "provider_config_key": "module.search:aws",
                                "expressions": {},
                            }
                        ]
                    },
                }
            }
        },
    }
    (finding,) = planned(document).findings
    assert (finding.address, finding.verdict.value) == ("module.search.aws_kendra_index.m", "outside")
    assert [step.text for step in finding.trail][-1] == "var.where"


def test_what_is_computed_and_not_stated_is_left_to_the_provider(planned: Callable[..., Outcome]) -> None:
    """Google shows a region that nothing states as known after apply: the provider's fallback decides it."""
    endpoint = "google_vertex_ai_index.products"
    providers = {"google": {"name": "google", "expressions": {"region": {"constant_value": "europe-west6"}}}}
    values = {"display_name": "p"}
    for hidden in ({endpoint: {"region": True}}, {}):
        document = plan({endpoint: {**values, "region": None}}, unknown=hidden, providers=providers, provider=GOOGLE)
        document["configuration"]["root_module"]["resources"][0]["expressions"] = {
            "display_name": {"constant_value": "p"}
        }
        assert {finding.verdict.value for finding in planned(document).findings} == {"outside"}


def test_what_is_stated_and_known_later_is_undetermined(planned: Callable[..., Outcome]) -> None:
    endpoint = "google_vertex_ai_index.products"
    providers = {"google": {"name": "google", "expressions": {"region": {"constant_value": "europe-west1"}}}}
    stated = {endpoint: {"region": {"references": ["random_shuffle.region.result", "random_shuffle.region"]}}}
    document = plan(
        {endpoint: {}}, unknown={endpoint: {"region": True}}, expressions=stated, providers=providers, provider=GOOGLE
    )
    outcome = planned(document)
    assert [resource.verdict(outcome.jurisdiction).value for resource in outcome.judged] == ["undetermined"]


def test_what_is_sensitive_is_never_shown(planned: Callable[..., Outcome]) -> None:
    table = "aws_bedrockagent_agent.chat"
    document = plan({table: {"foundation_model": "us.secret-of-a-model", "agent_name": "c"}})
    document["resource_changes"][0]["change"]["after_sensitive"] = {"foundation_model": True}
    outcome = planned(document)
    assert outcome.findings
    assert "secret-of-a-model" not in repr([(f.message, f.tip, f.trail) for f in outcome.findings])


def test_of_several_blocks_the_one_with_the_same_constants(planned: Callable[..., Outcome]) -> None:
    """Blocks of a set do not stand in the order of the code; two rules write to different buckets."""
    rule = "aws_s3_bucket_replication_configuration.r"
    model = "aws_sagemaker_model.m"
    values: dict[str, dict[str, Any]] = {
        model: {"name": "m", "primary_container": [{"model_data_url": "s3://a-home/x"}]},
        "aws_s3_bucket.home": {"bucket": "a-home"},
        "aws_s3_bucket.one": {"bucket": None},
        "aws_s3_bucket.two": {"bucket": None},
        rule: {"bucket": "a-home", "rule": [{"id": "2", "destination": [{}]}, {"id": "1", "destination": [{}]}]},
    }

    def stated(number: str, name: str) -> dict[str, Any]:
        target = {"references": [f"aws_s3_bucket.{name}.arn", f"aws_s3_bucket.{name}"]}
        return {"id": {"constant_value": number}, "destination": [{"bucket": target}]}

    document = plan(
        values,
        unknown={
            rule: {"rule": [{"destination": [{"bucket": True}]}, {"destination": [{"bucket": True}]}]},
            "aws_s3_bucket.one": {"arn": True, "bucket": True},
            "aws_s3_bucket.two": {"arn": True, "bucket": True},
        },
        expressions={rule: {"bucket": {"constant_value": "a-home"}, "rule": [stated("1", "one"), stated("2", "two")]}},
        providers={
            **IN_FRANKFURT,
            "aws.us": {"name": "aws", "alias": "us", "expressions": {"region": {"constant_value": "us-east-1"}}},
        },
    )
    own = {one["address"]: one for one in document["configuration"]["root_module"]["resources"]}
    own["aws_s3_bucket.two"]["provider_config_key"] = "aws.us"
    graph = planned(document, scope="all").graph
    (found,) = (resource for resource in graph.resources.values() if resource.address == rule)
    copied = [ref for ref in found.references if ref.relation == "copies_to"]
    # The first of the planned blocks has the id "2": its destination is the bucket in Virginia.
    assert [[target.split("\0")[2] for target in ref.targets] for ref in copied] == [
        ["aws_s3_bucket.two"],
        ["aws_s3_bucket.one"],
    ]
