"""What a plan keeps of the configuration: which expressions state an argument, and what these refer to.

A plan keeps constants and the names of references, not the expressions themselves, and no local values at all.
Source: https://developer.hashicorp.com/terraform/internals/json-format#configuration-representation
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from checker.model import Target
from providers.terraform_plan.entries import Entry, mapping, resources, sequence, steps, text

_KEY = r'(?:\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?'
_RESOURCE = re.compile(rf"((?:data\.)?[a-zA-Z][\w-]*\.[\w-]+)({_KEY})(?:\.(.+))?")
_OUTPUT = re.compile(rf"module\.([\w-]+)({_KEY})\.([\w-]+)(?:[.\[].*)?")
_VARIABLE = re.compile(r"var\.([\w-]+)")
_NO_RESOURCES = ("var.", "local.", "each.", "count.", "path.", "terraform.", "self.", "module.")
_DEEPEST = 20  # outputs of modules within modules
_MOST = 200  # resources that one argument refers to
_EXPRESSION = {"constant_value", "references"}


class Known(NamedTuple):
    """A value that an expression comes to, and what was read for it."""

    data: Any
    read: str


class Configuration:
    """The configuration of a plan; a document without one has an empty one."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        stated = mapping(document.get("configuration"))
        self.variables = {
            name: variable["value"]
            for name, variable in mapping(document.get("variables")).items()
            if isinstance(variable, dict) and "value" in variable
        }
        self._root = mapping(stated.get("root_module"))
        self._providers = mapping(stated.get("provider_config"))
        self._values: dict[str, Mapping[str, Any]] = {}
        self._modules: dict[str, list[str]] = {}  # addresses of module instances, by those without keys
        for part in (document.get("prior_state"), document):
            values = mapping(mapping(part).get("values") or mapping(part).get("planned_values"))
            for module, resource in resources(mapping(values.get("root_module"))):
                self._values[text(resource["address"])] = mapping(resource.get("values"))
                self._note(module)
        self._declared: dict[tuple[str, ...], dict[str, Mapping[str, Any]]] = {}

    def _note(self, module: str) -> None:
        found = self._modules.setdefault(_keyless(module), [])
        if module not in found:
            found.append(module)

    def resource(self, entry: Entry) -> Mapping[str, Any] | None:
        """Return what is stated of a resource, or None where the configuration is not there."""
        path = tuple(name for name, _ in steps(entry.module))
        if path not in self._declared:
            module = self._module(path)
            self._declared[path] = {
                text(one.get("address")): one
                for one in sequence(mapping(module).get("resources"))
                if isinstance(one, dict)
            }
        own = entry.address.removeprefix(f"{entry.module}.") if entry.module else entry.address
        return self._declared[path].get(re.sub(r"\[.*\]$", "", own))

    def _module(self, path: tuple[str, ...]) -> Mapping[str, Any]:
        here = self._root
        for name in path:
            here = mapping(mapping(mapping(here.get("module_calls")).get(name)).get("module"))
        return here

    # --- providers

    def provider(self, entry: Entry) -> Mapping[str, Any]:
        """Return the provider configuration of a resource; an empty one where none is stated."""
        key = entry.key
        while key:
            if key in self._providers:
                return mapping(self._providers[key])
            # `module.kb:aws` inherits `aws` where the module states none of its own.
            outer, colon, name = key.rpartition(":")
            key = ":".join(filter(None, (outer.rpartition(".module.")[0], name))) if colon else ""
        return {}

    def value(self, expression: Any, module: str, depth: int = 0) -> Known | None:
        """Return what an expression comes to: a constant, or the one variable or attribute that it reads; else None."""
        stated = mapping(expression)
        if "constant_value" in stated:
            return Known(stated["constant_value"], "")
        read = longest(sequence(stated.get("references")))
        if len(read) != 1 or depth > _DEEPEST:
            return None
        (reference,) = read
        if variable := _VARIABLE.fullmatch(reference):
            return self._variable(variable[1], module, depth)
        if found := _RESOURCE.fullmatch(reference):
            if reference.startswith(_NO_RESOURCES) or not found[3]:
                return None
            inner = self._values.get(f"{module}.{found[1]}{found[2]}" if module else f"{found[1]}{found[2]}")
            data = mapping(inner).get(found[3])
            return Known(data, reference) if isinstance(data, str) else None
        return None

    def _variable(self, name: str, module: str, depth: int) -> Known | None:
        calls = steps(module)
        if not calls:
            return Known(self.variables[name], f"var.{name}") if name in self.variables else None
        outer = _parent(module)
        stated = self._call(outer, calls[-1][0])
        given = mapping(stated.get("expressions")).get(name)
        if given is None:
            default = mapping(mapping(mapping(stated.get("module")).get("variables")).get(name))
            return Known(default["default"], f"default of var.{name}") if "default" in default else None
        found = self.value(given, outer, depth + 1)
        return found and Known(found.data, found.read or f"var.{name}")

    def _call(self, module: str, name: str) -> Mapping[str, Any]:
        path = tuple(one for one, _ in steps(module))
        return mapping(mapping(self._module(path).get("module_calls")).get(name))

    # --- references

    def targets(self, expression: Any, module: str) -> tuple[Target, ...]:
        """Return the resources that an expression of a module refers to, through variables and outputs too."""
        found: dict[Target, None] = {}
        for target in self._targets(expression, module, 0):
            found[target] = None
            if len(found) >= _MOST:
                break
        return tuple(found)

    def _targets(self, expression: Any, module: str, depth: int) -> Iterator[Target]:
        if depth > _DEEPEST:
            return
        inside = f"{module}." if module else ""
        for reference in longest(sequence(mapping(expression).get("references"))):
            if variable := _VARIABLE.match(reference):
                calls = steps(module)
                if calls:
                    outer = _parent(module)
                    given = mapping(self._call(outer, calls[-1][0]).get("expressions")).get(variable[1])
                    yield from self._targets(given, outer, depth + 1)
            elif output := _OUTPUT.fullmatch(reference):
                stated = mapping(self._call(module, output[1]).get("module"))
                inner = mapping(mapping(stated.get("outputs")).get(output[3])).get("expression")
                for one in self._instances(f"{inside}module.{output[1]}{output[2]}"):
                    yield from self._targets(inner, one, depth + 1)
            elif not reference.startswith(_NO_RESOURCES) and (found := _RESOURCE.fullmatch(reference)):
                yield Target(f"{inside}{found[1]}{found[2]}", found[3] or "")

    def _instances(self, module: str) -> list[str]:
        """Return the module instances that an address means: itself, or all of a call."""
        known = self._modules.get(_keyless(module), [])
        return [module] if module in known else [one for one in known if one.startswith(f"{module}[")]


def is_expression(stated: Any) -> bool:
    """Return whether something stated is an expression, as against the arguments of a nested block."""
    if not isinstance(stated, dict) or not stated.keys() <= _EXPRESSION:
        return False
    return all(isinstance(one, str) for one in sequence(stated.get("references")))


def longest(references: list[Any]) -> list[str]:
    """Return references without those that are the beginning of another: Terraform lists `a.b.c` and `a.b`."""
    known = [one for one in references if isinstance(one, str)]
    return [one for one in known if not any(other.startswith((f"{one}.", f"{one}[")) for other in known)]


def _keyless(module: str) -> str:
    return ".".join(f"module.{name}" for name, _ in steps(module))


def _parent(module: str) -> str:
    return ".".join(f"module.{name}{key}" for name, key in steps(module)[:-1])
