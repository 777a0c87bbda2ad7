"""Kustomize: what an overlay makes of its bases, without running it.

https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from checker import documents
from checker.documents import Item
from checker.model import FileLocation, Gap, Step, Value
from checker.source import Source, SyntaxProblem
from providers.kubernetes import files, items, patches
from providers.kubernetes.files import KUSTOMIZATIONS, Tree
from providers.kubernetes.items import Manifest
from providers.kubernetes.root import Content

_DEEPEST = 20
_MOST_OBJECTS = 5000
_MOST_FOLDERS = 500
_REMOTE = re.compile(r"[a-z][a-z0-9+.-]*://|git@|(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/|.*\?ref=|.*//")
_NOT_APPLIED = ("generators", "helmCharts", "helmChartInflationGenerator", "replacements", "transformers", "vars")
_FILES = ("resources", "bases", "components", "patchesStrategicMerge", "crds", "configurations", *_NOT_APPLIED)


class Overlay:
    """One evaluation of a kustomization with everything below it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._count = self._folders = 0
        self.content = Content()

    def of(self, folder: Path) -> Content:
        """Return what a folder's kustomization makes."""
        self.content.manifests = self._accumulated(folder, [], ())
        return self.content

    def _accumulated(self, folder: Path, given: list[Manifest], way: tuple[Path, ...]) -> list[Manifest]:
        """Return the objects of a kustomization; those of a component are made of the ones given."""
        gaps = self.content.gaps
        self._folders += 1
        if folder in way or len(way) > _DEEPEST or self._folders > _MOST_FOLDERS:
            gaps.append(Gap(self._tree.shown(folder), "it is a base of itself, or nested too deeply", fatal=True))
            return given
        file = kustomization(folder)
        source = self._tree.source(file, gaps) if file is not None else None
        if source is None:
            return given
        self.content.sources.append(source)
        document = read(source, gaps)
        for name in _NOT_APPLIED:
            if items.elements(document.get(name)):
                where = items.location(document.get(name))
                gaps.append(Gap(f"{name} of {source.path}", "what they make is not read", where, "", False))
        found = list(given)
        for name in ("resources", "bases", "components"):
            for one in items.elements(document.get(name)):
                found = self._resource(one, folder, found, name == "components", (*way, folder))
        found = self._generated(document, folder, found)
        found = self._patched(document, folder, found)
        return list(self._named(document, found))

    def _resource(
        self, item: Item, folder: Path, found: list[Manifest], component: bool, way: tuple[Path, ...]
    ) -> list[Manifest]:
        name, where = items.text(item), items.location(item)
        gaps = self.content.gaps
        if not name:
            return found
        path = self._tree.inside(folder / name)
        if _REMOTE.match(name) and (path is None or not path.exists()):
            hint = "`kustomize localize` brings it beside the others"
            gaps.append(Gap(name, "a remote base is not downloaded: what it declares is not read", where, hint))
            return found
        if path is None or not path.exists():
            why = "it is not there" if path is not None else "it leads out of the checked tree"
            gaps.append(Gap(name, f"{why}: what the kustomization takes from it is not read", where))
            return found
        if path.is_dir():
            if kustomization(path) is None:
                gaps.append(Gap(name, "the folder has no kustomization", where))
                return found
            if component:
                return self._accumulated(path, found, way)
            return [*found, *self._accumulated(path, [], way)]
        source = self._tree.source(path, gaps)
        if source is None:
            return found
        self.content.sources.append(source)
        added = files.manifests(source, gaps)
        self._count += len(added)
        if self._count > _MOST_OBJECTS:
            gaps.append(Gap(source.path, f"the overlay has more than {_MOST_OBJECTS} objects", where, fatal=True))
            return found
        return [*found, *added]

    # --- generators

    def _generated(self, document: dict[str, Item], folder: Path, found: list[Manifest]) -> list[Manifest]:
        for member, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
            for one in items.elements(document.get(member)):
                name, where = items.text(items.at(one, "name")), items.location(one)
                if not name or where is None:
                    continue
                data: dict[str, Item] = dict(self._pairs(one, folder))
                old = next((m for m in found if m.kind == kind and name in m.names), None)
                behavior = items.text(items.at(one, "behavior"))
                stored = "stringData" if kind == "Secret" else "data"
                if old is not None and behavior in ("merge", "replace"):
                    kept = items.members(old.item.get(stored)) if behavior == "merge" else {}
                    new: dict[str, Item] = {**old.item, stored: {**kept, **data}}
                    if behavior == "replace":
                        new.pop("data" if stored == "stringData" else "binaryData", None)
                    found = [replace(m, item=new) if m is old else m for m in found]
                    continue
                metadata: dict[str, Item] = {"name": items.at(one, "name") or Value(name)}
                namespace = items.at(one, "namespace")
                if namespace is not None:
                    metadata["namespace"] = namespace
                item: dict[str, Item] = {
                    "apiVersion": Value("v1", location=where),
                    "kind": Value(kind, location=where),
                    "metadata": metadata,
                    stored: data,
                }
                found = [*found, Manifest(item, where, {name})]
        return found

    def _pairs(self, generator: Item, folder: Path) -> Iterator[tuple[str, Item]]:
        for one in items.elements(items.at(generator, "literals")):
            name, equals, rest = items.text(one).partition("=")
            if equals and isinstance(one, Value):
                yield name, items.filled(replace(one, data=rest.strip("\"'") if rest[:1] in "\"'" else rest))
        single = items.at(generator, "env")
        for one in [*items.elements(items.at(generator, "envs")), *([single] if single is not None else [])]:
            source = self._text(one, folder)
            for line, offset in _lines(source) if source is not None else ():
                name, equals, rest = line.partition("=")
                if equals and source is not None and not line.startswith("#"):
                    yield name.strip(), items.filled(_at(source, offset, rest.strip(), name.strip()))
        for one in items.elements(items.at(generator, "files")):
            key, equals, path = items.text(one).rpartition("=")
            source = self._text(one, folder, path)
            if source is not None:
                yield key if equals else path.rpartition("/")[2], _at(source, 0, source.text, path)

    def _text(self, item: Item, folder: Path, name: str = "") -> Source | None:
        name = name or items.text(item)
        path = self._tree.inside(folder / name) if name else None
        if path is None or not path.is_file():
            why = "a file that the kustomization takes in is not there"
            self.content.gaps.append(Gap(name or "a file", why, items.location(item)))
            return None
        source = self._tree.source(path, self.content.gaps, fatal=False)
        if source is not None:
            self.content.sources.append(source)
        return source

    # --- patches

    def _patched(self, document: dict[str, Item], folder: Path, found: list[Manifest]) -> list[Manifest]:
        for one in items.elements(document.get("patchesStrategicMerge")):
            text = items.text(one)
            inline = "\n" in text or "{" in text
            found = self._applied(found, one, None, folder, None if inline else one, one if inline else None)
        for member in ("patches", "patchesJson6902"):
            for one in items.elements(document.get(member)):
                target = items.at(one, "target")
                found = self._applied(found, one, target, folder, items.at(one, "path"), items.at(one, "patch"))
        return found

    def _applied(
        self,
        found: list[Manifest],
        patch: Item,
        target: Item | None,
        folder: Path,
        path: Item | None,
        inline: Item | None,
    ) -> list[Manifest]:
        gaps = self.content.gaps
        for read_patch in self._patches(folder, path, inline):
            operations = isinstance(read_patch, list)
            if target is not None:
                chosen = [one for one in found if _is_target(one, target)]
            elif operations:
                chosen = []
            else:
                own = Manifest(dict(items.members(read_patch)), items.location(patch) or FileLocation("", 1))
                chosen = [one for one in found if one.kind == own.kind and own.name in (one.name, *one.names)]
                if own.namespace and any(one.namespace == own.namespace for one in chosen):
                    chosen = [one for one in chosen if one.namespace == own.namespace]
            kind = items.text(items.at(target if target is not None else read_patch, "kind"))
            known = kind not in files.NOTHING_TO_JUDGE and not (target is not None and not kind)
            if not chosen and known and not any("remote base" in gap.why for gap in gaps):
                gaps.append(Gap("a patch", "nothing that is read matches it", items.location(patch)))
            for one in chosen:
                try:
                    made = (
                        patches.operated(one.item, read_patch)
                        if operations
                        else patches.merged(one.item, _unnamed(read_patch, target), one.api)
                    )
                except patches.Unfit as error:
                    gaps.append(Gap(f"a patch of {one.address}", str(error), items.location(patch)))
                    continue
                if isinstance(made, dict):
                    found = [replace(m, item=made) if m is one else m for m in found]
                else:
                    found = [m for m in found if m is not one]
        return found

    def _patches(self, folder: Path, path: Item | None, inline: Item | None) -> Iterator[Item]:
        """Yield the documents of a patch, wherever it stands."""
        gaps = self.content.gaps
        if path is not None:
            source = self._text(path, folder)
            if source is not None:
                for document, base in files.parsed(source, gaps):
                    yield items.of(document, source, base)
            return
        text, where = items.text(inline), items.location(inline)
        if not text or where is None:
            return
        try:
            for document in documents.load_yaml(Source(where.path, text)):
                yield _all_at(items.of(document, Source(where.path, text)), text, where)
        except SyntaxProblem as problem:
            gaps.append(Gap(f"a patch at {where}", problem.reason, where, fatal=True))

    # --- names

    def _named(self, document: dict[str, Item], found: list[Manifest]) -> Iterator[Manifest]:
        namespace = document.get("namespace")
        prefix, suffix = items.text(document.get("namePrefix")), items.text(document.get("nameSuffix"))
        for one in found:
            item = one.item
            if items.text(namespace) and namespace is not None:
                item = items.put(item, namespace, "metadata", "namespace")
            name = items.at(item, "metadata", "name")
            if (prefix or suffix) and isinstance(name, Value) and isinstance(name.data, str):
                item = items.put(item, replace(name, data=f"{prefix}{name.data}{suffix}"), "metadata", "name")
            new = replace(one, item=item, names=set(one.names))
            new.names.add(new.name)
            yield new


