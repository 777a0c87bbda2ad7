"""The instances that count and for_each make, and those that they may make when a condition is not known.

Source: https://developer.hashicorp.com/terraform/language/meta-arguments/for_each and …/count
"""

from __future__ import annotations

from typing import NamedTuple

from providers.terraform import types
from providers.terraform.run import TooMuch
from providers.terraform.values import Data, TerraformError, TfSet, Unknown, any_of, unknowns

MOST_COUNT = 10_000


class Instance(NamedTuple):
    """One instance of a resource or module: its key (None for a single one) and its each/count names."""

    key: str | int | None
    names: dict[str, Data]


class Expansion(NamedTuple):
    """The instances of a declaration. `kind`: single, count, for_each, or unknown.

    When it is unknown, the instances are those that there may be, or a single one without a key stands for all.
    """

    kind: str
    instances: list[Instance]
    reason: Unknown | None = None


SINGLE = Expansion("single", [Instance(None, {})])


def counted(count: Data) -> Expansion:
    """Return the instances of a known count. Raises TerraformError when it is none, TooMuch beyond the bound."""
    number = types.to_number(count) if count is not None else None
    if not isinstance(number, int) or number < 0:
        raise TerraformError("count is not a whole number")
    if number > MOST_COUNT:
        raise TooMuch(f"one instance stands for {number}, which is more than {MOST_COUNT}")
    return Expansion("count", [Instance(i, {"count": {"index": i}}) for i in range(number)])


def by_key(each: Data) -> Expansion:
    """Return the instances of a known for_each. Raises TerraformError when it is none."""
    if isinstance(each, dict):
        names = [(key, each[key]) for key in sorted(each)]
    elif isinstance(each, TfSet) and not any(isinstance(item, Unknown) for item in each):
        names = [(types.to_string(item), item) for item in each]
    else:
        hidden = next(unknowns(each), None)
        if hidden is None:
            raise TerraformError("for_each is neither a map nor a set of strings")
        return one_for_all(hidden)
    return Expansion("for_each", [Instance(k, {"each": {"key": k, "value": v}}) for k, v in names])


def possible_counts(count: Unknown) -> Expansion:
    """Return as many instances as there may be, when all that the count may be is known."""
    found = [counted(one) for one in count.alternatives if not isinstance(one, Unknown)]
    if not found or len(found) < len(count.alternatives):
        return one_for_all(count)
    return Expansion("unknown", max((one.instances for one in found), key=len), count)


def possible_keys(each: Unknown) -> Expansion:
    """Return the instances of all keys that there may be, when all that the for_each may be is known."""
    found = [by_key(alternative) for alternative in each.alternatives]
    if not found or any(one.kind == "unknown" for one in found):
        return one_for_all(each)
    values: dict[str | int | None, list[Data]] = {}
    for one in found:
        for key, names in one.instances:
            values.setdefault(key, []).append(names["each"]["value"])  # type: ignore[index, call-overload]
    shown = Unknown(each.reason, expression="each.value")
    instances = [
        Instance(key, {"each": {"key": str(key), "value": any_of(values[key], shown)}})
        for key in sorted(values, key=str)
    ]
    return Expansion("unknown", instances, each)


def one_for_all(reason: Unknown) -> Expansion:
    """Return an instance that stands for all, when nobody knows how many there are."""
    each: dict[str, Data] = {
        "key": Unknown(reason.reason, expression="each.key", targets=reason.targets),
        "value": Unknown(reason.reason, expression="each.value", targets=reason.targets),
    }
    index = Unknown(reason.reason, expression="count.index", targets=reason.targets)
    return Expansion("unknown", [Instance(None, {"each": each, "count": {"index": index}})], reason)
