"""A root: one CI file with its jobs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from checker.documents import At, Document, load_yaml
from checker.model import Block, Gap
from checker.source import Source, SyntaxProblem, Unreadable, mentions
from checker.trees import Tree
from providers.ci_workflows.github import Workflow
from providers.ci_workflows.gitlab import Pipeline, includes
from providers.ci_workflows.jobs import Job

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
JOB = "ci_job"
WORKFLOW = "ci_workflow"
_COMMON = ("env", "variables")  # what a file sets for all of its jobs
_MOST_FILES = 100


class Root:
    """A workflow, an action or a pipeline."""

    environment = ""

    def __init__(self, tree: Tree, path: Path, kind: str) -> None:
        self.name = tree.shown(path)
        self._tree = tree
        self._path = path
        self._kind = kind
        self._sources: list[Source] | None = None
        self._gaps: list[Gap] = []

    def sources(self) -> list[Source]:
        """Return the file's text, and those of what a pipeline includes."""
        if self._sources is None:
            self._sources = []
            self._read(self._path)
        return self._sources

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        return frozenset({("managed", JOB), ("managed", WORKFLOW)})

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether its text holds one of some words (lower case)."""
        return any(mentions(source.text, words) for source in self.sources())

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield a block for each job when such are wanted, and one for what the file sets for all of them."""
        if not (wanted("managed", JOB) or wanted("managed", WORKFLOW)):
            return
        for job in self._jobs():
            type = WORKFLOW if job.address in _COMMON else JOB
            if wanted("managed", type):
                yield Block(
                    "ci_workflows", "managed", type, job.address, self.name, Document(job.body()), None, job.location
                )

    def parse(self, wanted: Wanted) -> None:
        """Parse the file if somebody wants jobs."""
        if wanted("managed", JOB):
            self._documents()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return list(dict.fromkeys(self._gaps))

    def close(self) -> None:
        """Let go of what was read."""
        self._sources = None

    def _read(self, path: Path) -> None:
        assert self._sources is not None
        try:
            source = self._tree.text(path)
        except Unreadable as error:
            self._gaps.append(Gap(self._tree.shown(path), str(error), fatal=path == self._path))
            return
        self._sources.append(source)
        if self._kind != "pipeline" or "include" not in source.text or len(self._sources) >= _MOST_FILES:
            return
        for document in self._parsed(source):
            for name in includes(document):
                other = self._tree.file(self._tree.boundary / name.lstrip("/"))
                if other is not None and all(one.path != self._tree.shown(other) for one in self._sources):
                    self._read(other)
                elif other is None and "*" not in name and "$" not in name:
                    self._gaps.append(Gap(name[:200], "a file that the pipeline includes is not in the checked tree"))

    def _parsed(self, source: Source) -> list[At]:
        try:
            return load_yaml(source)
        except SyntaxProblem as problem:
            self._gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
            return []

    def _documents(self) -> list[tuple[Source, At]]:
        return [(source, document) for source in self.sources() for document in self._parsed(source)]

    def _jobs(self) -> Iterator[Job]:
        documents = self._documents()
        try:
            if self._kind == "pipeline":
                yield from Pipeline(documents[1:] + documents[:1]).jobs()  # its own file counts before included ones
            else:
                for source, document in documents:
                    yield from Workflow(source, document).jobs()
        except RecursionError:
            self._gaps.append(Gap(self.name, "it is nested too deeply", fatal=True))
