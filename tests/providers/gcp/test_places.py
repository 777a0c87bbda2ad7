"""Google Cloud's places: the table as a whole, and each name that means something else than it seems to."""

from __future__ import annotations

import json
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker import places
from checker.model import Jurisdiction, Place, Purpose, Verdict
from checker.rows import PlaceRow
from providers.gcp import cloud

FOLDER = Path(cloud.__file__).parent
TABLE = places.table("gcp")
MEMBERS = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
EU = Jurisdiction("eu", frozenset(MEMBERS.split()))
DATE = re.compile(r"20\d\d-\d\d-\d\d")
find = partial(places.find, "gcp")


def where(name: str, vocabulary: str = "region") -> PlaceRow:
    row = cloud.locate(name, vocabulary, None, find)
    assert row is not None
    return row


def verdict(name: str, vocabulary: str = "region") -> Verdict:
    row = where(name, vocabulary)
    countries = None if row.countries is None else frozenset(row.countries)
    return EU.judge(Place(name, Purpose.LOCATION, countries, verified=not row.unverified))


# --- the table


def test_every_place_has_a_source_and_a_date() -> None:
    assert TABLE.source
    assert DATE.fullmatch(TABLE.checked)
    assert [row.name for row in TABLE.rows if bool(row.source) != bool(DATE.fullmatch(row.checked))] == []


def test_no_name_is_listed_twice_in_a_vocabulary() -> None:
    names = [(row.vocabulary, name.lower()) for row in TABLE.rows for name in (row.name, *row.aliases)]
    assert len(names) == len(set(names))


def test_countries_are_codes_or_anywhere() -> None:
    shape = re.compile(r"[A-Z]{2}")
    for row in TABLE.rows:
        assert row.countries is None or row.countries == ("*",) or all(map(shape.fullmatch, row.countries)), row


def test_a_place_without_countries_says_why() -> None:
    assert [row.name for row in TABLE.rows if row.countries is None and not row.note] == []


def test_members_are_listed_and_agree_on_the_countries() -> None:
    for row in TABLE.rows:
        if not row.members or row.countries == ("*",):
            continue
        members = [find("region", name) for name in row.members]
        assert all(members), row
        countries = {code for member in members if member for code in member.countries or ()}
        assert countries == set(row.countries or ()), row


def test_each_product_that_has_words_of_its_own_has_a_vocabulary() -> None:
    wanted = "region storage bigquery firestore spanner kms artifact-registry vertex discovery-engine document-ai"
    more = "dialogflow-es dialogflow-cx cx-agent-studio logging secret-manager"
    assert set(f"{wanted} {more}".split()) <= {row.vocabulary for row in TABLE.rows}


# --- regions and zones


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("europe-west1", Verdict.INSIDE),
        ("europe-west4", Verdict.INSIDE),
        ("europe-west10", Verdict.INSIDE),
        ("europe-west12", Verdict.INSIDE),
        ("europe-north2", Verdict.INSIDE),
        ("europe-central2", Verdict.INSIDE),
        ("europe-southwest1", Verdict.INSIDE),
        ("europe-west2", Verdict.OUTSIDE),  # London
        ("europe-west6", Verdict.OUTSIDE),  # Zurich
        ("europe-west5", Verdict.UNDETERMINED),  # never launched
        ("europe-west15", Verdict.UNDETERMINED),  # no source names its country
        ("europe-west", Verdict.UNDETERMINED),
        ("us", Verdict.OUTSIDE),
        ("us-central1", Verdict.OUTSIDE),
        ("global", Verdict.UNDETERMINED),  # content anywhere for some products, only settings for others
    ],
)
def test_regions(name: str, expected: Verdict) -> None:
    assert verdict(name) is expected


@pytest.mark.parametrize("name", ["eu", "EU", "europe", "eur3", "europe-west99", "europe-", "", "west-europe"])
def test_no_prefix_makes_a_region(name: str) -> None:
    row = where(name)
    assert row.countries is None
    assert row.note


@pytest.mark.parametrize(
    ("zone", "countries"),
    [
        ("europe-west1-b", ("BE",)),
        ("EUROPE-WEST4-A", ("NL",)),
        ("europe-west10-a", ("DE",)),
        ("europe-west6-b", ("CH",)),
        ("us-central1-ai1a", ("US",)),
        ("europe-west15-a", None),
        ("europe-west1-bb", None),
        ("europe-west1-1", None),
        ("global-a", None),
        ("us-a", None),
        ("europe-west-a", None),
    ],
)
def test_a_zone_is_a_listed_region_and_a_letter(zone: str, countries: tuple[str, ...] | None) -> None:
    assert where(zone).countries == countries


def test_a_longer_name_never_borrows_the_place_of_a_shorter_one() -> None:
    regions = {row.name for row in TABLE.rows if row.vocabulary == "region" and row.scope == "region"}
    longer = {name + end for name in regions for end in ("0", "9", "x", "-", "-xx", "-ist-1a", "-a-b")} - regions
    assert {name for name in longer if where(name).countries is not None} == set()


@given(st.text(max_size=40))
def test_no_text_breaks_the_lookup(text: str) -> None:
    row = where(text)
    assert row.countries is not None or row.note
    cloud.names_in(text)
    cloud.place_in(text)


def test_a_zone_keeps_its_own_name() -> None:
    row = where("europe-west9-b")
    assert (row.name, row.scope, row.members) == ("europe-west9-b", "zone", ("europe-west9",))


def test_a_zone_whose_letter_is_unknown_still_has_its_region() -> None:
    assert where("europe-west4-${…}").countries == ("NL",)
    assert where("europe-west1${…}").countries is None  # europe-west10, europe-west12 or europe-west15 as well


