"""The report for people: findings by file with the lines they point at, what was not read, and a summary."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from checker import excerpt, summary
from checker.jurisdictions import EVIDENCE, country_names
from checker.model import Confidence, Finding, Gap, Jurisdiction, Place, Resource, Severity, Verdict
from checker.outcome import Outcome
from checker.redact import HIDDEN, prose

# Writes a text in one of the styles below.
Paint = Callable[[str, str], str]

_UNSTATED = "place-not-stated"  # the policy whose findings have one cause for a whole root
_NOTHING = "0 judged: nothing was read"
_MOST_ALSO = 5  # addresses named beside the first; every report for machines has them all

_STYLES: dict[str, dict[str, object]] = {
    Verdict.OUTSIDE: {"fg": "red", "bold": True},
    Verdict.UNDETERMINED: {"fg": "yellow", "bold": True},
    Verdict.INSIDE: {"fg": "green"},
    "heading": {"bold": True},
    "margin": {"fg": "blue"},
}


def render(outcome: Outcome, *, color: bool, verbosity: int, root: Path) -> str:
    """Return the report as text with line breaks, coloured for a terminal when asked.

    `verbosity`: -1 for one line a finding and the summary, 0 for the usual, 1 to list every judged resource as well.
    Source lines are read under `root`. Whatever the checked code holds, the only control characters are line breaks
    and the colours asked for.
    """
    paint = _paint if color else _bare
    parts: list[Iterable[str]] = []
    findings = summary.findings(outcome)
    counts = outcome.graph.counts
    nothing_there = counts.get("files") == 0
    if verbosity < 0 or nothing_there:
        parts.append(f"{_at(finding)}: {_headline(finding, paint)}" for finding in findings)
        parts.append(f"{paint('could not check', Verdict.OUTSIDE)}: {_gap(gap)}" for gap in _fatal(outcome))
        if verbosity >= 0:
            parts.append(_not_read([gap for gap in summary.gaps(outcome) if not gap.fatal], paint))
    else:
        roots = len({finding.root for finding in findings})
        for path, groups in itertools.groupby(_alike(findings), key=lambda group: group[0].location.path):
            parts.extend(_file(path, list(groups), roots > 1, root, paint))
        if verbosity > 0:
            parts.append(_judged(outcome, paint))
        parts.append(_advice(outcome, paint))
        parts.append(_excepted(outcome, paint))
        parts.append(_statements(outcome, paint))
        parts.append(_not_read(summary.gaps(outcome), paint))
    nothing = "0 judged: nothing that is read uses what changed" if "files_changed" in counts else _NOTHING
    parts.append([nothing] if nothing_there else _summary(outcome, paint))
    blocks = ["\n".join(lines) for lines in parts]
    return ("\n" if verbosity < 0 or nothing_there else "\n\n").join(filter(None, blocks)) + "\n"


def _bare(text: str, style: str) -> str:
    return text


def _paint(text: str, style: str) -> str:
    from click import style as click_style

    return click_style(text, **_STYLES[style])  # type: ignore[arg-type]  # the table's values are of several types


# --- findings


def _file(path: str, groups: list[list[Finding]], roots: bool, root: Path, paint: Paint) -> Iterator[list[str]]:
    """Yield one file: its name with the number of findings, then each group of them with the lines it points at.

    `roots`: whether several roots have findings, so that theirs has to be named.
    """
    yield [paint(f"{prose(path)}: {_count(sum(map(len, groups)), 'finding')}", "heading")]
    wanted = {number for same in groups for number in excerpt.span(same[0].location)}
    lines = excerpt.read(root, path, wanted)
    for same in groups:
        yield list(_finding(same, roots, lines, paint))


def _alike(findings: list[Finding]) -> list[list[Finding]]:
    """Put findings together that say the same of several resources: one place, one line to change or one cause."""
    groups: dict[object, list[Finding]] = {}
    for finding in findings:
        at = finding.place
        place = (at.name, at.purpose, at.reason) if at and (at.name or at.reason) else finding.message
        # What nothing states for a whole root is mended once, whatever lines its resources stand on.
        cause = at is not None and bool(at.reason) and finding.policy == _UNSTATED
        where = (finding.root, finding.tip) if cause else finding.location
        identity = (finding.policy, finding.verdict, finding.severity, where, place)
        groups.setdefault(identity, []).append(finding)
    return list(groups.values())


def _finding(same: list[Finding], roots: bool, lines: dict[int, str], paint: Paint) -> Iterator[str]:
    finding = same[0]
    context = _within(finding.root if roots else "", finding.environment)
    yield _headline(finding, paint)
    yield f"  {paint('-->', 'margin')} {_at(finding)}{context}"
    # The line of a sensitive value would show it.
    quoted = [] if finding.place and finding.place.sensitive else excerpt.quote(lines, finding.location)
    for line in quoted:
        margin, bar, rest = line.partition("|")
        yield f"  {paint(margin + bar, 'margin')}{rest}"
    if finding.trail:
        subject = _subject(finding.place) if finding.place else "it"
        yield f"  = {subject} comes from: {' ← '.join(map(prose, summary.trail(finding.trail)))}"
    others = [name for name in _names(same) if name != prose(finding.address)]
    if others:
        more = f" and {len(others) - _MOST_ALSO} more" if len(others) > _MOST_ALSO else ""
        yield f"  = the same holds for {', '.join(others[:_MOST_ALSO])}{more}"
    if finding.source:
        relevant = f"; relevant to {', '.join(finding.provisions)}" if finding.provisions else ""
        yield f"  = table: {prose(finding.source)}{relevant}"
    if finding.tip:
        yield f"  = tip: {prose(finding.tip)}"


def _names(same: list[Finding]) -> list[str]:
    """Return the addresses of a group once each, with root and environment where they are not the first one's."""
    first = same[0]
    names = (
        prose(other.address)
        + _within(
            other.root if other.root != first.root else "",
            other.environment if other.environment != first.environment else "",
        )
        for other in same
    )
    return list(dict.fromkeys(names))


