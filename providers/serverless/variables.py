"""What the variables of a service come to.

A variable that only the command line or the machine that deploys gives counts by its fallback, as every other format
counts defaults: `${opt:stage, 'dev'}` is dev unless `--var stage=…` says otherwise.

Sources: https://www.serverless.com/framework/docs/guides/variables and
https://www.serverless.com/framework/docs/guides/parameters
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import replace

from checker import texts
from checker.documents import At, Either, Item
from checker.formats import Options
from checker.model import FileLocation, Gap, Step, Unknown, Value
from checker.source import SyntaxProblem, Unreadable
from providers.serverless.sources import Files, NotRead
from providers.serverless.syntax import Call, Variable, pieces

_MOST = 50_000  # values that variables make of one service
_MOST_FOUND = 100  # places that one variable may mean
_CIRCLE = "it hangs on itself"
_OPEN = "which entry counts is not known"
_INDEX = re.compile(r"\d{1,5}")
_PLUGIN = re.compile(r"#\{(AWS::\w+|\w+(?:\.[\w.]+)?)\}")  # of serverless-pseudo-parameters
_SUB = "Fn::Sub"
# What the framework takes when nothing is stated: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
_DEFAULTS = {"provider.stage": "dev", "provider.region": "us-east-1"}
_GIVEN = {
    "opt": "option --{0} is given when it is deployed: --var {0}=… says it here",
    "param": "parameter {0} is given when it is deployed: --var {0}=… says it here",
    "env": "environment variable {0} of the machine that deploys it decides",
}
_LOOKED_UP = {"ssm", "s3", "cf", "secretsManager", "aws", "git", "terraform", "vault", "doppler", "construct", "output"}


class Variables:
    """Evaluates the values of one service."""

    def __init__(self, files: Files, config: At, options: Options, gaps: list[Gap]) -> None:
        self.inputs: dict[str, Item] = {}  # what variables come to, as parameters of the template
        self._files = files
        self._config = config
        self._gaps = gaps
        self._given = dict(options.variables)
        self._machine = dict(os.environ) if options.use_env else {}
        self._items: dict[int, tuple[At, Item]] = {}  # which keeps what it is of
        self._expanded: dict[int, tuple[At, At]] = {}
        self._open: set[str] = set()
        self._followed: set[int] = set()
        self._left = _MOST

    def location(self, at: At) -> FileLocation:
        """Return where a value stands."""
        return self._files.text.location(at.pos)

    # --- structure

    def member(self, at: At | None, *names: str) -> At | None:
        """Return what stands under some names, one inside the other, variables on the way followed; or None."""
        if at is None:
            return None
        found = self._walk(at, list(names))
        return next((one for one in found if isinstance(one, At)), None)

    def members(self, at: At | None) -> dict[str, At]:
        """Return the members of a mapping, or of a list of mappings; none for anything else."""
        found: dict[str, At] = {}
        for one in self._structures(at) if at is not None else []:
            listed = one.value if isinstance(one, At) and isinstance(one.value, list) else [one]
            for inner in listed:
                for each in self._structures(inner):
                    if isinstance(each, At) and isinstance(each.value, dict):
                        found |= each.value
        return found

    def _structures(self, at: At | Value) -> list[At | Value]:
        """Return what a value is once the variable that stands for all of it is followed."""
        if not isinstance(at, At) or not isinstance(at.value, str):
            return [at]
        parts = pieces(at.value)
        if len(parts) != 1 or not isinstance(parts[0], Variable):
            return [at]
        if id(at) in self._followed:
            return [self._unknown(at, _CIRCLE, parts[0].written[2:-1])]
        self._followed.add(id(at))
        try:
            return [inner for one in self._found(parts[0], at) for inner in self._structures(one)]
        finally:
            self._followed.discard(id(at))

    def _walk(self, start: At, names: list[str]) -> list[At | Value]:
        """Return what an address means; a name with a hole may be any."""
        here: list[At | Value] = [start]
        for number, name in enumerate(names):
            there: list[At | Value] = []
            for outer in here:
                for one in self._structures(outer):
                    if isinstance(one, Value):
                        there += [one] if isinstance(one.data, Unknown) else []
                    elif isinstance(one.value, dict):
                        there += one.value.values() if "${" in name else [one.value[name]] if name in one.value else []
                    elif isinstance(one.value, list) and _INDEX.fullmatch(name):
                        there += one.value[int(name) : int(name) + 1]
            if not there and start is self._config and number == len(names) - 1:
                default = _DEFAULTS.get(".".join(names))
                if default is not None:
                    return [Value(default, (Step(f"default of {'.'.join(names)}", self.location(start)),))]
            here = there[:_MOST_FOUND]
        return [one for one in here if not (isinstance(one, At) and one.value is None)]

    # --- values

    def item(self, at: At) -> Item:
        """Return what a value comes to."""
        known = self._items.get(id(at))
        if known is None:
            self._spend(at)
            self._items[id(at)] = at, self._unknown(at, _CIRCLE, "")  # while it is worked out
            known = self._items[id(at)] = at, self._item(at)
        return known[1]

    def _item(self, at: At) -> Item:
        if isinstance(at.value, dict):
            only = next(iter(at.value)) if len(at.value) == 1 else ""
            if only == "Ref" or only.startswith("Fn::"):
                return self._unknown(at, "CloudFormation decides it when it is deployed", only)
            return {name: self.item(inner) for name, inner in at.value.items()}
        if isinstance(at.value, list):
            return [self.item(inner) for inner in at.value]
        location = self.location(at)
        parts = pieces(at.value) if isinstance(at.value, str) else [at.value]
        if len(parts) == 1:
            (part,) = parts
            if isinstance(part, Variable):
                return self._come(part, at)
            return Value(at.value, (Step("", location),), location=location)
        return texts.joined([self._come(part, at) if isinstance(part, Variable) else part for part in parts], location)

    def _come(self, variable: Variable, at: At) -> Item:
        """Return what a variable comes to, with the step of its use before its own way."""
        step = Step(variable.written[:200], self.location(at))
        items: list[Item] = []
        for one in self._found(variable, at):
            item = self.item(one) if isinstance(one, At) else one
            items.append(_used(item, step))
        return texts.either(items, _OPEN)

    def text(self, at: At) -> str | None:
        """Return the one text that a value comes to, or None."""
        found = list(texts.scalars(self.item(at)))
        return texts.words(found[0]) if len(found) == 1 else None

    def _unknown(self, at: At, reason: str, expression: str) -> Value:
        location = self.location(at)
        return Value(Unknown(reason, expression), (Step(expression, location),), location=location)

    def _spend(self, at: At) -> None:
        self._left -= 1
        if self._left < 0:
            raise SyntaxProblem(at.pos, f"its variables make more than {_MOST} values")

    # --- variables

    def _found(self, variable: Variable, at: At) -> list[At | Value]:
        """Return what a variable means: one place as a rule, several where an address is not known; never none."""
        missing = self._unknown(at, _CIRCLE, variable.written[2:-1])
        if variable.written in self._open or len(self._open) > 100:
            return [missing]
        self._open.add(variable.written)
        try:
            found = self._of_calls(variable, at)
        finally:
            self._open.discard(variable.written)
        if found:
            return found
        return [self._unknown(at, self._reason(variable.calls[0], at), variable.written[2:-1][:200])]

    def _of_calls(self, variable: Variable, at: At) -> list[At | Value]:
        found: list[At | Value] = []
        for call in variable.calls:
            some = self._of_call(call, at)
            found += some
            if some and not (call.source in _LOOKED_UP and all(_is_unknown(one) for one in some)):
                break
        return found[:_MOST_FOUND]

    def _reason(self, call: Call, at: At) -> str:
        name = self._addresses(call.address, at)[0] if call.address else ""
        if call.source in _GIVEN:
            return _GIVEN[call.source].format(name[:100])
        if call.source == "file":
            return "the file that it is taken from is not in the checked tree, or does not say it"
        return "the service does not state it"

    def _of_call(self, call: Call, at: At) -> list[At | Value]:
        """Return what one way to a value leads to, nothing where it leads nowhere."""
        match call.source:
            case "":
                if isinstance(call.literal, Variable):
                    return self._found(call.literal, at)
                location = self.location(at)
                known = call.literal is not None
                return [Value(call.literal, (Step("its fallback", location),), location=location)] if known else []
            case "self":
                return self._named(self._config, call.address, at)
            case "file":
                return self._of_file(call, at)
            case "opt" | "param" | "env":
                return [one for name in self._addresses(call.address, at) for one in self._given_as(call.source, name)]
            case "sls" if call.address == "stage":
                return self.stage()
            case "aws" if call.address == "region":
                return self._walk(self._config, ["provider", "region"])
            case "strToBool":
                return [self.item_of(call.parameters, at)]
            case source if source in _LOOKED_UP:
                return [self._unknown(at, "it is looked up when it is deployed", f"{source}:{call.address}"[:200])]
            case source:
                return [self._unknown(at, f"variables of {source[:40]} are not read", f"{source}:{call.address}"[:200])]

    def item_of(self, text: str, at: At) -> Value:
        """Return the one value that a text comes to which stands within another."""
        return next(texts.scalars(self.item(At(at.pos, text))), Value(None))

    def region(self) -> Item:
        """Return the region that the provider states, or the framework's default."""
        found = self._walk(self._config, ["provider", "region"])
        return texts.either([self._plain(one) for one in found] or [Value(None)], _OPEN)

    def stage(self) -> list[At | Value]:
        """Return the stage that is deployed: as given, as the provider says, else dev."""
        return self._given_as("opt", "stage") or self._walk(self._config, ["provider", "stage"])

    def _given_as(self, source: str, name: str) -> list[At | Value]:
        if source == "env":
            data = self._machine.get(name)
            return [Value(data, (Step(f"environment variable {name}"),))] if data is not None else []
        if name in self._given:
            return [Value(self._given[name], (Step(f"--var {name}={self._given[name]}"),))]
        if source == "param":
            stages = [texts.words(value) for one in self.stage() for value in texts.scalars(self._plain(one))]
            for above in (("params",), ("stages",)):
                for stage in [*filter(None, stages), "default"]:
                    names = [*above, stage, name] if above == ("params",) else ["stages", stage, "params", name]
                    found = self._walk(self._config, names)
                    if found:
                        return found
        return []

    def _plain(self, one: At | Value) -> Item:
        return self.item(one) if isinstance(one, At) else one

    def _addresses(self, address: str, at: At) -> list[str]:
        """Return what an address may be, its unknown parts as `${…}`."""
        if "${" not in address:
            return [address]
        found = [value.text for value in texts.scalars(self.item(At(at.pos, address)))]
        return [text if text is not None else "${}" for text in found][:_MOST_FOUND] or ["${}"]

    def _named(self, start: At, address: str, at: At) -> list[At | Value]:
        if not address:
            return [start]
        every = (self._walk(start, _names(text)) for text in self._addresses(address, at))
        return [one for found in every for one in found]

    def _of_file(self, call: Call, at: At) -> list[At | Value]:
        found: list[At | Value] = []
        for name in self._addresses(call.parameters.strip("'\" "), at):
            if "${" in name:
                why = "which file it is taken from is not known"
                found.append(self._unknown(at, why, f"file({name})"[:200]))
                continue
            try:
                document = self._files.document(self._files.path.parent / name.replace("~", "_", 1))
            except NotRead as problem:
                found.append(self._unknown(at, str(problem), f"file({name})"[:200]))
                continue
            except Unreadable as problem:
                self._gaps.append(Gap(name[:200], str(problem), self.location(at), fatal=True))
                continue
            except SyntaxProblem as problem:
                where = self._files.text.location(problem.offset)
                self._gaps.append(Gap(name[:200], problem.reason, where, fatal=True))
                continue
            if document is not None:
                found += self._named(document, call.address, at)
            elif self._is_last(call, at):
                why = "a file that it takes from is not in the checked tree"
                self._gaps.append(Gap(name[:200], why, self.location(at)))
        return found

    def _is_last(self, call: Call, at: At) -> bool:
        """Return whether nothing counts instead of a file that is not there."""
        parts = pieces(at.value) if isinstance(at.value, str) else []
        return not any(isinstance(part, Variable) and call in part.calls[:-1] for part in parts)

    # --- what CloudFormation evaluates

    def expanded(self, at: At) -> At:
        """Return a value with its variables as parameters of a template, and as structure what stands for one."""
        known = self._expanded.get(id(at))
        if known is None:
            self._spend(at)
            self._expanded[id(at)] = at, At(at.pos, None)  # while it is worked out: what holds itself ends here
            known = self._expanded[id(at)] = at, self._expand(at)
        return known[1]

    def _expand(self, at: At) -> At:
        if isinstance(at.value, dict):
            if len(at.value) == 1 and _SUB in at.value:
                return At(at.pos, {_SUB: self._substituted(at.value[_SUB])}, at.tag)
            return At(at.pos, {name: self.expanded(inner) for name, inner in at.value.items()}, at.tag)
        if at.tag == "!Sub":
            return At(at.pos, {_SUB: self._substituted(at._replace(tag=""))})
        if isinstance(at.value, list):
            return At(at.pos, [self.expanded(inner) for inner in at.value], at.tag)
        if not isinstance(at.value, str) or at.tag:
            return at
        if "#{" in at.value and _PLUGIN.search(at.value):
            text = _PLUGIN.sub(r"${\1}", at.value)
            return At(at.pos, {_SUB: self._substituted(At(at.pos, text))})
        if all(isinstance(part, str) for part in pieces(at.value)):
            return at
        found = self._structures(at)
        if len(found) == 1 and isinstance(found[0], At) and isinstance(found[0].value, dict | list):
            return self.expanded(found[0])
        return self._parameter(at.value, at)

    def _parameter(self, text: str, at: At) -> At:
        """Return a reference to a parameter that is what a text with variables comes to."""
        name = text[:200]
        if name not in self.inputs:
            parts = pieces(text)
            whole = parts[0] if len(parts) == 1 and isinstance(parts[0], Variable) else None
            found = [self._plain(one) for one in self._found(whole, at)] if whole is not None else []
            # The reference is the step of its use.
            self.inputs[name] = texts.either(found, _OPEN) if found else self.item(At(at.pos, text))
        return At(at.pos, {"Ref": At(at.pos, name)})

    def _substituted(self, at: At) -> At:
        """Return the argument of Fn::Sub with variables as names of its own."""
        text = at.value[0] if isinstance(at.value, list) and at.value else at
        own = self.expanded(at.value[1]).value if isinstance(at.value, list) and len(at.value) > 1 else {}
        if not isinstance(text.value, str) or not isinstance(own, dict):
            return at
        made: list[str] = []
        for part in pieces(_PLUGIN.sub(r"${\1}", text.value)):
            if isinstance(part, str):
                made.append(part)
                continue
            name = f"variable {len(own)}"
            own = {**own, name: self._parameter(part.written, text)}
            made.append(f"${{{name}}}")
        return At(at.pos, [At(text.pos, "".join(made)), At(text.pos, own)])


def _names(address: str) -> list[str]:
    """Return the names of an address: dots outside of holes part them."""
    found = [""]
    depth = 0
    for char in address[:2000]:
        depth += (char == "{") - (char == "}")
        if char == "." and depth <= 0:
            found.append("")
        else:
            found[-1] += char
    return [name for name in found if name]


def _is_unknown(one: At | Value) -> bool:
    return isinstance(one, Value) and isinstance(one.data, Unknown)


def _used(item: Item, step: Step) -> Item:
    if isinstance(item, Value):
        return replace(item, trail=(step, *item.trail[:40]))
    if isinstance(item, Either):
        return Either(tuple(_used(arm, step) for arm in item.arms), item.reason)
    if isinstance(item, Mapping):
        return item
    return [_used(one, step) if isinstance(one, Value) else one for one in item]
