"""The fast pass: where the top-level blocks of a file begin and end, and where its comments are.

It knows just enough of HCL's lexical rules (strings with templates, heredocs, comments, brackets) to cut a file into
blocks; what is inside a block is python-hcl2's to read, and only when something asks for it.
Source: https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from checker.source import Source

# The inside of a string up to a template, or a part of it: the engine keeps a state for each step of a group, so steps
# are bounded. A possessive repeat of a group would keep none, but it matches too much in Python before 3.11.5:
# https://github.com/python/cpython/issues/106052
_INSIDE = r'[^"\\$%\n]*+(?>(?:(?:\\.|\$\$\{|%%\{|\$(?!\{)|%(?!\{))[^"\\$%\n]*+){0,65536})'
# What can change how the following text is read; everything else is skipped by the regular expression engine.
_CODE = re.compile(
    rf'"{_INSIDE}"'  # a string without templates
    r"|(?P<open>[{\[(])|(?P<close>[}\])])"
    r"|(?P<comment>\#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r'|(?P<quote>")|<<-?(?P<heredoc>[^\W\d][\w.-]*)[ \t]*\r?\n|(?P<unclosed>/\*)',
    re.DOTALL,
)
_STRING = re.compile(_INSIDE, re.DOTALL)
# A header stands on one line, its brace included.
_HEADER = re.compile(r'\s*([^\W\d][\w-]*)((?>(?:[^\S\r\n]*(?:"[^"\n]*"|[^\W\d][\w-]*))*))[^\S\r\n]*\Z')
_LABEL = re.compile(r'"([^"\n]*)"|([^\W\d][\w-]*)')
# Where reading goes on after a block that cannot be cut out.
_NEXT = re.compile(
    r"^(?:resource|data|module|variable|locals|output|provider|terraform|moved|import|removed|check|ephemeral)\b",
    re.MULTILINE,
)
# A file that is broken again and again is read only so often, and so many characters of it.
_MOST_BROKEN = 100
_MOST_READ = 50_000_000
_PAIRS = {"{": "}", "[": "]", "(": ")"}


class RawBlock(NamedTuple):
    """A top-level block as a span of text: `source.text[start:end]`, its braces included."""

    source: Source
    type: str
    labels: tuple[str, ...]
    start: int
    end: int
    comments: tuple[tuple[int, int], ...]

    @property
    def text(self) -> str:
        """The block with its comments blanked, so that offsets stay as they are."""
        if not self.comments:
            return self.source.text[self.start : self.end]
        parts = []
        at = self.start
        for start, end in self.comments:
            parts += [self.source.text[at:start], _blank(self.source.text[start:end])]
            at = end
        parts.append(self.source.text[at : self.end])
        return "".join(parts)


class Broken(NamedTuple):
    """A part of a file that could not be cut into blocks."""

    source: Source
    offset: int
    reason: str


class Unbalanced(Exception):
    """Text whose strings, brackets or comments do not close, with the offset and a reason for people."""

    def __init__(self, offset: int, reason: str) -> None:
        self.offset = offset
        self.reason = reason


def scan(source: Source) -> tuple[list[RawBlock], list[Broken]]:
    """Cut a file into its top-level blocks; what cannot be cut out is named and skipped."""
    blocks: list[RawBlock] = []
    broken: list[Broken] = []
    at = read = 0
    while at < len(source.text):
        read += len(source.text) - at
        try:
            at = _scan(source, at, blocks)
        except Unbalanced as error:
            broken.append(Broken(source, error.offset, error.reason))
            # Go on at the next block that begins a line behind what failed.
            following = _NEXT.search(source.text, error.offset + 1)
            if following is None:
                break
            at = following.start()
            if len(broken) == _MOST_BROKEN or read > max(_MOST_READ, 2 * len(source.text)):
                broken.append(Broken(source, at, "too much before cannot be read: the file was not read from here"))
                break
    return blocks, broken


def _scan(source: Source, at: int, blocks: list[RawBlock]) -> int:
    text = source.text
    begin = at  # where the header of the next block may start
    start = 0
    header: re.Match[str] | None = None
    comments: list[tuple[int, int]] = []
    stack: list[str] = []
    search = _CODE.search
    while match := search(text, at):
        at = match.end()
        kind = match.lastgroup
        if kind is None:
            continue
        if kind == "open":
            char = match.group()
            if not stack:
                header, start = _header(text, begin, match.start(), char, comments)
                comments = []
            stack.append(_PAIRS[char])
        elif kind == "close":
            if not stack or stack.pop() != match.group():
                raise Unbalanced(match.start(), f"unexpected `{match.group()}`")
            if not stack and header is not None:
                labels = tuple(quoted or bare for quoted, bare in _LABEL.findall(header.group(2)))
                blocks.append(RawBlock(source, header.group(1), labels, start, at, tuple(comments)))
                comments = []
                begin = at
        elif kind == "comment":
            comments.append(match.span())
        elif kind == "quote":
            at = template_end(text, at, '"')
        elif kind == "heredoc":
            at = _heredoc_end(text, match.group("heredoc"), at, match.start())
        else:
            raise Unbalanced(match.start(), "a comment is not closed")
    if stack:
        raise Unbalanced(start, f"the block that begins here is not closed (`{stack[-1]}` is missing)")
    rest = _without(text, begin, len(text), comments)
    if rest.strip():
        offset = begin + len(rest) - len(rest.lstrip())
        raise Unbalanced(offset, "text outside of any block")
    return len(text)


def _header(text: str, begin: int, brace: int, char: str, comments: list[tuple[int, int]]) -> tuple[re.Match[str], int]:
    plain = _without(text, begin, brace, comments)
    match = _HEADER.match(plain) if char == "{" else None
    if match is None:
        offset = begin + len(plain) - len(plain.lstrip())
        raise Unbalanced(offset, "this is not the beginning of a block")
    return match, begin + match.start(1)


def _without(text: str, begin: int, end: int, comments: list[tuple[int, int]]) -> str:
    parts = []
    for first, last in comments:
        if first >= begin:
            parts += [text[begin:first], " " * (last - first)]
            begin = last
    parts.append(text[begin:end])
    return "".join(parts)


def _blank(comment: str) -> str:
    return " " * len(comment) if "\n" not in comment else re.sub(r"[^\r\n]", " ", comment)


def template_end(text: str, at: int, closing: str) -> int:
    """Return the offset behind the end of a string (closing `"`) or of code in a template (closing `}`).

    `at` is behind the opening `"` or `${`. Raises for what is not closed; nesting costs no recursion.
    """
    opened = at
    stack = [closing]
    while stack:
        if stack[-1] == '"':
            begin, at = at, _STRING.match(text, at).end()  # type: ignore[union-attr]  # it matches the empty string
            if text.startswith('"', at):
                stack.pop()
                at += 1
            elif text.startswith(("${", "%{"), at):
                stack.append("}")
                at += 2
            elif at == begin:
                raise Unbalanced(opened - 1, "a string is not closed on its line")
            continue
        match = _CODE.search(text, at)
        if match is None:
            raise Unbalanced(opened, f"`{stack[-1]}` is missing")
        at = match.end()
        match match.lastgroup:
            case "open":
                stack.append(_PAIRS[match.group()])
            case "close":
                if stack.pop() != match.group():
                    raise Unbalanced(match.start(), f"unexpected `{match.group()}`")
            case "quote":
                stack.append('"')
            case "heredoc":
                at = _heredoc_end(text, match.group("heredoc"), at, match.start())
            case "unclosed":
                raise Unbalanced(match.start(), "a comment is not closed")
            case _:
                pass
    return at


def quoted_templates(text: str) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the quoted strings with templates in a piece of code, quotes included."""
    at = 0
    while match := _CODE.search(text, at):
        at = match.end()
        if match.lastgroup == "quote":
            at = template_end(text, at, '"')
            yield match.start(), at
        elif match.lastgroup == "heredoc":
            at = _heredoc_end(text, match.group("heredoc"), at, match.start())


def without_comments(code: str) -> str:
    """Return a piece of code with its comments blanked, so that offsets stay as they are."""
    parts = []
    at = done = 0
    while match := _CODE.search(code, at):
        at = match.end()
        if match.lastgroup == "quote":
            at = template_end(code, at, '"')
        elif match.lastgroup == "heredoc":
            at = _heredoc_end(code, match.group("heredoc"), at, match.start())
        elif match.lastgroup == "comment":
            parts += [code[done : match.start()], _blank(match.group())]
            done = at
    return "".join([*parts, code[done:]])


def code_end(text: str, at: int) -> int | None:
    """Return the offset behind the `}` that closes template code beginning at `at`, or None when it is not closed."""
    try:
        return template_end(text, at, "}")
    except Unbalanced:
        return None


def _heredoc_end(text: str, marker: str, at: int, opened: int) -> int:
    end = re.compile(rf"^[ \t]*{re.escape(marker)}[ \t]*\r?$", re.MULTILINE).search(text, at)
    if end is None:
        raise Unbalanced(opened, f"the heredoc is not closed by a line with {marker}")
    return end.end()
