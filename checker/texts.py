"""Texts that are put together from values: what is not known of them stays as holes, what is undecided as arms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checker.documents import Either, Item
from checker.model import FileLocation, Step, Target, Unknown, Value

_MOST_ARMS = 32  # that one text, or one undecided value, may have
_LONGEST = 256 * 1024  # characters of a text that is put together
_LONGEST_TRAIL = 20
_HOLE = re.compile(r"\$\{[^{}]*\}")


def either(items: list[Item], reason: str) -> Item:
    """Return one of several values: the value itself where all are one, flat, and no more than can be looked at."""
    arms: list[Item] = []
    seen: set[object] = set()
    for item in items:
        for arm in item.arms if isinstance(item, Either) else (item,):
            plain = isinstance(arm, Value) and isinstance(arm.data, str | int | None)
            key: object = (type(arm.data), arm.data) if isinstance(arm, Value) and plain else id(arm)
            if key not in seen:
                seen.add(key)
                arms.append(arm)
    if len(arms) > _MOST_ARMS:
        return replace(_first(arms), data=Unknown(f"it may be one of {len(arms)} values: {reason}"))
    return arms[0] if len(arms) == 1 else Either(tuple(arms), reason)


def _first(arms: list[Item]) -> Value:
    return next((arm for arm in arms if isinstance(arm, Value)), Value(None))


def scalars(item: Item) -> Iterator[Value]:
    """Yield each value that something plain may have; an unknown one for what is not plain."""
    if isinstance(item, Either):
        for arm in item.arms:
            yield from scalars(arm)
    elif isinstance(item, Value):
        yield item
    else:
        yield Value(Unknown("it is no plain value"))


def words(value: Value) -> str | None:
    """Return what a plain value is as text, None when it is not known."""
    if isinstance(value.data, Unknown):
        return None
    return str(value.data).lower() if isinstance(value.data, bool) else "" if value.data is None else str(value.data)


def joined(pieces: list[str | Item], location: FileLocation) -> Item:
    """Return the text of some pieces, or several where pieces are undecided."""
    found: list[list[str | Value]] = [[]]
    reason = ""
    for piece in pieces:
        if isinstance(piece, str):
            arms: list[str | Value] = [piece]
        else:
            arms = list(scalars(piece))
            reason = piece.reason if isinstance(piece, Either) else reason
        if len(found) * len(arms) > _MOST_ARMS:
            unknown = Unknown("it may be one of many")
            arms = [Value(unknown, targets=tuple(t for arm in arms if isinstance(arm, Value) for t in arm.targets))]
        if len(arms) == 1:
            for before in found:
                before.append(arms[0])
        else:
            found = [[*before, arm] for before in found for arm in arms]
    return either([_one(one, location) for one in found], reason)


def _one(pieces: list[str | Value], location: FileLocation) -> Value:
    parts: list[str] = []
    holes: list[tuple[Target, ...]] = []
    trail: list[Step] = []
    targets: dict[Target, None] = {}
    sensitive = False
    length = 0
    known = all(isinstance(piece, str) or not isinstance(piece.data, Unknown) for piece in pieces)
    for piece in pieces:
        if isinstance(piece, str):
            # A hole is `${…}`: what is written so and is none must not look like one.
            part = piece if known else piece.replace("${", "$(")
        else:
            data = piece.data
            if isinstance(data, Unknown):
                whole = data.pattern is not None and len(data.holes) == data.pattern.count("${")
                part = data.pattern if data.pattern is not None and whole else f"${{{_hole_name(data)}}}"
                holes += data.holes if whole else (piece.targets,)
            else:
                part = words(piece) or ""
                part = part if known else part.replace("${", "$(")
            trail += piece.trail[:_LONGEST_TRAIL]
            targets |= dict.fromkeys(piece.targets)
            sensitive = sensitive or piece.sensitive
        length += len(part)
        if length > _LONGEST:
            return Value(Unknown(f"it is longer than {_LONGEST} characters"), (Step("", location),), location=location)
        parts.append(part)
    text = "".join(parts)
    # What a text is put together from is shown only where it may be.
    shown = '"(sensitive)"' if sensitive else f'"{text[:200]}"'
    steps = (Step(shown, location), *trail[:_LONGEST_TRAIL]) if trail else (Step("", location),)
    data_: object = text if known else Unknown("a part of it is not known", text, text, tuple(holes))
    return Value(data_, steps, tuple(targets), location, sensitive)


def alike(items: list[Item], reason: str, step: Step) -> Value:
    """Return what several values have in common at their ends, and a hole between; what they are is not known."""
    every = [value for item in items for value in scalars(item)]
    known = [value.data for value in every if isinstance(value.data, str)]
    targets = dict.fromkeys(target for value in every for target in value.targets)
    head = _common(known) if len(known) == len(every) else ""
    tail = _common([text[len(head) :][::-1] for text in known])[::-1] if len(known) == len(every) else ""
    pattern = f"{head}${{{step.text}}}{tail}" if head or tail else None
    unknown = Unknown(reason, step.text, pattern, ((),) if pattern is not None else ())
    return Value(unknown, (step,), tuple(targets), step.location)


def _common(found: list[str]) -> str:
    """Return how all of some texts begin."""
    first, last = (min(found), max(found)) if found else ("", "")
    same = (number for number, char in enumerate(first) if last[number : number + 1] != char)
    return first[: next(same, len(first))]


def _hole_name(unknown: Unknown) -> str:
    return re.sub(r"[{}$\s]+", " ", unknown.expression).strip()[:160] or "…"


def split(value: Value, delimiter: str) -> list[Item] | None:
    """Return the parts of a text, of one that is partly known too; None where nothing of it is known."""
    data = value.data
    if not delimiter:
        return None
    if not isinstance(data, Unknown):
        text = words(value) or ""
        return [replace(value, data=part) for part in text.split(delimiter)[:1000]]
    if data.pattern is None or len(data.holes) != len(_HOLE.findall(data.pattern)):
        return None
    # A delimiter counts outside of holes only.
    parts: list[str] = [""]
    end = 0
    for hole in _HOLE.finditer(data.pattern):
        known = data.pattern[end : hole.start()].split(delimiter)
        parts = [*parts[:-1], parts[-1] + known[0], *known[1:]]
        parts[-1] += hole[0]
        end = hole.end()
    known = data.pattern[end:].split(delimiter)
    parts = [*parts[:-1], parts[-1] + known[0], *known[1:]]
    found: list[Item] = []
    at = 0
    for part in parts[:1000]:
        count = len(_HOLE.findall(part))
        holes = data.holes[at : at + count]
        at += count
        targets = tuple(dict.fromkeys(target for hole in holes for target in hole))
        partly = replace(data, expression=part, pattern=part, holes=holes)
        found.append(replace(value, data=partly if count else part, targets=targets))
    return found
