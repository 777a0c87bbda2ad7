"""The syntax of RE2's regular expressions, read into a tree.

Source: https://github.com/google/re2/wiki/Syntax as Go's regexp/syntax implements it with its Perl flags.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple, NoReturn, TypeAlias

from providers.terraform.values import TerraformError

Test: TypeAlias = Callable[[str], bool]

_REPEAT_LIMIT = 1000  # Go's own
_DEPTH = 100  # of groups in groups
_GROUPS = 100


class UnsupportedPattern(Exception):
    """A pattern that Terraform may accept and we do not run."""


class Char(NamedTuple):
    """One character that passes a test."""

    test: Test


class Assertion(NamedTuple):
    """A condition on a position: "text start", "line end", "word border" …"""

    kind: str


class Sequence(NamedTuple):
    """Nodes one after another; none at all matches the empty text."""

    items: tuple[Node, ...]


class Alternatives(NamedTuple):
    """Choices, the first that leads to a match wins."""

    choices: tuple[Node, ...]


class Group(NamedTuple):
    """A group that is captured, counted from 1."""

    body: Node
    number: int


class Repeat(NamedTuple):
    """A node repeated; `most` is None for no limit."""

    body: Node
    least: int
    most: int | None
    greedy: bool


Node: TypeAlias = Char | Assertion | Sequence | Alternatives | Group | Repeat

_COUNTED = re.compile(r"\{([0-9]+)(?:(,)([0-9]*))?\}")
_NAMED = re.compile(r"\?P?<(\w+)>", re.ASCII)
_FLAGS = re.compile(r"\?([imsU]*)(?:-([imsU]+))?([:)])")
_POSIX = re.compile(r"\[:(\^?)(\w+):\]")
_PROPERTY = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|([A-Z]))", re.ASCII)
_CODE = re.compile(r"x(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{2}))|(0[0-7]{0,2}|[1-7][0-7]{1,2})")
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ASSERTIONS = {"A": "text start", "z": "text end", "b": "word border", "B": "no word border"}
_CLASSES = {
    "d": "09",
    "w": "09AZaz__",
    "s": "\t\n\f\r  ",
    "alnum": "09AZaz",
    "alpha": "AZaz",
    "ascii": "\x00\x7f",
    "blank": "\t\t  ",
    "cntrl": "\x00\x1f\x7f\x7f",
    "digit": "09",
    "graph": "!~",
    "lower": "az",
    "print": " ~",
    "punct": "!/:@[`{~",
    "space": "\t\r  ",
    "upper": "AZ",
    "word": "09AZaz__",
    "xdigit": "09AFaf",
}


def read(pattern: str) -> tuple[Node, tuple[str, ...]]:
    """Return the tree of a pattern, and the names of its groups ("" for none)."""
    reader = _Reader(pattern)
    node = reader.alternatives("", 0)
    if reader.at < len(pattern):
        _refuse("unexpected )")
    if len(reader.names) > _GROUPS:
        raise UnsupportedPattern("the regular expression has too many groups")
    return node, tuple(reader.names)


def _refuse(why: str) -> NoReturn:
    raise TerraformError(f"invalid regular expression: {why}")


class _Reader:
    def __init__(self, pattern: str) -> None:
        self.text = pattern
        self.at = 0
        self.names: list[str] = []

    def take(self, expression: re.Pattern[str]) -> re.Match[str] | None:
        """Return what an expression matches here, and move behind it."""
        match = expression.match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def takes(self, text: str) -> bool:
        """Return whether a text stands here, and move behind it."""
        found = self.text.startswith(text, self.at)
        self.at += len(text) if found else 0
        return found

    def alternatives(self, flags: str, depth: int) -> Node:
        """Read up to the end of a group or of the pattern. Flags set inside hold to its end."""
        if depth > _DEPTH:
            raise UnsupportedPattern("the regular expression nests too deep")
        choices: list[Node] = []
        items: list[Node] = []
        repeated = False  # whether the last item is a repetition, which must not be repeated again
        while self.at < len(self.text) and self.text[self.at] != ")":
            if self.takes("|"):
                choices.append(Sequence(tuple(items)))
                items, repeated = [], False
            elif self.text.startswith("(?", self.at) and not _NAMED.match(self.text, self.at + 1):
                self.at += 1
                match = self.take(_FLAGS) or _refuse("invalid or unsupported Perl syntax")
                inner = "".join((set(flags) | set(match[1])) - set(match[2] or ""))
                if match[3] == ":":
                    items.append(self.close(self.alternatives(inner, depth + 1)))
                else:
                    flags = inner
                repeated = False
            elif (bounds := self.repetition()) is not None:
                if not items or repeated:
                    _refuse("missing or nested repetition operator")
                greedy = self.takes("?") == ("U" in flags)
                items[-1] = _repeat(items[-1], bounds, greedy)
                repeated = True
            elif self.takes("\\Q"):
                quoted, _, _ = self.text[self.at :].partition("\\E")
                self.at = min(len(self.text), self.at + len(quoted) + 2)
                items += [_single(char, flags) for char in quoted]
                repeated = False
            else:
                items.append(self.atom(flags, depth))
                repeated = False
        choices.append(Sequence(tuple(items)))
        return choices[0] if len(choices) == 1 else Alternatives(tuple(choices))

    def close(self, node: Node) -> Node:
        """Return a group's node once its parenthesis is closed."""
        if not self.takes(")"):
            _refuse("missing closing )")
        return node

    def repetition(self) -> tuple[int, int | None] | None:
        """Read `*`, `+`, `?` or `{n,m}`; a brace that is not of this form is an ordinary character."""
        for operator, bounds in (("*", (0, None)), ("+", (1, None)), ("?", (0, 1))):
            if self.takes(operator):
                return bounds
        match = self.take(_COUNTED)
        if match is None:
            return None
        if max(len(match[1]), len(match[3] or "")) > 4:
            _refuse("invalid repeat count")
        least = int(match[1])
        most = least if match[2] is None else int(match[3]) if match[3] else None
        if max(least, most or 0) > _REPEAT_LIMIT or (most is not None and most < least):
            _refuse("invalid repeat count")
        return least, most

    def atom(self, flags: str, depth: int) -> Node:
        """Read one item that is neither a repetition nor an alternative."""
        char = self.text[self.at]
        self.at += 1
        match char:
            case "(":
                match = self.take(_NAMED)
                self.names.append(match[1] if match else "")
                index = len(self.names)
                return Group(self.close(self.alternatives(flags, depth + 1)), index)
            case "[":
                return Char(self.bracket(flags))
            case ".":
                return Char(_anything if "s" in flags else _anything_but_newline)
            case "^":
                return Assertion("line start" if "m" in flags else "text start")
            case "$":
                return Assertion("line end" if "m" in flags else "text end")
            case "\\":
                return self.escape(flags)
            case _:
                return _single(char, flags)

    def escape(self, flags: str) -> Node:
        """Read what follows a backslash outside a class."""
        char = self.text[self.at : self.at + 1]
        if char in _ASSERTIONS:
            self.at += 1
            return Assertion(_ASSERTIONS[char])
        return Char(self.class_escape(flags)) if char in tuple("dDsSwWpP") else _single(self.literal(), flags)

    def class_escape(self, flags: str) -> Test:
        r"""Read `d`, `S`, `pL` and the like after a backslash."""
        match = self.take(_PROPERTY)
        if match:
            return _negated(_category(match[3] or match[4]), (match[1] == "P") != bool(match[2]))
        char = self.text[self.at : self.at + 1]
        if char in "pP":
            _refuse("invalid character class range")
        self.at += 1
        return _negated(_folded(_ranges(_CLASSES[char.lower()]), flags), char.isupper())

    def literal(self) -> str:
        """Read the character that follows a backslash."""
        match = self.take(_CODE)
        if match:
            number = int(match[3], 8) if match[3] else int(match[1] or match[2], 16)
            return chr(number) if number <= 0x10FFFF else _refuse("invalid escape sequence")
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char in _CONTROL:
            return _CONTROL[char]
        if not char or not char.isascii() or char.isalnum():
            _refuse("invalid escape sequence")
        return char

    def bracket(self, flags: str) -> Test:
        """Read a class after its opening bracket."""
        negated = self.takes("^")
        tests: list[Test] = []
        ranges: list[str] = []
        first = True
        while first or not self.text.startswith("]", self.at):
            first = False
            if self.at >= len(self.text):
                _refuse("missing closing ]")
            posix = self.take(_POSIX)
            if posix:
                if posix[2] not in _CLASSES or len(posix[2]) == 1:
                    _refuse("invalid character class range")
                tests.append(_negated(_folded(_ranges(_CLASSES[posix[2]]), flags), bool(posix[1])))
            elif self.text[self.at] == "\\" and self.text[self.at + 1 : self.at + 2] in tuple("dDsSwWpP"):
                self.at += 1
                tests.append(self.class_escape(flags))
            else:
                ranges.append(self.range())
        self.at += 1
        tests.append(_folded(_ranges("".join(ranges)), flags))
        return _negated(lambda char: any(test(char) for test in tests), negated)

    def range(self) -> str:
        """Read `a` or `a-z` in a class; return its two ends."""
        low = self.single()
        following = self.text[self.at : self.at + 2]
        if not following.startswith("-") or following in ("-", "-]"):
            return low + low
        self.at += 1
        high = self.single()
        return low + high if low <= high else _refuse("invalid character class range")

    def single(self) -> str:
        """Read one character in a class."""
        if self.takes("\\"):
            return self.literal()
        char = self.text[self.at : self.at + 1] or _refuse("missing closing ]")
        self.at += 1
        return char


