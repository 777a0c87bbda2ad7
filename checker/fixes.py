"""Changes that mend a finding and are one literal: as a diff, as edits of SARIF and of an editor, and written.

A change is offered only where a table says what stands in for what, and only at a place where the old text stands as it
is: what an expression makes up, or what comes from outside of the file, is for a person.
"""

from __future__ import annotations

import difflib
import functools
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import click

from checker import endpoints, formats, places, redact, registry, source, summary
from checker.errors import EuclaveError
from checker.model import Finding, Jurisdiction, Place, Purpose, Resource, Verdict
from checker.outcome import Outcome
from checker.redact import prose

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_LARGEST = 2_000_000  # bytes of a file that is changed
_BOM = "\ufeff"
# What may stand between where a value begins and the text in it that is changed: `"https://`, `NAME="`.
_BEFORE = re.compile(r"""[^\s"']*["']?[^\s"']*""")
_TOKEN = re.compile(r"""["']?([\w-]+)["']?""")


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one text on one line, and the finding that it mends."""

    finding: Finding
    path: str  # as findings show paths
    line: int
    column: int  # 1-based, in characters: where the old text begins
    old: str
    new: str
    why: str  # one sentence


@dataclass(frozen=True, slots=True)
class NotFixed:
    """A finding that is for a person, and why."""

    finding: Finding
    why: str


@dataclass(frozen=True, slots=True)
class _Change:
    old: str
    new: str
    why: str


def edits(outcome: Outcome, regions: Mapping[str, str] | None = None) -> tuple[list[Edit], list[NotFixed]]:
    """Return the changes that mend findings, one for each literal, and the findings that no change mends.

    `regions` (cloud → region) says what stands in for a region that is outside. Files are read, and nothing is written.
    """
    found, left = _planned(outcome, regions or {})
    return list({(one.path, one.line, one.column): one for one in reversed(found)}.values())[::-1], left


def by_fingerprint(outcome: Outcome, regions: Mapping[str, str] | None = None) -> dict[str, Edit]:
    """Return the edit that mends each finding, by fingerprint: several findings may hang on one literal."""
    return {one.finding.fingerprint: one for one in _planned(outcome, regions or {})[0]}


def _planned(outcome: Outcome, regions: Mapping[str, str]) -> tuple[list[Edit], list[NotFixed]]:
    """Return an edit for each finding that one mends, and the findings that none does."""
    files: dict[str, str | None] = {}
    found: dict[tuple[str, int, int], list[Edit]] = {}
    left: list[NotFixed] = []
    for finding in summary.findings(outcome):
        resource = outcome.graph.resources.get("\0".join((finding.root, finding.environment, finding.address)))
        made = _made(finding, resource, outcome, regions, files)
        if isinstance(made, Edit):
            found.setdefault((made.path, made.line, made.column), []).append(made)
        else:
            left.append(NotFixed(finding, made))
    chosen: list[Edit] = []
    for same in found.values():
        if len({(one.old, one.new) for one in same}) == 1:
            chosen += same
        else:
            left += [NotFixed(one.finding, "several findings ask for different changes there") for one in same]
    return chosen, left


def _made(
    finding: Finding,
    resource: Resource | None,
    outcome: Outcome,
    regions: Mapping[str, str],
    files: dict[str, str | None],
) -> Edit | str:
    """Return the edit that mends a finding, or why there is none."""
    place = finding.place
    if finding.verdict is not Verdict.OUTSIDE or place is None or place.location is None or resource is None:
        return "no change of one text mends it"
    if place.sensitive:
        return "its value is sensitive"
    at = place.location
    if at.path not in files:
        files[at.path] = _text(at.path)
    text = files[at.path]
    line = _line(text, at.line) if text is not None else None
    if line is None:
        return "what decides it does not stand in a file that may be changed"
    written = _TOKEN.match(line, at.column - 1)
    jurisdiction = outcome.jurisdiction_of(resource)
    change = _change(place, written[1] if written else "", resource, jurisdiction, regions)
    if isinstance(change, str):
        return change
    column = _found(line, at.column - 1, change.old)
    if column is None:
        return f"{change.old} does not stand there as it is: another value makes it up"
    return Edit(finding, at.path, at.line, column + 1, change.old, change.new, change.why)


def _change(
    place: Place, written: str, resource: Resource, jurisdiction: Jurisdiction, regions: Mapping[str, str]
) -> _Change | str:
    """Return what to write for what, or why nothing is known that could stand in."""
    region = regions.get(resource.cloud)
    if place.purpose is Purpose.LOCATION and written == place.name:
        if region is None:
            return f"--region {resource.cloud}=REGION says what may stand in for {place.name}"
        return _Change(place.name, region, "it is the region that was given")
    european = endpoints.european().get(place.name)
    if european is not None:
        why = f"it is the host of {place.vendor or 'the same vendor'} in Europe, for keys of projects there"
        return _Change(place.name, european, why)
    homes = [one for one in resource.places if one.purpose is Purpose.LOCATION]
    if region is not None and homes:  # what sits outside is moved by the same command
        homes = [one if jurisdiction.judge(one) is Verdict.INSIDE else _moved(one, region) for one in homes]
    for cloud in registry.cloud_names():
        find = functools.partial(places.find, cloud)
        found = registry.clouds()[cloud].instead(place, written, tuple(homes), find)
        if found is not None:
            return _Change(*found)
    return "no table says what could stand in for it"


def _moved(place: Place, region: str) -> Place:
    return replace(place, name=region)


def _found(line: str, begin: int, old: str) -> int | None:
    """Return where a text stands in the value that begins at an offset of a line; None when it does not."""
    found = re.compile(rf"(?<![\w.-]){re.escape(old)}(?![\w-]|\.\w)").search(line, begin)
    return found.start() if found and _BEFORE.fullmatch(line, begin, found.start()) else None


# --- files


def _text(path: str) -> str | None:
    """Return the text of a file that may be changed: one of the checked tree, not of a tool's own folders."""
    data = _bytes(path)
    try:
        return data.decode("utf-8").removeprefix(_BOM) if data is not None else None
    except UnicodeDecodeError:
        return None


