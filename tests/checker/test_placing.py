"""Each kind of rule, with a cloud of four places: near (France), far (United States), dark (unverified), void."""

from __future__ import annotations

from decimal import Decimal

import pytest

from checker import jurisdictions
from checker.model import Block, Body, FileLocation, Place, Provider, Purpose, Step, Target, Unknown, Value, Verdict
from checker.placing import Assumptions, Placing, edit_location, shown
from checker.rows import Find, FurtherPlace, PlaceRow, Row

EU = jurisdictions.parse("eu")
HERE = FileLocation("main.tf", 7)
TABLE = {
    "near": PlaceRow("near", ("FR",), source="page", checked="2026-11-23"),
    "far": PlaceRow("far", ("US",), source="page", checked="2026-11-23"),
    "dark": PlaceRow("dark", ("FR",), unverified=True),
    "true": PlaceRow("true", ("FR",)),
}


class Moon:
    """A cloud."""

    NAME = "moon"
    PROVIDERS: tuple[str, ...] = ("moon",)
    TYPE_PREFIXES: tuple[str, ...] = ("moon_",)
    ENVIRONMENT: dict[str, tuple[str, ...]] = {"region": ("MOON_REGION", "MOON_PLACE")}  # noqa: RUF012
    HOSTED = False

    def key(self, type: str, body: Body) -> str:
        return type

    def is_ai(self, type: str) -> bool:
        return False

    def locate(self, name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
        if name == "local":
            return None
        if name == "home":
            return TABLE[home.name] if home else PlaceRow("home", None, note="no home")
        return TABLE.get(name, PlaceRow(name, None, note=f"{vocabulary} lists no {name}"))

    def accelerator(self, name: str, table: str) -> bool | None:
        return None

    def names_in(self, text: str) -> tuple[str, ...]:
        return ()

    def place_in(self, text: str) -> str | None:
        return text.partition("/")[2] or None

    def instead(self, place: Place, written: str, homes: tuple[Place, ...], find: Find) -> None:
        return None


class Stated:
    """Arguments: plain data or whole values by path."""

    def __init__(self, **arguments: object) -> None:
        self._arguments = arguments

    def values(self, path: str) -> tuple[Value, ...]:
        stated = self._arguments.get(path, ())
        every = stated if isinstance(stated, tuple) else (stated,)
        return tuple(one if isinstance(one, Value) else value(one) for one in every)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


def value(data: object, *steps: Step, targets: tuple[Target, ...] = ()) -> Value:
    return Value(data, steps, targets, HERE)


def block(mode: str = "managed", provider: Provider | None = None, **arguments: object) -> Block:
    return Block("terraform", mode, "moon_model", "moon_model.m", ".", Stated(**arguments), provider, HERE)


def row(*place: str, type: str = "moon_model", further: tuple[FurtherPlace, ...] = ()) -> Row:
    return Row(type, place=place, further=further)


def placing(
    *found: Place, assumed: dict[str, str] | None = None, use_env: bool = False, asked: list[Value] | None = None
) -> Placing:
    """Return a placing where every reference leads to the places given."""

    def places_of(value: Value, purpose: Purpose) -> tuple[Place, ...]:
        if asked is not None:
            asked.append(value)
        return found

    return Placing(Moon(), Assumptions(assumed or {}, use_env), places_of)


def names(places: tuple[Place, ...]) -> list[tuple[str, Verdict]]:
    return [(place.name, EU.judge(place)) for place in places]


PARENT = Place("far", Purpose.LOCATION, frozenset({"US"}), trail=(Step("up"),), location=FileLocation("up.tf", 3))

# --- rules


def test_argument() -> None:
    assert names(placing().locations(block(region="near"), row("region"))) == [("near", Verdict.INSIDE)]


def test_every_value_of_an_argument_counts() -> None:
    found = placing().locations(block(regions=("near", "far")), row("regions"))
    assert names(found) == [("near", Verdict.INSIDE), ("far", Verdict.OUTSIDE)]


def test_first_stated_rule_wins() -> None:
    stated = block(location="near", region="far")
    assert names(placing().locations(stated, row("zone", "location", "region"))) == [("near", Verdict.INSIDE)]


def test_provider() -> None:
    stated = block(provider=Provider("moon", body=Stated(region="far")))
    assert names(placing().locations(stated, row("region", "@provider:region"))) == [("far", Verdict.OUTSIDE)]


def test_provider_yields_to_an_argument() -> None:
    stated = block(provider=Provider("moon", body=Stated(region="far")), region="near")
    assert names(placing().locations(stated, row("region", "@provider:region"))) == [("near", Verdict.INSIDE)]


def test_provider_without_the_argument_falls_to_the_next_rule() -> None:
    stated = block(provider=Provider("moon", body=Stated(zone="near")))
    rules = row("@provider:region", "@provider:zone")
    assert names(placing().locations(stated, rules)) == [("near", Verdict.INSIDE)]


def test_parent() -> None:
    (place,) = placing(PARENT).locations(block(account_id="id"), row("@parent:account_id"))
    assert EU.judge(place) is Verdict.OUTSIDE
    assert [step.text for step in place.trail] == ["moon_model.m.account_id", "up"]
    assert str(place.location) == "up.tf:3", "what the parent states is changed there"


def test_parent_whose_place_nobody_states_is_mended_at_the_child() -> None:
    parent = Place("", Purpose.LOCATION, None, location=FileLocation("up.tf", 3), stated=False)
    (place,) = placing(parent).locations(block(account_id="id"), row("@parent:account_id"))
    assert place.location == HERE


def test_parent_that_is_not_declared_but_says_where_it_is() -> None:
    assert names(placing().locations(block(account_id="a/near"), row("@parent:account_id"))) == [
        ("near", Verdict.INSIDE)
    ]


def test_parent_that_is_not_declared() -> None:
    (place,) = placing().locations(block(account_id="a"), row("@parent:account_id"))
    assert EU.judge(place) is Verdict.UNDETERMINED
    assert place.reason == "it sits where a sits, which is not declared here"
    assert not place.stated


def test_parent_that_is_not_known() -> None:
    unknown = value(Unknown("it is not set", expression="var.account"))
    (place,) = placing().locations(block(account_id=unknown), row("@parent:account_id"))
    assert place.reason == "it sits where var.account sits, which is not declared here"


def test_default() -> None:
    (place,) = placing().locations(block(), row("location", "@default:far"))
    assert names((place,)) == [("far", Verdict.OUTSIDE)]
    assert not place.stated
    assert place.location == HERE
    assert place.trail[0].text == "documented default of moon_model"


def test_default_yields_to_what_is_stated() -> None:
    (place,) = placing().locations(block(location="near"), row("location", "@default:far"))
    assert place.name == "near"
    assert place.stated


def test_fixed() -> None:
    (place,) = placing().locations(block(), row("@fixed:far"))
    assert names((place,)) == [("far", Verdict.OUTSIDE)]
    assert place.stated
    assert place.trail[0].text == "moon_model has no other place"


def test_unknown() -> None:
    (place,) = placing().locations(block(), row("location", "@unknown"))
    assert EU.judge(place) is Verdict.UNDETERMINED
    assert not place.stated
    assert place.reason == "nothing in the code decides where it is"


@pytest.mark.parametrize("rule", ["@default:near", "@fixed:near"])
def test_default_says_nothing_of_what_is_looked_up(rule: str) -> None:
    (place,) = placing().locations(block("data"), row("location", rule))
    assert EU.judge(place) is Verdict.UNDETERMINED


def test_default_of_a_data_source_that_has_its_own_row() -> None:
    found = placing().locations(block("data"), row("@fixed:near", type="data.moon_model"))
    assert names(found) == [("near", Verdict.INSIDE)]


def test_row_without_rules_has_no_place() -> None:
    assert placing().locations(block(), row()) == ()


# --- nothing stated


@pytest.mark.parametrize(
    ("provider", "reason", "line"),
    [
        (None, "none of its arguments states it (region)", "main.tf:7"),
        (
            Provider("moon", reason="no provider block"),
            "no provider block",
            "main.tf:7",
        ),
        (
            Provider("moon", "west", body=Stated(), location=FileLocation("main.tf", 2)),
            'provider "moon" (west) states no region, so the machine that runs it decides',
            "main.tf:2",
        ),
    ],
)
def test_nothing_states_it(provider: Provider | None, reason: str, line: str) -> None:
    (place,) = placing().locations(block(provider=provider), row("region", "@provider:region"))
    assert (place.reason, str(place.location), place.stated) == (reason, line, False)
    assert EU.judge(place) is Verdict.UNDETERMINED


# --- what is assumed


def test_assumed() -> None:
    (place,) = placing(assumed={"moon": "near"}).locations(block(), row("region", "@provider:region"))
    assert EU.judge(place) is Verdict.INSIDE
    assert [str(step) for step in place.trail] == ["--assume moon=near"]


def test_assumed_yields_to_the_code() -> None:
    stated = block(provider=Provider("moon", body=Stated(region="far")))
    assert names(placing(assumed={"moon": "near"}).locations(stated, row("@provider:region"))) == [
        ("far", Verdict.OUTSIDE)
    ]


def test_assumed_of_another_cloud() -> None:
    (place,) = placing(assumed={"sun": "near"}).locations(block(), row("@provider:region"))
    assert EU.judge(place) is Verdict.UNDETERMINED


def test_assumed_is_a_region_and_no_other_argument() -> None:
    (place,) = placing(assumed={"moon": "near"}).locations(block(), row("@provider:zone"))
    assert EU.judge(place) is Verdict.UNDETERMINED


def test_environment_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOON_REGION", "")  # set to nothing is not set
    monkeypatch.setenv("MOON_PLACE", "near")
    (place,) = placing(use_env=True).locations(block(), row("@provider:region"))
    assert EU.judge(place) is Verdict.INSIDE
    assert [str(step) for step in place.trail] == ["environment variable MOON_PLACE"]


def test_environment_counts_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOON_REGION", "near")
    (place,) = placing().locations(block(), row("@provider:region"))
    assert EU.judge(place) is Verdict.UNDETERMINED


# --- values


def placed(data: object) -> tuple[Place, ...]:
    given = data if isinstance(data, Value) else value(data)
    return tuple(placing().placed(given, Purpose.LOCATION, "region", None))


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        ("near", Verdict.INSIDE),
        ("far", Verdict.OUTSIDE),
        ("elsewhere", Verdict.UNDETERMINED),
        ("dark", Verdict.UNDETERMINED),
        (True, Verdict.INSIDE),
        (False, Verdict.UNDETERMINED),
        (Decimal(1), Verdict.UNDETERMINED),
        (["near"], Verdict.UNDETERMINED),
        (Unknown("it is not set"), Verdict.UNDETERMINED),
        (Unknown("it is not set", pattern="ne${var.end}"), Verdict.UNDETERMINED),
        (Unknown("it is not set", pattern="near"), Verdict.INSIDE),
    ],
    ids=str,
)
def test_value(data: object, verdict: Verdict) -> None:
    assert Verdict.worst(EU.judge(place) for place in placed(data)) is verdict


