"""Equality of values, and the order of a set's elements."""

from __future__ import annotations

from decimal import Decimal

import pytest

from providers.terraform.equality import equal, set_order
from providers.terraform.values import Data, TfSet, Unknown

UNKNOWN = Unknown("not set", expression="var.x")


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (1, 1, True),
        (1, Decimal("1.0"), True),
        (1, "1", False),
        (True, 1, False),
        (True, "true", False),
        (None, None, True),
        (None, "", False),
        ([1, 2], [1, 2], True),
        ([1], [1, 2], False),
        (TfSet(["a"]), ["a"], False),
        ({"a": 1}, {"a": 1}, True),
        ({"a": 1}, {"b": 1}, False),
        (UNKNOWN, 1, None),
        (UNKNOWN, None, None),
        ([UNKNOWN, 1], [1, 2], False),
        ([UNKNOWN, 1], [1, 1], None),
        ({"a": UNKNOWN}, {"a": 1, "b": 2}, False),
        (TfSet(["a", UNKNOWN]), TfSet(["a"]), None),
        (Unknown("r", pattern="eu-${x}"), "us-east-1", False),
        (Unknown("r", pattern="eu-${x}"), "eu-west-1", None),
        (Unknown("r", pattern="${x}/train"), "data/test", False),
        (Unknown("r", pattern="a${x}"), None, False),
        (Unknown("r", pattern="a${x}"), 5, False),
        (Unknown("r", alternatives=("a", "b")), "c", False),
        (Unknown("r", alternatives=("a", "b")), "a", None),
        (Unknown("r", alternatives=("a", "a")), "a", True),
    ],
)
def test_equal(a: Data, b: Data, expected: bool | None) -> None:
    assert equal(a, b) is expected
    assert equal(b, a) is expected


def test_less_orders_by_value_with_null_last() -> None:
    assert set_order("B") < set_order("a")
    assert set_order(9) < set_order(10)
    assert set_order(False) < set_order(True)
    assert set_order("z") < set_order(None)
    assert not set_order("a") < set_order("a")
