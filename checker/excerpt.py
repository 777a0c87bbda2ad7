"""Lines of a checked file, for reports: read inside the checked folder only, bounded, and fit to be shown."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from checker import redact
from checker.model import FileLocation

LARGEST_FILE = 2_000_000  # bytes; a larger file is named but not quoted
MOST_LINES = 5  # a longer span is shown by its first line
WIDEST = 160  # characters of a line
# A string, in which nothing is a comment, or the beginning of a comment.
_PIECE = re.compile(r'"[^"\\]*+(?>(?:\\.[^"\\]*+)*)"?|(?<!\S)(?:#|//|/\*)')


def read(root: Path, path: str, wanted: Collection[int]) -> dict[int, str]:
    """Return the wanted lines of a file by their 1-based numbers, redacted; none when it cannot or must not be read.

    `path` is relative to `root`; one that leads out of it, through a link or `..`, is not followed.
    """
    try:
        home = root.resolve()
        file = (home / path).resolve()
        if not file.is_relative_to(home) or not file.is_file() or file.stat().st_size > LARGEST_FILE:
            return {}
        text = file.read_bytes().decode("utf-8", errors="replace")
    except (OSError, ValueError):  # ValueError: a null character in the path
        return {}
    # Not splitlines(): it also splits at characters that no editor counts as the end of a line.
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return redact.lines(lines[: max(wanted, default=0)], wanted)


def span(location: FileLocation) -> range:
    """Return the numbers of the lines that an excerpt of this location shows."""
    end = location.end_line or location.line
    return range(location.line, (end if location.line < end < location.line + MOST_LINES else location.line) + 1)


def quote(lines: dict[int, str], location: FileLocation) -> list[str]:
    """Return the excerpt of a location: numbered lines, and carets under a single one; empty without the lines.

    A place far along a line, as in JSON that a program wrote, is not shown: a beginning says nothing of it. `lines` is
    what `read` returned for the file.
    """
    shown = {number: lines[number][:WIDEST].rstrip() for number in span(location) if number in lines}
    if not shown or location.column > WIDEST:
        return []
    width = len(str(max(shown)))
    blank = f"{'':{width}} |"
    quoted = [blank, *(f"{number:>{width}} | {line}".rstrip() for number, line in shown.items())]
    if len(shown) == 1:
        line = shown[location.line]
        # The carets begin at the text when the column stands before it.
        start = max(location.column - 1, len(line) - len(line.lstrip()))
        code = line[: comment(line)].rstrip()
        end = len(code) if start < len(code) else len(line)
        if start < end:
            quoted.append(f"{blank} {' ' * start}{'^' * (end - start)}")
    return quoted


def comment(line: str) -> int:
    """Return where the comment at the end of a line begins; the line's length without one."""
    return next((m.start() for m in _PIECE.finditer(line) if not m[0].startswith('"')), len(line))
