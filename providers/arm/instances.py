"""Resources as a deployment makes them: their names, what is read of them, and their arguments as a block has them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import Document, Either, Item
from checker.model import FileLocation, Gap, Step, Target, Unknown, Value
from providers.arm.evaluator import DEPLOYED, Frame, TooMuch
from providers.arm.nodes import Call, Node, Object
from providers.arm.template import Declared

if TYPE_CHECKING:
    from providers.arm.deployment import Deployment

GROUPS = "microsoft.resources/resourcegroups"
_OUTSIDE = ("location", "identity", "tags")  # members that azapi keeps beside the body


@dataclass(slots=True, eq=False)
class Instance:
    """One resource of a declaration: a turn of its loop, or the only one."""

    declared: Declared
    deployment: Deployment
    frame: Frame
    kind: str  # "Microsoft.Storage/storageAccounts"; "" when not known
    name: Item  # with the names of what it is a child of: "account/default"
    own: Item  # as it is declared
    outer: Instance | None
    turn: int | None = -1  # of its loop; -1 without one, None for any of them
    address: str = ""
    inner: Deployment | None = None
    same: Instance | None = None  # the declared resource that an `existing` one is

    @property
    def location(self) -> FileLocation:
        """Where it is declared."""
        return self.deployment.template.location(self.declared.pos)

    @property
    def key(self) -> tuple[str, str]:
        """What text names it by."""
        return self.kind.lower(), written(self.name).lower()

    def in_named_group(self) -> bool:
        """Return whether its scope is a resource group whose name is known."""
        scope = self.declared.scope
        if not isinstance(scope, Call) or scope.name.lower() != "resourcegroup" or not scope.arguments:
            return False
        name = next(texts.scalars(self.deployment.evaluator.item(scope.arguments[-1], self.frame)), Value(None))
        return isinstance(name.data, str)

    def handle(self, attribute: str, at: FileLocation | None = None) -> Value:
        """Return what is known of an attribute before deployment: whose it is."""
        if self.same is not None:
            return self.same.handle(attribute, at or self.location)
        expression = f"{self.address}.{attribute}" if attribute else self.address
        step = Step(expression, at or self.location)
        return Value(Unknown(DEPLOYED, expression), (step,), (Target(self.address, attribute),), at)

    def attribute(self, path: str, at: FileLocation) -> Item:
        """Return what an attribute is by the arguments of the resource; else something that hangs on it."""
        if self.same is not None:
            return self.same.attribute(path, at)
        if path == "name":
            return self._named(at)
        if path == "type":
            return Value(self.kind, location=at)
        found = self._stated(path)
        if found is None or isinstance(found, Mapping) or (isinstance(found, Value) and found.data is None):
            return self.handle(path, at)
        return used(found, Step(f"{self.address}.{path}", at), Target(self.address, path))

    def _named(self, at: FileLocation) -> Item:
        """Return its name, which hangs on it where it is known in part."""
        item = self.own
        if not isinstance(item, Value) or not isinstance(item.data, Unknown):
            return item
        target = Target(self.address, "name")
        pattern, holes = item.data.pattern, item.data.holes
        if pattern is None:
            pattern, holes = f"${{{written(item)[2:-1]}}}", ((),)
        told = replace(item.data, pattern=pattern, holes=tuple((*hole, target) for hole in holes))
        step = Step(f"{self.address}.name", at)
        return replace(item, data=told, targets=(*item.targets, target), trail=(step, *item.trail[:40]))

    def _stated(self, path: str) -> Item | None:
        node: Node | None = self.declared.body
        names = path.split(".")
        evaluator = self.deployment.evaluator
        while names and isinstance(node, Object):
            node = node.get(names.pop(0))
        if node is None:
            return None
        if isinstance(node, Object):
            return {}
        item = evaluator.item(node, self.frame)
        for name in names:
            if not isinstance(item, Mapping):
                return None
            item = next((inner for key, inner in item.items() if key.lower() == name.lower()), Value(None))
        return item

    def parent(self) -> Item:
        """Return the id of what it is a part of."""
        declared, deployment = self.declared, self.deployment
        if self.outer is not None:
            return self.outer.handle("id", self.location)
        for node in (declared.parent, declared.scope):
            if node is not None:
                return deployment.id_of(deployment.evaluator.item(node, self.frame), node)
        whole, _, _ = self.kind.rpartition("/")
        parts = split(self.name)
        if whole.count("/") and len(parts) > 1:
            return deployment.identity(whole, parts[:-1], self.location)
        return deployment.group_id(self.location)


class Arguments:
    """The arguments of a block, evaluated when somebody asks for more than its type (checker.model.Body)."""

    __slots__ = ("_document", "_instance", "_type")

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._document: Document | None = None
        kind, version = instance.kind, instance.declared.version
        at = instance.location
        data: object = f"{kind}@{version}" if version else kind
        self._type = Value(data if kind else Unknown("it is not known", "type"), (Step("", at),), location=at)

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path."""
        return (self._type,) if path == "type" else self._whole().values(path)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path."""
        return self._whole().items(path)

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments that are stated."""
        return self._whole().names()

    def _whole(self) -> Document:
        if self._document is None:
            instance = self._instance
            try:
                self._document = Document(self._made())
            except (TooMuch, RecursionError) as error:
                why = str(error) if isinstance(error, TooMuch) else "expressions are nested too deeply"
                instance.deployment.shared.gap(Gap(instance.address, why, instance.location, fatal=True))
                self._document = Document({"type": self._type})
        return self._document

    def _made(self) -> dict[str, Item]:
        instance = self._instance
        evaluator = instance.deployment.evaluator
        body: dict[str, Item] = {}
        made: dict[str, Item] = {"type": self._type, "parent_id": instance.parent(), "body": body}
        item = evaluator.item(instance.declared.body, instance.frame)
        names = instance.deployment.shared.names
        item = names.bound(item) if names is not None else item
        for name, inner in item.items() if isinstance(item, Mapping) else ():
            word = name.lower()
            if word in _OUTSIDE:
                made[word] = inner
            else:
                body[{"extendedlocation": "extendedLocation"}.get(word, word if word in _PLAIN else name)] = inner
        parts = split(instance.name)
        made["name"] = parts[-1] if parts else instance.name
        return made


