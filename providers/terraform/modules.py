"""Folders of Terraform files: what each declares, which folders it calls, and which are roots.

Nothing is parsed here before something asks for it.
Source: https://developer.hashicorp.com/terraform/language/files and …/files/override
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from checker import trees
from checker.model import Gap
from checker.source import Source, SyntaxProblem, Unreadable, mentions, read, with_unsaved
from providers.terraform import scan
from providers.terraform.names import CODE, MOST_NAMES
from providers.terraform.syntax import Attribute, Body, Literal

# Parsing takes a second and some hundred megabytes for each megabyte; no block that people write is near this.
LARGEST_BLOCK = 4 * 1024 * 1024
_SOURCE = re.compile(r'^[ \t]*"?source"?[ \t]*=[ \t]*"([^"$%\\]*)"[ \t]*\r?$', re.MULTILINE)
_ANY_SOURCE = re.compile(r'\bsource\b"?[ \t]*=')


K = TypeVar("K")


class Declaration:
    """A top-level block; its body is parsed when it is first asked for."""

    __slots__ = ("_body", "_merged", "_overrides", "_problem", "_raw", "labels", "pos", "source", "type")

    def __init__(self, raw: scan.RawBlock | None, source: Source, type: str, labels: tuple[str, ...], pos: int) -> None:
        self._raw = raw
        self._body: Body | None = None  # of the block alone
        self._merged: Body | None = None  # … with those of override files laid over it
        self._problem: SyntaxProblem | None = None
        self._overrides: list[Declaration] = []
        self.source = source
        self.type = type
        self.labels = labels
        self.pos = pos

    @classmethod
    def of_body(cls, source: Source, type: str, labels: tuple[str, ...], pos: int, body: Body) -> Declaration:
        """Make a declaration whose body is known already (JSON syntax)."""
        self = cls(None, source, type, labels, pos)
        self._body = body
        return self

    def mentions(self, name: str) -> bool:
        """Return whether the text of the block holds a name at all: a cheap test before parsing."""
        return self._raw is None or self.source.text.find(name, self._raw.start, self._raw.end) >= 0

    def lay_over(self, block: Declaration) -> None:
        """Merge a block of an override file into this one; the last one laid over wins."""
        self._overrides.append(block)
        self._merged = None

    def body(self) -> Body:
        """Return the parsed body, override files merged in. Raises SyntaxProblem, each time."""
        if self._merged is None:
            body = self._own_body()
            for block in self._overrides:
                try:
                    body = _overridden(body, block.body())
                except SyntaxProblem as problem:
                    at = block.source.location(problem.offset)
                    raise SyntaxProblem(self.pos, f"what overrides it at {at}: {problem.reason}") from None
            self._merged = body
        return self._merged

    def _own_body(self) -> Body:
        if self._problem is not None:
            raise self._problem
        if self._body is None:
            assert self._raw is not None
            if self._raw.end - self._raw.start > LARGEST_BLOCK:
                reason = f"a block of more than {LARGEST_BLOCK // 1024 // 1024} MiB"
                self._problem = SyntaxProblem(self.pos, reason)
                raise self._problem
            from providers.terraform import parse  # the parser is large: not before something is to be parsed

            try:
                self._body = parse.parse_block(self._raw)
            except SyntaxProblem as problem:
                self._problem = problem
                raise
            except RecursionError:
                self._problem = SyntaxProblem(self.pos, "nested too deeply")
                raise self._problem from None
            self._raw = None
        return self._body

    @property
    def source_address(self) -> str | None:
        """The `source` of a module call when it is a plain string."""
        if self._raw is not None and not self._overrides:
            text = self._raw.text
            found = _SOURCE.findall(text)
            if len(found) == 1 and len(_ANY_SOURCE.findall(text)) == 1:
                return str(found[0])
        try:
            attribute = self.body().attributes.get("source")
        except SyntaxProblem:
            return None
        if attribute is not None and isinstance(attribute.value, Literal) and isinstance(attribute.value.value, str):
            return str(attribute.value.value)
        return None


def _overridden(base: Body, over: Body) -> Body:
    """Merge a block of an override file: arguments one by one, nested blocks by type."""
    types = {block.type for block in over.blocks}
    return Body(
        {**base.attributes, **over.attributes},
        (*(block for block in base.blocks if block.type not in types), *over.blocks),
    )


class Folder:
    """What the files of one folder declare together."""

    def __init__(self, path: Path, shown: str) -> None:
        self.path = path
        self.shown = shown
        self.files = 0
        self.blocks = 0
        self.gaps: list[Gap] = []
        self.variables: dict[str, Declaration] = {}
        self.outputs: dict[str, Declaration] = {}
        self.calls: dict[str, Declaration] = {}
        self.resources: dict[tuple[str, str, str], Declaration] = {}
        self.providers: list[Declaration] = []
        self.locals: list[Declaration] = []
        self.settings: list[Declaration] = []
        self.sources: list[Source] = []
        self._mentioned: dict[tuple[str, ...], bool] = {}
        self._noted: set[Gap] = set()
        self._local_values: dict[str, Attribute | None] = {}

    @property
    def types(self) -> set[tuple[str, str]]:
        """The (mode, type) pairs of its resources and data sources."""
        return {(mode, type) for mode, type, _ in self.resources}

    def local(self, name: str) -> Attribute | None:
        """Return the definition of a local value; only blocks that mention its name are parsed."""
        if name not in self._local_values:
            found = None
            for block in self.locals:
                if block.mentions(name):
                    try:
                        found = block.body().attributes.get(name, found)
                    except SyntaxProblem as problem:
                        self.note(block.source, problem)
            self._local_values[name] = found
        return self._local_values[name]

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether any of its files holds one of some words, lower case, or reads further files."""
        if words not in self._mentioned:
            self._mentioned[words] = any(mentions(source.text, words) for source in self.sources)
        return self._mentioned[words]

    def note(self, source: Source, problem: SyntaxProblem) -> None:
        """Record a block that could not be parsed, once."""
        gap = Gap(
            what="a block that cannot be parsed",
            why=problem.reason,
            location=source.location(problem.offset),
            hint="`terraform validate` or `tofu validate` tells whether it is valid there",
            fatal=True,
        )
        if gap not in self._noted:
            self._noted.add(gap)
            self.gaps.append(gap)

    def add(self, block: Declaration, override: bool) -> None:
        """Put a declaration where it belongs; one of an override file is laid over what it names."""
        self.blocks += 1
        match block.type, block.labels:
            case "variable", (name,):
                self._put(self.variables, name, block, override)
            case "output", (name,):
                self._put(self.outputs, name, block, override)
            case "module", (name,):
                self._put(self.calls, name, block, override)
            case ("resource" | "data" | "ephemeral") as kind, (type, name):
                mode = "managed" if kind == "resource" else kind
                self._put(self.resources, (mode, type, name), block, override)
            case "provider", (_,):
                same = next((p for p in self.providers if override and _same_provider(p, block)), None)
                if same is not None:
                    same.lay_over(block)
                else:
                    self.providers.append(block)
            case "locals", ():
                self.locals.append(block)
            case "terraform", ():
                self.settings.append(block)
            case _:
                pass  # moved, import, removed, check …: they place nothing

    def _put(self, table: dict[K, Declaration], key: K, block: Declaration, override: bool) -> None:
        if key not in table:
            table[key] = block
        elif override:
            table[key].lay_over(block)
        else:
            self.gaps.append(twice(table[key], block))


