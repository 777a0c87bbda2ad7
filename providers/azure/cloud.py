"""Azure: what its blocks, location names, SKUs and ids mean. The facts are in the JSON tables beside this file."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.model import Body, Place, Purpose
from checker.rows import Find, PlaceRow
from providers.azure.names import names_in, place_in

__all__ = [
    "ENVIRONMENT",
    "HOSTED",
    "NAME",
    "PROVIDERS",
    "TYPE_PREFIXES",
    "accelerator",
    "instead",
    "is_ai",
    "key",
    "locate",
    "names_in",
    "place_in",
    "service_class",
]

NAME = "azure"
PROVIDERS: tuple[str, ...] = ("azurerm", "azapi")
TYPE_PREFIXES: tuple[str, ...] = ("azurerm_", "azapi_")
HOSTED = False
ENVIRONMENT: dict[str, tuple[str, ...]] = {}  # no location comes from the environment

_HERE = Path(__file__).resolve().parent
_AZAPI = frozenset({"azapi_resource", "azapi_update_resource", "azapi_data_plane_resource", "azapi_resource_action"})
_UNKNOWN = re.compile(r"\$\{(?:[^{}]|\{[^{}]*\})*\}")
_MAKES_NOTHING = frozenset({"GET", "HEAD", "DELETE", "POST"})


def key(type: str, body: Body) -> str:
    """Return the type, or for azapi's generic types `azapi:` and the ARM type in `type`, lower case, no version.

    When that argument is not known, "" comes back: the resource may be anything. An action is what it puts: one on
    `…/accounts` that puts `deployments/gpt` is `…/accounts/deployments`; with another method than PUT or PATCH (POST
    when none is stated) it makes nothing and is its own type.
    """
    if type not in _AZAPI:
        return type
    for value in body.values("type"):
        arm = (value.text or "").rpartition("@")[0] or (value.text or "")
        if arm and "${" not in arm:
            stated = f"azapi:{arm.strip().lower()}"
            return _put(stated, body) if type == "azapi_resource_action" else stated
    return ""


def _put(on: str, body: Body) -> str:
    """Return the key of what an action on a resource of the key `on` makes, "" when its path is not known."""
    method = next((value.text or "" for value in body.values("method")), "POST")
    if method.strip().upper() in _MAKES_NOTHING:
        return "azapi_resource_action"
    paths = [value.text for value in body.values("action")]
    if not paths:
        return on
    kinds = _UNKNOWN.sub("${}", paths[0] or "${}").lower().strip("/").split("/")[::2]  # kinds and names take turns
    return "" if "${}" in "".join(kinds) else "/".join([on, *kinds])


def is_ai(type: str) -> bool:
    """Return whether a type that the catalogue lacks belongs to an AI service: azurerm, azapi and ARM types alike."""
    name = type.lower().removeprefix("data.").removeprefix("azapi:")
    return service_class(name) == "ai" and name not in _not_relevant()


@functools.lru_cache(4096)
def service_class(type: str) -> str:
    """Return the class of the service that an azurerm or ARM type belongs to, or "" when none is in question."""
    name = type.removeprefix("azurerm_")
    found = [row for row in _table("services.json")["rows"] if name.startswith(row["prefix"])]
    return str(max(found, key=lambda row: len(row["prefix"]))["class"]) if found else ""


def locate(name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
    """Return where a name of a vocabulary is; None for redundancy inside the region and publishers without a place.

    Vocabularies: `region`, `data-location`, `data-boundary`, `data-zone`, `model-publisher` (tables), `deployment-sku`,
    `redundancy`, `iothub-residency` and `api-cache` (rules over tables, which need the home of the resource),
    `policy-condition` (words in a policy rule, of which only locations count). What no table lists has
    `countries=None` and a note.
    """
    match vocabulary:
        case "region":
            return _region(name, find) or _unlisted(name, vocabulary, "no list of Azure locations has this name")
        case "deployment-sku":
            return _inference(name, home, find)
        case "redundancy" | "iothub-residency" | "api-cache":
            return _copies(name, vocabulary, home, find)
        case "policy-condition":
            return _region(name, find)  # other fields, [parameters('x')] and the like name no place
        case "model-publisher":
            if "${" in name:
                return _unlisted(name, vocabulary, "the publisher of the model is not known")
            return find(vocabulary, name)  # lists only those whose models may leave Azure whatever the SKU says
        case _:
            return find(vocabulary, name) or _unlisted(name, vocabulary, f"no table of {vocabulary} names lists it")


def accelerator(name: str, table: str) -> bool | None:
    """Return whether a VM size, workload profile or Spark node family carries AI chips; None when no pattern fits.

    `table` is one of vm_sizes.json: `vm-sizes`, `dedicated-hosts`, … Parts of a name may be `${…}`:
    the family before them must be known.
    """
    word = _UNKNOWN.sub("${}", name.strip())
    for pattern, answer in _sizes(table):
        if pattern.fullmatch(word):
            return answer
    return None


def _region(name: str, find: Find) -> PlaceRow | None:
    """Return the region's row, after what azurerm does (lower case, no blanks) and what other tools write.

    `(Europe) West Europe`, `west-europe` and `EUROPE_WEST` are all the one region. Nothing is cut down to a prefix.
    """
    bare = re.sub(r"^\s*\([^)]*\)", "", name.lower())
    return find("region", name) or find("region", re.sub(r"[\s_-]", "", bare))


def _inference(sku: str, home: Place | None, find: Find) -> PlaceRow:
    """Return where a model deployment of a SKU may run: its account's region, a data zone, or anywhere."""
    table = _table("deployment_skus.json")
    row = next((row for row in table["rows"] if row["sku"].lower() == sku.strip().lower()), None)
    if row is None:
        return _unlisted(sku, "deployment-sku", "no table of deployment SKUs lists it, so it may run anywhere")
    base = PlaceRow(
        name=row["sku"],
        countries=None,
        vocabulary="deployment-sku",
        scope=row["scope"],
        note=row.get("note", ""),
        unverified=row.get("unverified", False),
        source=table["source"],
        checked=table["checked"],
    )
    if row["scope"] == "unknown":
        return base
    if row["scope"] == "anywhere":
        return replace(base, countries=("*",), scope="global", label="any Azure region")
    if home is None or not home.countries:
        return replace(base, note=f"it runs in the {row['scope']} of its account, whose place is not known")
    base = replace(base, unverified=base.unverified or not home.verified)
    if row["scope"] == "region":
        label = f"{home.name}, the region of its account"
        return replace(base, countries=tuple(sorted(home.countries)), label=label)
    return _data_zone(base, home, find)


