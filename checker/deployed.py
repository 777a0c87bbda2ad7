"""What a scan lists: resources as their cloud's calls answer, and which part of a cloud was answered at all."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from checker.documents import Document, Item
from checker.model import Block, FileLocation, Gap, Provider, Step, Value
from checker.outcome import Covered


@dataclass(frozen=True, slots=True)
class Account:
    """An account, subscription or project, and what its calls are made with."""

    cloud: str
    name: str
    partition: str
    session: Any


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, as the calls of a row of the catalogue answer."""

    type: str
    address: str
    region: str
    service: str
    item: Mapping[str, Any]


class Listing(Protocol):
    """What a cloud's `listing.py` offers for each account."""

    def run(self, account: Account) -> Iterator[Found | Covered]:
        """Yield what the account has, as it comes, and a line of the ledger for each service in each region."""
        ...


class Root:
    """An account as a root: what was listed of it, as blocks."""

    environment = ""

    def __init__(self, account: Account, found: Iterable[Found]) -> None:
        self.name = f"{account.cloud}:{account.name}"
        self._account = account
        self._found = list(found)

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs of what is there."""
        return frozenset(("managed", one.type) for one in self._found)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether settings may name a model: what is deployed is always looked at."""
        return bool(words)

    def blocks(self, wanted: Callable[[str, str], bool]) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted."""
        for one in self._found:
            if wanted("managed", one.type):
                yield self._block(one)

    def parse(self, wanted: Callable[[str, str], bool]) -> None:
        """Do nothing: answers are read as they come."""

    def gaps(self) -> list[Gap]:
        """Return none: the ledger says what was not read."""
        return []

    def close(self) -> None:
        """Let go of what was listed."""
        self._found = []

    def _block(self, one: Found) -> Block:
        account = self._account
        at = FileLocation(f"{account.cloud}:{account.name}:{one.region}:{one.service}", 0)
        region = Value(one.region, (Step("the region that was asked", at),), location=at)
        return Block(
            format="scan",
            mode="managed",
            type=one.type,
            address=one.address,
            root=self.name,
            body=Document(_item(one.item, "", at)),
            provider=Provider(account.cloud, body=Document({"region": region}), location=at),
            location=at,
        )


def _item(data: Any, path: str, at: FileLocation) -> Item:
    """Return an answer as an item of a document; what is no text, number or truth is its text."""
    if isinstance(data, Mapping):
        return {str(name): _item(inner, f"{path}.{name}" if path else str(name), at) for name, inner in data.items()}
    if isinstance(data, list | tuple):
        return [_item(inner, path, at) for inner in data]
    if isinstance(data, datetime.datetime | bytes):
        data = ""
    return Value(data if isinstance(data, str | bool | int | None) else str(data), (Step(path, at),), location=at)
