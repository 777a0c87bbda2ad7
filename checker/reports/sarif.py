"""The SARIF 2.1.0 report, for code scanning.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from checker import fixes, summary
from checker.jurisdictions import EVIDENCE
from checker.model import FileLocation, Finding, Gap, Severity, Verdict
from checker.outcome import Excepted, Outcome
from checker.redact import HIDDEN, prose
from checker.version import VERSION

MEDIA_TYPE = "application/sarif+json"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

_LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note", Severity.INFO: "note"}
_BASE = "%SRCROOT%"


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as a SARIF log with one run, sorted; paths are relative to the checked folder."""
    findings = [*summary.findings(outcome), *summary.advice(outcome)]
    every = (*findings, *(one.finding for one in outcome.excepted), *outcome.fixed)
    own = {policy.id: policy.page for policy in outcome.policies}
    rules = sorted({*own, *(finding.policy for finding in every)})
    run = {
        "tool": {
            "driver": {"name": "euclave", "version": VERSION, "semanticVersion": VERSION, "rules": _rules(rules, own)}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_BASE: {"description": {"text": "The checked folder."}}},
        "invocations": [
            {
                "executionSuccessful": not any(gap.fatal for gap in outcome.graph.gaps),
                "toolExecutionNotifications": [_notification(gap) for gap in summary.gaps(outcome)],
            }
        ],
        "properties": {
            "evidence": EVIDENCE,
            "accept": sorted(outcome.jurisdiction.accepted),
            "statements": [
                {
                    "subject": prose(one.subject),
                    "place": prose(one.place),
                    "verdict": one.verdict,
                    "who": prose(one.who),
                }
                | {"until": one.until, "evidence": prose(one.evidence)}
                for one in outcome.statements
            ],
        },
        "results": _results(outcome, findings, rules),
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _results(outcome: Outcome, findings: Iterable[Finding], rules: list[str]) -> list[dict[str, object]]:
    """Return the results: what is found, what was excepted, and beside an earlier commit what each is to that."""
    mended = fixes.by_fingerprint(outcome) if outcome.findings else {}
    found = [
        _result(finding, rules.index(finding.policy)) | _fix(mended.get(finding.fingerprint)) for finding in findings
    ]
    if outcome.since:
        found = [{**one, "baselineState": "new"} for one in found]
    for one in summary.excepted(outcome):
        rule = rules.index(one.finding.policy)
        if one.exemption.kind == "since":
            found.append({**_result(one.finding, rule), "baselineState": "unchanged"})
        else:
            found.append(_suppressed(one, rule))
    for finding in summary.fixed(outcome):
        found.append({**_result(finding, rules.index(finding.policy)), "baselineState": "absent"})
    return found


def _rules(ids: Iterable[str], own: dict[str, str]) -> list[dict[str, object]]:
    """Return the rules of some policies; `own` are the pages of the user's."""
    return [_rule(id, own.get(id) or _page(id)) for id in ids]


def _rule(policy: str, page: str) -> dict[str, object]:
    paragraphs = page.split("\n\n")
    title = " ".join(paragraphs[0].split())
    rest = " ".join(paragraphs[1].split()) if len(paragraphs) > 1 else title
    return {
        "id": policy,
        "shortDescription": {"text": title},
        "fullDescription": {"text": rest},
        "help": {"text": page, "markdown": page},
    }


def _page(policy: str) -> str:
    """Return a policy's documentation page, in Markdown; its id when it has none or is not one of ours."""
    from checker import registry

    try:
        return inspect.cleandoc(registry.policy_doc(policy)) or policy
    except ModuleNotFoundError:
        return policy


def _result(finding: Finding, rule: int) -> dict[str, object]:
    place = finding.place
    came_from = [prose(str(step)) for step in finding.trail]
    lines = [prose(finding.message), f"It comes from: {' ← '.join(came_from)}" if came_from else "", prose(finding.tip)]
    return {
        "ruleId": finding.policy,
        "ruleIndex": rule,
        "level": _level(finding),
        "message": {"text": "\n".join(filter(None, lines))},
        "locations": _locations([finding.location]),
        "relatedLocations": [
            {"id": number, "message": {"text": prose(step.text) or "here"}, **location}
            for number, step in enumerate(finding.trail, start=1)
            for location in _locations([step.location])
        ],
        "partialFingerprints": {"euclave/v1": finding.fingerprint},
        "properties": {
            "address": prose(finding.address),
            "verdict": finding.verdict,
            "severity": finding.severity,
            "confidence": finding.confidence,
            "source": prose(finding.source),
            "relevantTo": list(finding.provisions),
            "place": None if place is None else HIDDEN if place.sensitive else prose(place.name),
            "tip": prose(finding.tip),
            "environment": prose(finding.environment),
        },
    }


def _fix(edit: fixes.Edit | None) -> dict[str, object]:
    if edit is None:
        return {}
    line, column = edit.line, edit.column
    region = {"startLine": line, "startColumn": column, "endLine": line, "endColumn": column + len(edit.old)}
    replacement = {"deletedRegion": region, "insertedContent": {"text": edit.new}}
    change = {"artifactLocation": _artifact(edit.path), "replacements": [replacement]}
    return {"fixes": [{"description": {"text": prose(edit.why)}, "artifactChanges": [change]}]}


def _suppressed(one: Excepted, rule: int) -> dict[str, object]:
    """Return the result of a finding that was excepted: it is there, and marked as suppressed."""
    exemption = one.exemption
    until = f" (until {exemption.until})" if exemption.until else ""
    suppression: dict[str, object] = {
        "kind": "inSource" if exemption.kind == "comment" else "external",
        "status": "accepted",
        "justification": prose(f"{exemption.reason}{until}"),
    }
    if exemption.location is not None:
        (suppression["location"],) = _locations([exemption.location])
    return {**_result(one.finding, rule), "suppressions": [suppression]}


def _level(finding: Finding) -> str:
    if finding.severity is Severity.INFO:
        return "note"
    if finding.verdict is Verdict.UNDETERMINED:
        return "warning"
    return _LEVELS[finding.severity] if finding.verdict is Verdict.OUTSIDE else "note"


def _notification(gap: Gap) -> dict[str, object]:
    text = f"{gap.what} was not read: {gap.why}" + (f" ({gap.hint})" if gap.hint else "")
    return {
        "level": "error" if gap.fatal else "warning",
        "message": {"text": prose(text)},
        "locations": _locations([gap.location]),
    }


def _locations(locations: Iterable[FileLocation | None]) -> list[dict[str, object]]:
    """Return SARIF locations of those that name a file. Lines and columns start at 1, as SARIF's do."""
    found: list[dict[str, object]] = []
    for location in locations:
        if location is None or not location.path:
            continue
        region = {"startLine": max(location.line, 1), "startColumn": max(location.column, 1)}
        if location.end_line is not None and location.end_line >= location.line:
            region["endLine"] = max(location.end_line, 1)
        found.append({"physicalLocation": {"artifactLocation": _artifact(location.path), "region": region}})
    return found


def _artifact(path: str) -> dict[str, str]:
    # A path is any bytes that the file system allows; a URI is not.
    return {"uri": quote(path, safe="/", errors="replace"), "uriBaseId": _BASE}
