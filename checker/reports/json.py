"""The JSON report, `euclave-report/2`: what docs/report.md describes and the schema in checker/data holds."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from checker import summary
from checker.jurisdictions import EVIDENCE
from checker.model import FileLocation, Finding, Gap, Jurisdiction, Place, Resource, Step
from checker.outcome import Covered, Excepted, Exemption, Outcome, Rule, Statement
from checker.redact import HIDDEN, prose
from checker.version import VERSION

SCHEMA = "euclave-report/2"
MEDIA_TYPE = "application/json"


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as JSON text, UTF-8, indented by two, with a line break at its end.

    The same outcome gives the same text: everything is sorted, and no time of day is in it.
    """
    joins = summary.joins(outcome.graph)
    report = {
        "schema": SCHEMA,
        "summary": _summary(outcome),
        "resources": [
            _resource(resource, outcome, joins.get(summary.identity(resource), ()))
            for resource in summary.judged(outcome)
        ],
        "findings": [_finding(finding) for finding in summary.findings(outcome)],
        "advice": [_finding(finding) for finding in summary.advice(outcome)],
        "excepted": [_excepted(one) for one in summary.excepted(outcome)],
        "fixed": [_finding(one) for one in summary.fixed(outcome)],
        "exemptions": [_exemption(one) for one in outcome.exemptions],
        "statements": [_statement(statement) for statement in outcome.statements],
        "gaps": [_gap(gap) for gap in summary.gaps(outcome)],
        "coverage": [_covered(one) for one in outcome.coverage],
    }
    return json.dumps(report, ensure_ascii=False, indent=2) + "\n"


def _summary(outcome: Outcome) -> dict[str, object]:
    counts = summary.summarise(outcome)
    return {
        "tool": {"name": "euclave", "version": VERSION},
        "jurisdiction": {"name": outcome.jurisdiction.name, "countries": sorted(outcome.jurisdiction.countries)},
        "accept": sorted(outcome.jurisdiction.accepted),
        "rules": [_rule(rule, number) for rule, number in summary.rules(outcome)],
        "evidence": EVIDENCE,
        "scope": outcome.scope,
        "strict": outcome.strict,
        "fail_on": outcome.fail_on,
        "policies_off": list(outcome.off),
        "judged": counts.judged,
        "inside": counts.inside,
        "outside": counts.outside,
        "undetermined": counts.undetermined,
        "workloads": counts.workloads,
        "storages": counts.storages,
        "findings": counts.findings,
        "excepted": counts.excepted,
        "since": prose(outcome.since),
        "fixed": counts.fixed,
        "gaps": counts.gaps,
        "counts": dict(sorted(outcome.graph.counts.items())),
        "tables": [{"name": name, "checked": checked} for name, checked in sorted(outcome.tables)],
    }


def _covered(one: Covered) -> dict[str, object]:
    return {
        "cloud": one.cloud,
        "account": prose(one.account),
        "region": prose(one.region),
        "service": one.service,
        "ai": one.ai,
        "state": one.state,
        "found": one.found,
        "why": prose(one.why),
    }


def _rule(rule: Rule, judged: int) -> dict[str, object]:
    jurisdiction = rule.jurisdiction
    return {
        "name": prose(rule.name),
        "jurisdiction": {"name": prose(jurisdiction.name), "countries": sorted(jurisdiction.countries)},
        "accept": sorted(jurisdiction.accepted),
        "reason": prose(rule.reason),
        "judged": judged,
    }


def _resource(resource: Resource, outcome: Outcome, joined_to: Iterable[str]) -> dict[str, object]:
    return {
        "address": prose(resource.address),
        "type": prose(resource.type),
        "cloud": resource.cloud,
        "kind": prose(resource.kind),
        "roles": sorted(resource.roles),
        "verdict": resource.verdict(outcome.jurisdiction_of(resource)),
        "judged_against": prose(outcome.jurisdiction_of(resource).name),
        "places": [_place(place, outcome.jurisdiction_of(resource)) for place in resource.places],
        "location": _location(resource.location),
        "root": prose(resource.root),
        "environment": prose(resource.environment),
        "joined_to": [prose(address) for address in joined_to],
    }


def _place(place: Place, jurisdiction: Jurisdiction) -> dict[str, object]:
    return {
        "name": _name(place),
        "purpose": place.purpose,
        "scope": prose(place.scope),
        "countries": None if place.countries is None else sorted(place.countries),
        "verdict": jurisdiction.judge(place),
        "reason": prose(place.reason),
        "source": prose(place.source),
        "accept": place.accept,
        "vendor": place.vendor,
        "stated_by": prose(place.stated_by),
        "trail": _trail(place.trail),
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "policy": finding.policy,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "address": prose(finding.address),
        "message": prose(finding.message),
        "place": _name(finding.place) if finding.place else None,
        "trail": _trail(finding.trail),
        "tip": prose(finding.tip),
        "location": _location(finding.location),
        "source": prose(finding.source),
        "relevant_to": list(finding.provisions),
        "fingerprint": finding.fingerprint,
    }


def _excepted(one: Excepted) -> dict[str, object]:
    return {"finding": _finding(one.finding), "exemption": _exemption(one.exemption)}


def _exemption(one: Exemption) -> dict[str, object]:
    return {
        "kind": one.kind,
        "state": one.state,
        "policies": list(one.policies),
        "address": prose(one.address),
        "path": prose(one.path),
        "reason": prose(one.reason),
        "who": prose(one.who),
        "until": one.until,
        "location": _location(one.location) if one.location else None,
    }


def _statement(statement: Statement) -> dict[str, object]:
    return {
        "subject": prose(statement.subject),
        "place": prose(statement.place),
        "verdict": statement.verdict,
        "evidence": prose(statement.evidence),
        "who": prose(statement.who),
        "until": statement.until,
        "note": statement.note,
    }


def _gap(gap: Gap) -> dict[str, object]:
    return {
        "what": prose(gap.what),
        "why": prose(gap.why),
        "location": _location(gap.location) if gap.location else None,
        "hint": prose(gap.hint),
    }


def _name(place: Place) -> str:
    return HIDDEN if place.sensitive else prose(place.name)


def _trail(steps: Iterable[Step]) -> list[dict[str, object]]:
    return [
        {
            "text": prose(step.text),
            "path": prose(step.location.path) if step.location else None,
            "line": step.location.line if step.location else None,
            "column": step.location.column if step.location else None,
        }
        for step in steps
    ]


def _location(location: FileLocation) -> dict[str, object]:
    return {"path": prose(location.path), "line": location.line, "column": location.column}