def _bytes(path: str) -> bytes | None:
    real = _real(path)
    try:
        return source.data(real, _LARGEST) if real is not None else None
    except source.Unreadable:
        return None


def _real(path: str) -> Path | None:
    """Return the file that a path means; None for what is none, leads out of the checked tree, or is a tool's own."""
    try:
        straight = Path(os.path.normpath(Path.cwd().resolve() / path))
        real = straight.resolve()
        inside = real == straight or formats.boundary(Path()) in real.parents
        own = not formats.SKIPPED.isdisjoint((*straight.parts, *real.parts))
        return real if path and inside and not own and real.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _line(text: str, number: int) -> str | None:
    lines = text.split("\n")
    return lines[number - 1].removesuffix("\r") if 0 < number <= len(lines) else None


def changed(chosen: Iterable[Edit]) -> dict[str, tuple[str, str]]:
    """Return by path the text of each file that edits change, before and after; a byte order mark is not in it."""
    by_path: dict[str, list[Edit]] = {}
    for edit in chosen:
        by_path.setdefault(edit.path, []).append(edit)
    found = {}
    for path, own in sorted(by_path.items()):
        before = _text(path)
        if before is not None:
            found[path] = before, _applied(before, own)
    return found


def _applied(text: str, own: list[Edit]) -> str:
    lines = text.split("\n")
    for edit in sorted(own, key=lambda one: (one.line, one.column), reverse=True):
        line = lines[edit.line - 1]
        begin = edit.column - 1
        if line[begin : begin + len(edit.old)] == edit.old:
            lines[edit.line - 1] = line[:begin] + edit.new + line[begin + len(edit.old) :]
    return "\n".join(lines)


