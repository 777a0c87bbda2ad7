"""A Terragrunt file as it is evaluated for one unit: its locals, what it includes and reads, its inputs.

Nothing is executed: what a command, a cloud or a secret decides is unknown.
Source: https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from checker.model import Gap
from checker.source import Source
from providers.terraform import files
from providers.terraform.evaluate import FILE_FUNCTIONS, Scope, evaluate
from providers.terraform.instances import labelled
from providers.terraform.run import Run, TooMuch
from providers.terraform.syntax import Attr, Body, Call, Expression, Nested, ObjectCons, Traverser, unparse
from providers.terraform.values import Data, Lazy, Origin, TerraformError, Text, Unknown
from providers.terragrunt.files import Files, Parsed

MOST_FILES = 200  # that the evaluation of one unit reads, each from as many places as it likes
MEMBERS = ("locals", "inputs", "terraform", "remote_state", "generate", "dependency", "feature")
STRATEGIES = ("no_merge", "shallow", "deep")


class Include(NamedTuple):
    """A file that another one includes: its label, what it says for the unit, and how that is merged."""

    label: str
    path: Path
    configuration: Configuration | None  # None where it cannot be read
    strategy: str


class Inputs(NamedTuple):
    """Inputs by name; `rest` is why there may be others, and other values for these."""

    members: dict[str, Data]
    rest: Unknown | None = None


class Evaluation:
    """What the files of one unit have in common while they are evaluated."""

    def __init__(self, files: Files, unit: Path, use_env: bool, values: Data = None) -> None:
        self.files = files
        self.tree = files.tree
        self.unit = unit  # its folder: get_original_terragrunt_dir
        self.use_env = use_env
        self.values = values  # what a stack gives to it
        self.run = Run(files.tree, unit, {})  # what all of its files may take together
        self.sources: dict[Path, Source] = {}
        self._read: dict[tuple[Path, Path, Path | None], Configuration] = {}
        self._gaps: dict[Gap, None] = {}

    def note(self, gap: Gap) -> None:
        """Record something that was not read, once."""
        self._gaps[gap] = None

    def gaps(self) -> list[Gap]:
        """Return what was not read."""
        return [*self._gaps, *self.run.gaps]

    def configuration(self, path: Path, folder: Path, included: Path | None = None) -> Configuration | None:
        """Return a file evaluated for a folder; None, with a gap, when it cannot be read.

        `included` is the file itself where an include leads to it.
        """
        key = (path, folder, included)
        if key not in self._read:
            if len(self._read) == MOST_FILES:
                why = f"the unit reads more than {MOST_FILES} files"
                self.note(Gap(self.tree.shown(self.unit), why, fatal=True))
                return None
            parsed = self.files.parsed(path)
            if isinstance(parsed, Gap):
                self.note(parsed)
                return None
            self.sources[path] = parsed.source
            self._read[key] = Configuration(self, path, parsed, folder, included)
        return self._read[key]


class Configuration:
    """One file, evaluated for a folder: that of the unit, or that of the file where it is only read."""

    def __init__(
        self, evaluation: Evaluation, path: Path, parsed: Parsed, folder: Path, included: Path | None = None
    ) -> None:
        from providers.terragrunt import functions

        self.functions: Collection[str] = functions.NAMES
        self.evaluation: Evaluation = evaluation
        self.path = path
        self.folder: Path = folder  # get_terragrunt_dir
        self.included = included
        self.source = parsed.source
        self.body = parsed.body
        self.run = evaluation.run
        self._busy: set[str] = set()
        self._values: dict[str, Data] = {}
        self._locals = {
            name: attribute for block in self.blocks("locals") for name, attribute in block.body.attributes.items()
        }
        self._includes: list[Include] | None = None

    def blocks(self, type: str) -> Iterator[Nested]:
        """Yield its blocks of a type."""
        return (block for block in self.body.blocks if block.type == type)

    # --- what expressions ask for (evaluate.Module)

    def spend(self, amount: int = 1) -> None:
        """Count work done."""
        self.run.spend(amount)

    @property
    def scope(self) -> Scope:
        """The scope of its expressions."""
        return Scope(self, {}, self.source)

    def file_function(self, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
        """Evaluate a function that reads files of the checked tree, or one of Terragrunt's."""
        from providers.terragrunt import functions

        if name in FILE_FUNCTIONS:
            folder = self.path.parent
            if isinstance(args[0] if args else None, str) and os.path.isabs(str(args[0])):
                # Paths are absolute in Terragrunt; where the tree lies is nothing that a report should say.
                args = (Text(os.path.relpath(str(args[0]), folder)), *args[1:])
            value = files.call(replace(self.run, root=folder), name, args, scope)
            if isinstance(value, Text) and value.origin is not None and isinstance(value.origin.file, Source):
                self.evaluation.sources[folder / value.origin.file.path] = value.origin.file
            return value
        return functions.call(self, name, args)

    def resolve(self, root: str, steps: tuple[Traverser, ...], scope: Scope) -> tuple[Data, int]:
        """Return the value that a root name and its first steps mean, and how many steps that took."""
        first = steps[0].name if steps and isinstance(steps[0], Attr) else ""
        match root:
            case "local" if first:
                return self.local(first), 1
            case "include":
                return self._exposed(), 0
            case "dependency" if first:
                why = f'it is an output of the dependency "{first}": it is known only after apply'
                return Unknown(why, expression=f"dependency.{first}"), 1
            case "feature" if first:
                return {"value": self._feature(first)}, 1
            case "values":
                known = self.evaluation.values
                return (known if known is not None else Unknown("a stack gives it", expression="values")), 0
            case _:
                raise TerraformError(f"{root} is not a value")

    # --- locals

    def local(self, name: str) -> Data:
        """Return a local value. Raises TerraformError when there is none of that name."""
        if name not in self._locals:
            raise TerraformError(f"local.{name} is not defined")
        if name in self._busy:
            return Unknown(f"local.{name} refers to itself", expression=f"local.{name}")
        if name not in self._values:
            self._busy.add(name)
            try:
                found = self._locals[name]
                self._values[name] = _told(
                    self.value(found.value, f"local.{name}"), f"local.{name}", self.source, found.pos
                )
            finally:
                self._busy.discard(name)
        return self._values[name]

    def definition(self, name: str) -> Expression | None:
        """Return the expression that a local value is defined by."""
        return self._locals[name].value if name in self._locals else None

    def value(self, expression: Expression, shown: str = "") -> Data:
        """Return the value of an expression; what cannot be evaluated is unknown."""
        try:
            with self.run.allowance():
                return evaluate(expression, self.scope)
        except (TerraformError, TooMuch) as error:
            return Unknown(str(error), expression=shown or unparse(expression)[:200])
        except RecursionError:
            return Unknown("it is nested too deeply", expression=shown)

    def attribute(self, body: Body, name: str) -> Data:
        """Return an attribute of one of its blocks, None where it is not stated."""
        found = body.attributes.get(name)
        return None if found is None else _told(self.value(found.value), "", self.source, found.pos)

    def _feature(self, name: str) -> Data:
        for block in self.blocks("feature"):
            if block.labels == (name,):
                return self.attribute(block.body, "default")
        for include in self.includes():
            if include.configuration is not None and any(
                block.labels == (name,) for block in include.configuration.blocks("feature")
            ):
                return include.configuration._feature(name)
        return Unknown(f'feature "{name}" is not declared', expression=f"feature.{name}")

    # --- includes

    def includes(self) -> list[Include]:
        """Return the files that it includes, in order. One that is included itself includes nothing."""
        if self._includes is None:
            self._includes = []  # what its own path needs of them is not there
            if self.included is None:
                self._includes = [found for block in self.blocks("include") for found in self._include(block)]
        return self._includes

    def _include(self, block: Nested) -> Iterator[Include]:
        label = block.labels[0] if block.labels else ""
        shown = f'include "{label}"' if label else "include"
        where = self.source.location(block.pos)
        address = self.attribute(block.body, "path")
        if not isinstance(address, str):
            why = "which file it includes is not known"
            why += f": {address.reason}" if isinstance(address, Unknown) else ""
            self.evaluation.note(Gap(shown, why, where))
            return
        path = self.evaluation.tree.inside(self.folder / address)
        if path is None or not os.path.isfile(path):
            why = "the file is not there" if path is not None else "the file leads out of the checked tree"
            self.evaluation.note(Gap(shown, why, where))
            return
        strategy = self.attribute(block.body, "merge_strategy")
        found = self.evaluation.configuration(path, self.folder, path)
        yield Include(label, path, found, strategy if strategy in STRATEGIES else "shallow")  # type: ignore[arg-type]

    def _exposed(self) -> Data:
        """Return what `include` means: by label the files that are included, or the one that has no label.

        One that does not say `expose` is an error in Terragrunt only, and what it means is clear.
        """
        found: dict[str, Data] = {
            one.label: Read(one.configuration) if one.configuration is not None else Unknown("it cannot be read")
            for one in self.includes()
        }
        return found[""] if list(found) == [""] else found

    def selected(self, label: Data) -> Path | None:
        """Return the included file that functions about includes mean, by a label where there are several."""
        if self.included is not None:
            return self.included
        found = self.includes()
        if len(found) == 1:
            return found[0].path
        return next((one.path for one in found if one.label == label), None)

    # --- inputs

    def inputs(self) -> Inputs:
        """Return the inputs that the file itself states."""
        found = self.body.attributes.get("inputs")
        return self._members(found.value) if found is not None else Inputs({})

    def _members(self, node: Expression) -> Inputs:
        """Return an object's members one by one, so that one that is not known leaves the others."""
        if isinstance(node, Call) and node.name == "merge" and not node.expand:
            merged = Inputs({})
            for arg in node.args:
                merged = laid_over(merged, self._members(arg))
            return merged
        if isinstance(node, ObjectCons):
            members: dict[str, Data] = {}
            for key_node, value_node in node.items:
                key = self.value(key_node)
                if not isinstance(key, str):
                    return Inputs({}, key if isinstance(key, Unknown) else Unknown("a key of it is not known"))
                value = self.value(value_node, f"inputs.{key}")
                members[str(key)] = _told(value, f"inputs.{key}", self.source, key_node.pos)
            return Inputs(members)
        value = self.value(node)
        value = value.whole() if isinstance(value, Lazy) else value
        if isinstance(value, dict):
            return Inputs({name: _told(one, f"inputs.{name}", self.source, node.pos) for name, one in value.items()})
        if value is None:
            return Inputs({})
        return Inputs({}, value if isinstance(value, Unknown) else Unknown("inputs is no object"))


