"""The flow: paths to roots, roots to graphs, policies over the graphs, an outcome to report."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from checker import registry
from checker.errors import EuclaveError
from checker.model import (
    Block,
    Claim,
    Confidence,
    Context,
    Exemption,
    Finding,
    Gap,
    Graph,
    Jurisdiction,
    Outcome,
    Place,
    Purpose,
    Resource,
    Role,
    Severity,
    Statement,
    Verdict,
)

if TYPE_CHECKING:
    from checker.placing import Assumptions

_RANK = {Severity.INFO: 0, Severity.LOW: 1, Severity.MEDIUM: 2, Severity.HIGH: 3}
_CONFIDENCE = {Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}


class Root(Protocol):
    """What a format offers for each root that it opens."""

    @property
    def name(self) -> str:
        """What people call it: its folder."""
        ...

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it and its modules declare."""
        ...

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of holds one of some words (lower case): a cheap test of it all."""
        ...

    def blocks(self, wanted: Callable[[str, str], bool]) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted."""
        ...

    def parse(self, wanted: Callable[[str, str], bool]) -> None:
        """Parse the blocks of the types that are wanted, so that those that cannot be are among the gaps."""
        ...

    def gaps(self) -> list[Gap]:
        """Return what was not read."""
        ...

    def close(self) -> None:
        """Let go of what was evaluated."""
        ...


@dataclass(frozen=True, slots=True)
class Request:
    """What a check was asked to do."""

    paths: tuple[Path, ...]
    jurisdiction: Jurisdiction
    scope: str = "ai"
    strict: bool = False
    assumed: dict[str, str] = field(default_factory=dict)
    use_env: bool = False
    format_options: dict[str, Any] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    baseline: Path | None = None
    changed: tuple[Path, ...] | None = None  # only what uses these files is judged


def check(request: Request, progress: Callable[[str], None] = lambda text: None) -> Outcome:
    """Judge everything below the paths of a request and return what was found and what was not read."""
    graph = read(request, progress)
    judged = tuple(_judged(graph, request.scope))
    # A module that was not read is no resource: what its call says of places is judged, but not counted.
    others = tuple(r for r in graph.resources.values() if _is_asked(r) and r not in judged)
    found = sorted(_findings(graph, (*judged, *others), request), key=_order)
    outcome = Outcome(
        graph=graph,
        judged=judged,
        findings=tuple(finding for finding in found if finding.severity is not Severity.INFO),
        jurisdiction=request.jurisdiction,
        scope=request.scope,
        strict=request.strict,
        tables=_tables(graph),
        advice=tuple(finding for finding in found if finding.severity is Severity.INFO),
        statements=request.statements,
    )
    if not (judged or request.exemptions or request.baseline):
        return outcome
    from checker import exemptions

    known = exemptions.load(request.baseline) if request.baseline is not None else ()
    outcome = exemptions.apply(outcome, request.exemptions, known, str(request.baseline or ""))
    if request.changed is None:
        return outcome
    # What the rest of the code needs was not asked.
    return replace(outcome, exemptions=tuple(one for one in outcome.exemptions if one.state != "unused"))


def _is_asked(resource: Resource) -> bool:
    """Return whether policies look at a resource that is not judged: a module that was not read, a guardrail."""
    return resource.mode == "module" or Role.GUARDRAIL in resource.roles


def read(request: Request, progress: Callable[[str], None] = lambda text: None) -> Graph:
    """Read what the paths hold and join AI workloads to their storage.

    In scope `ai`, a root whose modules declare nothing that can be an AI workload is not evaluated at all.
    """
    roots, gaps, counts = _opened(request)
    if request.changed is not None:
        counts["files_changed"] = len(request.changed)
    if not counts["files"] and request.changed is None:
        shown = ", ".join(str(path) for path in request.paths)
        gaps.append(Gap(shown, "no infrastructure code that is known is there: nothing was checked", fatal=True))
        return Graph({}, {}, tuple(gaps), counts)
    # Tables and their decoder are not needed before there is something to judge.
    from checker.placing import Assumptions

    assumptions = Assumptions(request.assumed, request.use_env)
    counts |= {"roots": len(roots), "roots_with_ai": 0, "modules_not_read": 0}
    resources: dict[str, Resource] = {}
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    for root in roots:
        progress(root.name)
        try:
            graph = _root_graph(root, request.scope, assumptions)
        except Exception as error:  # a fault of ours in one root must not lose what the others say
            if os.environ.get("EUCLAVE_TRACEBACK"):
                raise
            why = f"a fault of euclave ({type(error).__name__}) ended its evaluation: nothing of it was judged"
            graph = Graph({}, {}, (Gap(root.name, why, hint="EUCLAVE_TRACEBACK=1 shows where", fatal=True),), {})
        counts["roots_with_ai"] += any(r.is_workload for r in graph.resources.values())
        counts["modules_not_read"] += sum(r.mode == "module" for r in graph.resources.values())
        resources |= graph.resources
        joined |= graph.joined
        gaps += graph.gaps
        root.close()
    progress("")
    return Graph(resources, joined, tuple(dict.fromkeys(gaps)), counts)


