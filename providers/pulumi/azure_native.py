"""Resources of Azure Native as azapi writes them: the type of ARM, the id of what it is a part of, and a body.

Source: https://github.com/pulumi/pulumi-azure-native: names are parameters of the resource's path, and members of
`properties` that the specification flattens stand beside the others.
"""

from __future__ import annotations

from collections.abc import Mapping

from checker import texts
from checker.documents import Item
from checker.model import Body, FileLocation, Unknown, Value
from providers.pulumi.body import Arguments, written
from providers.pulumi.tokens import Token, native_path

_OUTSIDE = frozenset({"location", "identity", "tags"})  # azapi keeps them beside the body
_PLAIN = frozenset({"sku", "kind", "zones", "plan", "extendedLocation", "managedBy", "properties"})


def body(token: Token, properties: Mapping[str, Item]) -> Body:
    """Return the arguments of the resource as azapi has them."""
    path = native_path(token)
    # What no table lists keeps its words: whether its service is one for AI can be told.
    provider, *parts = (path or f"Microsoft.{token.module}/{token.name}s ({token.short})").split("/")
    kinds, names = parts[::2], parts[1::2]
    made: dict[str, Item] = {
        "type": Value("/".join((provider, *kinds))),
        "parent_id": _parent(provider, kinds, names, properties),
    }
    own = {name[1:-1] for name in names}
    if names and names[-1][1:-1] in properties:
        made["name"] = properties[names[-1][1:-1]]
    inner: dict[str, Item] = {}
    flat: dict[str, Item] = {}
    for name, item in properties.items():
        if name in _OUTSIDE:
            made[name] = item
        elif name not in own and name != "resourceGroupName":
            inner[name] = item
            if name not in _PLAIN:
                flat[name] = item
    stated = inner.get("properties", _renamed(token, inner))
    inner["properties"] = {**flat, **stated} if isinstance(stated, Mapping) else stated if stated is not None else flat
    return Arguments({**made, "body": inner}, written)


def _renamed(token: Token, inner: Mapping[str, Item]) -> Item | None:
    """Return the `properties` of a resource that the provider calls by its name: `onlineEndpointProperties`."""
    found = (
        item
        for name, item in inner.items()
        if name.endswith("Properties") and token.name.lower().endswith(name.removesuffix("Properties").lower())
    )
    return next(found, None)


def _parent(provider: str, kinds: list[str], names: list[str], properties: Mapping[str, Item]) -> Item:
    """Return the id of what a resource is a part of: the resource that a name is read of, else a text."""
    above = [_named(name, properties) for name in names[:-1]]
    group = _named("{resourceGroupName}", properties)
    read = [one for one in above if isinstance(one, Value)]
    last = read[-1] if read else group
    if isinstance(last, Value) and last.targets:
        return last
    pieces: list[str | Item] = ["/subscriptions/", Value(Unknown("it is not stated", "subscriptionId"))]
    pieces += ["/resourceGroups/", group]
    if above:
        pieces.append(f"/providers/{provider}")
        for one, name in zip(kinds, above, strict=False):
            pieces += [f"/{one}/", name]
    where = last.location if isinstance(last, Value) else None
    return texts.joined(pieces, where or FileLocation("", 1))


def _named(name: str, properties: Mapping[str, Item]) -> str | Item:
    """Return what a part of a path is: a parameter's value, or a word that is always the same."""
    if not name.startswith("{"):
        return name
    return properties.get(name[1:-1], Value(Unknown("it is not stated", name[1:-1])))
