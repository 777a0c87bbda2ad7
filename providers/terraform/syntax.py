"""The syntax tree of HCL, small and with positions; `builder.py` builds it from python-hcl2's grammar.

Positions are offsets into the source file's text. Nodes are never changed once built.
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from providers.terraform.values import Data


class Literal(NamedTuple):
    """A number, bool, null or string without templates (a `Text` that knows where it stands)."""

    pos: int
    value: Data


class Template(NamedTuple):
    """A string with templates: text, expressions and directives in order."""

    pos: int
    parts: tuple[TemplatePart, ...]


class TemplateIf(NamedTuple):
    """`%{ if … }…%{ else }…%{ endif }`."""

    pos: int
    condition: Expression
    then: tuple[TemplatePart, ...]
    otherwise: tuple[TemplatePart, ...]


class TemplateFor(NamedTuple):
    """`%{ for k, v in … }…%{ endfor }`."""

    pos: int
    key: str | None
    value: str
    collection: Expression
    body: tuple[TemplatePart, ...]


class Attr(NamedTuple):
    """`.name`."""

    pos: int
    name: str


class Key(NamedTuple):
    """`[expression]`."""

    pos: int
    key: Expression


class Splat(NamedTuple):
    """`[*]` (full) or `.*` with the steps that apply to each element."""

    pos: int
    steps: tuple[Traverser, ...]
    full: bool = True


class Traversal(NamedTuple):
    """A root (a name, or any expression) and the steps that lead from it."""

    pos: int
    root: str | Expression
    steps: tuple[Traverser, ...]


class Call(NamedTuple):
    """A function call; `expand` when the last argument ends in `...`."""

    pos: int
    name: str
    args: tuple[Expression, ...]
    expand: bool


class TupleCons(NamedTuple):
    """`[a, b]`."""

    pos: int
    items: tuple[Expression, ...]


class ObjectCons(NamedTuple):
    """`{a = 1}`; a bare name as key is a string."""

    pos: int
    items: tuple[tuple[Expression, Expression], ...]


class For(NamedTuple):
    """`[for k, v in c : value if condition]`, or the object form when `key` is given."""

    pos: int
    key_name: str | None
    value_name: str
    collection: Expression
    key: Expression | None
    value: Expression
    condition: Expression | None
    group: bool


class Conditional(NamedTuple):
    """`condition ? then : otherwise`."""

    pos: int
    condition: Expression
    then: Expression
    otherwise: Expression


class Unary(NamedTuple):
    """`-x` or `!x`."""

    pos: int
    operator: str
    operand: Expression


class Binary(NamedTuple):
    """`left operator right`."""

    pos: int
    operator: str
    left: Expression
    right: Expression


class Paren(NamedTuple):
    """`(x)`: matters for object keys, where a bare name is a string and `(name)` is not."""

    pos: int
    inner: Expression


Traverser: TypeAlias = Attr | Key | Splat
Expression: TypeAlias = (
    Literal | Template | Traversal | Call | TupleCons | ObjectCons | For | Conditional | Unary | Binary | Paren
)
TemplatePart: TypeAlias = str | Expression | TemplateIf | TemplateFor


class Attribute(NamedTuple):
    """`name = expression`; `source` is the file it stands in (blocks merged from override files differ)."""

    pos: int
    name: str
    value: Expression
    source: object


class Nested(NamedTuple):
    """A block inside a block."""

    pos: int
    type: str
    labels: tuple[str, ...]
    body: Body


class Body(NamedTuple):
    """What stands between the braces of a block."""

    attributes: dict[str, Attribute]
    blocks: tuple[Nested, ...]


def unparse(node: Expression | Traverser) -> str:
    """Return an expression as a person would write it, long parts shortened."""
    match node:
        case Literal(value=value):
            if isinstance(value, str):
                return f'"{value}"'
            return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        case Template(parts=parts):
            shown = (part if isinstance(part, str) else "${" + _part(part) + "}" for part in parts)
            return '"' + "".join(shown) + '"'
        case Traversal(root=root, steps=steps):
            return (root if isinstance(root, str) else unparse(root)) + "".join(map(unparse, steps))
        case Attr(name=name):
            return f".{name}"
        case Key(key=key):
            return f"[{unparse(key)}]"
        case Splat(steps=steps):
            return "[*]" + "".join(map(unparse, steps))
        case Call(name=name, args=args):
            return f"{name}({', '.join(map(unparse, args))})" if len(args) <= 2 else f"{name}(…)"
        case Conditional(condition=condition):
            return f"{unparse(condition)} ? … : …"
        case Unary(operator=operator, operand=operand):
            return operator + unparse(operand)
        case Binary(operator=operator, left=left, right=right):
            return f"{unparse(left)} {operator} {unparse(right)}"
        case Paren(inner=inner):
            return f"({unparse(inner)})"
        case TupleCons():
            return "[…]"
        case ObjectCons():
            return "{…}"
        case For():
            return "for …"


def _part(part: TemplatePart) -> str:
    return "…" if isinstance(part, str | TemplateIf | TemplateFor) else unparse(part)
