"""The same stack in Terraform and in a cloud's own templates: each resource has the same places, verdicts and findings.

The sources are `fixtures/same-stack-aws` and `fixtures/same-stack-azure`; `expected.md` there says what is found.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from checker import engine, jurisdictions
from checker.model import Purpose, Verdict
from checker.outcome import Outcome

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
# The last word of an address by which each way of writing names the same thing.
NAMES = {
    "oai-acme": "openai",
    "speech-acme": "speech",
    "srch-acme": "index",
    "stacmedocs": "docs",
    "stacmeexports": "exports",
    "cosmos-acme": "history",
    "plan-acme": "plan",
    "app-acme": "chatapp",
}
each_stack = pytest.mark.parametrize(
    ("stack", "formats"),
    [("aws", ("terraform", "cloudformation", "sam")), ("azure", ("terraform", "bicep", "arm"))],
    ids=["aws", "azure"],
)


class Said(NamedTuple):
    """What is said of one resource, in words that no format decides."""

    verdict: str
    workload: bool
    places: tuple[tuple[str, str, str], ...]  # purpose, name, verdict
    findings: tuple[tuple[str, str, str], ...]  # policy, verdict, severity
    joined: tuple[str, ...]  # the AI workloads that reach it


def name(address: str) -> str:
    """Return what the stack calls a resource: the end of its address, in one spelling; ARNs stay."""
    if address.startswith("arn:"):
        return address
    last = re.split(r"[./]|::", address)[-1]
    return NAMES.get(last, last.replace("_", "").lower())


def said(outcome: Outcome) -> dict[str, Said]:
    """Return what is said of each resource of a run."""
    found = {}
    for resource in outcome.judged:
        places = {(p.purpose.value, p.name, outcome.jurisdiction.judge(p).value) for p in resource.places}
        # A global table of CloudFormation lists its own region among its replicas, a table of Terraform does not.
        own = {p.name for p in resource.places if p.purpose is Purpose.LOCATION}
        found[name(resource.address)] = Said(
            resource.verdict(outcome.jurisdiction).value,
            resource.is_workload,
            tuple(sorted(place for place in places if place[0] != "replica" or place[1] not in own)),
            tuple(
                sorted(
                    (f.policy, f.verdict.value, f.severity.value)
                    for f in outcome.findings
                    if f.address == resource.address
                )
            ),
            tuple(
                sorted(name(outcome.graph.resources[key].address) for key in outcome.graph.joined.get(resource.key, ()))
            ),
        )
    return found


def run(stack: str, form: str, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    folder = FIXTURES / f"same-stack-{stack}" / form
    monkeypatch.chdir(folder)
    return engine.check(engine.Request((Path("."),), jurisdictions.parse("eu")))


@each_stack
def test_each_resource_is_judged_the_same(
    stack: str, formats: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = {form: run(stack, form, monkeypatch) for form in formats}
    assert all(outcome.graph.gaps == () for outcome in outcomes.values())
    first, *others = [said(outcomes[form]) for form in formats]
    for other in others:
        assert other == first


@each_stack
def test_the_stack_has_what_it_is_for(stack: str, formats: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Three verdicts, a model call and a copy outside, and storage that only a join brings in."""
    outcome = run(stack, formats[0], monkeypatch)
    assert {r.verdict(outcome.jurisdiction) for r in outcome.judged} == set(Verdict)
    assert {"inference-routing", "replication", "storage-placement", "model-endpoint"} <= {
        finding.policy for finding in outcome.findings
    }
    assert any(one.joined and not one.workload for one in said(outcome).values())
