"""What text says about Azure resources: ids, host names, storage URIs and connection strings.

The keys are the ones that `names` of the catalogue rows build: an ARM type and the names along an id, all in lower
case (`microsoft.storage/storageaccounts:docs`). Which host names which resource is in hosts.json.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_HOSTS = Path(__file__).resolve().parent / "hosts.json"
_UNKNOWN = "${"  # starts a part of a text that could not be evaluated
_STORAGE = "microsoft.storage/storageaccounts"

# A host that stands alone: not the tail of a longer name, and not what follows an unknown part (`${x}sa.blob…`).
_HOST = re.compile(r"(?<![\w.$}-])(?:([\w$-]+)@)?((?:[a-z0-9-]+\.)+[a-z]+)(?::\d+)?(/[^\s;,\"'?]*)?")
_UNKNOWN_USER = re.compile(r"\$\{[^}]*\}@")
_ACCOUNT_NAME = re.compile(r"(?:^|;)\s*accountname=([a-z0-9]+)(?=;|\s*$)")
_GROUP = re.compile(r"^/subscriptions/[^/]+/resourcegroups/([^/]+)/?$")
_LOCATION = re.compile(r"/providers/[^/]+/locations/([a-z0-9]+)(?=/|$)")


@dataclass(frozen=True, slots=True)
class _Host:
    """A row of hosts.json: `key` (and `child`, for the first part of the path) or `region` is what it names."""

    suffix: str
    key: str = ""
    child: str = ""
    region: bool = False
    labels: int = 1  # how many labels the suffix needs before it, for a region to be among them
    note: str = ""


def names_in(text: str) -> tuple[str, ...]:
    """Return the keys of the resources that an id, host, URI or connection string may name, the finest first.

    Parts that hold `${…}` name nothing; what stands above them in an id or URI still does.
    """
    lowered = text.strip().lower()
    if lowered.startswith("/") or "/providers/" in lowered:
        return tuple(dict.fromkeys(_of_id(lowered if lowered.startswith("/") else f"/{lowered}")))
    return tuple(dict.fromkeys((*_of_hosts(_UNKNOWN_USER.sub("", lowered)), *_of_connection(lowered))))


def place_in(text: str) -> str | None:
    """Return the region that a regional host or a `…/locations/REGION/…` id carries, or None."""
    lowered = text.strip().lower()
    if found := _LOCATION.search(lowered):
        return found[1]
    for match in _HOST.finditer(lowered):
        for row in _hosts().values():
            if row.region and (region := _region(match[2], row)):
                return region
    return None


@functools.cache
def _hosts() -> dict[str, _Host]:
    return {row["suffix"]: _Host(**row) for row in json.loads(_HOSTS.read_text(encoding="utf-8"))["rows"]}


def _of_id(text: str) -> Iterator[str]:
    """Yield the keys of an ARM id; of an extension's id (`…/providers/A/…/providers/B/…`) the extension's first."""
    for part in reversed(text.split("/providers/")[1:]):
        namespace, *rest = part.strip("/").split("/")
        kind, names, keys = namespace, list[str](), list[str]()
        for child, name in zip(rest[::2], rest[1::2], strict=False):
            if _UNKNOWN in child or _UNKNOWN in name or _UNKNOWN in namespace:
                break
            kind = f"{kind}/{child}"
            if name == "default":  # blobServices/default and the like: one of a kind, so its name says nothing
                continue
            names.append(name)
            keys.append(f"{kind}:{'/'.join(names)}")
        yield from reversed(keys)
    if (group := _GROUP.match(text)) and _UNKNOWN not in group[1]:
        yield f"microsoft.resources/resourcegroups:{group[1]}"


def _of_hosts(text: str) -> Iterator[str]:
    for user, host, path in _HOST.findall(text):
        name, _, suffix = host.partition(".")
        row = _hosts().get(suffix)
        if row is None or not row.key:
            continue
        if row.key == _STORAGE:
            name = name.removesuffix("-secondary")  # the readable copy in the paired region, of the same account
        # abfss://container@account…/path names the container before the host, https://account…/container/… after it.
        child = user or path.strip("/").partition("/")[0]
        if row.child and child and _UNKNOWN not in child:
            yield f"{row.child}:{name}/{child}"
        yield f"{row.key}:{name}"


def _of_connection(text: str) -> Iterator[str]:
    for name in _ACCOUNT_NAME.findall(text):
        yield f"{_STORAGE}:{name}"


def _region(host: str, row: _Host) -> str | None:
    head = host.removesuffix("." + row.suffix)
    if head == host or head.count(".") + 1 < row.labels:
        return None
    return re.sub(r"-\d{1,2}$", "", head.rpartition(".")[2])  # NAME-HASH.REGION-01.azurewebsites.net
