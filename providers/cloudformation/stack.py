"""A stack: a template with what it is deployed with, and the stacks that it nests.

Sources: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-nested-stacks.html and
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudformation-stackset.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import At, Either, Item
from checker.formats import Derive
from checker.model import FileLocation, Gap, Step, Unknown, Value
from checker.source import Source, SyntaxProblem
from providers.cloudformation import template
from providers.cloudformation.deployments import Deployment
from providers.cloudformation.intrinsics import Evaluator
from providers.cloudformation.template import LOOP, Template, members
from providers.cloudformation.tree import Tree

if TYPE_CHECKING:
    from providers.cloudformation.imports import Imports

STACKS = ("AWS::CloudFormation::Stack", "AWS::Serverless::Application")
STACK_SET = "AWS::CloudFormation::StackSet"
_MOST_DEPTH = 10
_MOST_STACKS = 1000  # of one root
_MOST_RESOURCES = 10_000  # of one stack
_LONGEST_VALUE = 255  # of a loop: what is longer makes no logical id


@dataclass(slots=True)
class Shared:
    """What the stacks of one root share."""

    tree: Tree
    imports: Imports
    derive: Derive
    gaps: list[Gap] = field(default_factory=list)
    read: set[Path] = field(default_factory=set)  # the templates that stacks were made of
    made: int = 0


class Stack:
    """A stack; nothing of it is evaluated before it is asked for."""

    def __init__(
        self,
        shared: Shared,
        path: Path,
        written: Template,
        told: Deployment,
        *,
        prefix: str = "",
        calls: tuple[Step, ...] = (),
        depth: int = 0,
    ) -> None:
        self.shared = shared
        self.path = path
        self.template = written
        self.told = told
        self.prefix = prefix
        self.calls = calls
        self.depth = depth
        self.values = Evaluator(self)
        self._resources: dict[str, At] | None = None
        self._nested: dict[str, Stack | None] = {}
        shared.read.add(path)
        shared.made += 1
        for macro in written.macros:
            why = "a macro changes the template when it is deployed: what it makes of it was not read"
            self.gap(Gap(f"{written.source.path} ({str(macro.value)[:80]})", why, written.location(macro)))

    def gap(self, gap: Gap) -> None:
        """Note something that was not read."""
        self.shared.gaps.append(gap)

    def address(self, name: str) -> str:
        """Return the address of a resource: its logical id, after those of the stacks that it is nested in."""
        return f"{self.prefix}{name}"

    @property
    def resources(self) -> dict[str, At]:
        """The resources by their logical ids, those of loops once for each of their values."""
        if self._resources is None:
            self._resources = {}
            try:
                self._expand(self.template.resources, self._resources, template.Copier())
            except SyntaxProblem as problem:
                where = self.template.source.location(problem.offset)
                self.gap(Gap(self.template.source.path, problem.reason, where, fatal=True))
        return self._resources

    def _expand(self, resources: Mapping[str, At], found: dict[str, At], copier: template.Copier) -> None:
        for name, at in resources.items():
            if len(found) > _MOST_RESOURCES:
                raise SyntaxProblem(at.pos, f"it makes more than {_MOST_RESOURCES} resources")
            if not name.startswith(LOOP):
                found.setdefault(name, at)
                continue
            for made in self.loop(name, at, copier):
                self._expand(made, found, copier)

    def loop(self, name: str, at: At, copier: template.Copier) -> Iterator[dict[str, At]]:
        """Yield what a loop makes of each of its values; a gap is noted where they are not known.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-foreach.html
        """
        parts = at.value if isinstance(at.value, list) else []
        if len(parts) != 3 or not isinstance(parts[0].value, str) or not isinstance(parts[2].value, dict):
            why = "a loop needs a name, a list of values and what is made of each"
            self.gap(Gap(self.address(name), why, self.template.location(at), fatal=True))
            return
        listed = self.values.item(parts[1])
        every = listed if isinstance(listed, list) else [listed]
        words = [one for item in every for value in texts.scalars(item) for one in [texts.words(value)]]
        known = [one for one in words if one is not None and len(one) <= _LONGEST_VALUE]
        if len(known) < len(words):
            why = "the values of the loop are not known: what it makes was not read"
            self.gap(Gap(self.address(name), why, self.template.location(at)))
        for value in dict.fromkeys(known):
            yield {
                template.filled(key, parts[0].value, value): copier.copy(one, parts[0].value, value)
                for key, one in parts[2].value.items()
            }

    def given(self, name: str) -> Item:
        """Return the value of a parameter: as given, else its default, else one of those that are allowed."""
        at = self.template.parameters[name]
        declared = members(at)
        kind = str(declared["Type"].value) if "Type" in declared else "String"
        where = self.template.named(name, at)
        stored = kind.startswith("AWS::SSM::")
        item: Item
        if name in self.told.inputs and not stored:
            item = self.told.inputs[name]
        elif stored:
            why = f'parameter "{name}" is looked up in the account when the stack is deployed'
            item = Value(Unknown(why, name), (Step(f"parameter {name}", where),), location=where)
        elif "Default" in declared:
            default = self.values.item(declared["Default"])
            step = Step(f'default of "{name}"', self.template.location(declared["Default"]))
            item = replace(default, trail=(step,)) if isinstance(default, Value) else default
        elif isinstance(declared.get("AllowedValues", at).value, list):
            allowed = [self.values.item(one) for one in declared["AllowedValues"].value]
            item = texts.either(allowed, f"parameter {name} has no default") if allowed else Value(None)
        else:
            why = f'parameter "{name}" has no value: --var {name}=… or --parameter-file gives it'
            item = Value(Unknown(why, name), (Step(f"parameter {name} has no value", where),), location=where)
        hidden = "NoEcho" in declared and str(declared["NoEcho"].value).lower() == "true"
        return _typed(item, "List" in kind, hidden)

    # --- stacks inside of it

    def nests(self, name: str) -> bool:
        """Return whether a resource is a nested stack."""
        kind = members(self.resources[name]).get("Type")
        return kind is not None and kind.value in STACKS

    def nested(self, name: str) -> Stack | None:
        """Return the stack that a resource nests; None, with a gap, for one whose template is not in the tree."""
        if name not in self._nested:
            self._nested[name] = None  # while it is made: what hangs on itself ends here
            self._nested[name] = self._made(name)
        return self._nested[name]

    def _made(self, name: str) -> Stack | None:
        given = members(members(self.resources[name]).get("Properties"))
        path, url, where = self._template_of(name)
        if path is not None:
            parameters = self.values.item(given["Parameters"]) if "Parameters" in given else {}
            step = Step(f"nested as {self.address(name)}", where)
            return self._inner(path, name, parameters, step, self.told)
        shown = f" ({url.text})" if url.text and not url.sensitive else ""
        why = "the template that it nests is not in the checked tree"
        self.gap(Gap(f"{self.address(name)}{shown}", why, where))
        return None

    def _template_of(self, name: str) -> tuple[Path | None, Value, FileLocation]:
        """Return the template that a resource nests, as far as it is in the tree, what names it, and where."""
        resource = members(self.resources[name])
        given = members(resource.get("Properties"))
        at = given.get("TemplateURL") or given.get("Location")
        asset = members(resource.get("Metadata")).get("aws:asset:path")
        where = self.template.location(at if at is not None else self.resources[name])
        named = Value(None)
        for named in texts.scalars(self.values.item(asset or at)) if at is not None else ():
            path = self.shared.tree.find(self.path, named.text) if named.text else None
            if path is not None:
                return path, named, where
        return None, named, where

    def dismiss(self, name: str) -> None:
        """Take a stack that a condition leaves out as read: nothing of it is deployed."""
        path, _, _ = self._template_of(name)
        if path is not None:
            self.shared.read |= set(self.shared.tree.reached(path))

    def _inner(
        self,
        path: Path,
        name: str,
        parameters: Item,
        step: Step,
        told: Deployment,
        written: Template | Gap | None = None,
    ) -> Stack | None:
        if self.depth >= _MOST_DEPTH or self.shared.made >= _MOST_STACKS:
            bound = "nested too deeply" if self.depth >= _MOST_DEPTH else f"one of more than {_MOST_STACKS} stacks"
            self.gap(Gap(self.address(name), f"it is {bound}: it was not read", step.location, fatal=True))
            return None
        written = written or self.shared.tree.loaded(path)
        if isinstance(written, Gap):
            self.gap(written)
        if not isinstance(written, Template):
            return None
        known = {key: value for key, value in told.known.items() if key == "AWS::AccountId"}
        return Stack(
            self.shared,
            path,
            written,
            replace(told, inputs=_inputs(parameters, written), known=known),
            prefix=f"{self.address(name)}/",
            calls=(*self.calls, step),
            depth=self.depth + 1,
        )

    def instances(self, name: str) -> Iterator[Stack]:
        """Yield what a stack set deploys, once for each of its regions."""
        at = self.resources[name]
        given = members(members(at).get("Properties"))
        where = self.template.named(name, at)
        source = self._body_of(name, given)
        if source is None:
            why = "the template that it deploys is not in the checked tree"
            self.gap(Gap(self.address(name), why, where))
            return
        path, written = source
        step = Step(f"deployed by {self.address(name)}", where)
        common = self._parameters(given, "Parameters")
        groups = given.get("StackInstancesGroup")
        deployed = False
        for group in groups.value if groups is not None and isinstance(groups.value, list) else []:
            parameters = {**common, **self._parameters(members(group), "ParameterOverrides")}
            regions = _listed(self.values.item(members(group)["Regions"])) if "Regions" in members(group) else []
            for region in (value for item in regions for value in texts.scalars(item)):
                deployed = True
                stack = self._inner(path, f"{name}/{region.text or '?'}", parameters, step, Deployment(region), written)
                yield from () if stack is None else (stack,)
        if not deployed:
            stack = self._inner(
                path, name, common, step, Deployment(why="the stack set names no regions here"), written
            )
            yield from () if stack is None else (stack,)

    def _parameters(self, given: Mapping[str, At], key: str) -> dict[str, Item]:
        return _named(self.values.item(given[key])) if key in given else {}

    def _body_of(self, name: str, given: Mapping[str, At]) -> tuple[Path, Template] | None:
        """Return the template of a stack set: one of the tree, or the text that stands in it."""
        if "TemplateURL" in given:
            for value in texts.scalars(self.values.item(given["TemplateURL"])):
                path = self.shared.tree.find(self.path, value.text) if value.text else None
                written = self.shared.tree.loaded(path) if path is not None else None
                if path is not None and isinstance(written, Template):
                    return path, written
        if "TemplateBody" in given:
            return self._inline(name, given["TemplateBody"])
        return None

    def _inline(self, name: str, at: At) -> tuple[Path, Template] | None:
        value = next(texts.scalars(self.values.item(at)), Value(None))
        text = value.text
        if not text:
            return None
        try:
            # What stands in a text has no lines of its own: it is shown where the text begins.
            return self.path, template.load(_Inner(self.template.source, at.pos, text))
        except (SyntaxProblem, RecursionError) as problem:
            reason = problem.reason if isinstance(problem, SyntaxProblem) else "it is nested too deeply"
            self.gap(Gap(self.address(name), f"its template: {reason}", self.template.location(at), fatal=True))
            return None


class _Inner(Source):
    """A template that stands in a text of another: everything of it is where that text is."""

    __slots__ = ("_outer", "_pos")

    def __init__(self, outer: Source, pos: int, text: str) -> None:
        super().__init__(outer.path, text)
        self._outer = outer
        self._pos = pos

    def location(self, offset: int, end: int | None = None) -> FileLocation:
        """Return where the text begins, whatever the offset in it."""
        return self._outer.location(self._pos)


def _listed(item: Item) -> list[Item]:
    if isinstance(item, Value) and isinstance(item.data, str) and "," in item.data:
        return texts.split(item, ",") or [item]
    return item if isinstance(item, list) else [item]


def _named(item: Item) -> dict[str, Item]:
    """Return the parameters of a list of names and values."""
    found: dict[str, Item] = {}
    for one in item if isinstance(item, list) else []:
        name = one.get("ParameterKey") if isinstance(one, Mapping) else None
        if isinstance(one, Mapping) and isinstance(name, Value) and name.text and "ParameterValue" in one:
            found[name.text] = one["ParameterValue"]
    return found


def _inputs(parameters: Item, written: Template) -> dict[str, Item]:
    """Return what a stack gives to the parameters of a template; each may be anything where that is not known."""
    if isinstance(parameters, Mapping):
        return dict(parameters)
    return dict.fromkeys(written.parameters, Value(Unknown("the parameters of the nested stack are not known")))


def _typed(item: Item, is_list: bool, hidden: bool) -> Item:
    """Return the value of a parameter as its type has it: a list of texts, and nothing to be shown if it is hidden."""
    if isinstance(item, Either):
        return texts.either([_typed(arm, is_list, hidden) for arm in item.arms], item.reason)
    if isinstance(item, list):
        return [replace(one, sensitive=True) if isinstance(one, Value) and hidden else one for one in item]
    if isinstance(item, Value):
        if hidden:
            item = replace(item, sensitive=True)
        if is_list and isinstance(item.data, str):
            return [replace(item, data=part.strip()) for part in item.data.split(",")[:1000]]
    return item
