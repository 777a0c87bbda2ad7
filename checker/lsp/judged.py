"""What a run found, file by file, as an editor shows it: diagnostics, inlay hints, hovers."""

from __future__ import annotations

import functools
import itertools
import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click
from lsprotocol import types

from checker import explain, summary
from checker.fixes import Edit
from checker.jurisdictions import country_names
from checker.lsp.lines import Lines
from checker.model import Confidence, FileLocation, Finding, Gap, Place, Purpose, Resource, Severity, Step, Verdict
from checker.outcome import Outcome
from checker.redact import prose

_SEVERITIES = {
    Severity.HIGH: types.DiagnosticSeverity.Error,
    Severity.MEDIUM: types.DiagnosticSeverity.Warning,
    Severity.LOW: types.DiagnosticSeverity.Information,
    Severity.INFO: types.DiagnosticSeverity.Hint,
}
_MARKS = {Verdict.INSIDE: "✓", Verdict.OUTSIDE: "✗", Verdict.UNDETERMINED: "?"}
_MOST_PLACES = 3  # that a hint names
_MOST_PAGES = 3  # of resources, in a hover
_MOST_NAMES = 8  # of resources, in a hover or a diagnostic


@dataclass(slots=True)
class _Line:
    """What the graph says of a line: what is declared there, and what it decides a place of."""

    declared: list[Resource] = field(default_factory=list)
    passed: list[tuple[Resource, Place]] = field(default_factory=list)


