"""The nouns of euclave: frozen records that every other module takes and gives.

Nothing here imports anything of ours, and nothing here acts: verbs are functions elsewhere.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


class Verdict(enum.StrEnum):
    """The answer to "does it sit in the jurisdiction?"; unknown is an answer of its own."""

    INSIDE = "inside"
    UNDETERMINED = "undetermined"
    OUTSIDE = "outside"

    @staticmethod
    def worst(verdicts: Iterable[Verdict]) -> Verdict:
        """Return the worst of several verdicts; of none at all, `UNDETERMINED`."""
        return max(verdicts, key=_BADNESS.__getitem__, default=Verdict.UNDETERMINED)


_BADNESS = {Verdict.INSIDE: 0, Verdict.UNDETERMINED: 1, Verdict.OUTSIDE: 2}


class Severity(enum.StrEnum):
    """How much a finding matters, apart from how sure it is."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Purpose(enum.StrEnum):
    """What happens at a place that belongs to a resource."""

    LOCATION = "location"  # where the resource itself sits, with what it stores
    INFERENCE = "inference"  # where a model call that the resource makes or serves may run
    REPLICA = "replica"  # where a copy goes
    BACKUP = "backup"  # where a backup is kept


class Role(enum.StrEnum):
    """What a resource does, as far as residency is concerned."""

    AI = "ai"  # an AI service: models, agents, training, search built for models …
    ACCELERATOR = "accelerator"  # compute with GPUs, TPUs or other AI chips
    STORAGE = "storage"
    REPLICATION = "replication"
    LOGS = "logs"
    KEYS = "keys"
    COMPUTE = "compute"
    CONTAINER = "container"  # registries and images
    ROUTING = "routing"
    NETWORK = "network"
    GROUP = "group"  # a holder of other resources that lends them its place


class Relation(enum.StrEnum):
    """How one resource hangs on another."""

    STORES_IN = "stores_in"
    READS_FROM = "reads_from"
    LOGS_TO = "logs_to"
    COPIES_TO = "copies_to"
    INFERS_THROUGH = "infers_through"
    ENCRYPTED_BY = "encrypted_by"
    RUNS_ON = "runs_on"
    PART_OF = "part_of"  # a child, or a setting that belongs to the target


@dataclass(frozen=True, slots=True)
class FileLocation:
    """A span in a file: path relative to the checked folder, 1-based line and column."""

    path: str
    line: int
    column: int = 1
    end_line: int | None = None

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Step:
    """One hop of a value's way: what was read, and where it stands."""

    text: str
    location: FileLocation | None = None

    def __str__(self) -> str:
        return f"{self.text} {self.location}" if self.location else self.text


@dataclass(frozen=True, slots=True)
class Target:
    """A reference to another resource: its absolute address, and what was read of it, dotted ("" for the whole)."""

    address: str
    attribute: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be known from what was read.

    `pattern` is the text with its unknown parts as `${…}` where the value is a partly known string; `holes` are, for
    each of these parts in order, the resources that it hangs on.
    """

    reason: str
    expression: str = ""
    pattern: str | None = None
    holes: tuple[tuple[Target, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Value:
    """A value read from a source: plain data (str, bool, int, Decimal, None, list, dict) or `Unknown`.

    `trail` leads from where it is used to where it was written; its last step is the line a person would edit.
    `targets` are the resources whose attributes it was made of.
    """

    data: object
    trail: tuple[Step, ...] = ()
    targets: tuple[Target, ...] = ()
    location: FileLocation | None = None
    sensitive: bool = False

    @property
    def text(self) -> str | None:
        """The string it is, or the partly known pattern, or None when it is neither."""
        if isinstance(self.data, str):
            return str(self.data)
        return self.data.pattern if isinstance(self.data, Unknown) else None


class Body(Protocol):
    """The arguments of a block, read on demand."""

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path, descending into every element of lists and repeated blocks, and into
        every arm of what is undecided. Empty when the path is not stated (null counts so); a value whose data is None
        stands for an arm that states nothing.
        """
        ...


