"""A template, in whatever syntax it is written: parameters, variables, resources and outputs as expressions."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from checker.model import FileLocation
from checker.source import Source, SyntaxProblem
from providers.arm.nodes import Call, Literal, Loop, Node, Object


class NoTemplate(SyntaxProblem):
    """A document that is no template after all."""


class NoParser(SyntaxProblem):
    """Something is missing that reads a syntax."""


@dataclass(frozen=True, slots=True, eq=False)
class Parameter:
    """A parameter: its default, and the only values that it may have."""

    pos: int
    name: str
    default: Node | None = None
    allowed: tuple[Node, ...] = ()
    secure: bool = False
    type: str = ""
    about: str = ""  # what its metadata says that it is of, for the Azure Developer CLI: "location"


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function that a template declares."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(slots=True, eq=False)
class Nested:
    """What a deployment or a module deploys: a template within, or one in another file."""

    parameters: Node | None
    template: Template | None = None
    path: Node | None = None  # of a file, or an address
    inner: bool = True  # whether its expressions are evaluated in it, rather than in the template that holds it


@dataclass(slots=True, eq=False)
class Declared:
    """A resource, or with `nested` a deployment or module, as it is declared."""

    pos: int
    symbol: str
    kind: Node
    version: str
    name: Node
    body: Object
    condition: Node | None = None
    loop: Loop | None = None
    existing: bool = False
    outer: Declared | None = None  # the resource that it stands in
    parent: Node | None = None
    scope: Node | None = None
    nested: Nested | None = None


@dataclass(slots=True, eq=False)
class Template:
    """One template with where it was read."""

    source: Source
    path: Path
    scope: str = "resourceGroup"
    parameters: dict[str, Parameter] = field(default_factory=dict)
    variables: dict[str, Node] = field(default_factory=dict)
    functions: dict[str, Function] = field(default_factory=dict)
    resources: list[Declared] = field(default_factory=list)
    outputs: dict[str, Node] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)  # name → (file, its name there; "" for all)
    bicep: bool = False
    symbolic: bool = False
    problems: list[SyntaxProblem] = field(default_factory=list)

    def location(self, pos: int) -> FileLocation:
        """Return where an offset is."""
        return self.source.location(pos)


def broken(pos: int, text: str) -> Call:
    """Return a stand-in for an expression that cannot be read."""
    return Call(pos, "#broken", (Literal(pos, text[:200]),))
