"""Findings that somebody excepted: comments in the code, rules of the configuration, a baseline.

An exemption hides nothing: reports list what was excepted, by which rule, why and until when, and rules that have
expired or that nothing needs any more.
"""

from __future__ import annotations

import datetime
import fnmatch
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from checker.errors import UsageError
from checker.model import FileLocation, Finding, Gap
from checker.outcome import Excepted, Exemption, Outcome, Policy
from checker.source import Unreadable, data

BASELINE = "euclave-baseline.json"
SCHEMA = "euclave-baseline/1"
_OWN = "a policy of your own has to be named by --policy"
_LARGEST = 2_000_000  # bytes of a file that is looked through for comments
_COMMENT = re.compile(r"(?:#|//|/\*|--)[ \t]*euclave:ignore(?![\w-])(?:\[([^\]\n]*)\])?([^\n]*)")
_OPTION = re.compile(r"""\b(until|reason|who)=(?:"([^"]*)"|'([^']*)'|(\S+))""")
_ALONE = re.compile(r"\s*(?:#|//|/\*|--|\*/|\*|$)")  # a line that holds nothing but a comment


@dataclass(frozen=True, slots=True)
class Known:
    """An entry of a baseline: the fingerprint of a finding, and one that holds when folders are renamed."""

    fingerprint: str
    anywhere: str


def apply(
    outcome: Outcome, rules: tuple[Exemption, ...] = (), known: tuple[Known, ...] = (), baseline: str = ""
) -> Outcome:
    """Return an outcome whose findings are without those that are excepted.

    Of a finding that several rules except, the first counts: comments, then the configuration, then the baseline.
    """
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    comments, gaps = _comments(outcome)
    every = [*((one, lines) for one, lines in comments), *((one, frozenset[int]()) for one in rules)]
    used: set[int] = set()
    found: list[Excepted] = []
    left: list[Finding] = []
    for finding in outcome.findings:
        matching = [n for n, (one, lines) in enumerate(every) if _matches(one, lines, finding, outcome)]
        used.update(matching)
        valid = next((every[n][0] for n in matching if not _has_expired(every[n][0], today)), None)
        if valid is not None:
            found.append(Excepted(finding, replace(valid, state="used")))
        else:
            left.append(finding)
    remaining, listed = _without(left, known, baseline)
    states = [
        replace(one, state="expired" if _has_expired(one, today) else "used" if number in used else "unused")
        for number, (one, _) in enumerate(every)
    ]
    unneeded = len(known) - len(listed)
    if baseline and unneeded:
        why = f"{unneeded} of its {len(known)} entries are no findings any more"
        states.append(Exemption(kind="baseline", reason=why, path=baseline, state="unused"))
    graph = replace(outcome.graph, gaps=(*outcome.graph.gaps, *gaps))
    return replace(
        outcome,
        findings=tuple(remaining),
        excepted=(*found, *listed),
        exemptions=tuple(states),
        graph=graph,
    )


def _has_expired(one: Exemption, today: str) -> bool:
    return bool(one.until) and one.until < today


def _matches(one: Exemption, lines: frozenset[int], finding: Finding, outcome: Outcome) -> bool:
    if one.policies and finding.policy not in one.policies:
        return False
    if one.kind == "comment":
        return any(at.path == one.path and at.line in lines for at in _places(finding, outcome))
    if one.address and not _fits(finding.address, one.address):
        return False
    return not one.path or any(_fits(at.path, one.path) for at in _places(finding, outcome))


def _fits(text: str, pattern: str) -> bool:
    """Return whether a text fits a pattern of `*` and `?`; brackets are those of instance keys."""
    return fnmatch.fnmatchcase(text, pattern.replace("[", "[[]"))


def _places(finding: Finding, outcome: Outcome) -> Iterator[FileLocation]:
    """Yield the lines that a finding concerns: the one to edit, those its value came by, and the resource's own."""
    yield finding.location
    yield from (step.location for step in finding.trail if step.location is not None)
    resource = outcome.graph.resources.get("\0".join((finding.root, finding.environment, finding.address)))
    if resource is not None:
        yield resource.location


# --- comments


def _comments(outcome: Outcome) -> tuple[list[tuple[Exemption, frozenset[int]]], list[Gap]]:
    """Return the comments in the files that resources and findings stand in, each with the lines that it is about."""
    paths = {resource.location.path for resource in outcome.judged}
    paths |= {at.path for finding in outcome.findings for at in _places(finding, outcome)}
    found: list[tuple[Exemption, frozenset[int]]] = []
    gaps: list[Gap] = []
    for path in sorted(paths):
        text = _text(path)
        lines = text.split("\n") if "euclave:ignore" in text else []
        for number, line in enumerate(lines, 1):
            comment = _COMMENT.search(line)
            if comment is None:
                continue
            at = FileLocation(path, number, comment.start() + 1)
            read = _read(comment, at, outcome.policies)
            if isinstance(read, Gap):
                gaps.append(read)
                continue
            found.append((read, frozenset({subject(lines, number, comment.start())})))
    return found, gaps


def subject(lines: Sequence[str], number: int, start: int) -> int:
    """Return the line that a comment is about: its own, or the next that holds code when it stands alone.

    `number` is the comment's line from 1, `start` the offset in it where the comment begins.
    """
    if lines[number - 1][:start].strip():
        return number
    return next((n for n, text in enumerate(lines[number:], number + 1) if not _ALONE.match(text)), number)


def _text(path: str) -> str:
    try:
        return data(Path(path), _LARGEST).decode("utf-8", "replace")
    except (Unreadable, ValueError):
        return ""


