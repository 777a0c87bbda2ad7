"""Each policy's page holds what it says: its bad example is found by that policy, its good one by none."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from checker import cli, jurisdictions, registry
from checker.outcome import Outcome

POLICIES = registry.policy_ids()
EXAMPLE = re.compile(r"^(Bad|Good):\n\n```terraform\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples(id: str) -> dict[str, str]:
    """Return the examples of a policy's page: "Bad" and "Good"."""
    return dict(EXAMPLE.findall(inspect.cleandoc(registry.policy_doc(id))))


def test_policies_are_the_ones_that_are_documented() -> None:
    assert POLICIES == [
        "accelerator-placement",
        "ai-placement",
        "guardrail",
        "hosted-residency",
        "inference-routing",
        "key-placement",
        "log-placement",
        "model-endpoint",
        "place-not-stated",
        "replication",
        "storage-placement",
    ]


@pytest.mark.parametrize("id", POLICIES)
def test_page(id: str) -> None:
    """A page begins with what is asserted, says why, and has one bad and one good example."""
    paragraphs = inspect.cleandoc(registry.policy_doc(id)).split("\n\n")
    assert re.fullmatch(r"[A-Z].*\.", paragraphs[0])
    assert len(paragraphs[0]) <= 100
    assert paragraphs[1][0].isupper(), "the reason comes before the examples"
    assert set(examples(id)) == {"Bad", "Good"}
    assert len(EXAMPLE.findall(inspect.cleandoc(registry.policy_doc(id)))) == 2


@pytest.mark.parametrize("id", POLICIES)
def test_policy_is_a_title_and_a_check(id: str) -> None:
    policy = registry.policy(id)
    assert re.fullmatch(r"[A-Z].*[^.]", policy.TITLE)
    assert 1 <= len(policy.PROVISIONS) <= 3
    assert set(policy.PROVISIONS) <= set(jurisdictions.provisions())
    assert list(inspect.signature(policy.check).parameters) == ["resource", "context"]


@pytest.mark.parametrize("id", POLICIES)
def test_bad_example(id: str, check: Callable[..., Outcome]) -> None:
    outcome = check(examples(id)["Bad"])
    assert id in {finding.policy for finding in (*outcome.findings, *outcome.advice)}


@pytest.mark.parametrize("id", POLICIES)
def test_good_example(id: str, check: Callable[..., Outcome]) -> None:
    outcome = check(examples(id)["Good"])
    assert outcome.judged
    assert [(finding.policy, finding.message) for finding in outcome.findings] == []
    assert id not in {advice.policy for advice in outcome.advice if id == "guardrail"}
    assert outcome.graph.gaps == ()


@pytest.mark.parametrize("id", POLICIES)
def test_examples_differ_where_it_matters(id: str) -> None:
    """The good example is the bad one with few lines changed, so that a reader sees which."""
    bad, good = examples(id)["Bad"].splitlines(), examples(id)["Good"].splitlines()
    least = 3 if id != "guardrail" else 14  # what is missing there is a whole block
    assert len(set(good) - set(bad)) <= least


def test_rules_lists_all() -> None:
    listed = CliRunner().invoke(cli.cli, ["rules"], standalone_mode=False).output.splitlines()
    assert listed == [f"{id:<21}  {registry.policy(id).TITLE}" for id in POLICIES]


@pytest.mark.parametrize("id", POLICIES)
def test_rules_prints_a_page(id: str) -> None:
    text = CliRunner().invoke(cli.cli, ["rules", id], standalone_mode=False).output
    assert text == f"# {id}\n\n{inspect.cleandoc(registry.policy_doc(id))}\n"
