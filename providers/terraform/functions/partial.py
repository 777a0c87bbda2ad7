"""What is known of a result when its arguments are only partly known.

A partly known string has a `pattern`: its text with each unknown part written `${…}`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from providers.terraform.values import Data, Unknown, unknowns

# Above this many, alternatives help nobody.
ALTERNATIVES = 32


def combine(*values: Data, pattern: str | None = None, alternatives: tuple[Data, ...] = ()) -> Unknown:
    """Return an `Unknown` that hangs on everything that the unknown parts of these values hang on."""
    parts = [part for value in values for part in unknowns(value)]
    targets = dict.fromkeys(target for part in parts for target in part.targets)
    first = parts[0] if parts else Unknown("an argument is not known")
    return Unknown(
        first.reason, expression=first.expression, targets=tuple(targets), pattern=pattern, alternatives=alternatives
    )


def limited(what: str, *values: Data) -> Unknown:
    """Return an `Unknown` for a result that Terraform computes and we decline to: too large, or not supported.

    It is no `TerraformError`, because `try` and `can` would take it for one of Terraform's and choose the wrong arm.
    """
    found = combine(*values)
    return Unknown(what, expression=found.expression, targets=found.targets)


def hole(value: Unknown) -> str:
    """Return how an unknown part is written in a pattern."""
    if value.pattern is not None:
        return value.pattern
    return "${" + (value.expression or "…") + "}"


def is_text(value: Data) -> bool:
    """Return whether an unknown value is certainly a string that is not empty."""
    return (
        isinstance(value, Unknown)
        and value.pattern is not None
        and any(text for text, known in segments(value.pattern) if known)
    )


def segments(pattern: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a pattern in order: text, and whether it is known."""
    at = 0
    while at < len(pattern):
        start = pattern.find("${", at)
        if start < 0:
            yield pattern[at:], True
            return
        if start > at:
            yield pattern[at:start], True
        at = _closing(pattern, start + 2)
        yield pattern[start:at], False


def _closing(pattern: str, at: int) -> int:
    depth = 1
    while at < len(pattern) and depth:
        depth += {"{": 1, "}": -1}.get(pattern[at], 0)
        at += 1
    return at


def mapped(value: Unknown, change: Callable[[str], str]) -> Unknown:
    """Return a partly known string with its known parts changed; right for changes that look at one character."""
    pattern = None
    if value.pattern is not None:
        pattern = "".join(change(text) if known else text for text, known in segments(value.pattern))
    return combine(value, pattern=pattern)
