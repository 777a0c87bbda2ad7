"""Terraform's type constraints, and the conversions between types.

A list, set or map does not say what the type of its elements is: they do, and one without elements has any.
Source: https://developer.hashicorp.com/terraform/language/expressions/types and go-cty's docs/convert.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from providers.terraform.equality import identity, set_order
from providers.terraform.values import PRECISE, Data, TerraformError, TfList, TfMap, TfSet, Unknown, kind


class _Node:
    """A type. Plain classes, because a frozen dataclass takes most of a millisecond to define at every start."""

    __slots__: tuple[str, ...] = ()
    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(getattr(self, name) == getattr(other, name) for name in self.__slots__)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(repr(getattr(self, name)) for name in self.__slots__)})"


class Primitive(_Node):
    """`string`, `number`, `bool`, or `any`: whatever the value is (also called dynamic)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class ListOf(_Node):
    """`list(T)`."""

    __slots__ = ("element",)

    def __init__(self, element: Type) -> None:
        self.element = element


class SetOf(_Node):
    """`set(T)`."""

    __slots__ = ("element",)

    def __init__(self, element: Type) -> None:
        self.element = element


class MapOf(_Node):
    """`map(T)`."""

    __slots__ = ("element",)

    def __init__(self, element: Type) -> None:
        self.element = element


class TupleOf(_Node):
    """`tuple([T, …])`."""

    __slots__ = ("elements",)

    def __init__(self, elements: tuple[Type, ...]) -> None:
        self.elements = elements


class Attribute(NamedTuple):
    """One attribute of an object; `default` fills an optional one that is absent or null."""

    type: Type
    optional: bool = False
    default: Data = None


class ObjectOf(_Node):
    """`object({name = T, …})`."""

    __slots__ = ("attributes",)

    def __init__(self, attributes: dict[str, Attribute]) -> None:
        self.attributes = attributes


Type: TypeAlias = "Primitive | ListOf | SetOf | MapOf | TupleOf | ObjectOf"

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
ANY = Primitive("any")

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_DIGITS = 10_000  # a number that needs more digits than this is nobody's configuration


def normal(number: int | Decimal) -> int | Decimal:
    """Return a number as `int` when it is integral and of sane size; minus zero stays a `Decimal`."""
    if isinstance(number, int):
        return number
    if not number.is_finite():
        raise TerraformError("a number that is not finite")
    if number.is_zero():
        return number if number.is_signed() else 0
    if number.adjusted() < _DIGITS and number == number.to_integral_value(context=PRECISE):
        return int(number)
    return number


def parse_number(text: str) -> int | Decimal:
    """Return the number that decimal notation spells, at Terraform's precision; else `TerraformError`."""
    try:
        number = normal(PRECISE.create_decimal(text))
    except ArithmeticError:
        raise TerraformError("a number out of range") from None
    return to_number(number)


def number_text(number: int | Decimal) -> str:
    """Return a number as Terraform prints it: plain decimal notation, never an exponent."""
    if isinstance(number, int):
        if number.bit_length() > 3 * _DIGITS:
            raise TerraformError("a number that is too large to print")
        return _integer_text(number)
    if abs(number.adjusted()) > _DIGITS:
        raise TerraformError("a number that is too large to print")
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _integer_text(number: int) -> str:
    # Python refuses to print integers of more than 4300 digits; a Decimal has no such limit.
    return str(number) if number.bit_length() < 12_000 else format(Decimal(number), "f")


def to_string(value: Data) -> str:
    """Return a string, number or bool as a string, the same object if it is one; else `TerraformError`."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Decimal):
        return number_text(value)
    raise TerraformError(f"string required, not {kind(value)}")


def to_number(value: Data) -> int | Decimal:
    """Return a number, or a string that spells one in decimal, as a number; else `TerraformError`."""
    if isinstance(value, Decimal) and abs(value.adjusted()) > _DIGITS:
        raise TerraformError("a number out of range")
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) <= _DIGITS and _NUMBER.fullmatch(value):
        return parse_number(value)
    raise TerraformError(f"a number is required, not {kind(value)}")


def to_bool(value: Data) -> bool:
    """Return a bool, or the strings true, false, 1 and 0, as a bool; else `TerraformError`."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value in _BOOLS:
        return _BOOLS[value]
    raise TerraformError(f"a bool is required, not {kind(value)}")


_BOOLS = {"true": True, "1": True, "false": False, "0": False}


def convert(value: Data, type: Type) -> Data:
    """Return a value converted to a type; strings that need no conversion stay the same objects.

    Attributes that an object type does not name are dropped, optional ones that are absent or null get their
    default. `Unknown` stays as it is, wherever it stands. Raises `TerraformError` when Terraform would refuse.
    """
    if isinstance(value, Unknown) or value is None:
        return value
    match type:
        case Primitive():
            return _to_primitive(value, type)
        case ListOf(element=element):
            return TfList(_elements(_sequence(value, "list"), element))
        case SetOf(element=element):
            return to_set(_sequence(value, "set"), element)
        case TupleOf(elements=elements):
            items = _sequence(value, "tuple")
            if len(items) != len(elements):
                raise TerraformError(f"a tuple of {len(elements)} elements is required, not of {len(items)}")
            return [convert(item, element) for item, element in zip(items, elements, strict=True)]
        case MapOf(element=element):
            mapping = _mapping(value, "map")
            return TfMap(zip(mapping, _elements(list(mapping.values()), element), strict=True))
        case ObjectOf(attributes=attributes):
            mapping = _mapping(value, "object")
            return {name: _attribute(mapping, name, attribute) for name, attribute in attributes.items()}


