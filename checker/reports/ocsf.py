"""Events of the Open Cybersecurity Schema Framework, for Security Lake, SIEMs and data lakes.

Each finding is a Compliance Finding (class 2003), and so is each judged resource that is inside.
https://schema.ocsf.io/1.5.0/classes/compliance_finding
"""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from pathlib import Path

from checker import summary
from checker.model import Confidence, Finding, Gap, Resource, Severity, Verdict
from checker.outcome import Excepted, Outcome
from checker.redact import HIDDEN, prose
from checker.version import VERSION

MEDIA_TYPE = "application/json"
SCHEMA = "1.5.0"
_SEVERITIES = {Severity.INFO: 1, Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4}
_CONFIDENCES = {Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}
_COMPLIANCE = {Verdict.INSIDE: (1, "Pass"), Verdict.UNDETERMINED: (2, "Warning"), Verdict.OUTSIDE: (3, "Fail")}
_NEW, _SUPPRESSED, _RESOLVED = (1, "New"), (3, "Suppressed"), (4, "Resolved")
_CREATE, _CLOSE = (1, "Create"), (3, "Close")


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return a JSON array of events; their time is that of the run, or of SOURCE_DATE_EPOCH."""
    time = int(now().timestamp() * 1000)
    found = {(f.root, f.environment, f.address) for f in outcome.findings}
    events = [_event(finding, time, _NEW) for finding in (*summary.findings(outcome), *summary.advice(outcome))]
    events += [_excepted(one, time) for one in summary.excepted(outcome)]
    events += [_event(finding, time, _RESOLVED, _CLOSE) for finding in summary.fixed(outcome)]
    events += [_not_read(gap, time) for gap in summary.gaps(outcome)]
    for resource in summary.judged(outcome):
        jurisdiction = outcome.jurisdiction_of(resource)
        if summary.identity(resource) not in found and resource.verdict(jurisdiction) is Verdict.INSIDE:
            events.append(_inside(resource, jurisdiction.name, time))
    return json.dumps(events, ensure_ascii=False, indent=2) + "\n"


def now() -> datetime.datetime:
    """Return the time of the run, which SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs) may set."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdigit():
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC)
    return datetime.datetime.now(datetime.UTC)


def _event(
    finding: Finding, time: int, status: tuple[int, str], activity: tuple[int, str] = _CREATE
) -> dict[str, object]:
    place = finding.place
    details: dict[str, object] = {"path": prose(finding.location.path), "line": finding.location.line}
    if place is not None:
        details |= {"place": HIDDEN if place.sensitive else prose(place.name), "purpose": place.purpose}
        details |= {"countries": sorted(place.countries or ()), "trail": [*map(prose, summary.trail(finding.trail))]}
    return {
        **_head(time, activity, status, finding.severity),
        "message": prose(finding.message),
        "confidence_id": _CONFIDENCES[finding.confidence],
        "confidence": str(finding.confidence).capitalize(),
        "finding_info": {
            "uid": finding.fingerprint,
            "title": prose(finding.message),
            "types": [finding.policy],
            "created_time": time,
        },
        "compliance": _compliance(finding.verdict, finding.policy, finding.provisions),
        "remediation": {"desc": prose(finding.tip) or "see the message"},
        "resources": [_resource(finding.address, finding.root, finding.environment, details)],
    }


def _excepted(one: Excepted, time: int) -> dict[str, object]:
    rule = one.exemption
    said = f"{summary.rule(rule)}: {rule.reason}" + (f", until {rule.until}" if rule.until else "")
    status = _NEW if rule.kind == "since" else _SUPPRESSED  # what was there before is as open as it was
    return {**_event(one.finding, time, status), "status_detail": prose(said)}


def _inside(resource: Resource, jurisdiction: str, time: int) -> dict[str, object]:
    names = sorted({HIDDEN if place.sensitive else prose(place.name) for place in resource.places})
    countries = sorted({code for place in resource.places for code in place.countries or ()})
    details = {"path": prose(resource.location.path), "line": resource.location.line}
    title = f"{prose(resource.address)} ({resource.kind}) is inside {prose(jurisdiction)}"
    uid = "/".join(filter(None, (*summary.identity(resource),)))
    return {
        **_head(time, _CREATE, _NEW, Severity.INFO),
        "message": title,
        "finding_info": {"uid": prose(uid), "title": title, "types": ["inside"], "created_time": time},
        "compliance": _compliance(Verdict.INSIDE, "inside", ()),
        "resources": [
            _resource(
                resource.address,
                resource.root,
                resource.environment,
                {**details, "places": names, "countries": countries},
                resource.type,
            )
        ],
    }


def _not_read(gap: Gap, time: int) -> dict[str, object]:
    """Return an event whose compliance is unknown: what was asked for and not read."""
    details: dict[str, object] = {}
    if gap.location is not None:
        details = {"path": prose(gap.location.path), "line": gap.location.line}
    title = f"not read: {prose(gap.what)}"
    return {
        **_head(time, _CREATE, _NEW, Severity.MEDIUM if gap.fatal else Severity.INFO),
        "message": f"{title}: {prose(gap.why)}",
        "finding_info": {"uid": uid_of(gap), "title": title, "types": ["not-read"], "created_time": time},
        "compliance": {"status_id": 0, "status": "Unknown", "control": "not-read", "requirements": [], "standards": []},
        "remediation": {"desc": prose(gap.hint) or "see the message"},
        "resources": [{"uid": prose(gap.what), "name": prose(gap.what), "data": details}],
    }


def uid_of(gap: Gap) -> str:
    """Return what tells a gap from others, and is the same from run to run."""
    return hashlib.sha256("\0".join((gap.what, gap.why, str(gap.location or ""))).encode()).hexdigest()[:20]


def _head(time: int, activity: tuple[int, str], status: tuple[int, str], severity: Severity) -> dict[str, object]:
    label = "Informational" if severity is Severity.INFO else str(severity).capitalize()
    return {
        "category_uid": 2,
        "category_name": "Findings",
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": 200300 + activity[0],
        "type_name": f"Compliance Finding: {activity[1]}",
        "time": time,
        "severity_id": _SEVERITIES[severity],
        "severity": label,
        "status_id": status[0],
        "status": status[1],
        "metadata": {
            "version": SCHEMA,
            "product": {"name": "euclave", "vendor_name": "euclave", "version": VERSION},
        },
    }


def _compliance(verdict: Verdict, policy: str, provisions: tuple[str, ...]) -> dict[str, object]:
    id, status = _COMPLIANCE[verdict]
    return {"status_id": id, "status": status, "control": policy, "requirements": list(provisions), "standards": []}


def _resource(address: str, root: str, environment: str, data: dict[str, object], type: str = "") -> dict[str, object]:
    uid = "/".join(filter(None, (root, environment, address)))
    found: dict[str, object] = {"uid": prose(uid), "name": prose(address), "data": data}
    return found | ({"type": prose(type)} if type else {})