def _told(value: Data, label: str, source: Source, pos: int) -> Data:
    """Return a value with a named stop on its trail; what a decoded file holds has none of its own."""
    if type(value) is str:
        return Text(value, Origin(label, source, pos))
    return labelled(value, label, source, pos)


def laid_over(below: Inputs, above: Inputs, deep: bool = False) -> Inputs:
    """Return inputs with others laid over them, which win; `deep` joins maps member by member, and lists."""
    if above.rest is None:
        if deep:
            return Inputs({**below.members, **deeply(below.members, above.members)}, below.rest)
        return Inputs({**below.members, **above.members}, below.rest)
    # Any of them may be something else.
    hidden: dict[str, Data] = dict.fromkeys(below.members, above.rest)
    return Inputs({**hidden, **above.members}, above.rest)


def deeply(below: dict[str, Data], above: dict[str, Data], depth: int = 0) -> dict[str, Data]:
    """Return two objects merged member by member; lists are joined, the other values of the upper one win."""
    merged = dict(below)
    for name, value in above.items():
        under = below.get(name)
        if isinstance(under, dict) and isinstance(value, dict) and depth < 20:
            merged[name] = deeply(under, value, depth + 1)
        elif isinstance(under, list) and isinstance(value, list):
            merged[name] = [*under, *value]
        else:
            merged[name] = value
    return merged