def _to_primitive(value: Data, type: Primitive) -> Data:
    match type.name:
        case "string":
            return to_string(value)
        case "number":
            return to_number(value)
        case "bool":
            return to_bool(value)
        case _:
            return value


def _sequence(value: Data, wanted: str) -> list[Data]:
    if isinstance(value, list):
        return value
    raise TerraformError(f"{wanted} required, not {kind(value)}")


def _mapping(value: Data, wanted: str) -> dict[str, Data]:
    if isinstance(value, dict):
        return value
    raise TerraformError(f"{wanted} required, not {kind(value)}")


def _attribute(mapping: dict[str, Data], name: str, attribute: Attribute) -> Data:
    value = mapping.get(name)
    if value is None and attribute.optional:
        value = attribute.default
    elif name not in mapping:
        raise TerraformError(f'attribute "{name}" is required')
    try:
        return convert(value, attribute.type)
    except TerraformError as error:
        raise TerraformError(f'attribute "{name}": {error}') from None


def _elements(items: list[Data], element: Type) -> list[Data]:
    """Convert all to one type; where that leaves `any` open, the elements decide what it is."""
    converted = [convert(item, element) for item in items] if element != ANY else items
    if not is_open(element) or _same_primitive(converted):
        return converted
    common = unify_types([type_of(item) for item in converted])
    if common is None:
        raise TerraformError("all elements must have the same type")
    return converted if common == ANY else [convert(item, common) for item in converted]


def is_open(type: Type) -> bool:
    """Return whether a type leaves something open: whether `any` is in it."""
    match type:
        case Primitive():
            return type == ANY
        case ListOf(element=element) | SetOf(element=element) | MapOf(element=element):
            return is_open(element)
        case TupleOf(elements=elements):
            return any(map(is_open, elements))
        case ObjectOf(attributes=attributes):
            return any(is_open(attribute.type) for attribute in attributes.values())


def _same_primitive(items: list[Data]) -> bool:
    return all(isinstance(item, str) for item in items)


def type_of(value: Data) -> Type:
    """Return the type that a value has by itself; `any` for null and for what is not known."""
    match value:
        case bool():
            return BOOL
        case str():
            return STRING
        case int() | Decimal():
            return NUMBER
        case Unknown():
            return ANY if value.pattern is None else STRING
        case TfSet():
            return SetOf(_common(value))
        case TfList():
            return ListOf(_common(value))
        case TfMap():
            return MapOf(_common(value.values()))
        case list():
            return TupleOf(tuple(type_of(item) for item in value))
        case dict():
            return ObjectOf({name: Attribute(type_of(item)) for name, item in sorted(value.items())})
        case None:
            return ANY


def _common(items: Iterable[Data]) -> Type:
    return unify_types([type_of(item) for item in items]) or ANY


def unify_types(types: Iterable[Type]) -> Type | None:
    """Return the type that values of all these types can be converted to, or None when there is none."""
    known = [type for type in types if type != ANY]
    if not known:
        return ANY
    if all(type == known[0] for type in known):
        return known[0]
    if all(isinstance(type, Primitive) for type in known):
        return STRING if STRING in known else None
    if all(isinstance(type, ListOf | SetOf | TupleOf) for type in known):
        return _unify_sequences(known)
    if all(isinstance(type, MapOf | ObjectOf) for type in known):
        return _unify_mappings(known)
    return None


def _unify_sequences(types: list[Type]) -> Type | None:
    tuples = [type.elements for type in types if isinstance(type, TupleOf)]
    if len(tuples) == len(types) and len({len(elements) for elements in tuples}) == 1:
        unified = [unify_types(column) for column in zip(*tuples, strict=True)]
        return None if None in unified else TupleOf(tuple(type for type in unified if type is not None))
    inner: list[Type] = [element for elements in tuples for element in elements]
    inner += [type.element for type in types if isinstance(type, ListOf | SetOf)]
    element = unify_types(inner)
    if element is None:
        return None
    kinds = {type(one) for one in types}
    return SetOf(element) if SetOf in kinds and ListOf not in kinds else ListOf(element)


def _unify_mappings(types: list[Type]) -> Type | None:
    objects = [type.attributes for type in types if isinstance(type, ObjectOf)]
    if len(objects) == len(types) and len({frozenset(attributes) for attributes in objects}) == 1:
        unified = {name: unify_types([attributes[name].type for attributes in objects]) for name in objects[0]}
        if None in unified.values():
            return None
        return ObjectOf({name: Attribute(type) for name, type in unified.items() if type is not None})
    inner = [attribute.type for attributes in objects for attribute in attributes.values()]
    inner += [type.element for type in types if isinstance(type, MapOf)]
    element = unify_types(inner)
    return None if element is None else MapOf(element)


def unify(values: list[Data]) -> list[Data]:
    """Return values converted to one type, as for the arms of a conditional; else `TerraformError`."""
    return _elements(values, ANY)


def to_set(items: Iterable[Data], element: Type = ANY) -> TfSet:
    """Return a set: elements of one type, sorted, each once. An `Unknown` element stays, equal to nothing."""
    unique = {identity(item): item for item in reversed(_elements(list(items), element))}
    return TfSet(sorted(unique.values(), key=set_order))
