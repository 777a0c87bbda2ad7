"""The Markdown report, as a parser of Markdown reads it."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from checker.outcome import Excepted, Exemption, Outcome
from checker.reports.markdown import render


def page(outcome: Outcome) -> str:
    return render(outcome, color=False, verbosity=0, root=Path())


def shown(outcome: Outcome) -> str:
    found = MarkdownIt("commonmark", {"html": True}).enable("table").render(page(outcome))
    assert isinstance(found, str)
    return found


def test_findings_are_a_table_with_its_denominators(outcome: Outcome) -> None:
    text = shown(outcome)
    assert text.count("<tr>") == 1 + len(outcome.findings)
    assert "3 judged against" in text
    assert "aws_bedrockagent_agent.help" in text
    assert "<summary>Not read: 1</summary>" in text


def test_what_was_excepted_is_there(outcome: Outcome) -> None:
    first, *rest = outcome.findings
    rule = Exemption("configuration", reason="known", until="2027-01-01", address="a.*")
    text = shown(replace(outcome, findings=tuple(rest), excepted=(Excepted(first, rule),)))
    assert "<summary>Excepted: 1</summary>" in text
    assert "known, until 2027-01-01" in text


def test_text_of_the_code_is_shown_as_it_is(outcome: Outcome) -> None:
    """No markup, no HTML, no link, nobody notified, and no cell ends early."""
    hostile = "a | b <script>x</script> [click](http://evil) **bold** `code` @team #1 __init__ snake_case\n# head"
    bad = replace(outcome.findings[0], message=hostile)
    text = shown(replace(outcome, findings=(bad,), advice=()))
    for markup in ("<script", "<a ", "<strong>", "<code>", "<h1>"):
        assert markup not in text
    assert html.escape("a | b <script>x</script> [click](http://evil) **bold**") in text
    assert "snake_case" in page(replace(outcome, findings=(bad,)))
    assert "@team" not in page(replace(outcome, findings=(bad,)))


def test_a_long_report_is_cut_and_says_so(outcome: Outcome) -> None:
    many = tuple(replace(outcome.findings[0], address=str(number)) for number in range(250))
    text = page(replace(outcome, findings=many))
    assert "and 50 more" in text
    assert "### euclave: 250 findings" in text