def test_no_further_place() -> None:
    assert placed("local") == ()


def test_partly_known_name_stays_as_it_is() -> None:
    (place,) = placed(Unknown("it is not set", expression="var.end", pattern="ne${var.end}"))
    assert (place.name, place.countries) == ("ne${var.end}", None)
    assert place.reason == "var.end: it is not set"


def test_source_is_the_table_with_its_date() -> None:
    assert [place.source for place in placed("near")] == ["page (2026-11-23)"]


def test_sensitive_value_makes_a_sensitive_place() -> None:
    (place,) = placed(Value("near", sensitive=True))
    assert place.sensitive


def test_attribute_of_a_resource_is_that_resources_place() -> None:
    unknown = value(Unknown("it is known after apply"), Step("used"), targets=(Target("moon_group.g", "location"),))
    (place,) = placing(PARENT).placed(unknown, Purpose.LOCATION, "region", None)
    assert place.name == "far"
    assert [step.text for step in place.trail] == ["used", "up"]


def test_other_attributes_of_a_resource_are_no_place() -> None:
    unknown = value(Unknown("it is known after apply"), targets=(Target("moon_group.g", "id"),))
    (place,) = placing(PARENT).placed(unknown, Purpose.LOCATION, "region", None)
    assert EU.judge(place) is Verdict.UNDETERMINED


