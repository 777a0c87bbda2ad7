"""The places tables: each fact has a source, a date and countries that exist, and names are found in any spelling."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from pathlib import Path

import msgspec
import pytest

from checker import jurisdictions, places, registry
from checker.model import ANYWHERE
from checker.rows import PlaceRow

CLOUDS = registry.cloud_names()
COUNTRIES = set(jurisdictions.country_table().countries)


@pytest.mark.parametrize("cloud", CLOUDS)
def test_table_is_its_clouds(cloud: str) -> None:
    assert places.table(cloud).cloud == cloud


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_fact_has_a_source_and_a_date(cloud: str) -> None:
    for row in places.table(cloud).rows:
        assert row.source, row.name
        assert datetime.date.fromisoformat(row.checked) > datetime.date(2025, 1, 1), row.name


@pytest.mark.parametrize("cloud", CLOUDS)
def test_countries_exist(cloud: str) -> None:
    for row in places.table(cloud).rows:
        assert row.countries is None or row.countries, f"{row.name}: no country is written null"
        if row.countries is not None and frozenset(row.countries) != ANYWHERE:
            assert set(row.countries) <= COUNTRIES, row.name
            assert len(set(row.countries)) == len(row.countries), row.name


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_name_means_one_place_in_a_vocabulary(cloud: str) -> None:
    meant: dict[tuple[str, str], PlaceRow] = {}
    for row in places.table(cloud).rows:
        for name in (row.name, *row.aliases):
            other = meant.setdefault((row.vocabulary, name.lower()), row)
            assert other.name == row.name, f"{name} means {other.name} and {row.name}"


@pytest.mark.parametrize("cloud", CLOUDS)
def test_pairs_and_members_are_listed(cloud: str) -> None:
    names = {name for _, name in places.index(cloud)}
    for row in places.table(cloud).rows:
        assert not row.pair or row.pair.lower() in names, row.name
        # A place that spans others has their countries, where all are known.
        spanned = [places.find(cloud, "region", member) for member in row.members]
        known = [one.countries for one in spanned if one is not None and one.countries is not None]
        if spanned and len(known) == len(spanned) and row.countries is not None:
            assert {country for one in known for country in one} <= set(row.countries), row.name


@pytest.mark.parametrize("cloud", CLOUDS)
def test_fields_are_the_documented_ones(cloud: str) -> None:
    """A misspelt field would be ignored in silence."""
    fields = {field.name for field in dataclasses.fields(PlaceRow)}
    table = json.loads((places.PROVIDERS / cloud / "places.json").read_text(encoding="utf-8"))
    for row in table["rows"]:
        assert set(row) <= fields, row["name"]


@pytest.mark.parametrize("cloud", CLOUDS)
def test_rows_are_lines(cloud: str) -> None:
    """One row a line, so that a difference shows the fact that changed."""
    text = (places.PROVIDERS / cloud / "places.json").read_text(encoding="utf-8")
    rows = json.loads(text)["rows"]
    assert len(re.findall(r"^\{.*\},?$", text, re.MULTILINE)) >= len(rows)


@pytest.mark.parametrize(
    ("cloud", "name", "countries"),
    [
        ("aws", "eu-west-2", ("GB",)),
        ("aws", "eu-central-2", ("CH",)),
        ("aws", "eusc-de-east-1", ("DE",)),
        ("aws", "il-central-1", ("IL",)),
        ("azure", "westeurope", ("NL",)),
        ("azure", "norwayeast", ("NO",)),
        ("azure", "switzerlandnorth", ("CH",)),
        ("gcp", "europe-west2", ("GB",)),
        ("gcp", "europe-west6", ("CH",)),
    ],
)
def test_names_that_mislead(cloud: str, name: str, countries: tuple[str, ...]) -> None:
    row = places.find(cloud, "region", name)
    assert row is not None
    assert row.countries == countries


@pytest.mark.parametrize("name", ["EU-WEST-1", " eu-west-1 ", "Europe (Ireland)"])
def test_spellings(name: str) -> None:
    row = places.find("aws", "region", name)
    assert row is not None
    assert row.name == "eu-west-1"


@pytest.mark.parametrize("name", ["", "eu-west", "eu-west-", "eu-west-11", "eu", "eu-west-1\0"])
def test_no_name_is_cut_or_completed(name: str) -> None:
    row = places.find("aws", "region", name)
    assert row is None or name in (row.name, *row.aliases)


def test_vocabularies_do_not_mix() -> None:
    storage, keys = places.find("gcp", "storage", "eur5"), places.find("gcp", "kms", "eur5")
    assert storage is not None
    assert keys is not None
    assert storage.countries != keys.countries
    assert places.find("gcp", "region", "eur5") is None


def test_unknown_field_of_a_table_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "moon").mkdir()
    (tmp_path / "moon" / "places.json").write_text(
        '{"cloud": "moon", "source": "s", "checked": "2026-01-01", "rows": [], "speling": 1}'
    )
    monkeypatch.setattr(places, "PROVIDERS", tmp_path)
    with pytest.raises(msgspec.ValidationError, match="speling"):
        places.table("moon")


def test_row_may_state_its_own_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "venus").mkdir()
    first = '{"name": "a", "countries": ["FR"]}'
    second = '{"name": "b", "countries": ["FR"], "source": "own", "checked": "2026-02-02"}'
    table = f'{{"cloud": "venus", "source": "all", "checked": "2026-01-01", "rows": [{first}, {second}]}}'
    (tmp_path / "venus" / "places.json").write_text(table)
    monkeypatch.setattr(places, "PROVIDERS", tmp_path)
    assert [(row.source, row.checked) for row in places.table("venus").rows] == [
        ("all", "2026-01-01"),
        ("own", "2026-02-02"),
    ]
