"""The properties of a resource as the arguments that the catalogue's rows read.

Rows write arguments as Cloud Control does (`bucket_name`); what users name (settings, statements of policies) stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checker.documents import Document, Either, Item
from checker.model import Unknown, Value
from providers.cloudformation.naming import snake

_MOST_VALUES = 100_000  # of one property, aliases counted as often as they are named
# Members of one name and value, as ECS, CodeBuild, App Runner and others list settings.
_PAIRS = ("Name", "OptionName")
_PAIRED = frozenset({"Name", "OptionName", "Namespace", "ResourceName", "Type", "Value", "ValueFrom"})


class Body:
    """The arguments of a block (checker.model.Body)."""

    __slots__ = ("_item",)

    def __init__(self, item: Item) -> None:
        self._item = item

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        words = set(path.split("."))
        return Document(self._item, spelled=lambda name: name if name in words else snake(name)).values(path)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path by their members; see checker.model.Body."""
        return tuple(_spelled(one) for one in Document(self._item, spelled=snake).items(path))

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments that are stated."""
        return Document(self._item, spelled=snake).names()


def _spelled(one: dict[str, tuple[Value, ...]]) -> dict[str, tuple[Value, ...]]:
    if any(name in one for name in _PAIRS) and one.keys() <= _PAIRED:
        return {snake(name): values for name, values in one.items()}
    return one


def bounded(item: Item, known: dict[int, int]) -> Item:
    """Return properties with those that are too large to be looked at as what is not known. `known` keeps sizes."""
    if not isinstance(item, Mapping):
        return item
    return {name: inner if _size(inner, known) <= _MOST_VALUES else _too_large(inner) for name, inner in item.items()}


def _too_large(item: Item) -> Value:
    first = next((one for one in _around(item) if isinstance(one, Value)), Value(None))
    return replace(first, data=Unknown(f"it has more than {_MOST_VALUES} values"))


def _size(item: Item, known: dict[int, int]) -> int:
    """Return how many values an item has, counted once for each way to them and no further than needed."""
    if isinstance(item, Value):
        return 1
    if id(item) not in known:
        known[id(item)] = 0
        known[id(item)] = 1 + sum(_size(inner, known) for inner in _around(item))
    return known[id(item)]


def _around(item: Item) -> list[Item]:
    if isinstance(item, Either):
        return list(item.arms)
    if isinstance(item, Mapping):
        return list(item.values())
    return item if isinstance(item, list) else []