class Cloud(Protocol):
    """What a module `providers/<cloud>/cloud.py` offers. It imports nothing heavy and holds no facts (tables do)."""

    NAME: str  # "aws"
    PROVIDERS: tuple[str, ...]  # names of IaC providers whose blocks are this cloud's: ("aws", "awscc")
    TYPE_PREFIXES: tuple[str, ...]  # ("aws_", "awscc_")
    ENVIRONMENT: dict[str, tuple[str, ...]]  # provider argument → environment variables that fill it, in order

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


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider configuration that blocks resolve to; without `body` the machine that runs it decides."""

    name: str
    alias: str = ""
    source: str = ""
    body: Body | None = None
    location: FileLocation | None = None
    reason: str = ""  # why there is no body, for the reader


@dataclass(frozen=True, slots=True)
class Block:
    """What a format found: a declaration in the source's own words, not yet judged."""

    format: str
    mode: str  # "managed" | "data" | "setting"
    type: str
    address: str
    root: str
    body: Body
    provider: Provider | None
    location: FileLocation
    calls: tuple[Step, ...] = ()  # the module calls that lead here, outermost first
    environment: str = ""  # which set of variable files this evaluation used


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is, as a set of countries (ISO 3166-1 alpha-2): None when no table knows them, else `ANYWHERE`
    for a place without bounds. A place is inside a jurisdiction only if all of them are.
    """

    name: str
    purpose: Purpose
    countries: frozenset[str] | None
    scope: str = ""  # region, zone, multi-region, geography, data zone, global …
    label: str = ""  # "N. Virginia, United States"
    reason: str = ""  # why the countries are unknown, or what the scope means
    trail: tuple[Step, ...] = ()
    location: FileLocation | None = None  # the line a person would edit
    source: str = ""  # the table row's source and the date it was checked
    verified: bool = True  # an unverified row never makes a place inside
    stated: bool = True  # False when nothing in the code states it (a default, or the machine decides)
    follows: bool = False  # True when it is wherever the resource's location is
    sensitive: bool = False


ANYWHERE: frozenset[str] = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A named set of countries that data may sit in."""

    name: str
    countries: frozenset[str]

    def judge(self, place: Place) -> Verdict:
        """Return whether all countries of a place belong to this jurisdiction; unverified ones never pass."""
        if place.countries is None or not place.countries:
            return Verdict.UNDETERMINED
        if place.countries <= self.countries:
            return Verdict.INSIDE if place.verified else Verdict.UNDETERMINED
        return Verdict.OUTSIDE


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
    derived: dict[str, str] = field(default_factory=dict)
    note: str = ""
    unverified: bool = False
    source: str = ""
    checked: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An edge from one resource to another, or to text that names something not declared here."""

    relation: Relation
    path: str  # the attribute that states it
    value: Value
    targets: tuple[str, ...] = ()  # keys of resources of the graph
    text: str = ""  # what was written, when nothing declared matches
    location: FileLocation | None = None


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource as the catalogue understands it."""

    address: str
    type: str
    mode: str
    cloud: str
    kind: str  # a person's words for the type: "Bedrock agent"
    roles: frozenset[Role]
    places: tuple[Place, ...]
    references: tuple[Reference, ...]
    location: FileLocation
    root: str
    calls: tuple[Step, ...] = ()
    environment: str = ""
    source: str = ""  # the catalogue row's source and date

    @property
    def key(self) -> str:
        """What tells it apart from every other resource of a run, other roots and environments included."""
        return "\0".join((self.root, self.environment, self.address))

    @property
    def holds_data(self) -> bool:
        """Whether it keeps or computes on data, as against what only connects, groups or sets something."""
        return bool(self.roles & {Role.STORAGE, Role.LOGS, Role.KEYS, Role.CONTAINER, Role.COMPUTE})

    @property
    def is_workload(self) -> bool:
        """Whether it is an AI workload: the thing whose data residency is asked for."""
        return self.mode == "managed" and bool(self.roles & {Role.AI, Role.ACCELERATOR})

    def verdict(self, jurisdiction: Jurisdiction, purpose: Purpose | None = None) -> Verdict:
        """Return the worst verdict of its places, or of those of one purpose; without any it is undetermined."""
        return Verdict.worst(jurisdiction.judge(place) for place in self.places if purpose in (None, place.purpose))


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that was asked for and not read. `fatal` gaps end in exit code 3."""

    what: str
    why: str
    location: FileLocation | None = None
    hint: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    """Everything that was read: resources by `Resource.key`, what joins them, what was not read, and counts.

    `joined`: for a resource that AI workloads reach, each of these with the way there, all as keys.
    """

    resources: dict[str, Resource]
    joined: dict[str, dict[str, tuple[str, ...]]]
    gaps: tuple[Gap, ...]
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Context:
    """What a policy may look at besides the resource that it judges."""

    graph: Graph
    jurisdiction: Jurisdiction
    describe: Callable[[Place], str]  # "us-east-1 (N. Virginia, United States)"
    mend: Callable[[Place], str]  # "change us-east-1 at main.tf:4 to a place inside eu"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a policy says of a resource; the engine makes a finding of it."""

    verdict: Verdict
    severity: Severity
    message: str
    place: Place | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a person should know or change."""

    policy: str
    verdict: Verdict
    severity: Severity
    address: str
    message: str
    location: FileLocation
    fingerprint: str
    place: Place | None = None
    trail: tuple[Step, ...] = ()
    tip: str = ""
    root: str = ""
    environment: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run: what was judged, what was found, what was not read."""

    graph: Graph
    judged: tuple[Resource, ...]
    findings: tuple[Finding, ...]
    jurisdiction: Jurisdiction
    scope: str
    strict: bool = False
    tables: tuple[tuple[str, str], ...] = ()  # table name → newest date it was checked