def _opened(request: Request) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots that the formats make of the files below the paths, gaps, and counts of what was found."""
    from checker import formats

    options = formats.Options(
        use_env=request.use_env, assumed=request.assumed, derive=_derive, **request.format_options
    )
    names = registry.format_names()
    if options.input_format:
        names = [options.input_format]
        files = frozenset(path.resolve() for path in request.paths if path.is_file())
        options = replace(options, claimed=files)
    parts = formats.listing(request.paths)
    if request.changed is not None:
        from checker import changed

        parts = changed.narrowed(parts, request.changed, options)
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts: dict[str, int] = {}
    for name in names:
        found, unread, numbers = registry.format_named(name).open_roots(parts, options, Path.cwd())
        roots += found
        gaps += unread
        counts = {key: counts.get(key, 0) + numbers.get(key, 0) for key in (*counts, *numbers)}
    return roots, gaps, counts


def _derive(mode: str, type: str, attribute: str) -> str | None:
    from checker import known

    return known.derive(mode, type, attribute)


def _root_graph(root: Root, scope: str, assumptions: Assumptions) -> Graph:
    from checker import graph as graphs
    from checker import known

    types = root.types()
    callers, guards = _wanted(root, types)
    builder = graphs.Builder(assumptions, callers=callers)

    def first(mode: str, type: str) -> bool:
        wanted = known.may_be_ai(mode, type) or (callers and known.may_call(mode, type))
        return wanted or (guards and known.is_guardrail(mode, type))

    if scope == "all":
        builder.add(root.blocks(known.is_known))
    else:
        builder.add(root.blocks(first))
        if builder.has_workloads():
            builder.add(root.blocks(known.is_known))
    # What is not judged must be readable all the same: a block that cannot be parsed is no clean result.
    root.parse(known.holds)
    graph = builder.build({}, ())
    if callers and not builder.has_workloads():
        graph = replace(graph, gaps=(*graph.gaps, *_permitted(root)))
    # Arguments are evaluated while the graph is built: what of them could not be read is known only now.
    return replace(graph, gaps=(*graph.gaps, *root.gaps()))


def _permitted(root: Root) -> Iterator[Gap]:
    """Yield a gap for a root without an AI workload whose policies let something call a model all the same."""
    from checker import endpoints

    if root.mentions(endpoints.permissions()):
        why = "a policy allows calls of a model, and no setting says what calls which model, or where"
        hint = "a setting such as BEDROCK_MODEL_ID beside the compute that calls it makes it a workload that is judged"
        yield Gap(root.name, why, hint=hint)


def _wanted(root: Root, types: frozenset[tuple[str, str]]) -> tuple[bool, bool]:
    """Return whether settings of compute and whether guardrails of a root are worth a look, by what its texts say."""
    from checker import endpoints, known

    may_call = any(known.may_call(*one) for one in types)
    serves = may_call and any(known.serves(*one) for one in types)
    may_guard = any(known.is_guardrail(*one) for one in types)
    if not (may_call or may_guard):
        return False, False
    hints = endpoints.hints()
    if not root.mentions(hints + known.GUARDRAIL_WORDS):  # one pass over the texts is enough for most
        return serves, False
    return serves or (may_call and root.mentions(hints)), may_guard and root.mentions(known.GUARDRAIL_WORDS)


def _judged(graph: Graph, scope: str) -> Iterator[Resource]:
    """Yield what the scope covers: everything declared that the catalogue knows, or AI workloads and what they reach.

    Of what a workload reaches, only what holds data, computes on it or copies it counts.
    """
    for key, resource in graph.resources.items():
        copies = any(place.purpose is not Purpose.LOCATION for place in resource.places)
        holds = resource.holds_data or copies or resource.mode == "module"
        reached = key in graph.joined and holds and bool(resource.places)
        declared = scope == "all" and resource.mode == "managed" and Role.GUARDRAIL not in resource.roles
        if declared or reached or resource.is_workload:
            yield resource


def _findings(graph: Graph, resources: tuple[Resource, ...], request: Request) -> Iterator[Finding]:
    context = Context(graph, request.jurisdiction, describe, functools.partial(mend, request.jurisdiction))
    from checker import jurisdictions

    tables = jurisdictions.provisions() if resources else {}
    for id in registry.policy_ids() if resources else ():
        policy = registry.policy(id)
        provisions = tuple(tables[name] for name in policy.PROVISIONS)
        for resource in resources:
            for claim in policy.check(resource, context):
                yield _finding(id, _within_reach(claim), resource, provisions)


def _within_reach(claim: Claim) -> Claim:
    """Return a claim of low severity where a place is a vendor's own, wider Europe: a configuration may accept it."""
    place = claim.place
    if place is None or not place.accept or claim.verdict is not Verdict.OUTSIDE or claim.severity is Severity.INFO:
        return claim
    tip = f'`accept = ["{place.accept}"]` in the configuration takes it as inside; every report says so then'
    return replace(claim, severity=Severity.LOW, tip=tip)


