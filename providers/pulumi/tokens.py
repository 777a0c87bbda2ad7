"""Pulumi's type tokens in the words of the catalogue, by the tables in `types/`.

A token is `package:module/member:Name`; the member may be left out, and a module that is `index` too.
Source: https://www.pulumi.com/docs/iac/using-pulumi/pulumi-packages/schema/#tokens
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from pathlib import Path
from typing import Any, NamedTuple

from providers.cloudformation.naming import type_of as cloudformation_type

_TYPES = Path(__file__).resolve().parent / "types"
TOKEN = re.compile(r"[A-Za-z][\w-]*:(?:[\w./-]+:)?[A-Za-z][\w.]*")
PROVIDERS = "pulumi:providers:"
_CAPITAL = re.compile(r"(?<=[^_\W])([A-Z])")
# What Terraform calls the providers whose types begin otherwise than the package is called.
_PREFIXES = {"gcp": "google", "azure": "azurerm", "confluentcloud": "confluent"}
_MANY = 5  # listed types of a module
_SAME = frozenset({"aws", "databricks", "mongodbatlas", "snowflake"})


def snake(word: str) -> str:
    """Return a name as Terraform writes it: `agentResourceRoleArn` is `agent_resource_role_arn`."""
    return _CAPITAL.sub(r"_\1", word).lower()


class Token(NamedTuple):
    """A type token, taken apart."""

    package: str
    module: str
    name: str

    @property
    def short(self) -> str:
        """How people write it: `aws:s3:Bucket`."""
        return ":".join(part for part in self if part)


@functools.lru_cache(4096)
def token(text: str) -> Token | None:
    """Return a token's parts in one spelling, or None for what is none."""
    if TOKEN.fullmatch(text) is None:
        return None
    package, _, rest = text.partition(":")
    module, _, name = rest.rpartition(":")
    if package != "kubernetes":
        module = module.partition("/")[0]
    return Token(package, "" if module == "index" else module, name)


@functools.lru_cache(4096)
def type_of(text: str) -> str:
    """Return the catalogue's type of a token, "" for what is none.

    A token that no table lists is read as the bridge names types that nobody names: by its module and its own name.
    """
    found = token(text)
    if found is None or found.package == "pulumi":
        return ""
    if found.package == "aws-native":
        return cloudformation_type(f"AWS::{found.module}::{found.name}")
    if found.package == "azure-native":
        return "azapi_resource"
    if found.package == "kubernetes":
        return "helm_release" if found.module.startswith("helm.sh/") else "kubernetes_manifest"
    listed = _rows(found.package).get(found)
    if listed is not None:
        return str(listed["type"])
    if found.package in _SAME or found.package in _PREFIXES:
        return _by_default(found)
    # Providers of Terraform that `pulumi package add terraform-provider` bridges keep all types in one module.
    # https://www.pulumi.com/docs/iac/concepts/providers/any-terraform-provider/
    return f"{found.package}_{snake(found.name)}"


def _by_default(found: Token) -> str:
    """Return the type of a token that no table lists: what the types of its module begin with, and its own name.

    It is none of those that are listed for another token.
    """
    begin = [_PREFIXES.get(found.package, found.package), *([found.module] if found.module else [])]
    beside = [(row["type"], one) for one, row in _rows(found.package).items() if one.module == found.module]
    # What all of many types begin with is the module's, what a few do may be of their own names.
    common = _common([type if len(beside) >= _MANY else _without_name(type, one) for type, one in beside])
    begin = common if len(common) > 1 else begin
    name = snake(found.name).split("_")
    shared = next((count for count in range(len(name), 0, -1) if begin[-count:] == name[:count]), 0)
    type = "_".join([*begin, *name[shared:]])
    return f"{type} ({found.short})" if any(row["type"] == type for row in _rows(found.package).values()) else type


def _without_name(type: str, found: Token) -> str:
    return type.removesuffix(f"_{snake(found.name)}")


def _common(types: list[str]) -> list[str]:
    """Return the words that all of some types begin with."""
    words = zip(*(type.split("_") for type in types), strict=False)
    return [some[0] for some in itertools.takewhile(lambda some: len(set(some)) == 1, words)]


def arguments(found: Token) -> dict[str, str]:
    """Return the arguments of a type that the bridge calls otherwise, by what it calls them."""
    row: dict[str, Any] = _rows(found.package).get(found, {})
    renamed: dict[str, str] = row.get("arguments", {})
    return renamed


@functools.cache
def _rows(package: str) -> dict[Token, dict[str, Any]]:
    file = _TYPES / f"{package}.json"
    if re.fullmatch(r"[\w-]+", package) is None or not file.is_file():
        return {}
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return {Token(*row["token"].split(":")): row for row in table["rows"]}


def is_listed(package: str) -> bool:
    """Return whether a table lists the types of a package."""
    return bool(_rows(package)) or package in ("aws-native", "kubernetes")


def unread(package: str) -> str:
    """Return why no resource of a package is read, "" for one that may be."""
    return _packages().get(package, "")


@functools.cache
def _packages() -> dict[str, str]:
    table: dict[str, Any] = json.loads((_TYPES.parent / "packages.json").read_text(encoding="utf-8"))
    return {row["package"]: row["why"] for row in table["rows"]}


def native_path(found: Token) -> str:
    """Return the path of a resource of Azure Native behind its group, "" for one that no table lists.

    `Microsoft.Storage/storageAccounts/{accountName}/blobServices/default/containers/{containerName}`
    """
    row: dict[str, Any] = _rows(found.package).get(found, {})
    return str(row.get("path", ""))
