"""Annotations: commands as the runner of GitHub Actions decodes them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from checker.model import FileLocation, Gap, Severity, Verdict
from checker.outcome import Outcome
from checker.reports.github import render

# As actions/runner reads a command: a name, properties, and a text; %25, %0D, %0A, %3A and %2C are decoded.
COMMAND = re.compile(r"::(\w+)(?: ([^:]*))?::(.*)")


def commands(outcome: Outcome) -> list[tuple[str, dict[str, str], str]]:
    found = []
    for line in render(outcome, color=False, verbosity=0, root=Path()).splitlines():
        match = COMMAND.fullmatch(line)
        if match is not None:
            properties = dict(part.split("=", 1) for part in match[2].split(","))
            found.append((match[1], {key: decoded(value) for key, value in properties.items()}, decoded(match[3])))
    return found


def decoded(text: str) -> str:
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, char)
    return text


def test_a_finding_marks_its_line(outcome: Outcome) -> None:
    (first, *_) = (one for one in commands(outcome) if one[0] == "error")
    assert first[1] == {"file": "main.tf", "line": "2", "col": "2", "title": "euclave ai-placement"}
    assert first[2].startswith("aws_bedrockagent_agent.help")


def test_how_loud_it_is(outcome: Outcome) -> None:
    one = replace(outcome.findings[1], severity=Severity.LOW)
    two = replace(outcome.findings[1], verdict=Verdict.UNDETERMINED)
    gaps = (Gap("a", "b", fatal=True), Gap("c", "d"))
    changed = replace(outcome, findings=(one, two), graph=replace(outcome.graph, gaps=gaps))
    assert sorted(name for name, _, _ in commands(changed)) == ["error", "notice", "notice", "warning"]


def test_text_of_the_code_makes_no_command(outcome: Outcome) -> None:
    bad = replace(
        outcome.findings[1],
        message="x\n::add-mask::y\r::error::z %0A",
        location=FileLocation("a,b:c%\n::warning::d.tf", 3, 1),
    )
    found = commands(replace(outcome, findings=(bad,), graph=replace(outcome.graph, gaps=())))
    assert [(name, properties["line"]) for name, properties, _ in found] == [("error", "3")]
    assert found[0][1]["file"].startswith("a,b:c%")


def test_the_last_line_has_the_denominators(outcome: Outcome) -> None:
    last = render(outcome, color=False, verbosity=0, root=Path()).splitlines()[-1]
    assert last == "3 judged: 1 inside, 1 outside, 1 undetermined; findings: 2; gaps: 1"