def _within(root: str, environment: str) -> str:
    named = [f"root {prose(root)}" if root else "", f"environment {prose(environment)}" if environment else ""]
    said = ", ".join(filter(None, named))
    return f" ({said})" if said else ""


def _headline(finding: Finding, paint: Paint) -> str:
    word = finding.verdict if finding.severity is Severity.INFO else f"{finding.severity} {finding.verdict}"
    if finding.confidence is not Confidence.HIGH:
        word += f", {finding.confidence} confidence "
    return f"{paint(f'{word}[{prose(finding.policy)}]', finding.verdict)}: {prose(finding.message)}"


def _at(finding: Finding) -> str:
    at = finding.location
    return f"{prose(at.path)}:{at.line}:{at.column}" if at.line else prose(at.path)


def _subject(place: Place) -> str:
    return HIDDEN if place.sensitive else prose(place.name) or f"its {place.purpose}"


# --- what was judged, and what was not read


def _judged(outcome: Outcome, paint: Paint) -> Iterator[str]:
    yield paint(f"Judged: {_count(len(outcome.judged), 'resource')}", "heading")
    for resource in summary.judged(outcome):
        verdict = resource.verdict(outcome.jurisdiction_of(resource))
        environment = f", environment {prose(resource.environment)}" if resource.environment else ""
        kind = prose(resource.kind or resource.type)
        yield f"  {paint(f'{verdict:<12}', verdict)} {prose(resource.address)} ({kind}{environment}) {_where(resource)}"
        for place in resource.places:
            yield f"      {_place(place, outcome.jurisdiction_of(resource))}"
        if not resource.places:
            yield "      no place is known"


def _where(resource: Resource) -> str:
    return prose(str(resource.location))


def _place(place: Place, jurisdiction: Jurisdiction) -> str:
    name = HIDDEN if place.sensitive else prose(place.name) or "not known"
    countries = f" ({country_names(place.countries)})" if place.name or place.countries else ""
    said = f"{place.purpose} {name}{countries}: {jurisdiction.judge(place)}"
    notes = [
        "" if place.stated else "nothing in the code states it",
        "" if place.verified else "the table's row is not verified",
        prose(summary.reason(place)),
    ]
    return "; ".join([said, *filter(None, notes)])


