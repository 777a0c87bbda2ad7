"""Workflows and composite actions of GitHub Actions.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checker import texts
from checker.documents import At, Item
from checker.model import Step, Value
from checker.source import Source
from providers.ci_workflows import expressions
from providers.ci_workflows.jobs import Job, lines, name_of, regions

_EXPORTED = re.compile(r"""echo\s+["']?([A-Za-z_]\w*)=(.*?)["']?\s*>>\s*["']?\$\{?GITHUB_ENV\b""")
_EVENTS = ("workflow_dispatch", "workflow_call")
_MOST_JOBS = 2000
_MOST_STEPS = 2000


class Workflow:
    """One workflow, or one composite action."""

    def __init__(self, source: Source, document: At) -> None:
        self._source = source
        self._top = _members(document)
        self._inputs = dict(self._declared())

    def jobs(self) -> Iterator[Job]:
        """Yield what the workflow sets for all jobs, and its jobs; an action is one job."""
        common = self._settings(self._top.get("env"), {}, {})
        jobs = _members(self._top.get("jobs"))
        at = self._top.get("env")
        if at is not None and common:
            job = Job("env", name_of("env", at, self._source))
            job.add(common)
            yield job
        for name, one in list(jobs.items())[:_MOST_JOBS]:
            yield self._job(f"jobs.{name}", name, one, common)
        runs = self._top.get("runs")
        if runs is not None and not jobs:
            job = Job("runs", name_of("runs", runs, self._source))
            self._steps(job, _members(runs).get("steps"), {}, {})
            yield job

    def _job(self, address: str, name: str, at: At, common: Mapping[str, Item]) -> Job:
        job = Job(address, name_of(name, at, self._source))
        told = _members(at)
        matrix = dict(self._matrix(_members(told.get("strategy")).get("matrix")))
        env = self._settings(told.get("env"), common, matrix)
        job.add({**regions(common), **env})
        known = {**common, **env}
        job.add({}, self._settings(told.get("with"), known, matrix))
        if isinstance(told.get("secrets", at).value, dict):
            job.add({}, self._settings(told.get("secrets"), known, matrix))
        for holder in (told.get("container"), *_members(told.get("services")).values()):
            job.add(self._settings(_members(holder).get("env"), known, matrix))
        self._steps(job, told.get("steps"), known, matrix)
        return job

    def _steps(self, job: Job, steps: At | None, known: Mapping[str, Item], matrix: Mapping[str, Item]) -> None:
        listed = steps.value if steps is not None and isinstance(steps.value, list) else []
        known = dict(known)
        for step in listed[:_MOST_STEPS]:
            told = _members(step)
            env = self._settings(told.get("env"), known, matrix)
            job.add(env, self._settings(told.get("with"), {**known, **env}, matrix))
            if "run" not in told:
                continue
            for text, value in lines(told["run"], self._source, "run"):
                exported = _EXPORTED.search(text)
                if exported is not None:
                    named = Value(exported[2], (Step(exported[1], value.location),), (), value.location)
                    item = self._evaluated(named, {**known, **env}, matrix)
                    known[exported[1]] = item
                    job.add({exported[1]: item})
                else:
                    job.script += texts.scalars(self._evaluated(value, {**known, **env}, matrix))

    # --- values

    def _settings(self, at: At | None, known: Mapping[str, Item], matrix: Mapping[str, Item]) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for name, inner in _members(at).items():
            if isinstance(inner.value, dict | list) or inner.value is None:
                continue
            location = self._source.location(inner.pos)
            data = inner.value if isinstance(inner.value, str) else str(inner.value).lower()
            found[name] = self._evaluated(Value(data, (Step(name, location),), (), location), known, matrix)
        return found

    def _evaluated(self, value: Value, env: Mapping[str, Item], matrix: Mapping[str, Item]) -> Item:
        def lookup(path: str) -> Item | None:
            context, _, name = path.partition(".")
            if path.startswith("github.event.inputs."):
                context, name = "inputs", path.rpartition(".")[2]
            return {"env": env, "matrix": matrix, "inputs": self._inputs}.get(context, {}).get(name)

        return expressions.evaluated(value, lookup)

    def _declared(self) -> Iterator[tuple[str, Item]]:
        """Yield the inputs of the workflow by their defaults, else as one of their options."""
        events = _members(self._top.get("on"))
        holders = [_members(events.get(event)).get("inputs") for event in _EVENTS]
        for holder in (*holders, self._top.get("inputs")):
            for name, at in _members(holder).items():
                told = _members(at)
                default = told.get("default")
                if (
                    default is not None
                    and default.value not in (None, "")
                    and not isinstance(default.value, dict | list)
                ):
                    yield name, self._value(default, f"default of input {name}")
                elif isinstance(told.get("options", at).value, list):
                    found: list[Item] = [
                        self._value(one, f"option of input {name}") for one in told["options"].value[:30]
                    ]
                    yield name, texts.either(found, f"input {name} has no default")

    def _matrix(self, at: At | None) -> Iterator[tuple[str, Item]]:
        """Yield the values of a matrix: each of them counts."""
        found: dict[str, list[Item]] = {}
        for name, inner in _members(at).items():
            if name in ("include", "exclude"):
                continue
            if isinstance(inner.value, str):
                values = [At(inner.pos, one) for one in expressions.listed(inner.value)]
            else:
                values = inner.value if isinstance(inner.value, list) else []
            self._vary(name, values, found)
        include = _members(at).get("include")
        for one in include.value if include is not None and isinstance(include.value, list) else []:
            for name, inner in _members(one).items():
                self._vary(name, [inner], found)
        for name, items in found.items():
            yield name, texts.either(items, "each job of the matrix has one")

    def _vary(self, name: str, values: list[At], found: dict[str, list[Item]]) -> None:
        for one in values[:30]:
            if isinstance(one.value, dict):
                for inner, at in _members(one).items():
                    self._vary(f"{name}.{inner}", [at], found)
            elif not isinstance(one.value, list):
                found.setdefault(name, []).append(self._value(one, f"matrix.{name}"))

    def _value(self, at: At, step: str) -> Value:
        location = self._source.location(at.pos)
        data = str(at.value).lower() if isinstance(at.value, bool) else at.value
        return Value(data, (Step(step, location),), (), location)


def _members(at: At | None) -> dict[str, At]:
    return at.value if at is not None and isinstance(at.value, dict) else {}
