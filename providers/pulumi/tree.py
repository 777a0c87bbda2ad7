"""The files below one path: their texts, and nothing outside of the boundary."""

from __future__ import annotations

import os
from pathlib import Path

from checker import trees
from checker.documents import At, load_json, load_yaml
from checker.source import Source, Unreadable, read


class Tree(trees.Tree):
    """The files of one checked path."""

    def inside(self, path: Path) -> Path | None:
        """Return the real path of what lies in the checked tree; None for what is not there, or leads out of it."""
        real = super().inside(path)
        return real if real is not None and os.path.exists(real) else None

    def source(self, path: Path, largest: int = 0) -> Source:
        """Return the text of a file. Raises Unreadable."""
        if self.inside(path) is None:
            raise Unreadable("it is no file of the checked tree")
        return read(path.resolve(), self.shown(path), largest, utf_16=bool(largest))


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
