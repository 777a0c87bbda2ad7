"""Texts that name a resource whose name is known in part: what they hang on is that resource.

A hash in a name (`st${uniqueString(…)}`) is the same wherever it is made of the same: so a host or setting that is
written with it names the resource. Hosts: https://learn.microsoft.com/azure/private-link/private-endpoint-dns
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker.documents import Either, Item
from checker.model import Target, Unknown, Value
from providers.arm.evaluator import is_large
from providers.arm.instances import split, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from providers.arm.instances import Instance

_HOLE = re.compile(r"\$\{[^{}]*\}")
_MOST_DEPTH = 40
# What follows a name in a host, and the types of what is named so.
_HOSTS = {
    ".blob.": "microsoft.storage/storageaccounts",
    ".dfs.": "microsoft.storage/storageaccounts",
    ".queue.": "microsoft.storage/storageaccounts",
    ".table.": "microsoft.storage/storageaccounts",
    ".file.": "microsoft.storage/storageaccounts",
    ".openai.azure.com": "microsoft.cognitiveservices/accounts",
    ".cognitiveservices.azure.com": "microsoft.cognitiveservices/accounts",
    ".services.ai.azure.com": "microsoft.cognitiveservices/accounts",
    ".search.windows.net": "microsoft.search/searchservices",
    ".vault.": "microsoft.keyvault/vaults",
    ".documents.azure.com": "microsoft.documentdb/databaseaccounts",
    ".mongo.cosmos.azure.com": "microsoft.documentdb/databaseaccounts",
    ".azurewebsites.net": "microsoft.web/sites",
    ".azurecr.io": "microsoft.containerregistry/registries",
    ".azure-api.net": "microsoft.apimanagement/service",
    ".database.windows.net": "microsoft.sql/servers",
    ".postgres.database.azure.com": "microsoft.dbforpostgresql/flexibleservers",
    ".redis.cache.windows.net": "microsoft.cache/redis",
    ".servicebus.windows.net": "microsoft.eventhub/namespaces",
}
_ACCOUNT = "accountname="


class Names:
    """The resources of a root whose names are known in part, by these names."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._known: dict[str, list[Instance]] = {}
        for instance in instances:
            parts = split(instance.name)
            name = written(parts[0]).lower() if len(parts) == 1 else ""
            if "${" in name and name.count("/") == 0 and instance.declared.nested is None:
                self._known.setdefault(name, []).append(instance)

    def bound(self, item: Item, depth: int = 0) -> Item:
        """Return an item whose texts hang on the resources that they name."""
        if not self._known or depth > _MOST_DEPTH or (depth == 0 and is_large(item)):
            return item
        if isinstance(item, Value):
            return self._of_value(item)
        if isinstance(item, Either):
            return Either(tuple(self.bound(arm, depth + 1) for arm in item.arms), item.reason)
        if isinstance(item, Mapping):
            return {name: self.bound(inner, depth + 1) for name, inner in item.items()}
        return [self.bound(inner, depth + 1) for inner in item]

    def _of_value(self, value: Value) -> Value:
        data = value.data
        if not isinstance(data, Unknown) or value.targets:
            return value
        pattern = (data.pattern if data.pattern is not None else f"${{{data.expression[:120]}}}").lower()
        for name, instances in self._known.items():
            at = pattern.find(name)
            if at < 0:
                continue
            found = _meant(pattern[:at], pattern[at + len(name) :], instances)
            if found is None:
                continue
            target = Target(found.address, "name")
            holes = tuple(
                (*hole, target) if at <= match.start() < at + len(name) else hole
                for match, hole in zip(_HOLE.finditer(pattern), data.holes, strict=False)
            )
            return replace(value, data=replace(data, holes=holes), targets=(target,))
        return value


def _meant(before: str, after: str, instances: list[Instance]) -> Instance | None:
    """Return the resource that a name means by what stands around it."""
    if not before and not after:
        return instances[0] if len(instances) == 1 else None
    if before and (before[-1].isalnum() or before[-1] in "-_}"):
        return None
    kind = next((kind for suffix, kind in _HOSTS.items() if after.startswith(suffix)), "")
    if not kind and before.endswith(_ACCOUNT):
        kind = "microsoft.storage/storageaccounts"
    return next((one for one in instances if one.kind.lower() == kind), None) if kind else None
