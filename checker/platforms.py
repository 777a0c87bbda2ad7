"""Platforms: what is known of a vendor by tables alone, made into a cloud.

A hosted model platform, a vector store or a database service runs on clouds that its customers do not see. Its folder
holds a `platform.json`, places, a catalogue, and the hosts by which it is called: no code of its own.
"""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from functools import partial
from pathlib import Path

import msgspec

from checker import places
from checker.model import Body, Place
from checker.rows import Cloud, Find, PlaceRow

PROVIDERS = Path(__file__).resolve().parent.parent / "providers"


class Regions(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a platform's region names are read: what `pattern` calls `name` is looked up in the tables of clouds."""

    clouds: list[str]
    pattern: str = "(?P<name>.+)"


class Table(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A `platform.json`; docs/architecture.md explains the fields."""

    title: str
    source: str
    checked: str
    providers: list[str] = []
    prefixes: list[str] = []
    ai: list[str] = []
    hosted: bool = True
    keys: dict[str, str] = {}
    regions: Regions | None = None


class Chips(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A pattern of names that mean AI chips, or that mean none."""

    table: str
    pattern: str
    accelerator: bool
    note: str = ""
    unverified: bool = False


class ChipsTable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An `accelerators.json`: names by which chips are asked for on a platform."""

    source: str
    checked: str
    rows: tuple[Chips, ...]


class Platform:
    """A cloud made of a platform's tables."""

    def __init__(self, name: str, clouds: tuple[Cloud, ...]) -> None:
        self._table = msgspec.json.decode((PROVIDERS / name / "platform.json").read_bytes(), type=Table)
        self._clouds = clouds
        self.NAME = name
        self.PROVIDERS = tuple(self._table.providers)
        self.TYPE_PREFIXES = tuple(self._table.prefixes)
        self.ENVIRONMENT: dict[str, tuple[str, ...]] = {}
        self.HOSTED = self._table.hosted

    @property
    def title(self) -> str:
        """What people call it."""
        return self._table.title

    def key(self, type: str, body: Body) -> str:
        """Return the type, or type and value of the argument that decides what it is: "…_parameter:cortex_…"."""
        argument = self._table.keys.get(type)
        if argument is None:
            return type
        stated = next((value.data for value in body.values(argument)), None)
        return f"{type}:{stated.strip().lower()}" if isinstance(stated, str) else ""

    def is_ai(self, type: str) -> bool:
        """Return whether a type that the catalogue lacks belongs to an AI service of the platform."""
        return type.removeprefix("data.").startswith(tuple(self._table.ai))

    def locate(self, name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
        """Return where a name is: by the platform's own table, else by the regions of the clouds that it runs on.

        A row of scope `none` says that there is no further place.
        """
        row = find(vocabulary, name) or (self._region(name, find) if vocabulary == "region" else None)
        if row is None:
            note = f"no table of {self._table.title} lists this {vocabulary.replace('-', ' ')}"
            return PlaceRow(name=name, countries=None, vocabulary=vocabulary, scope="unknown", note=note)
        return None if row.scope == "none" else row

    def _region(self, name: str, find: Find) -> PlaceRow | None:
        """Return the region of a cloud that a name means; where several clouds have it, all of their countries."""
        regions = self._table.regions
        match = re.fullmatch(regions.pattern, name.strip().lower()) if regions is not None else None
        if regions is None or match is None:
            return None
        found: list[PlaceRow] = []
        for cloud in self._clouds:
            if cloud.NAME in regions.clouds:
                row = cloud.locate(match["name"], "region", None, partial(places.find, cloud.NAME))
                if row is not None and row.source:
                    found.append(row)
        if not found:
            return None
        known = [row.countries for row in found if row.countries is not None]
        countries = tuple(sorted({code for codes in known for code in codes})) if len(known) == len(found) else None
        return replace(found[0], countries=countries, unverified=any(row.unverified for row in found))

    def accelerator(self, name: str, table: str) -> bool | None:
        """Return whether a name means AI chips, by the platform's `accelerators.json`; None where nothing tells."""
        for row in self._chips:
            if row.table == table and re.fullmatch(row.pattern, name.strip().lower()):
                return row.accelerator
        return None

    @functools.cached_property
    def _chips(self) -> tuple[Chips, ...]:
        file = PROVIDERS / self.NAME / "accelerators.json"
        return msgspec.json.decode(file.read_bytes(), type=ChipsTable).rows if file.exists() else ()

    def instead(self, place: Place, written: str, homes: tuple[Place, ...], find: Find) -> tuple[str, str, str] | None:
        """Return None: what stands in for a host is in the table of endpoints."""
        return None

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the keys of cloud resources that a text names: platforms read from buckets and use keys of clouds."""
        return tuple(key for cloud in self._clouds for key in cloud.names_in(text))

    def place_in(self, text: str) -> str | None:
        """Return the region that an ARN, a URI or a host of a cloud carries."""
        return next((place for cloud in self._clouds if (place := cloud.place_in(text)) is not None), None)
