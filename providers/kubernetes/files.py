"""The files of this format: which they are, and their text cut into objects before any of it is parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from checker import documents, trees
from checker.documents import Item
from checker.formats import beginning
from checker.model import Gap
from checker.source import Source, SyntaxProblem, Unreadable, read
from providers.kubernetes import items
from providers.kubernetes.items import Manifest

YAML = (".yaml", ".yml")
KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_API = re.compile(rb"^[\"']?apiVersion[\"']?[ \t]*:", re.M)
_KIND = re.compile(rb"^[\"']?kind[\"']?[ \t]*:", re.M)
_API_JSON = re.compile(rb"\"apiVersion\"\s*:\s*\"")
_KIND_JSON = re.compile(rb"\"kind\"\s*:\s*\"[A-Z]")
_SCHEMA_JSON = re.compile(rb"\"\$schema\"\s*:")  # an ARM template, whose resources have an apiVersion and a kind
_CHART = re.compile(rb"^apiVersion[ \t]*:[ \t]*[\"']?v[12]\b", re.M)

# `---` at the beginning of a line parts documents wherever it stands: https://yaml.org/spec/1.2.2/#914-explicit-documents
_MARK = re.compile(r"^---(?=\s|$)|^\.\.\.(?=\s|$)", re.M)
_KIND_OF = re.compile(r"^[\"']?kind[\"']?[ \t]*:[ \t]*[\"']?([A-Za-z][A-Za-z0-9]*)", re.M)
# A template of something else (Helm, Jinja, gomplate): `{{` where YAML has a value or a key of its own.
TEMPLATE = re.compile(r"^\s*(?:-\s+)*(?:[\w./\"'-]+\s*:\s+)?(?:\{\{|\{%)", re.M)
# Objects that name no model, no machine and no place; definitions of resources are the longest files there are.
NOTHING_TO_JUDGE = frozenset(
    "APIService ClusterRole ClusterRoleBinding CustomResourceDefinition Lease MutatingWebhookConfiguration Namespace "
    "PodDisruptionBudget PriorityClass Role RoleBinding ServiceAccount ValidatingWebhookConfiguration".split()
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A document of a file that is not parsed yet, and the offset where it begins."""

    kind: str
    base: int
    text: str


class Tree(trees.Tree):
    """The checked tree: paths as they are shown, and nothing outside of `boundary` ever."""

    def source(self, path: Path, gaps: list[Gap], *, fatal: bool = True) -> Source | None:
        """Return a file's text; one that cannot be read is a gap."""
        shown = self.shown(path)
        real = self.inside(path)
        if real is None:
            gaps.append(Gap(shown, "it leads out of the checked tree", fatal=fatal))
            return None
        try:
            return read(real, shown)
        except Unreadable as error:
            gaps.append(Gap(shown, str(error), fatal=fatal))
            return None


def objects_in(path: Path) -> int:
    """Return how many Kubernetes objects a file seems to hold, by how it begins; 0 for another file."""
    start = beginning(path)
    if b"apiVersion" not in start:
        return 0
    begin = start.lstrip()[:2]
    if path.name.endswith(".json") or (begin[:1] == b"{" and begin not in (b"{{", b"{%")):
        ours = _API_JSON.search(start) and _KIND_JSON.search(start) and not _SCHEMA_JSON.search(start)
        return 1 if ours else 0
    return sum(1 for _ in _KIND.finditer(start)) if _API.search(start) else 0


def is_chart(path: Path) -> bool:
    """Return whether a `Chart.yaml` is a Helm chart's. https://helm.sh/docs/topics/charts/#the-chartyaml-file"""
    return bool(_CHART.search(beginning(path)))


def pieces(source: Source) -> list[Piece]:
    """Return the documents of a YAML text with their kinds; those that hold only comments are left out."""
    found: list[Piece] = []
    begin = 0
    for mark in (*_MARK.finditer(source.text), None):
        end = mark.start() if mark is not None else len(source.text)
        text = source.text[begin:end]
        if any(line.strip() and not line.lstrip().startswith(("#", "%")) for line in text.splitlines()):
            kind = _KIND_OF.search(text)
            found.append(Piece(kind[1] if kind else "", begin, text))
        begin = mark.end() if mark is not None else end
    return found


def parsed(source: Source, gaps: list[Gap], templates: list[Piece] | None = None) -> Iterator[tuple[documents.At, int]]:
    """Yield the documents of a manifest file with their offsets: a fault in one of them loses no other.

    What a template engine must make YAML of first is put among `templates`, where somebody asks for these.
    """
    if source.path.endswith(".json"):
        try:
            yield documents.load_json(source), 0
        except SyntaxProblem as problem:
            gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
        return
    for piece in pieces(source):
        if piece.kind in NOTHING_TO_JUDGE:
            continue
        engine = TEMPLATE.search(piece.text) is not None
        try:
            found = documents.load_yaml(Source(source.path, piece.text))
        except SyntaxProblem as problem:
            if engine and templates is not None:
                templates.append(piece)
            elif engine:
                gaps.append(Gap(source.path, "a template is not read here", source.location(piece.base)))
            else:
                where = source.location(piece.base + problem.offset)
                gaps.append(Gap(source.path, problem.reason, where, fatal=True))
            continue
        if engine and templates is not None and any(_is_keyed_oddly(document) for document in found):
            templates.append(piece)
            continue
        yield from ((document, piece.base) for document in found)


def _is_keyed_oddly(found: documents.At) -> bool:
    """Return whether a name in a document is no text: `{{ name }}` is a mapping in a mapping for YAML."""
    waiting, seen = [found], {id(found)}
    while waiting:
        value = waiting.pop().value
        if isinstance(value, dict) and "?" in value:
            return True
        inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else ()
        waiting += [one for one in inner if id(one) not in seen]
        seen |= {id(one) for one in inner}
    return False


def manifests(source: Source, gaps: list[Gap], templates: list[Piece] | None = None) -> list[Manifest]:
    """Return the objects of a file, lists of them taken apart; what is no object is left out."""
    found: list[Manifest] = []
    for document, base in parsed(source, gaps, templates):
        try:
            found += taken_apart(items.of(document, source, base))
        except SyntaxProblem as problem:
            gaps.append(Gap(source.path, problem.reason, source.location(base), fatal=True))
    return found


def taken_apart(item: Item, depth: int = 0) -> Iterator[Manifest]:
    """Yield the object that an item is, or those of a list: `kind: List`, or several in one JSON text."""
    if isinstance(item, list) and depth < 3:
        for inner in item:
            yield from taken_apart(inner, depth + 1)
    elif isinstance(item, dict):
        kind = items.text(item.get("kind"))
        listed = item.get("items")
        if kind.endswith("List") and isinstance(listed, list) and depth < 3:
            yield from taken_apart(listed, depth + 1)
        elif kind and items.text(item.get("apiVersion")):
            where = items.location(item.get("kind"))
            if where is not None:
                one = Manifest(item, where)
                one.names.add(one.name)
                yield one
