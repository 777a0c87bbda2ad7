"""A root: a template as it is deployed, with the templates that it nests, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from checker.model import Block, Gap, Value
from checker.source import mentions
from providers.cloudformation import resources
from providers.cloudformation.deployments import Deployment
from providers.cloudformation.imports import Exports, Imports
from providers.cloudformation.stack import Shared, Stack
from providers.cloudformation.template import Template
from providers.cloudformation.tree import Tree

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
_MOST_BLOCKS = 50_000


class Root:
    """A template in one deployment."""

    def __init__(self, tree: Tree, path: Path, deployment: Deployment, exports: Exports) -> None:
        self._tree = tree
        self._path = path
        self._deployment = deployment
        self._exports = exports
        self.name = tree.shown(path)
        self.environment = deployment.name
        self._gaps: list[Gap] = []
        self._shared: Shared | None = None
        self._blocks: list[Block] | None = None

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it and the templates that it nests may declare."""
        paths = self._tree.reached(self._path)
        return frozenset(("managed", type) for path in paths for type in self._tree.types_in(path))

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of, or is deployed with, holds one of some words (lower case)."""
        given = " ".join(value.text or "" for value in self._deployment.inputs.values() if isinstance(value, Value))
        if mentions(given, words):
            return True
        paths = self._tree.reached(self._path)
        if any(self._tree.holds(path, "ImportValue") for path in paths):
            paths = list(dict.fromkeys([*paths, *self._tree.exporting()]))
        return any(self._tree.mentions(path, words) for path in paths)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted; what cannot be read becomes a gap."""
        if self._blocks is None and any(wanted(mode, type) for mode, type in self.types()):
            self._blocks = []
            for block in self._made():
                if len(self._blocks) >= _MOST_BLOCKS:
                    self._gaps.append(Gap(self.name, f"it has more than {_MOST_BLOCKS} resources", fatal=True))
                    break
                self._blocks.append(block)
        yield from (block for block in self._blocks or () if wanted(block.mode, block.type))

    def parse(self, wanted: Wanted) -> None:
        """Parse the templates that declare a wanted type, so that one that cannot be parsed becomes a gap."""
        for path in self._tree.reached(self._path):
            if any(wanted("managed", type) for type in self._tree.types_in(path)):
                gap = self._tree.parsed(path)
                self._gaps += [gap] if gap is not None else []

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        shared = self._shared.gaps if self._shared is not None else []
        return list(dict.fromkeys([*self._gaps, *shared]))

    def close(self) -> None:
        """Let go of what was evaluated."""
        self._blocks = self._shared = None
        for path in self._tree.reached(self._path):
            self._tree.forget(path)

    def _loaded(self, path: Path) -> Template | None:
        found = self._tree.loaded(path)
        if isinstance(found, Gap):
            self._gaps.append(found)
        return found if isinstance(found, Template) else None

    def _made(self) -> Iterator[Block]:
        imports = Imports(self._exports)
        self._shared = shared = Shared(self._tree, imports, self._exports.derive, self._gaps)
        written = self._loaded(self._path)
        if written is None:
            return
        stack = Stack(shared, self._path, written, self._deployment)
        yield from resources.blocks(stack, self.name, self.environment)
        # A template that seemed to be nested, and that nothing nests after all, is judged all the same.
        for path in self._tree.reached(self._path):
            inner = self._loaded(path) if path not in shared.read else None
            if inner is not None:
                prefix = f"{inner.source.path}:"
                stack = Stack(shared, path, inner, self._deployment, prefix=prefix)
                yield from resources.blocks(stack, self.name, self.environment)
        # What is taken from other stacks is looked up, not declared here; taking it may lead to further stacks.
        seen: set[Path] = set()
        while imports.stacks.keys() - seen:
            for path, stack in list(imports.stacks.items()):
                if path not in seen:
                    seen.add(path)
                    yield from resources.blocks(stack, self.name, self.environment, mode="data")
