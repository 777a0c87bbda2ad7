"""Terraform's values as Python data that remembers where it came from.

string → `Text` (a `str` with its origin) or `str` · number → `int` or `Decimal` · bool → `bool` · null → `None` ·
tuple → `list` · list → `TfList` · set → `TfSet` (sorted, without duplicates) · object → `dict` · map → `TfMap` ·
not known → `Unknown` (ours: it keeps the resources it hangs on). `bool` is a subclass of `int`: test it first.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from typing import NamedTuple, Self, TypeAlias

from checker.model import Target

# Terraform computes with 512-bit floats: about 154 decimal digits.
PRECISE = Context(prec=154, Emax=10**8, Emin=-(10**8))


class Origin(NamedTuple):
    """How a value came to be: what was read, where it stands, and the origins of what it was made of."""

    text: str
    file: object | None  # the source file (it turns an offset into a line only when asked)
    offset: int
    parents: tuple[Origin, ...] = ()
    targets: tuple[Target, ...] = ()
    sensitive: bool = False


class Text(str):
    """A string that knows its origin; everything else about it is `str`."""

    __slots__ = ("origin",)
    origin: Origin | None

    def __new__(cls, value: str, origin: Origin | None = None) -> Self:
        self = super().__new__(cls, value)
        self.origin = origin
        return self


class TfList(list["Data"]):
    """A list, whose elements have one type; a plain `list` is a tuple. The two are never equal in Terraform."""

    __slots__ = ()


class TfMap(dict[str, "Data"]):
    """A map, whose elements have one type; a plain `dict` is an object. The two are never equal in Terraform."""

    __slots__ = ()


class TfSet(list["Data"]):
    """A set: sorted, without duplicates (build it with `types.to_set`)."""

    __slots__ = ()


class Unknown:
    """A value that is not known, with what it hangs on.

    `pattern` holds the text with unknown parts written `${…}` when it is a partly known string; `alternatives` all
    the values it can take when those are known; `encoded` what a partly known JSON text stands for; `inner` the
    partly known text that it is in base64;
    `holes`, for each unknown part of a pattern in order, the resources that it hangs on.
    """

    __slots__ = ("alternatives", "encoded", "expression", "holes", "inner", "origin", "pattern", "reason", "targets")

    def __init__(
        self,
        reason: str,
        *,
        expression: str = "",
        targets: tuple[Target, ...] = (),
        pattern: str | None = None,
        alternatives: tuple[Data, ...] = (),
        origin: Origin | None = None,
    ) -> None:
        self.reason = reason
        self.expression = expression
        self.targets = targets
        self.pattern = pattern
        self.alternatives = alternatives
        self.origin = origin
        self.encoded: Data = None
        self.inner: Unknown | None = None
        self.holes: tuple[tuple[Target, ...], ...] = ()

    def __repr__(self) -> str:
        return f"Unknown({self.reason!r}, {self.expression!r})"


Data: TypeAlias = "str | int | Decimal | bool | list[Data] | dict[str, Data] | Unknown | None"


class TerraformError(Exception):
    """An error that Terraform itself would report for an expression; `try` and `can` catch it."""


def kind(value: Data) -> str:
    """Return what a message calls the type of a value."""
    match value:
        case None:
            return "null"
        case Unknown():
            return "unknown"
        case bool():
            return "bool"
        case str():
            return "string"
        case int() | Decimal():
            return "number"
        case TfSet():
            return "set"
        case list():
            return "list"
        case dict():
            return "map"


def unknowns(value: Data) -> Iterator[Unknown]:
    """Yield every `Unknown` inside a value."""
    if isinstance(value, Unknown):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from unknowns(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from unknowns(item)


class Encoded(Text):
    """The result of `jsonencode`, which remembers what it encodes: readers of the text can look inside."""

    __slots__ = ("data",)
    data: Data


class Lazy(Unknown):
    """An object whose attributes are evaluated when asked for: a resource, a module, a nested block."""

    __slots__ = ()

    def attr(self, name: str) -> Data:
        """Return an attribute. Raises TerraformError when it has none of that name."""
        raise NotImplementedError

    def whole(self) -> Data:
        """Return the object with all of its attributes evaluated, or itself when they cannot be listed."""
        return self

    def index(self, key: Data) -> Data:
        """Return an element. Raises TerraformError when it has none."""
        if isinstance(key, str):
            return self.attr(key)
        raise TerraformError("this object has no elements")

    def elements(self) -> list[tuple[Data, Data]]:
        """Return (key, value) of what stands for its elements when it is a collection of unknown size, else nothing."""
        return []


def targets_of(*values: Data) -> tuple[Target, ...]:
    """Return the resources that unknown values hang on, each once, in order."""
    return tuple(dict.fromkeys(t for value in values for u in unknowns(value) for t in u.targets))


def any_of(values: list[Data], reason: Unknown) -> Data:
    """Return what is known of a value that is one of several; a single one is itself."""
    different: list[Data] = []
    for value in values:
        if not any(type(value) is type(other) and value == other for other in different):
            different.append(value)
    if len(different) == 1:
        return different[0]
    return Unknown(
        reason.reason,
        expression=reason.expression,
        targets=targets_of(*values),
        alternatives=tuple(different) if len(different) <= 16 else (),
    )


def origins_of(values: tuple[Data, ...] | list[Data], limit: int = 8) -> tuple[Origin, ...]:
    """Return the origins of the strings and unknown values among some values and, one level down, their elements."""
    found: list[Origin] = []
    for value in values:
        inner = value if isinstance(value, list) else value.values() if isinstance(value, dict) else (value,)
        for item in inner:
            if isinstance(item, Text | Unknown) and item.origin is not None:
                found.append(item.origin)
                if len(found) == limit:
                    return tuple(found)
    return tuple(found)


def copied(unknown: Unknown, expression: str, origin: Origin | None) -> Unknown:
    """Return an unknown value as it looks from another place: same dependencies, another expression and origin."""
    copy = Unknown(
        unknown.reason,
        expression=expression,
        targets=unknown.targets,
        pattern=unknown.pattern,
        alternatives=unknown.alternatives,
        origin=origin,
    )
    copy.encoded = unknown.encoded
    copy.inner = unknown.inner
    copy.holes = unknown.holes
    return copy
