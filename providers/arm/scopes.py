"""Where a template is deployed, as far as it is known: its resource group, ids within it, and secrets.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-scope
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from checker import texts
from checker.documents import Either, Item
from checker.model import FileLocation, Step, Unknown, Value
from providers.arm.instances import GROUPS

OPEN_DEPLOYMENT = "the location of the deployment is chosen when it is deployed"
_OPEN = "the location of the resource group is chosen when it is deployed"
_CHOSEN = "it is chosen when the template is deployed"


def open_location(assumed: str, reason: str, expression: str, at: FileLocation) -> Value:
    """Return a location that is chosen at deployment: the assumed one, if one is assumed."""
    step = Step(expression, at)
    if assumed:
        return Value(assumed, (step, Step(f"--assume azure={assumed}")), location=at)
    return Value(Unknown(f"{reason}; --assume azure=REGION says it", expression), (step,), location=at)


def open_group(assumed: str, at: FileLocation) -> Item:
    """Return what is known of a resource group that nothing declares."""
    step = Step("resourceGroup().id", at)
    return {
        "id": Value(Unknown(_CHOSEN, "resourceGroup().id"), (step,), location=at),
        "name": Value(Unknown(_CHOSEN, "resourceGroup().name"), location=at),
        "location": open_location(assumed, _OPEN, "resourceGroup().location", at),
        "tags": Value(Unknown(_CHOSEN, "resourceGroup().tags"), location=at),
    }


def id_text(kind: str, names: list[Item], at: FileLocation, group: Item | None) -> Item:
    """Return the id of a resource that is not declared here."""
    provider, *kinds = kind.split("/")
    subscription = Value(Unknown("it is not stated", "subscription().subscriptionId"))
    unstated = Value(Unknown("it is not stated", "resourceGroup().name"))
    pieces: list[str | Item] = ["/subscriptions/", subscription]
    if kind.lower() == GROUPS:
        pieces += ["/resourceGroups/", *names]
    else:
        pieces += ["/resourceGroups/", group if group is not None else unstated, f"/providers/{provider}"]
        for one, name in zip(kinds, names, strict=False):
            pieces += [f"/{one}/", name]
    return texts.joined(pieces, at)


def secret(item: Item) -> Item:
    """Return an item that nobody is shown."""
    if isinstance(item, Value):
        return replace(item, sensitive=True)
    if isinstance(item, Either):
        return Either(tuple(secret(arm) for arm in item.arms), item.reason)
    if isinstance(item, Mapping):
        return {name: secret(inner) for name, inner in item.items()}
    return [secret(inner) for inner in item]
