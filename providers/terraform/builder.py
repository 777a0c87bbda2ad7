"""The callbacks of python-hcl2's grammar: each rule becomes a node of our syntax tree."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeAlias

import lark

from checker.source import Source, SyntaxProblem
from providers.terraform.syntax import (
    Attr,
    Attribute,
    Binary,
    Body,
    Call,
    Conditional,
    Expression,
    For,
    Key,
    Literal,
    Nested,
    ObjectCons,
    Paren,
    Splat,
    Template,
    Traversal,
    Traverser,
    TupleCons,
    Unary,
)
from providers.terraform.templates import Mark, assemble, unescape
from providers.terraform.values import Origin, Text

Steps: TypeAlias = tuple[Traverser, ...]
Item: TypeAlias = tuple[Expression, Expression]
Children: TypeAlias = "list[Any]"  # what lark hands to a callback: tokens and what other callbacks returned


class Builder(lark.Transformer[lark.Token, Any]):
    """Callbacks named after the grammar's rules; each returns a node of ours."""

    base = 0
    source = Source("", "")
    shielded: dict[int, str] = {}  # noqa: RUF012  # offset → content of strings that python-hcl2 refuses; one a run

    def __init__(self, raw_template: Callable[..., Literal | Template]) -> None:
        """Build with what parses raw template text: `parse.parse_template`, which goes through this builder again."""
        super().__init__()
        self._raw_template = raw_template

    def _text(self, value: str, pos: int) -> Text:
        # Terraform keeps all strings in normal form C.
        normal = value if value.isascii() else unicodedata.normalize("NFC", value)
        return Text(normal, Origin("", self.source, pos))

    # --- bodies

    def start(self, c: Children) -> Body:
        return c[0]  # type: ignore[no-any-return]

    def body(self, c: Children) -> Body:
        attributes: dict[str, Attribute] = {}
        blocks = []
        for child in c:
            if isinstance(child, Attribute):
                attributes.setdefault(child.name, child)
            elif isinstance(child, Nested):
                blocks.append(child)
        return Body(attributes, tuple(blocks))

    def attribute(self, c: Children) -> Attribute:
        pos, name = _name(c[0])
        return Attribute(pos, name, c[2], self.source)

    def block(self, c: Children) -> Nested:
        names = []
        for child in c:
            if isinstance(child, lark.Token) and child.type == "LBRACE":
                break
            if child is not None:
                names.append(child)
        pos, kind = _name(names[0])
        labels = tuple(str(n.value) if isinstance(n, Literal) else _name(n)[1] for n in names[1:])
        return Nested(pos, kind, labels, c[-2])

    def new_line_or_comment(self, c: Children) -> None:
        return None

    # --- names and literals

    def identifier(self, c: Children) -> tuple[int, str]:
        return int(self.base + c[0].start_pos), str(c[0])

    keyword = identifier

    def literal_value(self, c: Children) -> Literal:
        word = str(c[0])
        return Literal(self.base + c[0].start_pos, {"true": True, "false": False}.get(word))

    def int_lit(self, c: Children) -> Literal:
        if len(c[0]) > 4000:
            raise SyntaxProblem(self.base + c[0].start_pos, "a number of more than 4000 digits")
        return Literal(self.base + c[0].start_pos, int(c[0]))

    def float_lit(self, c: Children) -> Literal:
        try:
            number = Decimal(str(c[0]))
        except InvalidOperation:  # an exponent beyond what the machine counts in
            raise SyntaxProblem(self.base + c[0].start_pos, "a number out of range") from None
        whole = abs(number.adjusted()) < 400 and number == number.to_integral_value()
        if number.is_zero() and number.is_signed():
            whole = False  # minus zero, which `int` lacks
        return Literal(self.base + c[0].start_pos, int(number) if whole else number)

    # --- strings and templates

    def string(self, c: Children) -> Literal | Template:
        pos = self.base + c[0].start_pos
        if pos in self.shielded:
            return self._raw_template(self.shielded[pos], pos + 1, self.source, pos=pos, quoted=True)
        parts = c[1:-1]
        if all(isinstance(part, str) for part in parts):
            return Literal(pos, self._text("".join(parts), pos))
        return Template(pos, assemble(parts, pos))

    def string_part(self, c: Children) -> Any:
        part = c[0]
        if isinstance(part, lark.Token):
            if part.type in ("ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
                return unescape(str(part)[1:])
            return unescape(str(part))
        return part

    def interpolation(self, c: Children) -> Expression:
        return c[1]  # type: ignore[no-any-return]

    def template_if_start(self, c: Children) -> Mark:
        return Mark("if", self.base + c[0].start_pos, [_expr(c)])

    def template_else(self, c: Children) -> Mark:
        return Mark("else", self.base + c[0].start_pos, [])

    def template_endif(self, c: Children) -> Mark:
        return Mark("endif", self.base + c[0].start_pos, [])

    def template_for_start(self, c: Children) -> Mark:
        names = [child[1] for child in c if type(child) is tuple]
        return Mark("for", self.base + c[0].start_pos, [*names, _expr(c)])

    def template_endfor(self, c: Children) -> Mark:
        return Mark("endfor", self.base + c[0].start_pos, [])

    def template_string(self, c: Children) -> Literal:
        pos = self.base + c[0].start_pos
        return Literal(pos, self._text(unescape(str(c[0])[2:-2]), pos))

    def heredoc_template(self, c: Children) -> Literal | Template:
        return self._heredoc(c[0], flush=False)

    def heredoc_template_trim(self, c: Children) -> Literal | Template:
        return self._heredoc(c[0], flush=True)

    def _heredoc(self, token: lark.Token, flush: bool) -> Literal | Template:
        text = str(token)
        pos = self.base + (token.start_pos or 0)
        first = text.index("\n") + 1
        body = text[first : text.rstrip().rindex("\n") + 1] if text.rstrip().count("\n") else ""
        return self._raw_template(body, pos + first, self.source, flush=flush, pos=pos)

    # --- expressions

    def expr_term(self, c: Children) -> Expression:
        kept = [child for child in c if child is not None]
        if len(kept) == 3:
            return Paren(self.base + kept[0].start_pos, kept[1])
        node = kept[0]
        if type(node) is tuple:
            return Traversal(node[0], node[1], ())
        return node  # type: ignore[no-any-return]

    def conditional(self, c: Children) -> Conditional:
        kept = _nodes(c)
        return Conditional(kept[0].pos, *kept)

    def unary_op(self, c: Children) -> Unary:
        return Unary(self.base + c[0].start_pos, str(c[0]), c[1])

    def binary_operator(self, c: Children) -> str:
        # The token begins with the line end or comment before the operator when a line begins with it.
        return _OPERATORS[c[0].type]

    def binary_term(self, c: Children) -> tuple[str, Expression]:
        return c[0], c[-1]

    def binary_op(self, c: Children) -> Binary:
        operator, right = c[1]
        return Binary(c[0].pos, operator, c[0], right)

    def tuple(self, c: Children) -> TupleCons:
        return TupleCons(self.base + c[0].start_pos, tuple(_nodes(c)))

    def object(self, c: Children) -> ObjectCons:
        items = tuple(child for child in c if type(child) is tuple)
        return ObjectCons(self.base + c[0].start_pos, items)

    def object_elem_key(self, c: Children) -> Expression:
        key = c[0]
        if type(key) is tuple:  # a keyword
            return Literal(key[0], self._text(key[1], key[0]))
        if isinstance(key, Traversal) and isinstance(key.root, str) and not key.steps:
            return Literal(key.pos, self._text(key.root, key.pos))
        if isinstance(key, Literal) and isinstance(key.value, bool | None):
            return Literal(key.pos, {True: "true", False: "false", None: "null"}[key.value])
        return key  # type: ignore[no-any-return]

    def object_elem(self, c: Children) -> Item:
        return c[0], c[2]

    def function_call(self, c: Children) -> Call:
        names = [child for child in c if type(child) is tuple]
        args, expand = next((child for child in c if type(child) is _Arguments), _Arguments(((), False)))
        return Call(names[0][0], "::".join(name for _, name in names), args, expand)

    def arguments(self, c: Children) -> _Arguments:
        expand = any(isinstance(child, lark.Token) and child.type == "ELLIPSIS" for child in c)
        return _Arguments((tuple(_nodes(c)), expand))

    # --- traversals

    def index_expr_term(self, c: Children) -> Traversal:
        return _extend(c[0], (c[1],))

    get_attr_expr_term = index_expr_term

    def attr_splat_expr_term(self, c: Children) -> Traversal:
        return _extend(c[0], c[1])

    full_splat_expr_term = attr_splat_expr_term

    def braces_index(self, c: Children) -> Key:
        return Key(self.base + c[0].start_pos, _expr(c))

    def short_index(self, c: Children) -> Key:
        pos = self.base + c[0].start_pos
        return Key(pos, Literal(pos, int(c[1])))

    def get_attr(self, c: Children) -> Attr:
        pos, name = _name(c[1])
        return Attr(pos, name)

    def attr_splat(self, c: Children) -> Steps:
        # `.*` takes only the names that follow; an index after them applies to the result.
        steps = tuple(c[1:])
        cut = next((i for i, step in enumerate(steps) if isinstance(step, Key)), len(steps))
        return (Splat(self.base + c[0].start_pos, steps[:cut], full=False), *steps[cut:])

    def full_splat(self, c: Children) -> Steps:
        return (Splat(self.base + c[0].start_pos, tuple(c[1:])),)

    # --- for

    def for_intro(self, c: Children) -> Mark:
        names = [child[1] for child in c if type(child) is tuple]
        return Mark("intro", 0, [names[0] if len(names) == 2 else None, names[-1], _expr(c)])

    def for_cond(self, c: Children) -> Mark:
        return Mark("cond", 0, [_expr(c)])

    def for_tuple_expr(self, c: Children) -> For:
        return self._for(c, keyed=False)

    def for_object_expr(self, c: Children) -> For:
        return self._for(c, keyed=True)

    def _for(self, c: Children, keyed: bool) -> For:
        intro, *rest = (child for child in c if type(child) is Mark)
        nodes = [child for child in _nodes(c) if type(child) is not Mark]
        group = any(isinstance(child, lark.Token) and child.type == "ELLIPSIS" for child in c)
        condition = rest[0].values[0] if rest else None
        key = nodes[0] if keyed else None
        first, second, collection = intro.values
        return For(self.base + c[0].start_pos, first, second, collection, key, nodes[-1], condition, group)


_OPERATORS = {
    "DOUBLE_PIPE": "||",
    "DOUBLE_AMP": "&&",
    "DOUBLE_EQ": "==",
    "NEQ": "!=",
    "LT": "<",
    "GT": ">",
    "LEQ": "<=",
    "GEQ": ">=",
    "PLUS": "+",
    "MINUS": "-",
    "ASTERISK": "*",
    "SLASH": "/",
    "PERCENT": "%",
}


class _Arguments(tuple[Any, ...]):
    """The arguments of a call: (expressions, whether the last is expanded)."""


def _name(child: Any) -> tuple[int, str]:
    """Return (offset, name) of an identifier, keyword or literal word used as a name."""
    if isinstance(child, Literal):
        words = {True: "true", False: "false", None: "null"}
        return child.pos, words[child.value] if isinstance(child.value, bool | None) else str(child.value)
    return child  # type: ignore[no-any-return]


def _nodes(c: Children) -> list[Any]:
    return [child for child in c if child is not None and not isinstance(child, lark.Token)]


def _expr(c: Children) -> Any:
    return [child for child in _nodes(c) if type(child) is not tuple][-1]


def _extend(left: Expression, steps: tuple[Traverser, ...]) -> Traversal:
    if not isinstance(left, Traversal):
        return Traversal(left.pos, left, steps)
    last = left.steps[-1] if left.steps else None
    if isinstance(last, Splat) and last.full:
        # What follows `[*]` applies to each of its elements, further splats too.
        return Traversal(left.pos, left.root, (*left.steps[:-1], Splat(last.pos, last.steps + steps)))
    return Traversal(left.pos, left.root, left.steps + steps)
