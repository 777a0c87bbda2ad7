"""Resources of a program as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker.documents import Item
from checker.model import Block, Body, Gap, Step, Target, Unknown, Value
from providers.pulumi import azure_native, kubernetes, tokens
from providers.pulumi.body import Arguments, bridged, native
from providers.pulumi.configured import default_location, provider_of
from providers.pulumi.tokens import Token, type_of

if TYPE_CHECKING:
    from providers.pulumi.program import Program, Resource


def declared(program: Program) -> Iterator[tuple[str, str]]:
    """Yield the (mode, type) pairs of the resources of a program."""
    for resource in program.resources.values():
        if (type := type_of(resource.written)) and not unread(program, resource):
            yield mode_of(resource), type


def mode_of(resource: Resource) -> str:
    """Return whether a resource is managed, or looked up by `get`."""
    return "data" if "get" in resource.parts else "managed"


def unread(program: Program, resource: Resource) -> str:
    """Return why what a resource makes is not read, "" for one that is read."""
    token = resource.token
    if token is None or resource.is_provider:
        return ""
    if token.name in program.components:
        return "components that a program defines are not read"
    # A repository is called by its own name (`component-gke`), which holds that of its package as a rule.
    fetched = any(token.package in name for name in program.project.fetched)
    if fetched and not tokens.is_listed(token.package):
        return "its package is taken from elsewhere: what its components make was not read"
    return tokens.unread(token.package)


def block(program: Program, resource: Resource, root: str, environment: str) -> Block | None:
    """Return the block of a resource; None for what is none."""
    token = resource.token
    if token is None:
        return None
    options = resource.parts.get("options")
    why = unread(program, resource)
    properties = program.properties(resource)
    if why:
        program.gaps.append(Gap(f"{resource.address} ({token.short})", why, resource.location, _HINT))
        return Block(
            format="pulumi",
            mode="module",
            type=token.short,
            address=resource.address,
            root=root,
            body=Arguments(properties, native),
            provider=None,
            location=resource.location,
            environment=environment,
        )
    type = type_of(resource.written)
    if not type:
        return None
    return Block(
        format="pulumi",
        mode=mode_of(resource),
        type=type,
        address=resource.address,
        root=root,
        body=_body(program, resource, token, properties),
        provider=provider_of(program, options, token.package),
        location=resource.location,
        environment=environment,
    )


_HINT = "`pulumi preview --json` shows what it makes: check that file"


def _body(program: Program, resource: Resource, token: Token, properties: Mapping[str, Item]) -> Body:
    if token.package in ("azure", "azure-native") and "location" not in properties:
        found = _location(program, token, properties, Step(f"location of {resource.name}", resource.location))
        properties = {**properties, "location": found} if found is not None else properties
    return body(token, properties)


def _location(program: Program, token: Token, properties: Mapping[str, Item], step: Step) -> Value | None:
    """Return where a resource of Azure that states no location is: as configured, else where its group is.

    Sources: pulumi/pulumi-azure-native, AutoLocationDisabled of its metadata; pulumi/pulumi-azure, resources.go
    """
    group = properties.get("resourceGroupName")
    configured = default_location(program, token.package)
    if configured is not None and (token.package == "azure-native" or token.name == "ResourceGroup"):
        return replace(configured, trail=(step, *configured.trail))
    if not isinstance(group, Value):
        return None
    named = group.text or "its resource group"
    reason = "it is where its resource group is"
    targets = tuple(Target(target.address, "location") for target in group.targets)
    unknown = Unknown(reason, f"location of {named}"[:200])
    return Value(unknown, (step, *group.trail), targets, group.location)


def body(token: Token, properties: Mapping[str, Item]) -> Body:
    """Return properties as the arguments that the rows of a token's type read."""
    if token.package == "azure-native":
        return azure_native.body(token, properties)
    if token.package == "kubernetes":
        return kubernetes.body(token, properties)
    if token.package == "aws-native":
        return Arguments(properties, native)
    renamed = tokens.arguments(token)
    return Arguments({renamed.get(name, name): item for name, item in properties.items()}, bridged)
