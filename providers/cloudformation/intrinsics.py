"""The intrinsic functions of CloudFormation: values with their trails, and what cannot be known before deployment.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import At, Either, Item, evaluate
from checker.model import Gap, Step, Target, Unknown, Value
from providers.cloudformation.naming import snake, type_of
from providers.cloudformation.template import LOOP, Copier, members

if TYPE_CHECKING:
    from providers.cloudformation.stack import Stack

_HOLE = re.compile(r"\$\{(!?)([^}]*)\}")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html
_DYNAMIC = re.compile(r"\{\{resolve:[^{}]*\}\}")
_DEPLOYED = "known only after deployment"
_OPEN = "the region of the stack is chosen when it is deployed"
# What regions say of the rest of an address, by how they begin; the partition of AWS for all others.
_PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}
_PARTITIONS["eusc-"] = ("aws-eusc", "amazonaws.eu")
_CALLS = (
    "And Base64 Cidr Equals FindInMap GetAtt GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString "
    "Transform"
)
_LONG = {"Ref": "Ref", "Condition": "Condition", **{f"Fn::{name}": name for name in _CALLS.split()}}


def _is_open_region(value: Value) -> bool:
    return isinstance(value.data, Unknown) and value.data.reason == _OPEN


class Evaluator:
    """Evaluates the values of one stack."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._known: dict[int, Item] = {}
        self._called: dict[int, tuple[At, tuple[str, At] | None]] = {}  # which keeps what it is of
        self._parameters: dict[str, Item] = {}
        self._conditions: dict[str, bool | None] = {}
        self._decided: dict[str, Value | None] = {}  # attributes of resources by what their arguments say
        self._open: set[str] = set()  # parameters and conditions on the way: a circle ends in what is unknown

    def item(self, at: At) -> Item:
        """Return what a value comes to."""
        return evaluate(at, self._visit, self._known)

    def called(self, at: At) -> tuple[str, At] | None:
        """Return the function that a value calls and its argument, in either way of writing it; None for plain data."""
        if id(at) not in self._called:
            found = None
            if at.tag and not at.tag.startswith("!!"):
                found = at.tag[1:], at._replace(tag="")
            elif isinstance(at.value, dict) and len(at.value) == 1:
                (name,) = at.value
                found = (_LONG[name], at.value[name]) if name in _LONG else None
            self._called[id(at)] = at, found
        return self._called[id(at)][1]

    def _visit(self, at: At) -> Item | None:
        called = self.called(at)
        if called is None:
            if isinstance(at.value, dict):
                return self._looped(at) if any(name.startswith("Fn::") for name in at.value) else None
            return None if isinstance(at.value, list) else self._literal(at)
        name, argument = called
        match name:
            case "Ref":
                return self._ref(str(argument.value), at)
            case "GetAtt":
                return self._attribute(argument, at)
            case "Sub":
                return self._sub(argument, at)
            case "Join":
                return self._join(argument, at)
            case "Select":
                return self._select(argument, at)
            case "Split":
                return self._split(argument, at)
            case "FindInMap":
                return self._mapped(argument, at)
            case "If":
                return self._if(argument, at)
            case "Base64" | "ToJsonString":
                return self.item(argument)
            case "GetAZs":
                return self._zones(argument, at)
            case "ImportValue":
                return self._imported(argument, at)
            case "Transform":
                return self._unknown(at, "a macro makes it when it is deployed", "Fn::Transform")
            case _:
                return self._unknown(at, f"Fn::{name[:40]} is not evaluated", f"Fn::{name[:40]}")

    def _looped(self, at: At) -> Item:
        """Return a mapping with what its loops make, and without what a macro would make of it."""
        found: dict[str, Item] = {}
        copier = Copier()
        waiting = list(at.value.items())
        while waiting:
            name, inner = waiting.pop(0)
            if name.startswith(LOOP):
                waiting += [one for made in self._stack.loop(name, inner, copier) for one in made.items()]
            elif name == "Fn::Transform":
                why = "a macro adds to it when it is deployed: what it adds was not read"
                where = self._stack.template.location(inner)
                self._stack.gap(Gap(f"{where} (Fn::Transform)", why, where))
            else:
                found[name] = self.item(inner)
        return found

    # --- values

    def _literal(self, at: At) -> Value:
        location = self._stack.template.location(at)
        if isinstance(at.value, str) and "{{resolve:" in at.value:
            pieces: list[str | Item] = []
            end = 0
            for found in _DYNAMIC.finditer(at.value):
                why = "it is looked up when the stack is deployed"
                pieces += [at.value[end : found.start()], Value(Unknown(why, found[0].strip("{}")), location=location)]
                end = found.end()
            text = texts.joined([*pieces, at.value[end:]], location)
            return text if isinstance(text, Value) else Value(at.value)
        return Value(at.value, (Step("", location),), location=location)

    def _unknown(self, at: At, reason: str, expression: str, targets: tuple[Target, ...] = ()) -> Value:
        location = self._stack.template.location(at)
        return Value(Unknown(reason, expression), (Step(expression, location),), targets, location)

    def _ref(self, name: str, at: At) -> Item:
        stack = self._stack
        location = stack.template.location(at)
        if name.startswith("AWS::"):
            return self._pseudo(name, at)
        if name in stack.template.parameters:
            return self._used(self._parameter(name, at), Step(f"parameter {name}", location))
        if name in stack.resources:
            return self._of_resource(name, "id", f"Ref {name}", at)
        return self._unknown(at, f"nothing here is called {name[:200]}", f"Ref {name[:200]}")

    def _pseudo(self, name: str, at: At) -> Item:
        location = self._stack.template.location(at)
        step = Step(name, location)
        region = self._stack.told.region
        if name == "AWS::NoValue":
            return Value(None, (step,), location=location)
        if name == "AWS::Region":
            return self._used(region, step) if region is not None else self._unknown(at, _OPEN, name)
        if name in ("AWS::Partition", "AWS::URLSuffix"):
            text = str(region.data) if region is not None else ""
            partition = next((known for prefix, known in _PARTITIONS.items() if text.startswith(prefix)), None)
            words = partition or ("aws", "amazonaws.com")
            return Value(words[name == "AWS::URLSuffix"], (step,), location=location)
        if name in self._stack.told.known:
            return self._used(self._stack.told.known[name], step)
        return self._unknown(at, _DEPLOYED, name)

    def _parameter(self, name: str, at: At) -> Item:
        if name in self._open:
            return self._unknown(at, "it hangs on itself", name)
        if name not in self._parameters:
            self._open.add(name)
            try:
                self._parameters[name] = self._stack.given(name)
            finally:
                self._open.discard(name)
        return self._parameters[name]

    def _used(self, item: Item, step: Step) -> Item:
        """Return a value with the step of its use before its own way."""
        if isinstance(item, Value):
            return replace(item, trail=(step, *item.trail[:40]))
        if isinstance(item, Either):
            return Either(tuple(self._used(arm, step) for arm in item.arms), item.reason)
        if isinstance(item, list):
            return [self._used(one, step) if isinstance(one, Value) else one for one in item]
        return item

    def _of_resource(self, name: str, attribute: str, expression: str, at: At) -> Item:
        """Return an attribute of a resource: what its arguments decide, else something that hangs on it."""
        target = Target(self._stack.address(name), attribute)
        decided = self._decided_by(name, attribute)
        if decided is None:
            return self._unknown(at, _DEPLOYED, expression, (target,))
        step = Step(expression, self._stack.template.location(at))
        return replace(decided, trail=(step, *decided.trail[:40]), targets=(*decided.targets, target))

    def _decided_by(self, name: str, attribute: str) -> Value | None:
        """Return what an attribute is by the arguments of the resource, as the catalogue says; None if nothing does."""
        key = f"{name}.{attribute}"
        if key not in self._decided:
            self._decided[key] = None  # while it is worked out: what hangs on itself ends here
            written = members(self._stack.resources[name])
            kind = str(written["Type"].value) if "Type" in written else ""
            rule = self._stack.shared.derive("managed", type_of(kind), attribute) if type_of(kind) else None
            rule = "value" if kind == "AWS::SSM::Parameter" and attribute == "value" else rule
            given = members(written.get("Properties"))
            at = next((one for key, one in given.items() if snake(key) == rule), None)
            found = self.item(at) if at is not None else None
            if isinstance(found, Value) and isinstance(found.data, str):
                self._decided[key] = found
        return self._decided[key]

    def _attribute(self, argument: At, at: At) -> Item:
        if isinstance(argument.value, list):
            parts = [texts.words(next(texts.scalars(self.item(part)), Value(None))) or "" for part in argument.value]
        else:
            parts = str(argument.value).split(".", 1)
        name, attribute = "".join(parts[:1]), ".".join(parts[1:])
        expression = f"GetAtt {name}.{attribute}"[:200]
        stack = self._stack
        if name not in stack.resources:
            return self._unknown(at, f"nothing here is called {name[:200]}", expression)
        if attribute.startswith("Outputs.") and stack.nests(name):
            inner = stack.nested(name)
            output = attribute.removeprefix("Outputs.")
            if inner is not None and output in inner.template.outputs:
                return self._used(inner.values.output(output, at), Step(expression, stack.template.location(at)))
        return self._of_resource(name, ".".join(snake(part) for part in attribute.split(".")), expression, at)

    def output(self, name: str, at: At) -> Item:
        """Return the value of an output of the stack."""
        value = members(self._stack.template.outputs[name]).get("Value")
        if value is None or f"output {name}" in self._open:
            return self._unknown(at, "the output has no value that is known", f"output {name}")
        self._open.add(f"output {name}")
        try:
            return self.item(value)
        finally:
            self._open.discard(f"output {name}")

    def _imported(self, argument: At, at: At) -> Item:
        name = next(texts.scalars(self.item(argument)), Value(None))
        found = self._stack.shared.imports.value(self._stack, name, at)
        if found is not None:
            return self._used(found, Step(f"Fn::ImportValue {name.text}"[:200], self._stack.template.location(at)))
        return self._unknown(at, "it is an export of another stack", f"Fn::ImportValue {name.text or ''}"[:200])

    # --- texts and lists

    def _sub(self, argument: At, at: At) -> Item:
        text, own = argument, {}
        if isinstance(argument.value, list):
            text = argument.value[0] if argument.value else at
            own = members(argument.value[1]) if len(argument.value) > 1 else {}
        if not isinstance(text.value, str):
            return self._unknown(at, "it is no text", "Fn::Sub")
        pieces: list[str | Item] = []
        end = 0
        for hole in _HOLE.finditer(text.value):
            pieces.append(text.value[end : hole.start()])
            end = hole.end()
            name = hole[2].strip()
            if hole[1]:
                pieces.append(f"${{{name}}}")
            elif name in own:
                pieces.append(self.item(own[name]))
            elif "." in name:
                pieces.append(self._attribute(At(text.pos, name), text))
            else:
                pieces.append(self._ref(name, text))
        literal = self._literal(At(text.pos, text.value[end:]))
        pieces.append(literal if isinstance(literal.data, Unknown) else text.value[end:])
        return texts.joined(pieces, self._stack.template.location(text))

    def _join(self, argument: At, at: At) -> Item:
        if not isinstance(argument.value, list) or len(argument.value) != 2:
            return self._unknown(at, "it is no list of a delimiter and a list", "Fn::Join")
        delimiter = str(argument.value[0].value or "")
        items = self.item(argument.value[1])
        lists = items.arms if isinstance(items, Either) else (items,)
        found: list[Item] = []
        for one in lists:
            if not isinstance(one, list):
                found.append(one if isinstance(one, Value) else self._unknown(at, "it is no list", "Fn::Join"))
                continue
            pieces: list[str | Item] = []
            for item in one:
                for inner in item if isinstance(item, list) else [item]:  # a list parameter among others
                    pieces += [delimiter, inner] if pieces else [inner]
            found.append(texts.joined(pieces, self._stack.template.location(at)))
        return texts.either(found, items.reason if isinstance(items, Either) else "")

    def _select(self, argument: At, at: At) -> Item:
        if isinstance(argument.value, list) and len(argument.value) == 2:
            index = texts.words(next(texts.scalars(self.item(argument.value[0])), Value(None)))
            items = self.item(argument.value[1])
            zones = self.called(argument.value[1])
            if zones is not None and zones[0] == "GetAZs":
                index = "0"  # one stands for all
            found: list[Item] = []
            for one in items.arms if isinstance(items, Either) else (items,):
                if not isinstance(one, list):
                    found.append(one)
                elif index is None:
                    found += one
                elif index.isdigit() and len(index) < 6 and int(index) < len(one):
                    found.append(one[int(index)])
            if found and not any(isinstance(one, Mapping) for one in found):
                return texts.either(found, "which one is selected is not known")
        return self._unknown(at, "what is selected is not known", "Fn::Select")

    def _split(self, argument: At, at: At) -> Item:
        if isinstance(argument.value, list) and len(argument.value) == 2:
            delimiter = str(argument.value[0].value or "")
            found: list[Item] = []
            for value in texts.scalars(self.item(argument.value[1])):
                parts = texts.split(value, delimiter)
                found.append(parts if parts is not None else value)
            return found[0] if len(found) == 1 else texts.either(found, "what is split is not known")
        return self._unknown(at, "what is split is not known", "Fn::Split")

    def _zones(self, argument: At, at: At) -> Item:
        """Return a zone that stands for all of a region: they lie together."""
        stated = next(texts.scalars(self.item(argument)), Value(None))
        region = stated if stated.data else self._pseudo("AWS::Region", at)
        found = [replace(one, data=f"{one.data}a") for one in texts.scalars(region) if isinstance(one.data, str)]
        return [*found] if found else region

    def _mapped(self, argument: At, at: At) -> Item:
        parts = argument.value if isinstance(argument.value, list) else []
        if len(parts) < 3:
            return self._unknown(at, "it is no map and two keys", "Fn::FindInMap")
        found: list[At] = [self._stack.template.mappings]
        names: list[str] = []
        missing = by_region = False
        for part in parts[:3]:
            stated = list(texts.scalars(self.item(part)))
            keys = [texts.words(value) for value in stated]
            by_region = by_region or any(_is_open_region(value) for value in stated)
            inner: list[At] = []
            for one in found:
                here = members(one)
                inner += here.values() if None in keys else [here[key] for key in keys if key in here]
                missing = missing or any(key is not None and key not in here for key in keys)
            found = inner
            names.append("*" if None in keys else "|".join(key for key in keys if key))
        step = Step(f"mapping {'.'.join(names)}"[:200], self._stack.template.location(at))
        items = [self._used(self.item(one), step) for one in found[:200]]
        default = members(parts[3]).get("DefaultValue") if len(parts) > 3 else None
        if default is not None and (missing or not items):
            items.append(self.item(default))
        if not items:
            return self._unknown(at, f"the mapping has no {'.'.join(names)}"[:200], "Fn::FindInMap")
        found_ = texts.either(items, "which entry of the mapping counts is not known")
        if by_region and isinstance(found_, Either | Value) and found_ is not items[0]:
            # Each entry is for one region, and the stack is in one: no entry counts in all of them.
            return texts.alike(items, f"it hangs on the region, and {_OPEN}", step)
        return found_

    # --- conditions

    def _if(self, argument: At, at: At) -> Item:
        if not isinstance(argument.value, list) or len(argument.value) != 3:
            return self._unknown(at, "it is no condition and two values", "Fn::If")
        name = str(argument.value[0].value)
        holds = self.condition(name)
        if holds is not None:
            return self.item(argument.value[1 if holds else 2])
        return texts.either([self.item(arm) for arm in argument.value[1:]], f"depends on condition {name}")

    def condition(self, name: str) -> bool | None:
        """Return whether a condition of the template holds; None when that is not known."""
        at = self._stack.template.conditions.get(name)
        if name not in self._conditions:
            self._conditions[name] = None  # while it is worked out: what hangs on itself ends here
            self._conditions[name] = self._holds(at) if at is not None else None
        return self._conditions[name]

    def _holds(self, at: At) -> bool | None:
        called = self.called(at)
        if called is None:
            return None
        name, argument = called
        parts = argument.value if isinstance(argument.value, list) else [argument]
        if name == "Condition":
            return self.condition(str(argument.value))
        if name == "Equals" and len(parts) == 2:
            one, other = ({texts.words(value) for value in texts.scalars(self.item(part))} for part in parts)
            if None in one or None in other:
                return None
            return None if len(one | other) > 1 and one & other else bool(one & other)
        answers = [self._holds(part) for part in parts[:100]]
        if name == "Not" and len(answers) == 1:
            return None if answers[0] is None else not answers[0]
        if name in ("And", "Or"):
            decisive = name == "Or"
            if decisive in answers:
                return decisive
            return None if None in answers else not decisive
        return None
