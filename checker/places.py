"""Places: location names to sets of countries, from the tables under `providers/<cloud>/places.json`."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import msgspec

from checker.rows import PlaceRow

HERE = Path(__file__).resolve().parent
PROVIDERS = HERE.parent / "providers"


class PlaceTable(msgspec.Struct, forbid_unknown_fields=True):
    """A places file; its source and date hold for every row that states none of its own."""

    cloud: str
    source: str
    checked: str
    rows: list[PlaceRow]


@functools.cache
def table(cloud: str) -> PlaceTable:
    """Return a cloud's places table; an empty one for a platform that has no places of its own."""
    file = PROVIDERS / cloud / "places.json"
    if not file.exists():
        return PlaceTable(cloud, "", "", [])
    decoded = msgspec.json.decode(file.read_bytes(), type=PlaceTable)
    rows = [
        row
        if row.source and row.checked
        else replace(row, source=row.source or decoded.source, checked=row.checked or decoded.checked)
        for row in decoded.rows
    ]
    return PlaceTable(decoded.cloud, decoded.source, decoded.checked, rows)


@functools.cache
def index(cloud: str) -> dict[tuple[str, str], PlaceRow]:
    """Return a cloud's places by (vocabulary, name in lower case), every alias included."""
    found: dict[tuple[str, str], PlaceRow] = {}
    for row in table(cloud).rows:
        for name in (row.name, *row.aliases):
            found.setdefault((row.vocabulary, name.lower()), row)
    return found


def find(cloud: str, vocabulary: str, name: str) -> PlaceRow | None:
    """Return the row of a name in a vocabulary of a cloud, or None when no table lists it.

    A vocabulary such as `aws/region` is another cloud's: platforms run on clouds and use their words.
    """
    other, slash, own = vocabulary.partition("/")
    if slash:
        cloud, vocabulary = other, own
    return index(cloud).get((vocabulary, name.strip().lower()))
