"""Functions for lists and maps. They pass elements on as the objects they are, because strings carry their origin.

Source: https://developer.hashicorp.com/terraform/language/functions (collection functions).
"""

from __future__ import annotations

from collections.abc import Hashable
from decimal import Decimal

from providers.terraform.equality import equal, identity
from providers.terraform.functions.numeric import whole
from providers.terraform.functions.partial import ALTERNATIVES, combine, is_text
from providers.terraform.functions.strings import graphemes
from providers.terraform.types import MapOf, convert, to_string, type_of, unify
from providers.terraform.values import Data, TerraformError, TfList, TfMap, TfSet, Unknown, kind, unknowns


def sequence(value: Data) -> list[Data]:
    """Return a list, set or tuple as a list; else `TerraformError`."""
    if isinstance(value, list):
        return value
    raise TerraformError(f"list required, not {kind(value)}")


def _ordered(value: Data) -> list[Data]:
    if isinstance(value, TfSet):
        raise TerraformError("a set has no order")
    return sequence(value)


def _map(value: Data) -> dict[str, Data]:
    if isinstance(value, dict):
        return value
    raise TerraformError(f"map required, not {kind(value)}")


def _typed(value: Data) -> type[list[Data]]:
    """Return what to make of the elements of a value: a list where they have one type, else a tuple."""
    return TfList if isinstance(value, TfList | TfSet | TfMap) else list


def _is_known(value: Data) -> bool:
    return next(unknowns(value), None) is None


def alltrue(items: list[Data]) -> Data:
    """Return whether all elements are true; null is not."""
    if any(item is not True and not isinstance(item, Unknown) for item in items):
        return False
    return True if _is_known(items) else combine(items)


def anytrue(items: list[Data]) -> Data:
    """Return whether any element is true."""
    if any(item is True for item in items):
        return True
    return False if _is_known(items) else combine(items)


def chunklist(items: list[Data], size: int | Decimal) -> Data:
    """Return a list cut into lists of a size; 0 makes one of all."""
    step = whole(size)
    if step < 0:
        raise TerraformError("the size must not be negative")
    step = step or len(items) or 1
    return TfList(TfList(items[start : start + step]) for start in range(0, len(items), step))


def coalesce(*values: Data) -> Data:
    """Return the first value that is neither null nor an empty string; any of those it can be, when that is open."""
    possible: list[Data] = []
    for value in _unified(values):
        if value is None or value == "":
            continue
        possible.append(value)
        # What an attribute of a declared resource will be is not known, but it will be something.
        if not isinstance(value, Unknown) or is_text(value) or (value.targets and not value.alternatives):
            break
    if possible:
        first = possible[0]
        return first if len(possible) == 1 else combine(*possible, alternatives=tuple(possible))
    raise TerraformError("no non-null, non-empty-string arguments")


def _unified(values: tuple[Data, ...]) -> list[Data]:
    try:
        return unify(list(values))
    except TerraformError:
        # Terraform gives up on a common type as soon as a plain null is among the arguments.
        if None in values:
            return list(values)
        raise


def coalescelist(*lists: Data) -> Data:
    """Return the first list that is not empty."""
    if any(isinstance(value, TfSet) for value in lists):
        raise TerraformError("a set has no order")
    for at, value in enumerate(lists):
        if isinstance(value, Unknown):
            return combine(*lists[at:])
        if _ordered(value):
            return value
    raise TerraformError("no non-null arguments")


def compact(items: list[Data]) -> Data:
    """Return a list of strings without the null and empty ones."""
    if any(isinstance(item, Unknown) and not is_text(item) for item in items):
        return combine(items)
    return TfList(item for item in items if item is not None and item != "")


def concat(*lists: Data) -> Data:
    """Return one list of the elements of all."""
    if not lists:
        raise TerraformError("at least one list is required")
    items = [item for part in lists for item in _ordered(part)]
    return TfList(unify(items)) if all(isinstance(part, TfList) for part in lists) else items


def contains(items: Data, wanted: Data) -> Data:
    """Return whether a list or set holds a value."""
    answers = [equal(item, wanted) for item in sequence(items)]
    if True in answers:
        return True
    return combine(items, wanted) if None in answers else False


def distinct(items: list[Data]) -> Data:
    """Return a list with each value once, where it first occurs."""
    if not _is_known(items) and len(items) > 1:
        return combine(items)
    first: dict[Hashable, Data] = {}
    for item in items:
        first.setdefault(identity(item), item)
    return TfList(first.values())


def element(items: Data, index: int | Decimal | Unknown) -> Data:
    """Return the element at an index, counted round and round."""
    if isinstance(items, Unknown):
        return combine(items, index)
    values = _ordered(items)
    if not values:
        raise TerraformError("cannot use element function with an empty list")
    if isinstance(index, Unknown):
        return one_of(values, index)
    at = whole(index)
    if at < 0:
        raise TerraformError("cannot use element function with a negative index")
    return values[at % len(values)]


def one_of(values: list[Data], chooser: Data) -> Unknown:
    """Return an unknown choice between values: its alternatives are known when all of them are."""
    known = len(values) <= ALTERNATIVES and _is_known(values)
    return combine(chooser, values, alternatives=tuple(values) if known else ())


