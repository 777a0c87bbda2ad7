"""The provider configuration that a resource resolves to: its own, its parent's, or the default one of its stack.

Sources: https://www.pulumi.com/docs/iac/concepts/resources/providers/ and
https://www.pulumi.com/docs/iac/concepts/options/provider/
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import At, Document
from checker.model import Provider, Value
from providers.pulumi.body import Texts
from providers.pulumi.project import location, of_package
from providers.pulumi.tokens import PROVIDERS, snake
from providers.pulumi.tree import members

if TYPE_CHECKING:
    from providers.pulumi.program import Program, Resource

_MOST_PARENTS = 50
# What the catalogue calls a provider's arguments, where that is not the same in another spelling.
_ARGUMENTS = {"azure-native": {"location": "default_location"}, "kubernetes": {"kubeconfig": "host"}}


def provider_of(program: Program, options: At | None, package: str) -> Provider:
    """Return the provider configuration that options lead to."""
    for given in _chain(program, options):
        own = members(given)
        for word in ("provider", "providers"):
            if word in own:
                found = _among(program, own[word], package)
                if found is not None:
                    return stated(program, found, package)
    for resource in program.resources.values():
        default = resource.parts.get("defaultProvider") or resource.parts.get("defaultprovider")
        if resource.written == f"{PROVIDERS}{package}" and default is not None and default.value is True:
            return stated(program, resource, package)
    return by_default(program, package)


def _chain(program: Program, options: At | None) -> Iterator[At]:
    """Yield some options, then those of the parent that they name, and so on."""
    for _ in range(_MOST_PARENTS):
        if options is None:
            return
        yield options
        parent = members(options).get("parent")
        above = _resources(program, parent) if parent is not None else []
        options = above[0].parts.get("options") if above else None


def _resources(program: Program, at: At) -> list[Resource]:
    """Return the resources that a value means."""
    by_address = {resource.address: resource for resource in program.resources.values()}
    item = program.item(at)
    items = item if isinstance(item, list) else list(item.values()) if isinstance(item, Mapping) else [item]
    found = [t.address for one in items for value in texts.scalars(one) for t in value.targets]
    return [by_address[name] for name in found if name in by_address]


def _among(program: Program, at: At, package: str) -> Resource | None:
    wanted = f"{PROVIDERS}{package}"
    return next((one for one in _resources(program, at) if one.written == wanted), None)


def stated(program: Program, resource: Resource, package: str) -> Provider:
    """Return a provider that is a resource of the program. It takes nothing from the configuration of the stack."""
    given = {**of_package(program.stack.assumed, package), **program.properties(resource)}
    body = Texts(given, spelled=spelled(package))
    return Provider(package, alias=resource.name, body=body, location=resource.location)


def by_default(program: Program, package: str) -> Provider:
    """Return the default provider of a package, which the configuration of the stack sets up."""
    given = of_package(program.stack.config, package)
    if not given:
        return Provider(package, reason=program.stack.lacks(f"{package}:{_wanted(package)}"))
    where = next((at for at in map(location, given.values()) if at is not None), None)
    return Provider(package, body=Document(given, spelled=spelled(package)), location=where)


def _wanted(package: str) -> str:
    return "location" if package.startswith("azure") else "region"


def spelled(package: str) -> Callable[[str], str]:
    names = _ARGUMENTS.get(package, {})
    return lambda name: names.get(name, snake(name))


def default_location(program: Program, package: str) -> Value | None:
    """Return the location that the configuration of the stack gives resources of Azure, or None."""
    found = of_package(program.stack.config, package).get("location")
    return found if isinstance(found, Value) else None
