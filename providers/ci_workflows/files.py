"""The CI files of a checked tree."""

from __future__ import annotations

import os
from pathlib import Path

from checker.source import Source, Unreadable, read


class Tree:
    """The checked tree: paths as they are shown, and nothing outside of `boundary` ever."""

    def __init__(self, boundary: Path, shown_from: Path) -> None:
        self.boundary = boundary
        self._shown_from = shown_from

    def shown(self, path: Path) -> str:
        """Return a path as it is printed: relative to where the check was asked for."""
        relative = os.path.relpath(path, self._shown_from).replace(os.sep, "/")
        return relative if relative.isascii() else os.fsencode(relative).decode("utf-8", "replace")

    def inside(self, path: Path) -> Path | None:
        """Return the real path of a file of the checked tree; None for what is none, or leads out of it."""
        try:
            real = path.resolve()
            return real if self.boundary in real.parents and real.is_file() else None
        except (OSError, RuntimeError, ValueError):
            return None

    def source(self, path: Path) -> Source:
        """Return a file's text. Raises Unreadable, also for what leads out of the checked tree."""
        real = self.inside(path)
        if real is None:
            raise Unreadable("it is no file of the checked tree")
        return read(real, self.shown(path))
