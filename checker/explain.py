"""`euclave explain`: everything that is known of one resource, on a page."""

from __future__ import annotations

from collections.abc import Iterator

import click

from checker import summary
from checker.findings import describe
from checker.model import Confidence, Jurisdiction, Place, Relation, Resource, Verdict
from checker.outcome import Outcome
from checker.redact import HIDDEN, prose

_COLORS = {Verdict.INSIDE: "green", Verdict.OUTSIDE: "red", Verdict.UNDETERMINED: "yellow"}


def page(outcome: Outcome, resource: Resource) -> str:
    """Return the page of a resource, with styles that `click.echo` removes where no colour is wanted.

    Whatever the checked code holds, the only control characters are line breaks and those styles.
    """
    return "\n".join(_lines(outcome, resource))


def _lines(outcome: Outcome, resource: Resource) -> Iterator[str]:
    jurisdiction = outcome.jurisdiction_of(resource)
    verdict = resource.verdict(jurisdiction)
    yield f"{click.style(prose(resource.address), bold=True)}  {_verdict(verdict)} {prose(jurisdiction.name)}"
    yield f"  {resource.kind} ({prose(resource.type)}), {', '.join(sorted(resource.roles)) or 'no role'}"
    root = f" in root {prose(resource.root)}" if resource.root != "." else ""
    yield f"  declared at {prose(str(resource.location))}{root}"
    for step in resource.calls:
        yield f"    {prose(str(step))}"
    if resource.environment:
        yield f"  environment {prose(resource.environment)}"
    yield "places"
    for place in resource.places:
        yield from of_place(place, jurisdiction)
    if not resource.places:
        yield "  none of its own"
    yield "joins"
    yield from _joins(outcome, resource)
    yield "findings"
    found = [f for f in summary.findings(outcome) if (f.root, f.environment, f.address) == summary.identity(resource)]
    for finding in found:
        sure = "" if finding.confidence is Confidence.HIGH else f", {finding.confidence} confidence"
        yield f"  {_verdict(finding.verdict)} {finding.policy} ({finding.severity}{sure}): {prose(finding.message)}"
        if finding.provisions:
            yield f"    relevant to {', '.join(finding.provisions)}"
        if finding.tip:
            yield f"    tip: {prose(finding.tip)}"
    if not found:
        judged = any(summary.identity(r) == summary.identity(resource) for r in outcome.judged)
        yield "  none" if judged else f"  none: in scope {outcome.scope} it is not judged"
    if resource.source:
        yield f"catalogue: {resource.source}"


def of_place(place: Place, jurisdiction: Jurisdiction) -> Iterator[str]:
    """Yield the lines of a place: what it is, why, the way its value came, and the table that says so."""
    yield f"  {_verdict(jurisdiction.judge(place))} {place.purpose}: {prose(describe(place))}"
    if place.vendor:
        yield f"    {place.vendor}, as {prose(place.stated_by) or 'its text'} says; {place.confidence} confidence"
    reason = summary.reason(place)
    if reason:
        yield f"    {prose(reason)}"
    for step in summary.trail(place.trail):
        yield f"    ← {prose(step)}"
    if place.source:
        yield f"    table: {place.source}"


def _joins(outcome: Outcome, resource: Resource) -> Iterator[str]:
    resources = outcome.graph.resources
    any_join = False
    for reference in resource.references:
        for key in reference.targets:
            any_join = True
            yield f"  {reference.relation} {prose(resources[key].address)}  ({reference.path})"
        if not reference.targets and reference.relation is not Relation.RUNS_ON and reference.text:
            any_join = True
            text = HIDDEN if reference.value.sensitive else prose(reference.text)
            yield f"  {reference.relation} {text}  ({reference.path}; not declared here)"
    for key, way in sorted(outcome.graph.joined.get(resource.key, {}).items()):
        any_join = True
        shown = " → ".join(prose(resources[step].address) for step in way)
        yield f"  used by {prose(resources[key].address)}: {shown}"
    if not any_join:
        yield "  none"


def _verdict(verdict: Verdict) -> str:
    return click.style(verdict.value, fg=_COLORS[verdict], bold=True)
