"""A template as it is deployed: its parameters have values, its loops turns, its names resources."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import Either, Item
from checker.model import FileLocation, Gap, Step, Target, Unknown, Value
from providers.arm import scopes
from providers.arm.evaluator import TOP, Evaluator, Frame, truth
from providers.arm.instances import GROUPS, Instance, split, used, written
from providers.arm.nodes import Call, Node, Object
from providers.arm.shared import Shared
from providers.arm.template import Declared, Template

if TYPE_CHECKING:
    pass

_MOST_INSTANCES = 20_000
_MOST_NESTED = 12
Given = Mapping[str, Callable[[], Item]]


class Deployment:
    """One deployment of a template."""

    def __init__(
        self,
        shared: Shared,
        template: Template,
        given: Given,
        *,
        prefix: str = "",
        calls: tuple[Step, ...] = (),
        above: Deployment | None = None,
        frame: Frame = TOP,
        lends: bool = False,
    ) -> None:
        self.shared = shared
        self.template = template
        self.budget = shared.budget
        self.prefix = prefix
        self.calls = calls
        self.above = above
        self.frame = frame
        self.lends = lends  # whether its expressions are evaluated in the template that holds it
        self.depth: int = above.depth + 1 if above is not None else 0
        self.group: Callable[[], Item] | None = None  # the resource group that a scope says, if it says one
        self.home: Callable[[], Item] | None = None  # the location that the deployment itself states
        self.evaluator = Evaluator(self)
        self._given = given
        self._known: dict[str, Item] = {}
        self._open: set[str] = set()
        self._imports: dict[str, Deployment | None] = {}
        self._instances: list[Instance] | None = None
        self._of: dict[int, list[Instance]] = {}
        shared.deployments.append(self)

    # --- resources

    def instances(self) -> list[Instance]:
        """Return the resources that it makes, and the deployments within."""
        if self._instances is None:
            self._instances = []
            for declared in self.template.resources:
                made = list(self._made(declared))
                self._of[id(declared)] = made
                self._instances += made
        return self._instances

    def forget(self) -> None:
        """Let go of values that were needed for names: only now is every resource known by its name."""
        self._known.clear()

    def _made(self, declared: Declared) -> Iterator[Instance]:
        outers: list[Instance | None] = [None] if declared.outer is None else [*self._of.get(id(declared.outer), [])]
        for outer in outers:
            frame = outer.frame if outer is not None else self.frame
            turns = self.evaluator.turns(declared.loop, frame) if declared.loop is not None else [(-1, frame)]
            for turn, inside in turns:
                if declared.condition is not None and truth(self.evaluator.item(declared.condition, inside)) is False:
                    continue
                if len(self.shared.by_address) >= _MOST_INSTANCES:
                    self.shared.gap(
                        Gap(self.template.source.path, f"more than {_MOST_INSTANCES} resources", fatal=True)
                    )
                    return
                yield self._instance(declared, outer, inside, turn)

    def _instance(self, declared: Declared, outer: Instance | None, frame: Frame, turn: int | None) -> Instance:
        kind = texts.words(next(texts.scalars(self.evaluator.item(declared.kind, frame)), Value(None))) or ""
        own = self.evaluator.item(declared.name, frame)
        name = own
        if outer is not None:
            if not kind.lower().startswith(f"{outer.kind.lower()}/"):
                kind = f"{outer.kind}/{kind}"
            name = texts.joined([outer.name, "/", own], self.template.location(declared.pos))
        elif declared.parent is not None:
            above = self._instance_of(self.evaluator.item(declared.parent, frame))
            if above is not None:
                name = texts.joined([above.name, "/", own], self.template.location(declared.pos))
        made = Instance(declared, self, frame, kind, name, own, outer, turn)
        made.address = self._address(made, turn)
        self.shared.by_address[made.address] = made
        if declared.nested is not None:
            made.inner = self._nested(made)
        if kind:
            self.shared.named.setdefault(made.key, made)
        return made

    def _address(self, made: Instance, turn: int | None) -> str:
        declared = made.declared
        if declared.symbol:
            address = f"{made.outer.address if made.outer is not None else self.prefix + declared.symbol}"
            address = f"{address}::{declared.symbol}" if made.outer is not None else address
            address += "" if turn == -1 else "[*]" if turn is None else f"[{turn}]"
        elif declared.nested is not None:
            address = f"{self.prefix}{written(made.own)}"
        else:
            provider, *kinds = made.kind.split("/")
            names = [written(part) for part in split(made.name)]
            pairs = [f"{kind}/{name}" for kind, name in zip(kinds, names, strict=False)]
            address = self.prefix + "/".join([provider, *pairs])
        number = 2
        free = address
        while free in self.shared.by_address:
            free = f"{address}#{number}"
            number += 1
        return free

    # --- deployments within

    def _nested(self, made: Instance) -> Deployment | None:
        nested = made.declared.nested
        if nested is None or self.depth >= _MOST_NESTED:
            return None
        template = nested.template
        if template is None and nested.path is not None:
            path = written(self.evaluator.item(nested.path, made.frame))
            template = self.shared.tree.nested(self.template, path)
        if template is None or (nested.template is None and self._circles(template.path)):
            return None
        label = made.address.rpartition(".")[2]
        step = Step(f"module {label}" if self.template.bicep else f"deployment {label}", made.location)
        inner = Deployment(
            self.shared,
            template,
            self._handed(nested.parameters, made.frame),
            prefix=f"{made.address}.",
            calls=(*self.calls, step),
            above=self,
            frame=TOP if nested.inner else made.frame,
            lends=not nested.inner,
        )
        self._place(made, inner)
        inner.instances()
        return inner

    def _circles(self, path: Path) -> bool:
        above: Deployment | None = self
        while above is not None:
            if above.template.path == path:
                return True
            above = above.above
        return False

    def _handed(self, parameters: Node | None, frame: Frame) -> dict[str, Callable[[], Item]]:
        """Return what a deployment hands to the template that it deploys, each value when somebody asks."""
        if parameters is None:
            return {}
        if not isinstance(parameters, Object) or any(not isinstance(key, str) for key, _ in parameters.members):
            item = self.evaluator.item(parameters, frame)
            members = item.items() if isinstance(item, Mapping) else ()
            return {name.lower(): (lambda inner=inner: self._valued(inner)) for name, inner in members}  # type: ignore[misc]
        found: dict[str, Callable[[], Item]] = {}
        for key, node in parameters.members:
            if not self.template.bicep:
                if not isinstance(node, Object):  # `if(…, createObject('value', …), …)`, as Bicep writes it
                    found[str(key).lower()] = lambda node=node: self._valued(self.evaluator.item(node, frame))  # type: ignore[misc]
                    continue
                inner = node.get("value")
                if inner is None:  # a secret of a vault
                    continue
                node = inner
            found[str(key).lower()] = lambda node=node: self.evaluator.item(node, frame)  # type: ignore[misc]
        return found

    def handed(self, made: Instance) -> Item:
        """Return what a deployment hands on, by name."""
        nested = made.declared.nested
        given = self._handed(nested.parameters if nested is not None else None, made.frame)
        return {name: work() for name, work in given.items()}

    def _valued(self, item: Item) -> Item:
        if self.template.bicep:
            return item
        if isinstance(item, Either):
            return texts.either([self._valued(arm) for arm in item.arms], item.reason)
        return item.get("value", Value(None)) if isinstance(item, Mapping) else item

    def _place(self, made: Instance, inner: Deployment) -> None:
        """Say which resource group, and which location, a deployment within is for."""
        declared = made.declared
        group = declared.body.get("resourceGroup")
        inner.group = self.group
        inner.home = self.home
        if declared.scope is not None:
            scope = declared.scope
            inner.group = lambda: self.evaluator.item(scope, made.frame)
        elif group is not None:
            node = group
            inner.group = lambda: self.group_named(self.evaluator.item(node, made.frame), made.location)
        location = declared.body.get("location")
        if location is not None:
            inner.home = lambda: self.evaluator.item(location, made.frame)

    def group_named(self, name: Item, at: FileLocation) -> Item:
        """Return the id of a resource group by its name."""
        return self.identity("Microsoft.Resources/resourceGroups", [name], at)

    # --- what words mean

    def named(self, name: str, at: FileLocation) -> Item | None:
        """Return what a word of Bicep means: a parameter, a variable, a resource."""
        word = name.lower()
        if word in self.template.parameters:
            return used(self.parameter(word, at), Step(f"parameter {name}", at))
        if word in self.template.variables:
            return used(self._variable(word, at), Step(f"variable {name}", at))
        for declared in self.template.resources:
            if declared.symbol and declared.symbol.lower() == word:
                return self._handles(declared, at)
        return self._imported(name, at)

    def _handles(self, declared: Declared, at: FileLocation) -> Item | None:
        if id(declared) not in self._of:
            if (key := f"#{id(declared)}") in self._open:
                return None
            self._open.add(key)
            try:
                made = [] if self._instances is not None else list(self._early(declared))
            finally:
                self._open.discard(key)
        else:
            made = self._of[id(declared)]
        left_out = Value(Unknown("the condition of the resource does not hold"), location=at)
        if declared.loop is not None and not (len(made) == 1 and made[0].address.endswith("[*]")):
            by_turn = {one.turn: one.handle("", at) for one in made if one.turn is not None}
            return [by_turn.get(turn, left_out) for turn in range(max(by_turn, default=-1) + 1)]
        return (
            made[0].handle("", at)
            if made
            else Value(Unknown("the condition of the resource does not hold"), location=at)
        )

    def _early(self, declared: Declared) -> Iterator[Instance]:
        """Return a resource that a name asks for before its turn."""
        if declared.outer is not None and id(declared.outer) not in self._of:
            list(self._early(declared.outer))
        made = list(self._made(declared))
        self._of[id(declared)] = made
        yield from made

    def _imported(self, name: str, at: FileLocation) -> Item | None:
        if name not in self.template.imported:
            return None
        file, there = self.template.imported[name]
        other = self.imports(file)
        if other is None or there:
            return other.named(there, at) if other is not None else None
        return {one: other._variable(one, at) for one in other.template.variables}

    def imports(self, file: str) -> Deployment | None:
        """Return a file that something is imported from: what it deploys is not deployed by that."""
        if file not in self._imports:
            self._imports[file] = None
            template = self.shared.tree.nested(self.template, file)
            if template is not None and self.depth < _MOST_NESTED:
                self._imports[file] = other = Deployment(self.shared, template, {}, prefix=f"{file}.", above=self)
                self.shared.deployments.remove(other)
        return self._imports[file]

    def parameter(self, word: str, at: FileLocation) -> Item:
        """Return the value of a parameter: what is given, else its default."""
        return self._worked_out(f"parameter {word}", at, lambda: self._stated(word))

    def _stated(self, word: str) -> Item:
        declared = self.template.parameters[word]
        where = self.template.location(declared.pos)
        if word in self._given:
            item = self._given[word]()
        elif declared.default is not None:
            item = self.evaluator.item(declared.default)
        elif len(declared.allowed) == 1:
            item = self.evaluator.item(declared.allowed[0])
        elif declared.about == "location":
            item = scopes.open_location(
                self.shared.assumed, scopes.OPEN_DEPLOYMENT, f"parameter {declared.name}", where
            )
        else:
            unknown = Unknown(f'parameter "{declared.name}" has no value', f"parameter {declared.name}")
            item = Value(unknown, (Step(f"parameter {declared.name}", where),), location=where)
        return scopes.secret(item) if declared.secure else item

    def _variable(self, word: str, at: FileLocation) -> Item:
        return self._worked_out(f"variable {word}", at, lambda: self.evaluator.item(self.template.variables[word]))

    def output(self, name: str, at: FileLocation) -> Item | None:
        """Return an output; None when there is none of that name."""
        node = self.template.outputs.get(name.lower())
        if node is None:
            return None
        item = self._worked_out(f"output {name.lower()}", at, lambda: self.evaluator.item(node, self.frame))
        return used(item, Step(f"{self.prefix}outputs.{name}", at))

    def _worked_out(self, key: str, at: FileLocation, work: Callable[[], Item]) -> Item:
        if key in self._open:
            return Value(Unknown("it hangs on itself", key), (Step(key, at),), location=at)
        if key not in self._known:
            self._open.add(key)
            try:
                self._known[key] = work()
            finally:
                self._open.discard(key)
        return self._known[key]

    def called(self, call: Call, frame: Frame) -> Item | None:
        """Return what a function that hangs on the deployment comes to; None for others."""
        from providers.arm import own

        return own.call(self, call, frame)

    def holder(self) -> Deployment:
        """Return the deployment in whose template its expressions are evaluated."""
        return self.above.holder() if self.lends and self.above is not None else self

    def parameter_called(self, name: str, frame: Frame, at: FileLocation) -> Item | None:
        """Return what `parameters('name')` is."""
        word = name.lower()
        if frame.arguments is not None and word in frame.arguments:
            return frame.arguments[word]
        holder = self.holder()
        if word not in holder.template.parameters:
            return None
        return used(holder.parameter(word, at), Step(f"parameter {name}", at))

    def variable_called(self, name: str, at: FileLocation) -> Item | None:
        """Return what `variables('name')` is."""
        holder = self.holder()
        if name.lower() not in holder.template.variables:
            return None
        return used(holder._variable(name.lower(), at), Step(f"variable {name}", at))

    # --- what a resource says of itself

    def member(self, target: Target, name: str, at: FileLocation) -> Item | None:
        """Return a member of a resource or of an attribute of one; None for what is no resource."""
        instance = self.shared.by_address.get(target.address)
        if instance is None or (name.isdigit() and not target.attribute):
            return None
        path = f"{target.attribute}.{name}" if target.attribute else name
        if instance.declared.nested is None:
            return instance.attribute(path, at)
        words = path.lower().removeprefix("properties.").split(".")
        if words[0] == "outputs" and len(words) == 2 and instance.inner is not None:
            found = instance.inner.output(words[1], at)
            if found is not None:
                return found if self.template.bicep else {"value": found}
        return instance.attribute(path, at) if path == "name" else instance.handle(path, at)

    def _instance_of(self, item: Item) -> Instance | None:
        value = next(texts.scalars(item), Value(None))
        found = [self.shared.by_address[t.address] for t in value.targets if t.address in self.shared.by_address]
        return found[0] if found else None

    def find(self, text: str) -> Instance | None:
        """Return the resource that a text means, as a symbol, an id or the name of one alone."""
        word = text.lower()
        for declared in self.template.resources:
            if declared.symbol.lower() == word:
                return next(iter(self._of.get(id(declared), [])), None)
        ends = [one for one in self._instances or () if word == one.key[1] or word.endswith(f"/{one.key[1]}")]
        same = [
            one for one in ends if (one.key[1] and one.kind.lower().rpartition("/")[0] in word) or word == one.key[1]
        ]
        return same[0] if len(same) == 1 or (same and word == same[0].key[1]) else None

    def id_of(self, item: Item, node: Node) -> Item:
        """Return the id of what an expression means: a resource, or something with an id."""
        if isinstance(item, Value) and item.targets and isinstance(item.data, Unknown):
            instance = self._instance_of(item)
            if instance is not None:
                return instance.handle("id", self.evaluator.at(node))
        if isinstance(item, Mapping):
            return item.get("id", self.evaluator.unknown(node, "it has no id"))
        return item

    def identity(self, kind: str, names: list[Item], at: FileLocation, group: Item | None = None) -> Item:
        """Return the id of a resource: that of a declared one, else a text."""
        key = "/".join(written(name) for name in names).lower()
        found = self.shared.named.get((kind.lower(), key))
        return found.handle("id", at) if found is not None else scopes.id_text(kind, names, at, group)

    # --- where it is deployed

    def group_id(self, at: FileLocation) -> Item:
        """Return the id of its resource group."""
        group = self.group_item(at)
        return group.get("id", Value(None)) if isinstance(group, Mapping) else group

    def group_item(self, at: FileLocation) -> Item:
        """Return what `resourceGroup()` is."""
        stated = self.group() if self.group is not None else None
        instance = self._instance_of(stated) if stated is not None else None
        if instance is not None and instance.kind.lower() == GROUPS:
            return {
                "id": instance.handle("id", at),
                "name": instance.attribute("name", at),
                "location": instance.attribute("location", at),
                "tags": instance.handle("tags", at),
            }
        return scopes.open_group(self.shared.assumed, at)

    def deployment_location(self, at: FileLocation) -> Item:
        """Return what `deployment().location` is."""
        if self.home is not None:
            return used(self.home(), Step("deployment().location", at))
        return scopes.open_location(self.shared.assumed, scopes.OPEN_DEPLOYMENT, "deployment().location", at)
