"""Pipelines of GitLab CI: their variables, and the jobs that they run.

Source: https://docs.gitlab.com/ci/yaml/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checker import texts
from checker.documents import At, Item
from checker.model import FileLocation, Step, Unknown, Value
from checker.source import Source
from providers.ci_workflows.jobs import Job, lines, name_of, regions

# Keywords of a pipeline that are no jobs.
_KEYWORDS = frozenset(
    {"after_script", "before_script", "cache", "default", "image", "include", "pages:deploy", "services", "spec"}
    | {"stages", "types", "variables", "workflow"}
)
# A variable, or an input: https://docs.gitlab.com/ci/inputs/
_VARIABLE = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*)|\[\[\s*(inputs\.[\w-]+)\s*(?:\|[^\[\]]{0,200})?\]\])")
_SCRIPTS = ("before_script", "script", "after_script")
_MOST_JOBS = 2000
_DEEPEST = 11  # as GitLab allows


class Pipeline:
    """One pipeline with the files that it includes."""

    def __init__(self, documents: list[tuple[Source, At]]) -> None:
        self._top: dict[str, tuple[Source, At]] = {}
        self._common: dict[str, tuple[Source, At]] = {}
        self._inputs: dict[str, tuple[Source, At]] = {}
        for source, document in documents:
            # What an include gives counts before what an input is when nobody gives it.
            self._inputs = {**_defaults(source, document), **self._inputs, **_given(source, document)}
            for name, at in _members(document).items():
                self._top[name] = source, at
                if name == "variables":
                    self._common |= {key: (source, inner) for key, inner in _members(at).items()}

    def jobs(self) -> Iterator[Job]:
        """Yield what the pipeline sets for all jobs, and its jobs; a hidden one is no job."""
        inputs = self._variables(self._inputs, {})
        common = self._variables(self._common, inputs)
        if common and "variables" in self._top:
            source, at = self._top["variables"]
            job = Job("variables", name_of("variables", at, source))
            job.add(common)
            yield job
        default = _members(self._top["default"][1]) if "default" in self._top else {}
        for name, (source, at) in list(self._top.items())[:_MOST_JOBS]:
            if name.startswith(".") or name in _KEYWORDS or not isinstance(at.value, dict):
                continue
            job = Job(name, name_of(name, at, source))
            told = self._extended(source, at, 0)
            own = {
                key: (where, inner) for where, one in told.get("variables", ()) for key, inner in _members(one).items()
            }
            settings = self._variables(own, {**inputs, **common})
            job.add({**regions(common), **settings})
            for part in _SCRIPTS:
                found = told.get(part) or self._shared(part, default)
                for where, script in found[-1:]:
                    self._script(job, script, where, {**inputs, **common, **settings})
            yield job

    def _shared(self, part: str, default: Mapping[str, At]) -> list[tuple[Source, At]]:
        if part in default:
            return [(self._top["default"][0], default[part])]
        return [self._top[part]] if part in self._top else []

    def _extended(self, source: Source, at: At, depth: int) -> dict[str, list[tuple[Source, At]]]:
        """Return the parts of a job with those of the jobs that it extends before its own."""
        found: dict[str, list[tuple[Source, At]]] = {}
        told = _members(at)
        extends = told.get("extends")
        named = extends.value if extends is not None and isinstance(extends.value, list) else [extends]
        for one in named[:_DEEPEST] if depth < _DEEPEST else []:
            base = self._top.get(str(one.value)) if isinstance(one, At) else None
            if base is not None:
                for part, values in self._extended(*base, depth + 1).items():
                    found.setdefault(part, []).extend(values)
        for part, value in told.items():
            found.setdefault(part, []).append((source, value))
        return found

    # --- values

    def _variables(self, stated: Mapping[str, tuple[Source, At]], known: Mapping[str, Item]) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for name, (source, at) in stated.items():
            at = _members(at).get("value", at)
            if isinstance(at.value, dict | list) or at.value is None:
                continue
            location = source.location(at.pos)
            data = str(at.value).lower() if isinstance(at.value, bool) else str(at.value)
            value = Value(data, (Step(name, location),), (), location)
            found[name] = _filled(value, {**known, **found}, location)
        return found

    def _script(self, job: Job, at: At, source: Source, known: Mapping[str, Item]) -> None:
        waiting = [at]
        for _ in range(_MOST_JOBS):
            if not waiting:
                return
            one = waiting.pop(0)
            if isinstance(one.value, list):
                waiting = [*one.value, *waiting]
                continue
            for _, value in lines(one, source, "script"):
                assert value.location is not None
                job.script += texts.scalars(_filled(value, known, value.location, only_known=True))


def includes(document: At) -> Iterator[str]:
    """Yield the files of the same repository that a pipeline includes."""
    at = _members(document).get("include")
    listed = at.value if at is not None and isinstance(at.value, list) else [at]
    for one in listed:
        named = _members(one).get("local") if isinstance(one, At) and isinstance(one.value, dict) else one
        if isinstance(named, At) and isinstance(named.value, str) and "://" not in named.value:
            yield named.value


def _defaults(source: Source, document: At) -> dict[str, tuple[Source, At]]:
    """Return the inputs that a file asks for, with their defaults."""
    asked = _members(_members(_members(document).get("spec")).get("inputs"))
    stated = ((name, _members(at).get("default")) for name, at in asked.items())
    return {f"inputs.{name}": (source, at) for name, at in stated if at is not None}


def _given(source: Source, document: At) -> dict[str, tuple[Source, At]]:
    """Return the inputs that a pipeline gives to what it includes."""
    at = _members(document).get("include")
    listed = at.value if at is not None and isinstance(at.value, list) else [at]
    every = (_members(_members(one).get("inputs")) for one in listed if isinstance(one, At))
    return {f"inputs.{name}": (source, inner) for given in every for name, inner in given.items()}


def _filled(value: Value, known: Mapping[str, Item], location: FileLocation, *, only_known: bool = False) -> Item:
    """Return a text with its variables as what they are; one that is not known is a hole, or left as it is."""
    data = value.data
    if not isinstance(data, str) or "$" not in data or len(data) > 10_000:
        return value
    pieces: list[str | Item] = []
    begin = 0
    for match in _VARIABLE.finditer(data):
        name = match[1] or match[2] or match[3]
        if name not in known and only_known:
            continue
        pieces.append(data[begin : match.start()])
        why = "a setting of the project, or GitLab itself, gives it"
        pieces.append(known[name] if name in known else Value(Unknown(why, name), (), (), location))
        begin = match.end()
    if not pieces:
        return value
    if len(pieces) == 2 and pieces[0] == "" and begin == len(data):
        found = [*texts.scalars(pieces[1])] if not isinstance(pieces[1], str) else []
        return texts.either([Value(one.data, (*value.trail, *one.trail), (), location) for one in found], "")
    return texts.joined([*pieces, data[begin:]], location)


def _members(at: At | None) -> dict[str, At]:
    return at.value if at is not None and isinstance(at.value, dict) else {}
