"""Google Cloud: what its blocks, location names, machine types and ids mean. The facts are in the JSON tables here."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.model import Body, Place
from checker.rows import Find, PlaceRow

NAME = "gcp"
PROVIDERS: tuple[str, ...] = ("google", "google-beta")
_OWN = "google_"
_ASSET = "cai_"  # before a type of Cloud Asset Inventory that no Terraform type declares
TYPE_PREFIXES: tuple[str, ...] = (_OWN, _ASSET)
HOSTED = False
# In this order, and only where the provider block states nothing (provider 7.45.0, transport/config.go).
ENVIRONMENT: dict[str, tuple[str, ...]] = {
    "region": ("GOOGLE_REGION", "GCLOUD_REGION", "CLOUDSDK_COMPUTE_REGION"),
    "zone": ("GOOGLE_ZONE", "GCLOUD_ZONE", "CLOUDSDK_COMPUTE_ZONE"),
}

_HERE = Path(__file__).resolve().parent
_UNKNOWN = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_ZONE = re.compile(r"(.+)-(?:[a-z]|\$\{\})")
_SPANNER_REGIONAL = "regional-"
_VALUE_GROUP = re.compile(r"in:(.+)-locations", re.I)
# Organization policies by the argument that names their constraint.
_CONSTRAINT = {
    "google_org_policy_policy": "name",
    "google_organization_policy": "constraint",
    "google_folder_organization_policy": "constraint",
    "google_project_organization_policy": "constraint",
}
_LOCATIONS = "gcp.resourceLocations"
_AI = ("ai", "accelerator")


def key(type: str, body: Body) -> str:
    """Return the catalogue key of a block: its type, and the constraint of a policy on resource locations."""
    argument = _CONSTRAINT.get(type)
    stated = [value.text or "" for value in body.values(argument)] if argument is not None else []
    if any(text.rpartition("/")[2] == _LOCATIONS for text in stated):
        return f"{type}:{_LOCATIONS}"
    return type


def is_ai(type: str) -> bool:
    """Return whether a type that the catalogue lacks belongs to an AI service: Terraform and asset types alike."""
    name = type.removeprefix("data.").removeprefix(_ASSET)
    return service_class(name) in _AI and not is_not_relevant(name)


@functools.lru_cache(4096)
def service_class(type: str) -> str:
    """Return the class of the service that a Terraform or asset type belongs to, or "" when none is in question."""
    name = type.removeprefix(_OWN)
    found = [row for row in _table("services.json") if name.startswith(row["prefix"])]
    return max(found, key=lambda row: len(row["prefix"]))["class"] if found else ""


def is_not_relevant(type: str) -> bool:
    """Return whether a table says of a type that it holds no data, runs no models and moves neither."""
    rows = _table("not_relevant.json")
    endings = tuple(ending for row in rows for ending in row.get("endings", ()))
    return type.endswith(endings) or any(type in row.get("types", ()) for row in rows)


def locate(name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
    """Return where a name of a product's vocabulary is; a plain region or zone means the same in each product.

    Takes self links, resource paths (`regions/europe-west4`), Spanner's `regional-europe-west4` and the value group
    `in:europe-west4-locations` of organization policies. A name that no table lists has `countries=None`: no part of
    it is ever taken for a place, save the letter of a listed region's zone. A row of scope `none` says that there is
    no place.
    """
    word = _word(name)
    row = find(vocabulary, word) or _region(word, find)
    if row is None and vocabulary == "spanner" and word.lower().startswith(_SPANNER_REGIONAL):
        row = _region(word[len(_SPANNER_REGIONAL) :], find)
    if row is None and vocabulary == "resource-locations" and (group := _VALUE_GROUP.fullmatch(word)):
        row = _region(group[1], find)
    if row is not None:
        return None if row.scope == "none" else row
    note = f"no table of Google Cloud's {vocabulary} locations lists it"
    return PlaceRow(name=name, countries=None, vocabulary=vocabulary, scope="unknown", note=note)


def accelerator(name: str, table: str) -> bool | None:
    """Return whether a machine type or a stated accelerator type is an AI chip; None when no pattern fits.

    `table` is `machine-types` or `accelerator-types`. Either may be a self link, and parts of it `${…}`: what is known
    of the last part must decide.
    """
    word = _UNKNOWN.sub("${}", name.strip()).rstrip("/").rpartition("/")[2]
    if not word:
        return None
    for row in _table("machine_types.json"):
        if row["table"] == table and re.fullmatch(row["pattern"], word):
            return bool(row["accelerator"])
    return None


@functools.lru_cache(4096)
def names_in(text: str) -> tuple[str, ...]:
    """Return the keys that a URI, self link, resource path or full resource name may name, the finest first.

    A part that is `${…}` names nothing; a URI whose bucket is unknown has no key.
    """
    path = _path(text)
    for row in _table("names.json"):
        if found := re.search(row["pattern"], path):
            keys = (_filled(template, found) for template in row["keys"])
            return tuple(dict.fromkeys(key for key in keys if key))
    return ()


def place_in(text: str) -> str | None:
    """Return the location that a resource path, self link or host carries, or None when it is unknown or absent."""
    path = _path(text)
    if not path.startswith("/"):  # objects and tables may have any name, and their URIs state no place
        return None
    for row in _table("hosts.json"):
        if found := re.search(row["pattern"], path):
            place: str = row.get("place") or found["place"]
            return None if "${" in place else place
    return None


def _word(name: str) -> str:
    """Return the word for a place in a name, self link or path: what stands after `regions/` and the like."""
    trimmed = name.strip().rstrip("/")
    if "/" not in trimmed:
        return _UNKNOWN.sub("${}", trimmed)
    return place_in(trimmed) or trimmed


def _region(word: str, find: Find) -> PlaceRow | None:
    """Return the row of a region or of a zone, which is the name of a listed region and one letter."""
    row = find("region", word)
    if row is not None:
        return row
    zone = _ZONE.fullmatch(word.lower())
    parent = find("region", zone[1]) if zone else None
    if parent is None or parent.scope != "region":
        return None
    note = "; ".join(part for part in (f"a zone of {parent.name}", parent.note) if part)
    return replace(parent, name=word, aliases=(), scope="zone", members=(parent.name,), note=note)


def _path(text: str) -> str:
    """Return a text as a path that starts with `/`, without its scheme; `gs://` and `bq://` stay as they are."""
    bare = _UNKNOWN.sub("${}", text.strip())
    if bare.startswith(("gs://", "bq://")):
        return bare
    return "/" + re.sub(r"^(?:[a-z]+:)?/*", "", bare) if "://" in bare else "/" + bare.lstrip("/")


def _filled(template: str, found: re.Match[str]) -> str:
    """Return a key with the parts that a pattern found, or "" when one of them is unknown."""
    parts = found.groupdict()
    if any("${" in part for name, part in parts.items() if f"{{{name}}}" in template):
        return ""
    return template.format(**parts)


@functools.cache
def _table(file: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads((_HERE / file).read_text(encoding="utf-8"))["rows"])


def instead(place: Place, written: str, homes: tuple[Place, ...], find: Find) -> tuple[str, str, str] | None:
    """Return None: which models a region serves is in no table."""
    return None
