"""What a resource, a nested block or a module looks like to an expression: an object read attribute by attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from checker.model import Target
from checker.source import SyntaxProblem
from providers.terraform import types
from providers.terraform.access import attribute
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.modules import Declaration
from providers.terraform.syntax import Nested
from providers.terraform.values import (
    Data,
    Encoded,
    Lazy,
    Origin,
    TerraformError,
    Text,
    TfSet,
    Unknown,
    any_of,
    copied,
    targets_of,
)

if TYPE_CHECKING:
    from providers.terraform.expansions import Instance
    from providers.terraform.instances import ModuleInstance

# What the built-in resource that stands for any value has: https://developer.hashicorp.com/terraform/language/resources/terraform-data
_TERRAFORM_DATA = frozenset({"input", "output", "triggers_replace"})


class ResourceObject(Lazy):
    """An instance of a resource: what the configuration states of it is known, the rest is not."""

    __slots__ = ("address", "declaration", "instance", "mode", "module", "name", "type")

    def __init__(
        self, module: ModuleInstance, declaration: Declaration, mode: str, type: str, name: str, instance: Instance
    ) -> None:
        self.module = module
        self.declaration = declaration
        self.mode = mode
        self.type = type
        self.name = name
        self.instance = instance
        self.address = module.resource_address(mode, type, name, instance.key)
        super().__init__("it is a whole resource", expression=self.address, targets=(Target(self.address),))

    def scope(self, source: object) -> Scope:
        """Return the scope of this instance's arguments."""
        return self.module.scope(source, self.instance.names)

    def attr(self, name: str) -> Data:
        """Return an attribute: stated, derived by the catalogue, or known only after apply."""
        key = ("attr", self.address, name)
        if key in self.module._busy:
            return Unknown(f"{self.address}.{name} refers to itself", expression=f"{self.address}.{name}")
        self.module._busy.add(key)
        try:
            return self._attr(name)
        finally:
            self.module._busy.discard(key)

    def _attr(self, name: str) -> Data:
        target = Target(self.address, name)
        shown = f"{self.address}.{name}"
        try:
            body = self.declaration.body()
        except SyntaxProblem as problem:
            self.module.folder.note(self.declaration.source, problem)
            return Unknown("its block cannot be parsed", expression=shown, targets=(target,))
        stated = body.attributes.get(name)
        if stated is not None and name not in ("count", "for_each", "provider", "depends_on"):
            try:
                value = evaluate(stated.value, self.scope(stated.source))
            except TerraformError as error:
                return Unknown(str(error), expression=shown, targets=(target,))
            if value is not None:
                return with_target(value, target, stated.source, stated.pos)
        blocks = [
            NestedObject(self.module, b, self.scope(self.declaration.source), target)
            for b in body.blocks
            if b.type == name
        ]
        if blocks:
            return list(blocks)
        if self.type == "terraform_data" and name in _TERRAFORM_DATA:
            return self.attr("input") if name == "output" else None
        derived = self.module.run.derive(self.mode, self.type, name)
        if derived is not None:
            value = self._derived(derived)
            if value is not None:
                return with_target(value, target, self.declaration.source, self.declaration.pos)
        return Unknown("it is known after apply", expression=shown, targets=(target,))

    def _derived(self, rule: str) -> Data:
        if rule.startswith("="):
            return Text(rule[1:])
        if rule.startswith("@provider:"):
            argument = rule.removeprefix("@provider:")
            return self.module.provider_argument(self.declaration, self.type, self.instance.names, argument)
        return self.attr(rule)


