"""The files of a service as one text: what stands in any of them has one offset, and its own line."""

from __future__ import annotations

from bisect import bisect_right
from pathlib import Path

from checker.documents import At, load_json, load_yaml
from checker.model import FileLocation
from checker.source import Source, SyntaxProblem
from checker.trees import Tree

_MOST_FILES = 200
_YAML = (".yml", ".yaml")
_CODE = (".js", ".cjs", ".mjs", ".ts", ".cts", ".mts", ".py", ".rb", ".sh")


class NotRead(Exception):
    """A file that is there and not read; the message is the reason."""


class Joined(Source):
    """Several files one after the other."""

    __slots__ = ("_begins", "parts")

    def __init__(self, path: str) -> None:
        super().__init__(path, "")
        self.parts: list[Source] = []
        self._begins: list[int] = []

    def add(self, source: Source) -> int:
        """Add a file and return the offset at which it begins."""
        begin = len(self.text)
        self.parts.append(source)
        self._begins.append(begin)
        self.text += source.text + "\n\n"
        return begin

    def location(self, offset: int, end: int | None = None) -> FileLocation:
        """Return the line and column of an offset in the file that it is of."""
        number = max(0, bisect_right(self._begins, offset) - 1)
        begin = self._begins[number]
        return self.parts[number].location(offset - begin, None if end is None else end - begin)


class Files:
    """The files of one service, each read once."""

    def __init__(self, tree: Tree, path: Path) -> None:
        self.tree = tree
        self.path = path
        self.text = Joined(tree.shown(path))
        self._known: dict[Path, At | None] = {}

    def document(self, path: Path) -> At | None:
        """Return what a file holds, its offsets those of the joined text; None for a file that is not there.

        Raises NotRead, Unreadable and SyntaxProblem; the offset of the latter is one of the joined text.
        """
        real = self.tree.file(path)
        if real is None:
            return None
        known = self._known.get(real)
        if known is not None:
            return known
        if real in self._known:
            raise NotRead(f"{self.tree.shown(path)} cannot be read")  # which was said the first time
        if real.name.endswith(_CODE):
            raise NotRead(f"{self.tree.shown(path)} is code, and code is not run")
        if len(self._known) >= _MOST_FILES:
            raise NotRead(f"it takes from more than {_MOST_FILES} files")
        source = self.tree.text(path)
        begin = self.text.add(source)
        self._known[real] = None
        self._known[real] = found = _loaded(source, real.name, begin)
        return found


def _loaded(source: Source, name: str, begin: int) -> At:
    try:
        if name.endswith(".json"):
            return _moved(load_json(source), begin, {})
        if not name.endswith(_YAML):
            return At(begin, source.text)
        documents = load_yaml(source)
    except SyntaxProblem as problem:
        raise SyntaxProblem(problem.offset + begin, problem.reason) from None
    return _moved(documents[0], begin, {}) if documents else At(begin, {})


def _moved(at: At, by: int, known: dict[int, At]) -> At:
    """Return a value with all offsets moved; what an alias stands for stays one value."""
    if id(at) not in known:
        value = at.value
        if isinstance(value, dict):
            value = {name: _moved(inner, by, known) for name, inner in value.items()}
        elif isinstance(value, list):
            value = [_moved(inner, by, known) for inner in value]
        known[id(at)] = At(at.pos + by, value, at.tag)
    return known[id(at)]
