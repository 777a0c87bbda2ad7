"""Code actions: an edit that puts a finding's place inside, and a comment that excepts the finding."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from pathlib import Path

from lsprotocol import types

from checker.lsp.judged import Judged
from checker.model import Finding, Severity
from checker.redact import prose

_DAYS = 90  # that an exception counts, unless somebody changes its last day
# How a comment begins, by the ending of a file's name; JSON has none.
_COMMENTS = {
    **dict.fromkeys((".tf", ".tofu", ".tfvars", ".hcl", ".yaml", ".yml", ".toml", ".env", ".template"), "#"),
    **dict.fromkeys((".bicep", ".bicepparam"), "//"),
}


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
            yield from _exception(judged, file, finding, mine, today)


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