def with_target(value: Data, target: Target, source: object, pos: int) -> Data:
    """Return a value that remembers the resource whose attribute it was; lists remember it in each element."""
    if isinstance(value, Encoded):
        return value
    if isinstance(value, Text | str):
        origin = value.origin if isinstance(value, Text) else None
        below = (origin,) if origin is not None else ()
        new = Origin(
            f"{target.address}.{target.attribute}", source, pos, below, (target,), any(o.sensitive for o in below)
        )
        return Text(value, new)
    if isinstance(value, Lazy):
        return value
    if isinstance(value, Unknown):
        result = copied(value, value.expression, value.origin)
        result.targets = (target, *value.targets)
        result.holes = tuple((target, *hole) for hole in value.holes)
        return result
    if isinstance(value, list) and len(value) <= 64:
        items = [with_target(item, target, source, pos) for item in value]
        return TfSet(items) if isinstance(value, TfSet) else items
    return value


class NestedObject(Lazy):
    """A nested block of a resource, seen as an object."""

    __slots__ = ("block", "module", "scope", "target")

    def __init__(self, module: ModuleInstance, block: Nested, scope: Scope, target: Target) -> None:
        self.module = module
        self.block = block
        self.scope = scope
        self.target = target
        super().__init__("it is a nested block", expression=target.address, targets=(target,))

    def attr(self, name: str) -> Data:
        """Return an argument of the block, or its nested blocks of that type."""
        target = Target(self.target.address, f"{self.target.attribute}.{name}")
        stated = self.block.body.attributes.get(name)
        if stated is not None:
            scope = Scope(self.scope.module, self.scope.names, stated.source)
            return with_target(evaluate(stated.value, scope), target, stated.source, stated.pos)
        inner = [NestedObject(self.module, b, self.scope, target) for b in self.block.body.blocks if b.type == name]
        if inner:
            return list(inner)
        return Unknown("it is known after apply", expression=f"{target.address}.{target.attribute}", targets=(target,))


class ModuleObject(Lazy):
    """An instance of a called module: its outputs."""

    __slots__ = ("address", "instance", "name", "parent")

    def __init__(self, parent: ModuleInstance, name: str, instance: Instance) -> None:
        self.parent = parent
        self.name = name
        self.instance = instance
        self.address = parent.child_address(name, instance.key)
        super().__init__("it is a whole module", expression=self.address, targets=(Target(self.address),))

    def attr(self, name: str) -> Data:
        """Return an output. Raises TerraformError when the module has none of that name."""
        child = self.parent.child(self.name, self.instance)
        if child is None:
            return Unknown(
                f"{self.address} was not read",
                expression=f"{self.address}.{name}",
                targets=(Target(self.address, name),),
            )
        return child.output(name)

    def whole(self) -> Data:
        """Return all outputs of the module."""
        child = self.parent.child(self.name, self.instance)
        return self if child is None else {name: child.output(name) for name in child.folder.outputs}


class Representative(Lazy):
    """All instances of something whose count or for_each is not known: those that there may be, or one for all."""

    __slots__ = ("instances",)

    def __init__(self, instances: dict[str | int | None, Lazy], address: str, reason: Unknown | None) -> None:
        self.instances = instances
        super().__init__(
            "its number of instances is not known" if reason is None else reason.reason,
            expression=address,
            targets=(Target(address), *targets_of(reason)),
        )

    def attr(self, name: str) -> Data:
        """Return an instance by its key, or else an attribute of whichever there is."""
        if name in self.instances:
            return self.instances[name]
        try:
            return any_of([attribute(one, name) for one in self.instances.values()], self)
        except TerraformError:
            if None in self.instances:
                return self.instances[None]  # it can only be a key then
            raise

    def index(self, key: Data) -> Data:
        """Return the instance of a key, or the one that stands for all. Raises TerraformError when it cannot exist."""
        if len(self.instances) == 1 and (isinstance(key, Unknown) or None in self.instances):
            return next(iter(self.instances.values()))
        if isinstance(key, Unknown):
            return self  # any of them
        for known, one in self.instances.items():
            if str(known) == types.to_string(key):
                return one
        raise TerraformError(f"there is no element {key}")

    def elements(self) -> list[tuple[Data, Data]]:
        """Return the instances that there may be, by key."""
        return [(self if key is None else key, one) for key, one in self.instances.items()]
