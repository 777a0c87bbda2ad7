"""What formats share: what they are asked to do, and the files below the paths asked for, walked once for all."""

from __future__ import annotations

import fnmatch
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeAlias

from checker.source import unsaved, with_unsaved

# Returns the rule by which an attribute that nothing states is decided: (mode, type, attribute) → rule, or None.
Derive: TypeAlias = Callable[[str, str, str], str | None]

LOOKED_AT = 64 * 1024  # bytes of a file in which it says what it is
# How many beginnings, of at most so many bytes, are kept for the next format that asks.
_MOST_KEPT = 8192
_LARGEST_KEPT = 4096

# Folders of tools and dependencies: what is in there is not the user's own.
SKIPPED = frozenset({".git", ".terraform", ".terragrunt-cache", "node_modules", "__pycache__", ".venv"})


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about how to evaluate; a format takes what it has a use for."""

    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[Path, ...] = ()
    environments: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    parameter_files: tuple[Path, ...] = ()
    workspace: str = ""  # "" when the command line does not say: Terraform's own `default` then, and a gap if it counts
    use_env: bool = False
    assumed: Mapping[str, str] = field(default_factory=dict)  # --assume: cloud → region
    input_format: str = ""  # --input-format: the only format that is asked
    claimed: frozenset[Path] = frozenset()  # … and the files that it takes however they look
    taken: frozenset[Path] = frozenset()  # folders and files that roots of a format that is built upon another read
    derive: Derive = lambda mode, type, attribute: None
    roots: tuple[tuple[str, Mapping[str, Any]], ...] = ()  # by a pattern of their names: what is otherwise for some

    def at(self, root: str) -> Options:
        """Return what counts for a root: the first of `roots` whose pattern its name fits, or what it is below of."""
        for pattern, changes in self.roots:
            if any(fnmatch.fnmatchcase(root, one) for one in (pattern, f"{pattern.rstrip('/')}/*")):
                return replace(self, **changes)
        return self


@dataclass(frozen=True, slots=True)
class Part:
    """What lies below one path: the names of files by their folder, in a stable order.

    `boundary` is the folder that reading stays in: the repository that holds the path, else the current folder or the
    path itself.
    """

    path: Path
    boundary: Path
    folders: dict[Path, list[str]]
    _files: dict[tuple[Path, str], Path] = field(default_factory=dict, repr=False, compare=False)

    def file(self, folder: Path, name: str) -> Path:
        """Return the path of a file of a folder: made once, as every format asks for it."""
        key = folder, name
        found = self._files.get(key)
        if found is None:
            found = self._files[key] = folder / name
        return found


def listing(paths: Iterable[Path]) -> list[Part]:
    """Return what lies below some paths, outer ones first; a folder belongs to the first that reaches it.

    Links to folders are not followed.
    """
    _beginnings.clear()
    parts: list[Part] = []
    seen: set[Path] = set()
    for path in sorted(paths, key=lambda path: len(path.resolve().parts)):
        folders: dict[Path, list[str]] = {}
        top = (path if path.is_dir() else path.parent).resolve()
        for base, inner, names in os.walk(top):  # which follows no link: what is below a real path is one
            inner[:] = sorted(name for name in inner if name not in SKIPPED)
            real = Path(base)
            if real not in seen:
                seen.add(real)
                folders[real] = with_unsaved(real, names)
            if path.is_file():
                break
        parts.append(Part(path, boundary(path), folders))
    return parts


_beginnings: dict[Path, bytes] = {}


def beginning(path: Path) -> bytes:
    """Return how a regular file begins; b"" for what is none or cannot be read (a named pipe would block)."""
    known = _beginnings.get(path)
    if known is not None:
        return known
    edited = unsaved(path)
    if edited is not None:
        return edited[:LOOKED_AT]
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as file:
            found = file.read(LOOKED_AT)
    except (OSError, ValueError):
        return b""
    if len(_beginnings) < _MOST_KEPT and len(found) <= _LARGEST_KEPT:
        _beginnings[path] = found
    return found


def boundary(path: Path) -> Path:
    """Return the folder that checks of a path stay in: its repository, else the current folder or the path itself."""
    real = path.resolve()
    start = real if real.is_dir() else real.parent
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    here = Path.cwd().resolve()
    return here if here == start or here in start.parents else start
