"""The checked tree, as formats see it: nothing outside of it is ever read, and paths are shown as a person asked."""

from __future__ import annotations

import os
from pathlib import Path

from checker.source import LARGEST, Source, Unreadable, read


class Tree:
    """What lies inside `boundary`; paths are shown relative to `shown_from`."""

    def __init__(self, boundary: Path, shown_from: Path) -> None:
        self.boundary = boundary
        self.shown_from = shown_from

    def shown(self, path: Path) -> str:
        """Return a path as it is printed: relative to where the check was asked for."""
        relative = os.path.relpath(path, self.shown_from).replace(os.sep, "/")
        # A name need not be text; what of it is not cannot be printed.
        return relative if relative.isascii() else os.fsencode(relative).decode("utf-8", "replace")

    def inside(self, path: Path) -> Path | None:
        """Return the real path of something of the tree, there or not; None when it leads out of it."""
        try:
            real = path.resolve()
        except (OSError, RuntimeError, ValueError):  # a loop of links, a name with a null byte
            return None
        return real if real == self.boundary or self.boundary in real.parents else None

    def file(self, path: Path) -> Path | None:
        """Return the real path of a file of the tree; None for what is none, or leads out of it."""
        real = self.inside(path)
        try:
            return real if real is not None and real.is_file() else None
        except (OSError, ValueError):
            return None

    def text(self, path: Path, largest: int = LARGEST, *, utf_16: bool = False) -> Source:
        """Return a file's text. Raises Unreadable, also for what leads out of the tree."""
        real = self.file(path)
        if real is None:
            raise Unreadable("it is no file of the checked tree")
        return read(real, self.shown(path), largest, utf_16=utf_16)
