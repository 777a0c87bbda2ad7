"""The templates of a checked tree: their texts, what a fast look at them finds, and which nests which."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from checker import trees
from checker.model import FileLocation, Gap
from checker.source import Source, SyntaxProblem, Unreadable, mentions, read
from providers.cloudformation import template
from providers.cloudformation.naming import type_of
from providers.cloudformation.sam import TYPES
from providers.cloudformation.template import Template, members

# Any text that is a type of AWS: a fast look may find more than there is, not less.
_TYPE = re.compile(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")
_DECLARED = re.compile(r"""["']?Type["']?\s*:\s*["']?(?:[A-Za-z0-9]+::)+[A-Za-z0-9]+""")
# Texts in quotes can write characters in other ways: \x49, \u0049, a line that goes on.
_ESCAPED = re.compile(r"\\[xuU\r\n]|\\[0-7]")
_NESTS = re.compile(r"""(?:TemplateURL|Location|aws:asset:path)["']?\s*:""")
_ENDS = re.compile(r"\b(?:Type|Parameters|Properties)\b")
_FILE = re.compile(r"(?<![\w./-])(?:https?://)?[\w./-]{1,300}?\.(?:ya?ml|json|template|cfn)(?![\w./-])")
_MOST_NESTED = 2000  # places of a template that may nest another
_LOOKED_AT = 600  # characters after such a place
_BESIDE = re.compile(r"""(?:DefinitionUri|DefinitionS3Location)["']?\s*:\s*["']?([\w./-]+)""")
_SAM_TEMPLATES = ("template.yaml", "template.yml", "template.json")
_BUILT = ".aws-sam"
# The host of an address, and the bucket after a host that names none.
_HOST = re.compile(r"^[a-z0-9]+://(?:s3[^/]*/[^/]*|[^/]*)/?")
_NO_PATH = re.compile(r"[?#].*|\x00.*", re.DOTALL)


