"""What the catalogue knows of a type by itself, before any block of it is read."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from checker import catalogue, registry
from checker.model import Role, Value
from checker.rows import Row

WORKLOADS = frozenset({Role.AI, Role.ACCELERATOR, Role.CLIENT})
_BESIDE = frozenset({Role.NETWORK, Role.GROUP, Role.ROUTING, Role.GUARDRAIL})
# One of these, in lower case, is in every text of a policy that says where things may be: aws:RequestedRegion, Control
# Tower's AllowedRegions, gcp.resourceLocations, the parameters and definitions of Azure's "Allowed locations".
GUARDRAIL_WORDS = (
    "requestedregion",
    "allowedregions",
    "resourcelocations",
    "allowedlocations",
    "allowed locations",
    "e56962a6-4747-49cd-b67b-bf8b01975c4c",
    "e765b5de-1225-4ba3-bd56-1ac6695af988",
)


def row_of(mode: str, type: str) -> Row | None:
    """Return the catalogue's row for a resource or data source by its type alone, or None."""
    cloud = registry.cloud_of(type)
    if cloud is None:
        return None
    rows = catalogue.rows(cloud.NAME)
    return (rows.get(f"data.{type}") if mode == "data" else None) or rows.get(type)


@functools.cache
def may_be_ai(mode: str, type: str) -> bool:
    """Return whether a block of a type can be an AI workload."""
    if mode != "managed":
        return False
    if any(row.ai_when or not WORKLOADS.isdisjoint(row.roles) for row in _rows(type)):
        return True
    cloud = registry.cloud_of(type)
    known = next(_rows(type), None) is not None
    return not known and cloud is not None and (cloud.is_ai(type) or cloud.key(type, _NO_BODY) != type)


@functools.cache
def may_call(mode: str, type: str) -> bool:
    """Return whether a block of a type may keep settings that name a hosted model."""
    return mode == "managed" and any(row.settings for row in _rows(type))


@functools.cache
def serves(mode: str, type: str) -> bool:
    """Return whether a type is of an AI service, which settings of compute may name."""
    return mode == "managed" and any(Role.AI in row.roles for row in _rows(type))


@functools.cache
def is_guardrail(mode: str, type: str) -> bool:
    """Return whether a type may keep everything in place; such blocks matter wherever they are declared."""
    return mode == "managed" and any(Role.GUARDRAIL in row.roles for row in _rows(type))


@functools.cache
def is_known(mode: str, type: str) -> bool:
    """Return whether the catalogue has something to say of a type."""
    return row_of(mode, type) is not None or any(_rows(type)) or may_be_ai(mode, type)


@functools.cache
def holds(mode: str, type: str) -> bool:
    """Return whether a block of a type may hold, move or work on data: then it must be readable, judged or not."""
    return may_be_ai(mode, type) or any(not _BESIDE.issuperset(row.roles) for row in _rows(type))


def derive(mode: str, type: str, attribute: str) -> str | None:
    """Return the rule by which an attribute that nothing states is decided, or None."""
    row = row_of(mode, type)
    return row.derived.get(attribute) if row is not None else None


def _rows(type: str) -> Iterator[Row]:
    """Yield the rows of a managed type: its own, and the finer ones that arguments or a provider's source decide."""
    cloud = registry.cloud_of(type)
    if cloud is not None:
        rows, keys = catalogue.rows(cloud.NAME), _keys(cloud.NAME)
        yield from (rows[key] for key in keys.get(type, (type,) if type in rows else ()))
        if cloud.key(type, _NO_BODY) != type:  # an argument decides what it is: `azapi_resource` may be anything
            yield from (rows[key] for key in keys.get(type.partition("_")[0], ()))


@functools.cache
def _keys(cloud: str) -> dict[str, tuple[str, ...]]:
    """Return the keys of rows by the type that they begin with."""
    found: dict[str, list[str]] = {}
    for key in catalogue.rows(cloud):
        found.setdefault(key.partition("@")[0].partition(":")[0], []).append(key)
    return {type: tuple(keys) for type, keys in found.items()}


class _NoBody:
    def values(self, path: str) -> tuple[Value, ...]:
        return ()

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


_NO_BODY = _NoBody()
