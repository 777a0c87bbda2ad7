"""Operators on what is not known, and on numbers that are too large."""

from __future__ import annotations

from decimal import Decimal

import pytest

from checker.model import Target
from providers.terraform import operators
from providers.terraform.values import Data, TerraformError, Unknown

OPEN = Unknown("known after apply", expression="aws_x.y.id", targets=(Target("aws_x.y", "id"),))
EITHER = Unknown("depends on var.x", alternatives=("a", "b"))


@pytest.mark.parametrize(
    ("operator", "left", "right", "expected"),
    [
        ("&&", OPEN, False, False),
        ("||", OPEN, True, True),
        ("&&", False, OPEN, False),
        ("==", EITHER, "c", False),
        ("!=", EITHER, "c", True),
        ("==", Unknown("r", pattern="logs-${x}"), "data-1", False),
        ("==", [OPEN], [], False),
    ],
)
def test_what_an_unknown_cannot_change(operator: str, left: Data, right: Data, expected: bool) -> None:
    assert operators.binary(operator, left, right) is expected


@pytest.mark.parametrize(
    ("operator", "left", "right"),
    [
        ("&&", OPEN, True),
        ("||", OPEN, False),
        ("==", EITHER, "a"),
        ("==", OPEN, None),
        ("==", Unknown("r", pattern="logs-${x}"), "logs-1"),
        ("+", OPEN, 1),
        ("<", 1, OPEN),
    ],
)
def test_what_stays_open(operator: str, left: Data, right: Data) -> None:
    result = operators.binary(operator, left, right)
    assert isinstance(result, Unknown)
    assert result.targets == (OPEN.targets if OPEN in (left, right) else ())


def test_numbers_that_nobody_configures() -> None:
    with pytest.raises(TerraformError):
        operators.binary("*", 10**2000, 10**2000)
    with pytest.raises(TerraformError):
        operators.binary("/", 0, 0)
    assert isinstance(operators.binary("/", 1, 0), Unknown)


def test_minus_zero_is_kept() -> None:
    assert str(operators.unary("-", 0)) == "-0"
    assert str(operators.unary("-", Decimal("-0"))) == "0"
    assert str(operators.binary("*", 0, -1)) == "-0"
