"""Azure's location names: what each spelling means, and which words never make anything inside."""

from __future__ import annotations

import re
from functools import partial

import pytest

from checker import places
from checker.model import Jurisdiction, Place, Purpose, Verdict
from checker.rows import PlaceRow
from providers.azure import cloud

EU = Jurisdiction(
    "eu", frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
)
ROWS = places.table("azure").rows
find = partial(places.find, "azure")


def locate(name: str, vocabulary: str = "region") -> PlaceRow:
    row = cloud.locate(name, vocabulary, None, find)
    assert row is not None
    return row


def verdict(row: PlaceRow) -> Verdict:
    countries = None if row.countries is None else frozenset(row.countries)
    return EU.judge(Place(row.name, Purpose.LOCATION, countries, verified=not row.unverified))


def test_the_table_says_where_it_is_from() -> None:
    table = places.table("azure")
    assert table.source
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", table.checked)


def test_no_name_is_listed_twice_in_a_vocabulary() -> None:
    names = [(row.vocabulary, name.lower()) for row in ROWS for name in (row.name, *row.aliases)]
    assert sorted(names) == sorted(set(names))


def test_countries_are_iso_codes() -> None:
    codes = {code for row in ROWS for code in row.countries or ()}
    assert {code for code in codes if not re.fullmatch(r"[A-Z]{2}|\*", code)} == set()


def test_every_pair_is_a_region_of_the_table() -> None:
    names = {row.name for row in ROWS if row.vocabulary == "region"}
    assert {row.pair for row in ROWS if row.pair} <= names


@pytest.mark.parametrize(
    "name",
    [
        "westeurope",
        "West Europe",
        "WESTEUROPE",
        " west\teurope ",
        "West\N{NO-BREAK SPACE}Europe",
        "(Europe) West Europe",
        "west-europe",
        "EUROPE_WEST",
        "europe-west",
    ],
)
def test_every_spelling_of_west_europe_is_the_netherlands(name: str) -> None:
    assert locate(name).countries == ("NL",)


@pytest.mark.parametrize(
    ("name", "countries"),
    [
        ("swedensouth", ("SE",)),  # no list of locations shows it, yet it is a pair
        ("denmarkeast", ("DK",)),
        ("austriaeast", ("AT",)),
        ("Germany West Central", ("DE",)),
        ("indiacentral", ("IN",)),  # the metadata endpoint's spelling of centralindia
        ("East US 2", ("US",)),
        ("Central US (Stage)", ("US",)),
    ],
)
def test_names_that_lists_disagree_on(name: str, countries: tuple[str, ...]) -> None:
    assert locate(name).countries == countries


@pytest.mark.parametrize(
    "name",
    ["uksouth", "(Europe) UK South", "united-kingdom-south", "switzerlandnorth", "norwayeast", "Norway West", "global"],
)
def test_european_by_name_and_outside_the_eu(name: str) -> None:
    assert verdict(locate(name)) is Verdict.OUTSIDE


@pytest.mark.parametrize("name", [row.name for row in ROWS if row.scope == "logical"])
def test_a_logical_location_never_makes_anything_inside(name: str) -> None:
    assert verdict(locate(name)) is not Verdict.INSIDE


@pytest.mark.parametrize("name", ["europe", "Europe", "asiapacific"])
def test_a_continent_has_no_countries(name: str) -> None:
    row = locate(name)
    assert row.countries is None
    assert row.note


@pytest.mark.parametrize("name", ["finlandcentral", "greececentral"])
def test_an_announced_region_does_not_pass(name: str) -> None:
    assert verdict(locate(name)) is Verdict.UNDETERMINED


@pytest.mark.parametrize("name", ["denmarkwest", "europe-west4", "eu-west-1", "westeurope2", "", "AutoResolve"])
def test_a_name_that_is_no_region_has_no_countries(name: str) -> None:
    row = locate(name)
    assert row.countries is None
    assert row.note


def test_the_eu_data_zone_reaches_norway_and_switzerland() -> None:
    zone = locate("EU", "data-zone")
    assert set(zone.countries or ()) - EU.countries == {"NO", "CH"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("France", Verdict.INSIDE),
        ("Germany", Verdict.INSIDE),
        ("Norway", Verdict.OUTSIDE),
        ("UK", Verdict.OUTSIDE),
        ("United States", Verdict.OUTSIDE),
        ("Europe", Verdict.UNDETERMINED),
        ("Atlantis", Verdict.UNDETERMINED),
    ],
)
def test_the_words_of_communication_services(word: str, expected: Verdict) -> None:
    assert verdict(locate(word, "data-location")) is expected
