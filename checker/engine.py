"""The flow: paths to roots, roots to graphs, policies over the graphs, an outcome to report."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from checker import findings, registry
from checker.errors import EuclaveError
from checker.model import (
    Block,
    Confidence,
    Gap,
    Graph,
    Jurisdiction,
    Purpose,
    Resource,
    Role,
    Severity,
    Verdict,
)
from checker.outcome import Exemption, Outcome, Policy, Rule, Statement

if TYPE_CHECKING:
    from checker.formats import Options

_CONFIDENCE = {Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}
FAIL_ON = ("outside", "undetermined", "nothing")


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
    strict: bool | None = None  # None for strict where plans or states are read, which say what is or will be
    fail_on: str = "outside"
    severities: Mapping[str, str] = field(default_factory=dict)  # by policy; `off` for one that is not asked
    rules: tuple[Rule, ...] = ()
    assumed: dict[str, str] = field(default_factory=dict)
    use_env: bool = False
    format_options: dict[str, Any] = field(default_factory=dict)
    statements: tuple[Statement, ...] = ()
    exemptions: tuple[Exemption, ...] = ()
    baseline: Path | None = None
    changed: tuple[Path, ...] | None = None  # only what uses these files is judged
    policies: tuple[Policy, ...] = ()  # those of the user's own


def check(request: Request, progress: Callable[[str], None] = lambda text: None) -> Outcome:
    """Judge everything below the paths of a request and return what was found and what was not read."""
    return judge(read(request, progress), request)


def judge(graph: Graph, request: Request) -> Outcome:
    """Return what policies find in a graph, and what of it is excepted."""
    ruled = _ruled(graph, request)
    judged = tuple(_judged(graph, request.scope))
    # A module that was not read is no resource: what its call says of places is judged, but not counted.
    others = tuple(r for r in graph.resources.values() if _is_asked(r) and r not in judged)
    found, faults = findings.of(graph, (*judged, *others), ruled, request)
    graph = replace(graph, gaps=(*graph.gaps, *faults))
    found.sort(key=findings.order)
    outcome = Outcome(
        graph=graph,
        judged=judged,
        findings=tuple(finding for finding in found if finding.severity is not Severity.INFO),
        jurisdiction=request.jurisdiction,
        scope=request.scope,
        strict=bool(graph.counts.get("plans")) if request.strict is None else request.strict,
        tables=_tables(graph),
        advice=tuple(finding for finding in found if finding.severity is Severity.INFO),
        statements=request.statements,
        rules=request.rules,
        ruled=ruled,
        off=tuple(sorted(policy for policy, severity in request.severities.items() if severity == findings.OFF)),
        fail_on=request.fail_on,
        policies=request.policies,
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


def _ruled(graph: Graph, request: Request) -> dict[str, Jurisdiction]:
    if not request.rules:
        return {}
    from checker import rules

    return rules.jurisdictions(graph, request.jurisdiction, request.rules)


def _is_asked(resource: Resource) -> bool:
    """Return whether policies look at a resource that is not judged: a module that was not read, a guardrail."""
    return resource.mode == "module" or Role.GUARDRAIL in resource.roles


def read(request: Request, progress: Callable[[str], None] = lambda text: None) -> Graph:
    """Read what the paths hold and join AI workloads to their storage.

    In scope `ai`, a root whose modules declare nothing that can be an AI workload is not evaluated at all.
    """
    options = options_of(request)
    roots, gaps, counts = _opened(request, options)
    if request.changed is not None:
        counts["files_changed"] = len(request.changed)
    if not counts["files"] and request.changed is None:
        shown = ", ".join(str(path) for path in request.paths)
        gaps.append(Gap(shown, "no infrastructure code that is known is there: nothing was checked", fatal=True))
        return Graph({}, {}, tuple(gaps), counts)
    # Tables and their decoder are not needed before there is something to judge.
    counts |= {"roots": len(roots), "roots_with_ai": 0, "modules_not_read": 0}
    counts |= {"own_policies": len(request.policies)} if request.policies else {}
    return graph_of(roots, request, options, Graph({}, {}, tuple(gaps), counts), progress)


def graph_of(
    roots: Iterable[Root], request: Request, options: Options, begun: Graph, progress: Callable[[str], None]
) -> Graph:
    """Return the graph of some roots, with the gaps and counts of one that has begun."""
    resources: dict[str, Resource] = {}
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    gaps, counts = [*begun.gaps], {**begun.counts}
    for root in roots:
        progress(root.name)
        try:
            graph = _root_graph(root, request, options.at(root.name).assumed)
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


def options_of(request: Request) -> Options:
    """Return what formats are told."""
    from checker import formats

    options = formats.Options(
        use_env=request.use_env, assumed=request.assumed, derive=_derive, **request.format_options
    )
    if not options.input_format:
        return options
    return replace(options, claimed=frozenset(path.resolve() for path in request.paths if path.is_file()))


def _opened(request: Request, options: Options) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots that the formats make of the files below the paths, gaps, and counts of what was found."""
    from checker import formats

    names = [options.input_format] if options.input_format else registry.format_names()
    parts = formats.listing(request.paths)
    if request.changed is not None:
        from checker import changed

        parts = changed.narrowed(parts, request.changed, options)
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts: dict[str, int] = {}
    # A format that takes what another would read goes first.
    for format in sorted(map(registry.format_named, names), key=lambda module: not hasattr(module, "taken")):
        found, unread, numbers = format.open_roots(parts, options, Path.cwd())
        if hasattr(format, "taken"):
            options = replace(options, taken=options.taken | format.taken(found))
        roots += found
        gaps += unread
        counts = {key: counts.get(key, 0) + numbers.get(key, 0) for key in (*counts, *numbers)}
    return roots, gaps, counts


def _derive(mode: str, type: str, attribute: str) -> str | None:
    from checker import known

    return known.derive(mode, type, attribute)


def _root_graph(root: Root, request: Request, assumed: Mapping[str, str]) -> Graph:
    from checker import graph as graphs
    from checker import known
    from checker.placing import Assumptions

    rules = None
    if request.rules:
        from checker.rules import Rules

        rules = Rules(request.rules)
    types = root.types()
    callers, guards = _wanted(root, types)
    builder = graphs.Builder(Assumptions(assumed, request.use_env), callers=callers, rules=rules)

    def first(mode: str, type: str) -> bool:
        wanted = known.may_be_ai(mode, type) or (callers and known.may_call(mode, type))
        return wanted or (guards and known.is_guardrail(mode, type))

    if request.scope == "all":
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
    return replace(graph, gaps=(*graph.gaps, *root.gaps(), *(rules.gaps() if rules is not None else ())))


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
    if outcome.fail_on == "nothing":
        return 0
    for finding in outcome.findings:
        sure = _CONFIDENCE[finding.confidence] >= _CONFIDENCE[Confidence.MEDIUM]
        counts = finding.verdict is Verdict.OUTSIDE or outcome.fail_on == "undetermined"
        if outcome.strict or (counts and sure and findings.RANK[finding.severity] >= findings.RANK[threshold]):
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
