"""Organization policies: which are guardrails, and what the words in them let pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from checker import catalogue, places
from checker.model import Purpose, Role, Verdict
from checker.outcome import Outcome
from checker.rows import PlaceRow
from providers.gcp import cloud

Check = Callable[..., Outcome]
ROWS = catalogue.rows("gcp")
LOCATIONS = "gcp.resourceLocations"
find = partial(places.find, "gcp")


def where(name: str, vocabulary: str = "resource-locations") -> PlaceRow | None:
    return cloud.locate(name, vocabulary, None, find)


def policy(constraint: str, rule: str) -> str:
    return f"""
resource "google_org_policy_policy" "p" {{
  name   = "folders/123/policies/{constraint}"
  parent = "folders/123"
  spec {{
    rules {{
      {rule}
    }}
  }}
}}
"""


def passed(outcome: Outcome) -> dict[str, Verdict]:
    """What the guardrails of a run let pass, each with its verdict."""
    found = (place for resource in outcome.graph.resources.values() for place in resource.places)
    return {place.name: outcome.jurisdiction.judge(place) for place in found if place.purpose is Purpose.ALLOWED}


def test_only_the_constraint_on_locations_says_what_passes() -> None:
    for type in ("google_org_policy_policy", "google_organization_policy", "google_folder_organization_policy"):
        assert ROWS[type].further == ()
        assert [further.purpose for further in ROWS[f"{type}:{LOCATIONS}"].further] == [Purpose.ALLOWED]
        assert ROWS[f"{type}:{LOCATIONS}"].roles == (Role.GUARDRAIL,)


def test_what_the_policy_lets_pass_is_judged(check: Check) -> None:
    rule = 'values {\n allowed_values = ["in:europe-west4-locations", "in:europe-locations", "in:eu-locations"]\n }'
    assert passed(check(policy(LOCATIONS, rule))) == {
        "in:europe-west4-locations": Verdict.INSIDE,
        "in:europe-locations": Verdict.OUTSIDE,
        "in:eu-locations": Verdict.UNDETERMINED,
    }


def test_a_policy_that_allows_all_is_no_guardrail(check: Check) -> None:
    assert passed(check(policy(LOCATIONS, 'allow_all = "TRUE"'))) == {"TRUE": Verdict.OUTSIDE}
    assert passed(check(policy(LOCATIONS, 'allow_all = "FALSE"'))) == {}


def test_a_rule_that_is_only_tried_is_not_enforced(check: Check) -> None:
    dry = policy(LOCATIONS, 'deny_all = "TRUE"').replace(
        "  spec {", '  dry_run_spec {\n rules {\n values {\n allowed_values = ["us"]\n }\n }\n }\n  spec {'
    )
    assert passed(check(dry)) == {}


def test_another_constraint_bounds_no_place(check: Check) -> None:
    assert passed(check(policy("compute.trustedImageProjects", 'values {\n allowed_values = ["us"]\n }'))) == {}


@pytest.mark.parametrize("constraint", [LOCATIONS, f"constraints/{LOCATIONS}"])
@pytest.mark.parametrize("kind", ["organization", "folder_organization", "project_organization"])
def test_the_old_resources_say_the_same(check: Check, kind: str, constraint: str) -> None:
    source = f"""
resource "google_{kind}_policy" "p" {{
  constraint = "{constraint}"
  list_policy {{
    allow {{
      values = ["in:europe-west2-locations"]
    }}
  }}
}}
"""
    assert passed(check(source)) == {"in:europe-west2-locations": Verdict.OUTSIDE}


def test_a_constraint_that_is_not_known_leaves_the_policy_without_places(check: Check) -> None:
    assert passed(check('variable "c" {}' + policy("${var.c}", 'values {\n allowed_values = ["us"]\n }'))) == {}


@pytest.mark.parametrize(
    ("name", "countries", "verified"),
    [
        ("in:europe-west1-locations", {"BE"}, True),
        ("in:europe-west2-locations", {"GB"}, True),
        ("in:europe-west6-locations", {"CH"}, True),
        ("europe-west4", {"NL"}, True),
        ("europe-west4-a", {"NL"}, True),
        ("eur3", {"BE", "NL", "FI"}, True),
        ("eur5", {"BE", "NL", "GB"}, True),
        ("eur8", {"DE", "CH"}, True),
        ("global", {"*"}, True),
        ("in:us-locations", {"US"}, True),
    ],
)
def test_words_of_the_constraint(name: str, countries: set[str], verified: bool) -> None:
    row = where(name)
    assert row is not None
    assert (set(row.countries or ()), not row.unverified) == (countries, verified)


def test_the_group_of_the_continent_holds_london_and_zurich() -> None:
    row = where("in:europe-locations")
    assert row is not None
    assert {"GB", "CH"} <= set(row.countries or ())


def test_the_group_of_the_union_is_no_proof() -> None:
    """A reader of Google's page found eur8, and so Zurich, in it."""
    row = where("in:eu-locations")
    assert row is not None
    assert row.unverified
    assert "eur8" in row.note


@pytest.mark.parametrize("name", ["in:europe-west5-locations", "in:atlantis-locations", "in:europe-west15-locations"])
def test_an_unknown_group_is_undetermined(name: str) -> None:
    row = where(name)
    assert row is not None
    assert row.countries is None


def test_groups_are_words_of_the_constraint_only() -> None:
    row = where("in:europe-west1-locations", "region")
    assert row is not None
    assert row.countries is None


def test_an_assured_workload_promises_and_does_not_prove() -> None:
    row = where("EU_REGIONS_AND_SUPPORT", "assured-workloads")
    assert row is not None
    assert row.unverified
    assert Role.GUARDRAIL in ROWS["google_assured_workloads_workload"].roles
