"""What somebody excepts: where a comment counts, what expires, what a baseline recognises."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from checker import exemptions, registry
from checker.errors import UsageError
from checker.outcome import Exemption, Outcome

Check = Callable[..., Outcome]
Run = Callable[..., Any]
SCHEMA = json.loads((Path(exemptions.__file__).parent / "data" / "euclave-report-2.schema.json").read_text())
PROVIDER = 'provider "aws" {{\n  region = "{}"{}\n}}\n'
INDEX = 'resource "aws_kendra_index" "{}" {{\n  name = "m"\n}}\n'
REASON = 'reason="moves in March"'


def told(outcome: Outcome) -> tuple[list[str], list[str], list[str]]:
    """Return the addresses of findings, of excepted ones, and the states of the rules."""
    found = [finding.address for finding in outcome.findings]
    excepted = [one.finding.address for one in outcome.excepted]
    return found, excepted, [one.state for one in outcome.exemptions]


@pytest.mark.parametrize(
    "source",
    [
        f"# euclave:ignore {REASON}\n" + INDEX.format("m"),
        f"// euclave:ignore[ai-placement] {REASON}\n\n# another comment\n" + INDEX.format("m"),
        f"/* euclave:ignore[replication, ai-placement] {REASON} */\n" + INDEX.format("m"),
        INDEX.format("m").replace(" {\n", f" {{ # euclave:ignore {REASON}\n", 1),
        f"# euclave:ignore until=2999-12-31 who='Jane Doe' {REASON}\n" + INDEX.format("m"),
    ],
)
def test_a_comment_on_a_block(source: str, check: Check) -> None:
    outcome = check(PROVIDER.format("us-east-1", "") + source + INDEX.format("other"))
    assert told(outcome) == (["aws_kendra_index.other"], ["aws_kendra_index.m"], ["used"])
    assert outcome.excepted[0].exemption.reason == "moves in March"


def test_a_comment_on_the_line_that_a_finding_points_at(check: Check) -> None:
    source = PROVIDER.format("us-east-1", f"  # euclave:ignore {REASON}") + INDEX.format("m") + INDEX.format("n")
    assert told(check(source)) == ([], ["aws_kendra_index.m", "aws_kendra_index.n"], ["used"])


def test_a_comment_on_a_line_that_the_value_came_by(check: Check) -> None:
    source = (
        'variable "model" {\n  default = "us.amazon.nova-lite-v1:0"\n}\n'
        + PROVIDER.format("eu-west-1", "")
        + 'resource "aws_bedrockagent_agent" "a" {\n'
        + f"  # euclave:ignore[inference-routing] {REASON}\n"
        + "  foundation_model = var.model\n}\n"
    )
    found, excepted, _ = told(check(source))
    assert (found, excepted) == ([], ["aws_bedrockagent_agent.a"])


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# euclave:ignore", "no reason"),
        ("# euclave:ignore[ai-placement]", "no reason"),
        ('# euclave:ignore reason=""', "no reason"),
        (f"# euclave:ignore[ai-placment] {REASON}", "did you mean ai-placement"),
        (f"# euclave:ignore until=tomorrow {REASON}", "is no date"),
        (f"# euclave:ignore until=2027-3-1 {REASON}", "is no date"),
    ],
)
def test_a_comment_that_does_not_count_is_named(comment: str, why: str, check: Check) -> None:
    outcome = check(PROVIDER.format("us-east-1", "") + f"{comment}\n" + INDEX.format("m"))
    assert told(outcome) == (["aws_kendra_index.m"], [], [])
    (gap,) = outcome.graph.gaps
    assert why in gap.why
    assert str(gap.location) == "main.tf:4"


@pytest.mark.parametrize(
    "source",
    [
        f"# euclave:ignore[replication] {REASON}\n" + INDEX.format("m"),  # of another policy
        INDEX.format("m") + f"# euclave:ignore {REASON}\n",  # below it
        f"# euclave:ignore {REASON}\nlocals {{}}\n" + INDEX.format("m"),  # of another block
    ],
)
def test_a_comment_for_something_else_is_not_needed(source: str, check: Check) -> None:
    outcome = check(PROVIDER.format("us-east-1", "") + source)
    assert told(outcome) == (["aws_kendra_index.m"], [], ["unused"])


def test_words_that_only_begin_like_it_are_none(check: Check) -> None:
    outcome = check(PROVIDER.format("us-east-1", "") + f"# euclave:ignored {REASON}\n" + INDEX.format("m"))
    assert told(outcome) == (["aws_kendra_index.m"], [], [])


def test_after_its_last_day_it_does_not_count(check: Check) -> None:
    outcome = check(
        PROVIDER.format("us-east-1", "") + f"# euclave:ignore until=2020-01-31 {REASON}\n" + INDEX.format("m")
    )
    assert told(outcome) == (["aws_kendra_index.m"], [], ["expired"])


def test_yaml_has_comments_too(check: Check) -> None:
    template = f"Resources:\n  # euclave:ignore {REASON}\n  I:\n    Type: AWS::Kendra::Index\n"
    assert told(check({"t.yaml": template}, assumed={"aws": "us-east-1"})) == ([], ["I"], ["used"])


@pytest.mark.parametrize(
    ("address", "path", "excepted"),
    [
        ("aws_kendra_index.m", "", True),
        ("aws_kendra_index.*", "", True),
        ("aws_kendra_index.m[*]", "", False),
        ("AWS_*", "", False),
        ("", "main.tf", True),
        ("", "*.tf", True),
        ("", "other/*", False),
        ("aws_kendra_index.m", "other/*", False),
    ],
)
def test_a_rule_of_the_configuration(address: str, path: str, excepted: bool, check: Check) -> None:
    outcome = check(PROVIDER.format("us-east-1", "") + INDEX.format("m"))
    rule = exemptions.rule((), address, path, "decided", "Jane Doe", "")
    found, listed, states = told(exemptions.apply(outcome, (rule,)))
    assert (found, listed) == (([], ["aws_kendra_index.m"]) if excepted else (["aws_kendra_index.m"], []))
    assert states == ["used" if excepted else "unused"]


def test_brackets_of_a_rule_are_those_of_instances(check: Check) -> None:
    source = INDEX.format("m").replace("{\n", '{\n  for_each = toset(["a", "b"])\n')
    outcome = check(PROVIDER.format("us-east-1", "") + source)
    rule = exemptions.rule((), 'aws_kendra_index.m["a"]', "", "decided", "", "")
    assert told(exemptions.apply(outcome, (rule,)))[0] == ['aws_kendra_index.m["b"]']


@pytest.mark.parametrize(
    ("policies", "address", "reason", "what"),
    [
        (("ai-placment",), "x", "y", "did you mean ai-placement"),
        ((), "x", " ", "a reason is needed"),
        ((), "", "y", "what it is for"),
    ],
)
def test_rules_that_say_too_little(policies: tuple[str, ...], address: str, reason: str, what: str) -> None:
    with pytest.raises(UsageError, match=what):
        exemptions.rule(policies, address, "", reason, "", "")


# --- the baseline


@pytest.fixture
def known(check: Check, tmp_path: Path) -> Callable[[Outcome], tuple[exemptions.Known, ...]]:
    """Return a function that writes a baseline of an outcome and reads it."""

    def run(outcome: Outcome) -> tuple[exemptions.Known, ...]:
        file = tmp_path / "b.json"
        file.write_text(exemptions.written(outcome.findings), encoding="utf-8")
        return exemptions.load(file)

    return run


def test_lines_move_and_files_are_renamed(
    check: Check, known: Callable[[Outcome], tuple[exemptions.Known, ...]], tmp_path: Path
) -> None:
    provider = PROVIDER.format("us-east-1", "")
    entries = known(check({"main.tf": provider + INDEX.format("m")}))
    (tmp_path / "main.tf").unlink()
    outcome = check({"providers.tf": "\n\n" + provider, "search.tf": INDEX.format("n") + INDEX.format("m")})
    assert told(exemptions.apply(outcome, (), entries, "b.json")) == (
        ["aws_kendra_index.n"],
        ["aws_kendra_index.m"],
        [],
    )


def test_a_folder_is_renamed_and_a_copy_of_it_is_new(
    check: Check, known: Callable[[Outcome], tuple[exemptions.Known, ...]], tmp_path: Path
) -> None:
    source = PROVIDER.format("us-east-1", "") + INDEX.format("m")
    entries = known(check({"old/main.tf": source}))
    (tmp_path / "old" / "main.tf").rename(tmp_path / "main.tf")
    outcome = check({"copy/main.tf": source})
    # Two are there and one was known: which of them is the copy, nobody can tell.
    found, listed, _ = told(exemptions.apply(outcome, (), entries, "b.json"))
    assert (found, listed) == (["aws_kendra_index.m"], ["aws_kendra_index.m"])


def test_what_is_no_finding_any_more_is_said(
    check: Check, known: Callable[[Outcome], tuple[exemptions.Known, ...]]
) -> None:
    source = PROVIDER.format("us-east-1", "") + INDEX.format("m")
    entries = known(check(source + INDEX.format("n")))
    (one,) = exemptions.apply(check(source), (), entries, "b.json").exemptions
    assert (one.kind, one.state) == ("baseline", "unused")
    assert "1 of its 2 entries" in one.reason


@pytest.mark.parametrize(
    "text", ["", "[]", '{"schema": "other/1", "entries": []}', '{"schema": "euclave-baseline/1"}', "[" * 100_000]
)
def test_what_is_no_baseline(text: str, tmp_path: Path) -> None:
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(UsageError):
        exemptions.load(tmp_path / "b.json")


def test_from_the_command_line(euclave: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    main = tmp_path / "main.tf"
    main.write_text(PROVIDER.format("us-east-1", "") + INDEX.format("m"))
    assert euclave("check").code == 1
    assert euclave("baseline").out == "euclave-baseline.json: 1 finding, 1 added, 0 gone\n"
    assert euclave("check", "--baseline", "euclave-baseline.json").code == 0
    main.write_text(main.read_text() + INDEX.format("n"))
    assert euclave("check", "--baseline", "euclave-baseline.json").code == 1
    assert "1 new finding is not in it" in euclave("baseline").out
    assert euclave("baseline", "--add").out == "euclave-baseline.json: 2 findings, 1 added, 0 gone\n"
    main.write_text(PROVIDER.format("us-east-1", "") + INDEX.format("n"))
    assert euclave("baseline").out == "euclave-baseline.json: 1 finding, 0 added, 1 gone\n"
    (tmp_path / "euclave.toml").write_text('baseline = "euclave-baseline.json"\n')
    assert euclave("check").code == 0
    assert euclave("check", "--baseline", "none.json").code == 2


def test_every_report_says_what_was_excepted(check: Check) -> None:
    comment = f"# euclave:ignore[ai-placement] until=2999-12-31 who='Jane Doe' {REASON}\n"
    idle = f"# euclave:ignore[replication] until=2020-01-01 {REASON}\n"
    outcome = check(PROVIDER.format("us-east-1", "") + comment + INDEX.format("m") + idle + INDEX.format("n"))
    rendered = {
        name: registry.report(name).render(outcome, color=False, verbosity=0, root=Path())
        for name in ("text", "json", "sarif")
    }
    for said in (
        "Excepted: 1",
        "moves in March, says Jane Doe, until 2999-12-31",
        "1 excepted",
        "expired on 2020-01-01",
    ):
        assert said in rendered["text"]
    report = json.loads(rendered["json"])
    jsonschema.validate(report, SCHEMA)
    assert [one["finding"]["address"] for one in report["excepted"]] == ["aws_kendra_index.m"]
    assert sorted(one["state"] for one in report["exemptions"]) == ["expired", "used"]
    results = json.loads(rendered["sarif"])["runs"][0]["results"]
    kinds = {one["properties"]["address"]: [s["kind"] for s in one.get("suppressions", [])] for one in results}
    assert (kinds["aws_kendra_index.m"], kinds["aws_kendra_index.n"]) == (["inSource"], [])


def test_a_reason_is_as_hostile_as_any_text(check: Check) -> None:
    comment = '# euclave:ignore reason="\u001b[31m sk-proj-AAAAAAAAAAAAAAAAAAAAAAAA"\n'
    outcome = check(PROVIDER.format("us-east-1", "") + comment + INDEX.format("m"))
    text = registry.report("text").render(outcome, color=False, verbosity=0, root=Path())
    assert "\u001b" not in text
    assert "sk-proj-A" not in text


def test_an_exemption_of_no_kind_in_no_place_has_words() -> None:
    from checker import summary

    assert summary.rule(replace(Exemption("configuration"), address="a.*")) == "ignore a.* of the configuration"
