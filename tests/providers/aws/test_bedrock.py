"""Where Bedrock model calls run: prefix and calling region together."""

from __future__ import annotations

from functools import partial

import pytest

from checker import places
from checker.model import ANYWHERE, Jurisdiction, Place, Purpose, Verdict
from checker.rows import PlaceRow
from providers.aws import cloud

EU = Jurisdiction(
    "eu", frozenset("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split())
)
CORE = {"DE", "SE", "IT", "ES", "IE", "FR"}
CLAUDE = "anthropic.claude-sonnet-4-5-20250929-v1:0"
ARN = "arn:aws:bedrock:{region}:{account}:{resource}"
find = partial(places.find, "aws")


def home(name: str | None) -> Place | None:
    if name is None:
        return None
    row = cloud.locate(name, "region", None, find)
    assert row is not None
    countries = None if row.countries is None else frozenset(row.countries)
    return Place(name, Purpose.LOCATION, countries, verified=not row.unverified)


def infer(model: str, at: str | None) -> PlaceRow:
    row = cloud.locate(model, "bedrock-model", home(at), find)
    assert row is not None
    return row


def verdict(model: str, at: str | None) -> Verdict:
    row = infer(model, at)
    countries = None if row.countries is None else frozenset(row.countries)
    return EU.judge(Place(row.name, Purpose.INFERENCE, countries, verified=not row.unverified))


@pytest.mark.parametrize(
    "region", ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3", "EU_WEST_1"]
)
def test_the_eu_profile_stays_inside_when_called_from_its_core(region: str) -> None:
    row = infer(f"eu.{CLAUDE}", region)
    assert set(row.countries or ()) == CORE
    assert verdict(f"eu.{CLAUDE}", region) is Verdict.INSIDE


@pytest.mark.parametrize(("region", "country"), [("eu-west-2", "GB"), ("eu-central-2", "CH"), ("il-central-1", "IL")])
def test_a_caller_outside_the_core_joins_the_eu_profile(region: str, country: str) -> None:
    assert set(infer(f"eu.{CLAUDE}", region).countries or ()) == CORE | {country}
    assert verdict(f"eu.{CLAUDE}", region) is Verdict.OUTSIDE


@pytest.mark.parametrize("region", ["eusc-de-east-1", "eu-central-1-waw-1a", "eu-west-9", None])
def test_the_eu_profile_never_passes_from_elsewhere(region: str | None) -> None:
    assert verdict(f"eu.{CLAUDE}", region) is Verdict.UNDETERMINED


def test_the_eu_profile_is_no_surer_than_its_caller() -> None:
    place = Place("eu-central-1", Purpose.LOCATION, frozenset({"DE"}), verified=False)
    row = cloud.locate(f"eu.{CLAUDE}", "bedrock-model", place, find)
    assert row is not None
    assert row.unverified


@pytest.mark.parametrize("prefix", ["us", "us-gov", "apac", "jp", "au", "ca", "na", "global"])
@pytest.mark.parametrize("region", ["eu-central-1", "us-east-1", None])
def test_other_profiles_leave_the_eu_from_anywhere(prefix: str, region: str | None) -> None:
    assert verdict(f"{prefix}.{CLAUDE}", region) is Verdict.OUTSIDE


def test_the_global_profile_has_no_bounds() -> None:
    assert infer(f"global.{CLAUDE}", "eu-central-1").countries == tuple(ANYWHERE)
    assert infer(ARN.format(region="", account="", resource=f"foundation-model/{CLAUDE}"), None).countries == ("*",)


def test_a_us_profile_called_in_the_united_states_stays_there() -> None:
    row = infer(f"us.{CLAUDE}", "us-east-1")
    assert row.countries == ("US",)
    assert not row.unverified


@pytest.mark.parametrize("prefix", ["in", "amer"])
def test_an_area_that_was_not_read_is_not_known(prefix: str) -> None:
    assert infer(f"{prefix}.{CLAUDE}", "eu-central-1").countries is None


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-central-1", Verdict.INSIDE),
        ("eusc-de-east-1", Verdict.INSIDE),
        ("eu-west-2", Verdict.OUTSIDE),
        (None, Verdict.UNDETERMINED),
        ("eu-west-9", Verdict.UNDETERMINED),
    ],
)
def test_a_model_without_prefix_runs_where_it_is_called(region: str | None, expected: Verdict) -> None:
    assert verdict(CLAUDE, region) is expected
    assert verdict("amazon.titan-embed-text-v2:0", region) is expected


@pytest.mark.parametrize(
    "model",
    ["gpt-5", "claude", f"xx.{CLAUDE}", "nobody.model-v1", f"${{…}}.{CLAUDE}", f"${{…}}{CLAUDE}", "${…}", "", "eu"],
)
def test_a_name_like_nothing_known_is_undetermined(model: str) -> None:
    row = infer(model, "eu-central-1")
    assert row.countries is None
    assert row.note


def test_a_vendor_that_no_table_lists_does_not_pass_by_its_prefix() -> None:
    assert verdict("eu.nobody.model-v1", "eu-central-1") is Verdict.UNDETERMINED
    assert verdict("us.nobody.model-v1", "eu-central-1") is Verdict.OUTSIDE


def test_a_model_that_is_not_known_is_bound_by_its_prefix() -> None:
    assert verdict("eu.${…}", "eu-central-1") is Verdict.INSIDE
    assert verdict("eu.${…}", "eu-west-2") is Verdict.OUTSIDE


