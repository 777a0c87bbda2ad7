"""What policies find: the claims of ours and of the user's, made into findings."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker import registry
from checker.model import (
    Claim,
    Confidence,
    Context,
    Finding,
    Gap,
    Graph,
    Jurisdiction,
    Place,
    Resource,
    Severity,
    Verdict,
)

if TYPE_CHECKING:
    from checker.engine import Request

RANK = {Severity.INFO: 0, Severity.LOW: 1, Severity.MEDIUM: 2, Severity.HIGH: 3}
OFF = "off"  # the severity of a policy that is not asked


def of(
    graph: Graph, resources: tuple[Resource, ...], ruled: Mapping[str, Jurisdiction], request: Request
) -> tuple[list[Finding], list[Gap]]:
    """Return what our policies find and then the user's, and the gaps of those of the user's that fail."""
    found: list[Finding] = []
    faults: list[Gap] = []
    if not resources:
        return found, faults
    from checker import jurisdictions

    contexts = {
        one: Context(graph, one, describe, functools.partial(mend, one))
        for one in {request.jurisdiction, *ruled.values()}
    }

    def context(resource: Resource) -> Context:
        return contexts[ruled.get(resource.key, request.jurisdiction)]

    tables = jurisdictions.provisions()
    for id in registry.policy_ids():
        if request.severities.get(id) == OFF:
            continue
        policy = registry.policy(id)
        provisions = tuple(tables[name] for name in policy.PROVISIONS)
        for resource in resources:
            claims = (_weighed(claim, id, request) for claim in policy.check(resource, context(resource)))
            found += (_finding(id, _within_reach(claim), resource, provisions) for claim in claims)
    for own in request.policies:
        if request.severities.get(own.id) == OFF:
            continue
        from checker import custom

        said, fault = custom.judge(own, graph, resources, context)
        provisions = tuple(tables[name] for name in own.provisions)
        weighed = ((resource, _weighed(claim, own.id, request)) for resource, claim in said)
        found += _told_apart(_finding(own.id, claim, resource, provisions) for resource, claim in weighed)
        faults += [fault] if fault is not None else []
    return found, faults


def _weighed(claim: Claim, policy: str, request: Request) -> Claim:
    """Return a claim with the severity that the configuration gives to its policy."""
    severity = request.severities.get(policy)
    return replace(claim, severity=Severity(severity)) if severity else claim


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


def _told_apart(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield findings with fingerprints that differ: a user's policy may say several things of one place."""
    import hashlib

    seen: dict[str, int] = {}
    for finding in findings:
        number = seen[finding.fingerprint] = seen.get(finding.fingerprint, -1) + 1
        more = hashlib.sha256(f"{finding.fingerprint}\0{number}".encode()).hexdigest()[:20]
        yield replace(finding, fingerprint=more) if number else finding


def order(finding: Finding) -> tuple[object, ...]:
    verdict = {Verdict.OUTSIDE: 0, Verdict.UNDETERMINED: 1, Verdict.INSIDE: 2}[finding.verdict]
    at = finding.location
    return at.path, at.line, at.column, verdict, -RANK[finding.severity], finding.address, finding.policy


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