def _data_zone(base: PlaceRow, home: Place, find: Find) -> PlaceRow:
    """Return the data zone that the account's location belongs to: no argument names it."""
    countries = home.countries or frozenset()
    zones = _table("deployment_skus.json")["zones"]
    name = next((zone["zone"] for zone in zones if countries <= set(zone["homes"])), "")
    zone = find("data-zone", name) if name else None
    if zone is None:
        return replace(base, note=f"no page names the data zone of {home.name}")
    return replace(
        base,
        countries=zone.countries,
        label=zone.label,
        members=zone.members,
        note=zone.note or base.note,
        unverified=base.unverified or zone.unverified,
        accept=zone.accept,
        source=zone.source or base.source,
    )


def _copies(word: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
    """Return where a kind of redundancy copies to: None for copies inside the region, else the pair of home."""
    table = _table("redundancy.json")
    known = (row for row in table["rows"] if row.get("vocabulary", "redundancy") == vocabulary)
    row = next((row for row in known if row["word"].lower() == word.strip().lower()), None)
    if row is None:  # some arguments take a region beside the words
        return _region(word, find) or _unlisted(word, vocabulary, "no table of redundancy kinds lists it")
    if row["copies"] == "none":
        return None
    unknown = PlaceRow(
        name=row["word"],
        countries=None,
        vocabulary=vocabulary,
        scope="pair",
        source=row.get("source", table["source"]),
        checked=table["checked"],
    )
    if row["copies"] == "unnamed":
        return replace(unknown, note=row["note"])
    own = _region(home.name, find) if home else None
    if own is None:
        return replace(unknown, note="it copies to the region paired with its own, which is not known")
    optional = row["copies"] == "pair-if-any"
    if optional and own.name in row.get("except", ()):
        return None
    pair = find("region", own.pair) if own.pair else None
    if pair:
        note = f"copies go from {own.name} to its pair"
        return replace(
            pair, label=f"{pair.name}, {pair.label}", note=note, unverified=pair.unverified or own.unverified
        )
    if own.status != "ga" or own.partition != "AzureCloud":
        return replace(unknown, note=f"no page read names a pair of {own.name}")
    if optional:
        return None
    return replace(unknown, note=f"{own.name} has no pair, so Azure offers no {row['word']} there as far as is known")


def instead(place: Place, written: str, homes: tuple[Place, ...], find: Find) -> tuple[str, str, str] | None:
    """Return the word for the same redundancy without copies in the paired region: (old, new, why)."""
    if place.purpose is not Purpose.REPLICA:
        return None
    rows = (row for row in _table("redundancy.json")["rows"] if row["word"] == written and "instead" in row)
    row = next(rows, None)
    return (written, row["instead"], "it keeps all copies in the region") if row else None


def _unlisted(name: str, vocabulary: str, why: str) -> PlaceRow:
    return PlaceRow(name=name, countries=None, vocabulary=vocabulary, scope="unknown", note=why)


@functools.cache
def _table(file: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_HERE / file).read_text(encoding="utf-8"))
    return table


@functools.cache
def _not_relevant() -> frozenset[str]:
    return frozenset(type for row in _table("not_relevant.json")["rows"] for type in row["types"])


@functools.cache
def _sizes(table: str) -> tuple[tuple[re.Pattern[str], bool | None], ...]:
    rows = _table("vm_sizes.json")["rows"]
    return tuple(
        (re.compile(row["pattern"], re.IGNORECASE), row["accelerator"]) for row in rows if row["table"] == table
    )
