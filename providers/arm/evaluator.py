"""Expressions to values with their trails, and what cannot be known before deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Protocol

from checker import texts
from checker.documents import Either, Item, of_data
from checker.model import FileLocation, Step, Target, Unknown, Value
from providers.arm.nodes import Array, Call, Lambda, Literal, Loop, Member, Method, Name, Node, Object, Text, shown

if TYPE_CHECKING:
    from providers.arm.template import Template

DEPLOYED = "known only after deployment"
MOST_TURNS = 1000
_MOST_STEPS = 500_000
_MOST_DEPTH = 60
_LONGEST_TRAIL = 20
_LONGEST = 256 * 1024  # characters of a text
_MOST_ITEMS = 20_000  # of something that is looked through as a whole


class TooMuch(Exception):
    """A template that takes more steps than anyone writes by hand."""


@dataclass(slots=True)
class Budget:
    """How much of a root was evaluated by now."""

    steps: int = 0
    depth: int = 0

    def step(self) -> None:
        """Count a step. Raises TooMuch."""
        self.steps += 1
        if self.steps > _MOST_STEPS:
            raise TooMuch(f"it takes more than {_MOST_STEPS} steps to evaluate")


@dataclass(frozen=True, slots=True)
class Frame:
    """What counts inside a loop or a function: its own names, the turns of copies."""

    names: Mapping[str, Item] = field(default_factory=dict)
    copies: Mapping[str, int | None] = field(default_factory=dict)  # by the name of the copy; "" for the innermost
    arguments: Mapping[str, Item] | None = None  # of a function that the template declares

    def with_names(self, names: Mapping[str, Item]) -> Frame:
        """Return a frame with further names."""
        return replace(self, names={**self.names, **names})

    def with_copy(self, name: str, turn: int | None) -> Frame:
        """Return a frame inside a turn of a copy; None for any of them."""
        return replace(self, copies={**self.copies, name: turn, "": turn})


TOP = Frame()


class Surroundings(Protocol):
    """Where expressions stand: what a deployment knows of the words in them."""

    template: Template
    budget: Budget

    def named(self, name: str, at: FileLocation) -> Item | None:
        """Return what a word of Bicep means."""
        ...

    def called(self, call: Call, frame: Frame) -> Item | None:
        """Return what a function that hangs on the deployment comes to; None for others."""
        ...

    def member(self, target: Target, name: str, at: FileLocation) -> Item | None:
        """Return a member of a resource, or of what a resource says of itself; None for what is no resource."""
        ...


class Evaluator:
    """Evaluates expressions of one template."""

    def __init__(self, around: Surroundings) -> None:
        self.around = around

    def item(self, node: Node, frame: Frame = TOP) -> Item:
        """Return what an expression comes to. Raises TooMuch."""
        budget = self.around.budget
        budget.step()
        if budget.depth > _MOST_DEPTH:
            return self.unknown(node, "it is nested too deeply")
        budget.depth += 1
        try:
            return self._item(node, frame)
        finally:
            budget.depth -= 1

    def _item(self, node: Node, frame: Frame) -> Item:
        match node:
            case Literal(value=value):
                location = self.at(node)
                return Value(value, (Step("", location),), location=location)
            case Text(parts=parts):
                return texts.joined(
                    [one if isinstance(one, str) else self.item(one, frame) for one in parts], self.at(node)
                )
            case Name(name=name):
                if name in frame.names:
                    return frame.names[name]
                found = self.around.named(name, self.at(node))
                return found if found is not None else self.unknown(node, f"nothing here is called {name[:200]}")
            case Array(items=items):
                return self._list(items, frame)
            case Object():
                return self._object(node, frame)
            case Loop():
                return self._loop(node, frame)
            case Member(base=base, name=name, safe=safe):
                return self.member(self.item(base, frame), self.item(name, frame), node, safe)
            case Method(base=base, name=name):
                return self._method(node, base, name, frame)
            case Call():
                return self._call(node, frame)
            case Lambda():
                return self.unknown(node, "a function is no value")

    def at(self, node: Node) -> FileLocation:
        """Return where an expression stands."""
        return self.around.template.location(node.pos)

    def unknown(self, node: Node, reason: str, targets: tuple[Target, ...] = (), expression: str = "") -> Value:
        """Return a value that is not known, and why."""
        location = self.at(node)
        expression = (expression or shown(node))[:300]
        return Value(Unknown(reason, expression), (Step(expression, location),), targets, location)

    def unlike(self, node: Node, *items: Item) -> Value:
        """Return a value that is not known as some of what it is made of are not."""
        found = [value for item in items for value in every(item)]
        reason = next((v.data.reason for v in found if isinstance(v.data, Unknown)), "what it is made of is not known")
        trail = next((v.trail for v in found if isinstance(v.data, Unknown)), ())
        targets = tuple(dict.fromkeys(target for value in found for target in value.targets))
        made = self.unknown(node, reason, targets)
        sensitive = any(value.sensitive for value in found)
        return replace(made, trail=(*made.trail, *trail[:_LONGEST_TRAIL]), sensitive=sensitive)

    # --- containers

    def _list(self, nodes: tuple[Node, ...], frame: Frame) -> Item:
        found: list[Item] = []
        for node in nodes:
            if isinstance(node, Call) and node.name == "#spread":
                inner = self.item(node.arguments[0], frame)
                found += inner if isinstance(inner, list) else [inner]
            else:
                found.append(self.item(node, frame))
        return found

    def _object(self, node: Object, frame: Frame) -> Item:
        found: dict[str, Item] = {}
        for key, inner in node.members:
            if key is None:
                spread = self.item(inner, frame)
                for one in spread.arms if isinstance(spread, Either) else (spread,):
                    found |= one if isinstance(one, Mapping) else {}
            elif isinstance(key, str):
                found[key] = self.item(inner, frame)
            else:
                name = texts.words(first(self.item(key, frame)))
                found["${" + shown(key)[:80] + "}" if name is None else name] = self.item(inner, frame)
        return found

    def _loop(self, node: Loop, frame: Frame) -> Item:
        found: list[Item] = []
        for _, inner in self.turns(node, frame):
            if node.condition is not None and truth(self.item(node.condition, inner)) is False:
                continue
            found.append(self.item(node.body, inner))
        return found

    def turns(self, loop: Loop, frame: Frame) -> list[tuple[int | None, Frame]]:
        """Return the turns of a loop with what counts in each; one that stands for all where they are not known."""
        over = self.item(loop.over, frame)
        if loop.counted:
            count = texts.words(first(over))
            if count is None or not count.isdigit():
                return [(None, frame.with_copy(loop.copy, None))]
            return [(turn, frame.with_copy(loop.copy, turn)) for turn in range(min(int(count[:6]), MOST_TURNS))]
        items: list[Item] = []
        known = True
        for one in over.arms if isinstance(over, Either) else (over,):
            if isinstance(one, list):
                items += one
            elif isinstance(one, Value) and one.data is None:
                continue
            else:
                items.append(one)
                known = False
        known = known and not isinstance(over, Either)
        found: list[tuple[int | None, Frame]] = []
        for turn, item in enumerate(items[:MOST_TURNS]):
            index = Value(turn) if known else self.unknown(loop.over, "the turn of a loop is not known")
            names = {loop.item: item, **({loop.index: index} if loop.index else {})}
            found.append((turn if known or len(items) > 1 else None, frame.with_names(names)))
        return found

    # --- members

    def member(self, base: Item, name: Item, node: Node, safe: bool = False) -> Item:
        """Return a member of an object, an item of a list, or an attribute of a resource."""
        if isinstance(base, Either):
            made = [self.member(arm, name, node, safe) for arm in base.arms]
            return texts.either(made, base.reason)
        keys = [texts.words(value) for value in texts.scalars(name)]
        if isinstance(base, Value):
            return self._of_value(base, keys, node)
        found = [self._inner(base, key) for key in keys if key is not None]
        known = [one for one in found if one is not None]
        if None in keys:
            known = list(base.values()) if isinstance(base, Mapping) else list(base)
        if not known:
            if safe:
                return Value(None, location=self.at(node))
            return self.unknown(node, "it has no such member")
        return texts.either(known, "which one is meant is not known")

    def _inner(self, base: Item, key: str) -> Item | None:
        if isinstance(base, list):
            index = int(key[:9]) if key.lstrip("-").isdigit() else len(base)
            return base[index] if -len(base) <= index < len(base) else None
        if isinstance(base, Mapping):
            if key in base:
                return base[key]
            return next((value for name, value in base.items() if name.lower() == key.lower()), None)
        return None

    def _of_value(self, base: Value, keys: list[str | None], node: Node) -> Item:
        if isinstance(base.data, Unknown):
            key = keys[0] if len(keys) == 1 else None
            if key is not None and len(base.targets) == 1 and base.data.reason == DEPLOYED:
                found = self.around.member(base.targets[0], key, self.at(node))
                if found is not None:
                    return found
            if any(isinstance(part, str) and part.isdigit() for part in keys) or None in keys:
                return replace(base, data=replace(base.data, pattern=None, holes=()))
            return self.unlike(node, base)
        return (
            Value(None, base.trail, location=self.at(node))
            if base.data is None
            else self.unknown(node, "it has no members")
        )

    def _method(self, node: Method, base: Node, name: str, frame: Frame) -> Item:
        if isinstance(base, Name) and base.name in ("az", "sys") and base.name not in frame.names:
            return self._call(Call(node.pos, name, node.arguments), frame)
        if isinstance(base, Name) and base.name not in frame.names:
            own = self.around.called(Call(node.pos, f"{base.name}.{name}", node.arguments), frame)
            if own is not None:
                return own
        found = self.item(base, frame)
        targets = tuple(Target(t.address, name) for value in every(found) for t in value.targets)
        value = self.unknown(node, DEPLOYED, targets)
        return replace(value, sensitive=name.lower().startswith("list"))

    # --- functions

    def _call(self, node: Call, frame: Frame) -> Item:
        name = node.name.lower().removeprefix("sys.").removeprefix("az.")
        if name == "#broken":
            return self.unknown(node, "it cannot be read", expression=str(getattr(node.arguments[0], "value", "")))
        if name == "if" and len(node.arguments) == 3:
            return self._if(node, frame)
        if name in ("and", "or", "not"):
            return self._logic(node, name, frame)
        if name == "coalesce":
            return self._coalesce(node, frame)
        own = self.around.called(node if name == node.name else replace(node, name=name), frame)
        if own is not None:
            return own
        from providers.arm import functions

        return functions.call(self, node, name, frame)

    def _if(self, node: Call, frame: Frame) -> Item:
        asked, yes, no = node.arguments
        holds = truth(self.item(asked, frame))
        if holds is not None:
            return self.item(yes if holds else no, frame)
        return texts.either([self.item(yes, frame), self.item(no, frame)], f"depends on {shown(asked)[:200]}")

    def _logic(self, node: Call, name: str, frame: Frame) -> Item:
        answers: list[bool | None] = []
        items: list[Item] = []
        for argument in node.arguments:
            items.append(self.item(argument, frame))
            answers.append(truth(items[-1]))
            if name != "not" and answers[-1] is (name == "or"):
                return Value(name == "or", location=self.at(node))
        if None in answers:
            return self.unlike(node, *items)
        return Value(not answers[0] if name == "not" and answers else name == "and", location=self.at(node))

    def _coalesce(self, node: Call, frame: Frame) -> Item:
        found: list[Item] = []
        for argument in node.arguments:
            item = self.item(argument, frame)
            nothing = False
            for arm in item.arms if isinstance(item, Either) else (item,):
                if isinstance(arm, Value) and arm.data is None:
                    nothing = True
                elif isinstance(arm, Value) and isinstance(arm.data, Unknown) and arm.data.reason != DEPLOYED:
                    nothing = True
                    found.append(arm)
                else:
                    found.append(arm)
            if not nothing:
                break
        return texts.either(found, "which one is stated is not known") if found else Value(None, location=self.at(node))

    def data(self, data: object, node: Node, *sources: Item) -> Item:
        """Return plain data as a value that came of some others."""
        values = [value for item in sources for value in every(item)]
        trail = next((value.trail for value in values if value.trail), ())
        targets = tuple(dict.fromkeys(target for value in values for target in value.targets))
        location = self.at(node)
        if isinstance(data, str) and len(data) > _LONGEST:
            return self.unknown(node, f"it is longer than {_LONGEST} characters")
        if isinstance(data, list | dict):
            return of_data(data, (Step("", location), *trail[:_LONGEST_TRAIL]))
        shown_ = f'"{data}"'[:200] if isinstance(data, str) else ""
        sensitive = any(value.sensitive for value in values)
        step = Step('"(sensitive)"' if sensitive else shown_, location)
        return Value(data, (step, *trail[:_LONGEST_TRAIL]), targets, location, sensitive)


def every(item: Item) -> list[Value]:
    """Return all values in something, as many as can be looked at."""
    found: list[Value] = []
    waiting: list[Item] = [item]
    for _ in range(5000):
        if not waiting or len(found) >= 1000:
            break
        one = waiting.pop()
        if isinstance(one, Value):
            found.append(one)
        elif isinstance(one, Either):
            waiting += one.arms
        else:
            waiting += one.values() if isinstance(one, Mapping) else one
    return found


def is_large(item: Item) -> bool:
    """Return whether something holds more than can be looked through, what stands in it twice counted twice."""
    waiting: list[Item] = [item]
    for _ in range(_MOST_ITEMS):
        if not waiting:
            return False
        one = waiting.pop()
        if isinstance(one, Either):
            waiting += one.arms
        elif isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
        if len(waiting) > _MOST_ITEMS:
            return True
    return True


def first(item: Item) -> Value:
    """Return the one plain value that something is; an unknown one where it may be several, or is not plain."""
    found = list(texts.scalars(item))
    return found[0] if len(found) == 1 else Value(Unknown("which one it is is not known"))


def truth(item: Item) -> bool | None:
    """Return whether something holds; None where that is not known."""
    answers = {texts.words(value) for value in texts.scalars(item)}
    if answers == {"true"}:
        return True
    return False if answers and answers <= {"false", ""} else None


def number(value: Value) -> int | None:
    """Return a whole number; None for what is none."""
    data = value.data
    if isinstance(data, bool):
        return None
    if isinstance(data, int | Decimal):
        return int(data)
    return int(data) if isinstance(data, str) and data.lstrip("-").isdigit() and len(data) < 19 else None
