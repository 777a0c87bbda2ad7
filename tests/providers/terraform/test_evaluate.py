"""What evaluation keeps of a value: where it came from, what is known of it, and what it hangs on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checker.formats import Options, listing
from checker.model import Target, Unknown, Value
from providers.terraform.format import open_roots

Read = Callable[..., tuple[Value, ...]]
BUCKET = 'resource "aws_s3_bucket" "b" {}\nvariable "open" {}\n'


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that writes files and returns the values at a path of the only `aws_x` in them."""

    def run(path: str, main: str, **files: str) -> tuple[Value, ...]:
        for name, text in {"main.tf": main, **files}.items():
            file = tmp_path / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        roots, _, _ = open_roots(listing([tmp_path]), Options(), tmp_path)
        blocks = [block for root in roots for block in root.blocks(lambda mode, type: type == "aws_x")]
        assert len(blocks) == 1
        values: tuple[Value, ...] = blocks[0].body.values(path)
        return values

    return run


def one(values: tuple[Value, ...]) -> Value:
    """Return the only value."""
    assert len(values) == 1
    return values[0]


def unknown(values: tuple[Value, ...]) -> Unknown:
    """Return the only value, which must be unknown."""
    data = one(values).data
    assert isinstance(data, Unknown)
    return data


def stated(expression: str) -> str:
    """Return a configuration with a resource whose argument `a` is an expression."""
    return f'{BUCKET}resource "aws_x" "x" {{\n  a = {expression}\n}}\n'


def test_a_value_keeps_its_way_through_variable_local_and_module(read: Read) -> None:
    main = """
variable "region" {
  default = "eu-west-1"
}
locals {
  place = lower(var.region)
}
module "m" {
  source = "./m"
  place  = local.place
}
"""
    child = 'variable "place" {}\nresource "aws_x" "x" {\n  a = var.place\n}\n'
    value = one(read("a", main, **{"m/main.tf": child}))
    assert value.data == "eu-west-1"
    steps = [(step.text, step.location.path, step.location.line) for step in value.trail if step.location]
    assert steps == [
        ("a", "m/main.tf", 3),
        ("var.place", "m/main.tf", 3),
        ("module.m.place", "main.tf", 10),
        ("local.place", "main.tf", 10),
        ("local.place", "main.tf", 6),
        ("lower(var.region)", "main.tf", 6),
        ("var.region", "main.tf", 6),
        ('default of "region"', "main.tf", 3),
    ]


def test_a_template_with_an_unknown_part_keeps_its_text_and_its_target(read: Read) -> None:
    value = one(read("a", stated('"logs-${aws_s3_bucket.b.id}-${upper("x")}"')))
    assert isinstance(value.data, Unknown)
    assert value.data.pattern == "logs-${aws_s3_bucket.b.id}-X"
    assert Target("aws_s3_bucket.b", "id") in value.targets


UNKNOWN = object()  # stands for an arm that is not known


@pytest.mark.parametrize(
    ("expression", "arms"),
    [
        ('var.open ? "eu-west-1" : "us-east-1"', ("eu-west-1", "us-east-1")),
        ('"${var.open ? "eu" : "us"}-east-1"', ("eu-east-1", "us-east-1")),
        ('{ de = "eu-central-1", us = "us-east-1" }[var.open]', ("eu-central-1", "us-east-1")),
        ('lookup({ de = "eu-central-1" }, var.open, "us-east-1")', ("eu-central-1", "us-east-1")),
        ('try({ de = "eu-central-1" }[var.open], "us-east-1")', ("eu-central-1", "us-east-1")),
        ('var.open ? "a" : 5', ("a", "5")),
        ('var.open ? "a" : aws_s3_bucket.b.id', ("a", UNKNOWN)),
        ("try({ de = \"eu-central-1\" }[var.open], aws_s3_bucket.b.id)", ("eu-central-1", UNKNOWN)),
        ('try(var.open ? "eu-west-1" : tonumber("x"), "us-east-1")', ("eu-west-1", UNKNOWN, "us-east-1")),
        ('(var.open ? { r = "eu-west-1" } : { r = "us-east-1" }).r', ("eu-west-1", "us-east-1")),
        ('(var.open ? "a" : "b") == "c" ? "us" : "eu"', None),
    ],
)  # fmt: skip
def test_each_arm_of_what_is_open_is_a_value(read: Read, expression: str, arms: tuple[object, ...] | None) -> None:
    if arms is None:
        assert one(read("a", stated(expression))).data == "eu"
    else:
        assert tuple(arm(value.data) for value in read("a", stated(expression))) == arms


def arm(data: object) -> object:
    """Return what is known, and `UNKNOWN` for an arm that is not."""
    return UNKNOWN if isinstance(data, Unknown) else data


def test_an_error_that_may_come_later_decides_nothing(read: Read) -> None:
    values = read("a", stated('can(var.open.region) ? "eu-west-1" : "us-east-1"'))
    assert [value.data for value in values] == ["eu-west-1", "us-east-1"]


def test_a_reader_looks_into_encoded_json(read: Read) -> None:
    main = stated('jsonencode({ region = "eu-west-1", buckets = ["one", "other"] })')
    assert one(read("a.region", main)).data == "eu-west-1"
    assert [value.data for value in read("a.buckets", main)] == ["one", "other"]


def test_decoding_gives_back_what_was_encoded(read: Read) -> None:
    main = stated('jsondecode(jsonencode({ b = aws_s3_bucket.b.id, r = toset(["eu"]) }))')
    assert one(read("a.b", main)).targets == (Target("aws_s3_bucket.b", "id"),)
    assert one(read("a.r", main)).data == "eu"
    compared = stated('jsondecode(jsonencode(toset(["eu"]))) == ["eu"]')
    assert one(read("a", compared)).data is True


def test_a_typed_variable_is_no_tuple(read: Read) -> None:
    main = """
variable "names" {
  type    = list(string)
  default = []
}
resource "aws_x" "x" {
  a = var.names == [] ? "empty" : "a list is never equal to a tuple"
}
"""
    assert one(read("a", main)).data == "a list is never equal to a tuple"
