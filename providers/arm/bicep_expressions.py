"""The expressions of Bicep: nodes of the syntax tree to expressions.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/operators
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from checker.source import SyntaxProblem
from providers.arm.bicep_text import SPREAD_KEY, Offsets
from providers.arm.nodes import Array, Call, Lambda, Literal, Loop, Member, Method, Name, Node, Object, Text
from providers.arm.template import broken

_MOST_DEPTH = 120
_COMMENTS = frozenset({"comment", "diagnostic_comment"})
_OPERATORS = {
    "==": "equals",
    "!=": "#unequal",
    "=~": "equalsignorecase",
    "!~": "#unlike",
    "&&": "and",
    "||": "or",
    "??": "coalesce",
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "div",
    "%": "mod",
    "<": "less",
    "<=": "lessorequals",
    ">": "greater",
    ">=": "greaterorequals",
}
_NEGATED = {"#unequal": "equals", "#unlike": "equalsignorecase"}
_ESCAPE = re.compile(r"\\(u\{([0-9a-fA-F]{1,6})\}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t"}


def named(node: Any) -> list[Any]:
    """Return the named children of a node, without comments."""
    return [one for one in node.named_children if one.type not in _COMMENTS]


def words(node: Any) -> str:
    """Return the text of a node."""
    return bytes(node.text or b"").decode("utf-8", "replace")


class Expressions:
    """Turns nodes of one file into expressions."""

    def __init__(self, data: bytes, offsets: Offsets) -> None:
        self._data = data
        self._offsets = offsets

    def node(self, node: Any, depth: int = 0) -> Node:
        """Return what a node says; what is not understood stands for what is not known. Raises SyntaxProblem."""
        pos = self._offsets.of(node.start_byte)
        if depth > _MOST_DEPTH:
            raise SyntaxProblem(pos, "nested too deeply")
        inner = depth + 1
        match node.type:
            case "string":
                return self._string(node, pos, inner)
            case "number":
                text = words(node).replace(" ", "")
                return Literal(pos, int(text[:40])) if text.lstrip("-").isdigit() else broken(pos, text)
            case "boolean" | "true" | "false":
                return Literal(pos, words(node).strip() == "true")
            case "null":
                return Literal(pos, None)
            case "identifier" | "property_identifier":
                word = words(node)
                plain = {"true": True, "false": False, "null": None}
                return Literal(pos, plain[word]) if word in plain else Name(pos, word)
            case "array":
                return Array(pos, tuple(self._spread(one, inner) for one in named(node)))
            case "object":
                return self._object(node, pos, inner)
            case "parenthesized_expression" | "nullable_type" | "type" | "expression":
                parts = named(node)
                return self.node(parts[0], inner) if parts else broken(pos, words(node))
            case "for_statement":
                return self.loop(node, None, inner)
            case "if_statement":
                return self._if(node, pos, inner)
            case "lambda_expression":
                return self._lambda(node, pos, inner)
            case "ternary_expression" | "binary_expression" | "unary_expression":
                return self._operator(node, pos, inner)
            case "member_expression" | "subscript_expression" | "resource_expression" | "call_expression":
                return self._chained(node, pos, inner)
            case _:
                return broken(pos, words(node))

    def _string(self, node: Any, pos: int, depth: int) -> Node:
        raw = node.children[0].type == "'''" if node.children else False
        quotes = 3 if raw else 1
        begin, end = node.start_byte + quotes, node.end_byte - quotes
        parts: list[str | Node] = []
        for one in node.children:
            if one.type == "interpolation" and not raw:
                parts.append(_unescaped(self._data[begin : one.start_byte]))
                inner = named(one)
                parts.append(self.node(inner[0], depth) if inner else "")
                begin = one.end_byte
        text = self._data[begin:end].decode("utf-8", "replace")
        parts.append(text.removeprefix("\n") if raw else _unescaped(self._data[begin:end]))
        if len(parts) == 1:
            return Literal(pos, parts[0])
        return Text(pos, tuple(one for one in parts if one != ""))

    def _object(self, node: Any, pos: int, depth: int) -> Node:
        found: list[tuple[str | Node | None, Node]] = []
        for member in named(node):
            parts = named(member)
            if member.type != "object_property" or len(parts) < 2:
                continue
            key: str | Node | None
            if parts[0].type == "string":
                made = self.node(parts[0], depth)
                key = str(made.value) if isinstance(made, Literal) else made
            else:
                key = words(parts[0])
            found.append((None if key == SPREAD_KEY else key, self.node(parts[1], depth)))
        return Object(pos, tuple(found))

    def _spread(self, node: Any, depth: int) -> Node:
        inner = node
        for _ in range(3):
            if inner.type != "unary_expression" or words(inner.children[0]) != "!":
                return self.node(node, depth)
            inner = named(inner)[-1]
        return Call(self._offsets.of(node.start_byte), "#spread", (self.node(inner, depth),))

    def loop(self, node: Any, body: Node | None, depth: int = 0) -> Loop:
        """Return the loop of a `for`, over another body where one is given."""
        parts = named(node)
        item, index = "", ""
        rest = parts[1:]
        if parts and parts[0].type == "for_loop_parameters":
            both = [words(one) for one in named(parts[0])]
            item, index = (*both, "", "")[:2]
        elif parts:
            item = words(parts[0])
        pos = self._offsets.of(node.start_byte)
        if not item or len(rest) < 2:
            raise SyntaxProblem(pos, "a loop that is not understood")
        condition: Node | None = None
        last = rest[-1]
        if last.type == "if_statement" and body is None:
            asked = named(last)
            condition = self.node(asked[0], depth + 1)
            last = asked[-1]
        made = body if body is not None else self.node(last, depth + 1)
        return Loop(pos, self.node(rest[0], depth + 1), item, index, made, condition)

    def _if(self, node: Any, pos: int, depth: int) -> Node:
        asked, *rest = named(node)
        made = self.node(rest[-1], depth) if rest else Literal(pos, None)
        return Call(pos, "if", (self.node(asked, depth), made, Literal(pos, None)))

    def _lambda(self, node: Any, pos: int, depth: int) -> Lambda:
        *given, body = named(node)
        names = re.findall(r"\w+", " ".join(words(one) for one in given))
        return Lambda(pos, tuple(names), self.node(body, depth))

    def _operator(self, node: Any, pos: int, depth: int, wrapped: Callable[[Node], Node] = lambda node: node) -> Node:
        *before, last = named(node)
        parts = [*(self.node(one, depth) for one in before), self._ending(last, wrapped, depth)]
        if node.type == "ternary_expression":
            return _outermost(parts[0], lambda first: Call(pos, "if", (first, *parts[1:])))
        sign = next((words(one) for one in node.children if not one.is_named), "")
        if node.type == "unary_expression":
            return Call(pos, "not" if sign == "!" else "negate", tuple(parts[:1]))
        name = _OPERATORS.get(sign, "")
        if not name or len(parts) != 2:
            return broken(pos, words(node))

        def made(first: Node) -> Node:
            both = (first, parts[1])
            return Call(pos, "not", (Call(pos, _NEGATED[name], both),)) if name in _NEGATED else Call(pos, name, both)

        return _outermost(parts[0], made)

    def _chained(self, node: Any, pos: int, depth: int) -> Node:
        # Chains are long rather than deep: they are walked without recursion.
        chain = [node]
        while chain[-1].type in ("member_expression", "subscript_expression", "resource_expression", "call_expression"):
            inner = named(chain[-1])
            if not inner or len(chain) > 200:
                return broken(pos, words(node))
            chain.append(inner[0])
        return self._ending(chain.pop(), lambda first: self._along(first, chain[:], depth), depth)

    def _ending(self, node: Any, wrapped: Callable[[Node], Node], depth: int) -> Node:
        """Return what a chain makes of an expression: the grammar lets one on `a ?? b.c` begin before the dot."""
        if node.type not in ("binary_expression", "ternary_expression", "unary_expression") or depth > _MOST_DEPTH:
            return wrapped(self.node(node, depth))
        return self._operator(node, self._offsets.of(node.start_byte), depth + 1, wrapped)

    def _along(self, made: Node, chain: list[Any], depth: int) -> Node:
        while chain:
            step = chain.pop()
            parts = named(step)
            at = self._offsets.of(step.start_byte)
            safe = any(child.type in (".?", "?", "?.") for child in step.children)
            if step.type == "call_expression":
                given = next((one for one in parts if one.type == "arguments"), None)
                arguments = tuple(self.node(one, depth) for one in named(given)) if given is not None else ()
                made = _outermost(made, lambda first, given=arguments, at=at: _called(first, given, at))
            elif step.type == "subscript_expression":
                name = self.node(parts[-1], depth)
                made = _outermost(made, lambda first, name=name, at=at, safe=safe: Member(at, first, name, safe))
            elif step.type == "resource_expression":
                made = Name(at, words(parts[-1]))  # `outer::inner`: symbols are one list
            else:
                name = Literal(self._offsets.of(parts[-1].start_byte), words(parts[-1]))
                made = _outermost(made, lambda first, name=name, at=at, safe=safe: Member(at, first, name, safe))
        return made


def _called(function: Node, arguments: tuple[Node, ...], pos: int) -> Node:
    if isinstance(function, Member) and isinstance(function.name, Literal):
        return Method(pos, function.base, str(function.name.value), arguments)
    return Call(pos, function.name if isinstance(function, Name) else "?", arguments)


def _outermost(first: Node, made: Any) -> Node:
    """Return what is made of an expression; of a function, the function of what is made of its body.

    The grammar ends `a => a.name` before the dot.
    """
    if isinstance(first, Lambda):
        return Lambda(first.pos, first.parameters, made(first.body))
    result: Node = made(first)
    return result


def _unescaped(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    return _ESCAPE.sub(_one, text) if "\\" in text else text


def _one(found: re.Match[str]) -> str:
    if found[2]:
        number = int(found[2], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _PLAIN.get(found[1], found[1])