_PLAIN = frozenset({"properties", "sku", "kind", "zones", "plan"})


class Given:
    """What a module that was not read is given."""

    __slots__ = ("_document",)

    def __init__(self, parameters: Item) -> None:
        self._document = Document(parameters if isinstance(parameters, Mapping) else {})

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path."""
        return self._document.values(path)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path."""
        return self._document.items(path)

    def names(self) -> tuple[str, ...]:
        """Return the names of what is given."""
        return self._document.names()


def pair(instances: list[Instance]) -> None:
    """Let each `existing` resource be the one that the same root declares by the same type and name.

    One in a group that its scope names is left alone: it may have that name there too.
    """
    declared = {one.key: one for one in instances if not one.declared.existing and one.declared.nested is None}
    for one in instances:
        if one.declared.existing and one.kind and one.key[1] and not one.in_named_group():
            one.same = declared.get(one.key)


def written(item: Item) -> str:
    """Return a name as text, what is not known of it as holes."""
    value = next(texts.scalars(item), Value(None))
    if isinstance(value.data, Unknown):
        return value.data.pattern if value.data.pattern is not None else f"${{{value.data.expression[:120]}}}"
    return texts.words(value) or ""


def split(name: Item) -> list[Item]:
    """Return the parts of a name between its slashes."""
    value = next(texts.scalars(name), Value(None))
    parts = texts.split(value, "/")
    return parts if parts is not None else [name]


def used(item: Item, step: Step, target: Target | None = None) -> Item:
    """Return a value with the step of its use before its own way."""
    if isinstance(item, Value):
        targets = item.targets if target is None or target in item.targets else (*item.targets, target)
        if isinstance(item.data, Unknown):
            targets = item.targets
        return replace(item, trail=(step, *item.trail[:40]), targets=targets)
    if isinstance(item, Either):
        return Either(tuple(used(arm, step, target) for arm in item.arms), item.reason)
    if isinstance(item, list):
        return [used(one, step, target) if isinstance(one, Value) else one for one in item]
    return item
