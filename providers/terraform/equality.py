"""Which values are equal, and in which order the elements of a set stand.

Source: https://developer.hashicorp.com/terraform/language/expressions/operators and go-cty's cty/set_internals.go.
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal

from providers.terraform.values import Data, TfList, TfMap, TfSet, Unknown, kind


def equal(a: Data, b: Data) -> bool | None:
    """Return what `a == b` is: False across types ("1" is not 1, a list is no tuple), None when it cannot be told."""
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return _maybe_equal(a, b)
    if isinstance(a, list | dict) and type(a) is not type(b):
        return False
    if isinstance(a, TfList | TfMap | TfSet) and not a and not b:
        return None  # a list of strings and a list of numbers are not equal even when both are empty
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return None if isinstance(a, TfSet) and _has_unknown([a, b]) else False
        answers = [equal(x, y) for x, y in zip(a, b, strict=True)]
        if isinstance(a, TfSet) and None in answers:
            return None
        return _all(answers)
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and _all([equal(item, b[name]) for name, item in a.items()])
    return kind(a) == kind(b) and a == b


def _all(answers: list[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _has_unknown(items: list[Data]) -> bool:
    return any(isinstance(item, Unknown) or (isinstance(item, list) and _has_unknown(item)) for item in items)


def _maybe_equal(a: Data, b: Data) -> bool | None:
    """Decide a comparison with something unknown by its alternatives or by the text that is known of it."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Unknown) and one.alternatives:
            answers = {equal(alternative, other) for alternative in one.alternatives}
            return answers.pop() if len(answers) == 1 else None
    for one, other in ((a, b), (b, a)):
        if isinstance(one, Unknown) and one.pattern is not None and not isinstance(other, Unknown):
            known = isinstance(other, str) and _may_match(one.pattern, other)
            return None if known else False
    return None


def _may_match(pattern: str, text: str) -> bool:
    head, tail = pattern.partition("${")[0], pattern.rpartition("}")[2]
    return text.startswith(head) and text.endswith(tail)


def identity(value: Data) -> Hashable:
    """Return a key that two values share exactly when they are equal; every `Unknown` has one of its own."""
    match value:
        case Unknown():
            return ("unknown", id(value))
        case bool():
            return ("bool", value)
        case str():
            return str(value)
        case list():
            return (type(value), tuple(map(identity, value)))
        case dict():
            return (type(value), frozenset((name, identity(item)) for name, item in value.items()))
        case _:
            return value


def set_order(value: Data) -> tuple[int, int | Decimal, str]:
    """Return the key by which Terraform sorts the elements of a set: by value, and compound ones by their text."""
    match value:
        case Unknown():
            return (2, 0, value.expression)
        case None:
            return (1, 0, "")
        case bool():
            return (0, int(value), "")
        case str():
            return (0, 0, value)
        case int() | Decimal():
            return (0, value, "")
        case _:
            return (0, 0, _set_text(value))


def _set_text(value: Data) -> str:
    match value:
        case None:
            return "~"
        case Unknown():
            return "?"
        case bool():
            return "T" if value else "F"
        case str():
            return f'"{value}"'
        case list():
            return "[" + "".join(f"{_set_text(item)};" for item in value) + "]"
        case dict():
            return "<" + "".join(f"{_set_text(item)};" for _, item in sorted(value.items())) + ">"
        case _:
            return format(float(value), ".10g")  # sets of objects sort by this text, so it is Terraform's
