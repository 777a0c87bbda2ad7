"""The functions of templates that hang on the deployment: parameters, resources and their ids, scopes, files.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-resource
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import Item
from checker.model import Step, Target, Unknown, Value
from providers.arm.evaluator import DEPLOYED, MOST_TURNS, Frame, every, first, number
from providers.arm.instances import split, written
from providers.arm.nodes import Call

if TYPE_CHECKING:
    from providers.arm.deployment import Deployment

# https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions-deployment#environment
_CLOUD = {
    "name": "AzureCloud",
    "gallery": "https://gallery.azure.com/",
    "graph": "https://graph.windows.net/",
    "portal": "https://portal.azure.com",
    "resourceManager": "https://management.azure.com/",
    "authentication": {"loginEndpoint": "https://login.microsoftonline.com/", "tenant": "common"},
    "suffixes": {
        "acrLoginServer": ".azurecr.io",
        "keyvaultDns": ".vault.azure.net",
        "sqlServerHostname": ".database.windows.net",
        "storage": "core.windows.net",
    },
}
_IDS = ("resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid", "managementgroupresourceid")
_SCOPES = ("subscription", "managementgroup", "tenant", "deployer")


def call(deployment: Deployment, node: Call, frame: Frame) -> Item | None:
    """Return what such a function comes to; None for any other."""
    name = node.name.lower()
    work = _FUNCTIONS.get(name)
    if work is None and name.startswith("list") and name != "list" and node.arguments:
        work = _listed
    if work is None and (name in deployment.holder().template.functions):
        return _declared(deployment, deployment.holder(), node, name, frame)
    if work is None and deployment.template.imported:
        return _imported(deployment, node, frame)
    return work(deployment, node, frame) if work is not None else None


def _imported(deployment: Deployment, node: Call, frame: Frame) -> Item | None:
    whole, _, inner = node.name.rpartition(".")
    file, there = deployment.template.imported.get(whole or inner, ("", ""))
    other = deployment.imports(file) if file and bool(whole) is not bool(there) else None
    name = (there or inner).lower()
    if other is None or name not in other.template.functions:
        return None
    return _declared(deployment, other, node, name, frame)


def _declared(deployment: Deployment, holder: Deployment, node: Call, name: str, frame: Frame) -> Item:
    function = holder.template.functions[name]
    given = [deployment.evaluator.item(one, frame) for one in node.arguments]
    named = dict(zip(function.parameters, given, strict=False))
    return holder.evaluator.item(function.body, Frame(names=named, arguments=named))


def _text(deployment: Deployment, node: Call, frame: Frame, at: int = 0) -> str | None:
    if len(node.arguments) <= at:
        return None
    return texts.words(first(deployment.evaluator.item(node.arguments[at], frame)))


def _parameter(deployment: Deployment, node: Call, frame: Frame) -> Item:
    name = _text(deployment, node, frame) or "?"
    found = deployment.parameter_called(name, frame, deployment.evaluator.at(node))
    return found if found is not None else deployment.evaluator.unknown(node, f"there is no parameter {name[:100]}")


def _variable(deployment: Deployment, node: Call, frame: Frame) -> Item:
    name = _text(deployment, node, frame) or "?"
    found = deployment.variable_called(name, deployment.evaluator.at(node))
    return found if found is not None else deployment.evaluator.unknown(node, f"there is no variable {name[:100]}")


def _turn(deployment: Deployment, node: Call, frame: Frame) -> Item:
    name, offset = "", 0
    for argument in node.arguments:
        value = first(deployment.evaluator.item(argument, frame))
        if isinstance(value.data, str):
            name = value.data.lower()
        else:
            offset = number(value) or 0
    turn = frame.copies.get(name)
    if turn is None:
        return deployment.evaluator.unknown(node, "which turn of the copy it is is not known")
    return Value(turn + min(offset, MOST_TURNS * 1000), location=deployment.evaluator.at(node))


def _group(deployment: Deployment, node: Call, frame: Frame) -> Item:
    at = deployment.evaluator.at(node)
    if node.arguments:  # Bicep: a scope
        return deployment.group_named(deployment.evaluator.item(node.arguments[-1], frame), at)
    return deployment.group_item(at)


def _scope(deployment: Deployment, node: Call, frame: Frame) -> Item:
    word = node.name
    at = deployment.evaluator.at(node)

    def unknown(member: str) -> Value:
        expression = f"{word}().{member}"
        return Value(Unknown("it is not stated", expression), (Step(expression, at),), location=at)

    names = ("id", "subscriptionId", "tenantId", "displayName", "name", "objectId", "countryCode", "properties")
    return {member: unknown(member) for member in names}


def _deployment(deployment: Deployment, node: Call, frame: Frame) -> Item:
    at = deployment.evaluator.at(node)
    unknown = Value(Unknown("it is chosen when the template is deployed", "deployment().name"), location=at)
    link = Value(Unknown("it is where the template is fetched from", "deployment().properties.templateLink.uri"))
    return {
        "name": unknown,
        "location": deployment.deployment_location(at),
        "properties": {"templateLink": {"uri": link}, "mode": Value("Incremental")},
    }


def _environment(deployment: Deployment, node: Call, frame: Frame) -> Item:
    return deployment.evaluator.data(_CLOUD, node)


def _id(deployment: Deployment, node: Call, frame: Frame) -> Item:
    items = [deployment.evaluator.item(one, frame) for one in node.arguments]
    name = node.name.lower()
    at = deployment.evaluator.at(node)
    for place, item in enumerate(items):
        kind = texts.words(first(item)) or ""
        known = kind.count("/") >= 1 and "." in kind.partition("/")[0] and not kind.startswith("/")
        if known and place < len(items) - 1:
            names = items[place + 1 :]
            group = items[place - 1] if name == "resourceid" and place else None
            return deployment.identity(kind, names, at, group)
    return deployment.evaluator.unlike(node, *items)


def _reference(deployment: Deployment, node: Call, frame: Frame) -> Item:
    items = [deployment.evaluator.item(one, frame) for one in node.arguments]
    if not items:
        return deployment.evaluator.unknown(node, "it names no resource")
    full = len(items) > 2 and (texts.words(first(items[2])) or "").lower() == "full"
    attribute = "" if full else "properties"
    at = deployment.evaluator.at(node)
    known = deployment.shared.by_address
    for value in every(items[0]):
        for target in value.targets:
            if target.address in known and target.attribute in ("", "id"):
                return known[target.address].handle(attribute, at)
        text = value.text
        if text is not None:
            found = deployment.find(text)
            if found is not None:
                return found.handle(attribute, at)
    made = deployment.evaluator.unlike(node, *items)
    return replace(made, data=Unknown("the resource is not declared here", made.trail[0].text))


def _listed(deployment: Deployment, node: Call, frame: Frame) -> Item:
    """Return the keys of a resource: secrets that hang on it."""
    items = [deployment.evaluator.item(one, frame) for one in node.arguments[:1]]
    targets = tuple(Target(t.address, node.name) for value in every(items[0]) for t in value.targets)
    return replace(deployment.evaluator.unknown(node, DEPLOYED, targets), sensitive=True)


def _zones(deployment: Deployment, node: Call, frame: Frame) -> Item:
    return [Value("1", location=deployment.evaluator.at(node))]


def _loaded(deployment: Deployment, node: Call, frame: Frame) -> Item:
    path = _text(deployment, node, frame)
    found = deployment.shared.tree.content(deployment.template, path or "", node.name.lower())
    if found is None:
        return deployment.evaluator.unknown(node, "the file is not in the checked tree, or cannot be read")
    return found


def _from_environment(deployment: Deployment, node: Call, frame: Frame) -> Item:
    name = _text(deployment, node, frame) or "?"
    at = deployment.evaluator.at(node)
    known = deployment.shared.environment or {}
    if name in known:
        return Value(known[name], (Step(f"environment variable {name}", at),), location=at)
    default = deployment.evaluator.item(node.arguments[1], frame) if len(node.arguments) > 1 else None
    if name == "AZURE_LOCATION" and (default is None or texts.words(first(default)) == ""):
        return deployment.deployment_location(at)
    if default is not None:
        return default
    return deployment.evaluator.unknown(node, f"environment variable {name[:100]} is not known")


def _first_part(deployment: Deployment, node: Call, frame: Frame) -> Item:
    items = [deployment.evaluator.item(one, frame) for one in node.arguments]
    found = split(items[0]) if items else []
    return found[-1] if found and written(found[-1]) else deployment.evaluator.unknown(node, "it names nothing")


def _try(deployment: Deployment, node: Call, frame: Frame) -> Item:
    item = deployment.evaluator.item(node.arguments[0], frame) if node.arguments else Value(None)
    for argument in node.arguments[1:]:
        item = deployment.evaluator.member(item, deployment.evaluator.item(argument, frame), node, safe=True)
    return item


_FUNCTIONS = {
    "parameters": _parameter,
    "variables": _variable,
    "copyindex": _turn,
    "resourcegroup": _group,
    "deployment": _deployment,
    "environment": _environment,
    "reference": _reference,
    "pickzones": _zones,
    "loadtextcontent": _loaded,
    "loadjsoncontent": _loaded,
    "loadyamlcontent": _loaded,
    "loadfileasbase64": _loaded,
    "readenvironmentvariable": _from_environment,
    "tryget": _try,
    "#lastpart": _first_part,
    **dict.fromkeys(_IDS, _id),
    **dict.fromkeys(_SCOPES, _scope),
}
