"""Helm charts: rendered where the machine has helm, else read for what their values and templates say.

https://helm.sh/docs/topics/charts/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from checker import documents
from checker.documents import Item
from checker.model import FileLocation, Gap, Step, Value
from checker.source import Source, SyntaxProblem
from providers.kubernetes import files, items, rendering, templates
from providers.kubernetes.files import Tree
from providers.kubernetes.items import Manifest
from providers.kubernetes.root import Content

_SOURCE = re.compile(r"^# Source: (\S+)", re.M)
_MOST_TEMPLATES = 1000
_DEEPEST = 5
_VALUES = re.compile(r"(?:.*[._-])?values(?:[._-].*)?\.ya?ml")
MOST_VALUES_FILES = 20


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart's folder and the files below it, by folder."""

    folder: Path
    names: Mapping[Path, list[str]]

    def values_files(self) -> list[Path]:
        """Return the values files beside the chart's own: each may be what an environment is installed with."""
        found = sorted(name for name in self.names.get(self.folder, ()) if _VALUES.fullmatch(name))
        return [self.folder / name for name in found if name not in ("values.yaml", "values.yml")]

    def template_files(self, folder: Path) -> Iterator[Path]:
        """Yield the templates of a chart or subchart that may make objects."""
        below = folder / "templates"
        for base in sorted(self.names):
            if base == below or below in base.parents:
                for name in sorted(self.names[base]):
                    if name.endswith((*files.YAML, ".tpl")) and "tests" not in base.relative_to(below).parts:
                        yield base / name

    def subcharts(self, folder: Path) -> list[Path]:
        """Return the charts that lie in a chart's `charts` folder."""
        below = folder / "charts"
        return sorted(base for base in self.names if base.parent == below and "Chart.yaml" in self.names[base])


def load(tree: Tree, chart: Chart) -> Content:
    """Return what a chart says with its own values; each values file beside these may be what it is installed with."""
    content = Content()
    main = tree.source(chart.folder / "Chart.yaml", content.gaps)
    if main is None:
        return content
    content.sources.append(main)
    about = _document(main, content)
    name = items.text(items.at(about, "name")) or chart.folder.name
    values = _values(tree, chart.folder, content)
    others = [(path, _given(tree, path, content)) for path in chart.values_files()[:MOST_VALUES_FILES]]
    reads = list(_templates(tree, chart, chart.folder, values, content, 0))
    found = {source.path: source for _, sources in reads for source in sources}
    content.sources += found.values()
    _missing(chart, about, main, content)
    helm = rendering.binary()
    if helm is not None:
        try:
            content.manifests = list(_rendered(helm, chart, tree, found, [(None, values), *others], content))
        except rendering.NotRendered as error:
            content.gaps.append(Gap(f"chart {name}", f"not rendered, only read: {error}", main.location(0)))
        else:
            return content
    else:
        why = "not rendered: its values and templates were read for endpoints, regions and GPU requests"
        hint = "with helm on the PATH it is rendered; or check what `helm template` prints"
        content.gaps.append(Gap(f"chart {name}", why, main.location(0), hint))
    for folder, (own, sources) in zip(_folders(chart, chart.folder, 0), reads, strict=True):
        address = "/".join(["Chart", name, *folder.relative_to(chart.folder).parts[1::2]])
        every = [own, *(given for _, given in others)] if folder == chart.folder else [own]
        content.texts.append(templates.chart(address, every, sources, _begin(tree, folder)))
    return content


def _given(tree: Tree, path: Path, content: Content) -> Item:
    source = tree.source(path, content.gaps)
    if source is None:
        return {}
    content.sources.append(source)
    return _document(source, content)


def merged(old: Item, new: Item) -> Item:
    """Return values with others put over them, as Helm does: mappings merge, null takes away, the rest replaces."""
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return new
    found = dict(old)
    for name, value in new.items():
        if isinstance(value, Value) and value.data is None:
            found.pop(name, None)
        else:
            found[name] = merged(found[name], value) if name in found else value
    return found


def _document(source: Source, content: Content) -> Item:
    try:
        for document in documents.load_yaml(source):
            return items.of(document, source)
    except SyntaxProblem as problem:
        content.gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
    return {}


def _values(tree: Tree, folder: Path, content: Content) -> Item:
    for name in ("values.yaml", "values.yml"):
        if (folder / name).is_file():
            source = tree.source(folder / name, content.gaps)
            if source is not None:
                content.sources.append(source)
                return _document(source, content)
    return {}


def _folders(chart: Chart, folder: Path, depth: int) -> Iterator[Path]:
    yield folder
    for below in chart.subcharts(folder) if depth < _DEEPEST else ():
        yield from _folders(chart, below, depth + 1)