def diff(chosen: Iterable[Edit]) -> Iterator[str]:
    """Yield the lines of a unified diff of what edits change, without their line breaks."""
    for path, texts in changed(chosen).items():
        before, after = (_shown(text) for text in texts)
        yield from difflib.unified_diff(before, after, f"a/{prose(path)}", f"b/{prose(path)}", lineterm="")


def _shown(text: str) -> list[str]:
    """Return the lines of a text without what looks like a secret: `--write` changes files, not this diff."""
    lines = text.replace("\r\n", "\n").split("\n")
    shown = redact.lines(lines, range(1, len(lines) + 1))
    return [shown.get(number, "") for number in range(1, len(lines) + 1)]


def write(chosen: Iterable[Edit]) -> list[str]:
    """Write what edits change, and return the paths of the files that were written.

    A file is replaced as a whole or not at all; its mode, line breaks and byte order mark stay. Raises EuclaveError for
    one that cannot be written, or that is not what it was when the edits were made; what was written before stays.
    """
    written: list[str] = []
    for path, (before, after) in changed(chosen).items():
        data = _bytes(path)
        real = _real(path)
        if real is None or data is None or data.decode("utf-8", "replace").removeprefix(_BOM) != before:
            raise EuclaveError(f"{path} has changed meanwhile: it was not written")
        mark = _BOM if data.startswith(_BOM.encode()) else ""
        try:
            _replace(real, (mark + after).encode("utf-8"))
        except OSError as error:
            said = f"; {', '.join(written)} was written before" if written else ""
            raise EuclaveError(f"{path} cannot be written: {error.strerror}{said}") from None
        written.append(path)
    return written


def _replace(real: Path, data: bytes) -> None:
    if not os.access(real, os.W_OK):
        raise PermissionError(13, "it is read-only")
    handle, name = tempfile.mkstemp(prefix=f".{real.name}.", dir=real.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        shutil.copymode(real, name)
        os.replace(name, real)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


# --- what is said


def said(
    before: Outcome, after: Outcome, chosen: list[Edit], left: list[NotFixed], *, only_shown: bool, quiet: bool
) -> Iterator[str]:
    """Yield what a person should know of changes: each with its reason, what is left to them, and counts."""
    for edit in chosen:
        done = "" if only_shown else "changed: "
        yield f"{done}{prose(edit.path)}:{edit.line}: {prose(edit.old)} to {prose(edit.new)}: {prose(edit.why)}"
    for one in () if quiet else left:
        at = one.finding.location
        tip = f"; {one.finding.tip}" if one.finding.tip else ""
        yield f"for a person: {prose(f'{at}: [{one.finding.policy}] {one.why}{tip}')}"
    for finding in still_found(after, chosen) if not only_shown else ():
        yield f"still found: {prose(f'{finding.location}: {finding.message}')}"
    number = len(before.findings)
    mends = number - len(left)
    files = len({edit.path for edit in chosen})
    word = "would mend" if only_shown else "mended"
    changes = f"{len(chosen)} change{'s' * (len(chosen) != 1)} in {files} file{'s' * (files != 1)}"
    if not only_shown:
        yield f"checked again: {len(after.findings)} finding{'s' * (len(after.findings) != 1)}"
    yield f"{changes} {word} {mends} of {number} finding{'s' * (number != 1)}; {number - mends} for a person"


def still_found(after: Outcome, chosen: Iterable[Edit]) -> list[Finding]:
    """Return the findings that a change was to mend and did not."""
    meant = {edit.finding.fingerprint for edit in chosen}
    return [finding for finding in summary.findings(after) if finding.fingerprint in meant]


def painted(line: str) -> str:
    """Return a line of a diff in the colours of diffs."""
    bold = line.startswith(("+++ ", "--- "))
    return click.style(line, fg=None if bold else _COLOURS.get(line[:1]), bold=bold or None)
