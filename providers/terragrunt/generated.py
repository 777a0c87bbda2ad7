"""The Terraform files that Terragrunt generates, as declarations whose positions are those of the Terragrunt file.

A text that holds a value of Terragrunt's (`region = "${local.region}"`) keeps it as a value, so that what is judged
later knows the way that it came, and a value that is not known does not spoil the rest of the file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Any, NamedTuple

from checker.model import FileLocation, Gap
from checker.source import Source, SyntaxProblem
from providers.terraform import parse, scan, types
from providers.terraform.access import joined, pairs
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.modules import Declaration, Folder
from providers.terraform.run import TooMuch
from providers.terraform.syntax import (
    Attr,
    Conditional,
    Expression,
    Literal,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    Traversal,
)
from providers.terraform.values import Data, Encoded, Origin, TerraformError, Text, Unknown
from providers.terragrunt.configuration import Configuration

_NAME = "terragrunt"  # what stands for a value of Terragrunt's in the text: `terragrunt.v0`
_HOLE = re.compile(r"\$\{[^{}]*\}")
_MOST_STEPS = 10  # from `contents` to the text itself
_QUOTE = re.compile(r'(?<!\\)"')
_LABEL = re.compile(r'[\w"][ \t]*$')  # what stands before the quote of a block's label


class Generated(Source):
    """A generated file; a line of it is the line of the Terragrunt file that it comes from."""

    __slots__ = ("_from", "_starts", "lost", "values")

    def __init__(
        self, source: Source, text: str, lines: list[int], values: list[Data], lost: list[tuple[Unknown, int]]
    ) -> None:
        super().__init__(source.path, text)
        self.lost = lost  # parts that are not known, with their lines
        self._from = lines
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.values = values

    def location(self, offset: int, end: int | None = None) -> FileLocation:
        """Return the line of the Terragrunt file, and the column in the generated one."""
        number = bisect_right(self._starts, offset) - 1
        line = self._from[min(number, len(self._from) - 1)]
        return FileLocation(self.path, line, offset - self._starts[number] + 1)


class File(NamedTuple):
    """A generated file: its name, its text, and whether it takes the place of one that is there."""

    name: str
    source: Generated
    replaces: bool


def contents(one: Configuration, node: Expression) -> Generated | Unknown:
    """Return the text that an expression of a Terragrunt file generates; unknown where nothing of it is known."""
    node = _leads_to(one, node)
    if not isinstance(node, Template):
        return of_value(one.value(node), one.source, node.pos)
    writer = _Writer(one.source, node.pos)
    try:
        with one.run.allowance():
            writer.parts(node.parts, one.scope)
    except (TerraformError, TooMuch) as error:
        return Unknown(str(error), expression="contents")
    return writer.written()


def _leads_to(one: Configuration, node: Expression) -> Expression:
    """Return the expression that a local value, or a choice that is known, comes to."""
    for _ in range(_MOST_STEPS):
        found = None
        if isinstance(node, Traversal) and node.root == "local" and len(node.steps) == 1:
            step = node.steps[0]
            found = one.definition(step.name) if isinstance(step, Attr) else None
        elif isinstance(node, Conditional):
            chosen = one.value(node.condition)
            found = {True: node.then, False: node.otherwise}.get(chosen) if isinstance(chosen, bool) else None
        if found is None:
            break
        node = found
    return node


def of_value(value: Data, source: Source, pos: int) -> Generated | Unknown:
    """Return a generated text that is known as a value only, with the lines of the heredoc that it comes from."""
    origin = value.origin if isinstance(value, Text | Unknown) else None
    while origin is not None:
        heredoc = isinstance(origin.file, Source) and origin.file.text.startswith("<<", origin.offset)
        whole = isinstance(origin.file, Source) and origin.file.text == value
        if heredoc or whole:
            assert isinstance(origin.file, Source)
            source, pos = origin.file, 0 if whole else origin.offset
            break
        origin = origin.parents[0] if origin.parents else None
    writer = _Writer(source, pos)
    if isinstance(value, Unknown):
        if value.pattern is None:
            return value
        writer.value(value)
        return writer.written()
    if not isinstance(value, str):
        return Unknown("it is no text", expression="contents")
    writer.text(str(value))
    return writer.written()


class _Writer:
    """Writes a text, and notes for each of its lines the line that it comes from."""

    def __init__(self, source: Source, pos: int) -> None:
        self._source = source
        self._line = source.location(pos).line
        self._steps = source.text.startswith("<<", pos)  # whether a line end of the text is one of the file
        self._line += self._steps
        if pos == 0 and not self._steps:
            self._steps = True  # the text is a whole file
        self._lines = [self._line]
        self._written: list[str] = []
        self._values: list[Data] = []
        self._lost: list[tuple[Unknown, int]] = []

    def written(self) -> Generated:
        """Return what was written."""
        return Generated(self._source, "".join(self._written), self._lines, self._values, self._lost)

    def parts(self, parts: tuple[TemplatePart, ...], scope: Scope) -> None:
        """Write the parts of a template. Raises TerraformError and TooMuch."""
        for part in parts:
            match part:
                case str():
                    self.text(part)
                case TemplateIf():
                    self._at(part.pos)
                    condition = evaluate(part.condition, scope)
                    if isinstance(condition, Unknown):
                        raise TerraformError(condition.reason)
                    self.parts(part.then if types.to_bool(condition) else part.otherwise, scope)
                case TemplateFor():
                    collection = evaluate(part.collection, scope)
                    if isinstance(collection, Unknown):
                        raise TerraformError(collection.reason)
                    for key, value in pairs(collection):
                        scope.module.spend()
                        names = {part.value: value} if part.key is None else {part.key: key, part.value: value}
                        self._at(part.pos)
                        self.parts(part.body, scope.with_names(**names))
                case _:
                    self._at(part.pos)
                    try:
                        self.value(evaluate(part, scope))
                    except TerraformError as error:
                        self.value(Unknown(str(error), expression="contents"))

    def _at(self, pos: int) -> None:
        if self._steps:
            self._line = self._source.location(pos).line
            self._lines[-1] = self._line

    def text(self, text: str) -> None:
        """Write text as it is."""
        self._written.append(text)
        for _ in range(text.count("\n")):
            self._line += self._steps
            self._lines.append(self._line)

    def value(self, value: Data) -> None:
        """Write a value: one that stands where an expression may is kept as it is."""
        line = "".join(self._written).rpartition("\n")[2]
        quotes = list(_QUOTE.finditer(line))
        quoted = len(quotes) % 2 == 1
        if quoted and not _LABEL.search(line[: quotes[-1].start()]) and isinstance(value, str | Unknown):
            self._written.append(f"${{{self._kept(value)}}}")
        elif isinstance(value, Unknown):
            self._unknown(value, quoted, stands=bool(line.strip()))
        elif isinstance(value, Encoded) and not quoted:
            self._written.append(self._kept(value.data))
        elif isinstance(value, list | dict):
            raise TerraformError("a list or an object cannot stand in a template")
        elif value is not None:
            before = self._steps
            self._steps = False
            self.text(value if isinstance(value, str) else types.to_string(value))
            self._steps = before

    def _unknown(self, value: Unknown, quoted: bool, stands: bool) -> None:
        if quoted:
            self._written.append(f"${{{self._kept(value)}}}")
        elif value.pattern is not None:
            at = 0
            for hole in _HOLE.finditer(value.pattern):
                self.text(value.pattern[at : hole.start()])
                self.value(Unknown(value.reason, expression=hole[0][2:-1]))
                at = hole.end()
            self.text(value.pattern[at:])
        elif stands:
            self._written.append(self._kept(value))
        else:
            self._lost.append((value, self._line))  # it may be arguments or whole blocks

    def _kept(self, value: Data) -> str:
        self._values.append(value)
        return f"{_NAME}.v{len(self._values) - 1}"


def declare(file: File, folder: Folder, override: bool) -> None:
    """Add what a generated file declares to a folder."""
    source = file.source
    folder.files += 1
    folder.sources.append(source)
    for value, line in source.lost:
        why = f"a part of what is generated is not known: {value.reason}"
        folder.gaps.append(Gap(file.name, why, FileLocation(source.path, line, 1)))
    if file.name.endswith(".json"):
        from providers.terraform import json_syntax

        try:
            for type, labels, pos, body in json_syntax.declarations(source):
                folder.add(Declaration.of_body(source, type, labels, pos, body), override)
        except SyntaxProblem as problem:
            folder.note(source, problem)
        return
    blocks, broken = scan.scan(source)
    for part in broken:
        folder.note(source, SyntaxProblem(part.offset, part.reason))
    for raw in blocks:
        try:
            body = _filled(parse.parse_block(raw), source)
        except SyntaxProblem as problem:
            folder.note(source, problem)
        except RecursionError:
            folder.note(source, SyntaxProblem(raw.start, "nested too deeply"))
        else:
            folder.add(Declaration.of_body(source, raw.type, raw.labels, raw.start, body), override)


def _filled(node: Any, source: Generated) -> Any:
    """Return a piece of syntax with Terragrunt's values where their names stand."""
    if isinstance(node, Traversal) and node.root == _NAME and node.steps and isinstance(node.steps[0], Attr):
        return Literal(node.pos, source.values[int(node.steps[0].name[1:])])
    if isinstance(node, Template):
        parts = tuple(_filled(part, source) for part in node.parts)
        if len(parts) == 1 and isinstance(parts[0], Literal):
            return parts[0]
        texts = [part.value if isinstance(part, Literal) else part for part in parts]
        if all(isinstance(part, str) for part in texts):
            return Literal(node.pos, joined(texts, "", source, node.pos))
        return Template(node.pos, parts)
    if isinstance(node, Literal | Origin) or not isinstance(node, tuple | dict):
        return node
    if isinstance(node, dict):
        return {name: _filled(inner, source) for name, inner in node.items()}
    inner = (_filled(one, source) for one in node)
    return type(node)(*inner) if hasattr(node, "_fields") else tuple(inner)