def kustomization(folder: Path) -> Path | None:
    """Return a folder's kustomization, or None."""
    return next((folder / name for name in KUSTOMIZATIONS if (folder / name).is_file()), None)


def read(source: Source, gaps: list[Gap]) -> dict[str, Item]:
    """Return what a kustomization says; one that cannot be parsed is a gap."""
    try:
        for document in documents.load_yaml(source):
            item = items.of(document, source)
            return item if isinstance(item, dict) else {}
    except SyntaxProblem as problem:
        gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
    return {}


def used(tree: Tree, folder: Path) -> tuple[set[Path], set[Path]]:
    """Return the files that a folder's kustomization takes for itself, and the folders that it builds on."""
    file = kustomization(folder)
    source = tree.source(file, [], fatal=False) if file is not None else None
    document = read(source, []) if source is not None else {}
    named = [items.text(one) for name in _FILES for one in items.elements(document.get(name))]
    for member in ("patches", "patchesJson6902"):
        named += [items.text(items.at(one, "path")) for one in items.elements(document.get(member))]
    for member in ("configMapGenerator", "secretGenerator"):
        for one in items.elements(document.get(member)):
            named += [items.text(file).rpartition("=")[2] for file in items.elements(items.at(one, "files"))]
    taken: set[Path] = set()
    folders: set[Path] = set()
    for text in named:
        path = tree.inside(folder / text) if text and "\n" not in text and len(text) < 1000 else None
        if path is not None:
            (folders if path.is_dir() else taken).add(path)
    return taken, folders


