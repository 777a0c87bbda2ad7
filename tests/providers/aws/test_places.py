"""AWS's location names: what each spelling means, and which words never make anything inside."""

from __future__ import annotations

import re
from functools import partial

import pytest

from checker import places
from checker.model import Jurisdiction, Place, Purpose, Verdict
from checker.rows import PlaceRow
from providers.aws import cloud

EU = Jurisdiction(
    "eu", frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
)
ROWS = places.table("aws").rows
find = partial(places.find, "aws")


def locate(name: str, vocabulary: str = "region") -> PlaceRow:
    row = cloud.locate(name, vocabulary, None, find)
    assert row is not None
    return row


def verdict(row: PlaceRow) -> Verdict:
    countries = None if row.countries is None else frozenset(row.countries)
    return EU.judge(Place(row.name, Purpose.LOCATION, countries, verified=not row.unverified))


def test_rows_are_sourced() -> None:
    dated = re.compile(r"20\d\d-\d\d-\d\d")
    assert [row.name for row in ROWS if not (row.source and dated.fullmatch(row.checked))] == []


def test_no_name_is_listed_twice_in_a_vocabulary() -> None:
    names = [(row.vocabulary, name.lower()) for row in ROWS for name in (row.name, *row.aliases)]
    assert sorted(names) == sorted(set(names))


def test_countries_are_iso_codes() -> None:
    codes = {code for row in ROWS for code in row.countries or ()}
    assert {code for code in codes if not re.fullmatch(r"[A-Z]{2}|\*", code)} == set()


def test_members_are_regions_of_the_table_and_agree_with_the_countries() -> None:
    for row in ROWS:
        if row.members:
            members = [find("region", member) for member in row.members]
            assert {code for member in members if member for code in member.countries or ()} == set(row.countries or ())


@pytest.mark.parametrize("row", [row for row in ROWS if row.unverified], ids=lambda row: f"{row.vocabulary}:{row.name}")
def test_what_is_unverified_is_never_inside(row: PlaceRow) -> None:
    assert verdict(locate(row.name, row.vocabulary)) is not Verdict.INSIDE


@pytest.mark.parametrize(
    "name",
    [
        "eu-west-1",
        "EU-WEST-1",
        " eu-west-1 ",
        "EU_WEST_1",
        "eu_west_1",
        "EuWest1",
        "aws-eu-west-1",
        "Europe (Ireland)",
        "EU (Ireland)",
        "eu-west-1a",
        "eu-west-1C",
    ],
)
def test_every_spelling_of_ireland(name: str) -> None:
    assert locate(name).countries == ("IE",)


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("eu-central-1", "DE"),
        ("eu-north-1", "SE"),
        ("eu-south-1", "IT"),
        ("eu-south-2", "ES"),
        ("eu-west-3", "FR"),
        ("eusc-de-east-1", "DE"),
        ("eusc-de-east-1a", "DE"),
        ("eu-central-1-ham-1a", "DE"),
        ("eu-central-1-waw-1a", "PL"),
        ("eu-central-1-ath-1a", "GR"),
        ("eu-north-1-cph-1a", "DK"),
        ("eu-north-1-hel-1a", "FI"),
        ("euc1-az2", "DE"),
    ],
)
def test_inside_the_eu(name: str, country: str) -> None:
    row = locate(name)
    assert row.countries == (country,)
    assert verdict(row) is Verdict.INSIDE


@pytest.mark.parametrize(
    ("name", "country"),
    [
        ("eu-west-2", "GB"),
        ("eu-west-2b", "GB"),
        ("eu-central-2", "CH"),
        ("eu-isoe-west-1", "GB"),
        ("eu-central-1-ist-1a", "TR"),
        ("eu-west-3-cmn-wlz-1a", "MA"),
        ("euw3-cmn1-wlz1", "MA"),
        ("eu-west-3-wl1-cmn1", "MA"),
        ("eu-west-3-wl1-dss1", "SN"),
        ("us-east-1-qro-1a", "MX"),
        ("me-south-1-mct-1a", "OM"),
        ("af-south-1-los-1a", "NG"),
        ("us-gov-west-1", "US"),
        ("us-iso-east-1", "US"),
        ("cn-north-1", "CN"),
        ("me-west-1", "SA"),
        ("euc2-az1", "CH"),
    ],
)
def test_outside_the_eu_whatever_the_name_says(name: str, country: str) -> None:
    row = locate(name)
    assert row.countries == (country,)
    assert verdict(row) is Verdict.OUTSIDE


@pytest.mark.parametrize(
    "name",
    [
        "eu-west-9",
        "eu",
        "EU",
        "europe",
        "eu-west-1aa",
        "eu-west-1-xyz-1a",  # a local zone without a row is not cut to its region
        "eu-central-1-ist-1b",
        "eu-west-3-dss-wlz-1a",
        "Europe (Ireland)a",
        "aws-global",
        "aws-cn-global",
        "xyz9-az1",
        "${…}",
        "eu-west-${…}",
        "westeurope",
        "",
    ],
)
def test_a_name_that_is_no_region_has_no_countries(name: str) -> None:
    row = locate(name)
    assert row.countries is None
    assert row.note


def test_the_bucket_location_eu_is_ireland_alone() -> None:
    assert locate("EU", "bucket-location").countries == ("IE",)
    assert locate("eu-west-2", "bucket-location").countries == ("GB",)


def test_every_partition_is_there() -> None:
    partitions = {row.partition for row in ROWS if row.vocabulary == "region"}
    assert partitions == {
        *("aws", "aws-cn", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f", "aws-us-gov")
    }


@pytest.mark.parametrize("prefix", ["eu", "us", "us-gov", "apac", "jp", "au", "ca", "na", "in", "amer", "global"])
def test_profile_prefixes_are_listed(prefix: str) -> None:
    assert find("bedrock-profile", prefix) is not None


def test_an_area_whose_regions_were_not_read_has_no_countries() -> None:
    assert {row.name for row in ROWS if row.vocabulary == "bedrock-profile" and row.countries is None} == {"in", "amer"}
