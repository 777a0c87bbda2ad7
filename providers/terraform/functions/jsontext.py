"""`jsonencode` and `jsondecode`, byte for byte as Terraform writes JSON.

Source: https://developer.hashicorp.com/terraform/language/functions/jsonencode and Go's encoding/json.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NoReturn

from providers.terraform.functions.partial import combine, limited, segments
from providers.terraform.types import number_text, parse_number
from providers.terraform.values import Data, TerraformError, Unknown, unknowns

_ESCAPED = re.compile('[\x00-\x1f"\\\\<>&\u2028\u2029]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
DEEPEST = 100  # levels of lists and maps in decoded text; everything after it recurses over them
_TOO_DEEP = f"the JSON text nests deeper than {DEEPEST} levels"
_SURROGATES = re.compile("[\ud800-\udfff]")


def quoted(text: str) -> str:
    """Return a string as JSON; like Go, with what HTML would trip over escaped."""
    return '"' + _escape(text) + '"'


def _escape(text: str) -> str:
    return _ESCAPED.sub(lambda match: _SHORT.get(match[0]) or f"\\u{ord(match[0]):04x}", text)


def jsonencode(value: Data) -> Data:
    """Return a value as JSON, keys sorted; with unknown parts, an `Unknown` whose pattern is the JSON around them."""
    text = _encode(value)
    return text if next(unknowns(value), None) is None else combine(value, pattern=text)


def _encode(value: Data) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return quoted(value)
        case int() | Decimal():
            return number_text(value)
        case Unknown():
            return _unknown(value)
        case list():
            return "[" + ",".join(map(_encode, value)) + "]"
        case dict():
            return "{" + ",".join(f"{quoted(name)}:{_encode(item)}" for name, item in sorted(value.items())) + "}"


def _unknown(value: Unknown) -> str:
    if value.pattern is None:
        return "${" + (value.expression or "…") + "}"
    return '"' + "".join(_escape(text) if known else text for text, known in segments(value.pattern)) + '"'


def jsondecode(text: str) -> Data:
    """Return the value that a JSON text stands for."""
    import json

    try:
        found: Data = json.loads(text, parse_int=parse_number, parse_float=parse_number, parse_constant=_refuse)
    except ValueError:
        raise TerraformError("invalid JSON") from None
    except RecursionError:
        return limited(_TOO_DEEP)
    return limited(_TOO_DEEP) if _depth(found, DEEPEST) < 0 else _cleaned(found)


def _refuse(text: str) -> NoReturn:
    raise ValueError(text)


def _depth(value: Data, left: int) -> int:
    """Return how many levels are left below a value; negative when it nests deeper than allowed."""
    items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    return left if left < 0 else min((_depth(item, left - 1) for item in items), default=left)


def _cleaned(value: Data) -> Data:
    match value:
        case str():
            return _clean(value)
        case list():
            return [_cleaned(item) for item in value]
        case dict():
            return {_clean(name): _cleaned(item) for name, item in value.items()}
        case _:
            return value


def _clean(text: str) -> str:
    # Terraform keeps all strings in normal form C; half of a surrogate pair becomes U+FFFD in Go.
    return text if text.isascii() else unicodedata.normalize("NFC", _SURROGATES.sub("\ufffd", text))
