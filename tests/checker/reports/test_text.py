"""The text report, compared as a whole, and against hostile sources."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from unicodedata import category

import click
from hypothesis import given
from hypothesis import strategies as st

from checker.model import (
    FileLocation,
    Finding,
    Gap,
    Graph,
    Jurisdiction,
    Outcome,
    Place,
    Purpose,
    Severity,
    Step,
    Verdict,
)
from checker.reports.text import render

SUMMARY = """\
3 judged: 1 inside, 1 outside, 1 undetermined; 2 findings; 1 module not read; 1 gap
1 AI workload and 2 storages judged against eu: 2 countries
scope: ai; read: 3 files, 1 root, 12 blocks
tables, last checked: aws catalogue 2026-11-22, aws places 2026-11-23
"""
USUAL = f"""\
main.tf: 1 finding

high outside[ai-placement]: aws_bedrockagent_agent.help is in us-east-1 (United States), outside eu
  --> main.tf:2:2
    |
  2 |  region = var.region
    |  ^^^^^^^^^^^^^^^^^^^
  = us-east-1 comes from: provider "aws".region main.tf:2 ← var.region ← terraform.tfvars:1
  = tip: set region to a region of the eu

search/main.tf: 1 finding

medium undetermined[ai-placement]: module.search.aws_opensearch_domain.docs is in a place that is not known: \
var.place has no default
  --> search/main.tf:2:3 (environment prod)
    |
  2 |   region   = var.place
  3 |   password = "…"

Not read: 1
  module.network: the module is not downloaded (main.tf:12)
    = tip: run terraform init first

{SUMMARY}"""
QUIET = f"""\
main.tf:2:2: high outside[ai-placement]: aws_bedrockagent_agent.help is in us-east-1 (United States), outside eu
search/main.tf:2:3: medium undetermined[ai-placement]: module.search.aws_opensearch_domain.docs is in a place that is \
not known: var.place has no default
{SUMMARY}"""
JUDGED = """\
Judged: 3 resources
  outside      aws_bedrockagent_agent.help (Bedrock agent) main.tf:5
      location us-east-1 (United States): outside
  inside       aws_s3_bucket.docs (S3 bucket) main.tf:9
      location eu-central-1 (Germany): inside
  undetermined module.search.aws_opensearch_domain.docs (OpenSearch domain) search/main.tf:1
      location not known: undetermined; var.place has no default
"""


def shown(outcome: Outcome, root: Path, verbosity: int = 0) -> str:
    return render(outcome, color=False, verbosity=verbosity, root=root)


def test_usual(outcome: Outcome, root: Path) -> None:
    assert shown(outcome, root) == USUAL


def test_quiet_has_one_line_a_finding(outcome: Outcome, root: Path) -> None:
    assert shown(outcome, root, -1) == QUIET


def test_quiet_still_names_what_could_not_be_checked(outcome: Outcome, root: Path) -> None:
    gap = Gap("main.tf", "it is not UTF-8", fatal=True)
    assert "could not check: main.tf: it is not UTF-8\n" in shown(
        replace(outcome, graph=replace(outcome.graph, gaps=(gap,))), root, -1
    )


def test_verbose_lists_every_judged_resource(outcome: Outcome, root: Path) -> None:
    assert JUDGED in shown(outcome, root, 1)


def test_colours_change_nothing_else(outcome: Outcome, root: Path) -> None:
    coloured = render(outcome, color=True, verbosity=1, root=root)
    assert coloured != click.unstyle(coloured) == shown(outcome, root, 1)


def test_a_missing_file_has_no_excerpt(outcome: Outcome, tmp_path: Path) -> None:
    text = shown(outcome, tmp_path / "elsewhere")
    assert "  --> main.tf:2:2\n  = us-east-1 comes from" in text


def test_a_sensitive_place_is_neither_named_nor_quoted(outcome: Outcome, root: Path) -> None:
    finding = outcome.findings[1]
    assert finding.place is not None
    hidden = replace(finding, place=replace(finding.place, sensitive=True))
    text = shown(replace(outcome, findings=(hidden,)), root)
    assert "  2 |" not in text
    assert "  = … comes from" in text


def test_no_workload_is_not_called_clean(outcome: Outcome, root: Path) -> None:
    text = shown(replace(outcome, findings=(), judged=()), root)
    assert "No AI workload was found among 12 blocks in 3 files; 1 gap: see what was not read.\n0 judged" in text
    assert "Nothing was found" not in text


def test_no_finding_says_what_was_judged(outcome: Outcome, root: Path) -> None:
    inside = replace(
        outcome, findings=(), jurisdiction=Jurisdiction("us", frozenset({"US"})), judged=outcome.judged[1:2]
    )
    assert "Nothing was found against us: all that was judged is inside.\n1 judged: 1 inside" in shown(inside, root)


def test_no_finding_with_something_undetermined_is_not_called_clean(outcome: Outcome, root: Path) -> None:
    text = shown(replace(outcome, findings=()), root)
    assert "No finding is shown, but not all that was judged is inside eu: 1 outside, 1 undetermined." in text


OBEYED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# Surrogates stand for bytes of file names that are not UTF-8.
hostile = st.text(max_size=40) | st.sampled_from(
    ["\x1b]0;owned\x07", "\x1b[2J", "a\x9b31mb", "\u202ecba", "x\rgood", "\ud800"]
)


@given(text=hostile, source=hostile, name=hostile)
def test_nothing_that_a_terminal_obeys_gets_through(text: str, source: str, name: str) -> None:
    at = FileLocation(name or "x", 1, 1)
    where = Place(name, Purpose.LOCATION, None, reason=text, trail=(Step(text, at),))
    finding = Finding(
        text,
        Verdict.OUTSIDE,
        Severity.HIGH,
        text,
        text,
        FileLocation("main.tf", 1),
        "",
        where,
        where.trail,
        text,
        text,
        text,
    )
    graph = Graph({}, {}, (Gap(text, text, at, text),), {"files": 1, "blocks": 1})
    outcome = Outcome(graph, (), (finding, replace(finding, location=at)), Jurisdiction("eu", frozenset()), "ai")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "main.tf").write_bytes(source.encode(errors="surrogatepass"))
        for verbosity in (-1, 0, 1):
            report = render(outcome, color=False, verbosity=verbosity, root=Path(folder))
            report.encode()  # no unpaired surrogates
            assert not [character for line in report.split("\n") for character in line if category(character) in OBEYED]