class Tree(trees.Tree):
    """The templates below one path, each read once, and nothing outside of its boundary."""

    def __init__(self, boundary: Path, shown_from: Path, gaps: list[Gap], is_template: Callable[[Path], bool]) -> None:
        super().__init__(boundary, shown_from)
        self._is_template = is_template
        self.gaps = gaps
        self.templates: dict[str, list[Path]] = {}  # by the name of the file
        self._sources: dict[Path, Source | None] = {}
        self._loaded: dict[Path, Template | Gap | None] = {}
        self._types: dict[Path, Counter[str]] = {}
        self._nested: dict[Path, tuple[Path, ...]] = {}
        self._mentioned: dict[tuple[Path, tuple[str, ...]], bool] = {}
        self._exporting: list[Path] | None = None

    def source(self, path: Path, *, quiet: bool = False) -> Source | None:
        """Return the text of a file; None, with a gap unless it is to be quiet, for what cannot be read."""
        if path not in self._sources:
            self._sources[path] = None
            real = self.file(path)
            try:
                if real is None:
                    raise Unreadable("it is no file of the checked tree")
                self._sources[path] = read(real, self.shown(path))
            except Unreadable as error:
                if not quiet:
                    self.gaps.append(Gap(self.shown(path), str(error), fatal=True))
        return self._sources[path]

    def loaded(self, path: Path) -> Template | Gap | None:
        """Return the template of a file, or why it has none; None for what could not be read, which is said by then."""
        if path not in self._loaded:
            source = self.source(path)
            try:
                self._loaded[path] = template.load(source) if source is not None else None
            except template.NoTemplate as problem:
                self._loaded[path] = Gap(self.shown(path), problem.reason, _at(source, problem))
            except SyntaxProblem as problem:
                hint = "a text that something else fills in is no template yet" if _is_filled_in(source) else ""
                self._loaded[path] = Gap(self.shown(path), problem.reason, _at(source, problem), hint, fatal=True)
            except RecursionError:
                self._loaded[path] = Gap(self.shown(path), "it is nested too deeply", fatal=True)
        return self._loaded[path]

    def parsed(self, path: Path) -> Gap | None:
        """Return why a file has no template, without reading more of it than that takes."""
        source = self.source(path)
        if source is not None and path not in self._loaded and source.text.lstrip()[:1] == "{":
            try:
                document = json.loads(source.text)  # many times as fast as what tells where each value begins
                if isinstance(document, dict) and isinstance(document.get("Resources"), dict):
                    return None
            except (ValueError, RecursionError):
                pass
        found = self.loaded(path)
        return found if isinstance(found, Gap) else None

    def forget(self, path: Path) -> None:
        """Let go of a template that was read; its text stays."""
        if isinstance(self._loaded.get(path), Template):
            del self._loaded[path]

    # --- what a fast look finds

    def types_in(self, path: Path) -> Counter[str]:
        """Return the types of the catalogue that a template may declare."""
        if path not in self._types:
            source = self.source(path)
            names: Iterator[str] | list[str] = _TYPE.findall(source.text) if source is not None else []
            if source is not None and _ESCAPED.search(source.text):
                names = [*names, *self._written_otherwise(path)]
            self._types[path] = Counter(type for name in names if (type := type_of(TYPES.get(name, name))))
        return self._types[path]

    def _written_otherwise(self, path: Path) -> Iterator[str]:
        loaded = self.loaded(path)
        waiting = list(loaded.resources.values()) if isinstance(loaded, Template) else []
        seen: set[int] = set()
        while waiting:
            at = waiting.pop()
            if id(at) in seen:
                continue
            seen.add(id(at))
            kind = members(at).get("Type")
            if kind is not None and isinstance(kind.value, str):
                yield kind.value
            elif isinstance(at.value, dict | list):  # a loop
                waiting += at.value.values() if isinstance(at.value, dict) else at.value

    def declared(self, path: Path) -> int:
        """Return how many resources a template seems to declare."""
        source = self.source(path)
        return len(_DECLARED.findall(source.text)) if source is not None else 0

    def nested(self, path: Path) -> tuple[Path, ...]:
        """Return the templates of the tree that a template seems to nest."""
        if path not in self._nested:
            source = self.source(path)
            named = _names_of_nested(source.text) if source is not None else ()
            found = (self.find(path, name) for name in dict.fromkeys(named))
            inner = dict.fromkeys(one for one in found if one is not None and one != path)
            self._nested[path] = tuple(one for one in inner if self._is_template(one))
        return self._nested[path]

    def reached(self, path: Path) -> list[Path]:
        """Return a template and those that it nests, and they nest."""
        found = [path]
        for one in found:
            found += [inner for inner in self.nested(one) if inner not in found]
        return found

    def mentions(self, path: Path, words: tuple[str, ...]) -> bool:
        """Return whether the text of a template, or of a definition beside it, holds one of some words (lower case)."""
        if (path, words) not in self._mentioned:
            source = self.source(path)
            sources = [*([source] if source is not None else []), *self.beside(path)]
            self._mentioned[path, words] = any(mentions(one.text, words) for one in sources)
        return self._mentioned[path, words]

    def beside(self, path: Path) -> list[Source]:
        """Return the texts of the files that a template takes definitions from."""
        source = self.source(path)
        named = _BESIDE.findall(source.text) if source is not None and "Definition" in source.text else ()
        paths = (self.file(path.parent / name) for name in dict.fromkeys(named))
        texts = (self.source(one, quiet=True) for one in paths if one is not None)
        return [one for one in texts if one is not None]

    def exporting(self) -> list[Path]:
        """Return the templates that may export values to others."""
        if self._exporting is None:
            every = (path for paths in self.templates.values() for path in paths)
            self._exporting = [path for path in sorted(every) if self.holds(path, "Export")]
        return self._exporting

    def holds(self, path: Path, word: str) -> bool:
        """Return whether a word stands in the text of a template."""
        source = self.source(path, quiet=True)
        return source is not None and word in source.text

    def find(self, path: Path, text: str) -> Path | None:
        """Return the template that a path or an address means, as a template names it; None when none is there.

        An address says where a copy lies: the one file of the tree whose path ends as it does is what was copied.
        """
        text = _NO_PATH.sub("", text)
        if "://" not in text and "${" not in text:
            found = self.file(path.parent / text) or self._unbuilt(path, text)
            if found is not None or not text.startswith("/"):
                return found
        parts = _HOST.sub("", text).rpartition("}")[2].split("/")
        named = self.templates.get(parts[-1], [])
        for length in range(len(parts), 0, -1):
            same = [one for one in named if one.parts[-length:] == tuple(parts[-length:])]
            near = [one for one in same if path.parent in one.parents]
            if len(same) == 1 or len(near) == 1:
                return near[0] if len(near) == 1 else same[0]
            if same:
                return None
        return None

    def _unbuilt(self, path: Path, text: str) -> Path | None:
        """Return the template that `sam build` makes the named one of: it writes into a folder beside its source."""
        before, built, _ = text.partition(f"{_BUILT}/")
        if not built:
            return None
        found = (self.file(path.parent / before / name) for name in _SAM_TEMPLATES)
        return next((one for one in found if one is not None), None)


def _names_of_nested(text: str) -> Iterator[str]:
    for place in itertools.islice(_NESTS.finditer(text), _MOST_NESTED):
        after = text[place.end() : place.end() + _LOOKED_AT]
        found = _FILE.search(_ENDS.split(after, maxsplit=1)[0])
        if found is not None:
            yield found[0]


def _at(source: Source | None, problem: SyntaxProblem) -> FileLocation | None:
    return source.location(problem.offset) if source is not None else None


def _is_filled_in(source: Source | None) -> bool:
    return source is not None and ("{%" in source.text or "{{" in source.text)
