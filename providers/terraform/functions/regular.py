"""Regular expressions in RE2's syntax and with its guarantee: time grows in proportion to the text.

Terraform uses Go's regexp. Python's `re` differs in syntax and takes exponential time for some patterns, which a
repository under check could use against us; so patterns run here on a small machine that follows all choices at once.
`pattern.py` reads the syntax.
Source: https://github.com/google/re2/wiki/Syntax and https://swtch.com/~rsc/regexp/regexp2.html.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import NamedTuple

from providers.terraform.functions.partial import limited
from providers.terraform.functions.pattern import (
    Alternatives,
    Assertion,
    Char,
    Group,
    Node,
    Repeat,
    Sequence,
    Test,
    read,
)
from providers.terraform.functions.pattern import UnsupportedPattern as Unsupported
from providers.terraform.values import Data, TerraformError, TfList

_INSTRUCTIONS = 20_000  # of a compiled pattern
_STEPS = 500_000  # of a match: about half a second
_LONGEST = 1_000_000  # characters in a result

_CHAR, _SPLIT, _SAVE, _ASSERT, _MATCH = range(5)
_TEMPLATE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))", re.ASCII)

Spans = tuple[int | None, ...]  # start and end of the match, then of each group


class _Instruction(NamedTuple):
    code: int
    next: int = 0
    other: int = 0  # _SPLIT: the second choice; _SAVE: the slot
    test: Test | None = None
    kind: str = ""


class Program(NamedTuple):
    """A compiled pattern; `names` has one entry for each group, "" for those without a name."""

    code: list[_Instruction]
    start: int
    names: tuple[str, ...]


@functools.lru_cache(maxsize=128)
def compile_pattern(pattern: str) -> Program:
    """Return a compiled pattern; `TerraformError` when RE2 would refuse it."""
    node, names = read(pattern)
    code = [_Instruction(_MATCH)]
    end = _add(code, _Instruction(_SAVE, 0, 1))
    start = _add(code, _Instruction(_SAVE, _emit(code, node, end), 0))
    return Program(code, start, names)


def _add(code: list[_Instruction], instruction: _Instruction) -> int:
    if len(code) >= _INSTRUCTIONS:
        raise Unsupported("the regular expression is too large")
    code.append(instruction)
    return len(code) - 1


def _emit(code: list[_Instruction], node: Node, after: int) -> int:
    """Add the code of a node that goes on at `after`; return where it starts."""
    match node:
        case Char(test=test):
            return _add(code, _Instruction(_CHAR, after, test=test))
        case Assertion(kind=kind):
            return _add(code, _Instruction(_ASSERT, after, kind=kind))
        case Sequence(items=items):
            for item in reversed(items):
                after = _emit(code, item, after)
            return after
        case Alternatives(choices=choices):
            start = _emit(code, choices[-1], after)
            for choice in reversed(choices[:-1]):
                start = _add(code, _Instruction(_SPLIT, _emit(code, choice, after), start))
            return start
        case Group(body=body, number=number):
            end = _add(code, _Instruction(_SAVE, after, 2 * number + 1))
            return _add(code, _Instruction(_SAVE, _emit(code, body, end), 2 * number))
        case Repeat():
            return _emit_repeat(code, node, after)


def _emit_repeat(code: list[_Instruction], node: Repeat, after: int) -> int:
    if node.most is None:
        if node.least == 0 and not _can_be_empty(node.body):
            loop = _add(code, _Instruction(_SPLIT))
            return _close(code, loop, _emit(code, node.body, loop), after, node.greedy)
        loop = _add(code, _Instruction(_SPLIT))
        start = _emit(code, node.body, loop)
        _close(code, loop, start, after, node.greedy)
        for _ in range(node.least - 1):
            start = _emit(code, node.body, start)
        return start if node.least else _option(code, start, after, node.greedy)
    start = after
    for _ in range(node.most - node.least):
        start = _option(code, _emit(code, node.body, start), after, node.greedy)
    for _ in range(node.least):
        start = _emit(code, node.body, start)
    return start


def _close(code: list[_Instruction], loop: int, body: int, after: int, greedy: bool) -> int:
    code[loop] = _Instruction(_SPLIT, body, after) if greedy else _Instruction(_SPLIT, after, body)
    return loop


def _option(code: list[_Instruction], start: int, after: int, greedy: bool) -> int:
    return _add(code, _Instruction(_SPLIT, start, after) if greedy else _Instruction(_SPLIT, after, start))


def _can_be_empty(node: Node) -> bool:
    match node:
        case Char():
            return False
        case Assertion():
            return True
        case Sequence(items=items):
            return all(map(_can_be_empty, items))
        case Alternatives(choices=choices):
            return any(map(_can_be_empty, choices))
        case Group(body=body):
            return _can_be_empty(body)
        case Repeat(body=body, least=least):
            return least == 0 or _can_be_empty(body)


def _holds(kind: str, text: str, at: int) -> bool:
    match kind:
        case "text start":
            return at == 0
        case "text end":
            return at == len(text)
        case "line start":
            return at == 0 or text[at - 1] == "\n"
        case "line end":
            return at == len(text) or text[at] == "\n"
        case _:
            border = _is_word(text[at - 1 : at] if at else "") != _is_word(text[at : at + 1])
            return border == (kind == "word border")


def _is_word(char: str) -> bool:
    return char.isascii() and (char.isalnum() or char == "_")


class _Matcher:
    """Runs one program over one text, with a budget of steps."""

    def __init__(self, program: Program, text: str) -> None:
        self.program = program
        self.text = text
        self.steps = 0
        self.empty: Spans = (None,) * (2 * len(program.names) + 2)

    def search(self, at: int) -> Spans | None:
        """Return the leftmost match from a position on, the first choice of its alternatives."""
        code, text = self.program.code, self.text
        found: Spans | None = None
        threads: list[tuple[int, Spans]] = []
        seen: set[int] = set()
        while True:
            if found is None:
                self._follow(threads, seen, self.program.start, at, self.empty)
            if not threads and found is not None:
                return found
            self.steps += len(threads) + 1
            if self.steps > _STEPS:
                raise Unsupported("the regular expression needs too many steps")
            char = text[at] if at < len(text) else None
            following: list[tuple[int, Spans]] = []
            seen = set()
            for pc, spans in threads:
                instruction = code[pc]
                if instruction.code == _MATCH:
                    found = spans
                    break
                if char is not None and instruction.test is not None and instruction.test(char):
                    self._follow(following, seen, instruction.next, at + 1, spans)
            if char is None:
                return found
            threads, at = following, at + 1

    def _follow(self, threads: list[tuple[int, Spans]], seen: set[int], pc: int, at: int, spans: Spans) -> None:
        """Add the threads that wait for a character, in the order of their priority."""
        stack = [(pc, spans)]
        while stack:
            pc, spans = stack.pop()
            if pc in seen:
                continue
            seen.add(pc)
            self.steps += 1
            instruction = self.program.code[pc]
            if instruction.code == _SPLIT:
                stack += [(instruction.other, spans), (instruction.next, spans)]
            elif instruction.code == _SAVE:
                slot = instruction.other
                stack.append((instruction.next, (*spans[:slot], at, *spans[slot + 1 :])))
            elif instruction.code == _ASSERT:
                if _holds(instruction.kind, self.text, at):
                    stack.append((instruction.next, spans))
            else:
                threads.append((pc, spans))


def _matches(program: Program, text: str) -> Iterator[tuple[int, int, Spans]]:
    """Yield start, end and spans of all matches as Go finds them: none is empty right after another."""
    matcher = _Matcher(program, text)
    at, previous = 0, -1
    while at <= len(text):
        spans = matcher.search(at)
        if spans is None or spans[0] is None or spans[1] is None:
            return
        start, end = spans[0], spans[1]
        accepted = end != at or start != previous
        at = end + 1 if end == at else end
        previous = end
        if accepted:
            yield start, end, spans


def _group(text: str, spans: Spans, index: int) -> str | None:
    start, end = spans[2 * index], spans[2 * index + 1]
    return None if start is None or end is None else text[start:end]


def _result(program: Program, text: str, spans: Spans) -> Data:
    """Return a match as Terraform gives it."""
    if not program.names:
        return _group(text, spans, 0)
    if all(program.names):
        return {name: _group(text, spans, index) for index, name in enumerate(program.names, 1)}
    return [_group(text, spans, index) for index in range(1, len(program.names) + 1)]


def _checked(pattern: str) -> Program:
    program = compile_pattern(pattern)
    if any(program.names) and not all(program.names):
        raise TerraformError("cannot mix named and unnamed groups in a regular expression")
    return program


def first(pattern: str, text: str) -> Data:
    """Return the first match; `TerraformError` when there is none."""
    try:
        program = _checked(pattern)
        spans = _Matcher(program, text).search(0)
    except Unsupported as limit:
        return limited(str(limit))
    if spans is None:
        raise TerraformError("pattern did not match any part of the given string")
    return _result(program, text, spans)


def every(pattern: str, text: str) -> Data:
    """Return all matches in order."""
    try:
        program = _checked(pattern)
        return TfList(_result(program, text, spans) for _, _, spans in _matches(program, text))
    except Unsupported as limit:
        return limited(str(limit))


def substitute(pattern: str, text: str, template: str) -> Data:
    """Return a text with all matches replaced; `$1` and `${name}` in the template stand for groups."""
    try:
        program = compile_pattern(pattern)
        parts: list[str] = []
        last = 0
        for start, end, spans in _matches(program, text):
            parts += [text[last:start], _expand(template, program, text, spans)]
            last = end
            if sum(map(len, parts[-2:])) * len(parts) > _LONGEST:
                return limited("the text would be too long")
    except Unsupported as limit:
        return limited(str(limit))
    return "".join(parts) + text[last:]


def _expand(template: str, program: Program, text: str, spans: Spans) -> str:
    def group(match: re.Match[str]) -> str:
        name = match[1] or match[2]
        if name is None:
            return "$"
        if name.isdigit():
            index = int(name) if len(name) < 4 else len(program.names) + 1
        else:
            index = program.names.index(name) + 1 if name in program.names else len(program.names) + 1
        return (_group(text, spans, index) or "") if index <= len(program.names) else ""

    return _TEMPLATE.sub(group, template)
