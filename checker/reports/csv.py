"""The findings as a table of comma-separated values, for spreadsheets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from checker import summary
from checker.model import Finding
from checker.outcome import Outcome
from checker.redact import HIDDEN, prose

MEDIA_TYPE = "text/csv"
_COLUMNS = (
    "policy verdict severity confidence address place countries message tip path line root environment source "
    "relevant_to fingerprint excepted"
).split()


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return one finding a line under a line of names; what was excepted is there with its reason."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(_COLUMNS)
    for finding in summary.findings(outcome):
        table.writerow(map(_cell, _row(finding, "")))
    for one in summary.excepted(outcome):
        table.writerow(map(_cell, _row(one.finding, one.exemption.reason)))
    return out.getvalue()


def _row(finding: Finding, excepted: str) -> tuple[str, ...]:
    place = finding.place
    countries = place.countries if place is not None and place.countries is not None else ()
    return (
        finding.policy,
        finding.verdict,
        finding.severity,
        finding.confidence,
        finding.address,
        "" if place is None else HIDDEN if place.sensitive else place.name,
        " ".join(sorted(countries)),
        finding.message,
        finding.tip,
        finding.location.path,
        str(finding.location.line),
        finding.root,
        finding.environment,
        finding.source,
        "; ".join(finding.provisions),
        finding.fingerprint,
        excepted,
    )


def _cell(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    shown = prose(text)
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown
