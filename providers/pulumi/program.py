"""A YAML program in one stack: what its resources, variables and configuration come to.

Source: https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker import texts
from checker.documents import At, Either, Item, evaluate
from checker.model import FileLocation, Gap, Step, Target, Unknown, Value
from checker.source import Source
from providers.pulumi import functions
from providers.pulumi.interpolation import Access, parts
from providers.pulumi.project import Project, Stack, plain
from providers.pulumi.tokens import PROVIDERS, Token, snake, token
from providers.pulumi.tree import Tree, members, words

DEPLOYED = "it is known only after deployment"
_LONGEST_TRAIL = 40
_PAYLOAD = frozenset({"value", "secretString", "secretBinary", "content", "body"})


@dataclass(slots=True, eq=False)
class Resource:
    """One resource as it is written."""

    name: str
    address: str
    written: str  # its token
    token: Token | None
    location: FileLocation
    parts: dict[str, At] = field(default_factory=dict)

    @property
    def is_provider(self) -> bool:
        """Whether it configures a provider."""
        return self.written.startswith(PROVIDERS)


class Program:
    """A program, evaluated on demand."""

    def __init__(self, tree: Tree, project: Project, stack: Stack, source: Source, root: At, gaps: list[Gap]) -> None:
        self.tree = tree
        self.project = project
        self.stack = stack
        self.source = source
        self.gaps = gaps
        own = members(root)
        self.declared = {**members(own.get("configuration")), **members(own.get("config")), **project.declared}
        self.variables = members(own.get("variables"))
        self.components = members(own.get("components"))
        self.resources = {name: self._resource(name, at) for name, at in members(own.get("resources")).items()}
        self._known: dict[int, Item] = {}
        self._open: set[str] = set()

    @property
    def folder(self) -> Path:
        """Where the program lies, which paths in it start from."""
        return self.project.folder

    def location(self, at: At) -> FileLocation:
        """Return where something is written."""
        return self.source.location(at.pos)

    def _resource(self, name: str, at: At) -> Resource:
        own = members(at)
        written = words(own.get("type"))
        return Resource(name, address(name), written, token(written), self.location(at), own)

    # --- values

    def item(self, at: At, name: str = "") -> Item:
        """Return what a value comes to; what an alias stands for is evaluated once."""
        if id(at) not in self._known:
            self._known[id(at)] = self._evaluated(at, name)
        return self._known[id(at)]

    def _evaluated(self, at: At, name: str) -> Item:
        if isinstance(at.value, dict):
            called = functions.called(at)
            if called is not None:
                return functions.call(self, called[0], called[1], at, name)
            return {key: self.item(inner, key) for key, inner in at.value.items()}
        if isinstance(at.value, list):
            return [self.item(inner, name) for inner in at.value]
        location = self.location(at)
        if isinstance(at.value, str) and "$" in at.value:
            return self._interpolated(at.value, location, name)
        return Value(at.value, (Step(name, location),), location=location)

    def _interpolated(self, text: str, location: FileLocation, name: str) -> Item:
        found = parts(text)
        if len(found) == 1 and isinstance(found[0], Access):
            return self.read(found[0], location)
        pieces: list[str | Item] = [self.read(one, location) if isinstance(one, Access) else one for one in found]
        if all(isinstance(one, str) for one in pieces):
            return Value("".join(map(str, pieces)), (Step(name, location),), location=location)
        return texts.joined(pieces, location)

    def unknown(self, at: At, reason: str, expression: str = "", targets: tuple[Target, ...] = ()) -> Value:
        """Return a value that cannot be known."""
        location = self.location(at)
        return Value(Unknown(reason, expression), (Step(expression, location),), targets, location)

    # --- what `${…}` reads

    def read(self, access: Access, location: FileLocation) -> Item:
        """Return what an expression reads: of a resource, a variable, the configuration, or the run itself."""
        step = Step(f"${{{access.text}}}", location)
        if access.name in self.resources:
            return self._output(self.resources[access.name], access, step)
        if access.name in self.variables:
            return used(member(self._variable(access.name), access.path, access.text), step)
        if access.name == "pulumi" and access.path:
            return self._of_run(str(access.path[0]), step)
        found = self._configured(access.name)
        if found is not None:
            return used(member(found, access.path, access.text), step)
        return Value(Unknown(f"nothing of the program is called {access.name[:100]}", access.text), (step,))

    def _variable(self, name: str) -> Item:
        at = self.variables[name]
        if id(at) in self._known:
            return self._known[id(at)]
        if name in self._open:
            return self.unknown(at, "it hangs on itself", name)
        self._open.add(name)
        try:
            return used(self.item(at, name), Step(f"variable {name}", self.location(at)))
        finally:
            self._open.discard(name)

    def _of_run(self, word: str, step: Step) -> Item:
        known = {"project": self.project.name, "stack": self.stack.name, "cwd": ".", "rootDirectory": "."}.get(word)
        if known:
            return Value(known, (step,), location=step.location)
        return Value(Unknown("it is chosen when the program is run", f"pulumi.{word}"), (step,), location=step.location)

    def _configured(self, name: str) -> Item | None:
        """Return what a key of the configuration is: as the stack says, else by its default."""
        full = name if ":" in name else f"{self.project.name}:{name}"
        declared = self.declared.get(name)
        if full in self.stack.config:
            item = self.stack.config[full]
            return hidden(item) if _is_secret(declared) else item
        if declared is None:
            why = self.stack.lacks(name[:200])
            return Value(Unknown(why, name)) if ":" in name else None
        default = declared if not isinstance(declared.value, dict) else members(declared).get("default")
        source = self.source if id(declared) not in map(id, self.project.declared.values()) else self.project.source
        location = source.location((default or declared).pos)
        if default is None:
            why = self.stack.lacks(f"{self.project.name}:{name}"[:200])
            return Value(Unknown(why, name), (Step(f"config {name}", location),), location=location)
        step = Step(f"default of config {name}", location)
        item = evaluate(default, lambda at: plain(at, step))
        return hidden(item) if _is_secret(declared) else item

    def _output(self, resource: Resource, access: Access, step: Step) -> Item:
        """Return what a resource's output is by its properties; else something that hangs on it."""
        if not access.path:
            return handle(resource, "id", step)
        attribute = _dotted(access.path)
        key = f"{resource.name}\0{attribute}"
        stated = None if key in self._open else self._stated(resource, access.path, key)
        if stated is None or isinstance(stated, Mapping) or (isinstance(stated, Value) and stated.data is None):
            return handle(resource, attribute, step)
        return used(stated, step, Target(resource.address, attribute))

    def _stated(self, resource: Resource, path: tuple[str | int, ...], key: str) -> Item | None:
        at = resource.parts.get("properties")
        if at is None or functions.called(at) is not None or isinstance(at.value, str):
            return None
        stated = members(at).get(str(path[0]))
        if stated is None:
            return None
        self._open.add(key)
        try:
            found = member(self.item(stated, str(path[0])), path[1:], "")
        finally:
            self._open.discard(key)
        return None if isinstance(found, Value) and isinstance(found.data, Unknown) and not found.trail else found

    def properties(self, resource: Resource) -> Mapping[str, Item]:
        """Return the properties of a resource; those that hold what nobody should see are marked so."""
        at = resource.parts.get("properties") or members(resource.parts.get("get")).get("state")
        item = self.item(at) if at is not None else {}
        return item if isinstance(item, Mapping) else {}


