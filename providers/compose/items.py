"""What a Compose file says, as items with their places; how Compose puts several of them together."""

from __future__ import annotations

from collections.abc import Mapping

from checker.documents import At, Item
from checker.model import FileLocation, Step, Unknown, Value
from checker.source import Source, SyntaxProblem

_MOST_VALUES = 100_000  # of a file, its aliases spelled out


def of(found: At, source: Source) -> Item:
    """Return a document's values with their lines; what an alias stands for is made once.

    Raises SyntaxProblem for what would grow beyond bounds if its aliases were spelled out: who walks it need not care.
    """
    return _Items(source).of(found, "")[0]


class _Items:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._known: dict[int, tuple[Item, int]] = {}

    def of(self, found: At, name: str) -> tuple[Item, int]:
        known = self._known.get(id(found))
        if known is not None:
            return known
        item: Item
        weight = 1
        if found.tag == "!reset":  # https://docs.docker.com/reference/compose-file/merge/#reset-value
            item = Value(None)
        elif isinstance(found.value, dict):
            pairs = {key: self.of(inner, key) for key, inner in found.value.items()}
            item = {key: inner for key, (inner, _) in pairs.items()}
            weight += sum(own for _, own in pairs.values())
        elif isinstance(found.value, list):
            listed = [self.of(inner, name) for inner in found.value]
            item = [inner for inner, _ in listed]
            weight += sum(own for _, own in listed)
        else:
            location = self._source.location(found.pos)
            item = Value(found.value, (Step(name, location),), location=location)
        if weight > _MOST_VALUES:
            raise SyntaxProblem(found.pos, f"its aliases stand for more than {_MOST_VALUES} values")
        self._known[id(found)] = item, weight
        return item, weight


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
    """Return the elements of a list, a single value as one of them, none for everything else."""
    if isinstance(item, list):
        return item
    return [item] if isinstance(item, Value) and item.data is not None else []


def members(item: Item | None) -> Mapping[str, Item]:
    """Return the members of a mapping, none for everything else."""
    return item if isinstance(item, Mapping) else {}


def location(item: Item | None) -> FileLocation | None:
    """Return where something stands: where the first value in it does."""
    waiting: list[Item | None] = [item]
    for _ in range(1000):
        if not waiting:
            return None
        first = waiting.pop()
        if isinstance(first, Value) and first.location is not None:
            return first.location
        if isinstance(first, list):
            waiting += reversed(first)
        elif isinstance(first, Mapping):
            waiting += reversed(list(first.values()))
    return None


def merged(old: Item, new: Item, name: str = "") -> Item:
    """Return what two files say of one thing, as Compose merges them: mappings by name, lists one after the other.

    https://docs.docker.com/reference/compose-file/merge/
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found = dict(old)
        for key, value in new.items():
            if isinstance(value, Value) and value.data is None and name != "environment":
                found.pop(key, None)
            else:
                found[key] = merged(found[key], value, key) if key in found else value
        return found
    if isinstance(old, list) and isinstance(new, list) and name not in ("command", "entrypoint", "test"):
        return [*old, *new][:10_000]
    return new
