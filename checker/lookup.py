"""`euclave regions`, `facts` and `rules`: what is known of places, by which tables, and what judges them."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path

from checker import jurisdictions, registry
from checker import places as tables
from checker.errors import UsageError
from checker.model import Jurisdiction, Place, Purpose
from checker.outcome import Policy
from checker.rows import PlaceRow

_NEAR = 0.8  # how alike two names must be for a suggestion, as difflib counts it
_SHORTEST = 3  # letters of a word that is looked for in labels


def places(name: str | None, cloud: str | None, jurisdiction: str) -> Iterator[str]:
    """Yield lines: every place, or every meaning of one name. Raises UsageError for a name that no table knows."""
    wanted = jurisdictions.parse(jurisdiction)
    clouds = list(registry.clouds())
    if cloud is not None and cloud not in clouds:
        raise UsageError(f"there is no cloud {cloud!r}", f"choose one of {', '.join(clouds)}")
    for one in [cloud] if cloud else clouds:
        if name is None:
            table = tables.table(one)
            if not table.rows:
                continue  # a platform without places of its own
            yield f"{one}: {len(table.rows)} places, checked {table.checked}"
            for row in table.rows:
                yield _line(one, row, wanted)
    if name is not None:
        found = list(_meanings(name, [cloud] if cloud else clouds, wanted))
        if not found:
            found = list(_labelled(name, [cloud] if cloud else clouds, wanted))
        if not found:
            raise UsageError(f"no table knows a place {name!r}", suggestion(name, [cloud] if cloud else clouds))
        yield from found


def is_region(cloud: str, name: str) -> bool:
    """Return whether a table of a cloud knows a region or zone of this name."""
    row = registry.clouds()[cloud].locate(name, "region", None, partial(tables.find, cloud))
    return row is not None and bool(row.source)


def suggestion(name: str, clouds: list[str]) -> str:
    """Return "did you mean …?" with the nearest name that is known, or nothing."""
    known = {row.name for one in clouds for row in tables.table(one).rows}
    near = difflib.get_close_matches(name.lower(), known, 1, _NEAR)
    return f"did you mean {near[0]}?" if near else ""


def facts(name: str | None) -> Iterator[str]:
    """Yield lines: every table with its rows and age in days, or the rows of one as they stand in its file.

    Raises UsageError for a table that is not there.
    """
    import datetime
    import json

    every = {_table_name(file): file for file in sorted(tables.PROVIDERS.rglob("*.json"))}
    every |= {
        f"laws/{file.stem}": file for file in sorted((tables.HERE / "data").glob("*.json")) if "." not in file.stem
    }
    if name is not None:
        if name not in every:
            near = difflib.get_close_matches(name, every, 1)
            hint = f"did you mean {near[0]}?" if near else "`euclave facts` lists them"
            raise UsageError(f"there is no table {name!r}", hint)
        yield every[name].read_text(encoding="utf-8").rstrip("\n")
        return
    today = datetime.datetime.now(datetime.UTC).date()
    for table, file in every.items():
        document = json.loads(file.read_text(encoding="utf-8"))
        rows = document.get("rows") or document.get("vendors") or document.get("countries") or []
        dates = [document["checked"], *(row.get("checked", "") for row in rows if isinstance(row, dict))]
        age = (today - datetime.date.fromisoformat(max(dates))).days
        yield f"{table:34} {len(rows):5} rows  checked {max(dates)}, {age} days ago"


def _table_name(file: Path) -> str:
    return file.relative_to(tables.PROVIDERS).with_suffix("").as_posix()


def _meanings(name: str, clouds: list[str], wanted: Jurisdiction) -> Iterator[str]:
    for one in clouds:
        module = registry.clouds()[one]
        find = partial(tables.find, one)
        for vocabulary in dict.fromkeys(row.vocabulary for row in tables.table(one).rows):
            if vocabulary == "endpoint":
                continue  # no word that people write: a host is looked up by its own name
            row = find(vocabulary, name)
            if row is None and vocabulary == "region" and one in registry.cloud_names():
                row = module.locate(name, vocabulary, None, find)
            if row is not None and row.source + row.checked:
                yield _line(one, row, wanted)
                if row.pair:
                    yield f"  geo-redundant copies go to {row.pair}"
                if row.note:
                    yield f"  {row.note}"
                yield f"  source: {row.source}, checked {row.checked}{', unverified' if row.unverified else ''}"


def _labelled(words: str, clouds: list[str], wanted: Jurisdiction) -> Iterator[str]:
    """Yield the places whose label has some words, or that lie in the country of that name: "Frankfurt", "Italy"."""
    whole = re.compile(rf"(?<!\w){re.escape(words.strip())}(?!\w)", re.IGNORECASE)
    if len(words.strip()) < _SHORTEST:
        return
    for one in clouds:
        for row in tables.table(one).rows:
            countries = (jurisdictions.country_names([code]) for code in row.countries or ())
            if whole.search(row.label) or any(map(whole.fullmatch, countries)):
                yield _line(one, row, wanted)


def _line(cloud: str, row: PlaceRow, wanted: Jurisdiction) -> str:
    countries = None if row.countries is None else frozenset(row.countries)
    verdict = wanted.judge(Place(row.name, Purpose.LOCATION, countries, verified=not row.unverified))
    where = jurisdictions.country_names(countries)
    named = all(jurisdictions.country_names([code]) in row.label for code in countries or ())
    said = where if row.label in where else row.label if countries and named else f"{row.label}, {where}"
    return f"{cloud:6} {row.vocabulary:18} {row.name:26} {verdict:13} {said} ({row.scope})"


def rules(name: str | None, own: Iterable[Policy] = ()) -> Iterator[str]:
    """Yield lines: every policy with its title, the user's own last, or the page of one.

    Raises UsageError for a name that no policy has.
    """
    users = {policy.id: policy for policy in own}
    ids = [*registry.policy_ids(), *sorted(users)]
    if name is None:
        width = max(map(len, ids))
        for id in ids:
            yield f"{id:<{width}}  {users[id].title if id in users else registry.policy(id).TITLE}"
        return
    if name not in ids:
        near = difflib.get_close_matches(name, ids, 1)
        hint = f"did you mean {near[0]}?" if near else f"choose one of {', '.join(ids)}"
        raise UsageError(f"there is no policy {name!r}", hint)
    page = users[name].page if name in users else inspect.cleandoc(registry.policy_doc(name))
    yield f"# {name}\n\n{page}"
