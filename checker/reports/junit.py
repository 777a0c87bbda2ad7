"""The JUnit report, for Jenkins, Azure DevOps and others that show test results.

There is no schema of the vendor's; https://github.com/jenkinsci/xunit-plugin has the one that Jenkins reads by
(`junit-10.xsd`). A resource is a test case: it passes when nothing was found, and what is not decided is skipped, as
neither is true of it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

from checker import summary
from checker.model import Finding, Gap, Resource, Verdict
from checker.outcome import Excepted, Outcome
from checker.redact import prose

MEDIA_TYPE = "application/xml"


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as XML: a suite for each root and environment, and one for what was not read."""
    suites = ET.Element("testsuites", {"name": "euclave"})
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in summary.findings(outcome):
        found.setdefault((finding.root, finding.environment, finding.address), []).append(finding)
    listed: dict[tuple[str, str, str], list[Excepted]] = {}
    for one in summary.excepted(outcome):
        key = (one.finding.root, one.finding.environment, one.finding.address)
        listed.setdefault(key, []).append(one)
    cases = [summary.identity(resource) for resource in summary.judged(outcome)]
    resources = {summary.identity(resource): resource for resource in outcome.judged}
    groups: dict[str, list[ET.Element]] = {}
    for key in dict.fromkeys((*cases, *found, *listed)):
        name = key[0] + (f" ({key[1]})" if key[1] else "")
        case = _case(key, resources.get(key), found.get(key, []), listed.get(key, []), outcome)
        groups.setdefault(name, []).append(case)
    for name, members in groups.items():
        _suite(suites, name or ".", members)
    unread = [_unread(gap) for gap in summary.gaps(outcome)]
    if unread:
        _suite(suites, "not read", unread)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(suites: ET.Element, name: str, cases: list[ET.Element]) -> None:
    counts = {tag: sum(case.find(tag) is not None for case in cases) for tag in ("failure", "error", "skipped")}
    numbers = {"failures": counts["failure"], "errors": counts["error"], "skipped": counts["skipped"]}
    own = {"name": prose(name), "tests": str(len(cases)), **{key: str(value) for key, value in numbers.items()}}
    ET.SubElement(suites, "testsuite", own).extend(cases)


def _case(
    key: tuple[str, str, str],
    resource: Resource | None,
    found: list[Finding],
    listed: list[Excepted],
    outcome: Outcome,
) -> ET.Element:
    location = resource.location if resource is not None else (found or [one.finding for one in listed])[0].location
    case = ET.Element(
        "testcase",
        {
            "classname": prose(resource.type) if resource is not None else "finding",
            "name": prose(key[2]),
            "file": prose(location.path),
            "line": str(location.line),
        },
    )
    failing = [finding for finding in found if outcome.strict or finding.verdict is Verdict.OUTSIDE]
    if failing:
        worst = failing[0]
        failure = ET.SubElement(case, "failure", {"type": worst.policy, "message": prose(worst.message)})
        failure.text = "\n\n".join(map(_text, failing))
    elif found:
        ET.SubElement(case, "skipped", {"message": prose(f"undetermined: {found[0].message}")})
    elif listed:
        ET.SubElement(case, "skipped", {"message": prose(f"excepted: {listed[0].exemption.reason}")})
    elif resource is not None and resource.verdict(outcome.jurisdiction_of(resource)) is not Verdict.INSIDE:
        ET.SubElement(
            case,
            "skipped",
            {"message": f"{resource.verdict(outcome.jurisdiction_of(resource))}, and no policy found it"},
        )
    return case


def _text(finding: Finding) -> str:
    trail = " ← ".join(summary.trail(finding.trail))
    lines = [
        f"{finding.severity} {finding.verdict} [{finding.policy}] {finding.location}",
        finding.message,
        f"it comes from: {trail}" if trail else "",
        finding.tip,
    ]
    return "\n".join(prose(line) for line in lines if line)


def _unread(gap: Gap) -> ET.Element:
    case = ET.Element("testcase", {"classname": "not read", "name": prose(gap.what)})
    if gap.location is not None:
        case.attrib |= {"file": prose(gap.location.path), "line": str(gap.location.line)}
    ET.SubElement(case, "error" if gap.fatal else "skipped", {"message": prose(gap.why)})
    return case
