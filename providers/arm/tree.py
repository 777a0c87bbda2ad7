"""The templates and parameter files below one path, each read once, and nothing outside of its boundary."""

from __future__ import annotations

import json
import re
from pathlib import Path

from checker import trees
from checker.documents import Item, load_yaml, of_data
from checker.model import Gap, Step, Value
from checker.source import Source, SyntaxProblem, Unreadable, mentions, read
from providers.arm import json_syntax
from providers.arm.template import NoParser, NoTemplate, Template

BICEP = ".bicep"
_MODULE = re.compile(r"""^[ \t]*(?:module[ \t]+\w+|import\b[^'\n]*?from|using)[ \t]+'([^'\n]+)'""", re.MULTILINE)
_LINK = re.compile(r"""(?<![\w./-])[\w./-]{1,200}\.(?:json|jsonc)\b""")
_LINKS = re.compile(r"templateLink", re.IGNORECASE)
_RESOURCE = re.compile(r"""(?:^[ \t]*resource[ \t]+\w+[ \t]+'|"type"\s*:\s*"[\w.]+/)""", re.MULTILINE)
_MOST_DEEP = 40


class Tree(trees.Tree):
    """What is below one path."""

    def __init__(self, boundary: Path, shown_from: Path, gaps: list[Gap]) -> None:
        super().__init__(boundary, shown_from)
        self.gaps = gaps
        self.by_name: dict[str, list[Path]] = {}  # templates by the name of the file
        self.given: frozenset[Path] = frozenset()  # what the command line names, wherever it lies
        self._sources: dict[Path, Source | None] = {}
        self._loaded: dict[Path, Template | Gap | None] = {}
        self._below: dict[Path, tuple[Path, ...]] = {}
        self._mentioned: dict[tuple[Path, tuple[str, ...]], bool] = {}

    def source(self, path: Path) -> Source | None:
        """Return the text of a file; None, with a gap, for what cannot be read."""
        if path not in self._sources:
            self._sources[path] = None
            real = self.file(path)
            try:
                if real is None and path in self.given and path.is_file():
                    real = path
                if real is None:
                    raise Unreadable("it is no file of the checked tree")
                self._sources[path] = read(real, self.shown(path))
            except Unreadable as error:
                self.gaps.append(Gap(self.shown(path), str(error), fatal=True))
        return self._sources[path]

    def loaded(self, path: Path) -> Template | Gap | None:
        """Return the template of a file, or why it has none; None for what could not be read, which is said by then."""
        if path not in self._loaded:
            source = self.source(path)
            try:
                self._loaded[path] = self._load(source, path) if source is not None else None
            except NoParser as problem:
                hint = (
                    "pip install tree-sitter tree-sitter-bicep; or `bicep build` writes JSON templates, which are read"
                )
                self._loaded[path] = Gap("Bicep files", problem.reason, hint=hint, fatal=True)
            except NoTemplate as problem:
                at = source.location(problem.offset) if source is not None else None
                self._loaded[path] = Gap(self.shown(path), problem.reason, at)
            except SyntaxProblem as problem:
                at = source.location(problem.offset) if source is not None else None
                self._loaded[path] = Gap(self.shown(path), problem.reason, at, fatal=True)
            except RecursionError:
                self._loaded[path] = Gap(self.shown(path), "it is nested too deeply", fatal=True)
        return self._loaded[path]

    def _load(self, source: Source, path: Path) -> Template:
        if path.name.endswith((BICEP, ".bicepparam")):
            from providers.arm.bicep import load

            return load(source, path)
        return json_syntax.load(source, path)

    def forget(self, path: Path) -> None:
        """Let go of a template that was read; its text stays."""
        if isinstance(self._loaded.get(path), Template):
            del self._loaded[path]

    def nested(self, template: Template, text: str) -> Template | None:
        """Return the template that another names by a path or an address; None when it is not in the tree."""
        path = self.find(template.path, text)
        found = self.loaded(path) if path is not None else None
        return found if isinstance(found, Template) else None

    def find(self, path: Path, text: str) -> Path | None:
        """Return the file that a path or an address means; an address may say where a copy of it lies."""
        if text.startswith(("br:", "br/", "ts:", "ts/")):
            return None
        if "://" not in text and "${" not in text:
            found = self.file(path.parent / text)
            if found is not None:
                return found if found != path else None
        parts = re.sub(r"[?#].*|\$\{[^{}]*\}", "", text).split("/")
        same = [one for one in self.by_name.get(parts[-1], []) if one != path]
        for length in range(min(len(parts), 8), 0, -1):
            ends = [one for one in same if one.parts[-length:] == tuple(parts[-length:])]
            near = [one for one in ends if path.parent in one.parents]
            if len(ends) == 1 or len(near) == 1:
                return near[0] if len(near) == 1 else ends[0]
        return None

    # --- what a fast look finds

    def below(self, path: Path) -> tuple[Path, ...]:
        """Return the files that a template seems to deploy or import."""
        if path not in self._below:
            source = self.source(path)
            names: list[str] = []
            if source is not None and path.name.endswith((BICEP, ".bicepparam")):
                names = _MODULE.findall(source.text)
            elif source is not None and _LINKS.search(source.text):
                names = _LINK.findall(source.text)
            found = (self.find(path, name) for name in dict.fromkeys(names))
            own = (one for one in found if one is not None and one != path)
            known = {one for paths in self.by_name.values() for one in paths}
            self._below[path] = tuple(one for one in dict.fromkeys(own) if one in known or one.suffix == BICEP)
        return self._below[path]

    def using(self, path: Path) -> tuple[Path, ...]:
        """Return the template that a file of parameters is for."""
        source = self.source(path)
        names = _MODULE.findall(source.text) if source is not None else []
        found = (self.file(path.parent / name) for name in names)
        return tuple(one for one in found if one is not None)

    def reached(self, path: Path) -> list[Path]:
        """Return a template and those that it deploys, and they deploy."""
        found = [path]
        for one in found:
            found += [inner for inner in self.below(one) if inner not in found]
        return found

    def mentions(self, path: Path, words: tuple[str, ...]) -> bool:
        """Return whether the text of a file holds one of some words (lower case)."""
        if (path, words) not in self._mentioned:
            source = self.source(path)
            self._mentioned[path, words] = source is not None and mentions(source.text, words)
        return self._mentioned[path, words]

    def declared(self, path: Path) -> int:
        """Return how many resources a template seems to declare."""
        source = self.source(path)
        return len(_RESOURCE.findall(source.text)) if source is not None else 0

    def content(self, template: Template, text: str, how: str) -> Item | None:
        """Return what a template loads from a file beside it."""
        path = self.file(template.path.parent / text) if text and "${" not in text else None
        if path is None:
            return None
        try:
            source = read(path, self.shown(path))
            trail = (Step("", source.location(0)),)
            if how == "loadjsoncontent":
                return of_data(json.loads(source.text), trail)
            if how == "loadyamlcontent":
                documents = load_yaml(source)
                return of_data(_plain(documents[0]), trail) if documents else None
            return Value(source.text, trail, location=source.location(0))
        except (Unreadable, SyntaxProblem, ValueError, RecursionError):
            return None


def _plain(at: object, depth: int = 0) -> object:
    value = getattr(at, "value", at)
    if depth > _MOST_DEEP:
        return None
    if isinstance(value, dict):
        return {name: _plain(inner, depth + 1) for name, inner in value.items()}
    return [_plain(inner, depth + 1) for inner in value] if isinstance(value, list) else value
