"""The text report, compared as a whole, and against hostile sources."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from unicodedata import category

import click
from hypothesis import given
from hypothesis import strategies as st

from checker.model import FileLocation, Finding, Gap, Graph, Jurisdiction, Place, Purpose, Role, Severity, Step, Verdict
from checker.outcome import Outcome
from checker.reports.text import render

SUMMARY = """\
3 judged: 1 inside, 1 outside, 1 undetermined; 2 findings; 1 gap
1 AI workload, 2 that hold data; judged against eu: 2 countries
scope: ai; read: 3 files, 1 root, 12 blocks
tables, last checked: aws catalogue 2026-11-22, aws places 2026-11-23
A location is evidence, not proof: it does not show contracts, remote access, or whose law binds a provider.
"""
USUAL = f"""\
main.tf: 1 finding

high outside[ai-placement]: aws_bedrockagent_agent.help is in us-east-1 (United States), outside eu
  --> main.tf:2:2
    |
  2 |  region = var.region
    |  ^^^^^^^^^^^^^^^^^^^
  = us-east-1 comes from: provider "aws".region main.tf:2 ← var.region ← terraform.tfvars:1
  = table: a vendor's page (2026-11-23); relevant to GDPR Art. 44
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


def test_no_workload_and_no_finding_says_what_was_judged(outcome: Outcome, root: Path) -> None:
    text = shown(replace(outcome, findings=(), judged=outcome.judged[2:]), root)
    assert "No AI workload was found among 12 blocks in 3 files.\nNothing was found against eu: all that was" in text


def test_no_file_is_said_in_two_lines(outcome: Outcome, root: Path) -> None:
    gap = Gap("infra", "no file is there", fatal=True)
    empty = replace(outcome, findings=(), judged=(), graph=Graph({}, {}, (gap,), {"files": 0, "blocks": 0}))
    expected = "could not check: infra: no file is there\n0 judged: nothing was read\n"
    assert [shown(empty, root, verbosity) for verbosity in (-1, 0, 1)] == [expected] * 3


def test_what_is_there_and_was_not_read_is_said_with_what_helps(outcome: Outcome, root: Path) -> None:
    gaps = (Gap("infra", "nothing that is known", fatal=True), Gap("Pulumi.yaml", "a program in go", hint="preview it"))
    empty = replace(outcome, findings=(), judged=(), graph=Graph({}, {}, gaps, {"files": 0, "blocks": 0}))
    text = shown(empty, root)
    assert "could not check: infra: nothing that is known\nNot read: 1\n  Pulumi.yaml: a program in go\n" in text
    assert "    = tip: preview it\n" in text
    assert "Not read" not in shown(empty, root, -1)


def test_no_finding_says_what_was_judged(outcome: Outcome, root: Path) -> None:
    inside = replace(
        outcome, findings=(), jurisdiction=Jurisdiction("us", frozenset({"US"})), judged=outcome.judged[1:2]
    )
    unproven = "all that was judged is inside; 1 thing was not read, so this is no proof of it.\n1 judged"
    assert unproven in shown(inside, root)
    read = replace(inside, graph=replace(inside.graph, gaps=()))
    assert "Nothing was found against us: all that was judged is inside.\n1 judged: 1 inside" in shown(read, root)


def test_no_finding_with_something_undetermined_is_not_called_clean(outcome: Outcome, root: Path) -> None:
    text = shown(replace(outcome, findings=()), root)
    assert "No finding is shown, but not all that was judged is inside eu: 1 outside, 1 undetermined." in text


def unread(outcome: Outcome, *addresses: str) -> Outcome:
    """Return an outcome in which some instances of a module's call were not read."""
    call = outcome.judged[0]
    modules = {a: replace(call, address=a, type="x/y", mode="module", roles=frozenset()) for a in addresses}
    graph = replace(outcome.graph, resources=outcome.graph.resources | modules)
    return replace(outcome, graph=graph)


def test_calls_that_were_not_read_are_counted_like_their_gaps(outcome: Outcome, root: Path) -> None:
    text = shown(unread(outcome, 'module.network["a"]', 'module.network["b"]'), root)
    assert "2 findings; 1 call of a module that was not read; 1 gap\n" in text
    clean = replace(unread(outcome, "module.network"), findings=(), judged=outcome.judged[2:])
    assert "is inside; 1 call of a module was not read, so this is no proof of it." in shown(clean, root)
    both = replace(clean, graph=replace(clean.graph, gaps=(*clean.graph.gaps, Gap("a", "b"))))
    assert "; 1 call of a module and 1 other thing were not read, so this is no proof of them." in shown(both, root)


