"""What tests of Azure's facts use: the places that Terraform text gives a resource."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.model import Place, Purpose
from checker.outcome import Outcome


@pytest.fixture
def places(check: Callable[..., Outcome]) -> Callable[..., list[Place]]:
    """Return a function that gives the places, for a purpose, of the resource named `x` in a text."""

    def of(text: str, purpose: Purpose) -> list[Place]:
        resources = check(text, scope="all").graph.resources.values()
        (found,) = [resource for resource in resources if resource.address.partition(".")[2] == "x"]
        return [place for place in found.places if place.purpose is purpose]

    return of


@pytest.fixture
def countries(places: Callable[..., list[Place]]) -> Callable[..., set[str]]:
    """Return a function that gives the countries of those places; `?` stands for those that no table knows."""

    def of(text: str, purpose: Purpose) -> set[str]:
        return {code for place in places(text, purpose) for code in place.countries or {"?"}}

    return of