def _advice(outcome: Outcome, paint: Paint) -> Iterator[str]:
    found = summary.advice(outcome)
    if found:
        yield paint(f"Advice: {len(found)}", "heading")
    for finding in found:
        yield f"  {prose(finding.message)} ({_at(finding)}) [{finding.policy}]"
        yield f"    = tip: {prose(finding.tip)}"


def _excepted(outcome: Outcome, paint: Paint) -> Iterator[str]:
    """Yield what somebody excepted, and rules that except nothing."""
    found = summary.excepted(outcome)
    if found:
        yield paint(f"Excepted: {len(found)}", "heading")
    for one in found:
        rule = one.exemption
        until = f", until {rule.until}" if rule.until else ""
        who = f", says {prose(rule.who)}" if rule.who else ""
        yield f"  {_headline(one.finding, paint)} ({_at(one.finding)})"
        yield f"    = {prose(summary.rule(rule))}: {prose(rule.reason)}{who}{until}"
    gone = summary.fixed(outcome)
    if gone:
        yield paint(f"Fixed since {prose(outcome.since)}: {len(gone)}", "heading")
    for finding in gone:
        yield f"  {prose(finding.message)} [{finding.policy}]"
    idle = summary.exemptions(outcome)
    if idle:
        yield paint(f"Exemptions that except nothing: {len(idle)}", "heading")
    for rule in idle:
        state = f"expired on {rule.until}" if rule.state == "expired" else "not needed"
        yield f"  {prose(summary.rule(rule))}: {state} ({prose(rule.reason)})"


def _statements(outcome: Outcome, paint: Paint) -> Iterator[str]:
    """Yield what somebody stated, apart from what was measured."""
    if outcome.statements:
        yield paint(f"Stated, not measured: {len(outcome.statements)}", "heading")
    for one in outcome.statements:
        until = f"{one.note} on {one.until}" if one.note else f"until {one.until}"
        said = f"{prose(one.subject)}: {prose(one.place)}, says {prose(one.who)}, {until}; {prose(one.evidence)}"
        yield f"  {paint(f'{one.verdict:<12}', one.verdict)} {said}"


def _not_read(gaps: Sequence[Gap], paint: Paint) -> Iterator[str]:
    if gaps:
        yield paint(f"Not read: {len(gaps)}", "heading")
    for hint, group in itertools.groupby(gaps, key=lambda gap: gap.hint):
        for gap in group:
            yield f"  {_gap(gap)}"
        if hint:
            yield f"    = tip: {prose(hint)}"


def _gap(gap: Gap) -> str:
    where = f" ({prose(str(gap.location))})" if gap.location else ""
    return f"{prose(gap.what)}: {prose(gap.why)}{where}"


def _fatal(outcome: Outcome) -> Iterator[Gap]:
    return (gap for gap in summary.gaps(outcome) if gap.fatal)


# --- summary


