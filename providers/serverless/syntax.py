"""How variables are written: `${source(parameters):address, fallback}`, and `#{AWS::Region}` of a plugin.

Source: https://www.serverless.com/framework/docs/guides/variables
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SOURCE = re.compile(r"\s*([A-Za-z][\w-]*)\s*")
_QUOTED = re.compile(r"""\s*(?:'([^']*)'|"([^"]*)")\s*""")
_LONGEST = 20_000  # characters of a text that is looked through
_MOST = 500  # variables of one text


@dataclass(frozen=True, slots=True)
class Call:
    """One way to a value: `file(./a.yml):b.c`, `self:custom.x`, or a literal (`source` is "" then)."""

    source: str
    parameters: str = ""
    address: str = ""
    literal: object = None


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable as it is written, with the ways to its value in order."""

    written: str
    calls: tuple[Call, ...]


def pieces(text: str) -> list[str | Variable]:
    """Return a text as its plain parts and its variables; `${…}` that is CloudFormation's is plain."""
    if "${" not in text or len(text) > _LONGEST:
        return [text]
    found: list[str | Variable] = []
    begin = at = 0
    for _ in range(_MOST):
        at = text.find("${", at)
        if at < 0:
            break
        end = _closing(text, at + 2)
        variable = _variable(text[at : end + 1]) if end > 0 else None
        if variable is None:
            at += 2  # what is plain may hold a variable all the same: ${AWS::StackName}-${self:service}
            continue
        if at > begin:
            found.append(text[begin:at])
        found.append(variable)
        begin = at = end + 1
    if begin < len(text) or not found:
        found.append(text[begin:])
    return found


def _closing(text: str, start: int) -> int:
    """Return where the brace that was opened before `start` is closed, or -1."""
    depth = 1
    for number in range(start, len(text)):
        if text[number] == "{":
            depth += 1
        elif text[number] == "}":
            depth -= 1
            if not depth:
                return number
    return -1


def _variable(written: str) -> Variable | None:
    calls = [_call(part) for part in _parts(written[2:-1])]
    if not calls or calls[0] is None or not calls[0].source:
        return None
    return Variable(written, tuple(call for call in calls if call is not None))


def _parts(inner: str) -> list[str]:
    """Return what commas part: those outside of quotes, brackets and inner variables."""
    found: list[str] = []
    depth = begin = 0
    quote = ""
    for number, char in enumerate(inner):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "({":
            depth += 1
        elif char in ")}":
            depth -= 1
        elif char == "," and depth == 0:
            found.append(inner[begin:number])
            begin = number + 1
    return [*found, inner[begin:]]


def _call(part: str) -> Call | None:
    quoted = _QUOTED.fullmatch(part)
    if quoted is not None:
        return Call("", literal=quoted[1] if quoted[1] is not None else quoted[2])
    bare = part.strip()
    if bare.startswith("${") and bare.endswith("}"):
        inner = _variable(bare) if _closing(bare, 2) == len(bare) - 1 else None
        # A fallback in braces of its own: what it says is what its ways say.
        return Call("", literal=inner) if inner is not None else None
    source = _SOURCE.match(part)
    if source is None:
        return _plain(bare)
    rest = part[source.end() :]
    parameters = ""
    if rest.startswith("("):
        end = _bracket(rest)
        if end < 0:
            return None
        parameters, rest = rest[1:end].strip(), rest[end + 1 :]
    rest = rest.strip()
    if rest.startswith("::") or not (parameters or rest.startswith(":")):
        return _plain(bare)
    return Call(source[1], parameters, rest[1:].strip())


def _bracket(text: str) -> int:
    depth = 0
    for number, char in enumerate(text):
        depth += (char == "(") - (char == ")")
        if not depth:
            return number
    return -1


def _plain(text: str) -> Call | None:
    if text in ("true", "false", "null"):
        return Call("", literal={"true": True, "false": False, "null": None}[text])
    if re.fullmatch(r"-?\d{1,18}", text):
        return Call("", literal=int(text))
    return Call("", literal=text) if re.fullmatch(r"-?\d+\.\d+", text) else None
