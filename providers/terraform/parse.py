"""python-hcl2's grammar, turned into our syntax tree while it parses.

python-hcl2 (https://github.com/amplify-education/python-hcl2) brings the grammar and its post-lexer. Its own tree
classes are not used: building ours in the parser's callbacks keeps offsets and costs a third of the time.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeAlias

import lark
from hcl2.postlexer import PostLexer

from providers.terraform import scan
from providers.terraform.source import Source, SyntaxProblem
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
    TemplateFor,
    TemplateIf,
    TemplatePart,
    Traversal,
    Traverser,
    TupleCons,
    Unary,
)
from providers.terraform.values import Origin, Text

Steps: TypeAlias = tuple[Traverser, ...]
Item: TypeAlias = tuple[Expression, Expression]
Children: TypeAlias = "list[Any]"  # what lark hands to a callback: tokens and what other callbacks returned


class _PostLexer(PostLexer):
    """Lets a line begin with a dot or an arrow that goes on with the line before, as HCL does inside brackets."""

    def process(self, stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
        held: list[lark.Token] = []
        for token in super().process(_split_minus(stream)):
            if token.type == "NL_OR_COMMENT":
                held.append(token)
                continue
            if token.type not in _CONTINUES:
                yield from held
            held.clear()
            yield token
        yield from held


def _split_minus(stream: Iterator[lark.Token]) -> Iterator[lark.Token]:
    """Cut the sign off a number that stands behind a value: `n -1.5` is a difference."""
    before = ""
    for token in stream:
        if token.type in _NUMBERS and token.startswith("-") and before in _VALUE_ENDS:
            yield lark.Token.new_borrow_pos("MINUS", "-", token)
            token = lark.Token(token.type, token[1:], start_pos=(token.start_pos or 0) + 1)
        before = token.type
        yield token


_NUMBERS = frozenset({"INT_LITERAL", "FLOAT_LITERAL"})
_VALUE_ENDS = frozenset({*_NUMBERS, "NAME", "RPAR", "RSQB"})
_CONTINUES = frozenset({"DOT", "ATTR_SPLAT", "FOR_OBJECT_ARROW"})


@functools.cache
def _parser() -> tuple[lark.Lark, _Builder]:
    builder = _Builder()
    cache = _grammar_cache()
    # The grammar file is part of the hcl2 package (hcl2/parser.py opens it the same way).
    parser = lark.Lark.open(
        "hcl2.lark",
        rel_to=sys.modules["hcl2"].__file__,
        parser="lalr",
        cache=str(cache) if cache else False,
        postlex=_PostLexer(),
        transformer=builder,
        start=["start", "expression"],
    )
    return parser, builder


def _grammar_cache() -> Path | None:
    """Return where the compiled grammar is kept between runs, or None when no private place can be had.

    It is a pickle, so it must lie in a folder that only this user can write.
    """
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(base) / "euclave"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except OSError:
        return None
    if not os.path.isabs(base) or (hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022)):
        return None
    grammar = Path(str(sys.modules["hcl2"].__file__)).with_name("hcl2.lark").read_bytes()
    versions = f"{sys.version_info[:2]} {lark.__version__}".encode()
    return folder / f"hcl-grammar-{hashlib.sha256(grammar + versions).hexdigest()[:16]}.bin"


def parse_body(text: str, base: int, source: Source) -> Body:
    """Parse the body of a file or block given as text; `base` is its offset in the source.

    Raises SyntaxProblem.
    """
    body: Body = _run(text + "\n", base, source, "start")
    return body


def parse_block(raw: scan.RawBlock) -> Body:
    """Parse a top-level block and return what stands between its braces. Raises SyntaxProblem."""
    return parse_body(raw.text, raw.start, raw.source).blocks[0].body


def parse_expression(text: str, base: int, source: Source) -> Expression:
    """Parse one expression. Raises SyntaxProblem."""
    if "#" in text or "//" in text or "/*" in text:
        try:
            text = scan.without_comments(text)
        except scan.Unbalanced as problem:
            raise SyntaxProblem(base + problem.offset, problem.reason) from None
    lead = len(text) - len(text.lstrip())
    text = text.strip()
    if _HEREDOC_LAST.search(text):
        text += "\n"  # the line end belongs to the heredoc
    expression: Expression = _run(text, base + lead, source, "expression")
    return expression


_HEREDOC_LAST = re.compile(r"<<-?([\w.-]+)\r?\n(?:.*\n)?[ \t]*\1\Z", re.DOTALL)


def _run(text: str, base: int, source: Source, start: str) -> Any:
    parser, builder = _parser()
    outer = builder.base, builder.source, builder.shielded
    builder.base, builder.source, builder.shielded = base, source, {}
    try:
        if _ODD.search(text):
            text = _shield(text, base, builder.shielded)
        return parser.parse(text, start=start)
    except scan.Unbalanced as problem:
        raise SyntaxProblem(base + problem.offset, problem.reason) from None
    except lark.exceptions.UnexpectedInput as error:
        position: int | None = getattr(error, "pos_in_stream", None)
        offset = len(text) if position is None else position
        token = getattr(error, "token", None)
        if token is not None and token.type != "$END":
            shown = repr(str(token).strip() or "line end").strip("'")
            reason = f"unexpected `{shown[:40]}`"
        elif offset < len(text) and token is None:
            reason = f"unexpected character {text[offset]!r}"
        else:
            reason = "the text ends too early"
        raise SyntaxProblem(base + max(0, min(offset, len(text))), reason) from None
    except lark.exceptions.LarkError as error:
        # A callback's own SyntaxProblem arrives wrapped.
        inner = error.__context__
        if isinstance(inner, SyntaxProblem):
            raise inner from None
        raise SyntaxProblem(base, str(error).splitlines()[0]) from None
    finally:
        builder.base, builder.source, builder.shielded = outer


# Strip markers, escapes with a brace, and comments or line ends in template code (found by how they may begin).
_ODD = re.compile(r"[$%]\{~|~\}|\$\$\{|%%\{|[$%]\{[^\"{}\n]*(?:\n|/\*|//|#)")


def _shield(text: str, base: int, shielded: dict[int, str]) -> str:
    """Replace quoted strings with templates that python-hcl2 does not read rightly by filler of the same length.

    Their content goes to `shielded` under the offset of the opening quote; the builder reads it from there.
    """
    at = 0
    parts = []
    for start, end in scan.quoted_templates(text):
        content = text[start + 1 : end - 1]
        if _ODD.search(content):
            shielded[base + start] = content
            parts += [text[at : start + 1], "x" * len(content)]
            at = end - 1
    return "".join([*parts, text[at:]])


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_escaped, text)


def _escaped(match: re.Match[str]) -> str:
    code = match[1] or match[2]
    if code:
        # A surrogate is no character either: such text could not even be printed.
        number = int(code, 16)
        return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\N{REPLACEMENT CHARACTER}"
    return _ESCAPES.get(match[3], match[0])


class _Builder(lark.Transformer[lark.Token, Any]):
    """Callbacks named after the grammar's rules; each returns a node of ours."""

    base = 0
    source = Source("", "")
    shielded: dict[int, str] = {}  # noqa: RUF012  # offset → content of strings that python-hcl2 refuses; one a run

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
            return parse_template(self.shielded[pos], pos + 1, self.source, pos=pos, quoted=True)
        parts = c[1:-1]
        if all(isinstance(part, str) for part in parts):
            return Literal(pos, self._text("".join(parts), pos))
        return Template(pos, _assemble(parts, pos))

    def string_part(self, c: Children) -> Any:
        part = c[0]
        if isinstance(part, lark.Token):
            if part.type in ("ESCAPED_INTERPOLATION", "ESCAPED_DIRECTIVE"):
                return _unescape(str(part)[1:])
            return _unescape(str(part))
        return part

    def interpolation(self, c: Children) -> Expression:
        return c[1]  # type: ignore[no-any-return]

    def template_if_start(self, c: Children) -> _Mark:
        return _Mark("if", self.base + c[0].start_pos, [_expr(c)])

    def template_else(self, c: Children) -> _Mark:
        return _Mark("else", self.base + c[0].start_pos, [])

    def template_endif(self, c: Children) -> _Mark:
        return _Mark("endif", self.base + c[0].start_pos, [])

    def template_for_start(self, c: Children) -> _Mark:
        names = [child[1] for child in c if type(child) is tuple]
        return _Mark("for", self.base + c[0].start_pos, [*names, _expr(c)])

    def template_endfor(self, c: Children) -> _Mark:
        return _Mark("endfor", self.base + c[0].start_pos, [])

    def template_string(self, c: Children) -> Literal:
        pos = self.base + c[0].start_pos
        return Literal(pos, self._text(_unescape(str(c[0])[2:-2]), pos))

    def heredoc_template(self, c: Children) -> Literal | Template:
        return self._heredoc(c[0], flush=False)

    def heredoc_template_trim(self, c: Children) -> Literal | Template:
        return self._heredoc(c[0], flush=True)

    def _heredoc(self, token: lark.Token, flush: bool) -> Literal | Template:
        text = str(token)
        pos = self.base + (token.start_pos or 0)
        first = text.index("\n") + 1
        body = text[first : text.rstrip().rindex("\n") + 1] if text.rstrip().count("\n") else ""
        return parse_template(body, pos + first, self.source, flush=flush, pos=pos)

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

    def for_intro(self, c: Children) -> _Mark:
        names = [child[1] for child in c if type(child) is tuple]
        return _Mark("intro", 0, [names[0] if len(names) == 2 else None, names[-1], _expr(c)])

    def for_cond(self, c: Children) -> _Mark:
        return _Mark("cond", 0, [_expr(c)])

    def for_tuple_expr(self, c: Children) -> For:
        return self._for(c, keyed=False)

    def for_object_expr(self, c: Children) -> For:
        return self._for(c, keyed=True)

    def _for(self, c: Children, keyed: bool) -> For:
        intro, *rest = (child for child in c if type(child) is _Mark)
        nodes = [child for child in _nodes(c) if type(child) is not _Mark]
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


