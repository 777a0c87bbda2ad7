"""Reading into values that are there already, and values as they look from where they are used.

Nothing here evaluates an expression. `evaluate.py` does, and asks here for an attribute, an element, the text that
parts make together, or what is known of a value that is one of several.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from checker.model import Target
from providers.terraform import types
from providers.terraform.syntax import Expression, unparse
from providers.terraform.values import (
    Data,
    Encoded,
    Lazy,
    Origin,
    TerraformError,
    Text,
    TfSet,
    Unknown,
    copied,
    origins_of,
    targets_of,
)

# Alternatives are worth following only while they are few.
MOST_ALTERNATIVES = 16


def used(value: Text | Unknown, text: str, source: object, pos: int, *, sensitive: bool = False) -> Data:
    """Return a value with the place where it is used put on top of where it came from."""
    below = (value.origin,) if value.origin is not None else ()
    origin = Origin(text, source, pos, below, (), sensitive or any(o.sensitive for o in below))
    if isinstance(value, Encoded):
        return encoded(value, value.data, origin)
    if isinstance(value, Text):
        return Text(value, origin)
    return copied(value, text if value.pattern is None else value.expression, origin)


def encoded(text: str, data: Data, origin: Origin | None) -> Encoded:
    """Return a JSON text that remembers what it encodes."""
    result = Encoded(text, origin)
    result.data = data
    return result


def attribute(value: Data, name: str) -> Data:
    """Return an attribute of an object or map. Raises TerraformError when it is missing."""
    if isinstance(value, Lazy):
        return value.attr(name)
    if isinstance(value, dict):
        if name not in value:
            raise TerraformError(f"there is no attribute {name!r}")
        return value[name]
    if isinstance(value, Unknown):
        return _inside(value, lambda v: attribute(v, name), f".{name}")
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], Lazy):
        return value[0].attr(name)  # a nested block that a provider's schema allows once
    raise TerraformError(f"a value without attributes has no {name!r}")


def element(value: Data, key: Data) -> Data:
    """Return an element of a list, map or object. Raises TerraformError when it is missing."""
    if isinstance(key, Unknown) and not (isinstance(value, Lazy) and value.elements()):
        items = list(value) if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
        few = 0 < len(items) <= MOST_ALTERNATIVES
        return Unknown(
            f"depends on {key.expression}, {key.reason}" if key.expression else key.reason,
            targets=targets_of(value, key) if not items else targets_of(*items),
            alternatives=tuple(items) if few else (),
        )
    if isinstance(value, Lazy):
        return value.index(key)
    if isinstance(value, Unknown):
        return _inside(value, lambda v: element(v, key), f"[{key}]")
    if isinstance(value, dict):
        name = types.to_string(key)
        if name not in value:
            raise TerraformError(f"there is no element {name!r}")
        return value[name]
    if isinstance(value, list) and not isinstance(value, TfSet):
        index = types.to_number(key)
        if index != int(index) or not 0 <= index < len(value):
            raise TerraformError(f"there is no element {key}")
        return value[int(index)]
    raise TerraformError("a value without elements cannot be indexed")


def _inside(value: Unknown, take_it: Callable[[Data], Data], suffix: str) -> Unknown:
    alternatives = []
    for alternative in value.alternatives:
        try:
            alternatives.append(take_it(alternative))
        except TerraformError:
            alternatives = []
            break
    return Unknown(
        value.reason,
        expression=value.expression + suffix,
        targets=tuple(_deeper(t, suffix) for t in value.targets),
        alternatives=tuple(alternatives),
        origin=value.origin,
    )


def _deeper(target: Target, suffix: str) -> Target:
    return Target(target.address, (target.attribute + suffix).lstrip("."))


def pairs(collection: Data) -> list[tuple[Data, Data]]:
    """Return (key, value) of each element in Terraform's order. Raises TerraformError for what has no elements."""
    if isinstance(collection, Lazy) and collection.elements():
        return collection.elements()
    if isinstance(collection, TfSet):
        return [(item, item) for item in collection]
    if isinstance(collection, list):
        return list(enumerate(collection))
    if isinstance(collection, dict):
        return [(key, collection[key]) for key in sorted(collection)]
    raise TerraformError("a value without elements cannot be iterated")


def undecided(arms: list[Data], condition: Unknown, node: Expression) -> Data:
    """Return what is known of a value that one of several arms gives."""
    alternatives: list[Data] = []
    for arm in arms:
        alternatives += arm.alternatives if isinstance(arm, Unknown) and arm.alternatives else [arm]
    if len(alternatives) > MOST_ALTERNATIVES:
        alternatives = []
    with contextlib.suppress(TerraformError):
        alternatives = types.unify(alternatives)
    reason = condition.reason or "the condition is not known"
    return Unknown(
        f"depends on {condition.expression}, {reason}" if condition.expression else reason,
        expression=unparse(node),
        targets=targets_of(*arms),
        alternatives=tuple(alternatives),
    )


def joined(values: list[Data], expression: str, source: object, pos: int) -> Data:
    """Return the text that known and unknown parts make together."""
    parents = origins_of(values)
    origin = Origin(expression if parents else "", source, pos, parents, (), any(p.sensitive for p in parents))
    open_parts = [value for value in values if isinstance(value, Unknown)]
    if not open_parts:
        return Text("".join(values), origin)  # type: ignore[arg-type]
    alternatives: tuple[Data, ...] = ()
    if len(open_parts) == 1 and all(isinstance(a, str | Unknown) for a in open_parts[0].alternatives):
        alternatives = tuple(
            joined([arm if value is open_parts[0] else value for value in values], expression, source, pos)
            for arm in open_parts[0].alternatives
        )
    result = Unknown(
        open_parts[0].reason,
        expression=expression,
        targets=targets_of(*open_parts),
        pattern="".join(v if isinstance(v, str) else pattern(v) for v in values),  # type: ignore[arg-type]
        alternatives=alternatives,
        origin=origin,
    )
    result.holes = tuple(hole for part in open_parts for hole in (part.holes or (part.targets,)))
    return result


def pattern(value: Unknown) -> str:
    """Return an unknown part as it stands in a partly known text."""
    return value.pattern if value.pattern is not None else "${" + (value.expression or "…") + "}"


def decoded(data: Data) -> Data:
    """Return what a value is after a trip through JSON, which knows only tuples and objects."""
    if isinstance(data, list):
        return [decoded(item) for item in data]
    if isinstance(data, dict):
        return {key: decoded(item) for key, item in data.items()}
    return data
