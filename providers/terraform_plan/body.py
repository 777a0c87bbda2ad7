"""The arguments of a planned or deployed resource, with what the code beside the file knows of them laid under."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from checker.documents import Document, Item
from checker.model import Body, FileLocation, Step, Target, Unknown, Value
from providers.terraform_plan.configuration import is_expression, longest
from providers.terraform_plan.entries import Entry, mapping, sequence

_MISSING = object()  # nothing is stated there
_OPEN = object()  # whether something is stated there is not known
_DEEPEST = 60

# What an expression refers to, or what a plain value is of by its text.
Refers = Callable[[Any, object], tuple[Target, ...]]


class Arguments:
    """Turns the values of one entry into items."""

    def __init__(self, entry: Entry, location: FileLocation, refers: Refers) -> None:
        self._location = location
        self._refers = refers
        self._entry = entry

    def document(self) -> Document:
        """Return the arguments as a body. What is computed and stated by nothing is left out of it."""
        entry = self._entry
        stated: Any = _OPEN if entry.expressions is None else entry.expressions
        item = self._item(dict(entry.values), entry.unknown, entry.sensitive, stated, "", 0)
        return Document(item if item is not None else {})

    def _item(self, value: Any, unknown: Any, sensitive: Any, stated: Any, path: str, depth: int) -> Item | None:
        if unknown is True:
            if stated is _MISSING:
                return None
            return self._value(Unknown("known only after apply", _read(stated) or path), sensitive, stated, path)
        if depth > _DEEPEST:
            return self._value(Unknown("it is nested too deeply", path), sensitive, stated, path)
        if isinstance(value, dict) or (value is None and isinstance(unknown, dict) and unknown):
            members: dict[str, Item] = {}
            own, hidden, kept = mapping(value), mapping(unknown), mapping(sensitive)
            for name in dict.fromkeys((*own, *hidden)):
                inner = self._item(
                    own.get(name),
                    hidden.get(name, False),
                    sensitive is True or kept.get(name, False),
                    _member(stated, name),
                    f"{path}.{name}" if path else name,
                    depth + 1,
                )
                if inner is not None:
                    members[name] = inner
            return members
        if isinstance(value, list) or (value is None and isinstance(unknown, list) and unknown):
            values, hiddens, keeps = sequence(value), sequence(unknown), sequence(sensitive)
            found: list[Item] = []
            for number in range(max(len(values), len(hiddens))):
                one = values[number] if number < len(values) else None
                inner = self._item(
                    one,
                    hiddens[number] if number < len(hiddens) else False,
                    sensitive is True or (keeps[number] if number < len(keeps) else False),
                    _element(stated, number, one, len(values)),
                    path,
                    depth + 1,
                )
                if inner is not None:
                    found.append(inner)
            return found
        return None if value is None else self._value(value, sensitive, stated, path)

    def _value(self, data: object, sensitive: Any, stated: Any, path: str) -> Value:
        expression = stated if is_expression(stated) else None
        targets = self._refers(expression, data)
        return Value(data, (Step(path, self._location),), targets, self._location, sensitive is True)


def _member(stated: Any, name: str) -> Any:
    if stated is _OPEN or stated is _MISSING or is_expression(stated):
        return stated
    return stated.get(name, _MISSING) if isinstance(stated, Mapping) else _OPEN


def _element(stated: Any, number: int, value: Any, count: int) -> Any:
    """Return what is stated of an element: of several blocks, the one whose constants it has.

    A block that nothing states is one that a `dynamic` block makes, which a plan's configuration leaves out.
    """
    if stated is _MISSING:
        return _OPEN
    if not isinstance(stated, list):
        return stated
    alike = [one for one in stated if _agrees(one, value)]
    if len(alike) == 1:
        return alike[0]
    return stated[number] if len(stated) == count else _OPEN


def _agrees(stated: Any, value: Any) -> bool:
    """Return whether a value can be what a block states: its constants are the value's."""
    for name, one in mapping(stated).items():
        if is_expression(one) and "constant_value" in one and mapping(value).get(name) != one["constant_value"]:
            return False
    return True


def _read(stated: Any) -> str:
    found = longest(sequence(mapping(stated).get("references"))) if is_expression(stated) else []
    return found[0] if len(found) == 1 else ""


class Laid:
    """A body over that of the same resource in code: values are the file's own, their lines and ways are the code's.

    What the code does not state is shown where it declares the resource: that is what a person edits.
    """

    __slots__ = ("_coded", "_declared", "_own")

    def __init__(self, own: Document, coded: Body, declared: FileLocation) -> None:
        self._own = own
        self._coded = coded
        self._declared = declared

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        own = self._own.values(path)
        return self._laid(own, self._coded.values(path)) if own else ()

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path by their members; see checker.model.Body."""
        own = self._own.items(path)
        coded = self._coded.items(path) if own else ()
        if any("" in item for item in own) and coded:
            return coded
        if len(own) != len(coded):
            return own
        return tuple(
            {name: self._laid(values, others.get(name, ())) for name, values in item.items()}
            for item, others in zip(own, coded, strict=True)
        )

    def _laid(self, own: tuple[Value, ...], coded: tuple[Value, ...]) -> tuple[Value, ...]:
        coded = tuple(value for value in coded if value.data is not None)
        if any(isinstance(value.data, Unknown) for value in own) and coded:
            # What the code makes of what is only known later: the text around it, and what it hangs on.
            return coded if len(own) == len(coded) or len(own) == 1 else own
        if len(own) == len(coded):
            return tuple(self._known(value, other) for value, other in zip(own, coded, strict=True))
        by_data = {repr(other.data): other for other in coded}
        return tuple(self._known(value, by_data.get(repr(value.data))) for value in own)

    def _known(self, own: Value, coded: Value | None) -> Value:
        """Return a value the way that the code leads to it, where the code does not say something else."""
        if coded is None or (not isinstance(coded.data, Unknown) and coded.data != own.data):
            file = own.location.path if own.location is not None else ""
            trail = tuple(Step(f"{step.text} in {file}", self._declared) for step in own.trail)
            return replace(own, trail=trail, location=self._declared)
        targets = tuple(dict.fromkeys((*coded.targets, *own.targets)))
        return replace(coded, data=own.data, targets=targets, sensitive=own.sensitive or coded.sensitive)
