"""Texts with `${resource.property[0]["key"]}` in them.

Source: https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/#interpolation
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(r"[^\[\].}]+")
_KEY = re.compile(r"""\[\s*(?:"((?:[^"\\]|\\.)*)"|(\d{1,9}))\s*\]""")


class Access(NamedTuple):
    """What `${…}` reads: a name, and members and numbers of elements of it."""

    name: str
    path: tuple[str | int, ...]
    text: str


def parts(text: str) -> list[str | Access]:
    """Return a text as plain pieces and what it reads. What is no access, or is not closed, is a piece; `$$` is `$`."""
    found: list[str | Access] = []
    plain: list[str] = []
    at = 0
    while at < len(text):
        if text.startswith("$$", at):
            plain.append("$")
            at += 2
            continue
        access = _access(text, at + 2) if text.startswith("${", at) else None
        if access is None:
            end = text.find("$", at + 1)
            end = len(text) if end < 0 else end
            plain.append(text[at:end])
            at = end
            continue
        if plain:
            found.append("".join(plain))
            plain = []
        found.append(access[0])
        at = access[1]
    if plain:
        found.append("".join(plain))
    return found


def _access(text: str, at: int) -> tuple[Access, int] | None:
    """Return what is read from an offset on, and where it ends; None for what is no access."""
    begin = at
    path: list[str | int] = []
    if (first := _NAME.match(text, at)) is not None:
        path.append(first[0])
        at = first.end()
    while at < len(text) and text[at] != "}":
        if text[at] == "." and (name := _NAME.match(text, at + 1)) is not None:
            path.append(name[0])
            at = name.end()
        elif (key := _KEY.match(text, at)) is not None:
            path.append(int(key[2]) if key[2] is not None else key[1].replace('\\"', '"'))
            at = key.end()
        else:
            return None
    if at >= len(text) or not path or not isinstance(path[0], str):
        return None
    return Access(path[0], tuple(path[1:]), text[begin:at]), at + 1
