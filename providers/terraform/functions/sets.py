"""Functions for sets.

Source: https://developer.hashicorp.com/terraform/language/functions (collection functions).
"""

from __future__ import annotations

import itertools
import math

from providers.terraform.equality import identity
from providers.terraform.functions.collections import sequence
from providers.terraform.functions.partial import limited
from providers.terraform.types import ANY, ListOf, convert, to_set, unify
from providers.terraform.values import Data, TerraformError, TfList, TfSet

_PRODUCT_LIMIT = 10_000


def _common(sets: tuple[TfSet, ...]) -> list[TfSet]:
    """Return the sets with the elements of all converted to one type."""
    items = unify([item for part in sets for item in part])
    lengths = [len(part) for part in sets]
    ends = list(itertools.accumulate(lengths))
    return [to_set(items[end - size : end]) for end, size in zip(ends, lengths, strict=True)]


def setintersection(*sets: TfSet) -> Data:
    """Return the elements that all sets hold."""
    first, *others = _common(sets)
    keys = [{identity(item) for item in other} for other in others]
    return TfSet(item for item in first if all(identity(item) in known for known in keys))


def setsubtract(minuend: TfSet, subtrahend: TfSet) -> Data:
    """Return the elements of the first set that the second lacks."""
    first, second = _common((minuend, subtrahend))
    gone = {identity(item) for item in second}
    return TfSet(item for item in first if identity(item) not in gone)


def setunion(*sets: TfSet) -> Data:
    """Return the elements of all sets."""
    return to_set(item for part in sets for item in part)


def setproduct(*sets: Data) -> Data:
    """Return every combination of one element from each; a list when all arguments are lists, else a set."""
    if len(sets) < 2:
        raise TerraformError("at least two arguments are required")
    parts = [sequence(part if isinstance(part, TfSet) else convert(part, ListOf(ANY))) for part in sets]
    if math.prod(map(len, parts)) > _PRODUCT_LIMIT:
        return limited(f"setproduct would have more than {_PRODUCT_LIMIT} elements", *sets)
    product: list[Data] = [list(items) for items in itertools.product(*parts)]
    return to_set(product) if any(isinstance(part, TfSet) for part in sets) else TfList(product)
