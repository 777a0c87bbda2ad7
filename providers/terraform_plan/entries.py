"""What plans and states have in common: resources with their values, and where each stands in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from checker.model import FileLocation, Gap
from checker.source import Source

if TYPE_CHECKING:
    from providers.terraform_plan.configuration import Configuration

# `"address": "module.kb[\"docs\"].aws_s3_bucket.documents"`, in any spacing.
_ADDRESS = re.compile(r'"address"\s*:\s*("(?:[^"\\]|\\.)*")')
_MODULE = re.compile(r'module\.([\w-]+)(\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\])?(?:\.|$)')


@dataclass(slots=True)
class Entry:
    """A resource instance: its values, and what of them is unknown, sensitive and stated, each as a tree beside them.

    `expressions` is what the configuration states; None where a file has no configuration (a state).
    """

    address: str
    module: str  # the address of its module instance: `module.kb["docs"]`, "" for the root
    mode: str
    type: str
    values: Mapping[str, Any]
    unknown: Any = False
    sensitive: Any = False
    expressions: Mapping[str, Any] | None = None
    provider: str = ""  # registry.terraform.io/hashicorp/aws
    alias: str = ""
    key: str = ""  # which configuration of the provider: of `provider_config`, or as a state writes it
    depends: tuple[str, ...] = ()
    offset: int = 0


@dataclass(slots=True)
class Contents:
    """What a file holds."""

    source: Source
    entries: list[Entry] = field(default_factory=list)
    configuration: Configuration | None = None
    gaps: list[Gap] = field(default_factory=list)
    words: str = "plan"  # what the file is, for people

    def location(self, offset: int) -> FileLocation:
        """Return the line of an offset."""
        return self.source.location(offset)


class Malformed(Exception):
    """A file that is no plan or state of a shape that is known; the message is the reason."""


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return a JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a JSON string; "" for anything else."""
    return value if isinstance(value, str) else ""


def resources(module: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the resources of a `values` representation with the addresses of their modules.

    Source: https://developer.hashicorp.com/terraform/internals/json-format#values-representation
    """
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for resource in sequence(here.get("resources")):
            if isinstance(resource, dict) and text(resource.get("address")):
                yield text(here.get("address")), resource
        waiting += [child for child in sequence(here.get("child_modules")) if isinstance(child, dict)]


def offsets(source: Source) -> dict[str, int]:
    """Return where each address first stands in a file."""
    found: dict[str, int] = {}
    for match in _ADDRESS.finditer(source.text):
        try:
            found.setdefault(json.loads(match[1]), match.start())
        except ValueError:
            continue
    return found


def steps(module: str) -> tuple[tuple[str, str], ...]:
    """Return the calls that lead to a module instance: (name, key), `("kb", '["docs"]')`."""
    return tuple((name, key) for name, key in _MODULE.findall(module))
