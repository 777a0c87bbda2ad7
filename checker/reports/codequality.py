"""The code quality report of GitLab, which shows findings in merge requests.

https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
"""

from __future__ import annotations

import json
from pathlib import Path

from checker import summary
from checker.model import Finding, Severity, Verdict
from checker.outcome import Outcome
from checker.redact import prose

MEDIA_TYPE = "application/json"
_SEVERITIES = {
    Severity.HIGH: "critical",
    Severity.MEDIUM: "major",
    Severity.LOW: "minor",
    Severity.INFO: "info",
}


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as JSON: a list of issues. GitLab shows one of those with the same fingerprint."""
    issues = [_issue(finding) for finding in (*summary.findings(outcome), *summary.advice(outcome))]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _issue(finding: Finding) -> dict[str, object]:
    undetermined = finding.verdict is Verdict.UNDETERMINED and finding.severity is not Severity.INFO
    return {
        "description": prose(finding.message),
        "check_name": finding.policy,
        "fingerprint": finding.fingerprint,
        "severity": "minor" if undetermined else _SEVERITIES[finding.severity],
        "location": {
            "path": prose(finding.location.path.removeprefix("./")),
            "lines": {"begin": max(finding.location.line, 1)},
        },
    }