def _is_target(one: Manifest, target: Item) -> bool:
    """Return whether a patch's target selects an object; names are regular expressions there."""
    group, _, version = one.api.rpartition("/")
    labels = items.members(items.at(one.item, "metadata", "labels"))
    wanted = (
        ("kind", one.kind),
        ("name", one.name),
        ("namespace", one.namespace),
        ("group", group),
        ("version", version),
    )
    for member, own in wanted:
        asked = items.text(items.at(target, member))
        names = (own, *one.names) if member == "name" else (own,)
        if asked and not any(_matches(asked, name) for name in names):
            return False
    for part in filter(None, items.text(items.at(target, "labelSelector")).split(",")):
        name, _, value = part.replace("==", "=").partition("=")
        if items.scalar(labels.get(name.strip())) != value.strip():
            return False
    return True


@functools.lru_cache(1024)
def _matches(asked: str, name: str) -> bool:
    # A name is a pattern in Kustomize; only alternatives and `.*` are understood, as others can take for ever.
    parts = (re.escape(part).replace(r"\.\*", ".*") for part in asked.strip("^$").strip("()").split("|"))
    return any(re.fullmatch(part, name) for part in parts if part.count(".*") < 4)


def _unnamed(patch: Item, target: Item | None) -> Item:
    """Return a patch without its own name and kind where a target says what it is for."""
    if target is None or not isinstance(patch, dict):
        return patch
    metadata = {k: v for k, v in items.members(patch.get("metadata")).items() if k not in ("name", "namespace")}
    return {**{k: v for k, v in patch.items() if k not in ("apiVersion", "kind")}, "metadata": metadata}


def _all_at(item: Item, text: str, where: FileLocation) -> Item:
    """Return an inline patch with its lines counted in the file that holds it: a block begins on the next line."""
    if isinstance(item, list):
        return [_all_at(one, text, where) for one in item]
    if isinstance(item, dict):
        return {name: _all_at(inner, text, where) for name, inner in item.items()}
    if not isinstance(item, Value):
        return item
    inner = item.location.line if item.location is not None else 1
    at = replace(where, line=where.line + inner) if "\n" in text else where
    return replace(item, location=at, trail=tuple(replace(step, location=at) for step in item.trail))


def _lines(source: Source) -> Iterator[tuple[str, int]]:
    offset = 0
    for line in source.text.splitlines(keepends=True):
        yield line.strip(), offset
        offset += len(line)


def _at(source: Source, offset: int, data: str, name: str) -> Value:
    location = source.location(offset)
    return Value(data, (Step(name, location),), location=location)