def address(name: str) -> str:
    """Return a name as an address; what looks like the key of an instance does not stay."""
    return "".join(char if char.isalnum() or char in "._-/:" else "_" for char in name[:300]) or "_"


def handle(resource: Resource, attribute: str, step: Step) -> Value:
    """Return what is known of an output before deployment: whose it is."""
    target = Target(resource.address, ".".join(snake(part) for part in attribute.split(".")))
    unknown = Unknown(DEPLOYED, f"{resource.name}.{attribute}")
    return Value(unknown, (step,), (target,), step.location)


def member(item: Item, path: tuple[str | int, ...], text: str) -> Item:
    """Return a member or an element of a value; what is not there is unknown."""
    for number, key in enumerate(path):
        if isinstance(item, Either):
            return texts.either([member(arm, path[number:], text) for arm in item.arms], item.reason)
        if isinstance(item, Mapping) and str(key) in item:
            item = item[str(key)]
        elif isinstance(item, list) and isinstance(key, int) and key < len(item):
            item = item[key]
        elif isinstance(item, Value) and isinstance(item.data, Unknown):
            return replace(item, data=Unknown(item.data.reason, text or item.data.expression))
        else:
            return Value(Unknown(f"it has no {str(key)[:100]}", text))
    return item


def used(item: Item, step: Step, target: Target | None = None) -> Item:
    """Return a value with the step of its use before its own way."""
    if isinstance(item, Value):
        # What is not known at all is what it hangs on; a name that is known in part is its resource's own too.
        other = target is None or target in item.targets or (isinstance(item.data, Unknown) and item.text is None)
        targets = item.targets if other or target is None else (*item.targets, target)
        return replace(item, trail=(step, *item.trail[:_LONGEST_TRAIL]), targets=targets)
    if isinstance(item, Either):
        return Either(tuple(used(arm, step, target) for arm in item.arms), item.reason)
    if isinstance(item, list) and not isinstance(item, functions.EncodedList):
        return [used(one, step, target) if isinstance(one, Value) else one for one in item]
    return item


def hidden(item: Item, known: dict[int, Item] | None = None) -> Item:
    """Return a value that reports must not show."""
    known = {} if known is None else known
    if isinstance(item, Value):
        return replace(item, sensitive=True)
    if id(item) not in known:
        if isinstance(item, Either):
            known[id(item)] = Either(tuple(hidden(arm, known) for arm in item.arms), item.reason)
        elif isinstance(item, functions.Encoded | functions.EncodedList):
            known[id(item)] = hidden(item.text)
        elif isinstance(item, list):
            known[id(item)] = [hidden(one, known) for one in item]
        else:
            known[id(item)] = {key: hidden(inner, known) for key, inner in item.items()}
    return known[id(item)]


def _is_secret(declared: At | None) -> bool:
    stated = members(declared).get("secret")
    return stated is not None and stated.value is True


def _dotted(path: tuple[str | int, ...]) -> str:
    return ".".join(str(one) for one in path if isinstance(one, str))
