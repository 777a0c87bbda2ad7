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
from pathlib import Path
from typing import Any

import lark
from hcl2.postlexer import PostLexer

from checker.source import Source, SyntaxProblem
from providers.terraform import scan
from providers.terraform.builder import Builder
from providers.terraform.syntax import (
    Body,
    Expression,
    Literal,
    Template,
)
from providers.terraform.templates import Mark, assemble, flushed, unescape
from providers.terraform.values import Origin, Text


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
def _parser() -> tuple[lark.Lark, Builder]:
    builder = Builder(parse_template)
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
        parts = flushed(parts)
    if all(isinstance(part, str) for part in parts):
        text = unicodedata.normalize("NFC", "".join(parts))
        return Literal(pos, Text(text, Origin("", source, pos)))
    return Template(pos, assemble(parts, pos))


def _split(text: str, base: int, source: Source, quoted: bool) -> list[Any]:
    parts: list[Any] = []
    at = done = 0
    trim = False  # whether the code before asked to strip the blanks that follow

    def add(literal: str, strip: bool = False) -> None:
        nonlocal trim
        # In a heredoc each line is a literal of its own, and only the nearest one is stripped.
        lines = [unescape(literal)] if quoted else literal.splitlines(keepends=True) or [""]
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


def _directive(code: str, base: int, source: Source) -> Mark:
    match = _DIRECTIVE.match(code)
    if match is None:
        raise SyntaxProblem(base, "not a template directive")
    kind, rest = match[1], match[2]
    if kind == "if":
        return Mark(kind, base, [parse_expression(rest, base + match.start(2), source)])
    if kind == "for":
        head = _FOR.match(rest)
        if head is None:
            raise SyntaxProblem(base, "a `for` directive without `in`")
        names = [name for name in (head[1], head[2]) if name]
        return Mark(kind, base, [*names, parse_expression(head[3], base + match.start(2) + head.start(3), source)])
    return Mark(kind, base, [])
