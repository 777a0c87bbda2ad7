"""The catalogue: rows have the documented shape, a source, and rules that something can answer."""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from collections import Counter
from pathlib import Path

import msgspec
import pytest

from checker import catalogue, places, registry
from checker.model import Role
from checker.rows import AiWhen, FurtherPlace, Row

CLOUDS = list(registry.clouds())
each_cloud = pytest.mark.parametrize("cloud", CLOUDS)
PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_][\w:/-]*)*")  # a member of JSON may hold more: aws:RequestedRegion
RULE = re.compile(
    rf"{PATH.pattern}|@provider:(?:region|zone|default_location)|@(?:parent|declared|through):{PATH.pattern}|@(?:default|fixed):.+|@unknown"
)


def rows(cloud: str) -> list[Row]:
    return list(catalogue.rows(cloud).values())


@each_cloud
def test_every_row_has_a_source_and_a_date(cloud: str) -> None:
    for row in rows(cloud):
        assert row.source, row.type
        assert datetime.date.fromisoformat(row.checked) > datetime.date(2025, 1, 1), row.type


@each_cloud
def test_a_type_has_one_row(cloud: str) -> None:
    found: Counter[str] = Counter()
    for file in (catalogue.PROVIDERS / cloud / "catalogue").glob("*.json"):
        found.update(row["type"] for row in json.loads(file.read_text(encoding="utf-8"))["rows"])
    assert [type for type, count in found.items() if count > 1] == []
    assert set(found) == set(catalogue.rows(cloud))


@each_cloud
def test_fields_are_the_documented_ones(cloud: str) -> None:
    """A misspelt field would be ignored in silence."""
    shapes: list[tuple[str, type[FurtherPlace | AiWhen]]] = [("further", FurtherPlace), ("ai_when", AiWhen)]
    for file in (catalogue.PROVIDERS / cloud / "catalogue").glob("*.json"):
        for row in json.loads(file.read_text(encoding="utf-8"))["rows"]:
            assert set(row) <= {field.name for field in dataclasses.fields(Row)}, row["type"]
            for name, shape in shapes:
                for rule in row.get(name, ()):
                    assert set(rule) <= {field.name for field in dataclasses.fields(shape)}, row["type"]


@each_cloud
def test_types_are_the_clouds(cloud: str) -> None:
    for row in rows(cloud):
        name = row.type.removeprefix("data.")
        if name.startswith("azapi:"):
            assert (cloud, name) == ("azure", name.lower())
        else:
            owner = registry.cloud_of(name)
            assert owner is not None
            assert cloud == owner.NAME


@each_cloud
def test_rules_can_be_answered(cloud: str) -> None:
    for row in rows(cloud):
        for rule in row.place:
            assert RULE.fullmatch(rule), (row.type, rule)
        ends = [rule for rule in row.place if rule.startswith(("@default", "@fixed", "@unknown"))]
        assert ends in ([], [row.place[-1]]) if row.place else not ends, f"{row.type}: nothing is read after {ends}"


@each_cloud
def test_paths_are_paths(cloud: str) -> None:
    for row in rows(cloud):
        paths = [path for found in row.references.values() for path in found]
        paths += [path for rule in row.further for path in rule.paths]
        paths += [path for rule in row.ai_when for path in rule.paths]
        for path in paths:
            assert PATH.fullmatch(path), (row.type, path)


@each_cloud
def test_a_workload_has_a_place(cloud: str) -> None:
    """A row of an AI service without any rule would never be judged."""
    assert [row.type for row in rows(cloud) if Role.AI in row.roles and not (row.place or row.further)] == []


@each_cloud
def test_further_places_have_somewhere_to_look(cloud: str) -> None:
    for row in rows(cloud):
        for rule in row.further:
            assert rule.paths or rule.default, row.type


@each_cloud
def test_defaults_are_places_that_are_known(cloud: str) -> None:
    """What stands after @default: and @fixed: comes from a vendor's page, so a table lists it."""
    for row in rows(cloud):
        for rule in row.place:
            if rule.startswith(("@default:", "@fixed:")):
                name = rule.partition(":")[2]
                known = places.find(cloud, row.vocabulary, name) or places.find(cloud, "region", name)
                assert known is not None, (row.type, rule)


@each_cloud
def test_kinds_are_words_for_people(cloud: str) -> None:
    for row in rows(cloud):
        assert row.kind, row.type
        assert "_" not in row.kind, row.type
        assert len(row.kind) <= 60, row.type


@each_cloud
def test_names_are_templates(cloud: str) -> None:
    for row in rows(cloud):
        for name in row.names:
            key, _, rest = name.partition(":")
            assert key, (row.type, name)
            assert "{" in rest, (row.type, name)
            assert name.count("{") == name.count("}"), (row.type, name)


@each_cloud
def test_every_ai_type_is_told_by_its_service(cloud: str) -> None:
    """A type that the catalogue lacks, of a service that it knows as AI, becomes a gap.

    Only few types belong to services that are not of AI as a whole.
    """
    missed = [
        row.type
        for row in rows(cloud)
        if Role.AI in row.roles and not row.type.startswith("data.") and not registry.clouds()[cloud].is_ai(row.type)
    ]
    assert len(missed) <= 10, missed


def test_rows_take_source_and_date_from_their_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "moon" / "catalogue"
    folder.mkdir(parents=True)
    (folder / "one.json").write_text(
        '{"service": "s", "source": "all", "checked": "2026-01-01", "rows": ['
        '{"type": "moon_a"}, {"type": "moon_b", "source": "own", "checked": "2026-02-02"}]}'
    )
    monkeypatch.setattr(catalogue, "PROVIDERS", tmp_path)
    assert {type: (row.source, row.checked) for type, row in catalogue.rows("moon").items()} == {
        "moon_a": ("all", "2026-01-01"),
        "moon_b": ("own", "2026-02-02"),
    }


@pytest.mark.parametrize("row", ['{"type": "x", "place": "location"}', '{"type": "x", "roles": ["magic"]}', "{}"])
def test_row_of_another_shape_is_an_error(row: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = tmp_path.name  # the rows of a cloud are kept for the run
    (tmp_path / name / "catalogue").mkdir(parents=True)
    (tmp_path / name / "catalogue" / "one.json").write_text(
        f'{{"service": "s", "source": "all", "checked": "2026-01-01", "rows": [{row}]}}'
    )
    monkeypatch.setattr(catalogue, "PROVIDERS", tmp_path)
    with pytest.raises(msgspec.ValidationError):
        catalogue.rows(name)