def _repeat(node: Node, bounds: tuple[int, int | None], greedy: bool) -> Node:
    repeat = Repeat(node, *bounds, greedy)
    if _copies(repeat) > _REPEAT_LIMIT:
        _refuse("invalid repeat count")
    return repeat


def _copies(node: Node) -> int:
    """Return how often counted repetitions inside one another repeat the innermost."""
    match node:
        case Repeat(body=body, least=least, most=most):
            return max(1, least, most or 0) * _copies(body)
        case Group(body=body):
            return _copies(body)
        case Sequence(items=nodes) | Alternatives(choices=nodes):
            return max(map(_copies, nodes), default=1)
        case Char() | Assertion():
            return 1


def _anything(char: str) -> bool:
    return True


def _anything_but_newline(char: str) -> bool:
    return char != "\n"


def _single(char: str, flags: str) -> Char:
    if "i" not in flags:
        return Char(lambda other: other == char)
    folded = _fold(char)
    return Char(lambda other: _fold(other) == folded)


def _ranges(ends: str) -> Test:
    pairs = tuple(zip(ends[::2], ends[1::2], strict=True))
    return lambda char: any(low <= char <= high for low, high in pairs)


def _folded(test: Test, flags: str) -> Test:
    if "i" not in flags:
        return test
    return lambda char: any(map(test, (char, char.lower(), char.upper(), _fold(char), _fold(char).upper())))


def _fold(char: str) -> str:
    return char.lower().upper().lower()


def _negated(test: Test, negated: bool) -> Test:
    return (lambda char: not test(char)) if negated else test


def _category(name: str) -> Test:
    """Return the test for a general category of Unicode such as L or Lu. Scripts need tables that Python lacks."""
    if len(name) == 1 and name not in "CLMNPSZ":
        _refuse("invalid character class range")
    if len(name) > 2 or name[0] not in "CLMNPSZ":
        raise UnsupportedPattern(f"the Unicode class {name} is not supported in regular expressions")
    return lambda char: unicodedata.category(char).startswith(name)
