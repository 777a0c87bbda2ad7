"""Annotations of GitHub Actions: commands on standard output that mark lines of a pull request.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

from pathlib import Path

from checker import summary
from checker.model import Finding, Gap, Severity, Verdict
from checker.outcome import Outcome
from checker.redact import prose

MEDIA_TYPE = "text/plain"


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return one command a line: errors for what is outside and matters, warnings and notices for the rest."""
    lines = [*map(_finding, summary.findings(outcome)), *map(_gap, summary.gaps(outcome))]
    counts = summary.summarise(outcome)
    verdicts = f"{counts.inside} inside, {counts.outside} outside, {counts.undetermined} undetermined"
    lines.append(f"{counts.judged} judged: {verdicts}; findings: {counts.findings}; gaps: {counts.gaps}")
    return "\n".join(lines) + "\n"


def _finding(finding: Finding) -> str:
    loud = finding.verdict is Verdict.OUTSIDE and finding.severity in (Severity.HIGH, Severity.MEDIUM)
    command = "error" if loud else "warning" if finding.severity is not Severity.LOW else "notice"
    at = finding.location
    where = {"file": at.path, "line": str(max(at.line, 1)), "col": str(max(at.column, 1))}
    return _command(command, {**where, "title": f"euclave {finding.policy}"}, _lines(finding.message, finding.tip))


def _gap(gap: Gap) -> str:
    where = {"file": gap.location.path, "line": str(max(gap.location.line, 1))} if gap.location else {}
    text = _lines(f"{gap.what} was not read: {gap.why}", gap.hint)
    return _command("error" if gap.fatal else "notice", {**where, "title": "euclave: not read"}, text)


def _lines(*texts: str) -> str:
    return "\n".join(prose(text) for text in texts if text)


def _command(name: str, properties: dict[str, str], text: str) -> str:
    """Return a workflow command; what would end a property, or the command, is written as GitHub decodes it."""
    said = ",".join(f"{key}={_escaped(prose(value), ':,')}" for key, value in properties.items())
    return f"::{name} {said}::{_escaped(text, '')}"


def _escaped(text: str, more: str) -> str:
    for char in "%\r\n" + more:
        text = text.replace(char, f"%{ord(char):02X}")
    return text
