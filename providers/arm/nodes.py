"""What templates are written in, whatever the syntax: expressions with their offsets, and the parser of ARM's own.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TypeAlias

from checker.source import SyntaxProblem

_MOST_DEPTH = 60
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+)|(?P<name>[A-Za-z_][\w$]*)|(?P<sign>\.\?|\[\?|[().,\[\]]))"
)

# What most expressions are: `parameters('name')`, `variables('name')`.
_PLAIN_CALL = re.compile(r"\s*(parameters|variables)\('([^']*)'\)\s*")


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """Plain data: a text, a number, a truth value or nothing."""

    pos: int
    value: object


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """A word that is declared somewhere: a parameter, a variable, a resource, an item of a loop (Bicep)."""

    pos: int
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A function with its arguments; operators are functions as well."""

    pos: int
    name: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function of something: `storage.listKeys()`, `name.method(…)`."""

    pos: int
    base: Node
    name: str
    arguments: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A member of an object or an item of a list; `safe` ones come to nothing where there is none."""

    pos: int
    base: Node
    name: Node
    safe: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A text with parts that are evaluated."""

    pos: int
    parts: tuple[str | Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """A list."""

    pos: int
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """An object: its members in order, of which a name may be an expression; None names what is spread."""

    pos: int
    members: tuple[tuple[str | Node | None, Node], ...]

    def get(self, name: str) -> Node | None:
        """Return a member by its name, which Resource Manager reads in any case."""
        for key, value in self.members:
            if isinstance(key, str) and key.lower() == name.lower():
                return value
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A list that a loop makes: over a list, or a count of turns; `copy` is the name that `copyIndex` uses."""

    pos: int
    over: Node
    item: str
    index: str
    body: Node
    condition: Node | None = None
    copy: str = ""
    counted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Lambda:
    """A function without a name."""

    pos: int
    parameters: tuple[str, ...]
    body: Node


Node: TypeAlias = "Literal | Name | Call | Method | Member | Text | Array | Object | Loop | Lambda"


def shown(node: Node | None, depth: int = 0) -> str:
    """Return an expression as people write it, the same for the same one: names are told apart by it."""
    if node is None or depth > 12:
        return "…"
    inner = depth + 1
    match node:
        case Literal(value=value):
            return f"'{value}'" if isinstance(value, str) else str(value).lower() if value is not None else "null"
        case Name(name=name):
            return name
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(shown(one, inner) for one in arguments)})"
        case Method(base=base, name=name, arguments=arguments):
            return f"{shown(base, inner)}.{name}({', '.join(shown(one, inner) for one in arguments)})"
        case Member(base=base, name=Literal(value=str() as name)):
            return f"{shown(base, inner)}.{name}"
        case Member(base=base, name=name):
            return f"{shown(base, inner)}[{shown(name, inner)}]"
        case Text(parts=parts):
            return "'" + "".join(one if isinstance(one, str) else f"({shown(one, inner)})" for one in parts) + "'"
        case Array():
            return "[…]"
        case Object():
            return "an object"
        case Loop():
            return "a loop"
        case Lambda():
            return "a function"


def expression(text: str, pos: int) -> Node:
    """Return what the text between the outer brackets of an ARM expression says. Raises SyntaxProblem."""
    plain = _PLAIN_CALL.fullmatch(text)
    if plain is not None:
        return Call(pos, plain[1], (Literal(pos, plain[2]),))
    return _Parser(text, pos).whole()


@functools.lru_cache(1024)
def _tokens(text: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]] | None:
    """Return the tokens of an expression, and what sign each is ("" for others, and past the end); None for none.

    Templates say the same again and again, in each role assignment of each module.
    """
    found = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            return None
        kind = str(match.lastgroup)
        found.append((kind, match[kind]))
        at = match.end()
    return tuple(found), (*(text if kind == "sign" else "" for kind, text in found), "")


class _Parser:
    def __init__(self, text: str, pos: int) -> None:
        tokens = _tokens(text)
        if tokens is None:
            raise SyntaxProblem(pos, f"an expression that is none: {text[:80]}")
        self._pos = pos
        self._tokens, self._signs = tokens
        self._at = 0

    def whole(self) -> Node:
        node = self._expression(0)
        if self._at < len(self._tokens):
            raise self._problem()
        return node

    def _problem(self) -> SyntaxProblem:
        found = self._tokens[self._at][1] if self._at < len(self._tokens) else "its end"
        return SyntaxProblem(self._pos, f"an expression that is none: {found[:80]} was not expected")

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._problem()
        self._at += 1
        return self._tokens[self._at - 1]

    def _is(self, *signs: str) -> bool:
        return self._signs[self._at] in signs

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            raise self._problem()
        self._at += 1

    def _expression(self, depth: int) -> Node:
        if depth > _MOST_DEPTH:
            raise SyntaxProblem(self._pos, "an expression that is nested too deeply")
        kind, text = self._next()
        node: Node
        if kind == "text":
            node = Literal(self._pos, text[1:-1].replace("''", "'"))
        elif kind == "number":
            node = Literal(self._pos, int(text[:40]))
        elif kind == "name":
            while self._is("."):  # a namespace: `contoso.uniqueName(…)`, `sys.concat(…)`
                self._at += 1
                text = f"{text}.{self._next()[1]}"
            node = self._call(text, depth) if self._is("(") else self._word(text)
        else:
            self._at -= 1
            raise self._problem()
        for _ in range(_MOST_DEPTH):
            if self._is(".", ".?"):
                safe = self._next()[1] == ".?"
                node = Member(self._pos, node, Literal(self._pos, self._next()[1]), safe)
            elif self._is("[", "[?"):
                safe = self._next()[1] == "[?"
                node = Member(self._pos, node, self._expression(depth + 1), safe)
                self._expect("]")
            else:
                return node
        raise SyntaxProblem(self._pos, "an expression that is nested too deeply")

    def _word(self, text: str) -> Node:
        plain = {"true": True, "false": False, "null": None}
        return Literal(self._pos, plain[text.lower()]) if text.lower() in plain else Name(self._pos, text)

    def _call(self, name: str, depth: int) -> Node:
        self._expect("(")
        arguments: list[Node] = []
        while not self._is(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._expression(depth + 1))
        self._expect(")")
        names = tuple(str(one.value) for one in arguments if isinstance(one, Literal))
        if name.lower() == "lambda" and arguments:
            return Lambda(self._pos, names[: len(arguments) - 1], arguments[-1])
        if name.lower() == "lambdavariables" and len(names) == 1:
            return Name(self._pos, names[0])
        return Call(self._pos, name, tuple(arguments))