class Read(Lazy):
    """A file that another one reads or exposes, as an object."""

    __slots__ = ("configuration",)

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        super().__init__("it is a whole Terragrunt file", expression=configuration.source.path)

    def attr(self, name: str) -> Data:
        """Return what the file says. Raises TerraformError for what it does not."""
        one = self.configuration
        busy = f"({name})"
        if busy in one._busy:
            return Unknown("it refers to itself", expression=name)
        one._busy.add(busy)
        try:
            return self._attr(name)
        finally:
            one._busy.discard(busy)

    def _attr(self, name: str) -> Data:
        one = self.configuration
        match name:
            case "locals":
                return {local: one.local(local) for local in one._locals}
            case "inputs":
                return self._inputs()
            case "dependency":
                return {
                    block.labels[0]: one.resolve("dependency", (Attr(block.pos, block.labels[0]),), one.scope)[0]
                    for block in one.blocks("dependency")
                    if block.labels
                }
            case _:
                pass
        if name in one.body.attributes:
            return one.value(one.body.attributes[name].value, name)
        found = [block for block in one.blocks(name) if name in MEMBERS]
        if not found:
            raise TerraformError(f"{one.source.path} has no {name}")
        members: dict[str, Data] = {}
        for block in found:
            inner = {key: one.attribute(block.body, key) for key in block.body.attributes}
            members |= {block.labels[0]: inner} if block.labels else inner
        return members

    def _inputs(self) -> Data:
        """Return its inputs, with those of what it includes itself below them."""
        merged = Inputs({})
        for include in self.configuration.includes():
            if include.configuration is not None and include.strategy != "no_merge":
                merged = laid_over(merged, include.configuration.inputs(), include.strategy == "deep")
        merged = laid_over(merged, self.configuration.inputs())
        return dict(merged.members) if merged.rest is None else merged.rest

    def whole(self) -> Data:
        """Return all that the file says."""
        found: dict[str, Data] = {}
        for name in MEMBERS:
            try:
                found[name] = self.attr(name)
            except TerraformError:
                continue
        return found