def _templates(
    tree: Tree, chart: Chart, folder: Path, values: Item, content: Content, depth: int
) -> Iterator[tuple[Item, list[Source]]]:
    """Yield the values and templates of a chart, then those of its subcharts with what the parent gives them."""
    sources: list[Source] = []
    for number, path in enumerate(chart.template_files(folder)):
        if number >= _MOST_TEMPLATES:
            why = f"it has more than {_MOST_TEMPLATES} templates: the rest is not read"
            content.gaps.append(Gap(tree.shown(folder), why, fatal=True))
            break
        source = tree.source(path, content.gaps, fatal=False)
        if source is not None:
            sources.append(source)
    yield values, sources
    for below in chart.subcharts(folder) if depth < _DEEPEST else ():
        given = items.at(values, below.name)
        own = _values(tree, below, content)
        own = merged(own, given) if isinstance(given, Mapping) else own
        shared = items.at(values, "global")
        if isinstance(shared, Mapping) and isinstance(own, Mapping):
            own = {**own, "global": merged(own.get("global", {}), shared)}
        yield from _templates(tree, chart, below, own, content, depth + 1)


def _missing(chart: Chart, about: Item, main: Source, content: Content) -> None:
    """Note the charts that a chart depends on and that are not there to be read."""
    there = {folder.name for folder in chart.subcharts(chart.folder)}
    for one in items.elements(items.at(about, "dependencies")):
        name = items.text(items.at(one, "name"))
        local = items.text(items.at(one, "repository")).startswith("file://")
        if name and name not in there and not local:
            why = "a chart that it depends on is not there: what that declares is not read"
            hint = "run `helm dependency update` first"
            content.gaps.append(Gap(f"chart {name}", why, items.location(items.at(one, "name")), hint))


def _begin(tree: Tree, folder: Path) -> FileLocation:
    return FileLocation(tree.shown(folder / "Chart.yaml"), 1)


# --- what helm printed


def _rendered(
    helm: str,
    chart: Chart,
    tree: Tree,
    found: dict[str, Source],
    every: list[tuple[Path | None, Item]],
    content: Content,
) -> Iterator[Manifest]:
    """Yield the objects that helm makes of a chart with its own values, then those that other values files change.

    Their lines are those of the values and templates that their texts stand in.
    """
    seen: set[str] = set()
    for path, values in every:
        known: dict[str, FileLocation] = {}
        for mapping in (*items.mappings(values), *items.mappings(every[0][1])):
            for value in mapping.values():
                plain = items.scalar(value)
                if isinstance(value, Value) and len(plain) > 3 and value.location is not None:
                    known.setdefault(plain, value.location)
        text = rendering.rendered(helm, chart.folder, path, tree.boundary)
        for piece in files.pieces(Source("", text)):
            if piece.text.strip() in seen:
                continue
            seen.add(piece.text.strip())
            stated = _SOURCE.search(piece.text)
            relative = stated[1].partition("/")[2] if stated is not None else ""
            template = found.get(tree.shown(chart.folder / relative)) if relative else None
            shown = template.path if template is not None else tree.shown(chart.folder / "Chart.yaml")
            for one in files.manifests(Source(shown, piece.text), content.gaps):
                item = _Lines(known, template, FileLocation(shown, 1)).of(one.item, "")
                assert isinstance(item, dict)
                yield Manifest(item, items.location(item.get("kind")) or FileLocation(shown, 1), one.names)


class _Lines:
    """Puts rendered values at the lines that a person would edit."""

    def __init__(self, known: Mapping[str, FileLocation], template: Source | None, begin: FileLocation) -> None:
        self._known = known
        self._template = template
        self._begin = begin

    def of(self, item: Item, name: str) -> Item:
        """Return an item whose values stand in the chart's own files."""
        if isinstance(item, list):
            return [self.of(inner, name) for inner in item]
        if isinstance(item, Mapping):
            return {key: self.of(inner, key) for key, inner in item.items()}
        if not isinstance(item, Value):
            return item
        return documents.of_data(item.data, tuple(self._trail(item, name)))

    def _trail(self, value: Value, name: str) -> Iterator[Step]:
        plain = items.scalar(value)
        at = self._begin
        if self._template is not None:
            offset = self._template.text.find(f"{name}:")
            exact = self._template.text.find(plain) if len(plain) > 3 else -1
            at = self._template.location(exact if exact >= 0 else max(offset, 0))
        yield Step(name, at)
        if plain in self._known:
            yield Step("values", self._known[plain])
