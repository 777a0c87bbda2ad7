"""Each folder under `fixtures/` gives what its hand-written `expected.md` says, and the report kept beside it.

`EUCLAVE_UPDATE=1 python -m pytest tests/test_fixtures.py` writes the `expected*.json` reports anew; read the
difference like code.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from checker import engine, jurisdictions
from checker.model import Verdict
from checker.outcome import Outcome
from checker.reports import json as json_report

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
FOLDERS = sorted(path.parent for path in FIXTURES.rglob("expected.md"))
UPDATE = os.environ.get("EUCLAVE_UPDATE") == "1"


class Row(NamedTuple):
    """A row of an expected.md: one or more addresses with what must be found there."""

    variables: str  # the variable file of the section, or ""
    addresses: tuple[str, ...]
    verdict: str
    policies: tuple[str, ...]
    line: str


def rows(folder: Path) -> list[Row]:
    """Return the rows of a folder's tables."""
    found = []
    variables = ""
    for line in (folder / "expected.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            variables = line[3:].strip()
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) < 6 or cells[0] == "address" or cells[0].startswith("-"):
            continue
        addresses = tuple(re.findall(r"`([^`]+)`", cells[0]))
        policies = tuple(part.strip() for part in cells[3].split(",") if part.strip() not in ("–", "gap", ""))
        found.append(Row(variables, addresses, cells[2], policies, cells[4]))
    return found


CASES = [
    (folder, section)
    for folder in FOLDERS
    for section in sorted({row.variables for row in rows(folder) if row.variables.endswith(".tfvars")} or {""})
]


each_case = pytest.mark.parametrize(
    ("folder", "variables"), CASES, ids=lambda part: part.name if isinstance(part, Path) else part
)


def run(folder: Path, variables: str, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Check a folder as a person would who stands in it."""
    monkeypatch.chdir(folder)
    files = (Path(variables),) if variables.endswith(".tfvars") else ()
    request = engine.Request((Path("."),), jurisdictions.parse("eu"), format_options={"var_files": files})
    return engine.check(request)


@each_case
def test_by_hand(folder: Path, variables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every row with a policy is found at its line, and nothing is found that no row names."""
    outcome = run(folder, variables, monkeypatch)
    wanted = {
        (address, policy, row.verdict, row.line)
        for row in rows(folder)
        if row.variables in ("", variables)
        for address in row.addresses
        for policy in row.policies
    }
    found = {(f.address, f.policy, f.verdict.value, f"{f.location.path}:{f.location.line}") for f in outcome.findings}
    assert found == wanted
    judged = {resource.address: resource.verdict(outcome.jurisdiction).value for resource in outcome.judged}
    inside = {
        address
        for row in rows(folder)
        if row.variables in ("", variables) and row.verdict == "inside"
        for address in row.addresses
        if "…" not in address
    }
    assert inside <= set(judged), "what is inside is judged, not overlooked"
    flagged = {finding.address for finding in outcome.findings if finding.verdict is Verdict.OUTSIDE}
    assert {address for address in inside if judged[address] == "outside"} <= flagged


@each_case
def test_report(folder: Path, variables: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole report, places, joins and trails included, is the one that was reviewed."""
    outcome = run(folder, variables, monkeypatch)
    text = json_report.render(outcome, color=False, verbosity=0, root=folder)
    name = f"expected.{Path(variables).stem}.json" if variables else "expected.json"
    if UPDATE:
        (folder / name).write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads((folder / name).read_text(encoding="utf-8"))
