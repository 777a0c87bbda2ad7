"""What every report says of a run as a whole: counts with their denominators, order, and what joins what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from checker import naming
from checker.model import Finding, Gap, Graph, Place, Purpose, Resource, Step, Verdict
from checker.outcome import Excepted, Exemption, Outcome, Rule, State


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a run. `inside` + `outside` + `undetermined` are the `judged` resources."""

    judged: int
    inside: int
    outside: int
    undetermined: int
    workloads: int  # judged AI workloads
    storages: int  # judged resources that hold data and are no workload themselves
    others: int  # judged resources that are neither
    findings: int
    gaps: int
    excepted: int
    fixed: int
    unread_calls: int  # calls of modules that were not read: each of them is a gap


def summarise(outcome: Outcome) -> Summary:
    """Return the counts of an outcome."""
    verdicts = [resource.verdict(outcome.jurisdiction_of(resource)) for resource in outcome.judged]
    workloads = sum(resource.is_workload for resource in outcome.judged)
    storages = sum(resource.holds_data and not resource.is_workload for resource in outcome.judged)
    return Summary(
        judged=len(outcome.judged),
        inside=verdicts.count(Verdict.INSIDE),
        outside=verdicts.count(Verdict.OUTSIDE),
        undetermined=verdicts.count(Verdict.UNDETERMINED),
        workloads=workloads,
        storages=storages,
        others=len(outcome.judged) - workloads - storages,
        findings=len(outcome.findings),
        gaps=len(outcome.graph.gaps),
        excepted=len(outcome.excepted),
        fixed=len(outcome.fixed),
        unread_calls=len(_unread_calls(outcome.graph)),
    )


def _unread_calls(graph: Graph) -> set[tuple[str, str, str]]:
    """Return the calls of modules that were not read, each once for all its instances, roots and environments."""
    return {
        (_call(resource.address), resource.type, str(resource.location))
        for resource in graph.resources.values()
        if resource.mode == "module"
    }


def _call(address: str) -> str:
    return naming.without_key(address) if address.endswith("]") else address


def environments(graph: Graph) -> int:
    """Return in how many environments the roots were evaluated, 1 when none was named."""
    return len({resource.environment for resource in graph.resources.values()}) or 1


def read(graph: Graph) -> dict[str, int]:
    """Return the counts of what was read by name; a root counts once, in however many environments."""
    apart = ("modules_not_read", "own_policies")
    counts = {name: number for name, number in graph.counts.items() if name not in apart}
    if "roots" in counts:
        counts["roots"] //= environments(graph)
    if "roots_with_ai" in counts:
        counts["roots_with_ai"] = len({item.root for item in graph.resources.values() if item.is_workload})
    return counts


def reason(place: Place) -> str:
    """Return the reason of a place where it says why it is judged as it is; "" for the remarks on a plain region."""
    plain = place.purpose is Purpose.LOCATION and place.scope in ("region", "zone") and place.countries is not None
    return "" if plain and place.stated and place.verified else place.reason


def trail(steps: tuple[Step, ...]) -> Iterator[str]:
    """Yield the steps of a trail as text, a location only where it changes."""
    last = ""
    for step in steps:
        where = str(step.location or "")
        if step.text or where != last:
            yield (step.text if where == last else str(step)).strip()
        last = where


def identity(resource: Resource) -> tuple[str, str, str]:
    """Return what tells a resource from every other one of a run: root, environment, address."""
    return resource.root, resource.environment, resource.address


def joins(graph: Graph) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """Return by `identity` the addresses, sorted, that a resource is joined to.

    For a workload they are the resources that it reaches, for any other resource the workloads that reach it.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for key, paths in graph.joined.items():
        for workload in paths:
            if workload != key:
                found[key].add(workload)
                found[workload].add(key)
    addresses = {key: resource.address for key, resource in graph.resources.items()}
    return {
        identity(graph.resources[key]): tuple(sorted(addresses.get(other, other) for other in others))
        for key, others in found.items()
        if key in graph.resources
    }


def rules(outcome: Outcome) -> list[tuple[Rule, int]]:
    """Return the rules of the configuration, each with how many resources were judged against its jurisdiction.

    What several rules' workloads reach has a jurisdiction in common, and counts for none of them.
    """
    against = [outcome.jurisdiction_of(resource).name for resource in outcome.judged]
    return [(rule, against.count(rule.jurisdiction.name)) for rule in outcome.rules]


def coverage(outcome: Outcome) -> str:
    """Return in a line how much of a scan was answered, with what it is of."""
    states = [one.state for one in outcome.coverage]
    said = ", ".join(f"{states.count(state)} {state}" for state in State if state in states)
    return f"coverage: of {len(states)} services in regions {said}"


def judged(outcome: Outcome) -> list[Resource]:
    """Return the judged resources in the order of reports: by root, environment and address."""
    return sorted(outcome.judged, key=identity)


def findings(outcome: Outcome) -> list[Finding]:
    """Return the findings in the order of reports: by file and line, then by policy and address."""
    return sorted(outcome.findings, key=_finding_order)


def advice(outcome: Outcome) -> list[Finding]:
    """Return the advice in the order of reports, which is that of findings."""
    return sorted(outcome.advice, key=_finding_order)


def excepted(outcome: Outcome) -> list[Excepted]:
    """Return what was excepted in the order of reports, which is that of findings."""
    return sorted(outcome.excepted, key=lambda one: _finding_order(one.finding))


def fixed(outcome: Outcome) -> list[Finding]:
    """Return the findings of an earlier commit that are no more, in the order of reports."""
    return sorted(outcome.fixed, key=_finding_order)


def exemptions(outcome: Outcome) -> list[Exemption]:
    """Return the rules that except nothing: those that have expired, then those that nothing needs."""
    idle = [one for one in outcome.exemptions if one.state != "used"]
    return sorted(idle, key=lambda one: (one.state, str(one.location or ""), one.path, one.address, one.reason))


def rule(one: Exemption) -> str:
    """Return where an exemption stands: "euclave:ignore main.tf:3", "ignore module.lab.* of the configuration"."""
    match one.kind:
        case "comment":
            return f"euclave:ignore {one.location}"
        case "baseline":
            return f"baseline {one.path}"
        case "since":
            return f"there at {one.path}"
        case _:
            return f"ignore {' '.join(filter(None, (one.address, one.path)))} of the configuration"


def gaps(outcome: Outcome) -> list[Gap]:
    """Return the gaps in the order of reports: by file and line, those without a file first."""
    return sorted(outcome.graph.gaps, key=_gap_order)


def _finding_order(finding: Finding) -> tuple[str | int, ...]:
    at = finding.location
    resource = (finding.address, finding.root, finding.environment)
    return at.path, at.line, at.column, finding.policy, *resource, finding.message


def _gap_order(gap: Gap) -> tuple[str, int, str, str]:
    path, line = (gap.location.path, gap.location.line) if gap.location else ("", 0)
    return path, line, gap.what, gap.why
