"""Settings files: lines of NAME=value, as Compose and dotenv libraries read them.

https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker.model import Step, Value
from checker.source import Source
from providers.compose.interpolation import interpolated

_LINE = re.compile(r"^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*[=:][ \t]*", re.M)
_DOUBLE = re.compile(r'"((?:[^"\\]|\\.)*)"', re.S)
_SINGLE = re.compile(r"'((?:[^'\\]|\\.)*)'", re.S)
_BARE = re.compile(r"[^\r\n]*")
_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_MOST = 5000
_NAMED = re.compile(r"\.env(?:\.[\w.-]+)?|[\w.-]+\.env|env\.(?!hcl\b)[a-z]+")
_EXAMPLE = re.compile(
    r"example|sample|template|tmpl|dist$|defaults?$|schema|\.(?:sh|py|js|ts|mjs|cjs|md|enc|gpg|age)$", re.I
)
_SECRETS = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|PWD")


def is_named_so(name: str) -> bool:
    """Return whether a file name is that of settings; an example of one is documentation, not what anything reads."""
    return bool(_NAMED.fullmatch(name)) and not _EXAMPLE.search(name)


def looks_so(start: bytes) -> bool:
    """Return whether the beginning of a file has a line of settings."""
    return re.search(rb"^[ \t]*(?:export[ \t]+)?[A-Za-z_]\w*[ \t]*=", start, re.M) is not None


def variables(source: Source) -> dict[str, Value]:
    """Return the variables of a settings file, each with its line; of several of one name the last."""
    found: dict[str, Value] = {}
    for name, value in _lines(source):
        found[name] = interpolated(value, found.get)
    return found


def _lines(source: Source) -> Iterator[tuple[str, Value]]:
    text = source.text
    position = 0
    for _ in range(_MOST):
        match = _LINE.search(text, position)
        if match is None:
            return
        name, begin = match[1], match.end()
        location = source.location(match.start(1))
        double = _DOUBLE.match(text, begin)
        single = _SINGLE.match(text, begin)
        literal = False
        if double is not None:
            data = _ESCAPE.sub(
                lambda found: _ESCAPES.get(found[1], found[0] if found[1] == "$" else found[1]), double[1]
            )
            position = double.end()
        elif single is not None:
            data, literal, position = single[1], True, single.end()
        else:
            bare = _BARE.match(text, begin)
            assert bare is not None
            data = re.split(r"(?:^|\s)#", bare[0], maxsplit=1)[0].strip()
            position = bare.end()
        if literal:
            data = data.replace("$", "$$")
        yield name, Value(data, (Step(name, location),), (), location, sensitive=bool(_SECRETS.search(name.upper())))
