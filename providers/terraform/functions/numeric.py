"""Numeric functions.

Source: https://developer.hashicorp.com/terraform/language/functions (numeric functions).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from providers.terraform.types import normal, to_number
from providers.terraform.values import PRECISE, Data, TerraformError, TfList, kind

RANGE_LIMIT = 1024  # Terraform's own limit
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"


def whole(number: int | Decimal) -> int:
    """Return a number as an integer; `TerraformError` when it has a fraction."""
    number = normal(number)
    if isinstance(number, Decimal) and not number.is_zero():
        raise TerraformError("a whole number is required")
    return int(number)


def absolute(number: int | Decimal) -> int | Decimal:
    """Return the number without its sign."""
    return -number if number < 0 else number


def ceil(number: int | Decimal) -> int | Decimal:
    """Return the next whole number at or above."""
    return number if isinstance(number, int) else normal(number.to_integral_value(ROUND_CEILING, PRECISE)) or 0


def floor(number: int | Decimal) -> int | Decimal:
    """Return the next whole number at or below."""
    return number if isinstance(number, int) else normal(number.to_integral_value(ROUND_FLOOR, PRECISE)) or 0


def log(number: int | Decimal, base: int | Decimal) -> int | Decimal:
    """Return the logarithm of a number to a base, in double precision like Terraform's."""
    return _float(lambda: _logarithm(float(number)) / _logarithm(float(base)))


def _logarithm(number: float) -> float:
    return -math.inf if number == 0 else math.log(number)


def power(number: int | Decimal, exponent: int | Decimal) -> int | Decimal:
    """Return a power, in double precision like Terraform's."""
    return _float(lambda: math.pow(float(number), float(exponent)))


def _float(compute: Callable[[], float]) -> int | Decimal:
    try:
        result = compute()
    except (ValueError, OverflowError, ZeroDivisionError):
        raise TerraformError("the result is not a finite number") from None
    if not math.isfinite(result):
        raise TerraformError("the result is not a finite number")
    return normal(Decimal(repr(result)))


def maximum(*numbers: int | Decimal) -> int | Decimal:
    """Return the greatest number."""
    if not numbers:
        raise TerraformError("at least one number is required")
    return max(numbers)


def minimum(*numbers: int | Decimal) -> int | Decimal:
    """Return the least number."""
    if not numbers:
        raise TerraformError("at least one number is required")
    return min(numbers)


def parseint(text: Data, base: int | Decimal) -> int:
    """Return the whole number that a text spells in a base from 2 to 62."""
    if not isinstance(text, str):
        raise TerraformError(f"string required, not {kind(text)}")
    radix = whole(base)
    if not 2 <= radix <= 62:
        raise TerraformError("base must be a whole number between 2 and 62")
    digits = text.removeprefix("-") if text.startswith("-") else text.removeprefix("+")
    if radix <= 36:
        digits = digits.lower()
    values = [_DIGITS.find(char) for char in digits]
    if not values or len(values) > RANGE_LIMIT or any(not 0 <= value < radix for value in values):
        raise TerraformError(f'cannot parse "{text[:40]}" as a base {radix} integer')
    number = 0
    for value in values:
        number = number * radix + value
    return -number if text.startswith("-") else number


def range_list(*params: int | Decimal) -> Data:
    """Return a list of numbers: from 0 or a start, to a limit that is left out, by a step."""
    if not 1 <= len(params) <= 3:
        raise TerraformError("must have one, two, or three arguments")
    start: int | Decimal = params[0] if len(params) > 1 else 0
    limit = params[1] if len(params) > 1 else params[0]
    step: int | Decimal = params[2] if len(params) > 2 else (1 if start <= limit else -1)
    if step == 0:
        raise TerraformError("step must not be zero")
    if (step > 0 and start > limit) or (step < 0 and start < limit):
        raise TerraformError("the step leads away from the limit")
    numbers = TfList()
    while (start < limit) if step > 0 else (start > limit):
        if len(numbers) == RANGE_LIMIT:
            raise TerraformError(f"more than {RANGE_LIMIT} values were generated")
        numbers.append(start)
        start = normal(PRECISE.add(Decimal(start), Decimal(step)))
    return numbers


def signum(number: int | Decimal) -> int:
    """Return -1, 0 or 1 for a whole number."""
    value = whole(number)
    return (value > 0) - (value < 0)


def total(numbers: Data) -> Data:
    """Return the sum of a list or set of numbers."""
    if not isinstance(numbers, list):
        raise TerraformError(f"argument must be list, set, or tuple, not {kind(numbers)}")
    if not numbers:
        raise TerraformError("cannot sum an empty list")
    result = Decimal(0)
    for number in numbers:
        result = PRECISE.add(result, Decimal(to_number(number)))
    return normal(result)