def flatten(items: Data) -> Data:
    """Return the elements of lists in lists, however deep, in one list.

    An unknown element of the outer list may be a list of any length, so nothing can be said of the whole. One that
    stands deeper counts as one element.
    """
    if any(isinstance(item, Unknown) and not is_text(item) for item in sequence(items)):
        return combine(items)
    flat: list[Data] = []
    _flatten(sequence(items), flat)
    return flat


def _flatten(items: list[Data], flat: list[Data]) -> None:
    for item in items:
        if isinstance(item, list):
            _flatten(item, flat)
        else:
            flat.append(item)


def index(items: Data, wanted: Data) -> Data:
    """Return the index of the first element that equals a value."""
    for at, item in enumerate(_ordered(items)):
        same = equal(item, wanted)
        if same is None:
            return combine(items, wanted)
        if same:
            return at
    raise TerraformError("item not found")


def keys(mapping: Data) -> Data:
    """Return the keys of a map, sorted."""
    return _typed(mapping)(sorted(_map(mapping)))


def values(mapping: Data) -> Data:
    """Return the values of a map in the order of its keys."""
    return _typed(mapping)(item for _, item in sorted(_map(mapping).items(), key=lambda pair: pair[0]))


def length(value: Data) -> Data:
    """Return how many elements a list, set or map has, or how many characters a string."""
    if isinstance(value, str):
        return len(graphemes(value))
    if isinstance(value, TfSet) and len(value) > 1 and not _is_known(value):
        return combine(value)  # unknown elements may turn out to be equal to others
    if isinstance(value, list | dict):
        return len(value)
    raise TerraformError(f"argument must be a string, a collection type, or a structural type, not {kind(value)}")


def lookup(mapping: Data, key: str | Unknown | None, *default: Data) -> Data:
    """Return the value of a key, or the default when the map lacks it."""
    if len(default) > 1:
        raise TerraformError("too many arguments: 3 expected")
    if key is None:
        raise TerraformError("argument must not be null")
    if isinstance(mapping, Unknown):
        return combine(mapping, key, *default)
    values = _map(mapping)
    if isinstance(key, Unknown):
        return one_of([*values.values(), *default], key)
    if key in values:
        return values[key]
    if default:
        return _elements_type(values, default[0])
    raise TerraformError(f'the given key "{key}" is not in the map and no default was given')


def _elements_type(mapping: dict[str, Data], value: Data) -> Data:
    """Return a value converted to the type of a map's elements; an object's have none in common."""
    own = type_of(mapping)
    return convert(value, own.element) if isinstance(own, MapOf) else value


def matchkeys(items: list[Data], keys: list[Data], wanted: list[Data]) -> Data:
    """Return the elements whose key, at the same index, is among the wanted ones."""
    if len(items) != len(keys):
        raise TerraformError("length of keys and values should be equal")
    if not (_is_known(keys) and _is_known(wanted)):
        return combine(items, keys, wanted)
    _, *pairs = unify([[], keys, wanted]) if keys and wanted else ([], [], [])
    if not pairs or not wanted or not keys:
        return TfList()
    chosen = {identity(item) for item in sequence(pairs[1])}
    return TfList(item for item, key in zip(items, sequence(pairs[0]), strict=True) if identity(key) in chosen)


def merge(*maps: Data) -> Data:
    """Return one map of the elements of all; later ones win."""
    merged: dict[str, Data] = {}
    for mapping in maps:
        if mapping is not None:
            merged |= _map(mapping)
    return TfMap(merged) if maps and all(isinstance(mapping, TfMap) for mapping in maps) else merged


def one(items: Data) -> Data:
    """Return the only element, or null for none."""
    found = sequence(items)
    if len(found) > 1:
        raise TerraformError("must be a list, set, or tuple value with either zero or one elements")
    return found[0] if found else None


def reverse(items: Data) -> Data:
    """Return a list in reverse order."""
    return _typed(items)(reversed(sequence(items)))


def slice_list(items: Data, start: int | Decimal, end: int | Decimal) -> Data:
    """Return the elements from one index up to another, which is left out."""
    found, first, last = _ordered(items), whole(start), whole(end)
    if not 0 <= first <= last <= len(found):
        raise TerraformError("start and end index must lie within the list, and in order")
    return _typed(items)(found[first:last])


def sort(items: list[Data]) -> Data:
    """Return strings in the order of their characters."""
    if None in items:
        raise TerraformError("given list element is null; a null string cannot be sorted")
    return TfList(sorted(items, key=to_string))


def transpose(mapping: dict[str, list[str]]) -> Data:
    """Return a map of lists turned inside out: each value becomes a key with the keys that held it."""
    turned: dict[str, list[Data]] = {}
    for key in sorted(mapping):
        for value in mapping[key]:
            turned.setdefault(to_string(value), TfList()).append(key)
    return TfMap((key, turned[key]) for key in sorted(turned))


def zipmap(keys: list[Data], values: Data) -> Data:
    """Return a map of keys from one list and values from another."""
    found = _ordered(values)
    if len(keys) != len(found):
        raise TerraformError("the number of keys does not match the number of values")
    if not _is_known(keys):
        return combine(keys, found)
    mapping: dict[str, Data] = {to_string(key): value for key, value in zip(keys, found, strict=True)}
    return TfMap(mapping) if isinstance(values, TfList) else mapping
