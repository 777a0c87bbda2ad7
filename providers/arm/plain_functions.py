"""The functions of templates on plain data that is known.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Callable
from urllib.parse import quote, unquote

_MOST = 10_000  # characters that padding makes


def _equal(one: object, other: object) -> bool:
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return type(one) is type(other) and one == other


def _of_text(text: object) -> str:
    if isinstance(text, bool):
        return str(text)
    return text if isinstance(text, str) else json.dumps(text, default=str, separators=(",", ":"))


def _in(whole: object, part: object) -> bool:
    if isinstance(whole, str):
        return str(part) in whole
    return part in whole  # type: ignore[operator]


def _padded(text: object, width: int, char: str = " ") -> str:
    return str(text).rjust(min(width, _MOST), char[:1] or " ")


def _decode(text: str) -> str:
    return base64.b64decode(text, validate=True).decode()


def _replaced(text: str, old: str, new: str) -> str:
    if len(text) * len(new) > 4_000_000:
        raise ValueError("too long")
    return text.replace(old, new) if old else text


def _joined_uri(base: str, relative: str) -> str:
    return base[: base.rfind("/") + 1] + relative.lstrip("/")


def _least(*given: object) -> object:
    return min(given[0] if isinstance(given[0], list) else given)


def _most(*given: object) -> object:
    return max(given[0] if isinstance(given[0], list) else given)


def _common(*given: object) -> object:
    one, *others = given
    if isinstance(one, dict):
        return {k: v for k, v in one.items() if all(isinstance(o, dict) and o.get(k) == v for o in others)}
    return [value for value in one if all(value in other for other in others)]  # type: ignore[attr-defined,operator]


PURE: dict[str, Callable[..., object]] = {
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "replace": _replaced,
    "substring": lambda text, begin, count=None: text[begin:] if count is None else text[begin : begin + count],
    "take": lambda text, count: text[: max(count, 0)],
    "skip": lambda text, count: text[max(count, 0) :],
    "startswith": lambda text, part: text.lower().startswith(part.lower()),
    "endswith": lambda text, part: text.lower().endswith(part.lower()),
    "indexof": lambda whole, part: whole.find(part) if isinstance(whole, str) else [*whole, part].index(part),
    "lastindexof": lambda whole, part: whole.lower().rfind(part.lower()),
    "contains": _in,
    "padleft": _padded,
    "string": _of_text,
    "int": int,
    "bool": lambda text: str(text).lower() in ("true", "1"),
    "json": json.loads,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64tostring": _decode,
    "base64tojson": lambda text: json.loads(_decode(text)),
    "uri": _joined_uri,
    "uricomponent": lambda text: quote(text, safe=""),
    "uricomponenttostring": unquote,
    "length": len,
    "empty": lambda given: given is None or given in ("", [], {}),
    "equals": _equal,
    "equalsignorecase": lambda one, other: str(one).lower() == str(other).lower(),
    "less": lambda one, other: one < other,
    "lessorequals": lambda one, other: one <= other,
    "greater": lambda one, other: one > other,
    "greaterorequals": lambda one, other: one >= other,
    "add": lambda one, other: one + other,
    "sub": lambda one, other: one - other,
    "mul": lambda one, other: one * other,
    "div": lambda one, other: math.trunc(one / other),
    "mod": lambda one, other: int(math.fmod(one, other)),
    "negate": lambda one: -one,
    "min": _least,
    "max": _most,
    "intersection": _common,
    "sort": lambda given, *rest: sorted(given),
}
