"""The rows of tables, and what a cloud makes of them: nouns only, like `checker.model`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from checker.model import Body, Place, Purpose, Relation, Role


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One fact of a places table, or what a cloud's rule makes of several: a name and the countries it means.

    `countries`: ISO codes; None when no source states them; `("*",)` for anywhere. `source` and `checked` say where
    the fact is from and when it was read.
    """

    name: str
    countries: tuple[str, ...] | None
    vocabulary: str = "region"
    aliases: tuple[str, ...] = ()
    scope: str = "region"
    label: str = ""
    pair: str = ""  # where geo-redundant copies go
    members: tuple[str, ...] = ()  # the places it spans
    partition: str = ""
    status: str = "ga"
    note: str = ""
    unverified: bool = False
    accept: str = ""  # the id by which a configuration accepts it, where it is a vendor's own, wider Europe
    source: str = ""
    checked: str = ""


# Looks up (vocabulary, normalised name) in the cloud's places table.
Find: TypeAlias = Callable[[str, str], PlaceRow | None]


@dataclass(frozen=True, slots=True)
class FurtherPlace:
    """A row's rule for a place besides the resource's own location."""

    purpose: Purpose
    paths: tuple[str, ...]
    vocabulary: str = "region"
    default: str = ""  # what counts when the paths state nothing; "" for no such place


@dataclass(frozen=True, slots=True)
class AiWhen:
    """A condition that makes a resource an accelerator workload: a value of `paths` is listed in a table."""

    paths: tuple[str, ...]
    table: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Where a type keeps name/value settings (environment variables, app settings, …) or text that names hosts.

    `shape`: `map` (members are name → value), `pairs` (blocks with a member `name` and one of `value`), `lines`
    (NAME=value), `named` (the resource is one setting: its name at `paths`, its value at `value`), `tree` (a structure
    of any shape, or YAML in a text, such as the values of a chart), `text`.
    """

    shape: str
    paths: tuple[str, ...]
    name: str = "name"
    value: tuple[str, ...] = ("value",)


@dataclass(frozen=True, slots=True)
class Row:
    """What a catalogue knows of one resource type. docs/architecture.md explains each field with examples."""

    type: str
    kind: str = ""
    roles: tuple[Role, ...] = ()
    aliases: dict[str, str] = field(default_factory=dict)
    place: tuple[str, ...] = ()
    vocabulary: str = "region"
    further: tuple[FurtherPlace, ...] = ()
    references: dict[Relation, tuple[str, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()
    ai_when: tuple[AiWhen, ...] = ()
    settings: tuple[Settings, ...] = ()
    derived: dict[str, str] = field(default_factory=dict)
    note: str = ""
    unverified: bool = False
    source: str = ""
    checked: str = ""


class Cloud(Protocol):
    """What a module `providers/<cloud>/cloud.py` offers. It imports nothing heavy and holds no facts (tables do).

    A folder with a `platform.json` instead is a platform: `checker.platforms` makes a cloud of its tables.
    """

    NAME: str  # "aws"
    PROVIDERS: tuple[str, ...]  # names of IaC providers whose blocks are this cloud's: ("aws", "awscc")
    TYPE_PREFIXES: tuple[str, ...]  # ("aws_", "awscc_")
    ENVIRONMENT: dict[str, tuple[str, ...]]  # provider argument → environment variables that fill it, in order
    HOSTED: bool  # whether a vendor runs it on clouds that the customer does not see

    def key(self, type: str, body: Body) -> str:
        """Return the catalogue key of a block: its type, or a finer one that its arguments decide ("" if unknown)."""
        ...

    def is_ai(self, type: str) -> bool:
        """Return whether a type that the catalogue lacks belongs to an AI service that is known."""
        ...

    def locate(self, name: str, vocabulary: str, home: Place | None, find: Find) -> PlaceRow | None:
        """Return where a name is; None when it says that there is no further place (locally redundant, say).

        What no table lists has `countries=None` and a note. `home` is the location of the resource that states it.
        """
        ...

    def accelerator(self, name: str, table: str) -> bool | None:
        """Return whether an instance type, machine type or VM size carries AI chips; None when it cannot be told."""
        ...

    def names_in(self, text: str) -> tuple[str, ...]:
        """Return the keys ("s3:bucket") that an ARN, URI or id may name; unknown parts are written `${…}`."""
        ...

    def place_in(self, text: str) -> str | None:
        """Return the region or location that an ARN, URI or id carries in itself, or None."""
        ...

    def instead(self, place: Place, written: str, homes: tuple[Place, ...], find: Find) -> tuple[str, str, str] | None:
        """Return (old, new, why): a text that may stand in for one that puts a place outside; None when none is known.

        `written` is the word where the value begins, `homes` are the locations of the resource that states it.
        """
        ...
