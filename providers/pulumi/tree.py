"""The files below one path: their texts, and nothing outside of the boundary."""

from __future__ import annotations

import os
from pathlib import Path

from checker.documents import At, load_json, load_yaml
from checker.source import Source, Unreadable, read


class Tree:
    """The files of one checked path."""

    def __init__(self, boundary: Path, shown_from: Path) -> None:
        self._boundary = boundary
        self._shown_from = shown_from

    def shown(self, path: Path) -> str:
        """Return a path as it is printed: relative to where the check was asked for."""
        relative = os.path.relpath(path, self._shown_from).replace(os.sep, "/")
        return relative if relative.isascii() else os.fsencode(relative).decode("utf-8", "replace")

    def inside(self, path: Path) -> Path | None:
        """Return the real path of what lies in the checked tree; None for what is not there, or leads out of it."""
        try:
            real = path.resolve()
            return real if (real == self._boundary or self._boundary in real.parents) and real.exists() else None
        except (OSError, RuntimeError, ValueError):
            return None

    def source(self, path: Path, largest: int = 0) -> Source:
        """Return the text of a file. Raises Unreadable."""
        real = self.inside(path)
        if real is None:
            raise Unreadable("it is no file of the checked tree")
        return read(real, self.shown(path), largest, utf_16=bool(largest))


def members(at: At | None) -> dict[str, At]:
    """Return the members of a mapping; none for anything else."""
    return at.value if at is not None and isinstance(at.value, dict) else {}


def words(at: At | None) -> str:
    """Return a plain text; "" for anything else."""
    return at.value if at is not None and isinstance(at.value, str) else ""


def document(source: Source) -> At | None:
    """Return the first document of a file of YAML or JSON. Raises SyntaxProblem."""
    if source.path.endswith(".json"):
        return load_json(source)
    found = load_yaml(source)
    return found[0] if found else None
