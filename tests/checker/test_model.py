"""Three verdicts, sets of countries, and the keys that tell resources apart."""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker.model import (
    ANYWHERE,
    FileLocation,
    Jurisdiction,
    Place,
    Purpose,
    Resource,
    Role,
    Step,
    Unknown,
    Value,
    Verdict,
)

HERE = FileLocation("main.tf", 4, 2)
BENELUX = Jurisdiction("benelux", frozenset({"BE", "NL", "LU"}))


def place(countries: frozenset[str] | None, *, verified: bool = True) -> Place:
    return Place("x", Purpose.LOCATION, countries, verified=verified)


@pytest.mark.parametrize(
    ("countries", "verdict"),
    [
        ({"BE"}, Verdict.INSIDE),
        ({"BE", "NL"}, Verdict.INSIDE),
        ({"BE", "GB"}, Verdict.OUTSIDE),
        ({"GB"}, Verdict.OUTSIDE),
        (ANYWHERE, Verdict.OUTSIDE),
        ((), Verdict.UNDETERMINED),
        (None, Verdict.UNDETERMINED),
    ],
    ids=lambda one: "-".join(sorted(one)) if isinstance(one, set | frozenset) else str(one),
)
def test_judge(countries: set[str] | None, verdict: Verdict) -> None:
    assert BENELUX.judge(place(None if countries is None else frozenset(countries))) is verdict


def test_what_is_accepted_is_inside_whatever_its_countries_are() -> None:
    wide = replace(place(None), accept="acme:europe")
    assert BENELUX.judge(wide) is Verdict.UNDETERMINED
    assert replace(BENELUX, accepted=frozenset({"acme:europe"})).judge(wide) is Verdict.INSIDE


def test_unverified_is_never_inside_but_may_be_outside() -> None:
    assert BENELUX.judge(place(frozenset({"BE"}), verified=False)) is Verdict.UNDETERMINED
    assert BENELUX.judge(place(frozenset({"GB"}), verified=False)) is Verdict.OUTSIDE


CODES = some.frozensets(some.sampled_from(["BE", "NL", "LU", "GB", "US", "*"]))


@given(CODES, CODES, some.booleans())
def test_more_countries_never_make_a_place_inside(few: frozenset[str], more: frozenset[str], verified: bool) -> None:
    if few and BENELUX.judge(place(few | more, verified=verified)) is Verdict.INSIDE:
        assert BENELUX.judge(place(few, verified=verified)) is Verdict.INSIDE


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        ((), Verdict.UNDETERMINED),
        ((Verdict.INSIDE,), Verdict.INSIDE),
        ((Verdict.INSIDE, Verdict.UNDETERMINED), Verdict.UNDETERMINED),
        ((Verdict.INSIDE, Verdict.UNDETERMINED, Verdict.OUTSIDE), Verdict.OUTSIDE),
    ],
)
def test_worst(verdicts: tuple[Verdict, ...], worst: Verdict) -> None:
    for order in itertools.permutations(verdicts):
        assert Verdict.worst(order) is worst


RESOURCE = Resource("a.b", "a", "managed", "aws", "thing", frozenset(), (), (), HERE, ".")


@pytest.mark.parametrize(
    ("mode", "roles", "workload"),
    [
        ("managed", {Role.AI}, True),
        ("managed", {Role.COMPUTE, Role.ACCELERATOR}, True),
        ("managed", {Role.COMPUTE}, False),
        ("managed", set(), False),
        ("data", {Role.AI}, False),
        ("external", {Role.AI}, False),
    ],
)
def test_workload(mode: str, roles: set[Role], workload: bool) -> None:
    assert dataclasses.replace(RESOURCE, mode=mode, roles=frozenset(roles)).is_workload is workload


@pytest.mark.parametrize("role", [Role.STORAGE, Role.LOGS, Role.KEYS, Role.CONTAINER, Role.COMPUTE])
def test_what_holds_data(role: Role) -> None:
    assert dataclasses.replace(RESOURCE, roles=frozenset({role, Role.NETWORK})).holds_data


@pytest.mark.parametrize("roles", [set(), {Role.NETWORK}, {Role.GROUP, Role.ROUTING}])
def test_what_holds_no_data(roles: set[Role]) -> None:
    assert not dataclasses.replace(RESOURCE, roles=frozenset(roles)).holds_data


def test_verdict_of_a_resource_is_the_worst_of_its_places() -> None:
    both = dataclasses.replace(RESOURCE, places=(place(frozenset({"BE"})), place(None)))
    assert both.verdict(BENELUX) is Verdict.UNDETERMINED
    assert RESOURCE.verdict(BENELUX) is Verdict.UNDETERMINED, "without a place nothing is known"


def test_key_tells_roots_and_environments_apart() -> None:
    keys = {
        dataclasses.replace(RESOURCE, root=root, environment=environment).key
        for root in ("a", "b")
        for environment in ("", "prod")
    }
    assert len(keys) == 4


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("x", "x"),
        ("", ""),
        (Unknown("why", pattern="x-${y}"), "x-${y}"),
        (Unknown("why"), None),
        (True, None),
        (None, None),
        (["x"], None),
    ],
)
def test_text_of_a_value(data: object, text: str | None) -> None:
    assert Value(data).text == text


def test_words_of_locations_and_steps() -> None:
    assert str(HERE) == "main.tf:4"
    assert str(Step("var.region", HERE)) == "var.region main.tf:4"
    assert str(Step("var.region")) == "var.region"


def test_nouns_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        HERE.line = 5  # type: ignore[misc]  # that it is refused is the point