def test_what_is_neither_workload_nor_holds_data_is_counted(outcome: Outcome, root: Path) -> None:
    search, agent, bucket = outcome.judged
    logs, route = replace(search, roles=frozenset({Role.LOGS})), replace(bucket, roles=frozenset({Role.ROUTING}))
    text = shown(replace(outcome, judged=(logs, agent, route)), root)
    assert "\n1 AI workload, 1 that holds data, 1 other; judged against eu: 2 countries\n" in text


def test_a_root_counts_once_in_all_its_environments(outcome: Outcome, root: Path) -> None:
    resources = {e + key: replace(r, environment=e) for e in "ab" for key, r in outcome.graph.resources.items()}
    graph = replace(outcome.graph, resources=resources, counts={"roots": 2, "roots_with_ai": 2})
    assert "read: 1 root in 2 environments, 1 root with AI\n" in shown(replace(outcome, graph=graph), root)


def test_a_tip_is_printed_once_for_a_run_of_gaps(outcome: Outcome, root: Path) -> None:
    gaps = tuple(Gap(what, "why", hint=hint) for what, hint in (("a", "x"), ("b", "x"), ("c", "y"), ("d", "")))
    text = shown(replace(outcome, graph=replace(outcome.graph, gaps=gaps)), root)
    assert "Not read: 4\n  a: why\n  b: why\n    = tip: x\n  c: why\n    = tip: y\n  d: why\n\n" in text


def test_equal_addresses_are_told_apart_and_duplicates_dropped(outcome: Outcome, root: Path) -> None:
    finding = replace(outcome.findings[1], root="a")
    same = (finding, finding, replace(finding, root="b"), replace(finding, root="b"), replace(finding, environment="p"))
    text = shown(replace(outcome, findings=same), root)
    address = "aws_bedrockagent_agent.help"
    assert f"  = the same holds for {address} (environment p), {address} (root b)\n" in text
    assert "  --> main.tf:2:2 (root a)\n" in text
    assert text.startswith("main.tf: 5 findings\n")


def test_one_root_is_not_named(outcome: Outcome, root: Path) -> None:
    finding = replace(outcome.findings[1], root="a")
    text = shown(replace(outcome, findings=(finding, finding)), root)
    assert "  --> main.tf:2:2\n" in text
    assert "the same holds" not in text


def test_one_cause_in_a_root_is_one_finding(outcome: Outcome, root: Path) -> None:
    where = Place("", Purpose.LOCATION, None, reason="no provider block", stated=False)
    first = replace(outcome.findings[0], policy="place-not-stated", place=where, root="a", environment="")
    others = [
        replace(first, address="aws_x.b", location=FileLocation("terraform.tfvars", 1)),
        replace(first, address="aws_x.c", location=FileLocation("terraform.tfvars", 1), environment="p"),
        replace(first, address="aws_x.d", location=FileLocation("terraform.tfvars", 1), root="b"),
        replace(first, address="aws_x.e", location=FileLocation("terraform.tfvars", 1), policy="other"),
    ]
    text = shown(replace(outcome, findings=(first, *others)), root)
    assert "search/main.tf: 3 findings\n" in text
    assert "  = the same holds for aws_x.b, aws_x.c (environment p)\n" in text
    assert "terraform.tfvars: 2 findings\n" in text


def test_an_unknown_place_is_named_by_its_purpose(outcome: Outcome, root: Path) -> None:
    finding = replace(outcome.findings[0], trail=(Step("var.place"),))
    assert "  = its location comes from: var.place\n" in shown(replace(outcome, findings=(finding,)), root)


def test_a_remark_on_a_plain_region_is_left_out(outcome: Outcome, root: Path) -> None:
    agent = outcome.judged[1]
    (where,) = agent.places
    noted = replace(where, reason="a remark")
    shown_for = {
        noted: False,
        replace(noted, scope="multi-region"): True,
        replace(noted, purpose=Purpose.INFERENCE): True,
        replace(noted, countries=None): True,
        replace(noted, verified=False): True,
        replace(noted, stated=False): True,
    }
    for place, expected in shown_for.items():
        text = shown(replace(outcome, judged=(replace(agent, places=(place,)),)), root, 1)
        assert ("a remark" in text) is expected, place


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
