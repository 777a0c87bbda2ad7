"""Where a Bedrock model call runs: what a model id, an inference profile or an ARN of either says.

AWS Bedrock user guide, "Increase throughput with cross-Region inference" and "Supported Regions and models for
inference profiles": the prefix of a profile and the region of the call decide together.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from checker.model import Place, Purpose
from checker.rows import Find, PlaceRow
from providers.aws.names import INTERPOLATION

# What a catalogue row gives as default where a service picks the model region itself.
GEOGRAPHY = "its geography"  # cross-region inference inside the geography of the caller
ANYWHERE = "any commercial region"  # any commercial region
UNREAD = "a region that no page names"  # nothing that was read says where

_VENDORS = Path(__file__).resolve().parent / "bedrock_vendors.json"
_EU_PROFILES = Path(__file__).resolve().parent / "eu_profiles.json"
_ARN = re.compile(r"arn:[^:]*:([^:]*):([^:]*):[^:]*:(.*)", re.DOTALL)
_AREA = re.compile(r"([a-z-]+)\.(.+)", re.DOTALL)

RegionOf = Callable[[str], PlaceRow | None]


def inference(name: str, home: Place | None, region_of: RegionOf, find: Find) -> PlaceRow:
    """Return the countries where a call of the model may run, `home` being the place of the caller.

    `name`: a model id, an inference or guardrail profile id, an ARN of such, parts of them as `${…}`, or one of the
    words above. `region_of` looks up a region, `find` the profiles. A profile's row is `unverified` where its
    regions follow from a calling region that is unknown or outside its core, so that it never counts as inside.
    """
    written = name.strip()
    word = INTERPOLATION.sub("\0", written)
    caller = _caller(home, region_of)
    if word in (GEOGRAPHY, ANYWHERE, UNREAD):
        return _unsaid(word, caller, find)
    if (arn := _ARN.fullmatch(word)) is None:
        return replace(_of_id(word, caller, find), name=written, vocabulary="bedrock-model")
    row = _of_arn(arn[1], arn[2], arn[3], region_of, find)
    id = arn[3].partition("/")[2].replace("\0", "${…}")
    short = f"{id} in {arn[2]}" if arn[3].startswith("foundation-model/") and "\0" not in arn[2] else id
    return replace(row, name=short or written, vocabulary="bedrock-model")


def _caller(home: Place | None, region_of: RegionOf) -> PlaceRow | None:
    """Return the calling region as a row; a home that is no single region keeps its countries only."""
    if home is None:
        return None
    found = region_of(home.name)
    if found is not None:
        return replace(found, unverified=found.unverified or not home.verified)
    countries = None if home.countries is None else tuple(sorted(home.countries))
    return PlaceRow(home.name, countries, note=home.reason, unverified=not home.verified)


def _of_arn(service: str, region: str, resource: str, region_of: RegionOf, find: Find) -> PlaceRow:
    kind, _, id = resource.partition("/")
    if service != "bedrock":
        return _unknown("this ARN names no model of Bedrock")
    if kind == "foundation-model" and not region:
        return _profile("global", None, find)  # such an ARN stands for the model wherever a global profile runs it
    stated = None if "\0" in region else region_of(region)  # the region of the call, whatever the home
    match kind:
        case "inference-profile" | "guardrail-profile" | "data-automation-profile":
            return _of_id(id, stated, find)
        case "foundation-model" | "provisioned-model" if stated is not None:
            return _in_region(stated)
        case "custom-model-deployment" | "imported-model" if stated is not None:
            return replace(_in_region(stated), unverified=True)  # no page was read that says so
        case "foundation-model" | "provisioned-model" | "custom-model-deployment" | "imported-model":
            return _unknown("no list of AWS regions and zones has the region in its ARN")
        case "application-inference-profile" | "prompt-router" | "default-prompt-router" if stated is not None:
            note = f"the call goes to {stated.name}; where it runs from there, this ARN does not say"
            return replace(_in_region(stated), note=note, unverified=True)
        case "application-inference-profile":
            return _unknown("an application inference profile does not say what it routes to; declare it here")
        case _:
            return _unknown("this ARN does not say which model runs, or where")


def _of_id(id: str, caller: PlaceRow | None, find: Find) -> PlaceRow:
    """Return where `eu.anthropic.claude…`, `anthropic.claude…` or `eu.guardrail.v1:0` runs."""
    area = _AREA.fullmatch(id)
    if area is not None and find("bedrock-profile", area[1]) is not None:
        row = _profile(area[1], caller, find)
        # No page names the regions behind a guardrail profile, and an unlisted vendor may be a mistake. A part that
        # is not known changes nothing: the prefix decides.
        sure = area[2].partition(".")[0] in _vendors() or area[2].startswith(("\0", "data-automation-"))
        return row if sure else replace(row, unverified=True)
    vendor, dot, _ = id.partition(".")
    if not dot or vendor not in _vendors():
        return _unknown("no table lists this model vendor or profile prefix")
    if caller is None:
        return _unknown("it runs in the calling region, which is not known")
    return _in_region(caller)


def _profile(prefix: str, caller: PlaceRow | None, find: Find) -> PlaceRow:
    """Return the area of a cross-region profile, joined by the calling region where that lies outside its core."""
    row = find("bedrock-profile", prefix)
    if row is None:
        return _unknown("no table lists this profile prefix")
    if row.countries is None or not row.members:
        return row
    if caller is None or caller.countries is None:
        note = f"{prefix}. profile: the calling region decides what joins its core, and it is not known"
        return replace(row, note=note, unverified=True)
    if caller.name in row.members:
        note = f"{prefix}. profile called from {caller.name}: {', '.join(row.members)}"
        return replace(row, note=note, unverified=row.unverified or caller.unverified)
    joined = tuple(sorted({*row.countries, *caller.countries}))
    note = f"{prefix}. profile called from {caller.name}, outside its core: that region may serve the call too"
    return replace(row, countries=joined, label="", note=note, unverified=True)


def _in_region(caller: PlaceRow) -> PlaceRow:
    note = f"runs in the calling region, {caller.name}"
    return replace(caller, aliases=(), scope="region", label=f"{caller.name}, {caller.label}".strip(", "), note=note)


def _unsaid(word: str, caller: PlaceRow | None, find: Find) -> PlaceRow:
    """Return where a service runs models that no argument names."""
    if word == ANYWHERE:
        row = _profile("global", None, find)
        note = "the service runs models in any commercial region, whatever its own"
        return replace(row, name=word, label="", note=note, vocabulary="bedrock-model")
    if word == UNREAD:
        row = _unknown("nothing that was read says where the service runs its models")
        return replace(row, name=word, unverified=True)
    note = "the service spreads its model calls over the geography; which regions, no page says"
    known = (find("bedrock-profile", prefix) for prefix in ("eu", "us", "apac"))
    area = next((row for row in known if row is not None and caller is not None and caller.name in row.members), None)
    row = replace(area or _unknown(note), label="", note=note, unverified=True)
    return replace(row, name=word, vocabulary="bedrock-model")


def _unknown(why: str) -> PlaceRow:
    return PlaceRow(name="", countries=None, vocabulary="bedrock-model", scope="unknown", note=why)


@functools.cache
def _vendors() -> frozenset[str]:
    return frozenset(row["vendor"] for row in json.loads(_VENDORS.read_text(encoding="utf-8"))["rows"])


def instead(place: Place, written: str, homes: tuple[Place, ...], find: Find) -> tuple[str, str, str] | None:
    """Return the eu. profile of a model that a profile of another area names: (old, new, why).

    None where a table does not list one, or where a call does not come from the core of that profile: from elsewhere it
    either cannot be made or may be served outside.
    """
    area = _AREA.fullmatch(place.name)
    core = find("bedrock-profile", "eu")
    if place.purpose not in (Purpose.INFERENCE, Purpose.ENDPOINT) or area is None or core is None:
        return None
    known = area[1] != "eu" and find("bedrock-profile", area[1]) is not None and area[2] in _eu_profiles()
    if not known or not homes or not all(home.name in core.members for home in homes):
        return None
    return place.name, f"eu.{area[2]}", f"the same model, in {core.label}"


@functools.cache
def _eu_profiles() -> frozenset[str]:
    return frozenset(row["model"] for row in json.loads(_EU_PROFILES.read_text(encoding="utf-8"))["rows"])
