"""Provider configurations: overrides, duplicates, and instances of one block (OpenTofu)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
INDEX = 'resource "aws_kendra_index" "x" {\n  name = "x"\n  role_arn = "arn:aws:iam::123456789012:role/x"\n}\n'
EU = 'provider "aws" {\n  region = "eu-central-1"\n}\n'
US = 'provider "aws" {\n  region = "us-east-1"\n}\n'
BY_REGION = """
provider "aws" {
  alias    = "by_region"
  for_each = { eu = "eu-west-1", us = "us-east-1" }
  region   = each.value
}
"""


def places(outcome: Outcome) -> dict[str, list[str]]:
    """Return where the judged resources are, by address."""
    return {r.address: sorted(p.name for p in r.places) for r in outcome.judged}


@pytest.mark.parametrize(
    ("base", "over"),
    [
        ({"main.tf": EU}, {"override.tf": US}),
        ({"main.tf": EU}, {"override.tf.json": '{"provider": {"aws": {"region": "us-east-1"}}}'}),
        ({"main.tf.json": '{"provider": {"aws": {"region": "eu-central-1"}}}'}, {"override.tf": US}),
        ({"main.tf": EU}, {"a_override.tf": 'provider "aws" {\n  region = "eu-west-3"\n}\n', "b_override.tf": US}),
        ({}, {"override.tf": US}),
    ],
)
def test_a_provider_block_in_an_override_file_wins(base: dict[str, str], over: dict[str, str], check: Check) -> None:
    outcome = check({**base, **over, "index.tf": INDEX})
    assert places(outcome) == {"aws_kendra_index.x": ["us-east-1"]}
    assert not outcome.graph.gaps


def test_an_override_of_one_alias_leaves_the_others(check: Check) -> None:
    alias = 'provider "aws" {\n  alias = "far"\n  region = "us-west-2"\n}\n'
    outcome = check({"main.tf": EU + alias + INDEX, "override.tf": alias.replace("us-west-2", "us-west-1")})
    assert places(outcome) == {"aws_kendra_index.x": ["eu-central-1"]}


@pytest.mark.parametrize("alias", ["", '  alias = "a"\n'])
def test_a_provider_declared_twice_is_a_gap_that_names_both_lines(alias: str, check: Check) -> None:
    one = EU.replace("{\n", "{\n" + alias)
    index = INDEX.replace("{\n", "{\n  provider = aws.a\n" if alias else "{\n")
    outcome = check({"a.tf": one, "b.tf": "\n" + one.replace("eu-central-1", "us-east-1"), "index.tf": index})
    gaps = outcome.graph.gaps
    assert [(str(gap.location), "a.tf:1" in gap.why, gap.fatal) for gap in gaps] == [("b.tf:2", True, False)]


def test_different_aliases_are_no_duplicates(check: Check) -> None:
    assert not check(EU + EU.replace("{\n", '{\n  alias = "a"\n') + INDEX).graph.gaps


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ('provider = aws.by_region["us"]', {"": ["us-east-1"]}),
        ('provider = aws.by_region["eu"]', {"": ["eu-west-1"]}),
        (
            'for_each = toset(["eu", "us"])\n  provider = aws.by_region[each.key]',
            {'["eu"]': ["eu-west-1"], '["us"]': ["us-east-1"]},
        ),
    ],
)
def test_a_resource_in_an_instance_of_a_provider(extra: str, expected: dict[str, list[str]], check: Check) -> None:
    found = places(check(BY_REGION + INDEX.replace("{\n", "{\n  " + extra + "\n")))
    assert found == {f"aws_kendra_index.x{key}": value for key, value in expected.items()}


@pytest.mark.parametrize("inner", ["aws", "aws.main"])
def test_instances_of_a_provider_are_passed_to_instances_of_a_module(inner: str, check: Check) -> None:
    call = f"""
module "m" {{
  source    = "./m"
  for_each  = toset(["eu", "us"])
  providers = {{ {inner} = aws.by_region[each.key] }}
}}
"""
    index = INDEX if inner == "aws" else INDEX.replace("{\n", f"{{\n  provider = {inner}\n")
    assert places(check({"main.tf": BY_REGION + call, "m/main.tf": index})) == {
        'module.m["eu"].aws_kendra_index.x': ["eu-west-1"],
        'module.m["us"].aws_kendra_index.x': ["us-east-1"],
    }


def test_an_instance_that_is_not_known_may_be_any(check: Check) -> None:
    main = 'variable "open" {}\n' + BY_REGION + INDEX.replace("{\n", "{\n  provider = aws.by_region[var.open]\n")
    assert places(check(main)) == {"aws_kendra_index.x": ["eu-west-1", "us-east-1"]}
