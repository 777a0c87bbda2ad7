"""A unit as a root of Terraform's: its module, with what Terragrunt lays beside it and the inputs it hands on.

Source: https://terragrunt.gruntwork.io/docs/features/units/
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checker.formats import Options
from checker.model import Gap
from checker.source import Source, SyntaxProblem, mentions
from providers.terraform.modules import Declaration, Folder, Tree, alias, read_into
from providers.terraform.names import CODE
from providers.terraform.root import Root as Code
from providers.terraform.root import automatic_inputs, environment_inputs, file_inputs, stated_inputs, variables_of
from providers.terraform.run import Input, Run
from providers.terraform.syntax import Attribute, Body, Literal
from providers.terraform.values import Data, Origin, Text, Unknown
from providers.terraform.variable_files import automatic
from providers.terragrunt import generated
from providers.terragrunt.units import Unit

_META = frozenset({"count", "for_each", "providers", "depends_on", "version"})  # arguments of calls that are no inputs
_PLACES = re.compile(r"regions?$|locations?$|zones?$")


class Root(Code):
    """A unit in one environment."""

    DOWNLOAD = "run `terragrunt init` first"

    def __init__(self, tree: Tree, unit: Unit, options: Options, environment: str, files: tuple[Path, ...]) -> None:
        path = unit.module.path if unit.module is not None else None
        path = path or unit.beside
        super().__init__(_Laid(tree, unit, path), path, options, environment, files)
        self.name = unit.name
        self.unit = unit

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether any text that it is made of holds one of some words, Terragrunt's files among them."""
        self.unit.inputs()  # which may stand in further files
        own = self.unit.evaluation.sources.values()
        return super().mentions(words) or any(mentions(source.text, words) for source in own)

    def gaps(self) -> list[Gap]:
        """Return what was not read."""
        return [*self.unit.evaluation.gaps(), *super().gaps()]

    def _inputs(self, run: Run, folder: Folder) -> Iterator[tuple[str, Input]]:
        """Yield the inputs: Terragrunt hands its own on as variables of the environment, which anything else beats."""
        inputs = self.unit.inputs()
        source = self.unit.configuration.source
        for name in folder.variables:
            if name in inputs.members:
                yield name, _input(name, inputs.members[name], source)
            elif inputs.rest is not None:
                yield name, _input(name, inputs.rest, source)
        given = [
            (name, Input(origin.text, source, origin.offset, *_read(value, origin)))
            for name, value, origin in self.unit.variables()
        ]
        yield from ((name, one) for name, one in given if one.label != "-var")
        yield from environment_inputs(self._options)
        yield from automatic_inputs(self._tree, folder.path, run)
        if self.unit.beside != folder.path:
            yield from automatic_inputs(self._tree, self.unit.beside, run)
        for file in self.unit.generated()[0]:
            if file.name in automatic([file.name]):
                try:
                    yield from variables_of(file.source, file.name)
                except SyntaxProblem as problem:
                    run.note(Gap(file.name, problem.reason, file.source.location(problem.offset), fatal=True))
        files, gaps = self.unit.variable_files()
        for gap in gaps:
            run.note(gap)
        for path in files:
            yield from file_inputs(self._tree, path, run)
        yield from ((name, one) for name, one in given if one.label == "-var")
        yield from stated_inputs(self._tree, self._options, self._files)


def _input(name: str, value: Data, source: Source) -> Input:
    origin = value.origin if isinstance(value, Text | Unknown) else None
    pos = origin.offset if origin is not None else 0
    return Input(f"inputs.{name}", source, pos, Literal(pos, value))


def _read(value: Data, origin: Origin) -> tuple[Literal | None, str]:
    if isinstance(value, str):
        return None, str(value)
    return Literal(origin.offset, value), ""


class _Laid(Tree):
    """The checked tree, in which the module of a unit has what Terragrunt lays beside it."""

    def __init__(self, tree: Tree, unit: Unit, path: Path) -> None:
        super().__init__(tree.boundary, tree.shown_from)
        self._below = tree
        self._unit = unit
        self._path = path

    def folder(self, path: Path) -> Folder:
        """Return what a folder declares."""
        if path != self._path:
            return self._below.folder(path)
        if path not in self._folders:
            self._folders[path] = self._laid()
        return self._folders[path]

    def _laid(self) -> Folder:
        unit = self._unit
        folder = Folder(self._path, self.shown(self._path))
        files, gaps = unit.generated()
        folder.gaps += gaps
        beside = _names(unit.beside)
        code = [file for file in files if file.name.endswith(CODE)]
        code = [file for file in code if file.replaces or file.name not in {*beside, *_names(self._path)}]
        replaced = {file.name for file in code}
        if unit.module is not None and unit.module.path is not None and self._path != unit.beside:
            read_into(self, folder, self._path, replaced | beside)
        read_into(self, folder, unit.beside, replaced)
        for file in code:
            generated.declare(file, folder, "override" in file.name)
        if unit.module is not None and unit.module.path is None:
            folder.add(self._call(unit, folder), False)
        return folder

    def _call(self, unit: Unit, folder: Folder) -> Declaration:
        """Return a call of the module that is not there, so that what the unit hands on is judged."""
        assert unit.module is not None
        source = unit.configuration.source
        at = unit.module.origin
        if at is not None and isinstance(at.file, Source):
            source, pos = at.file, at.offset
        else:
            pos = 0
        inputs = {name: value for name, value in unit.inputs().members.items() if name not in _META}
        attributes = {name: Attribute(pos, name, Literal(pos, value), source) for name, value in inputs.items()}
        if not any(_PLACES.search(name) for name in inputs):
            # What the module creates is where its provider is.
            attributes |= _provider_regions(folder)
        attributes["source"] = Attribute(pos, "source", Literal(pos, Text(unit.module.address)), source)
        name = re.sub(r"\W", "_", unit.folder.name)
        return Declaration.of_body(source, "module", (name,), pos, Body(attributes, ()))


def _provider_regions(folder: Folder) -> dict[str, Attribute]:
    """Return the regions that the provider blocks of a folder state, by names of arguments."""
    found: dict[str, Attribute] = {}
    for provider in folder.providers:
        try:
            stated = provider.body().attributes.get("region")
        except SyntaxProblem:
            continue
        if stated is not None and not alias(provider):
            found[f"{provider.labels[0]}_region"] = stated
    return found


def _names(folder: Path) -> set[str]:
    try:
        return {path.name for path in folder.iterdir() if path.name.endswith(CODE)}
    except OSError:
        return set()
