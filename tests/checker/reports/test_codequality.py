"""The code quality report: what GitLab's documentation asks of it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from checker.model import Severity, Verdict
from checker.outcome import Outcome
from checker.reports.codequality import render


def test_every_issue_has_what_gitlab_reads(outcome: Outcome) -> None:
    issues = json.loads(render(outcome, color=False, verbosity=0, root=Path()))
    assert len(issues) == len(outcome.findings) + len(outcome.advice)
    for issue in issues:
        assert issue.keys() == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not issue["location"]["path"].startswith("./")
        assert issue["location"]["lines"]["begin"] >= 1


def test_severities(outcome: Outcome) -> None:
    one = outcome.findings[0]
    found = tuple(
        replace(one, severity=severity, verdict=verdict, fingerprint=f"{severity}{verdict}")
        for severity, verdict in (
            (Severity.HIGH, Verdict.OUTSIDE),
            (Severity.MEDIUM, Verdict.OUTSIDE),
            (Severity.LOW, Verdict.OUTSIDE),
            (Severity.HIGH, Verdict.UNDETERMINED),
        )
    )
    issues = json.loads(render(replace(outcome, findings=found, advice=()), color=False, verbosity=0, root=Path()))
    by_fingerprint = {issue["fingerprint"]: issue["severity"] for issue in issues}
    assert by_fingerprint == {
        "highoutside": "critical",
        "mediumoutside": "major",
        "lowoutside": "minor",
        "highundetermined": "minor",
    }


def test_nothing_is_an_empty_list(outcome: Outcome) -> None:
    assert render(replace(outcome, findings=(), advice=()), color=False, verbosity=0, root=Path()) == "[]\n"
