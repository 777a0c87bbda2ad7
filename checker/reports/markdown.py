"""The report as Markdown, for comments on pull requests and summaries of jobs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from checker import summary
from checker.jurisdictions import EVIDENCE
from checker.model import Finding
from checker.outcome import Outcome
from checker.redact import prose

MEDIA_TYPE = "text/markdown"
_MOST = 200  # findings in the table: a comment of GitHub may have 65,536 characters
# Without brackets there is no link or picture, without # no issue and without @ nobody who is notified.
_SPECIAL = re.compile(r"([\\`*\[\]<>#|~@&]|(?<!\w)_|_(?!\w))")


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as Markdown: a headline with denominators, a table of findings, the rest folded."""
    counts = summary.summarise(outcome)
    verdicts = f"{counts.inside} inside, {counts.outside} outside, {counts.undetermined} undetermined"
    there = f"{_count(counts.workloads, 'AI workload')}, {_count(counts.gaps, 'gap')}"
    found = summary.findings(outcome)
    parts = [
        f"### euclave: {_count(counts.findings, 'new finding' if outcome.since else 'finding')}",
        f"{counts.judged} judged against {_plain(outcome.jurisdiction.name)}: {verdicts}; {there}.",
        "\n".join(_table(found)),
        _folded("Fixed", (_plain(finding.message) for finding in summary.fixed(outcome))),
        _folded("Excepted", (_excepted(outcome))),
        _folded("Not read", (f"{_plain(gap.what)}: {_plain(gap.why)}" for gap in summary.gaps(outcome))),
        _folded("Advice", (_plain(finding.message) for finding in summary.advice(outcome))),
        EVIDENCE if counts.judged else "",
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _table(findings: list[Finding]) -> Iterator[str]:
    if not findings:
        return
    yield "| | policy | what | where |"
    yield "| --- | --- | --- | --- |"
    for finding in findings[:_MOST]:
        tip = f"<br>{_plain(finding.tip)}" if finding.tip else ""
        where = _plain(str(finding.location))
        yield f"| {finding.severity} {finding.verdict} | {finding.policy} | {_plain(finding.message)}{tip} | {where} |"
    if len(findings) > _MOST:
        yield f"| | | and {len(findings) - _MOST} more | |"


def _excepted(outcome: Outcome) -> Iterator[str]:
    for one in summary.excepted(outcome):
        until = f", until {one.exemption.until}" if one.exemption.until else ""
        yield f"{_plain(one.finding.message)}: {_plain(one.exemption.reason)}{until}"
    for rule in summary.exemptions(outcome):
        yield f"{_plain(summary.rule(rule))}: {rule.state}"


def _folded(title: str, lines: Iterable[str]) -> str:
    listed = list(lines)
    more = [f"- and {len(listed) - _MOST} more"] if len(listed) > _MOST else []
    body = "\n".join([*(f"- {line}" for line in listed[:_MOST]), *more])
    return f"<details><summary>{title}: {len(listed)}</summary>\n\n{body}\n\n</details>" if listed else ""


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is, on one line: no markup, no HTML, nobody who is notified."""
    return _SPECIAL.sub(lambda found: f"&#{ord(found[1])};", " ".join(prose(text).split()))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
