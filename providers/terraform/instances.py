"""Module instances: what a name means inside a module that was called with certain arguments.

Everything is evaluated when something asks for it, once, and never executed.
Source: https://developer.hashicorp.com/terraform/language/expressions/references
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from pathlib import Path

from checker.model import Gap
from checker.source import Source, SyntaxProblem
from providers.terraform import configurations, constraints, expansions, files, parse, types
from providers.terraform.access import used
from providers.terraform.blocks import BlockBody
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.expansions import SINGLE, Expansion, Instance
from providers.terraform.modules import Declaration, Folder
from providers.terraform.objects import ModuleObject, Representative, ResourceObject
from providers.terraform.run import MOST_DEPTH, MOST_INSTANCES, MOST_WEIGHT, Run, TooMuch, weight
from providers.terraform.syntax import Attr, Body, Traverser, unparse
from providers.terraform.values import (
    Data,
    Encoded,
    Lazy,
    Origin,
    TerraformError,
    Text,
    Unknown,
    copied,
)


class ModuleInstance:
    """A module as one call evaluates it; the root module is the instance that nothing calls."""

    functions: Collection[str] = ()

    def __init__(self, run: Run, folder: Folder, parent: ModuleInstance | None = None, address: str = "") -> None:
        self.run = run
        self.folder = folder
        self.parent = parent
        self.address = address
        self.key = ""  # "rag.bucket": the path of call names
        self.call: Declaration | None = None
        self.call_scope: Scope | None = None
        self._values: dict[tuple[str, ...], Data] = {}
        self._busy: set[tuple[str, ...]] = set()
        self._expansions: dict[tuple[str, ...], Expansion] = {}
        self._children: dict[tuple[str, str | int | None], ModuleInstance | None] = {}

    # --- what expressions ask for (evaluate.Module)

    def spend(self, amount: int = 1) -> None:
        """Count work done."""
        self.run.spend(amount)

    def scope(self, source: object, names: dict[str, Data] | None = None) -> Scope:
        """Return a scope of this module for an expression of a file."""
        return Scope(self, names or {}, source)

    def file_function(self, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
        """Evaluate a function that reads files of the checked tree."""
        return files.call(self.run, name, args, scope)

    def resolve(self, root: str, steps: tuple[Traverser, ...], scope: Scope) -> tuple[Data, int]:
        """Return the value that a root name and its first steps mean, and how many steps that took."""
        first = steps[0].name if steps and isinstance(steps[0], Attr) else ""
        second = steps[1].name if len(steps) > 1 and isinstance(steps[1], Attr) else ""
        match root:
            case "var" if first:
                return self.variable(first), 1
            case "local" if first:
                return self.local(first), 1
            case "module" if first:
                return self.module(first), 1
            case "data" | "ephemeral" if first and second:
                return self.resource(root, first, second), 2
            case "resource" if first and second:
                return self.resource("managed", first, second), 2
            case "path" if first:
                return self._path(first), 1
            case "terraform" | "tofu" if first == "workspace":
                return self._workspace(), 1
            case "each" | "count" | "self" | "var" | "local" | "module" | "data" | "path" | "terraform" | "tofu":
                return Unknown(f"{root} has no value here", expression=root), len(steps)
            case _:
                pass
        if first:
            return self.resource("managed", root, first), 1
        raise TerraformError(f"{root} is not a value")

    def _workspace(self) -> Data:
        if self.run.workspace:
            return Text(self.run.workspace)
        name = self.run.tree.shown(self.run.root)
        self.run.note(Gap(name, "terraform.workspace counts as default", hint="--workspace says otherwise"))
        return Text("default")

    def _path(self, name: str) -> Data:
        if name == "root":
            return Text(".")
        if name == "module":
            relative = os.path.relpath(self.folder.path, self.run.root).replace(os.sep, "/")
            return Text(relative)
        return Unknown(f"path.{name} depends on the machine", expression=f"path.{name}")

    def _once(self, kind: str, name: str, compute: object) -> Data:
        """Evaluate a named value once; one that needs itself is unknown, an error makes it unknown with a reason."""
        key = (kind, name)
        if key in self._values:
            return self._values[key]
        if key in self._busy:
            return Unknown(f"{kind}.{name} refers to itself", expression=f"{kind}.{name}")
        self._busy.add(key)
        try:
            with self.run.allowance():
                value: Data = compute(name)  # type: ignore[operator]
                self.spend(weight(value))
            if weight(value) > MOST_WEIGHT:
                value = self._too_much(key, "it is too large")
        except TooMuch as error:
            value = self._too_much(key, str(error))
        except TerraformError as error:
            value = Unknown(str(error), expression=f"{kind}.{name}")
        except SyntaxProblem as problem:
            value = Unknown(f"its block cannot be parsed: {problem.reason}", expression=f"{kind}.{name}")
        except RecursionError:
            value = Unknown("it is nested too deeply", expression=f"{kind}.{name}")
        finally:
            self._busy.discard(key)
        self._values[key] = value
        return value

    def _too_much(self, key: tuple[str, str], why: str) -> Unknown:
        """Return an unknown value for one that explodes, and say so: it may be missing where nobody looks for it."""
        shown = ".".join(key)
        self.run.note(Gap(f"{self.address}.{shown}" if self.address else shown, why))
        return Unknown(why, expression=shown)

    # --- variables, locals, outputs

    def variable(self, name: str) -> Data:
        """Return the value of an input variable."""
        return self._once("var", name, self._variable)

    def _variable(self, name: str) -> Data:
        declaration = self.folder.variables.get(name)
        if declaration is None:
            return Unknown(f'variable "{name}" is not declared', expression=f"var.{name}")
        body = self._body(declaration)
        if body is None:
            return Unknown(f'variable "{name}" cannot be parsed', expression=f"var.{name}")
        scope = self.scope(declaration.source)
        stated = body.attributes.get("type")
        type = constraints.constraint(stated.value, lambda e: evaluate(e, scope)) if stated else types.ANY
        nullable = "nullable" not in body.attributes or evaluate(body.attributes["nullable"].value, scope) is not False
        given = self._given(name, type if stated else None)
        default = body.attributes.get("default")
        if given is _ABSENT or (given is None and not nullable):
            if default is None:
                origin = Origin(f'variable "{name}" has no default', declaration.source, declaration.pos)
                return Unknown(f'variable "{name}" has no value', expression=f"var.{name}", origin=origin)
            given = labelled(evaluate(default.value, scope), f'default of "{name}"', declaration.source, default.pos)
        value = types.convert(given, type)
        sensitive = "sensitive" in body.attributes and evaluate(body.attributes["sensitive"].value, scope) is True
        if sensitive and isinstance(value, Text | Unknown):
            return used(value, f"var.{name}", declaration.source, declaration.pos, sensitive=True)
        return value

    def _given(self, name: str, type: types.Type | None) -> Data:
        if self.call is None or self.call_scope is None:
            return self._input(name, type)
        body = self._body(self.call)
        argument = body.attributes.get(name) if body is not None else None
        if argument is None:
            return _ABSENT if body is not None else Unknown("the module call cannot be parsed")
        assert self.parent is not None
        scope = Scope(self.call_scope.module, self.call_scope.names, argument.source)
        try:
            value = evaluate(argument.value, scope)
        except TerraformError as error:
            value = Unknown(str(error), expression=unparse(argument.value))
        return labelled(value, f"{self.address}.{name}", argument.source, argument.pos)

    def _input(self, name: str, type: types.Type | None) -> Data:
        given = self.run.inputs.get(name)
        if given is None:
            return _ABSENT
        if given.expression is not None:
            return labelled(evaluate(given.expression, self.scope(given.source)), "", given.source, given.pos)
        if type is None or type == types.STRING:
            return Text(given.text, Origin(given.label, None, 0))
        if type in (types.NUMBER, types.BOOL):
            return given.text
        expression = parse.parse_expression(given.text, 0, Source("", given.text))
        return evaluate(expression, self.scope(Source("", given.text)))

    def local(self, name: str) -> Data:
        """Return a local value."""
        return self._once("local", name, self._local)

    def _local(self, name: str) -> Data:
        definition = self.folder.local(name)
        if definition is None:
            return Unknown(f"local.{name} is not defined", expression=f"local.{name}")
        value = evaluate(definition.value, self.scope(definition.source))
        return labelled(value, f"local.{name}", definition.source, definition.pos)

    def output(self, name: str) -> Data:
        """Return the value of an output. Raises TerraformError when there is none of that name."""
        if name not in self.folder.outputs:
            raise TerraformError(f"there is no output {name!r}")
        return self._once("output", name, self._output)

    def _output(self, name: str) -> Data:
        body = self._body(self.folder.outputs[name])
        if body is None or "value" not in body.attributes:
            return Unknown(f'output "{name}" cannot be read', expression=f"output.{name}")
        value = body.attributes["value"]
        return evaluate(value.value, self.scope(value.source))

    def _body(self, declaration: Declaration) -> Body | None:
        try:
            return declaration.body()
        except SyntaxProblem as problem:
            self.folder.note(declaration.source, problem)
            return None

    # --- expansion by count and for_each

    def expansion(self, declaration: Declaration, *key: str) -> Expansion:
        """Return the instances of a resource or module call."""
        if key in self._expansions:
            return self._expansions[key]
        if ("expansion", *key) in self._busy:
            return Expansion("unknown", [Instance(None, {})], Unknown("its count or for_each refers to itself"))
        self._busy.add(("expansion", *key))
        try:
            with self.run.allowance():
                found = self._expand(declaration)
        except TerraformError as error:
            found = expansions.one_for_all(Unknown(str(error)))
        except TooMuch as error:
            self.run.note(Gap(self._shown(key), str(error), declaration.source.location(declaration.pos), fatal=True))
            found = expansions.one_for_all(Unknown(str(error)))
        except RecursionError:
            found = expansions.one_for_all(Unknown("it is nested too deeply"))
        finally:
            self._busy.discard(("expansion", *key))
        if len(found.instances) > 1 and self.run.instances + len(found.instances) > MOST_INSTANCES:
            why = f"one instance stands for {len(found.instances)}: there are more than {MOST_INSTANCES} in all"
            self.run.note(Gap(self._shown(key), why, declaration.source.location(declaration.pos), fatal=True))
            found = expansions.one_for_all(Unknown(f"it has {len(found.instances)} instances"))
        self._expansions[key] = found
        return found

    def _shown(self, key: tuple[str, ...]) -> str:
        """Return the address of what an expansion is of, without the module's instance keys."""
        address = ".".join(part for part in key if part != "managed")
        return f"module.{self.key.replace('.', '.module.')}.{address}" if self.key else address

    def _expand(self, declaration: Declaration) -> Expansion:
        body = self._body(declaration)
        if body is None:
            return SINGLE
        if "count" in body.attributes:
            at = body.attributes["count"]
            count = evaluate(at.value, self.scope(at.source))
            if isinstance(count, Unknown):
                return expansions.possible_counts(count)
            return expansions.counted(count)
        if "for_each" in body.attributes:
            at = body.attributes["for_each"]
            each = evaluate(at.value, self.scope(at.source))
            return expansions.possible_keys(each) if isinstance(each, Unknown) else expansions.by_key(each)
        return SINGLE

    # --- resources

    def resource(self, mode: str, type: str, name: str) -> Data:
        """Return a resource (its instances as a list or map when it has count or for_each)."""
        declaration = self.folder.resources.get((mode, type, name))
        address = self.resource_address(mode, type, name)
        if declaration is None:
            return Unknown(f"{address} is not declared", expression=address)
        expansion = self.expansion(declaration, mode, type, name)
        return self._collected(
            expansion, address, lambda instance: ResourceObject(self, declaration, mode, type, name, instance)
        )

    def provider_argument(self, declaration: Declaration, type: str, names: dict[str, Data], argument: str) -> Data:
        """Return an argument of the provider configuration that a resource resolves to, None when nothing states it."""
        provider = configurations.of_resource(self, declaration, type, names)
        return provider.body.raw(argument) if isinstance(provider.body, BlockBody) else None

    def resource_address(self, mode: str, type: str, name: str, key: str | int | None = None) -> str:
        """Return the absolute address of a resource, or of an instance of it."""
        prefix = f"{self.address}." if self.address else ""
        return f"{prefix}{'' if mode == 'managed' else mode + '.'}{type}.{name}{key_suffix(key)}"

    def _collected(self, expansion: Expansion, address: str, make: object) -> Data:
        match expansion.kind:
            case "single":
                return make(expansion.instances[0])  # type: ignore[operator, no-any-return]
            case "count":
                return [make(instance) for instance in expansion.instances]  # type: ignore[operator]
            case "for_each":
                return {str(instance.key): make(instance) for instance in expansion.instances}  # type: ignore[operator]
            case _:
                made = {instance.key: make(instance) for instance in expansion.instances}  # type: ignore[operator]
                return Representative(made, address, expansion.reason)

    # --- module calls

    def module(self, name: str) -> Data:
        """Return a called module (its instances as a list or map when the call has count or for_each)."""
        call = self.folder.calls.get(name)
        address = self.child_address(name)
        if call is None:
            return Unknown(f"{address} is not declared", expression=address)
        expansion = self.expansion(call, "module", name)
        return self._collected(expansion, address, lambda instance: ModuleObject(self, name, instance))

    def child_address(self, name: str, key: str | int | None = None) -> str:
        """Return the absolute address of a called module, or of an instance of it."""
        return f"{self.address + '.' if self.address else ''}module.{name}{key_suffix(key)}"

    def child(self, name: str, instance: Instance) -> ModuleInstance | None:
        """Return an instance of a called module, or None when its folder is not there to be read."""
        if (name, instance.key) not in self._children:
            self._children[name, instance.key] = self._child(name, instance)
        return self._children[name, instance.key]

    def _child(self, name: str, instance: Instance) -> ModuleInstance | None:
        call = self.folder.calls[name]
        path = self.child_folder(name)
        if path is None:
            return None
        address = self.child_address(name, instance.key)
        above = list(self.chain())
        if any(module.folder.path == path for module in above) or len(above) > MOST_DEPTH:
            why = "it calls itself" if len(above) <= MOST_DEPTH else "modules are nested too deeply"
            self.run.note(Gap(f"module {address}", why, call.source.location(call.pos), fatal=True))
            return None
        self.run.count_instance()
        child = ModuleInstance(self.run, self.run.tree.folder(path), self, address)
        child.key = f"{self.key}.{name}" if self.key else name
        child.call = call
        child.call_scope = self.scope(call.source, instance.names)
        return child

    def chain(self) -> Iterator[ModuleInstance]:
        """Yield this module and those that called it, outwards."""
        module: ModuleInstance | None = self
        while module is not None:
            yield module
            module = module.parent

    def child_folder(self, name: str) -> Path | None:
        """Return the folder of a called module: a local one, or one that `init` has downloaded."""
        address = self.folder.calls[name].source_address
        local = self.run.tree.local_source(self.folder, address)
        if local is not None or (address or "").startswith(("./", "../")):
            return local
        relative = self.run.downloaded.get(f"{self.key}.{name}" if self.key else name)
        path = self.run.tree.inside(self.run.root / relative) if relative else None
        return path if path is not None and os.path.isdir(path) else None


_ABSENT = Unknown("not given")


def key_suffix(key: str | int | None) -> str:
    """Return an instance key as an address shows it: `[0]`, `["a"]`."""
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'


def labelled(value: Data, label: str, source: object, pos: int) -> Data:
    """Return a string or unknown value with a named stop on its trail; anything else as it is."""
    if isinstance(value, Lazy) or not isinstance(value, Text | Unknown) or isinstance(value, Encoded):
        return value
    origin = value.origin
    if origin is not None and not origin.text and label:
        # A literal right here: the label names the line it stands on.
        new = Origin(label, source, origin.offset if origin.file is source else pos, (), origin.targets)
    elif label:
        new = Origin(label, source, pos, (origin,) if origin else (), (), origin.sensitive if origin else False)
    else:
        return value
    return Text(value, new) if isinstance(value, Text) else copied(value, value.expression, new)
