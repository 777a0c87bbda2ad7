"""`euclave regions`: what a name means, in every cloud and product."""

from __future__ import annotations

import pytest

from checker import lookup, registry
from checker import places as tables
from checker.errors import UsageError


def words(name: str, cloud: str | None = None, jurisdiction: str = "eu") -> dict[tuple[str, str], tuple[str, str]]:
    """Return (cloud, vocabulary) → (name, verdict) for the meanings of a name."""
    lines = [line for line in lookup.places(name, cloud, jurisdiction) if not line.startswith(" ")]
    return {(parts[0], parts[1]): (parts[2], parts[3]) for parts in map(str.split, lines)}


def test_one_name_of_one_cloud() -> None:
    assert words("eu-west-2") == {("aws", "region"): ("eu-west-2", "outside")}


def test_one_name_means_different_places_in_different_products() -> None:
    found = words("eur5", "gcp")
    assert ("gcp", "storage") in found
    assert ("gcp", "spanner") in found
    assert {verdict for _, verdict in found.values()} == {"outside"}


@pytest.mark.parametrize("name", ["westeurope", "West Europe", "WESTEUROPE", "(Europe) West Europe"])
def test_names_are_read_like_those_in_code(name: str) -> None:
    assert words(name)["azure", "region"] == ("westeurope", "inside")


@pytest.mark.parametrize(("jurisdiction", "verdict"), [("eu", "outside"), ("eea", "inside"), ("FR", "outside")])
def test_jurisdiction(jurisdiction: str, verdict: str) -> None:
    assert words("norwayeast", jurisdiction=jurisdiction)["azure", "region"] == ("norwayeast", verdict)


def test_zone_is_looked_up_by_its_cloud() -> None:
    assert words("eu-west-3a", "aws") == {("aws", "region"): ("eu-west-3a", "inside")}
    assert words("europe-west9-b", "gcp") == {("gcp", "region"): ("europe-west9-b", "inside")}


def test_lines_name_the_source_the_pair_and_the_trap() -> None:
    lines = list(lookup.places("westeurope", "azure", "eu"))
    assert "  geo-redundant copies go to northeurope" in lines
    assert lines[-1].startswith("  source: ")
    assert "checked 20" in lines[-1]
    assert any("London" in line for line in lookup.places("eu-west-2", None, "eu"))


def test_countries_are_said_once() -> None:
    line = next(line for line in lookup.places("EUR5", "gcp", "eu") if " storage " in line)
    assert line.count("Belgium") == line.count("United Kingdom") == 1


@pytest.mark.parametrize("name", ["Frankfurt", "frankfurt"])
def test_a_city_is_looked_for_in_labels(name: str) -> None:
    found = words(name)
    assert found["aws", "region"] == ("eu-central-1", "inside")
    assert found["gcp", "region"] == ("europe-west3", "inside")
    assert all("Frankfurt" in line for line in lookup.places(name, None, "eu"))


def test_a_country_is_looked_for_where_no_place_has_its_name() -> None:
    names = [line.split()[2] for line in lookup.places("Ireland", None, "eu")]
    assert {"eu-west-1", "northeurope"} <= set(names)
    assert "us-east-1" not in names


def test_a_place_is_not_described_twice() -> None:
    line = next(line for line in lookup.places("eu", "gcp", "eu") if " vertex " in line)
    assert line.count("European Union") == 1


def test_unverified_is_said() -> None:
    lines = list(lookup.places("finlandcentral", "azure", "eu"))
    assert lines[0].split()[3] == "undetermined"
    assert lines[-1].endswith(", unverified")


def test_all_places_of_a_cloud() -> None:
    lines = list(lookup.places(None, "azure", "eu"))
    assert lines[0] == f"azure: {len(lines) - 1} places, checked {tables.table('azure').checked}"


def test_all_places() -> None:
    heads = [line.partition(":")[0] for line in lookup.places(None, None, "eu") if " places, checked " in line]
    assert heads[:3] == ["aws", "azure", "gcp"]
    assert heads == [name for name in registry.clouds() if tables.table(name).rows]


@pytest.mark.parametrize(
    ("name", "cloud", "hint"),
    [
        ("eu-wst-2", None, "did you mean eu-west-2?"),
        ("westeurop", "azure", "did you mean westeurope?"),
        ("qqqqqq", None, ""),
        ("GlobalStandard", None, ""),
        ("ir", None, ""),
        ("\x1b[31m", None, ""),
    ],
)
def test_name_that_no_table_knows(name: str, cloud: str | None, hint: str) -> None:
    with pytest.raises(UsageError) as error:
        list(lookup.places(name, cloud, "eu"))
    assert error.value.hint == hint
    assert "\x1b" not in error.value.message


def test_suggestion_is_of_the_cloud_that_was_asked_for() -> None:
    with pytest.raises(UsageError) as error:
        list(lookup.places("europe-west44", "gcp", "eu"))
    assert error.value.hint.startswith("did you mean europe-west")


def test_cloud_that_is_not_there() -> None:
    with pytest.raises(UsageError, match="there is no cloud 'moon'"):
        list(lookup.places(None, "moon", "eu"))


@pytest.mark.parametrize(
    ("cloud", "name", "answer"),
    [
        ("aws", "eu-west-1", True),
        ("aws", "eu-west-1b", True),
        ("aws", "eu-west-99", False),
        ("aws", "", False),
        ("aws", "westeurope", False),
        ("azure", "West Europe", True),
        ("azure", "", False),
        ("gcp", "europe-west4-a", True),
        ("gcp", "europe-west99", False),
        ("gcp", "", False),
    ],
)
def test_is_region(cloud: str, name: str, answer: bool) -> None:
    assert lookup.is_region(cloud, name) is answer
