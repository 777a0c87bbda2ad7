"""Expressions of GitHub Actions, as far as they are known before a run.

What only the repository or a caller sets counts by its fallback: `${{ vars.REGION || 'eu-west-1' }}` is eu-west-1.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/expressions
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeAlias

from checker import texts
from checker.documents import Item
from checker.model import FileLocation, Step, Unknown, Value

_OPEN = "${{"
_CLOSE = "}}"
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<op>\|\||&&|==|!=|<=|>=|[<>!(),\[\]])"
    r"|(?P<name>[A-Za-z_][\w-]*(?:\s*\.\s*[\w*-]+)*))"
)
_LONGEST = 10_000
_MOST = 200  # expressions of one text
_DEEPEST = 30
_REASONS = {
    "secrets": "a secret of the repository gives it",
    "vars": "a variable of the repository gives it",
    "inputs": "who starts the workflow gives it",
    "env": "nothing here sets it",
}

# Returns what a context is (`env.REGION`), or None when nothing here says it.
Lookup: TypeAlias = "Callable[[str], Item | None]"


@dataclass(slots=True)
class _Result:
    """What an expression may come to; `maybe`: it may also be empty, so that what stands after `||` counts."""

    arms: list[Value]
    maybe: bool = False


def evaluated(value: Value, lookup: Lookup) -> Item:
    """Return a text with its expressions as what they come to."""
    data = value.data
    if not isinstance(data, str) or _OPEN not in data or len(data) > _LONGEST or value.location is None:
        return value
    pieces: list[str | Item] = []
    begin = 0
    for _ in range(_MOST):
        start = data.find(_OPEN, begin)
        end = data.find(_CLOSE, start + 3) if start >= 0 else -1
        if end < 0:
            break
        if start > begin:
            pieces.append(data[begin:start])
        pieces.append(_one(data[start + 3 : end].strip(), lookup, value.location))
        begin = end + 2
    if begin < len(data):
        pieces.append(data[begin:])
    steps = value.trail
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return texts.either([replace(one, trail=(*steps, *one.trail)) for one in texts.scalars(pieces[0])], "")
    return texts.joined(pieces, value.location)


def _one(text: str, lookup: Lookup, location: FileLocation) -> Item:
    unknown = Value(Unknown("it is known only when the workflow runs", text[:200]), (), (), location)
    try:
        parser = _Parser(text, lookup, location)
        result = parser.whole()
    except _NoExpression:
        return unknown
    return texts.either([*result.arms] or [unknown], "which way it goes is known when the workflow runs")


class _NoExpression(Exception):
    pass


class _Parser:
    def __init__(self, text: str, lookup: Lookup, location: FileLocation) -> None:
        self._lookup = lookup
        self._location = location
        self._tokens: list[tuple[str, str]] = []
        at = 0
        text = text.rstrip()
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None or match.end() == at:
                raise _NoExpression
            kind = match.lastgroup or ""
            self._tokens.append((kind, match[kind]))
            at = match.end()
        self._at = 0
        self._depth = 0

    def whole(self) -> _Result:
        result = self._or()
        if self._at != len(self._tokens):
            raise _NoExpression
        return result

    def _peek(self, text: str) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at] == ("op", text)

    def _take(self, text: str) -> bool:
        found = self._peek(text)
        self._at += found
        return found

    def _or(self) -> _Result:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise _NoExpression
        left = self._and()
        while self._take("||"):
            right = self._and()
            if left.maybe:
                known = [arm for arm in left.arms if not isinstance(arm.data, Unknown)]
                left = _Result([*known, *right.arms], right.maybe)
            elif all(_is_false(arm) for arm in left.arms):
                left = right
        self._depth -= 1
        return left

    def _and(self) -> _Result:
        left = self._compared()
        while self._take("&&"):
            right = self._compared()
            if left.maybe or any(isinstance(arm.data, Unknown) for arm in left.arms):
                left = _Result(right.arms, maybe=True)
            elif not all(_is_false(arm) for arm in left.arms):
                left = right
        return left

    def _compared(self) -> _Result:
        left = self._not()
        for operator in ("==", "!=", "<=", ">=", "<", ">"):
            if self._take(operator):
                right = self._not()
                return self._compare(left, right, operator)
        return left

    def _compare(self, left: _Result, right: _Result, operator: str) -> _Result:
        known = len(left.arms) == len(right.arms) == 1 and not (left.maybe or right.maybe)
        one, other = (str(result.arms[0].data).lower() if result.arms else "" for result in (left, right))
        if not known or operator not in ("==", "!=") or isinstance(left.arms[0].data, Unknown):
            return _Result([self._unknown("a condition")], maybe=True)
        return _Result([self._value((one == other) is (operator == "=="))])

    def _not(self) -> _Result:
        if self._take("!"):
            inner = self._not()
            if inner.maybe or len(inner.arms) != 1 or isinstance(inner.arms[0].data, Unknown):
                return _Result([self._unknown("a condition")], maybe=True)
            return _Result([self._value(_is_false(inner.arms[0]))])
        return self._plain()

    def _plain(self) -> _Result:
        if self._take("("):
            inner = self._or()
            if not self._take(")"):
                raise _NoExpression
            return inner
        if self._at >= len(self._tokens):
            raise _NoExpression
        kind, text = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return _Result([self._value(text[1:-1].replace("''", "'"))])
        if kind == "number":
            return _Result([self._value(text)])
        if kind != "name":
            raise _NoExpression
        if self._take("("):
            return self._call(text)
        if text in ("true", "false", "null"):
            return _Result([self._value({"true": True, "false": False, "null": None}[text])])
        return self._context(re.sub(r"\s", "", text))

    def _call(self, name: str) -> _Result:
        arguments: list[_Result] = []
        while not self._take(")"):
            arguments.append(self._or())
            if not self._take(",") and not self._peek(")"):
                raise _NoExpression
        known = [one.arms[0].data for one in arguments if len(one.arms) == 1 and not one.maybe]
        plain = len(known) == len(arguments) and not any(isinstance(one, Unknown) for one in known)
        if name.lower() == "format" and plain and known and isinstance(known[0], str):
            shown = [str(one) for one in known[1:]]
            text = re.sub(r"\{(\d{1,3})\}", lambda m: shown[int(m[1])] if int(m[1]) < len(shown) else m[0], known[0])
            return _Result([self._value(text)])
        if name.lower() in ("fromjson", "tojson") and len(arguments) == 1:
            return arguments[0]
        return _Result([self._unknown(f"{name[:40]}(…)")], maybe=True)

    def _context(self, path: str) -> _Result:
        if self._take("["):  # secrets['X'], secrets[inputs.name]
            inner = self._or()
            if not self._take("]"):
                raise _NoExpression
            name = inner.arms[0].data if len(inner.arms) == 1 else None
            path = f"{path}.{name}" if isinstance(name, str) else f"{path}.*"
        found = self._lookup(path)
        if found is not None:
            step = Step(path, self._location)
            return _Result([replace(one, trail=(step, *one.trail[:20])) for one in texts.scalars(found)])
        return _Result([self._unknown(path)], maybe=True)

    def _value(self, data: object) -> Value:
        return Value(data, (Step("", self._location),), (), self._location)

    def _unknown(self, expression: str) -> Value:
        reason = _REASONS.get(expression.partition(".")[0], "it is known only when the workflow runs")
        return Value(Unknown(reason, expression[:200]), (Step(expression[:200], self._location),), (), self._location)


def _is_false(value: Value) -> bool:
    return value.data in (None, "", False, 0, "0") and not isinstance(value.data, Unknown)


def listed(text: str) -> list[object]:
    """Return what a JSON list in a text holds: `fromJSON('["a", "b"]')` of a matrix."""
    found = re.search(r"fromJSON\(\s*'(\[[^']{0,2000}\])'\s*\)", text, re.I)
    try:
        made = json.loads(found[1]) if found is not None else []
    except (ValueError, RecursionError):
        return []
    return made if isinstance(made, list) else []
