"""The nouns of euclave: frozen records that every other module takes and gives.

Nothing here imports anything of ours, and nothing here acts: verbs are functions elsewhere.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol


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


class Confidence(enum.StrEnum):
    """How sure a finding is, apart from how much it matters."""

    LOW = "low"  # a name sounds like it
    MEDIUM = "medium"  # what happens when nothing is stated, as a vendor documents it; code that is not read may differ
    HIGH = "high"  # the code states it


class Purpose(enum.StrEnum):
    """What happens at a place that belongs to a resource."""

    LOCATION = "location"  # where the resource itself sits, with what it stores
    INFERENCE = "inference"  # where a model call that the resource makes or serves may run
    ENDPOINT = "endpoint"  # where a model host that its settings name takes what it is sent
    TELEMETRY = "telemetry"  # where traces go that hold prompts and answers
    REPLICA = "replica"  # where a copy goes
    BACKUP = "backup"  # where a backup is kept
    ALLOWED = "allowed"  # a place that a guardrail lets pass; nothing of the guardrail's own is there


class Role(enum.StrEnum):
    """What a resource does, as far as residency is concerned."""

    AI = "ai"  # an AI service: models, agents, training, search built for models …
    ACCELERATOR = "accelerator"  # compute with GPUs, TPUs or other AI chips
    CLIENT = "client"  # compute whose settings name a model that somebody else hosts
    STORAGE = "storage"
    REPLICATION = "replication"
    LOGS = "logs"
    KEYS = "keys"
    COMPUTE = "compute"
    CONTAINER = "container"  # registries and images
    ROUTING = "routing"
    NETWORK = "network"
    GROUP = "group"  # a holder of other resources that lends them its place
    GUARDRAIL = "guardrail"  # what may keep everything in place: a control policy, an assignment, an org policy


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
        return f"{self.path}:{self.line}" if self.line else self.path  # what is deployed stands on no line


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

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return each map, object or block at a dotted path as its members by name: all values that each may have.

        Members of members have dotted names ("value_from.name"). A map that is not known is one value under "".
        """
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
    accept: str = ""  # the id by which a configuration accepts a vendor's own, wider Europe: "openai:europe"
    vendor: str = ""  # whose endpoint it is: "OpenAI"
    stated_by: str = ""  # the setting that names it: "OPENAI_BASE_URL"
    confidence: Confidence = Confidence.HIGH
    fix: str = ""  # what the vendor's table says would mend it


ANYWHERE: frozenset[str] = frozenset({"*"})


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A named set of countries that data may sit in, and vendors' own, wider regions that somebody accepted."""

    name: str
    countries: frozenset[str]
    accepted: frozenset[str] = frozenset()  # "openai:europe", "azure:eu-data-zone"

    def judge(self, place: Place) -> Verdict:
        """Return whether all countries of a place belong to this jurisdiction; unverified ones never pass."""
        if place.accept in self.accepted:
            return Verdict.INSIDE if place.verified else Verdict.UNDETERMINED
        if place.countries is None or not place.countries:
            return Verdict.UNDETERMINED
        if place.countries <= self.countries:
            return Verdict.INSIDE if place.verified else Verdict.UNDETERMINED
        return Verdict.OUTSIDE


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
    hosted: bool = False  # whether a vendor runs it on clouds that the customer does not see
    rule: str = ""  # the rule of the configuration that it is under

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
        return self.mode == "managed" and bool(self.roles & {Role.AI, Role.ACCELERATOR, Role.CLIENT})

    def verdict(self, jurisdiction: Jurisdiction, purpose: Purpose | None = None) -> Verdict:
        """Return the worst verdict of its places, or of those of one purpose; without any it is undetermined.

        What a guardrail lets pass is no place of its own.
        """
        own = (place for place in self.places if place.purpose is (purpose or place.purpose))
        return Verdict.worst(jurisdiction.judge(place) for place in own if place.purpose is not Purpose.ALLOWED)


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
    confidence: Confidence | None = None  # None for that of the place, or high without one


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
    confidence: Confidence = Confidence.HIGH
    source: str = ""  # the row of a table that it rests on, with its date
    provisions: tuple[str, ...] = ()  # what it is relevant to: "GDPR Art. 44"
