"""Code actions: an edit that puts a finding's place inside, and a comment that excepts the finding."""

from __future__ import annotations

import datetime
import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from lsprotocol import types

from checker import fixes, places
from checker.lsp.judged import Judged
from checker.model import FileLocation, Finding, Purpose, Severity, Verdict
from checker.outcome import Outcome
from checker.redact import prose

_MOST_REGIONS = 3  # that are offered for one that is outside
_DAYS = 90  # that an exception counts, unless somebody changes its last day
# How a comment begins, by the ending of a file's name; JSON has none.
_COMMENTS = {
    **dict.fromkeys((".tf", ".tofu", ".tfvars", ".hcl", ".yaml", ".yml", ".toml", ".env", ".template"), "#"),
    **dict.fromkeys((".bicep", ".bicepparam"), "//"),
}


def edits(outcome: Outcome, given: Mapping[str, str]) -> dict[str, list[fixes.Edit]]:
    """Return by the fingerprint of a finding the changes that mend it.

    For a region that is outside they are the one that was given for its cloud, then those inside that the same code has
    most. It reads the files that findings are in, as `checker.fixes` does.
    """
    if not outcome.findings:
        return {}
    named: dict[str, Counter[str]] = {cloud: Counter({name: 1_000_000}) for cloud, name in given.items()}
    for resource in outcome.graph.resources.values():
        for place in resource.places:
            inside = outcome.jurisdiction_of(resource).judge(place) is Verdict.INSIDE and place.stated
            if inside and place.purpose is Purpose.LOCATION and place.scope == "region" and not place.sensitive:
                named.setdefault(resource.cloud, Counter())[place.name] += 1
    columns = ([(cloud, name) for name, _ in found.most_common(_MOST_REGIONS)] for cloud, found in named.items())
    found: dict[str, list[fixes.Edit]] = {}
    for row in itertools.zip_longest(*columns) if named else [()]:
        for fingerprint, edit in fixes.by_fingerprint(outcome, dict(filter(None, row))).items():
            known = found.setdefault(fingerprint, [])
            if edit.new not in [one.new for one in known] and not _is_outside(edit, outcome):
                known.append(edit)
    return found


def _is_outside(edit: fixes.Edit, outcome: Outcome) -> bool:
    """Return whether a change puts a region that a rule has outside for the very resource."""
    finding = edit.finding
    resource = outcome.graph.resources.get("\0".join((finding.root, finding.environment, finding.address)))
    row = places.find(resource.cloud, "region", edit.new) if resource is not None else None
    if resource is None or row is None or row.countries is None:
        return False
    return not outcome.jurisdiction_of(resource).countries.issuperset(row.countries)


def are_asked(context: types.CodeActionContext) -> bool:
    """Return whether an editor asks for quick fixes."""
    return context.only is None or any(kind in ("", types.CodeActionKind.QuickFix.value) for kind in context.only)


def offered(
    judged: Judged, file: Path, at: types.Range, shown: Sequence[types.Diagnostic], today: datetime.date
) -> Iterator[types.CodeAction]:
    """Yield what can be done about the findings of a range of a file; `shown` are the diagnostics that it is for."""
    for finding, where in judged.findings(file):
        if finding.severity is not Severity.INFO and where.start <= at.end and at.start <= where.end:
            mine = [one for one in shown if one.code == finding.policy and one.range == where]
            for edit in judged.edits.get(finding.fingerprint, ()):
                yield _change(judged, edit, mine)
            yield from _exception(judged, file, finding, mine, today)


def _change(judged: Judged, edit: fixes.Edit, shown: list[types.Diagnostic]) -> types.CodeAction:
    """Return the action of a change; the same change may mend several findings."""
    file = judged.file(FileLocation(edit.path, edit.line, edit.column))
    lines = judged.lines(file)
    begin, end = lines.position(edit.line, edit.column), lines.position(edit.line, edit.column + len(edit.old))
    change = types.TextEdit(types.Range(begin, end), edit.new)
    return types.CodeAction(
        title=prose(f"Change {edit.old} to {edit.new}: {edit.why}"),
        kind=types.CodeActionKind.QuickFix,
        diagnostics=shown,
        edit=types.WorkspaceEdit(changes={judged.uri(file): [change]}),
    )


def _exception(
    judged: Judged, file: Path, finding: Finding, shown: list[types.Diagnostic], today: datetime.date
) -> Iterator[types.CodeAction]:
    """Yield the comment that excepts a finding: above its resource where that is in this file, as it is for that alone.

    It counts when somebody has written the reason into it.
    """
    resource = judged.outcome.graph.resources.get("\0".join((finding.root, finding.environment, finding.address)))
    own = resource is not None and judged.file(resource.location) == file
    location = resource.location if resource is not None and own else finding.location
    lines = judged.lines(file)
    mark = _COMMENTS.get(file.suffix) or ("#" if file.name.startswith(".env") else "")
    if not mark or (file.suffix == ".template" and lines.text(1).lstrip().startswith("{")):
        return
    until = today + datetime.timedelta(days=_DAYS)
    text = f'{lines.indent(location.line)}{mark} euclave:ignore[{finding.policy}] until={until} reason=""\n'
    start = lines.position(location.line, 1)
    yield types.CodeAction(
        title=f"Except {prose(finding.address)} from {finding.policy} until {until} (write the reason)",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=shown,
        edit=types.WorkspaceEdit(changes={judged.uri(file): [types.TextEdit(types.Range(start, start), text)]}),
    )
