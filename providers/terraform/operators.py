"""Operators with Terraform's conversions and three-valued logic for what is not known.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators
"""

from __future__ import annotations

from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow

from providers.terraform import equality, types
from providers.terraform.values import PRECISE, Data, Lazy, TerraformError, Unknown, targets_of

_MOST_DIGITS = 1000  # a number beyond this is an attack, not a configuration


def unary(operator: str, value: Data) -> Data:
    """Return `-value` or `!value`. Raises TerraformError."""
    if isinstance(value, Unknown):
        return Unknown(value.reason, expression=operator + value.expression, targets=value.targets)
    if operator == "!":
        return not _bool(value)
    number = _number(value)
    return -number if number else types.normal(Decimal(number).copy_negate())


def binary(operator: str, left: Data, right: Data) -> Data:
    """Return `left operator right`. Raises TerraformError."""
    if operator in ("==", "!="):
        same = _equal(left, right)
        if same is None:
            return _unknown(left, right)
        return same is (operator == "==")
    if operator in ("&&", "||"):
        return _logic(operator, left, right)
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown(left, right)
    return _arithmetic(operator, _number(left), _number(right))


def _unknown(*values: Data) -> Unknown:
    first = next((v for v in values if isinstance(v, Unknown)), None)
    if first is None:
        first = Unknown("a part of it is not known")
    return Unknown(first.reason, expression=first.expression, targets=targets_of(*values))


def _equal(left: Data, right: Data) -> bool | None:
    # A resource or module that is declared is never null.
    if (isinstance(left, Lazy) and right is None) or (isinstance(right, Lazy) and left is None):
        return False
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Unknown) and one.alternatives and not isinstance(other, Unknown):
            answers = {equality.equal(a, other) for a in one.alternatives}
            return answers.pop() if len(answers) == 1 else None
    return equality.equal(left, right)


def _logic(operator: str, left: Data, right: Data) -> Data:
    decides = operator == "||"
    for value in (left, right):
        if not isinstance(value, Unknown) and _bool(value) is decides:
            return decides
    if isinstance(left, Unknown) or isinstance(right, Unknown):
        return _unknown(left, right)
    return not decides


def _bool(value: Data) -> bool:
    if value is None:
        raise TerraformError("null is not a bool")
    result = types.to_bool(value)
    assert isinstance(result, bool)
    return result


def _number(value: Data) -> int | Decimal:
    if value is None:
        raise TerraformError("null is not a number")
    result = types.to_number(value)
    assert isinstance(result, int | Decimal)
    return result


def _arithmetic(operator: str, left: int | Decimal, right: int | Decimal) -> Data:
    match operator:
        case "<":
            return left < right
        case ">":
            return left > right
        case "<=":
            return left <= right
        case ">=":
            return left >= right
        case _:
            pass
    if max(_digits(left), _digits(right)) > _MOST_DIGITS:
        raise TerraformError("a number is too large")
    if operator in "/%" and not right:
        return _by_zero(operator, left)
    if isinstance(left, int) and isinstance(right, int):
        # Zero by a negative number is minus zero, which is a Decimal.
        if operator == "+":
            return left + right
        if operator == "-":
            return left - right
        if operator == "*" and left and right:
            return left * right
    a, b = Decimal(left), Decimal(right)
    try:
        match operator:
            case "+":
                return types.normal(PRECISE.add(a, b))
            case "-":
                return types.normal(PRECISE.subtract(a, b))
            case "*":
                return types.normal(PRECISE.multiply(a, b))
            case "/":
                return types.normal(PRECISE.divide(a, b))
            case _:
                return types.normal(PRECISE.remainder(a, b) or 0)  # without a sign, unlike other zeros
    except (DivisionByZero, InvalidOperation, Overflow) as error:
        raise TerraformError("division by zero, or a result out of range") from error


def _by_zero(operator: str, left: int | Decimal) -> Data:
    if operator == "%":
        return left  # so does Terraform
    if not left:
        raise TerraformError("zero divided by zero")
    return Unknown("it is infinite")


def _digits(number: int | Decimal) -> int:
    return number.bit_length() // 3 if isinstance(number, int) else abs(number.adjusted())
