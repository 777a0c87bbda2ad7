"""Findings in the format of AWS Security Hub, for `aws securityhub batch-import-findings`.

https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from checker import places, summary
from checker.errors import UsageError
from checker.model import Finding, Gap, Severity, Verdict
from checker.outcome import Excepted, Outcome
from checker.redact import HIDDEN, prose
from checker.reports.ocsf import now, uid_of

MEDIA_TYPE = "application/json"
_SEVERITIES = {Severity.INFO: "INFORMATIONAL", Severity.LOW: "LOW", Severity.MEDIUM: "MEDIUM", Severity.HIGH: "HIGH"}
_TYPE = "Software and Configuration Checks/Industry and Regulatory Standards/GDPR data residency"
_STATUS = {Verdict.INSIDE: "PASSED", Verdict.UNDETERMINED: "WARNING", Verdict.OUTSIDE: "FAILED"}
# https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html
_TITLE, _DESCRIPTION, _TIP, _RESOURCE, _FIELD = 256, 1024, 512, 512, 1024


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return a JSON array of findings: those that were excepted or fixed are archived.

    Security Hub takes them for one account in one region, which AWS_ACCOUNT_ID and AWS_REGION say; UsageError is
    raised without them.
    """
    account = os.environ.get("AWS_ACCOUNT_ID", "")
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ""
    row = places.find("aws", "region", region)
    if not re.fullmatch(r"[0-9]{12}", account) or row is None:
        hint = "the account and the region whose Security Hub takes them: AWS_ACCOUNT_ID and AWS_REGION"
        raise UsageError("a report in asff needs to know where it is for", hint)
    arn = f"arn:{row.partition}:securityhub:{region}:{account}:product/{account}/default"
    common = {"SchemaVersion": "2018-10-08", "ProductArn": arn, "AwsAccountId": account}
    time = now().strftime("%Y-%m-%dT%H:%M:%SZ")
    found = [common | _finding(finding, time) for finding in (*summary.findings(outcome), *summary.advice(outcome))]
    found += [common | _excepted(one, time) for one in summary.excepted(outcome)]
    found += [common | _not_read(gap, time) for gap in summary.gaps(outcome)]
    archived = {"RecordState": "ARCHIVED"}
    found += [common | _finding(finding, time) | archived for finding in summary.fixed(outcome)]
    return json.dumps(found, ensure_ascii=False, indent=2) + "\n"


def _finding(finding: Finding, time: str) -> dict[str, object]:
    where = f"{finding.location.path}:{finding.location.line}"
    trail = " ← ".join(summary.trail(finding.trail))
    text = f"{finding.message}. {where}" + (f"; it comes from: {trail}" if trail else "")
    resource = "/".join(filter(None, (finding.root, finding.environment, finding.address)))
    return {
        "Id": f"euclave/{finding.fingerprint}",
        "GeneratorId": f"euclave/{finding.policy}",
        "Types": [_TYPE],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": _SEVERITIES[finding.severity], "Original": str(finding.severity)},
        "Title": _cut(finding.message, _TITLE),
        "Description": _cut(text, _DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _cut(finding.tip or "see the description", _TIP)}},
        "ProductFields": _fields(finding, where),
        "Resources": [{"Type": "Other", "Id": _cut(resource, _RESOURCE)}],
        "Compliance": {"Status": _STATUS[finding.verdict], "RelatedRequirements": list(finding.provisions)},
        "RecordState": "ACTIVE",
    }


def _fields(finding: Finding, where: str) -> dict[str, str]:
    fields = {"euclave/policy": finding.policy, "euclave/verdict": str(finding.verdict), "euclave/location": where}
    fields["euclave/confidence"] = str(finding.confidence)
    if finding.place is not None:
        fields["euclave/place"] = HIDDEN if finding.place.sensitive else finding.place.name
        fields["euclave/countries"] = " ".join(sorted(finding.place.countries or ()))
    fields["euclave/source"] = finding.source
    return {name: _cut(value, _FIELD) for name, value in fields.items() if value}


def _excepted(one: Excepted, time: str) -> dict[str, object]:
    if one.exemption.kind == "since":
        return _finding(one.finding, time)  # what was there before is as open as it was
    rule = one.exemption
    said = f"{summary.rule(rule)}: {rule.reason}" + (f", until {rule.until}" if rule.until else "")
    note = {"Text": _cut(said, 512), "UpdatedBy": _cut(rule.who or "euclave", 512), "UpdatedAt": time}
    return _finding(one.finding, time) | {"RecordState": "ARCHIVED", "Note": note}


def _not_read(gap: Gap, time: str) -> dict[str, object]:
    """Return a finding that is not available: what was asked for and not read."""
    where = f" ({gap.location})" if gap.location is not None else ""
    return {
        "Id": f"euclave/{uid_of(gap)}",
        "GeneratorId": "euclave/not-read",
        "Types": [_TYPE],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": "MEDIUM" if gap.fatal else "INFORMATIONAL"},
        "Title": _cut(f"not read: {gap.what}", _TITLE),
        "Description": _cut(f"{gap.what}: {gap.why}{where}", _DESCRIPTION),
        "Remediation": {"Recommendation": {"Text": _cut(gap.hint or "see the description", _TIP)}},
        "Resources": [{"Type": "Other", "Id": _cut(gap.what, _RESOURCE)}],
        "Compliance": {"Status": "NOT_AVAILABLE"},
        "RecordState": "ACTIVE",
    }


def _cut(text: str, most: int) -> str:
    shown = prose(text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"
