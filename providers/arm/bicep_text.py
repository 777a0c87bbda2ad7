"""The text of Bicep files as the grammar of tree-sitter-bicep reads it: it lags behind the language.

What it does not know and what says nothing of resources (types, marks of what is not null, extensions) becomes blanks,
and a spread becomes words that nobody writes; every offset stays. Source: tree-sitter-bicep 1.1.0, grammar.js, and
https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

SPREAD_KEY = "__"
_CODE = re.compile(r"'''.*?(?:'''|\Z)|//[^\n]*|/\*.*?(?:\*/|\Z)|['{}]", re.DOTALL)
_STRING = re.compile(r"\\.|'|\$\{|\n", re.DOTALL)
_HIDDEN = "\x01"
_BRACKET = re.compile(r"[{}\[\]()]|\.\.\.(?=[ \t]{0,9}[\w(\[{'])")
_NOT_NULL = re.compile(r"(?<=[\w\])'])!(?![=~])")
_TYPED = re.compile(r"^([ \t]*var[ \t]+\w+[ \t]{1,99})([^=\n]{0,300}?[^=\s!<>])([ \t]{0,99}=(?!=))", re.MULTILINE)
_OF_RESOURCE = re.compile(r"\bresource(?:Input|Output)<'[^'\n]*'>[\w.?\[\]*]*")
_NULLABLE_LIST = re.compile(r"(?<=\])\?(?=[ \t]*(?:=|\n|\r|\x01|/|\Z))")
_STATEMENT = re.compile(r"^(?:extension|provider|extends|assert|using[ \t]+none)\b[^\n]*", re.MULTILINE)
_IMPORT = re.compile(r"^import\s*(?:\{([^}]{0,1500})\}|\*\s*as\s+(\w+))\s*from\s*'([^'\n]*)'", re.MULTILINE)
_GIVEN = re.compile(r"^[ \t]*(param)[ \t]+\w+[ \t]*=", re.MULTILINE)
_OF_PARAMETER = re.compile(
    r"^([ \t]*param[ \t]+\w+[ \t]{1,99})([^=\n{}]{1,300}?)(?=[ \t]{0,99}(?:=(?!=)|\r|\n|\x01|\Z))", re.MULTILINE
)


def readable(text: str, *, parameters: bool = False) -> str:
    """Return a text with what the grammar does not know in words that it does.

    In a file of `parameters`, what has no type is written as variables are.
    """
    code = "".join(_hidden(text))
    found = list(text)
    if parameters:
        for match in _GIVEN.finditer(code):
            found[match.start(1) : match.end(1)] = "var  "
        code = "".join(_hidden("".join(found)))
    for what in (_NOT_NULL, _NULLABLE_LIST, _STATEMENT, _IMPORT):
        for match in what.finditer(code):
            _blank(found, match.start(), match.end())
    for match in _OF_RESOURCE.finditer(code):
        _blank(found, match.start(), match.end())
        found[match.start() : match.start() + 6] = "object"
    for match in _OF_PARAMETER.finditer(code):
        if len(match[2]) >= 3:
            _blank(found, match.start(2), match.end(2))
            found[match.start(2) : match.start(2) + 3] = "int"
    for match in _TYPED.finditer(code):
        _blank(found, match.start(2), match.end(2))
    if "..." in code:
        _spread(code, found)
    return "".join(found)


def given(text: str) -> set[str]:
    """Return the names, in lower case, of what a file of parameters gives."""
    return {name.lower() for name in re.findall(r"^[ \t]*param[ \t]+(\w+)", text, re.MULTILINE)}


def imports(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield what a file imports: the name that it has here, its name there ("" for all), the file."""
    for match in _IMPORT.finditer(text):
        listed, whole, file = match.groups()
        if whole:
            yield whole, "", file
        for one in re.split(r"[,\n]", re.sub(r"//[^\n]*", "", listed or "")):
            there, _, alias = one.partition(" as ")
            if there.strip():
                yield alias.strip() or there.strip(), there.strip(), file


def _blank(found: list[str], begin: int, end: int) -> None:
    found[begin:end] = [char if char in "\r\n" else " " for char in found[begin:end]]


def _spread(code: str, found: list[str]) -> None:
    open_: list[str] = []
    for piece in _BRACKET.finditer(code):
        sign = piece[0]
        if sign in "{[(":
            open_.append(sign)
        elif sign != "...":
            del open_[-1:]
        else:
            found[piece.start() : piece.end()] = "!!!" if open_[-1:] == ["["] else f"{SPREAD_KEY}:"


def _hidden(text: str) -> Iterator[str]:
    """Yield a text piece by piece, what stands in quotes and comments hidden."""
    end = at = 0
    depths: list[int] = []  # of braces, in each text that is open
    inside = False  # a text, rather than code
    while True:
        piece = (_STRING if inside else _CODE).search(text, at)
        if piece is None:
            yield _HIDDEN * (len(text) - end) if inside else text[end:]
            return
        sign = piece[0]
        at = piece.end()
        if inside:
            if sign == "'" or sign == "\n" or sign == "${":
                yield _HIDDEN * (piece.start() - end) + (sign if sign != "${" else "\x01{")
                end = at
                inside = False
                if sign == "${":
                    depths.append(0)
        elif sign == "'":
            yield text[end:at]
            end, inside = at, True
        elif sign in "{}":
            if depths and sign == "}" and depths[-1] == 0:
                depths.pop()
                yield text[end:at]
                end, inside = at, True
            elif depths:
                depths[-1] += 1 if sign == "{" else -1
        else:
            yield text[end : piece.start()] + re.sub(r"[^\n]", _HIDDEN, sign)
            end = at


class Offsets:
    """Offsets of bytes as offsets of characters."""

    def __init__(self, data: bytes) -> None:
        self._wide: list[int] = []  # where bytes stand that begin no character
        if not data.isascii():
            self._wide = [at for at, byte in enumerate(data) if byte & 0xC0 == 0x80]

    def of(self, byte: int) -> int:
        """Return the offset of the character that begins at a byte."""
        return byte - bisect_right(self._wide, byte - 1) if self._wide else byte
