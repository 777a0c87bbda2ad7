"""The flow: what is read and judged, how findings are ordered and told apart, and what the exit code is."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import engine, jurisdictions
from checker.errors import EuclaveError
from checker.model import FileLocation, Finding, Gap, Graph, Severity, Verdict
from checker.outcome import Outcome

Check = Callable[..., Outcome]
EU = jurisdictions.parse("eu")
HERE = FileLocation("main.tf", 1)

AGENT = 'resource "aws_bedrockagent_agent" "%s" {\n  region = "%s"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "%s" {\n  bucket = "%s"\n  region = "us-east-1"\n}\n'


def addresses(outcome: Outcome) -> set[str]:
    return {resource.address for resource in outcome.judged}


# --- what is read and judged


def test_scope_ai(check: Check) -> None:
    outcome = check(AGENT % ("a", "eu-west-1") + BUCKET % ("web", "web"))
    assert addresses(outcome) == {"aws_bedrockagent_agent.a"}
    assert outcome.findings == ()
    assert len(outcome.graph.resources) == 2, "what is beside a workload is read, as the workload may reach it"


def test_scope_all(check: Check) -> None:
    outcome = check(AGENT % ("a", "eu-west-1") + BUCKET % ("web", "web"), scope="all")
    assert addresses(outcome) == {"aws_bedrockagent_agent.a", "aws_s3_bucket.web"}
    assert {finding.address for finding in outcome.findings} == {"aws_s3_bucket.web"}


def test_root_without_ai_is_not_evaluated(check: Check) -> None:
    outcome = check({"a/main.tf": AGENT % ("a", "eu-west-1"), "b/main.tf": BUCKET % ("web", "web")})
    assert {resource.root for resource in outcome.graph.resources.values()} == {"a"}
    assert (outcome.graph.counts["roots"], outcome.graph.counts["roots_with_ai"]) == (2, 1)


def test_counts(check: Check) -> None:
    outcome = check({"main.tf": AGENT % ("a", "eu-west-1"), "web.tf": BUCKET % ("web", "web")})
    assert outcome.graph.counts == {
        "files": 2,
        "folders": 1,
        "blocks": 2,
        "roots": 1,
        "roots_with_ai": 1,
        "modules_not_read": 0,
    }


def test_tables_are_those_that_were_used(check: Check) -> None:
    assert [name for name, _ in check(AGENT % ("a", "eu-west-1")).tables] == ["aws places", "aws catalogue"]


def test_no_file_is_a_fatal_gap(check: Check) -> None:
    outcome = check({"README.md": "nothing"})
    (gap,) = outcome.graph.gaps
    assert gap.fatal
    assert engine.exit_code(outcome) == 3


def test_no_workload_is_clean(check: Check) -> None:
    outcome = check(BUCKET % ("web", "web"))
    assert (outcome.judged, outcome.findings, engine.exit_code(outcome)) == ((), (), 0)


def test_a_gap_of_two_roots_is_said_once(check: Check) -> None:
    module = 'module "m" {\n  source = "../shared"\n}\n'
    shared = 'resource "aws_bedrock_moonshot" "x" {}\n'
    outcome = check({"a/main.tf": module, "b/main.tf": module, "shared/main.tf": shared})
    assert [gap.what for gap in outcome.graph.gaps] == ["module.m.aws_bedrock_moonshot.x (aws_bedrock_moonshot)"]


def test_progress_names_each_root_and_ends(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "main.tf").write_text(AGENT % ("a", "eu-west-1"))
    said: list[str] = []
    engine.check(engine.Request((tmp_path,), EU), said.append)
    assert [Path(text).name for text in said] == ["a", "b", ""]


# --- findings


def test_findings_are_in_the_order_of_lines(check: Check) -> None:
    source = AGENT % ("z", "us-east-1") + AGENT % ("a", "us-west-2")
    outcome = check({"b.tf": source, "a.tf": AGENT % ("m", "eu-west-2")})
    assert [str(finding.location) for finding in outcome.findings] == ["a.tf:2", "b.tf:2", "b.tf:5"]


def prints(outcome: Outcome) -> list[str]:
    return [finding.fingerprint for finding in outcome.findings]


def test_fingerprint_survives_moved_code(check: Check) -> None:
    before = prints(check(AGENT % ("a", "us-east-1")))
    after = prints(check({"main.tf": "", "new.tf": "\n\n# moved\n" + AGENT % ("a", "us-east-1")}))
    assert before == after
    assert len(before[0]) == 20


def test_fingerprint_tells_findings_apart(check: Check) -> None:
    found = prints(check({"main.tf": AGENT % ("a", "us-east-1") + AGENT % ("b", "us-east-1")}))
    found += prints(check(AGENT % ("a", "us-west-2")))
    found += prints(check({"main.tf": "", "root/main.tf": AGENT % ("a", "us-east-1")}))
    assert len(found) == len(set(found)) == 4


# --- exit codes


def outcome(*findings: tuple[Verdict, Severity], gaps: tuple[Gap, ...] = (), strict: bool = False) -> Outcome:
    made = tuple(Finding("p", verdict, severity, "a.b", "", HERE, "") for verdict, severity in findings)
    return Outcome(Graph({}, {}, gaps, {}), (), made, EU, "ai", strict)


OUT, MAYBE = Verdict.OUTSIDE, Verdict.UNDETERMINED
GAP, FATAL = Gap("x", "y"), Gap("x", "y", fatal=True)


@pytest.mark.parametrize(
    ("made", "code", "strict"),
    [
        (outcome(), 0, 0),
        (outcome((OUT, Severity.HIGH)), 1, 1),
        (outcome((OUT, Severity.MEDIUM)), 1, 1),
        (outcome((OUT, Severity.LOW)), 0, 1),
        (outcome((OUT, Severity.INFO)), 0, 1),
        (outcome((MAYBE, Severity.HIGH)), 0, 1),
        (outcome((MAYBE, Severity.MEDIUM)), 0, 1),
        (outcome((MAYBE, Severity.MEDIUM), (OUT, Severity.HIGH)), 1, 1),
        (outcome(gaps=(GAP,)), 0, 1),
        (outcome(gaps=(FATAL,)), 3, 3),
        (outcome((OUT, Severity.HIGH), gaps=(FATAL,)), 3, 3),
    ],
)
def test_exit_code(made: Outcome, code: int, strict: int) -> None:
    assert engine.exit_code(made) == code
    assert engine.exit_code(dataclasses.replace(made, strict=True)) == strict


def test_exit_code_with_another_threshold() -> None:
    made = outcome((OUT, Severity.MEDIUM))
    assert engine.exit_code(made, Severity.HIGH) == 0
    assert engine.exit_code(outcome((OUT, Severity.LOW)), Severity.LOW) == 1


# --- addresses


def test_matching(check: Check) -> None:
    source = 'resource "aws_bedrockagent_agent" "a" {\n  count  = 2\n  region = "eu-west-1"\n}\n' + AGENT % (
        "ab",
        "eu-west-1",
    )
    made = check(source)

    def found(address: str) -> list[str]:
        return [resource.address for resource in engine.matching(made, address)]

    assert found("aws_bedrockagent_agent.a[1]") == ["aws_bedrockagent_agent.a[1]"]
    assert found("aws_bedrockagent_agent.a") == ["aws_bedrockagent_agent.a[0]", "aws_bedrockagent_agent.a[1]"]
    assert found("aws_bedrockagent_agent.ab") == ["aws_bedrockagent_agent.ab"]
    with pytest.raises(EuclaveError) as error:
        found("aws_bedrockagent_agent.abc")
    assert error.value.hint == "did you mean aws_bedrockagent_agent.ab?"


def test_matching_in_every_root(check: Check) -> None:
    made = check({f"{root}/main.tf": AGENT % ("a", "eu-west-1") for root in ("x", "y")})
    assert [resource.root for resource in engine.matching(made, "aws_bedrockagent_agent.a")] == ["x", "y"]


def test_a_fault_in_one_root_loses_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, place in (("a", "eastus"), ("b", "eastus")):
        (tmp_path / name).mkdir()
        account = f'resource "azurerm_cognitive_account" "{name}" {{\n  location = "{place}"\n}}\n'
        (tmp_path / name / "main.tf").write_text(account)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EUCLAVE_TRACEBACK", raising=False)
    whole = engine._root_graph

    def faulty(root: engine.Root, *asked: Any) -> Graph:
        if root.name == "a":
            raise ZeroDivisionError
        return whole(root, *asked)

    monkeypatch.setattr(engine, "_root_graph", faulty)
    outcome = engine.check(engine.Request((Path("."),), jurisdictions.parse("eu")))
    assert [finding.address for finding in outcome.findings] == ["azurerm_cognitive_account.b"]
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("a", True)]
    assert engine.exit_code(outcome) == 3


def test_values_beyond_the_bound_are_not_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = ", ".join(['"westeurope"'] * 1500 + ['"eastus"'])
    (tmp_path / "main.tf").write_text(
        'resource "azurerm_cognitive_account" "a" {\n  location = "westeurope"\n}\n'
        'resource "azurerm_monitor_diagnostic_setting" "d" {\n'
        "  target_resource_id = azurerm_cognitive_account.a.id\n"
        "  storage_account_id = azurerm_cosmosdb_account.c.id\n}\n"
        'resource "azurerm_cosmosdb_account" "c" {\n  location = "westeurope"\n'
        f'  dynamic "geo_location" {{\n    for_each = [{places}]\n    content {{\n      location = geo_location.value\n'
        "    }\n  }\n}\n"
    )
    monkeypatch.chdir(tmp_path)
    outcome = engine.check(engine.Request((Path("."),), jurisdictions.parse("eu")))
    (account,) = (r for r in outcome.judged if r.address == "azurerm_cosmosdb_account.c")
    assert account.verdict(outcome.jurisdiction) is not Verdict.INSIDE


def test_storage_that_cannot_be_parsed_is_no_clean_result(check: Check) -> None:
    outcome = check('resource "aws_s3_bucket" "x" {\n  bucket = = "x"\n}\n')
    assert [(gap.location.line if gap.location else 0, gap.fatal) for gap in outcome.graph.gaps] == [(2, True)]
    assert engine.exit_code(outcome) == 3


@pytest.mark.parametrize(
    "provider",
    [
        'provider "aws" {\n  region = "eu-central-1"\n  endpoints {\n    s3 = "https://x.example"\n  }\n}\n',
        'provider "google" {\n  region = "europe-west4"\n  vertex_ai_custom_endpoint = "https://us-central1-x/"\n}\n',
    ],
)
def test_overridden_endpoints_are_a_gap(check: Check, provider: str) -> None:
    workloads = 'resource "aws_bedrockagent_agent" "a" {}\nresource "google_vertex_ai_index" "i" {}\n'
    outcome = check(provider + workloads, assumed={"aws": "eu-west-1", "gcp": "europe-west1"})
    assert [gap.what.partition(" of ")[0] for gap in outcome.graph.gaps] == ["the endpoints"]
    assert not outcome.findings