# --- trails


def test_line_to_edit_is_where_the_trail_ends() -> None:
    steps = (Step("a", FileLocation("main.tf", 2)), Step("b", FileLocation("p.tfvars", 9)), Step("c"))
    assert edit_location(Value("x", steps, location=HERE)) == FileLocation("p.tfvars", 9)


def test_line_to_edit_without_a_trail() -> None:
    assert edit_location(Value("x", (Step("c"),), location=HERE)) == HERE


def test_trail_keeps_its_order() -> None:
    steps = (Step("used", FileLocation("main.tf", 2)), Step("written", FileLocation("p.tfvars", 9)))
    (place,) = placed(Value("far", steps))
    assert place.trail == steps
    assert str(place.location) == "p.tfvars:9"


def test_long_name_gives_way_to_the_tables() -> None:
    assert shown("x" * 80, TABLE["near"]) == "x" * 80
    assert shown("x" * 81, TABLE["near"]) == "near"


# --- further places

NEAR = Place("near", Purpose.LOCATION, frozenset({"FR"}))


def further(rule: FurtherPlace, home: Place | None = NEAR, a: object = (), b: object = ()) -> list[Place]:
    return list(placing().further(block(a=a, b=b), rule, home))


def test_further_place() -> None:
    (place,) = further(FurtherPlace(Purpose.REPLICA, ("a", "b")), b="far")
    assert (place.name, place.purpose) == ("far", Purpose.REPLICA)


def test_every_path_of_a_further_place_counts() -> None:
    found = further(FurtherPlace(Purpose.REPLICA, ("a", "b")), a="near", b="far")
    assert [place.name for place in found] == ["near", "far"]


def test_no_further_place_when_nothing_is_stated() -> None:
    assert further(FurtherPlace(Purpose.REPLICA, ("a",))) == []


def test_default_of_a_further_place() -> None:
    (place,) = further(FurtherPlace(Purpose.BACKUP, ("a",), default="far"))
    assert (place.name, place.stated, place.location) == ("far", False, HERE)


def test_default_of_a_further_place_yields_to_what_is_stated() -> None:
    assert further(FurtherPlace(Purpose.BACKUP, ("a",), default="far"), a="local") == []


@pytest.mark.parametrize(("home", "verdict"), [(NEAR, Verdict.INSIDE), (None, Verdict.UNDETERMINED)])
def test_further_place_that_hangs_on_the_location(home: Place | None, verdict: Verdict) -> None:
    (place,) = further(FurtherPlace(Purpose.INFERENCE, ("a",)), home, a="home")
    assert EU.judge(place) is verdict