@pytest.mark.parametrize(
    ("region", "at", "expected"),
    [
        ("eu-west-1", "us-east-1", Verdict.INSIDE),
        ("eu-west-1", None, Verdict.INSIDE),
        ("us-east-1", "eu-central-1", Verdict.OUTSIDE),
        ("${…}", "eu-central-1", Verdict.UNDETERMINED),
        ("eu-west-9", "eu-central-1", Verdict.UNDETERMINED),
        ("*", "eu-central-1", Verdict.UNDETERMINED),
    ],
)
@pytest.mark.parametrize(
    ("account", "resource"), [("", f"foundation-model/{CLAUDE}"), ("123456789012", "provisioned-model/abc123")]
)
def test_the_region_of_a_model_arn_wins(region: str, at: str, expected: Verdict, account: str, resource: str) -> None:
    assert verdict(ARN.format(region=region, account=account, resource=resource), at) is expected


@pytest.mark.parametrize(
    ("region", "at", "expected"),
    [
        ("eu-central-1", "us-east-1", Verdict.INSIDE),
        ("eu-west-2", "eu-central-1", Verdict.OUTSIDE),
        ("${data.aws_region.x.name}", "eu-central-1", Verdict.UNDETERMINED),
    ],
)
def test_the_region_of_a_profile_arn_is_the_calling_region(region: str, at: str, expected: Verdict) -> None:
    arn = ARN.format(region=region, account="${…}", resource=f"inference-profile/eu.{CLAUDE}")
    assert verdict(arn, at) is expected


def test_a_us_profile_arn_is_outside_even_where_its_region_is_not_known() -> None:
    arn = ARN.format(region="${…}", account="123456789012", resource=f"inference-profile/us.{CLAUDE}")
    assert verdict(arn, "eu-central-1") is Verdict.OUTSIDE


def test_other_partitions_are_read_alike() -> None:
    assert verdict(f"arn:aws-eusc:bedrock:eusc-de-east-1::foundation-model/{CLAUDE}", None) is Verdict.INSIDE
    assert verdict(f"arn:${{…}}:bedrock:us-gov-west-1::foundation-model/{CLAUDE}", None) is Verdict.OUTSIDE


@pytest.mark.parametrize("resource", ["prompt/ABCDEFGHIJ", "x"])
def test_an_opaque_arn_is_undetermined(resource: str) -> None:
    assert infer(ARN.format(region="eu-central-1", account="1", resource=resource), "eu-central-1").countries is None


@pytest.mark.parametrize("resource", ["application-inference-profile/abc", "default-prompt-router/anthropic.claude:1"])
def test_an_arn_that_routes_is_called_in_its_region_at_least(resource: str) -> None:
    """Never inside, as it may route further; outside where the region of the call is."""
    inside = infer(ARN.format(region="eu-central-1", account="1", resource=resource), "eu-central-1")
    assert inside.unverified
    outside = infer(ARN.format(region="us-east-1", account="1", resource=resource), "eu-central-1")
    assert outside.countries == ("US",)
    assert infer(ARN.format(region="", account="1", resource=resource), "eu-central-1").countries is None


@pytest.mark.parametrize("resource", ["custom-model-deployment/abc", "imported-model/abc"])
def test_a_model_of_ones_own_is_in_its_region_and_does_not_pass(resource: str) -> None:
    assert verdict(ARN.format(region="eu-central-1", account="1", resource=resource), None) is Verdict.UNDETERMINED
    assert verdict(ARN.format(region="us-east-1", account="1", resource=resource), None) is Verdict.OUTSIDE


def test_an_arn_of_another_service_is_no_model() -> None:
    assert infer("arn:aws:sagemaker:eu-central-1:1:endpoint/x", "eu-central-1").countries is None


@pytest.mark.parametrize(
    "profile", ["{}.guardrail.v1:0", "arn:aws:bedrock:eu-central-1:123456789012:guardrail-profile/{}.guardrail.v1:0"]
)
def test_guardrail_profiles(profile: str) -> None:
    assert verdict(profile.format("us"), "eu-central-1") is Verdict.OUTSIDE
    assert verdict(profile.format("eu"), "eu-central-1") is Verdict.UNDETERMINED  # its regions were not read


def test_data_automation_stays_in_the_core() -> None:
    assert verdict("eu.data-automation-v1", "eu-west-1") is Verdict.INSIDE


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("eu-central-1", Verdict.UNDETERMINED),
        ("us-east-1", Verdict.OUTSIDE),
        ("eu-west-2", Verdict.UNDETERMINED),
        (None, Verdict.UNDETERMINED),
    ],
)
def test_a_service_that_spreads_over_its_geography_does_not_pass(region: str | None, expected: Verdict) -> None:
    assert verdict("its geography", region) is expected


def test_a_service_that_runs_anywhere_is_outside() -> None:
    assert verdict("any commercial region", "eu-central-1") is Verdict.OUTSIDE


def test_an_arn_is_shown_by_what_matters_in_it() -> None:
    arn = "arn:aws:bedrock:eu-central-1::foundation-model/amazon.titan-embed-text-v2:0"
    assert infer(arn, None).name == "amazon.titan-embed-text-v2:0 in eu-central-1"
    assert infer(f"eu.{CLAUDE}", "eu-central-1").name == f"eu.{CLAUDE}"


def test_what_is_known_is_sourced() -> None:
    for model in (f"eu.{CLAUDE}", f"global.{CLAUDE}", CLAUDE):
        row = infer(model, "eu-west-1")
        assert row.source
        assert row.checked


def test_a_model_of_another_platform_is_not_known() -> None:
    row = cloud.locate("gpt-5", "other-platform-model", home("eu-central-1"), find)
    assert row is not None
    assert row.countries is None
