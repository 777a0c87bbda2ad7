"""The nouns of a run: what somebody asked, stated and excepted, and what came out.

Like `checker.model`, it has nouns only, and imports nothing of ours but that.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from checker.model import Claim, Context, FileLocation, Finding, Graph, Jurisdiction, Resource, Verdict


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the configuration: what fits all of its patterns sits in a jurisdiction of its own."""

    name: str
    jurisdiction: Jurisdiction
    reason: str
    patterns: tuple[tuple[str, str], ...]  # of its path, address, type, kind, role, account
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy that a user wrote, as its file says it."""

    id: str  # the name of the file, with dashes
    title: str
    page: str  # its docstring, in Markdown
    check: Callable[[Resource, Context], Iterable[Claim]]
    provisions: tuple[str, ...]  # ids of the table of laws
    file: str  # without links
    location: FileLocation  # of its function `check`, as people see it


@dataclass(frozen=True, slots=True)
class Statement:
    """What somebody says of a thing that neither code nor an API shows; it is reported apart from what was measured."""

    subject: str
    place: str
    evidence: str
    who: str
    until: str  # ISO date; after it the statement counts as undetermined
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """A rule that findings are excepted by: a comment in the code, an entry of the configuration, the baseline."""

    kind: str  # comment | configuration | baseline | since (an earlier commit)
    policies: tuple[str, ...] = ()  # none for all
    address: str = ""  # pattern
    path: str = ""  # pattern; of a comment the file that it is in
    reason: str = ""
    who: str = ""
    until: str = ""  # ISO date, the last day on which it counts
    location: FileLocation | None = None
    state: str = ""  # used | unused | expired


@dataclass(frozen=True, slots=True)
class Excepted:
    """A finding that somebody excepted, and the rule that did."""

    finding: Finding
    exemption: Exemption


class State(enum.StrEnum):
    """How the calls of a service in a region ended, in a scan; a later one is worse."""

    EMPTY = "empty"
    LISTED = "listed"
    UNAVAILABLE = "unavailable"  # the service, the call or the region is not there
    THROTTLED = "throttled"
    FAILED = "failed"
    DENIED = "denied"


READ = (State.EMPTY, State.LISTED)


@dataclass(frozen=True, slots=True)
class Covered:
    """A line of the coverage ledger: how the calls of a service in a region of an account ended."""

    cloud: str
    account: str
    region: str
    service: str
    state: State
    found: int = 0
    why: str = ""
    ai: bool = False  # whether it is an AI service


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a run: what was judged, what was found, what was not read.

    `advice` are findings of severity info: they never fail a run.
    """

    graph: Graph
    judged: tuple[Resource, ...]
    findings: tuple[Finding, ...]
    jurisdiction: Jurisdiction
    scope: str
    strict: bool = False
    tables: tuple[tuple[str, str], ...] = ()  # table name → newest date it was checked
    advice: tuple[Finding, ...] = ()
    statements: tuple[Statement, ...] = ()
    excepted: tuple[Excepted, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    since: str = ""  # the earlier commit that it was compared with
    fixed: tuple[Finding, ...] = ()  # findings of that commit that are no more
    policies: tuple[Policy, ...] = ()  # those of the user's own
    rules: tuple[Rule, ...] = ()
    ruled: Mapping[str, Jurisdiction] = field(default_factory=dict)  # by key, where another jurisdiction counts
    off: tuple[str, ...] = ()  # policies that the configuration switched off
    coverage: tuple[Covered, ...] = ()  # of a scan
    fail_on: str = "outside"  # outside | undetermined | nothing

    def jurisdiction_of(self, resource: Resource) -> Jurisdiction:
        """Return what a resource is judged against: the run's jurisdiction, or that of a rule."""
        return self.ruled.get(resource.key, self.jurisdiction) if self.ruled else self.jurisdiction
