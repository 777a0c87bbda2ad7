"""What patches of Kustomize make of an object: strategic merges and operations of JSON Patch.

https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md
https://www.rfc-editor.org/rfc/rfc6902
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from checker.documents import Item
from checker.model import Value
from providers.kubernetes import items

# The member that tells the elements of a list apart, by the list's name; other lists are replaced.
_KEYS = {
    "containers": "name",
    "initContainers": "name",
    "ephemeralContainers": "name",
    "env": "name",
    "volumes": "name",
    "volumeMounts": "mountPath",
    "volumeDevices": "devicePath",
    "ports": "containerPort",
    "imagePullSecrets": "name",
    "hostAliases": "ip",
    "topologySpreadConstraints": "topologyKey",
}
# Kinds whose lists the API itself describes; those of custom resources are replaced as a whole.
_BUILT_IN = re.compile(r"(?:v1|(?:apps|batch|autoscaling|policy|networking\.k8s\.io|storage\.k8s\.io)/.+)")
_MOST = 10_000  # elements of a list


class Unfit(Exception):
    """An operation that does not fit the object, or that is not known here."""


def merged(item: Item, patch: Item, api: str) -> Item | None:
    """Return an object with a strategic merge applied; None when the patch deletes it."""
    if isinstance(patch, Mapping) and items.text(patch.get("$patch")) == "delete":
        return None
    return _merged(item, patch, bool(_BUILT_IN.fullmatch(api)), "")


def _merged(item: Item, patch: Item, built_in: bool, name: str) -> Item:
    if isinstance(item, Mapping) and isinstance(patch, Mapping):
        if items.text(patch.get("$patch")) == "replace":
            return {key: value for key, value in patch.items() if key != "$patch"}
        found = dict(item)
        for key, value in patch.items():
            if key.startswith(("$patch", "$retainKeys", "$setElementOrder")):
                continue
            if isinstance(value, Value) and value.data is None:
                found.pop(key, None)
            elif key in found:
                found[key] = _merged(found[key], value, built_in, key)
            else:
                found[key] = _bare(value)
        return found
    if isinstance(item, list) and isinstance(patch, list) and built_in and name in _KEYS:
        return _lists(item, patch, _KEYS[name])
    return _bare(patch)


def _bare(patch: Item) -> Item:
    """Return a patch as what stands there where nothing stood before: without what it says about merging."""
    if isinstance(patch, Mapping):
        return {key: _bare(value) for key, value in patch.items() if not key.startswith("$patch")}
    if isinstance(patch, list):
        return [_bare(one) for one in patch if items.text(items.at(one, "$patch")) != "delete"]
    return patch


def _lists(old: list[Item], patch: list[Item], key: str) -> list[Item]:
    if any(items.text(items.at(one, "$patch")) == "replace" for one in patch):
        return [_bare(one) for one in patch if "$patch" not in items.members(one)]
    found = list(old)
    places = {items.scalar(items.at(one, key)): number for number, one in enumerate(found)}
    gone: set[int] = set()
    for one in patch:
        name = items.scalar(items.at(one, key))
        number = places.get(name) if name else None
        if items.text(items.at(one, "$patch")) == "delete":
            gone |= {number} if number is not None else set()
        elif number is not None:
            found[number] = _merged(found[number], one, True, "")
        else:
            places[name] = len(found)
            found.append(_bare(one))
    return [one for number, one in enumerate(found) if number not in gone]


def operated(item: Item, operations: Item) -> Item:
    """Return an object with the operations of a JSON Patch applied. Raises Unfit."""
    for one in items.elements(operations):
        kind = items.text(items.at(one, "op"))
        steps = [part.replace("~1", "/").replace("~0", "~") for part in items.text(items.at(one, "path")).split("/")]
        if kind == "test":
            continue
        if kind not in ("add", "replace", "remove") or len(steps) < 2 or len(steps) > 100:
            raise Unfit(f"the operation {kind or '(unnamed)'} of a JSON patch is not read")
        item = _operated(item, steps[1:], kind, items.at(one, "value"))
    return item


def _operated(item: Item, steps: list[str], kind: str, value: Item | None) -> Item:
    first, rest = steps[0], steps[1:]
    if isinstance(item, list):
        number = len(item) if first == "-" else int(first) if first.isdecimal() and len(first) < 6 else _MOST
        if number > len(item) or number >= _MOST or (number == len(item) and (rest or kind != "add")):
            raise Unfit(f"a JSON patch names element {first}, which the list does not have")
        if rest:
            return [*item[:number], _operated(item[number], rest, kind, value), *item[number + 1 :]]
        put: list[Item] = [] if kind == "remove" or value is None else [value]
        return [*item[:number], *put, *item[number + (kind != "add") :]]
    if not isinstance(item, Mapping) or (rest and first not in item):
        raise Unfit(f"a JSON patch names {first}, which the object does not have")
    found = dict(item)
    if rest:
        found[first] = _operated(found[first], rest, kind, value)
    elif kind == "remove":
        found.pop(first, None)
    elif value is not None:
        found[first] = value
    return found