def _summary(outcome: Outcome, paint: Paint) -> Iterator[str]:
    counts = summary.summarise(outcome)
    read = summary.read(outcome.graph)
    jurisdiction = outcome.jurisdiction
    clean = counts.judged > 0 and not counts.findings
    if not counts.workloads:
        among = f"among {_read(read, 'blocks')} in {_read(read, 'files')}" if {"blocks", "files"} <= read.keys() else ""
        unread = f"; {_count(counts.gaps, 'gap')}: see what was not read" if counts.gaps and not clean else ""
        yield f"No AI workload was found {among or 'in what was read'}{unread}."
    if clean:
        yield _nothing_found(counts, jurisdiction.name)
    found = [_count(counts.findings, "finding")]
    found += [f"{counts.excepted} excepted"] if counts.excepted else []
    found += [f"{counts.fixed} fixed since {prose(outcome.since)}"] if outcome.since else []
    found += [_calls(counts)] if counts.unread_calls else []
    found += [_count(counts.gaps, "gap")] if counts.gaps else []
    yield f"{counts.judged} judged: {_verdicts(counts, paint)}; {'; '.join(found)}"
    kinds = [_count(counts.workloads, "AI workload"), f"{counts.storages} that hold{'s' * (counts.storages == 1)} data"]
    kinds += [_count(counts.others, "other")] if counts.others else []
    countries = _count(len(jurisdiction.countries), "country", "countries")
    yield f"{', '.join(kinds)}; judged against {jurisdiction.name}: {countries}"
    if jurisdiction.accepted:
        yield f"accepted besides, as the configuration says: {', '.join(sorted(jurisdiction.accepted))}"
    for rule, number in summary.rules(outcome):
        countries = _count(len(rule.jurisdiction.countries), "country", "countries")
        yield f"{number} of them judged against {prose(rule.jurisdiction.name)}: {countries}; {prose(rule.reason)}"
    if outcome.off:
        yield f"switched off by the configuration: {', '.join(outcome.off)}"
    words = ", ".join(_roots(read, outcome) if name == "roots" else _read(read, name) for name in read)
    yield f"scope: {prose(outcome.scope)}{', strict' if outcome.strict else ''}" + (f"; read: {words}" if words else "")
    if outcome.policies:
        yield f"policies of your own: {', '.join(policy.id for policy in outcome.policies)}"
    if outcome.coverage:
        yield summary.coverage(outcome)
    if outcome.tables:
        yield "tables, last checked: " + ", ".join(
            f"{prose(name)} {prose(date)}" for name, date in sorted(outcome.tables)
        )
    if counts.judged:
        yield EVIDENCE


def _nothing_found(counts: summary.Summary, jurisdiction: str) -> str:
    if counts.inside == counts.judged:
        return f"Nothing was found against {jurisdiction}: all that was judged is inside{_unproven(counts)}."
    open_ = [
        f"{counts.outside} outside" if counts.outside else "",
        f"{counts.undetermined} undetermined" if counts.undetermined else "",
    ]
    return (
        f"No finding is shown, but not all that was judged is inside {jurisdiction}: {', '.join(filter(None, open_))}."
    )


def _unproven(counts: summary.Summary) -> str:
    """Return what keeps "nothing was found" from being a proof: "; 2 calls of modules were not read, so …"."""
    rest = max(counts.gaps - counts.unread_calls, 0)
    total = counts.unread_calls + rest
    if not total:
        return ""
    unread = [_count(counts.unread_calls, "call of a module", "calls of modules")] if counts.unread_calls else []
    unread += [_count(rest, "other thing" if unread else "thing")] if rest else []
    was, them = ("was", "it") if total == 1 else ("were", "them")
    return f"; {' and '.join(unread)} {was} not read, so this is no proof of {them}"


def _calls(counts: summary.Summary) -> str:
    one, several = "call of a module that was not read", "calls of modules that were not read"
    return _count(counts.unread_calls, one, several)


def _roots(read: dict[str, int], outcome: Outcome) -> str:
    environments = summary.environments(outcome.graph)
    return _read(read, "roots") + (f" in {environments} environments" if environments > 1 else "")


def _verdicts(counts: summary.Summary, paint: Paint) -> str:
    numbers = {
        Verdict.INSIDE: counts.inside,
        Verdict.OUTSIDE: counts.outside,
        Verdict.UNDETERMINED: counts.undetermined,
    }
    return ", ".join(paint(f"{n} {verdict}", verdict) if n else f"0 {verdict}" for verdict, n in numbers.items())


def _read(counts: dict[str, int], name: str) -> str:
    """Return one of the graph's counts in words: "213 blocks", "1 module not read"."""
    noun, _, rest = name.partition("_")
    number = _count(counts[name], noun.removesuffix("s"))
    return f"{number} {rest.replace('_', ' ').replace(' ai', ' AI')}".rstrip()


def _count(number: int, noun: str, several: str = "") -> str:
    return f"{number} {noun if number == 1 else several or noun + 's'}"
