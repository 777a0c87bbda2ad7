"""A root: a program in one of its stacks, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from checker.model import Block, Gap
from checker.source import Source, SyntaxProblem, Unreadable, mentions
from providers.pulumi import blocks
from providers.pulumi.program import Program
from providers.pulumi.project import Project, Stack
from providers.pulumi.tree import Tree, document

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
_MOST_BLOCKS = 20_000


class Root:
    """A YAML program in one stack."""

    def __init__(self, tree: Tree, project: Project, stack: Stack) -> None:
        self.name = project.source.path
        self.environment = stack.name
        self._tree = tree
        self._project = project
        self._stack = stack
        self._gaps: list[Gap] = []
        self._program: Program | None = None
        self._tried = False
        self._blocks: list[Block] | None = None

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        program = self._read()
        return frozenset(blocks.declared(program)) if program is not None else frozenset()

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of holds one of some words (lower case)."""
        program = self._read()
        sources = [self._project.source, self._stack.source, program.source if program is not None else None]
        return any(source is not None and mentions(source.text, words) for source in sources)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted, and of what was not read."""
        if self._blocks is None:
            self._blocks = []
            try:
                for block in self._made():
                    self._blocks.append(block)
            except RecursionError:
                self._gaps.append(Gap(self.name, "its values are nested too deeply", fatal=True))
        yield from (block for block in self._blocks if block.mode == "module" or wanted(block.mode, block.type))

    def _made(self) -> Iterator[Block]:
        program = self._read()
        for number, resource in enumerate(program.resources.values() if program is not None else ()):
            if program is None:
                return
            if number >= _MOST_BLOCKS:
                self._gaps.append(Gap(self.name, f"it has more than {_MOST_BLOCKS} resources", fatal=True))
                return
            block = blocks.block(program, resource, self.name, self.environment)
            if block is not None:
                yield block

    def parse(self, wanted: Wanted) -> None:
        """Parse the program, so that one that cannot be parsed becomes a gap."""
        self._read()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return list(dict.fromkeys(self._gaps))

    def close(self) -> None:
        """Let go of what was evaluated."""
        self._program = self._blocks = None

    def _read(self) -> Program | None:
        if self._tried:
            return self._program
        self._tried = True
        source: Source | None = self._project.source
        root = self._project.root
        try:
            if self._project.program != self._project.path:
                source = None
                source = self._tree.source(self._project.program)
                found = document(source)
                root = found if found is not None else root
        except Unreadable as error:
            self._gaps.append(Gap(self._tree.shown(self._project.program), str(error), fatal=True))
            return None
        except SyntaxProblem as problem:
            where = source.location(problem.offset) if source is not None else None
            self._gaps.append(Gap(self._tree.shown(self._project.program), problem.reason, where, fatal=True))
            return None
        if source is not None:
            self._program = Program(self._tree, self._project, self._stack, source, root, self._gaps)
        return self._program
