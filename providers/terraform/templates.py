"""Pieces of a template put together: escapes, common indentation, and directives nested by their marks."""

from __future__ import annotations

import re
from typing import Any

from checker.source import SyntaxProblem
from providers.terraform.syntax import TemplateFor, TemplateIf, TemplatePart


class Mark:
    """A piece of syntax that only its neighbours can place: `%{ if x }`, `for a in b`."""

    __slots__ = ("kind", "pos", "values")

    def __init__(self, kind: str, pos: int, values: list[Any]) -> None:
        self.kind = kind
        self.pos = pos
        self.values = values


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}


def unescape(text: str) -> str:
    """Return the text that a quoted string's backslash escapes stand for."""
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


def flushed(parts: list[Any]) -> list[Any]:
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


def assemble(parts: list[Any], pos: int) -> tuple[TemplatePart, ...]:
    """Nest the flat list of text, expressions and directive marks."""
    frames: list[tuple[Mark | None, list[TemplatePart], list[TemplatePart]]] = [(None, [], [])]
    for part in parts:
        if not isinstance(part, Mark):
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
