"""What a person at a terminal sees while a check runs."""

from __future__ import annotations

import sys
from collections.abc import Callable


def progress() -> Callable[[str], None]:
    """Return what shows the root being read, on a terminal's error stream only."""
    if not sys.stderr.isatty():
        return lambda text: None

    def show(text: str) -> None:
        # Whatever a folder is called, only its printable part reaches the terminal.
        name = "".join(char for char in text[:70] if char.isprintable())
        sys.stderr.write(f"\r\033[Kreading {name}" if name else "\r\033[K")
        sys.stderr.flush()

    return show
