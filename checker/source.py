"""A source file: its text, and lines and columns only when somebody asks."""

from __future__ import annotations

import contextlib
import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from checker.model import FileLocation

# A hand-written configuration file is some kilobytes; a generated one some megabytes.
LARGEST = 16 * 1024 * 1024


class Unreadable(Exception):
    """A file that cannot be read as text; the message is the reason."""


class SyntaxProblem(Exception):
    """Text that python-hcl2 cannot parse, with the offset in the file and a reason for people."""

    def __init__(self, offset: int, reason: str) -> None:
        super().__init__(reason)
        self.offset = offset
        self.reason = reason


class Source:
    """A file's text with its path as it is shown to people."""

    __slots__ = ("_lines", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self._lines: list[int] | None = None

    def location(self, offset: int, end: int | None = None) -> FileLocation:
        """Return the 1-based line and column of an offset."""
        if self._lines is None:
            self._lines = [0]
            at = self.text.find("\n")
            while at >= 0:
                self._lines.append(at + 1)
                at = self.text.find("\n", at + 1)
        line = bisect_right(self._lines, offset)
        last = bisect_right(self._lines, max(offset, end - 1)) if end is not None else None
        return FileLocation(self.path, line, offset - self._lines[line - 1] + 1, last)


# Texts that an editor has and nobody saved yet, by real path: while a check runs, they lie over the files.
_unsaved: dict[Path, bytes] = {}


@contextlib.contextmanager
def overlaid(texts: Mapping[Path, str]) -> Iterator[None]:
    """Let some files, by their real paths, read as an editor has them; only one such check runs at a time."""
    _unsaved.update((path, text.encode("utf-8", "replace")) for path, text in texts.items())
    try:
        yield
    finally:
        _unsaved.clear()


def unsaved(file: Path) -> bytes | None:
    """Return what an editor has of a file that lies over it; None where the file itself counts."""
    return _unsaved.get(file.resolve()) if _unsaved else None


def with_unsaved(folder: Path, names: list[str]) -> list[str]:
    """Return the names of what a folder, a real path, holds, with the files that are only in an editor yet."""
    return [*names, *(path.name for path in _unsaved if path.parent == folder and path.name not in names)]


def is_unsaved(path: Path) -> bool:
    """Return whether an editor has another text of a file, or of one below a folder, than the disk has (real paths)."""
    return any(path in (file, *file.parents) and not _is_saved(file, text) for file, text in _unsaved.items())


def _is_saved(file: Path, text: bytes) -> bool:
    try:
        return file.stat().st_size <= LARGEST and file.read_bytes() == text
    except OSError:
        return False


def data(file: Path, largest: int) -> bytes:
    """Return what is in a file of at most `largest` bytes, as an editor has it where one does.

    Raises Unreadable for what is no regular file, too large or not permitted.
    """
    found = unsaved(file)
    if found is not None:
        return found
    try:
        if not file.is_file():
            raise Unreadable("not a regular file")
        if file.stat().st_size > largest:
            raise Unreadable(f"larger than {largest // 1024 // 1024} MiB")
        return file.read_bytes()
    except OSError as error:
        raise Unreadable(error.strerror or "cannot be read") from error


def read(file: Path, shown: str, largest: int = 0, *, utf_16: bool = False) -> Source:
    """Read a UTF-8 file of at most `largest` bytes (0: LARGEST), a byte-order mark removed; with `utf_16`, UTF-16 too.

    Raises Unreadable for what is no regular file, too large, not text or not permitted.
    """
    found = data(file, largest or LARGEST)
    try:
        wide = utf_16 and found.startswith((b"\xff\xfe", b"\xfe\xff"))
        text = found.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 text (byte {error.start})") from error
    if "\0" in text:
        raise Unreadable("binary, not text")
    return Source(shown, text)


def mentions(text: str, words: tuple[str, ...]) -> bool:
    """Return whether a text holds one of some words (lower case), as part of a longer one too."""
    text = text.lower()
    spaced, clean = _looked_through(words)
    if any(word in text for word in spaced):
        return True
    # Most pieces of a text were in another one: only what is new is looked through.
    pieces = set(text.split()) - clean
    if _pattern(words).search("\n".join(pieces)) is not None:
        return True
    if len(clean) < _MOST_PIECES:
        clean.update(piece for piece in pieces if len(piece) < _LONG_PIECE)
    return False


_MOST_PIECES = 100_000
_LONG_PIECE = 200  # characters: a longer one is hardly met again, and would be kept for nothing


@functools.lru_cache(16)
def _looked_through(words: tuple[str, ...]) -> tuple[tuple[str, ...], set[str]]:
    """Return the words that have blanks in them, and a set for the pieces of texts that hold none of the others."""
    return tuple(word for word in words if " " in word), set()


_Branches: TypeAlias = "dict[str, _Branches]"


@functools.lru_cache(16)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern of words that share their beginnings, so that a place is tried once for all of them."""
    tree: _Branches = {}
    for word in words:
        here = tree
        for char in word:
            here = here.setdefault(char, {})
        here[""] = {}
    return re.compile(_branches(tree))


def _branches(tree: _Branches) -> str:
    if "" in tree:
        return ""  # a word ends here: what goes on with it is found as well
    found = [re.escape(char) + _branches(inner) for char, inner in sorted(tree.items())]
    return found[0] if len(found) == 1 else f"(?:{'|'.join(found)})"
