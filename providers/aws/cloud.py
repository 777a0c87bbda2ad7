"""AWS: what its blocks, region names, model ids and ARNs mean. The facts are in the JSON tables beside this file."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker.model import Body, Place
from checker.rows import Find, PlaceRow
from providers.aws.bedrock import GEOGRAPHY, inference, instead
from providers.aws.names import INTERPOLATION, names_in, place_in

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
]

NAME = "aws"
PROVIDERS: tuple[str, ...] = ("aws", "awscc")
_CALLS = "awsapi_"  # before a type as its calls answer, in a scan
TYPE_PREFIXES: tuple[str, ...] = ("aws_", "awscc_", _CALLS)
HOSTED = False
# The order of the AWS SDK for Go, which the Terraform provider uses; boto3 reads the second variable only.
ENVIRONMENT: dict[str, tuple[str, ...]] = {"region": ("AWS_REGION", "AWS_DEFAULT_REGION")}

_HERE = Path(__file__).resolve().parent
_DENIED = PlaceRow(
    name="",
    countries=("*",),
    vocabulary="denied-region",
    scope="global",
    note="a list of denied regions lets every other place pass, and the word unspecified, which is the region of calls "
    "through Bedrock's global. profiles",
    source="AWS Organizations user guide, service control policies; Amazon Bedrock user guide, cross-region inference",
    checked="2026-11-23",
)
_POLICIES = ("aws_organizations_policy", "awscc_organizations_policy")
_LOOKS_LIKE_A_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d|unspecified|.*\$\{.*")
_ZONE_ID = re.compile(r"([a-z]+\d)-az\d+")


def key(type: str, body: Body) -> str:
    """Return the type; a control policy whose statements only allow lists what passes, not what is refused."""
    if type in _POLICIES:
        effects = {(value.text or "").lower() for value in body.values("content.Statement.Effect")}
        return f"{type}:allow" if effects == {"allow"} else type
    return type


def is_ai(type: str) -> bool:
    """Return whether a type that the catalogue lacks belongs to an AI service, in either provider's words."""
    name = type.removeprefix("data.")
    return name.startswith(TYPE_PREFIXES) and service_class(name) == "ai" and not is_not_relevant(name)


@functools.lru_cache(4096)
def service_class(type: str) -> str:
    """Return the class of the service that a type belongs to, "" when none is in question.

    Types are Terraform's or CloudFormation's ("AWS::S3::Bucket").
    """
    name = type.partition("_")[2] if type.startswith(TYPE_PREFIXES) else type
    found = [row for row in _table("services.json")["rows"] if name.startswith(row["prefix"])]
    return max(found, key=lambda row: len(row["prefix"]))["class"] if found else ""


def is_not_relevant(type: str) -> bool:
    """Return whether a table says of a type that it holds no data, runs no models and moves neither."""
    return type in _not_relevant()


def locate(name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
    """Return where a name of a vocabulary is; what no table lists has `countries=None` and a note.

    Vocabularies: `region` (regions, zones, zone ids), `bucket-location` (what S3 answers), `bedrock-profile` (a
    prefix alone), `bedrock-model` (whatever names a model, see `providers.aws.bedrock`), `other-platform-model` (a
    model that AWS does not serve), `denied-region` (what is denied lets everything else pass), `control-parameter`
    (a parameter of a control: None for those that name no region) and `agentcore-evaluator` (None for one's own, whose
    model is named where it is declared).
    """
    match vocabulary:
        case "region":
            return _region(name, find) or _unlisted(name, vocabulary, _why(name))
        case "bucket-location":
            return find(vocabulary, name) or _region(name, find) or _unlisted(name, vocabulary, _why(name))
        case "bedrock-model":
            return inference(name, home, lambda wanted: _region(wanted, find), find)
        case "denied-region":
            return replace(_DENIED, name=name)
        case "control-parameter":
            return _listed(name, find)
        case "agentcore-evaluator":
            built_in = "Builtin." in name or "${" in name
            return inference(GEOGRAPHY, home, lambda wanted: _region(wanted, find), find) if built_in else None
        case "other-platform-model":
            return _unlisted(name, vocabulary, "a platform outside AWS serves it, and nothing here says where")
        case _:
            return find(vocabulary, name) or _unlisted(name, vocabulary, f"no table of {vocabulary} names lists it")


def accelerator(name: str, table: str) -> bool | None:
    """Return whether an instance type, EKS image type or accelerator carries AI chips; None when it is not told.

    Tables: `instance-types` (`g5.xlarge`, `ml.g5.xlarge`, a family alone or with a wildcard), `ami-types`,
    `accelerator-types`, `accelerator-names`, `accelerator-manufacturers`. Of a partly known name (`g5.${…}`) the
    family must be known.
    """
    word = INTERPOLATION.sub("${}", name).strip().lower()
    if table == "instance-types":
        word = word.removeprefix("ml.").partition(".")[0].rstrip("*")
    for row in _table("instance_types.json")["rows"]:
        if row["table"] == table and re.fullmatch(row["pattern"], word):
            carries: bool | None = row["accelerator"]
            return carries
    return None


def _region(name: str, find: Find) -> PlaceRow | None:
    """Return a region, a zone or a zone id.

    A zone that has no row of its own is cut to its region only when it is the region and one letter: local and
    Wavelength zones can stand in another country than their region.
    """
    wanted = name.strip().lower()
    if row := find("region", wanted):
        return row
    if wanted[-1:].isalpha() and (row := find("region", wanted[:-1])) and row.name == wanted[:-1]:
        return replace(row, name=wanted, aliases=(), scope="zone", note=f"a zone of {row.name}")
    if found := _ZONE_ID.fullmatch(wanted):
        row = find("zone-id", found[1])
        return replace(row, name=wanted) if row else None
    return None


def _listed(text: str, find: Find) -> PlaceRow | None:
    """Return the regions of a parameter, which is one or JSON text of a list, as one place; None for other texts."""
    try:
        stated = json.loads(text) if text.lstrip().startswith("[") else [text]
    except (ValueError, RecursionError):
        return _unlisted(text, "control-parameter", _why(text))
    names = [str(name).strip() for name in stated if _LOOKS_LIKE_A_REGION.fullmatch(str(name).strip())]
    if not names:
        return None
    rows = [_region(name, find) for name in names]
    unknown = next((name for name, row in zip(names, rows, strict=True) if row is None or row.countries is None), None)
    if unknown is not None:
        return _unlisted(", ".join(names), "control-parameter", f"{unknown}: {_why(unknown)}")
    found = [row for row in rows if row is not None]
    countries = tuple(dict.fromkeys(country for row in found for country in row.countries or ()))
    note = "; ".join(dict.fromkeys(row.note for row in found if row.note and row.scope == "global"))
    return replace(found[0], name=", ".join(names), aliases=(), countries=countries, label="", note=note)


def _why(name: str) -> str:
    if "${" in name:
        return "a part of its name is not known"
    return "no list of AWS regions and zones has this name"


def _unlisted(name: str, vocabulary: str, why: str) -> PlaceRow:
    return PlaceRow(name=name, countries=None, vocabulary=vocabulary, scope="unknown", note=why)


@functools.cache
def _table(file: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads((_HERE / file).read_text(encoding="utf-8"))
    return table


@functools.cache
def _not_relevant() -> frozenset[str]:
    return frozenset(type for row in _table("not_relevant.json")["rows"] for type in row["types"])