class _Mark:
    """A piece of syntax that only its neighbours can place: `%{ if x }`, `for a in b`."""

    __slots__ = ("kind", "pos", "values")

    def __init__(self, kind: str, pos: int, values: list[Any]) -> None:
        self.kind = kind
        self.pos = pos
        self.values = values


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


# --- templates: heredocs, JSON strings and template files come as raw text

_MARK = re.compile(r"\$\$\{|%%\{|(\$\{|%\{)(~?)")
_DIRECTIVE = re.compile(r"\s*(if|else|endif|for|endfor)\b(.*)\Z", re.DOTALL)
_FOR = re.compile(r"\s*([^\W\d][\w-]*)\s*(?:,\s*([^\W\d][\w-]*)\s*)?\bin\b(.*)\Z", re.DOTALL)


def parse_template(
    text: str, base: int, source: Source, *, flush: bool = False, pos: int | None = None, quoted: bool = False
) -> Literal | Template:
    """Parse raw template text. `flush` removes common indentation (`<<-`); `quoted` text has backslash escapes.

    Raises SyntaxProblem.
    """
    pos = base if pos is None else pos
    parts = _split(text, base, source, quoted)
    if flush:
        parts = _flushed(parts)
    if all(isinstance(part, str) for part in parts):
        text = unicodedata.normalize("NFC", "".join(parts))
        return Literal(pos, Text(text, Origin("", source, pos)))
    return Template(pos, _assemble(parts, pos))


