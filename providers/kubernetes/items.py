"""What a manifest says, as items with their places: YAML and JSON turned into values that know their line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from checker.documents import At, Either, Item, of_data
from checker.model import FileLocation, Step, Unknown, Value
from checker.source import Source, SyntaxProblem

# What Flux, envsubst and the like fill in: `${NAME}`, `${NAME:-default}`, `${NAME:=default}`.
# https://fluxcd.io/flux/components/kustomize/kustomizations/#post-build-variable-substitution
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_]\w*)(?:(:?[-=])([^{}]*))?\}")
_ODD = re.compile(r"[^\w.:/*(){}$-]")
_LONGEST_ADDRESS = 600
_MOST_VALUES = 200_000  # of a document
_LONGEST_FILLED = 2000  # a longer text is a script or a file, whose own variables these are


@dataclass(slots=True)
class Manifest:
    """One object: its document, where it begins, and the names that it has had (a prefix renames it)."""

    item: dict[str, Item]
    location: FileLocation
    names: set[str] = field(default_factory=set)
    group: str = ""  # what tells it apart from another of the same kind and name in its root

    @property
    def kind(self) -> str:
        """Its kind: `Deployment`."""
        return text(self.item.get("kind"))

    @property
    def api(self) -> str:
        """Its group and version: `apps/v1`."""
        return text(self.item.get("apiVersion"))

    @property
    def name(self) -> str:
        """Its name, or the beginning of one that the cluster completes; placeholders in it stay as they are."""
        for member in ("name", "generateName"):
            found = at(self.item, "metadata", member)
            if isinstance(found, Value) and found.text:
                return found.text
        return ""

    @property
    def namespace(self) -> str:
        """Its namespace, "" when it states none."""
        return text(at(self.item, "metadata", "namespace"))

    @property
    def address(self) -> str:
        """What people call it: `Deployment/namespace/name`, without a namespace that is not stated."""
        parts = (self.kind, self.namespace, self.name or "(unnamed)")
        # What is no name of Kubernetes must not look like the key of an instance.
        plain = _ODD.sub("_", "/".join(part for part in parts if part))[:_LONGEST_ADDRESS]
        return f'{plain}["{self.group}"]' if self.group else plain


def of(found: At, source: Source, base: int = 0) -> Item:
    """Return a document's values with their lines; what an alias stands for is made once.

    Raises SyntaxProblem for what would grow beyond bounds if its aliases were spelled out: who walks it need not care.
    """
    return _Items(source, base).of(found, "")[0]


class _Items:
    def __init__(self, source: Source, base: int) -> None:
        self._source = source
        self._base = base
        self._known: dict[int, tuple[Item, int]] = {}  # with its weight: the values in it, aliases spelled out

    def of(self, found: At, name: str) -> tuple[Item, int]:
        known = self._known.get(id(found))
        if known is not None:
            return known
        item: Item
        weight = 1
        if isinstance(found.value, dict):
            pairs = {key: self.of(inner, key) for key, inner in found.value.items()}
            item = {key: inner for key, (inner, _) in pairs.items()}
            weight += sum(own for _, own in pairs.values())
        elif isinstance(found.value, list):
            listed = [self.of(inner, name) for inner in found.value]
            item = [inner for inner, _ in listed]
            weight += sum(own for _, own in listed)
        else:
            location = self._source.location(self._base + found.pos)
            item = filled(Value(found.value, (Step(name, location),), location=location))
        if weight > _MOST_VALUES:
            raise SyntaxProblem(found.pos, f"its aliases stand for more than {_MOST_VALUES} values")
        self._known[id(found)] = item, weight
        return item, weight


def filled(value: Value) -> Value:
    """Return a text with its placeholders as what they are by default, or as what is not known."""
    data = value.data
    if not isinstance(data, str) or "${" not in data or len(data) > _LONGEST_FILLED or "\n" in data:
        return value
    known = PLACEHOLDER.sub(lambda match: match[3] if match[2] else match[0], data)
    if not PLACEHOLDER.search(known):
        return replace(value, data=known)
    holes = tuple(() for _ in range(known.count("${")))
    return replace(value, data=Unknown("something else fills in this placeholder", data, known, holes))


# --- looking at items


def at(item: Item | None, *names: str) -> Item | None:
    """Return what stands under some names, one inside the other, or None."""
    for name in names:
        if not isinstance(item, Mapping):
            return None
        item = item.get(name)
    return item


def text(item: Item | None) -> str:
    """Return the plain text of a value, "" for everything else."""
    return item.data if isinstance(item, Value) and isinstance(item.data, str) else ""


def scalar(item: Item | None) -> str:
    """Return a value as the text that it is in YAML, "" for what is no plain value."""
    if not isinstance(item, Value) or item.data is None or isinstance(item.data, Unknown):
        return ""
    return str(item.data).lower() if isinstance(item.data, bool) else str(item.data)


def elements(item: Item | None) -> list[Item]:
    """Return the elements of a list, none for everything else."""
    return item if isinstance(item, list) else []


def members(item: Item | None) -> Mapping[str, Item]:
    """Return the members of a mapping, none for everything else."""
    return item if isinstance(item, Mapping) else {}


def put(item: Mapping[str, Item], value: Item, *names: str) -> dict[str, Item]:
    """Return a mapping in which something else stands under some names, one inside the other."""
    inner = value if len(names) == 1 else put(members(item.get(names[0])), value, *names[1:])
    return {**item, names[0]: inner}


def location(item: Item | None) -> FileLocation | None:
    """Return where something stands: where the first value in it does."""
    waiting: list[Item | None] = [item]
    for _ in range(1000):
        if not waiting:
            return None
        first = waiting.pop()
        if isinstance(first, Value):
            if first.location is not None:
                return first.location
        elif isinstance(first, Either):
            waiting += reversed(first.arms)
        elif isinstance(first, list):
            waiting += reversed(first)
        elif isinstance(first, Mapping):
            waiting += reversed(list(first.values()))
    return None


def plain(data: object, where: FileLocation | None, name: str) -> Item:
    """Return plain data as an item that stands at one line."""
    return of_data(data, (Step(name, where),))


def mappings(item: Item, most: int = 20_000) -> Iterator[Mapping[str, Item]]:
    """Yield every mapping in an item, each once, outer ones first."""
    waiting: list[Item] = [item]
    seen: set[int] = set()
    while waiting and len(seen) < most:
        inner = waiting.pop()
        if id(inner) in seen:
            continue
        seen.add(id(inner))
        if isinstance(inner, Mapping):
            yield inner
            waiting += reversed(list(inner.values()))
        elif isinstance(inner, list):
            waiting += reversed(inner)
