"""Units: what a Terragrunt file and those that it includes say together of the module that they run.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/blocks/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from checker.model import Gap
from providers.terraform.modules import Tree
from providers.terraform.names import CODE, VARIABLES
from providers.terraform.syntax import Nested, unparse
from providers.terraform.values import Data, Origin, Text, Unknown
from providers.terragrunt.configuration import Configuration, Evaluation, Inputs, laid_over
from providers.terragrunt.generated import File, Generated, contents, of_value

CACHE = ".terragrunt-cache"
_REMOTE = re.compile(
    r"[\w+.-]+::|(?!file://)[a-zA-Z][\w+.-]*://|git@|(?:www\.)?(?:github|gitlab|bitbucket)\.(?:com|org)/"
)
_INNER = re.compile(r"(?<!:)//")
_JUDGED = ("plan", "apply")  # the commands whose arguments count


class Module(NamedTuple):
    """What a unit runs: the folder where it is there to be read, the address as people know it, and where it stands."""

    path: Path | None
    address: str
    origin: Origin | None = None


class Unit:
    """A unit of the checked tree; what it says is evaluated when it is asked for."""

    def __init__(self, evaluation: Evaluation, configuration: Configuration) -> None:
        self.evaluation = evaluation
        self.configuration = configuration
        self.folder = configuration.folder
        self.beside = configuration.path.parent  # which lies elsewhere when a stack takes it as a template
        self.name = evaluation.tree.shown(self.folder)
        self._module: Module | None = None
        self._inputs: Inputs | None = None

    def layers(self) -> Iterator[tuple[Configuration, bool]]:
        """Yield the files that are merged, the last one wins; with each, whether it is merged deeply."""
        for include in self.configuration.includes():
            if include.configuration is not None and include.strategy != "no_merge":
                yield include.configuration, include.strategy == "deep"
        yield self.configuration, False

    # --- the module

    @property
    def module(self) -> Module | None:
        """What it runs; None where nothing says so and no Terraform code lies beside it."""
        if self._module is None:
            self._module = self._find_module()
        return self._module

    def _find_module(self) -> Module | None:
        for one, _ in reversed(list(self.layers())):
            for block in one.blocks("terraform"):
                stated = block.body.attributes.get("source")
                if stated is not None:
                    value = one.attribute(block.body, "source")
                    at = Origin("", one.source, stated.pos)
                    found = address_of(one.evaluation.tree, self.folder, value, unparse(stated.value), at)
                    return found if found.path is not None else found._replace(path=self._downloaded(found.address))
        return Module(self.beside, ".") if _has_code(self.beside) else None

    def _downloaded(self, address: str) -> Path | None:
        """Return the folder of Terragrunt's cache that holds a remote module, where there is only one."""
        if not _REMOTE.match(address):
            return None
        inner = _INNER.split(_without_query(address), maxsplit=1)[1:]
        found = [path.joinpath(*inner) for path in sorted((self.folder / CACHE).glob("*/*"))]
        found = [path for path in found if _has_code(path)]
        return self.evaluation.tree.inside(found[0]) if len(found) == 1 else None

    # --- what Terragrunt hands to it

    def inputs(self) -> Inputs:
        """Return the inputs, merged."""
        if self._inputs is None:
            merged = self.configuration.inputs()
            for one, deep in list(self.layers())[-2::-1]:
                merged = laid_over(one.inputs(), merged, deep)
            self._inputs = merged
        return self._inputs

    def generated(self) -> tuple[list[File], list[Gap]]:
        """Return the files that it generates, and gaps for those whose text is not known."""
        found: dict[str, File | Gap | None] = {}
        for one, _ in self.layers():
            for block in one.blocks("generate"):
                if block.labels:
                    text = block.body.attributes.get("contents")
                    made = contents(one, text.value) if text is not None else Unknown("it states no contents")
                    says = {name: one.attribute(block.body, name) for name in ("path", "if_exists", "disable")}
                    found[block.labels[0]] = _file(one, block.labels[0], says, made, block.pos)
            stated = one.body.attributes.get("generate")
            if stated is not None:
                found |= _stated_files(one, one.value(stated.value), stated.pos)
        files = [file for file in found.values() if isinstance(file, File)]
        return files, [gap for gap in found.values() if isinstance(gap, Gap)]

    # --- arguments

    def arguments(self) -> Iterator[tuple[Configuration, Nested]]:
        """Yield the `extra_arguments` of the commands that count; one of the same name replaces an earlier one."""
        found: dict[tuple[str, ...], tuple[Configuration, Nested]] = {}
        for one, _ in self.layers():
            for block in one.blocks("terraform"):
                for inner in block.body.blocks:
                    if inner.type == "extra_arguments":
                        found[inner.labels] = (one, inner)
        for one, inner in found.values():
            commands = one.attribute(inner.body, "commands")
            if not isinstance(commands, list) or any(c in _JUDGED or isinstance(c, Unknown) for c in commands):
                yield one, inner

    def variables(self) -> Iterator[tuple[str, Data, Origin]]:
        """Yield the variables that arguments and the environment of the command state: name, value, where."""
        for one, block in self.arguments():
            stated = block.body.attributes.get("env_vars")
            values = one.attribute(block.body, "env_vars")
            for name, value in values.items() if stated is not None and isinstance(values, dict) else ():
                if name.startswith("TF_VAR_"):
                    yield name[7:], value, Origin(name, one.source, stated.pos)  # type: ignore[union-attr]
        for one, pos, argument in self._plain_arguments():
            name, equals, value = argument.partition("=")
            if name == "-var" and equals:
                inner, _, text = value.partition("=")
                yield inner, Text(text), Origin("-var", one.source, pos)

    def _plain_arguments(self) -> Iterator[tuple[Configuration, int, str]]:
        for one, block in self.arguments():
            values = one.attribute(block.body, "arguments")
            joined = ""
            for value in values if isinstance(values, list) else ():
                if value in ("-var", "-var-file"):
                    joined = f"{value}="
                    continue
                if isinstance(value, str):
                    yield one, block.pos, joined + value
                joined = ""

    def variable_files(self) -> tuple[list[Path], list[Gap]]:
        """Return the variable files that its arguments name, in order, and gaps for those that are not there."""
        found: list[Path] = []
        gaps: list[Gap] = []
        for one, pos, argument in self._plain_arguments():
            if argument.startswith("-var-file="):
                self._variable_file(one, pos, Text(argument[10:]), found, gaps)
        for one, block in self.arguments():
            for name in ("required_var_files", "optional_var_files"):
                values = one.attribute(block.body, name)
                optional = gaps if name.startswith("required") else []
                if isinstance(values, Unknown):
                    values = [values]
                for value in values if isinstance(values, list) else ():
                    self._variable_file(one, block.pos, value, found, gaps if isinstance(value, Unknown) else optional)
        return found, gaps

    def _variable_file(self, one: Configuration, pos: int, value: Data, found: list[Path], gaps: list[Gap]) -> None:
        where = one.source.location(pos)
        if not isinstance(value, str):
            why = value.reason if isinstance(value, Unknown) else "it is no text"
            gaps.append(Gap(f"a variable file of {self.name}", f"which one it is is not known: {why}", where))
            return
        folders = [self.folder, self.beside, *filter(None, [self.module.path if self.module is not None else None])]
        for folder in folders:
            path = one.evaluation.tree.inside(folder / str(value))
            if path is not None and os.path.isfile(path):
                found.append(path)
                return
        shown = one.evaluation.tree.shown(self.folder / str(value))
        gaps.append(Gap(shown, "a variable file that its arguments name is not in the checked tree", where))


