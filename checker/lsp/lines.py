"""Lines of a file as an editor counts them: from 0, in units of the encoding that client and server agreed on."""

from __future__ import annotations

import re
from collections.abc import Callable

from lsprotocol import types

from checker import excerpt
from checker.model import FileLocation

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|' + r"'[^']*'")
_OPENING = " \t{[(,:"  # what a declaration or an argument ends in, and is no part of what a person would change


class Lines:
    """The text of a file; `units` counts the units of a piece of a line, UTF-16 for most editors."""

    def __init__(self, text: str, units: Callable[[str], int]) -> None:
        # Not splitlines(): it also splits at characters that no editor counts as the end of a line.
        self._lines = text.removeprefix("\ufeff").split("\n")
        self._units = units

    def text(self, line: int) -> str:
        """Return a line by its number, from 1, without its end; "" where there is none."""
        return self._lines[line - 1].removesuffix("\r") if 0 < line <= len(self._lines) else ""

    def position(self, line: int, column: int) -> types.Position:
        """Return the position of a line and a column, both from 1 and in characters."""
        line = max(1, min(line, len(self._lines)))
        return types.Position(line - 1, self._units(self.text(line)[: max(column - 1, 0)]))

    def end(self, line: int) -> types.Position:
        """Return the position behind the last character of a line."""
        return self.position(line, len(self.text(line)) + 1)

    def span(self, location: FileLocation) -> types.Range:
        """Return the range of what stands at a location: the literal, or the code of its line from there on."""
        text = self.text(location.line)
        start = max(location.column - 1, len(text) - len(text.lstrip()))
        quoted = _QUOTED.match(text, start)
        code = text[: excerpt.comment(text)].rstrip(_OPENING)
        end = quoted.end() if quoted is not None else len(code) if len(code) > start else len(text)
        return types.Range(self.position(location.line, start + 1), self.position(location.line, max(end, start) + 1))

    def indent(self, line: int) -> str:
        """Return the white space that a line begins with."""
        text = self.text(line)
        return text[: len(text) - len(text.lstrip())]