def _split(text: str, base: int, source: Source, quoted: bool) -> list[Any]:
    parts: list[Any] = []
    at = done = 0
    trim = False  # whether the code before asked to strip the blanks that follow

    def add(literal: str, strip: bool = False) -> None:
        nonlocal trim
        # In a heredoc each line is a literal of its own, and only the nearest one is stripped.
        lines = [_unescape(literal)] if quoted else literal.splitlines(keepends=True) or [""]
        if trim:
            lines[0] = lines[0].lstrip()
            trim = False
        if strip:
            lines[-1] = lines[-1].rstrip()
        if any(lines):
            parts.append("".join(lines))

    while match := _MARK.search(text, at):
        if match[1] is None:  # $${ or %%{
            add(text[done : match.start()] + match[0][1:])
            at = done = match.end()
            continue
        end = scan.code_end(text, match.end())
        if end is None:
            raise SyntaxProblem(base + match.start(), f"`{match[1]}` is not closed")
        before = text[done : match.start()]
        add(before, strip=bool(match[2]))
        code = text[match.end() : end - 1]
        trim = code.endswith("~")
        code = code[:-1] if trim else code
        start = base + match.end()
        parts.append(parse_expression(code, start, source) if match[1] == "${" else _directive(code, start, source))
        at = done = end
    add(text[done:])
    return parts


