"""The table for spreadsheets."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from checker.outcome import Excepted, Exemption, Outcome
from checker.reports.csv import render


def rows(outcome: Outcome) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(outcome, color=False, verbosity=0, root=Path()))))


def test_one_finding_a_line(outcome: Outcome) -> None:
    found = rows(outcome)
    addresses = ["aws_bedrockagent_agent.help", "module.search.aws_opensearch_domain.docs"]
    assert [row["address"] for row in found] == addresses
    assert (found[0]["place"], found[0]["countries"], found[0]["line"]) == ("us-east-1", "US", "2")


def test_what_was_excepted_has_its_reason(outcome: Outcome) -> None:
    first, *rest = outcome.findings
    listed = (Excepted(first, Exemption("comment", reason="known")),)
    found = rows(replace(outcome, findings=tuple(rest), excepted=listed))
    assert [row["excepted"] for row in found] == ["", "known"]


def test_no_cell_is_a_formula_or_ends_early(outcome: Outcome) -> None:
    bad = replace(outcome.findings[0], message='=1+1,"\nnext', address="@sum", tip="-2", root="+3")
    (row,) = rows(replace(outcome, findings=(bad,)))
    assert (row["message"], row["address"], row["tip"], row["root"]) == ("'=1+1,\" next", "'@sum", "'-2", "'+3")


def test_sensitive_names_are_hidden(outcome: Outcome) -> None:
    one = outcome.findings[0]
    assert one.place is not None
    hidden = replace(one, place=replace(one.place, name="secret", sensitive=True))
    assert "secret" not in render(replace(outcome, findings=(hidden,)), color=False, verbosity=0, root=Path())