def _read(comment: re.Match[str], at: FileLocation, own: Iterable[Policy]) -> Exemption | Gap:
    options = {name: quoted or single or bare for name, quoted, single, bare in _OPTION.findall(comment[2])}
    policies = tuple(name.strip() for name in (comment[1] or "").split(",") if name.strip())
    what = "euclave:ignore"
    unknown = _unknown(policies, own)
    if unknown:
        return Gap(what, unknown, at, hint=f"the findings that it is for stay; {_OWN}")
    if not options.get("reason", "").strip():
        return Gap(what, "it states no reason, so it does not count", at, hint='euclave:ignore[policy] reason="…"')
    until = options.get("until", "")
    if until and not _is_date(until):
        return Gap(what, f"{until[:40]!r} is no date, so it does not count", at, hint="until=2027-03-31")
    return Exemption(
        kind="comment",
        policies=policies,
        path=at.path,
        reason=options["reason"].strip(),
        who=options.get("who", ""),
        until=until,
        location=at,
    )


def _unknown(policies: Iterable[str], own: Iterable[Policy]) -> str:
    """Return what is wrong with names of policies; "" when nothing is."""
    from checker import registry

    ids = [*registry.policy_ids(), *(policy.id for policy in own)]
    for name in policies:
        if name not in ids:
            import difflib

            near = difflib.get_close_matches(name, ids, 1)
            return f"there is no policy {name[:60]!r}" + (f": did you mean {near[0]}?" if near else "")
    return ""


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def rule(
    policies: tuple[str, ...],
    address: str,
    path: str,
    reason: str,
    who: str,
    until: str,
    own: Iterable[Policy] = (),
) -> Exemption:
    """Return a rule of the configuration. Raises UsageError for one that says too little, or names no policy."""
    unknown = _unknown(policies, own)
    if unknown:
        raise UsageError(f"ignore: {unknown}", _OWN)
    if not reason.strip():
        raise UsageError("ignore: a reason is needed")
    if not address and not path:
        raise UsageError("ignore: say what it is for", 'address = "module.lab.*", or path = "sandbox/*"')
    return Exemption("configuration", policies, address, path, reason.strip(), who, until)


# --- the baseline


def anywhere(finding: Finding) -> str:
    """Return a fingerprint that does not hang on the folder that a finding is in."""
    place = finding.place
    parts = (finding.policy, finding.verdict, finding.environment, finding.address)
    more = (place and place.purpose, place and place.name)
    return hashlib.sha256("\0".join(str(part) for part in (*parts, *more)).encode()).hexdigest()[:20]


def load(file: Path) -> tuple[Known, ...]:
    """Return the entries of a baseline. Raises UsageError for what is none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        if document["schema"] != SCHEMA:
            raise UsageError(f"{file}: its shape is {str(document['schema'])[:40]!r}, not {SCHEMA!r}")
        return tuple(Known(str(one["fingerprint"]), str(one["anywhere"])) for one in document["entries"])
    except OSError as error:
        hint = "`euclave baseline` writes it"
        raise UsageError(f"{file} cannot be read: {error.strerror}", hint) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f"{file} is no baseline", "`euclave baseline` writes it") from None


def since(outcome: Outcome, before: Iterable[Finding], ref: str) -> Outcome:
    """Return an outcome without the findings that were there before, and with those that are no more."""
    earlier = list(before)
    known = tuple(Known(finding.fingerprint, anywhere(finding)) for finding in earlier)
    left, listed = _without(list(outcome.findings), known, ref, kind="since")
    there = {one.finding.fingerprint for one in (*outcome.excepted, *listed)}
    # A finding of a renamed folder is the same one under another fingerprint.
    moved = [anywhere(one.finding) for one in listed if one.finding.fingerprint not in {k.fingerprint for k in known}]
    fixed = []
    for finding in earlier:
        if finding.fingerprint in there:
            continue
        if anywhere(finding) in moved:
            moved.remove(anywhere(finding))
            continue
        fixed.append(finding)
    excepted = (*outcome.excepted, *listed)
    return replace(outcome, findings=tuple(left), excepted=excepted, fixed=tuple(fixed), since=ref)


def _without(
    findings: list[Finding], known: tuple[Known, ...], baseline: str, kind: str = "baseline"
) -> tuple[list[Finding], list[Excepted]]:
    """Return the findings that a baseline does not have, and those that it has.

    Where a folder was renamed, an entry stands for one finding of the same kind that is there instead.
    """
    exact = {one.fingerprint for one in known}
    spare: dict[str, int] = {}
    there = {finding.fingerprint for finding in findings}
    for one in known:
        if one.fingerprint not in there:
            spare[one.anywhere] = spare.get(one.anywhere, 0) + 1
    left: list[Finding] = []
    listed: list[Excepted] = []
    rule = Exemption(kind=kind, path=baseline, reason="it was there before", state="used")
    for finding in findings:
        moved = anywhere(finding) if finding.fingerprint not in exact else ""
        if moved and not spare.get(moved):
            left.append(finding)
            continue
        if moved:
            spare[moved] -= 1
        listed.append(Excepted(finding, rule))
    return left, listed


def written(findings: Iterable[Finding]) -> str:
    """Return a baseline of some findings as JSON, sorted, one entry a line so that a diff shows what went."""
    entries = sorted(
        {
            json.dumps(
                {
                    "policy": finding.policy,
                    "address": finding.address,
                    "verdict": finding.verdict,
                    "fingerprint": finding.fingerprint,
                    "anywhere": anywhere(finding),
                },
                ensure_ascii=False,
            )
            for finding in findings
        }
    )
    body = ",\n".join(f"  {entry}" for entry in entries)
    return f'{{"schema": "{SCHEMA}", "entries": [\n{body}\n]}}\n'