def _directive(code: str, base: int, source: Source) -> _Mark:
    match = _DIRECTIVE.match(code)
    if match is None:
        raise SyntaxProblem(base, "not a template directive")
    kind, rest = match[1], match[2]
    if kind == "if":
        return _Mark(kind, base, [parse_expression(rest, base + match.start(2), source)])
    if kind == "for":
        head = _FOR.match(rest)
        if head is None:
            raise SyntaxProblem(base, "a `for` directive without `in`")
        names = [name for name in (head[1], head[2]) if name]
        return _Mark(kind, base, [*names, parse_expression(head[3], base + match.start(2) + head.start(3), source)])
    return _Mark(kind, base, [])


def _flushed(parts: list[Any]) -> list[Any]:
    """Remove the indentation that all lines share, counting literal text at line starts only."""
    indents = []
    at_start = True
    for part in parts:
        if not isinstance(part, str):
            if at_start:
                indents.append(0)
            at_start = False
            continue
        for line in part.splitlines(keepends=True):
            if at_start:
                stripped = line.lstrip(" \t")
                if stripped not in ("\n", "\r\n"):
                    indents.append(len(line) - len(stripped))
            at_start = line.endswith("\n")
    cut = min(indents, default=0)
    result: list[Any] = []
    at_start = True
    for part in parts:
        if not isinstance(part, str):
            result.append(part)
            at_start = False
            continue
        lines = []
        for line in part.splitlines(keepends=True):
            blank = len(line) - len(line.lstrip(" \t"))
            # A line of nothing but blanks stays as it is.
            empty = line.isspace() and line.endswith("\n")
            lines.append(line[min(cut, blank) :] if at_start and not empty else line)
            at_start = line.endswith("\n")
        result.append("".join(lines))
    return result


def _assemble(parts: list[Any], pos: int) -> tuple[TemplatePart, ...]:
    """Nest the flat list of text, expressions and directive marks."""
    frames: list[tuple[_Mark | None, list[TemplatePart], list[TemplatePart]]] = [(None, [], [])]
    for part in parts:
        if not isinstance(part, _Mark):
            frames[-1][1].append(part)
            continue
        opening, current, first = frames[-1]
        if part.kind in ("if", "for"):
            frames.append((part, [], []))
        elif part.kind == "else" and opening is not None and opening.kind == "if":
            frames[-1] = (opening, [], current)
            opening.kind = "if-else"
        elif part.kind == "endif" and opening is not None and opening.kind.startswith("if"):
            frames.pop()
            then, otherwise = (first, current) if opening.kind == "if-else" else (current, [])
            node = TemplateIf(opening.pos, opening.values[0], tuple(then), tuple(otherwise))
            frames[-1][1].append(node)
        elif part.kind == "endfor" and opening is not None and opening.kind == "for":
            frames.pop()
            *names, collection = opening.values
            key = names[0] if len(names) == 2 else None
            frames[-1][1].append(TemplateFor(opening.pos, key, names[-1], collection, tuple(current)))
        else:
            raise SyntaxProblem(part.pos, f"`%{{ {part.kind} }}` has no beginning")
    if len(frames) > 1:
        raise SyntaxProblem(pos, f"`%{{ {frames[-1][0].kind} }}` is not closed")  # type: ignore[union-attr]
    return tuple(frames[0][1])
