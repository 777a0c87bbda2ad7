"""Conversions between types."""

from __future__ import annotations

from decimal import Decimal

import pytest

from checker.model import Target
from providers.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Attribute,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
    convert,
    normal,
    to_number,
    to_set,
    to_string,
    type_of,
    unify,
    unify_types,
)
from providers.terraform.values import Data, TerraformError, Text, TfSet, Unknown

UNKNOWN = Unknown("not set", expression="var.x", targets=(Target("aws_s3_bucket.b", "id"),))


@pytest.mark.parametrize(
    ("value", "type", "expected"),
    [
        (5, STRING, "5"),
        (Decimal("1.50"), STRING, "1.5"),
        (True, STRING, "true"),
        ("5", NUMBER, 5),
        ("1e3", NUMBER, 1000),
        ("0.5", NUMBER, Decimal("0.5")),
        ("true", BOOL, True),
        (None, STRING, None),
        ([1, "a"], ListOf(STRING), ["1", "a"]),
        ([1, "a", True], ListOf(ANY), ["1", "a", "true"]),
        (["b", "a", "b"], SetOf(STRING), TfSet(["a", "b"])),
        (TfSet(["a", "b"]), ListOf(STRING), ["a", "b"]),
        ([1, "2"], TupleOf((STRING, NUMBER)), ["1", 2]),
        ({"a": 1, "b": "x"}, MapOf(ANY), {"a": "1", "b": "x"}),
        ({"a": 1, "b": 2}, ObjectOf({"a": Attribute(STRING)}), {"a": "1"}),
        ({}, ObjectOf({"a": Attribute(STRING, optional=True)}), {"a": None}),
        ({"a": None}, ObjectOf({"a": Attribute(NUMBER, optional=True, default="7")}), {"a": 7}),
        (
            {},
            ObjectOf(
                {
                    "a": Attribute(
                        ObjectOf({"b": Attribute(STRING, optional=True, default="x")}), optional=True, default={}
                    )
                }
            ),
            {"a": {"b": "x"}},
        ),
        ([{"a": 1}, {"a": "x"}], ListOf(ANY), [{"a": "1"}, {"a": "x"}]),
        ([{"a": 1}], ListOf(ObjectOf({"a": Attribute(ANY)})), [{"a": 1}]),
        ([[1], ["a"]], ListOf(ListOf(ANY)), [["1"], ["a"]]),
        ({"a": ["x"]}, MapOf(SetOf(STRING)), {"a": TfSet(["x"])}),
    ],
)
def test_convert(value: Data, type: Type, expected: Data) -> None:
    found = convert(value, type)
    assert found == expected
    assert isinstance(found, TfSet) == isinstance(expected, TfSet)


@pytest.mark.parametrize(
    ("value", "type"),
    [
        ([], STRING),
        ("x", NUMBER),
        ("yes", BOOL),
        (1, BOOL),
        (True, NUMBER),
        ("a", ListOf(STRING)),
        ({}, ListOf(STRING)),
        ([], MapOf(STRING)),
        ([1], TupleOf((STRING, STRING))),
        ({}, ObjectOf({"a": Attribute(STRING)})),
        ([1, True], ListOf(ANY)),
        ({"a": 1, "b": []}, MapOf(ANY)),
        ("1e999999999", NUMBER),
        (Decimal("1e99999"), NUMBER),
    ],
)
def test_convert_refuses(value: Data, type: Type) -> None:
    with pytest.raises(TerraformError):
        convert(value, type)


def test_the_message_names_the_attribute() -> None:
    with pytest.raises(TerraformError, match='attribute "a": attribute "b": a number is required'):
        convert({"a": {"b": "x"}}, ObjectOf({"a": Attribute(ObjectOf({"b": Attribute(NUMBER)}))}))


def test_strings_stay_the_same_objects() -> None:
    text = Text("eu-west-1")
    found = convert({"a": [text]}, MapOf(ListOf(STRING)))
    assert isinstance(found, dict)
    inner = found["a"]
    assert isinstance(inner, list)
    assert inner[0] is text
    first = Text("a")
    assert to_set([first, Text("b"), Text("a")])[0] is first


def test_unknown_stays_wherever_it_stands() -> None:
    assert convert(UNKNOWN, ListOf(STRING)) is UNKNOWN
    assert convert([UNKNOWN, 1], ListOf(STRING)) == [UNKNOWN, "1"]
    assert convert({"a": UNKNOWN}, ObjectOf({"a": Attribute(NUMBER)})) == {"a": UNKNOWN}
    assert len(to_set(["a", UNKNOWN, UNKNOWN, Unknown("other")])) == 3


def test_unify() -> None:
    assert unify([1, "a"]) == ["1", "a"]
    assert unify([None, 1]) == [None, 1]
    assert unify([["a"], [1, 2]]) == [["a"], ["1", "2"]]
    with pytest.raises(TerraformError):
        unify(["a", []])
    assert unify_types([SetOf(STRING), ListOf(STRING)]) == ListOf(STRING)
    assert unify_types([MapOf(STRING), SetOf(STRING)]) is None


def test_types_of_the_same_parts_differ() -> None:
    assert ListOf(STRING) != SetOf(STRING)
    assert type_of([1, "a"]) == TupleOf((NUMBER, STRING))
    assert type_of({"a": True}) == ObjectOf({"a": Attribute(BOOL)})


def test_numbers() -> None:
    assert isinstance(normal(Decimal("5.0")), int)
    assert to_number("123456789012345678901234567890") == 123456789012345678901234567890
    assert to_string(10**300) == "1" + "0" * 300
    assert to_string(Decimal("0.1")) == "0.1"
    assert to_string(Decimal("1E-7")) == "0.0000001"
    with pytest.raises(TerraformError):
        to_string(1 << 100_000)
    with pytest.raises(TerraformError):
        to_string(Decimal("1e99999"))
