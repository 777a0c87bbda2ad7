"""Findings: what they say of a place, and the change that mends it."""

from __future__ import annotations

import dataclasses

import pytest

from checker import jurisdictions
from checker.findings import describe, mend
from checker.model import FileLocation, Place, Purpose

EU = jurisdictions.parse("eu")
HERE = FileLocation("main.tf", 1)


def place(name: str, *countries: str, **more: object) -> Place:
    return dataclasses.replace(
        Place(name, Purpose.LOCATION, frozenset(countries) if countries else None),
        **more,  # type: ignore[arg-type]  # fields by name
    )


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (place("us-east-1", "US", label="N. Virginia"), "us-east-1 (N. Virginia, United States)"),
        (place("us-east-1", "US", label="N. Virginia, United States"), "us-east-1 (N. Virginia, United States)"),
        (place("westeurope", "NL"), "westeurope (Netherlands)"),
        (place("EUR4", "FI", "NL", label="Finland, Netherlands"), "EUR4 (Finland, Netherlands)"),
        (place("eu-west-9"), "eu-west-9"),
        (place(""), "a place that is not known"),
        (place("global", "*"), "global (anywhere)"),
    ],
)
def test_describe(made: Place, text: str) -> None:
    assert describe(made) == text


def test_describe_does_not_say_what_is_sensitive() -> None:
    assert "secret" not in describe(place("secret-region", "US", sensitive=True))


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (place("us-east-1", "US", location=HERE), "change us-east-1 at main.tf:1 to a place inside eu"),
        (place("us-east-1", "US"), "change us-east-1 to a place inside eu"),
        (place("us-east-1", "US", sensitive=True), "change it to a place inside eu"),
        (place("US", "US", stated=False, location=HERE), "state a place inside eu at main.tf:1: left out, it is US"),
    ],
)
def test_mend(made: Place, text: str) -> None:
    assert mend(EU, made) == text
