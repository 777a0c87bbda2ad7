"""Terragrunt's explicit stacks: the units that `terragrunt stack generate` would write, without writing them.

Source: https://terragrunt.gruntwork.io/docs/features/stacks/
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from checker.model import Gap
from providers.terraform.syntax import Nested, unparse
from providers.terraform.values import Data, Lazy, Origin
from providers.terragrunt.configuration import Configuration, Evaluation, Inputs
from providers.terragrunt.files import Files
from providers.terragrunt.units import Module, Unit, address_of

STACK = "terragrunt.stack.hcl"
UNIT = "terragrunt.hcl"
GENERATED = ".terragrunt-stack"
MOST_DEPTH = 10  # stacks within stacks
MOST_UNITS = 2000  # of one stack


class Unread(Unit):
    """A unit whose own file is not there: what the stack gives to it is all that is known."""

    def __init__(self, evaluation: Evaluation, configuration: Configuration, module: Module) -> None:
        super().__init__(evaluation, configuration)
        self.folder = evaluation.unit
        self.name = evaluation.tree.shown(self.folder)
        self._module = module

    def layers(self) -> Iterator[tuple[Configuration, bool]]:
        """Yield nothing: no file of it is known."""
        return iter(())

    def inputs(self) -> Inputs:
        """Return the values that the stack gives to it."""
        values = self.evaluation.values
        return Inputs(dict(values)) if isinstance(values, dict) else Inputs({})


class Stack:
    """A stack file, and those that it nests."""

    def __init__(self, files: Files, use_env: bool) -> None:
        self._files = files
        self._use_env = use_env
        self.used: set[Path] = set()  # files of units and stacks that it takes as templates
        self.gaps: list[Gap] = []
        self.units: list[Unit] = []

    def read(self, path: Path, folder: Path, values: Data, depth: int = 0) -> None:
        """Find the units of a stack file that lies, or would be written, in a folder."""
        evaluation = Evaluation(self._files, folder, self._use_env, values)
        one = evaluation.configuration(path, folder)
        for block in one.body.blocks if one is not None else ():
            if block.type in ("unit", "stack") and block.labels and one is not None:
                self._part(one, block, depth)
        self.gaps += evaluation.gaps()

    def _part(self, one: Configuration, block: Nested, depth: int) -> None:
        shown = f'{block.type} "{block.labels[0]}"'
        where = one.source.location(block.pos)
        if depth > MOST_DEPTH or len(self.units) == MOST_UNITS:
            why = "stacks are nested too deeply" if depth > MOST_DEPTH else f"it has more than {MOST_UNITS} units"
            self.gaps.append(Gap(shown, why, where, fatal=True))
            return
        if any(inner.type == "autoinclude" for inner in block.body.blocks):
            why = "what it lays over its units by `autoinclude` is not read"
            self.gaps.append(Gap(shown, why, where, "`terragrunt stack generate` writes it: check the result"))
        below, inner = one.attribute(block.body, "path"), one.attribute(block.body, "no_dot_terragrunt_stack")
        name = str(below) if isinstance(below, str) else block.labels[0]
        folder = Path(os.path.normpath((one.folder if inner is True else one.folder / GENERATED) / name))
        values = one.attribute(block.body, "values")
        values = values.whole() if isinstance(values, Lazy) else values
        stated = block.body.attributes.get("source")
        source = one.attribute(block.body, "source")
        written = unparse(stated.value) if stated is not None else "no source"
        origin = Origin("", one.source, stated.pos if stated is not None else block.pos)
        module = address_of(one.evaluation.tree, one.folder, source, written, origin)
        file = None if module.path is None else module.path / (UNIT if block.type == "unit" else STACK)
        if file is not None and os.path.isfile(file):
            self.used.add(file)
            if block.type == "stack":
                self.read(file, folder, values, depth + 1)
                return
            evaluation = Evaluation(self._files, folder, self._use_env, values if values is not None else {})
            evaluation.sources[one.path] = one.source
            found = evaluation.configuration(file, folder)
            if found is not None:
                self.units.append(Unit(evaluation, found))
            else:
                self.gaps += evaluation.gaps()
            return
        evaluation = Evaluation(self._files, folder, self._use_env, values)
        evaluation.sources[one.path] = one.source
        self.units.append(Unread(evaluation, one, module._replace(path=None)))


def values_beside(files: Files, file: Path, use_env: bool) -> Data:
    """Return what `terragrunt.values.hcl` beside a file gives to it, None where there is none."""
    path = files.tree.inside(file.parent / "terragrunt.values.hcl")
    if path is None or not os.path.isfile(path):
        return None
    one = Evaluation(files, file.parent, use_env).configuration(path, file.parent)
    return None if one is None else {name: one.attribute(one.body, name) for name in one.body.attributes}
