"""Jurisdictions: named sets of countries, and countries by their ISO 3166-1 codes and names."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from pathlib import Path

import msgspec

from checker.errors import UsageError
from checker.model import ANYWHERE, Jurisdiction

DATA = Path(__file__).resolve().parent / "data"


class CountryTable(msgspec.Struct, forbid_unknown_fields=True):
    """`countries` maps alpha-2 codes to names; `often_meant` maps other words for a country to its code."""

    source: str
    checked: str
    note: str
    countries: dict[str, str]
    often_meant: dict[str, str]


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """An adequacy decision on one country."""

    note: str
    unverified: bool = False


class JurisdictionRow(msgspec.Struct, forbid_unknown_fields=True):
    """A named set of countries; those of `partial` are not in it, with the reason."""

    name: str
    title: str
    countries: list[str]
    source: str
    checked: str
    decisions: dict[str, Decision] = {}
    partial: dict[str, Decision] = {}


class JurisdictionTable(msgspec.Struct, forbid_unknown_fields=True):
    """The jurisdictions that have a name of their own."""

    source: str
    checked: str
    note: str
    rows: list[JurisdictionRow]


class Provision(msgspec.Struct, forbid_unknown_fields=True):
    """A provision of law that findings are relevant to."""

    id: str
    name: str
    celex: str
    asks: str
    unverified: bool = False


class ProvisionTable(msgspec.Struct, forbid_unknown_fields=True):
    """The provisions that policies cite."""

    source: str
    checked: str
    note: str
    rows: list[Provision]


# What every report says, in full.
EVIDENCE = (
    "A location is evidence, not proof: it does not show contracts, remote access, or whose law binds a provider."
)


@functools.cache
def provisions() -> dict[str, str]:
    """Return the provisions that findings are relevant to: their names by the ids that policies use."""
    table = msgspec.json.decode((DATA / "provisions.json").read_bytes(), type=ProvisionTable)
    return {row.id: row.name for row in table.rows}


@functools.cache
def country_table() -> CountryTable:
    """Return the 249 countries and territories of ISO 3166-1."""
    return msgspec.json.decode((DATA / "countries.json").read_bytes(), type=CountryTable)


@functools.cache
def jurisdiction_table() -> JurisdictionTable:
    """Return the table of named jurisdictions: eu, eea, adequate."""
    return msgspec.json.decode((DATA / "jurisdictions.json").read_bytes(), type=JurisdictionTable)


def parse(text: str) -> Jurisdiction:
    """Return the jurisdiction that a person wrote: names of sets, ISO codes and country names, separated by commas.

    Upper and lower case are the same. The jurisdiction's name is what was written, in the usual case: "eu,CH".
    Raises UsageError, with a suggestion where one is near, for anything that is none of these.
    """
    sets = {row.name: row.countries for row in jurisdiction_table().rows}
    codes = _codes()
    names: list[str] = []
    countries: set[str] = set()
    for part in text.split(","):
        word = part.strip().casefold()
        if word in sets:
            names.append(word)
            countries.update(sets[word])
        elif word in codes:
            names.append(codes[word])
            countries.add(codes[word])
        else:
            raise _unknown(part.strip())
    return Jurisdiction(",".join(dict.fromkeys(names)), frozenset(countries))


def country_names(codes: Iterable[str] | None) -> str:
    """Return countries for people, by name in alphabetical order: "Germany and Ireland".

    "anywhere" for the place without bounds, "unknown" for None and for no country at all. All of the EU or all of the
    EEA is said in one phrase, with what is there besides. A code that the table lacks stays a code.
    """
    wanted = frozenset(codes or ())
    if not wanted:
        return "unknown"
    if wanted == ANYWHERE:
        return "anywhere"
    unions = [row for row in jurisdiction_table().rows if row.name in ("eu", "eea") and wanted >= set(row.countries)]
    union = max(unions, key=lambda row: len(row.countries), default=None)
    known = country_table().countries
    rest = wanted.difference(union.countries if union else ())
    names = sorted("anywhere else" if code == "*" else known.get(code, code) for code in rest)
    names = [*([f"all {len(union.countries)} countries of the {union.title}"] if union else []), *names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


@functools.cache
def _codes() -> dict[str, str]:
    """Return every code and name of a country in one case → its code."""
    countries = country_table().countries
    return {name.casefold(): code for code, name in countries.items()} | {code.casefold(): code for code in countries}


def _unknown(word: str) -> UsageError:
    import difflib

    message = f"{word!r} is not a jurisdiction, an ISO 3166-1 country code or the name of a country"
    meant = {other.casefold(): code for other, code in country_table().often_meant.items()}.get(word.casefold())
    if meant:
        return UsageError(message, hint=f"Did you mean {meant} ({country_table().countries[meant]})?")
    sets = [row.name for row in jurisdiction_table().rows]
    # Two letters are near to too many codes: a suggestion would be a guess.
    candidates = sets if len(word) < 3 else [*sets, *(name for name in _codes() if len(name) > 2)]
    near = difflib.get_close_matches(word.casefold(), candidates, n=1, cutoff=0.7)
    if near:
        code = _codes().get(near[0])
        return UsageError(
            message, hint=f"Did you mean {f'{code} ({country_table().countries[code]})' if code else near[0]}?"
        )
    return UsageError(message, hint=f"Use {', '.join(sets)}, or codes and names separated by commas: FR,DE.")