def address_of(tree: Tree, folder: Path, value: Data, written: str, origin: Origin) -> Module:
    """Return what a `source` means that is relative to a folder; without a path where it is not there to be read."""
    if not isinstance(value, str):
        known = value.pattern if isinstance(value, Unknown) else None
        return Module(None, known or written.strip('"'), origin)
    if _REMOTE.match(str(value).strip()):
        return Module(None, str(value).strip(), origin)
    target = folder / _INNER.sub("/", _without_query(str(value).strip()).removeprefix("file://"))
    shown = os.path.relpath(target, folder).replace(os.sep, "/")
    path = tree.inside(target)
    found = path if path is not None and os.path.isdir(path) else None
    return Module(found, shown if shown.startswith(".") else f"./{shown}", origin)


def _without_query(address: str) -> str:
    return address.partition("?")[0]


def _has_code(folder: Path) -> bool:
    try:
        return any(name.endswith(CODE) for name in os.listdir(folder))
    except OSError:
        return False


def _stated_files(one: Configuration, value: Data, pos: int) -> dict[str, File | Gap | None]:
    """Return the files of a `generate` that is an argument: an object of objects."""
    if not isinstance(value, dict):
        return {"": Gap("generate", "what it generates is not known", one.source.location(pos))}
    found: dict[str, File | Gap | None] = {}
    for name, says in value.items():
        if isinstance(says, dict):
            made = of_value(says.get("contents"), one.source, pos)
            found[name] = _file(one, name, says, made, pos)
    return found


def _file(
    one: Configuration, label: str, says: dict[str, Data], made: Generated | Unknown, pos: int
) -> File | Gap | None:
    shown = f'generate "{label}"'
    if says.get("disable") is True:
        return None
    name = says.get("path")
    if not isinstance(name, str):
        return Gap(shown, "which file it generates is not known", one.source.location(pos))
    if not name.endswith((*CODE, *VARIABLES)):
        return None  # ignore files, charts, configuration of tools
    if isinstance(made, Unknown):
        return Gap(shown, f"what it generates is not known: {made.reason}", one.source.location(pos))
    name = os.path.normpath(os.path.relpath(name, one.folder) if os.path.isabs(name) else name)
    if "/" in name:
        why = "what it generates in another folder is not read"
        return Gap(shown, why, one.source.location(pos))
    return File(name, made, says.get("if_exists") != "skip")
