"""A block's arguments by path, for readers who know nothing of Terraform (checker.model.Body)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from checker.model import FileLocation, Step, Target, Value
from checker.model import Unknown as UnknownValue
from checker.source import Source
from providers.terraform.access import pairs
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.modules import Declaration
from providers.terraform.run import MOST_WEIGHT, TooMuch, weight
from providers.terraform.syntax import Attribute, Body, Literal, Nested
from providers.terraform.values import Data, Encoded, Lazy, Origin, TerraformError, Text, Unknown

if TYPE_CHECKING:
    from providers.terraform.instances import ModuleInstance


_LONGEST_TRAIL = 24
_MOST_VALUES = 1000
_DEEPEST = 4  # how deep members of members get names of their own


class BlockBody:
    """The arguments of a resource, data source, module call or provider, evaluated on demand."""

    __slots__ = ("_body", "_declaration", "_module", "_scope", "_shown")

    def __init__(self, module: ModuleInstance, body: Body, scope: Scope, declaration: Declaration, shown: str) -> None:
        self._module = module
        self._body = body
        self._scope = scope
        self._declaration = declaration
        self._shown = shown  # what a trail calls the block: 'provider "aws"'; "" for the resource itself

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        found: list[Value] = []
        with self._module.run.allowance():
            for leaf in self._leaves(self._body, path.split("."), self._scope):
                for value in self._values(leaf, path):
                    found.append(value)
                    if len(found) > _MOST_VALUES:
                        # What is cut off must not pass for what is not there.
                        rest = UnknownValue(f"it has more than {_MOST_VALUES} values", path)
                        return (*found[:_MOST_VALUES], replace(value, data=rest))
        return tuple(found)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the maps, objects and blocks at a dotted path by their members; see checker.model.Body."""
        found: list[dict[str, tuple[Value, ...]]] = []
        with self._module.run.allowance():
            for leaf in self._leaves(self._body, path.split("."), self._scope):
                if leaf.inside is not None:
                    members = self._members(*leaf.inside)
                    found.append({name: tuple(values) for name, values in members.items()})
                else:
                    found += self._objects(leaf, path)
        return tuple(found[:_MOST_VALUES])

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments that are stated."""
        return tuple(self._body.attributes)

    def raw(self, name: str) -> Data:
        """Return an argument as a Terraform value, None when it is not stated."""
        with self._module.run.allowance():
            return next((leaf.data for leaf in self._leaves(self._body, [name], self._scope)), None)

    # --- walking

    def _leaves(self, body: Body, path: list[str], scope: Scope) -> Iterator[_Leaf]:
        name, rest = path[0], path[1:]
        attribute = body.attributes.get(name)
        if attribute is not None:
            source = attribute.source
            try:
                value = evaluate(attribute.value, Scope(scope.module, scope.names, source))
                if weight(value) > MOST_WEIGHT:
                    value = Unknown("it is too large", expression=name)
            except (TerraformError, TooMuch) as error:
                value = Unknown(str(error), expression=name)
            except RecursionError:
                value = Unknown("it is nested too deeply", expression=name)
            yield from _descend(value, rest, attribute)
        for block in body.blocks:
            if block.type == name:
                yield from self._nested(block, rest, scope)
            elif block.type == "dynamic" and block.labels == (name,):
                yield from self._dynamic(block, rest, scope)

    def _nested(self, block: Nested, rest: list[str], scope: Scope) -> Iterator[_Leaf]:
        if rest:
            yield from self._leaves(block.body, rest, scope)
        else:
            # The path names the block itself: that it is there is what the reader wants to know.
            stands = Attribute(block.pos, block.type, _NOTHING, self._declaration.source)
            yield _Leaf({}, stands, inside=(block.body, scope))

    def _dynamic(self, block: Nested, rest: list[str], scope: Scope) -> Iterator[_Leaf]:
        content = next((inner for inner in block.body.blocks if inner.type == "content"), None)
        each = block.body.attributes.get("for_each")
        if content is None or each is None:
            return
        iterator = block.labels[0]
        if "iterator" in block.body.attributes:
            node = block.body.attributes["iterator"].value
            iterator = str(getattr(node, "root", iterator))
        inner = Nested(content.pos, iterator, (), content.body)
        names: dict[str, Data]
        try:
            collection = evaluate(each.value, Scope(scope.module, scope.names, each.source))
            if isinstance(collection, Unknown) and collection.alternatives:
                for arm in collection.alternatives:
                    for key, value in [] if arm is None or isinstance(arm, Unknown) else pairs(arm):
                        self._module.spend()
                        names = {"key": key, "value": value}
                        yield from self._nested(inner, rest, scope.with_names(**{iterator: names}))
                if not any(isinstance(arm, Unknown) for arm in collection.alternatives):
                    return
            if isinstance(collection, Unknown):
                names = {
                    "key": Unknown(collection.reason, expression=f"{iterator}.key", targets=collection.targets),
                    "value": Unknown(collection.reason, expression=f"{iterator}.value", targets=collection.targets),
                }
                yield from self._nested(inner, rest, scope.with_names(**{iterator: names}))
                return
            for key, value in [] if collection is None else pairs(collection):
                self._module.spend()
                yield from self._nested(inner, rest, scope.with_names(**{iterator: {"key": key, "value": value}}))
        except (TerraformError, TooMuch) as error:
            yield _Leaf(Unknown(str(error), expression=f"dynamic {iterator}"), each)

    # --- blocks and maps by their members

    def _members(self, body: Body, scope: Scope) -> dict[str, list[Value]]:
        found: dict[str, list[Value]] = {}
        for name in body.attributes:
            for leaf in self._leaves(body, [name], scope):
                self._flatten(leaf, name, found)
        for type in dict.fromkeys(_block_type(block) for block in body.blocks):
            for leaf in self._leaves(body, [type], scope):
                if leaf.inside is not None:
                    for name, values in self._members(*leaf.inside).items():
                        found.setdefault(f"{type}.{name}", []).extend(values)
        return found

    def _objects(self, leaf: _Leaf, path: str) -> Iterator[dict[str, tuple[Value, ...]]]:
        data, attribute, maybe, _ = leaf
        if isinstance(data, list):
            for item in data:
                yield from self._objects(_Leaf(item, attribute, maybe), path)
        elif isinstance(data, dict):
            members: dict[str, list[Value]] = {}
            for name, value in data.items():
                self._flatten(_Leaf(value, attribute, maybe), name, members)
            yield {name: tuple(values) for name, values in members.items()}
        elif isinstance(data, Encoded):
            yield from self._objects(_Leaf(data.data, attribute, maybe), path)
        elif isinstance(data, str):
            if data.lstrip()[:1] in ("{", "["):
                with contextlib.suppress(ValueError, RecursionError):
                    yield from self._objects(_Leaf(json.loads(data), attribute, maybe), path)
        elif isinstance(data, Unknown) and data.encoded is not None:
            yield from self._objects(_Leaf(data.encoded, attribute, maybe), path)
        elif isinstance(data, Unknown) and data.alternatives:
            for arm in data.alternatives:
                yield from self._objects(_Leaf(arm, attribute, maybe or data.reason), path)
        elif isinstance(data, Unknown):
            yield {"": tuple(self._values(leaf, path))}

    def _flatten(self, leaf: _Leaf, name: str, found: dict[str, list[Value]], depth: int = 0) -> None:
        data, attribute, maybe, _ = leaf
        if isinstance(data, Unknown) and data.alternatives:
            for arm in data.alternatives:
                self._flatten(_Leaf(arm, attribute, maybe or data.reason), name, found, depth)
        elif isinstance(data, dict) and depth < _DEEPEST:
            for inner, value in data.items():
                self._flatten(_Leaf(value, attribute, maybe), f"{name}.{inner}", found, depth + 1)
        elif isinstance(data, list) and depth < _DEEPEST:
            for item in data:
                self._flatten(_Leaf(item, attribute, maybe), name, found, depth + 1)
        else:
            found.setdefault(name, []).extend(self._values(leaf, name))

    # --- leaves to values

    def _values(self, leaf: _Leaf, path: str) -> Iterator[Value]:
        data, attribute, maybe, _ = leaf
        if data is None and not maybe:
            return
        if isinstance(data, list):
            for item in data:
                yield from self._values(_Leaf(item, attribute, maybe), path)
            return
        assert isinstance(attribute.source, Source)
        location = attribute.source.location(attribute.pos)
        origin = data.origin if isinstance(data, Text | Unknown) else None
        shown = f"{self._shown}.{path}" if self._shown else path
        trail = (Step(shown, location), *((Step(maybe),) if maybe else ()), *_trail(origin))
        targets = tuple(dict.fromkeys((*(data.targets if isinstance(data, Unknown) else ()), *_targets(origin))))
        sensitive = origin is not None and _sensitive(origin)
        if isinstance(data, Unknown):
            text = data.inner or data  # what base64 hides is what somebody wants to read
            plain: object = UnknownValue(data.reason, data.expression, text.pattern, text.holes)
        elif isinstance(data, Text):
            plain = str(data)
        else:
            plain = data
        yield Value(plain, trail, targets, location, sensitive)


class _Leaf(NamedTuple):
    data: Data
    attribute: Attribute
    maybe: str = ""  # what decides whether it is this value or another: "depends on var.prod"
    inside: tuple[Body, Scope] | None = None  # of a block


_NOTHING = Literal(0, None)


def _block_type(block: Nested) -> str:
    """Return what a nested block makes: its type, or the label of a dynamic one."""
    return block.labels[0] if block.type == "dynamic" and block.labels else block.type


def _descend(value: Data, path: list[str], attribute: Attribute, maybe: str = "") -> Iterator[_Leaf]:
    """Follow a path into a value: each arm of what is undecided, every element of a list, an object's member, JSON
    inside a string."""
    if type(value) is Unknown and value.alternatives:
        for arm in value.alternatives:
            yield from _descend(arm, path, attribute, maybe or value.reason)
        return
    if value is None and not maybe:
        return
    if not path or value is None:
        yield _Leaf(value, attribute, maybe)
        return
    if isinstance(value, list):
        for item in value:
            yield from _descend(item, path, attribute, maybe)
    elif isinstance(value, dict):
        if path[0] in value:
            yield from _descend(value[path[0]], path[1:], attribute, maybe)
    elif isinstance(value, Encoded):
        yield from _descend(value.data, path, attribute, maybe)
    elif isinstance(value, Lazy):
        try:
            yield from _descend(value.attr(path[0]), path[1:], attribute, maybe)
        except TerraformError as error:
            yield _Leaf(Unknown(str(error), expression=value.expression), attribute)
    elif isinstance(value, Unknown) and value.encoded is not None:
        yield from _descend(value.encoded, path, attribute, maybe)
    elif isinstance(value, Unknown):
        yield _Leaf(value, attribute, maybe)
    elif isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            yield from _descend(json.loads(value), path, attribute, maybe)
        except (ValueError, RecursionError):
            return


def _trail(origin: Origin | None) -> tuple[Step, ...]:
    """Return the way of a value: each stop once, the first origin where several were joined."""
    steps: list[Step] = []
    last: FileLocation | None = None
    while origin is not None and len(steps) < _LONGEST_TRAIL:
        location = origin.file.location(origin.offset) if isinstance(origin.file, Source) else None
        if origin.text or location != last:
            steps.append(Step(origin.text, location))
            last = location
        # Follow the part that leads somewhere: another name rather than a bit of literal text.
        origin = next((p for p in origin.parents if p.text or p.parents), origin.parents[0] if origin.parents else None)
    return tuple(steps)


def _targets(origin: Origin | None) -> Iterator[Target]:
    waiting = [origin] if origin is not None else []
    seen = 0
    while waiting and seen < 200:
        one = waiting.pop()
        seen += 1
        yield from one.targets
        waiting += one.parents


def _sensitive(origin: Origin) -> bool:
    # Each origin once: text that is joined with itself again and again has a few origins and endless ways to them.
    seen: set[int] = set()
    waiting = [origin]
    while waiting:
        one = waiting.pop()
        if one.sensitive:
            return True
        if id(one) not in seen:
            seen.add(id(one))
            waiting += one.parents
    return False
