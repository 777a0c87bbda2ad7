"""Functions that convert between types (the table's argument types do the work) or mark values as sensitive.

Source: https://developer.hashicorp.com/terraform/language/functions (type conversion functions).
"""

from __future__ import annotations

from collections.abc import Callable

from providers.terraform.values import Data, Origin, Text


def unchanged(value: Data) -> Data:
    """Return the value, which was converted on its way in."""
    return value


def issensitive(value: Data) -> Data:
    """Return whether a value is marked as sensitive. The mark sits on strings; a list or map has it if all in it do."""
    if isinstance(value, list):
        return bool(value) and all(issensitive(item) for item in value)
    if isinstance(value, dict):
        return bool(value) and all(issensitive(item) for item in value.values())
    return isinstance(value, Text) and value.origin is not None and value.origin.sensitive


def sensitive(value: Data) -> Data:
    """Return a value with every string in it marked as sensitive."""
    return _each(value, lambda text: _marked(text, True))


def nonsensitive(value: Data) -> Data:
    """Return a value with the mark removed from every string in it."""
    return _each(value, lambda text: _marked(text, False))


def _marked(text: str, mark: bool) -> str:
    origin = text.origin if isinstance(text, Text) else None
    if origin is None:
        return Text(text, Origin("sensitive(…)", None, 0, sensitive=True)) if mark else text
    return text if origin.sensitive == mark else Text(text, origin._replace(sensitive=mark))


def _each(value: Data, change: Callable[[str], str]) -> Data:
    match value:
        case str():
            return change(value)
        case list():
            return type(value)(_each(item, change) for item in value)
        case dict():
            return type(value)((name, _each(item, change)) for name, item in value.items())
        case _:
            return value
