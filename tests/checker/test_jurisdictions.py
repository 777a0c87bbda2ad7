"""Jurisdictions and countries: the tables, what a person may write, and how countries are said."""

from __future__ import annotations

import datetime

import pytest

from checker.errors import UsageError
from checker.jurisdictions import country_names, country_table, jurisdiction_table, parse


def test_the_countries_of_the_standard() -> None:
    countries = country_table().countries
    assert len(countries) == 249
    assert all(len(code) == 2 and code.isupper() for code in countries)
    assert countries["NO"] == "Norway"
    assert len({name.casefold() for name in countries.values()}) == 249
    assert set(country_table().often_meant.values()) <= countries.keys()


def test_every_table_has_a_source_and_a_date() -> None:
    facts = [(table.source, table.checked) for table in (country_table(), jurisdiction_table())]
    facts += [(row.source, row.checked) for row in jurisdiction_table().rows]
    for source, checked in facts:
        assert source
        assert datetime.date.fromisoformat(checked) >= datetime.date(2026, 11, 1)


def test_the_eu_has_27_countries() -> None:
    eu = parse("eu")
    assert (eu.name, len(eu.countries)) == ("eu", 27)
    assert not eu.countries & {"GB", "CH", "NO", "IS", "LI", "US"}
    assert eu.countries >= {"IE", "CY", "MT", "HR"}


def test_the_eea_adds_three() -> None:
    assert parse("eea").countries - parse("eu").countries == {"IS", "LI", "NO"}
    assert len(parse("eea").countries) == 30


def test_partly_adequate_countries_are_not_in_the_set() -> None:
    adequate = parse("adequate").countries
    (row,) = [row for row in jurisdiction_table().rows if row.name == "adequate"]
    assert set(row.partial) == {"US", "CA", "JP", "KR"}
    assert not adequate & set(row.partial)
    assert adequate == parse("eea").countries | set(row.decisions)
    assert {"CH", "GB", "BR"} <= adequate


def test_all_codes_are_known() -> None:
    for row in jurisdiction_table().rows:
        assert set(row.countries) | set(row.partial) <= country_table().countries.keys()
        assert row.countries == sorted(set(row.countries))


@pytest.mark.parametrize(
    ("text", "name", "countries"),
    [
        ("FR,DE", "FR,DE", {"FR", "DE"}),
        (" france , de,FR", "FR,DE", {"FR", "DE"}),
        ("no", "NO", {"NO"}),
    ],
)
def test_countries_by_code_and_name(text: str, name: str, countries: set[str]) -> None:
    assert parse(text).name == name
    assert parse(text).countries == countries


def test_a_set_and_a_country() -> None:
    assert parse("EU,ch").name == "eu,CH"
    assert parse("EU,ch").countries == parse("eu").countries | {"CH"}


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("UK", "Did you mean GB (United Kingdom)?"),
        ("Germny", "Did you mean DE (Germany)?"),
        ("adequat", "Did you mean adequate?"),
        ("", "Use eu, eea, adequate, or codes and names separated by commas: FR,DE."),
        ("FR,", "Use eu, eea, adequate, or codes and names separated by commas: FR,DE."),
        ("*", "Use eu, eea, adequate, or codes and names separated by commas: FR,DE."),
        ("eu-west-1", "Use eu, eea, adequate, or codes and names separated by commas: FR,DE."),
    ],
)
def test_anything_else_is_refused_with_a_suggestion(text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.hint == hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ({"IE", "DE"}, "Germany and Ireland"),
        ({"FR"}, "France"),
        ({"FR", "DE", "IE"}, "France, Germany and Ireland"),
        ({"*"}, "anywhere"),
        ({"FR", "ZZ"}, "France and ZZ"),
        (set(), "unknown"),
        (None, "unknown"),
    ],
)
def test_countries_for_people(codes: set[str] | None, said: str) -> None:
    assert country_names(codes) == said


def test_all_of_the_eu_is_said_in_one_phrase() -> None:
    assert country_names(parse("eu").countries) == "all 27 countries of the European Union"
