"""The JUnit report, as a parser of test results reads it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from junitparser import JUnitXml

from checker.model import Gap, Graph
from checker.outcome import Excepted, Exemption, Outcome
from checker.reports.junit import render


def suites(outcome: Outcome) -> JUnitXml:
    return JUnitXml.fromstring(render(outcome, color=False, verbosity=0, root=Path()).encode())


def results(outcome: Outcome) -> dict[str, list[str]]:
    return {case.name: [type(one).__name__ for one in case.result] for suite in suites(outcome) for case in suite}


def test_what_is_outside_fails_and_what_is_open_is_skipped(outcome: Outcome) -> None:
    found = results(outcome)
    assert found["aws_bedrockagent_agent.help"] == ["Failure"]
    assert found["aws_s3_bucket.docs"] == []
    assert found["module.search.aws_opensearch_domain.docs"] == ["Skipped"]


def test_the_counts_are_those_of_the_cases(outcome: Outcome) -> None:
    for suite in suites(outcome):
        kinds = [type(one).__name__ for case in suite for one in case.result]
        assert (suite.tests, suite.failures) == (len(list(suite)), kinds.count("Failure"))
        assert (suite.errors, suite.skipped) == (kinds.count("Error"), kinds.count("Skipped"))


def test_strict_lets_what_is_open_fail(outcome: Outcome) -> None:
    assert results(replace(outcome, strict=True))["module.search.aws_opensearch_domain.docs"] == ["Failure"]


def test_what_was_excepted_is_skipped_with_its_reason(outcome: Outcome) -> None:
    first, *rest = outcome.findings
    listed = (Excepted(first, Exemption("configuration", reason="known since May")),)
    excepted = replace(outcome, findings=tuple(rest), excepted=listed)
    said = [case.result[0].message for suite in suites(excepted) for case in suite if case.name == first.address]
    assert "excepted: known since May" in said


def test_what_was_not_read_is_a_suite_of_its_own(outcome: Outcome) -> None:
    gaps = (Gap("a file", "it is no text", fatal=True), Gap("module.x", "the module is not downloaded"))
    (unread,) = (s for s in suites(replace(outcome, graph=replace(outcome.graph, gaps=gaps))) if s.name == "not read")
    assert sorted(type(case.result[0]).__name__ for case in unread) == ["Error", "Skipped"]


def test_nothing_at_all_is_a_report_too(outcome: Outcome) -> None:
    empty = replace(outcome, judged=(), findings=(), graph=Graph({}, {}, (), {}))
    assert list(suites(empty)) == []


def test_text_of_the_code_cannot_end_an_element(outcome: Outcome) -> None:
    bad = replace(outcome.findings[1], message="</failure>]]>\x00\x1b[31m & \ud800", address="<a>&\"'")
    found = results(replace(outcome, findings=(bad,)))
    assert found["<a>&\"'"] == ["Failure"]