def twice(first: Declaration, second: Declaration, alias: str = "") -> Gap:
    """Return the gap for something that a folder declares twice, which Terraform refuses."""
    name = " ".join([first.type, *(f'"{label}"' for label in first.labels), *([f"({alias})"] if alias else [])])
    return Gap(
        name,
        f"it is declared at {first.source.location(first.pos)} already, which Terraform refuses: only that one is read",
        second.source.location(second.pos),
        "remove one of the two",
    )


def _same_provider(one: Declaration, other: Declaration) -> bool:
    return one.labels == other.labels and alias(one) == alias(other)


def alias(provider: Declaration) -> str:
    """Return the alias of a provider block, "" for the default one."""
    try:
        attribute = provider.body().attributes.get("alias")
    except SyntaxProblem:
        return ""
    value = attribute.value.value if attribute is not None and isinstance(attribute.value, Literal) else ""
    return str(value)


class Tree(trees.Tree):
    """The checked tree: folders by path, read once, and nothing outside of `boundary` ever."""

    def __init__(self, boundary: Path, shown_from: Path) -> None:
        super().__init__(boundary, shown_from)
        self._folders: dict[Path, Folder] = {}
        self._closures: dict[Path, frozenset[tuple[str, str]]] = {}
        self._called: dict[Path, tuple[Path, ...]] = {}
        self._sources: dict[tuple[Path, str], Path | None] = {}

    def folder(self, path: Path) -> Folder:
        """Return what a folder declares; its files are scanned the first time."""
        if path not in self._folders:
            self._folders[path] = _load(self, path)
        return self._folders[path]

    def forget(self, path: Path) -> None:
        """Drop a folder that will not be asked for again, to keep memory flat."""
        self._folders.pop(path, None)

    def local_calls(self, folder: Folder) -> Iterator[tuple[str, Path]]:
        """Yield (name, folder) of the module calls whose source is a folder of the tree."""
        for name, call in folder.calls.items():
            path = self.local_source(folder, call.source_address)
            if path is not None:
                yield name, path

    def local_source(self, folder: Folder, address: str | None) -> Path | None:
        """Return the folder that a local source address means, or None for anything else."""
        if address is None or not address.startswith(("./", "../")):
            return None
        key = (folder.path, address)
        if key not in self._sources:
            path = self.inside(folder.path / address)
            self._sources[key] = path if path is not None and os.path.isdir(path) else None
        return self._sources[key]

    def followed(self, folder: Path, name: str) -> Path | None:
        """Return the real path of a file of a real folder, or None when it is a link that leads out of the tree."""
        path = folder / name
        return self.inside(path) if os.path.islink(path) else path

    def reached(self, path: Path) -> set[Path]:
        """Return a folder and those that it calls, directly or not; each once, however many ways lead there."""
        found: set[Path] = set()
        waiting = [path]
        while waiting:
            one = waiting.pop()
            if one not in found:
                found.add(one)
                if one not in self._called:
                    self._called[one] = tuple({called for _, called in self.local_calls(self.folder(one))})
                waiting += self._called[one]
        return found

    def closure(self, path: Path) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that a folder and the folders it calls declare."""
        if path not in self._closures:
            self._closures[path] = frozenset().union(*(self.folder(one).types for one in self.reached(path)))
        return self._closures[path]


def _load(tree: Tree, path: Path) -> Folder:
    folder = Folder(path, tree.shown(path))
    read_into(tree, folder, path)
    return folder


def read_into(tree: Tree, folder: Folder, path: Path, without: Collection[str] = ()) -> None:
    """Add what the configuration files of a real folder declare, without those of some names."""
    names, hidden = _file_names(path)
    for name in sorted(names, key=lambda n: (_is_override(n), n)):
        if name in without:
            continue
        real = tree.followed(path, name)
        shown = tree.shown(path / name)
        if real is None:
            folder.gaps.append(Gap(shown, "it leads out of the checked tree", fatal=True))
            continue
        folder.files += 1
        try:
            source = read(real, shown)
            folder.sources.append(source)
            declarations = _declared(folder, source, name)
        except Unreadable as error:
            folder.gaps.append(Gap(shown, str(error), fatal=True))
            continue
        for declaration in declarations:
            folder.add(declaration, _is_override(name))
    differ = [name for name in sorted(hidden) if not _says_little(tree, path, name, hidden[name])]
    if differ:
        what = ", ".join(f"{name} (hidden by {hidden[name]})" for name in differ[:MOST_NAMES])
        what += f" and {len(differ) - MOST_NAMES} more" if len(differ) > MOST_NAMES else ""
        shown = "" if folder.shown == "." else f"{folder.shown}/"
        why = "OpenTofu reads the .tofu file in its place, and so does the check; Terraform reads the .tf file"
        folder.gaps.append(Gap(shown + what, why))


def _says_little(tree: Tree, path: Path, *names: str) -> bool:
    """Return whether files hold nothing but `terraform` blocks (versions and backends, which place nothing)."""
    for name in names:
        real = tree.followed(path, name)
        if real is None:
            return False
        apart = Folder(path, "")
        try:
            blocks = _declared(apart, read(real, name), name)
        except Unreadable:
            return False
        if apart.gaps or any(block.type != "terraform" for block in blocks):
            return False
    return True


def _declared(folder: Folder, source: Source, name: str) -> list[Declaration]:
    if name.endswith(".json"):
        from providers.terraform import json_syntax

        try:
            return [Declaration.of_body(source, *found) for found in json_syntax.declarations(source)]
        except SyntaxProblem as problem:
            folder.note(source, problem)
            return []
    blocks, broken = scan.scan(source)
    for part in broken:
        folder.note(source, SyntaxProblem(part.offset, part.reason))
    return [Declaration(raw, source, raw.type, raw.labels, raw.start) for raw in blocks]


def _file_names(path: Path) -> tuple[list[str], dict[str, str]]:
    """Return the configuration files of a folder, and those that OpenTofu does not read with what hides them.

    Source: https://opentofu.org/docs/language/files/#tofu-file-extension
    """
    try:
        every = with_unsaved(path, os.listdir(path))
    except OSError:
        return [], {}
    names = [n for n in every if n.endswith(CODE) and not n.startswith(".") and not n.endswith("~")]
    hidden = {}
    for suffix, instead in ((".tf", ".tofu"), (".tf.json", ".tofu.json")):
        for name in names:
            if name.endswith(suffix) and name.removesuffix(suffix) + instead in names:
                hidden[name] = name.removesuffix(suffix) + instead
    return [name for name in names if name not in hidden], hidden


def _is_override(name: str) -> bool:
    stem = name.split(".", 1)[0]
    return stem == "override" or stem.endswith("_override")


def roots(tree: Tree, folders: Iterable[Path], progress: Callable[[], None] = lambda: None) -> list[Path]:
    """Return the folders that no other one calls; of a ring of folders that call each other, the first."""
    ordered = list(dict.fromkeys(folders))
    calls: dict[Path, list[Path]] = {}
    for path in ordered:
        calls[path] = [called for _, called in tree.local_calls(tree.folder(path))]
        progress()
    called = {path for paths in calls.values() for path in paths}
    found = [path for path in ordered if path not in called]
    reached: set[Path] = set()
    for path in found:
        _reach(path, calls, reached)
    for path in ordered:
        if path not in reached:
            found.append(path)
            _reach(path, calls, reached)
    return found


def _reach(path: Path, calls: dict[Path, list[Path]], reached: set[Path]) -> None:
    waiting = [path]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting += calls.get(path, [])


def downloaded(root: Path) -> dict[str, str]:
    """Return module key ("rag.bucket") → folder relative to the root, from `.terraform/modules/modules.json`."""
    try:
        data = json.loads(read(root / ".terraform" / "modules" / "modules.json", "modules.json").text)
        return {str(m["Key"]): str(m["Dir"]) for m in data["Modules"]}
    except (Unreadable, ValueError, KeyError, TypeError, RecursionError):
        return {}
