"""The properties of a resource as the arguments that the catalogue's rows read.

Bridged providers write Terraform's `storage_configuration` as `storageConfiguration`, and what may be there several
times in the plural: `rule` as `rules`.
Source: https://github.com/pulumi/pulumi-terraform-bridge, pkg/tfbridge/names.go
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from checker.documents import Document, Item
from checker.model import Value
from providers.cloudformation.body import bounded
from providers.pulumi.functions import Encoded, EncodedList
from providers.pulumi.tokens import snake

# What a list of settings calls its members.
_PAIRED = frozenset({"name", "value", "valueFrom", "valueSource", "type"})


class Arguments:
    """The arguments of a block (checker.model.Body)."""

    __slots__ = ("_item", "_spell")

    def __init__(self, item: Item, spell: Callable[[str, frozenset[str]], str]) -> None:
        self._item = bounded(item, {})
        self._spell = spell

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        return self._document(path).values(path)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path by their members; see checker.model.Body."""
        found = self._document(path).items(path)
        return tuple(_members(one) for one in found)

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments that are stated."""
        return self._document("").names()

    def _document(self, path: str) -> Document:
        words = frozenset(path.split("."))
        return Texts(self._item, spelled=lambda name: self._spell(name, words))


class Texts(Document):
    """A document in which an object that stands for a text of JSON is that text where the path ends."""

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        ends = [item for item, _ in self._walk(path)]
        if any(isinstance(item, Encoded | EncodedList) for item in ends):
            return tuple(item.text for item in ends if isinstance(item, Encoded | EncodedList))
        return super().values(path)


def _members(one: dict[str, tuple[Value, ...]]) -> dict[str, tuple[Value, ...]]:
    if "name" in one and {name.partition(".")[0] for name in one} <= _PAIRED:
        return {".".join(snake(part) for part in name.split(".")): values for name, values in one.items()}
    return one


def bridged(name: str, words: frozenset[str]) -> str:
    """Return the word of a path that a property's name is in a provider bridged from Terraform."""
    return _among(name, words, bridged=True)


def native(name: str, words: frozenset[str]) -> str:
    """Return the word of a path that a property's name is in a provider of a cloud's own schema."""
    return _among(name, words, bridged=False)


def _among(name: str, words: frozenset[str], *, bridged: bool) -> str:
    if name in words:
        return name
    # Where the words of a name end cannot be told behind a number: `s3Bucket`, `ipv6Cidr`, `az1`.
    plain = name.lower()
    for word in words:
        spelled = word.replace("_", "").lower()
        if spelled == plain or (bridged and plural(spelled) == plain):
            return word
    return snake(name)


def written(name: str, words: frozenset[str]) -> str:
    """Return a name as it is."""
    return name


@functools.lru_cache(4096)
def plural(word: str) -> str:
    """Return how the bridge writes what may be there several times: `policy` as `policies`."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word if word.endswith("s") and not word.endswith(("ss", "us", "is", "as")) else f"{word}es"
    return f"{word}s"