class Judged:
    """An outcome of a check that ran in a folder.

    `lines` returns the text of a file by its real path, as the check saw it, `uri` what an editor calls the file;
    `edits` are the changes that mend a finding, by its fingerprint.
    """

    def __init__(
        self,
        outcome: Outcome,
        home: Path,
        lines: Callable[[Path], Lines],
        uri: Callable[[Path], str],
        edits: Mapping[str, Sequence[Edit]],
    ) -> None:
        self.outcome = outcome
        self.edits = edits
        self.lines = lines
        self.uri = uri
        self._home = home
        self._real: dict[str, Path] = {}
        self.broken = {self.file(gap.location) for gap in outcome.graph.gaps if gap.fatal and gap.location}

    def file(self, location: FileLocation) -> Path:
        """Return the real path of the file of a location."""
        if location.path not in self._real:
            self._real[location.path] = Path(os.path.realpath(self._home / location.path))
        return self._real[location.path]

    # --- diagnostics

    def findings(self, file: Path) -> list[tuple[Finding, types.Range]]:
        """Return the findings of a file, and where they are."""
        found = (*summary.findings(self.outcome), *summary.advice(self.outcome))
        return [(one, self.lines(file).span(one.location)) for one in found if self.file(one.location) == file]

    def diagnostics(self) -> dict[Path, list[types.Diagnostic]]:
        """Return the diagnostics by file: findings that are alike in one place are one, gaps are information."""
        found: dict[Path, list[types.Diagnostic]] = defaultdict(list)
        every = (*summary.findings(self.outcome), *summary.advice(self.outcome))
        for _, alike in itertools.groupby(every, lambda f: (f.location, f.policy, f.verdict, f.severity)):
            first, *others = alike
            if first.location.path:
                found[self.file(first.location)].append(self._of_finding(first, others))
        for gap in summary.gaps(self.outcome):
            if gap.location is not None and gap.location.path:
                found[self.file(gap.location)].append(self._of_gap(gap, gap.location))
        return dict(found)

    def _of_finding(self, finding: Finding, alike: list[Finding]) -> types.Diagnostic:
        sure = "" if finding.confidence is Confidence.HIGH else f" ({finding.confidence} confidence)"
        more = f"the same of {_names(one.address for one in alike)}" if alike else ""
        tip = f"tip: {finding.tip}" if finding.tip else ""
        severity = _SEVERITIES[finding.severity]
        if finding.verdict is Verdict.UNDETERMINED and finding.severity is not Severity.INFO:
            severity = types.DiagnosticSeverity.Warning
        return types.Diagnostic(
            range=self.lines(self.file(finding.location)).span(finding.location),
            message="\n".join(filter(None, (prose(finding.message) + sure, prose(more), prose(tip)))),
            severity=severity,
            code=finding.policy,
            source="euclave",
            related_information=[
                types.DiagnosticRelatedInformation(self._location(step.location), prose(step.text) or "here")
                for step in _told(finding.trail)
                if step.location is not None and step.location.path
            ],
        )

    def _of_gap(self, gap: Gap, location: FileLocation) -> types.Diagnostic:
        text = f"{gap.what} was not read: {gap.why}" + (f" ({gap.hint})" if gap.hint else "")
        return types.Diagnostic(
            range=self.lines(self.file(location)).span(location),
            message=prose(text),
            severity=types.DiagnosticSeverity.Error if gap.fatal else types.DiagnosticSeverity.Information,
            code="not-read",
            source="euclave",
        )

    def _location(self, location: FileLocation) -> types.Location:
        file = self.file(location)
        return types.Location(self.uri(file), self.lines(file).span(location))

    # --- hints and hovers

    @functools.cached_property
    def _index(self) -> dict[Path, dict[int, _Line]]:
        found: dict[Path, dict[int, _Line]] = defaultdict(lambda: defaultdict(_Line))
        for resource in self.outcome.graph.resources.values():
            at = resource.location
            found[self.file(at)][at.line].declared.append(resource)
            calls = [step.location for step in resource.calls]
            for place in resource.places:
                home = calls if place.purpose is Purpose.LOCATION else []
                way = (*home, *(step.location for step in place.trail), place.location)
                for where in dict.fromkeys((self.file(one), one.line) for one in way if one is not None):
                    if where != (self.file(at), at.line):
                        found[where[0]][where[1]].passed.append((resource, place))
        return found

    def hints(self, file: Path, first: int, last: int) -> Iterator[types.InlayHint]:
        """Yield the hints of some lines of a file: the places of what is declared or decided there."""
        for number, line in sorted(self._index.get(file, {}).items()):
            declared = [(resource, place) for resource in line.declared for place in resource.places]
            label = self._label([*declared, *line.passed]) if first <= number <= last else ""
            if label:
                yield types.InlayHint(self.lines(file).end(number), label, padding_left=True)

    def _label(self, found: list[tuple[Resource, Place]]) -> str:
        """Return places for a hint: where things sit, and whatever else is not inside."""
        labels: dict[str, None] = {}
        for resource, place in found:
            verdict = self._judge(resource, place)
            if place.purpose is Purpose.LOCATION or verdict is not Verdict.INSIDE:
                purpose = "" if place.purpose is Purpose.LOCATION else f"{place.purpose} "
                name = "(sensitive)" if place.sensitive else place.name or "place not known"
                where = country_names(place.countries) if place.countries else "country not known"
                labels[prose(f"{purpose}{name} · {where} {_MARKS[verdict]}")] = None
        more = f", and {len(labels) - _MOST_PLACES} more" if len(labels) > _MOST_PLACES else ""
        return ", ".join([*labels][:_MOST_PLACES]) + more

    def _judge(self, resource: Resource, place: Place) -> Verdict:
        return self.outcome.jurisdiction_of(resource).judge(place)

    def hover(self, file: Path, number: int) -> str:
        """Return what is known of a line as plain text: pages of what is declared there, or the places it decides."""
        line = self._index.get(file, {}).get(number)
        if line is None:
            return ""
        pages = [explain.page(self.outcome, resource) for resource in line.declared[:_MOST_PAGES]]
        if len(line.declared) > _MOST_PAGES:
            pages.append(f"and {len(line.declared) - _MOST_PAGES} more")
        if not pages:
            by_place: dict[tuple[str, ...], list[str]] = defaultdict(list)
            for resource, place in line.passed:
                said = tuple(explain.of_place(place, self.outcome.jurisdiction_of(resource)))
                by_place[said].append(resource.address)
            for lines, addresses in [*by_place.items()][:_MOST_PLACES]:
                pages.append("\n".join((f"place of {prose(_names(addresses))}", *lines)))
            if len(by_place) > _MOST_PLACES:
                pages.append(f"and {len(by_place) - _MOST_PLACES} more places")
        return click.unstyle("\n\n".join(pages))


def _told(trail: tuple[Step, ...]) -> Iterator[Step]:
    """Yield the steps of a trail that say something: a text, or another line."""
    last = None
    for step in trail:
        line = step.location and (step.location.path, step.location.line)
        if step.text or line != last:
            yield step
        last = line


def _names(addresses: Iterable[str]) -> str:
    """Return some addresses for people, each once: "a, b and 3 more"."""
    every = [*dict.fromkeys(addresses)]
    more = f" and {len(every) - _MOST_NAMES} more" if len(every) > _MOST_NAMES else ""
    return ", ".join(every[:_MOST_NAMES]) + more


def fenced(text: str) -> str:
    """Return text as a block of Markdown that shows it as it is: what was read of code is no markup here."""
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
    return f"{fence}text\n{text}\n{fence}"