@pytest.mark.parametrize(
    "name",
    [
        "europe-west4",
        " Europe-West4 ",
        "regions/europe-west4",
        "projects/p/regions/europe-west4",
        "https://www.googleapis.com/compute/v1/projects/p/regions/europe-west4",
        "projects/p/locations/europe-west4/endpoints/1",
        "projects/p/zones/europe-west4-a",
        "GCP_EUROPE_WEST4",
    ],
)
def test_spellings_of_one_region(name: str) -> None:
    assert where(name).countries == ("NL",)


def test_a_path_with_an_unknown_location_is_not_read_by_its_end() -> None:
    assert where("projects/p/locations/${…}/keyRings/europe-west1").countries is None


def test_the_french_universe_is_in_france() -> None:
    row = where("u-france-east1")
    assert (row.countries, row.partition) == (("FR",), "s3nsapis.fr")


# --- words that change their meaning with the product


@pytest.mark.parametrize(
    ("vocabulary", "name", "expected"),
    [
        ("storage", "EU", Verdict.INSIDE),
        ("storage", "eu", Verdict.INSIDE),
        ("storage", "EUR4", Verdict.INSIDE),  # Finland and the Netherlands
        ("storage", "EUR5", Verdict.OUTSIDE),  # London
        ("storage", "EUR7", Verdict.OUTSIDE),  # London
        ("storage", "EUR8", Verdict.OUTSIDE),  # Zurich
        ("storage", "EUROPE-WEST1", Verdict.INSIDE),
        ("storage", "US-CENTRAL1-B", Verdict.OUTSIDE),  # a bucket may sit in a zone
        ("storage", "ASIA", Verdict.OUTSIDE),
        ("storage", "europe", Verdict.UNDETERMINED),
        ("bigquery", "EU", Verdict.INSIDE),
        ("bigquery", "US", Verdict.OUTSIDE),
        ("bigquery", "aws-eu-west-1", Verdict.UNDETERMINED),
        ("bigquery", "aws-eu-west-2", Verdict.UNDETERMINED),
        ("firestore", "eur3", Verdict.INSIDE),
        ("firestore", "nam5", Verdict.OUTSIDE),
        ("spanner", "eur3", Verdict.INSIDE),
        ("spanner", "eur5", Verdict.OUTSIDE),  # London
        ("spanner", "eur6", Verdict.OUTSIDE),  # the witness in Zurich
        ("spanner", "eur7", Verdict.INSIDE),  # Milan, Frankfurt, Turin
        ("spanner", "nam-eur-asia1", Verdict.OUTSIDE),
        ("spanner", "regional-europe-west4", Verdict.INSIDE),
        ("spanner", "regional-europe-west2", Verdict.OUTSIDE),
        ("spanner", "projects/p/instanceConfigs/regional-europe-west3", Verdict.INSIDE),
        ("spanner", "projects/p/instanceConfigs/eur6", Verdict.OUTSIDE),
        ("spanner", "custom-eur6-us", Verdict.UNDETERMINED),
        ("spanner", "eur4", Verdict.UNDETERMINED),  # not a Spanner configuration
        ("spanner", "dual-region-germany1", Verdict.UNDETERMINED),
        ("kms", "eur4", Verdict.INSIDE),
        ("kms", "eur5", Verdict.OUTSIDE),
        ("kms", "eur6", Verdict.OUTSIDE),
        ("kms", "europe", Verdict.UNDETERMINED),  # a promise that no page read spells out
        ("kms", "global", Verdict.OUTSIDE),
        ("artifact-registry", "europe", Verdict.UNDETERMINED),
        ("artifact-registry", "us", Verdict.OUTSIDE),
        ("vertex", "eu", Verdict.INSIDE),
        ("vertex", "global", Verdict.OUTSIDE),
        ("vertex", "aiplatform.eu.rep.googleapis.com", Verdict.INSIDE),
        ("vertex", "europe-west2", Verdict.OUTSIDE),
        ("discovery-engine", "eu", Verdict.INSIDE),
        ("discovery-engine", "global", Verdict.OUTSIDE),
        ("discovery-engine", "europe-west2", Verdict.OUTSIDE),
        ("document-ai", "eu", Verdict.INSIDE),
        ("document-ai", "europe-west2", Verdict.OUTSIDE),
        ("dialogflow-es", "global", Verdict.OUTSIDE),
        ("dialogflow-es", "europe-west1", Verdict.INSIDE),
        ("dialogflow-cx", "global", Verdict.OUTSIDE),
        ("cx-agent-studio", "eu", Verdict.INSIDE),
        ("logging", "global", Verdict.OUTSIDE),
        ("logging", "eu", Verdict.INSIDE),
        ("secret-manager", "automatic", Verdict.OUTSIDE),
        ("secret-manager", "europe-west3", Verdict.INSIDE),
    ],
)
def test_words_of_products(vocabulary: str, name: str, expected: Verdict) -> None:
    assert verdict(name, vocabulary) is expected


def test_eur7_is_two_places() -> None:
    assert set(where("eur7", "storage").countries or ()) == {"GB", "DE"}
    assert set(where("eur7", "spanner").countries or ()) == {"IT", "DE"}


def test_dialogflow_es_keeps_its_data_in_the_united_states() -> None:
    assert where("global", "dialogflow-es").countries == ("US",)


def test_a_promise_without_a_list_says_so() -> None:
    row = where("eu", "discovery-engine")
    assert set(row.countries or ()) == EU.countries
    assert "upper bound" in row.note


def test_the_other_tables_are_sourced() -> None:
    for file in FOLDER.glob("*.json"):
        table = json.loads(file.read_text(encoding="utf-8"))
        assert table["source"], file
        assert DATE.fullmatch(table["checked"]), file
        assert table.get("rows") or table["vendors"], file