def _finding(policy: str, claim: Claim, resource: Resource, provisions: tuple[str, ...]) -> Finding:
    import hashlib

    place = claim.place
    location = place.location if place is not None and place.location is not None else resource.location
    # No line number and no file name: a finding stays the same when code moves.
    identity = (
        policy,
        claim.verdict,
        resource.root,
        resource.environment,
        resource.address,
        place and place.purpose,
        place and place.name,
    )
    return Finding(
        policy=policy,
        verdict=claim.verdict,
        severity=claim.severity,
        address=resource.address,
        message=claim.message,
        location=location,
        fingerprint=hashlib.sha256("\0".join(str(part) for part in identity).encode()).hexdigest()[:20],
        place=place,
        trail=place.trail if place is not None else (),
        tip=claim.tip,
        root=resource.root,
        environment=resource.environment,
        confidence=claim.confidence or (place.confidence if place is not None else Confidence.HIGH),
        source=place.source if place is not None and place.source else resource.source,
        provisions=provisions,
    )


def _order(finding: Finding) -> tuple[object, ...]:
    verdict = {Verdict.OUTSIDE: 0, Verdict.UNDETERMINED: 1, Verdict.INSIDE: 2}[finding.verdict]
    at = finding.location
    return at.path, at.line, at.column, verdict, -_RANK[finding.severity], finding.address, finding.policy


def describe(place: Place) -> str:
    """Return a place for people: "us-east-1 (N. Virginia, United States)"."""
    from checker.jurisdictions import country_names

    name = "(sensitive)" if place.sensitive else place.name or "a place that is not known"
    inner = [place.label] if place.label and place.label.lower() != place.name.lower() else []
    if place.countries:
        known = [country_names([code]) for code in place.countries]
        # A label that names the countries already says enough, and so does the name of their union.
        names = country_names(place.countries)
        if not all(name in place.label for name in known) and not (
            names[:4] == "all " and " and " not in names and place.label in names
        ):
            inner.append(names)
    return f"{name} ({', '.join(inner)})" if inner else name


def mend(jurisdiction: Jurisdiction, place: Place) -> str:
    """Return the one change that puts a place inside, at the line that a person would edit."""
    at = f" at {place.location}" if place.location is not None else ""
    if place.countries is None or not place.verified:
        missing = re.search(r'(variable|parameter) "([^"]+)" has no value', place.reason)
        if missing:
            file = "--var-file" if missing[1] == "variable" else "--parameter-file"
            return f"give {missing[1]} {missing[2]!r} a default, or its value by --var or {file}"
        return f"state a place whose countries are known{at}"
    if not place.stated:
        return f"state a place inside {jurisdiction.name}{at}: left out, it is {place.name}"
    return f"change {'it' if place.sensitive else place.name}{at} to a place inside {jurisdiction.name}"


def _tables(graph: Graph) -> tuple[tuple[str, str], ...]:
    """Return (table, newest date checked) of the tables that the resources used."""
    from checker import catalogue, places

    used = sorted({resource.cloud for resource in graph.resources.values() if resource.cloud})
    found = []
    for cloud in used:
        found.append((f"{cloud} places", places.table(cloud).checked))
        found.append((f"{cloud} catalogue", catalogue.rows(cloud).checked))
    vendors = {place.vendor for resource in graph.resources.values() for place in resource.places if place.vendor}
    if vendors:
        from checker import endpoints

        found.append(("model endpoints", max(one.checked for one in endpoints.vendors() if one.title in vendors)))
    return tuple((name, checked) for name, checked in found if checked)


def exit_code(outcome: Outcome, threshold: Severity = Severity.MEDIUM) -> int:
    """Return 0 clean, 1 findings, 3 when something asked for could not be read at all.

    A finding of low confidence does not fail. Strict fails for any, for what is undetermined, for what was not read and
    for statements that are expired or say outside.
    """
    if any(gap.fatal for gap in outcome.graph.gaps):
        return 3
    for finding in outcome.findings:
        sure = _CONFIDENCE[finding.confidence] >= _CONFIDENCE[Confidence.MEDIUM]
        if finding.verdict is Verdict.OUTSIDE and (
            outcome.strict or (sure and _RANK[finding.severity] >= _RANK[threshold])
        ):
            return 1
        if finding.verdict is Verdict.UNDETERMINED and outcome.strict:
            return 1
    stated = any(statement.verdict is not Verdict.INSIDE for statement in outcome.statements)
    return 1 if outcome.strict and (outcome.graph.gaps or stated) else 0


def matching(outcome: Outcome, address: str) -> list[Resource]:
    """Return the resources that an address means: itself, or all its instances. Raises EuclaveError for none."""
    found = [r for r in outcome.graph.resources.values() if r.address == address]
    found = found or [r for r in outcome.graph.resources.values() if r.address.startswith(address + "[")]
    if not found:
        import difflib

        known = sorted({r.address for r in outcome.graph.resources.values()})
        close = difflib.get_close_matches(address, known, 1)
        hint = f"did you mean {close[0]}?" if close else "`euclave graph` lists all of them"
        if not known:
            hint = "no AI workload was found, so nothing else was read: --scope all reads everything"
        raise EuclaveError(f"{address} is not among {len(known)} resources read", hint)
    return found
