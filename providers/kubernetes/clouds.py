"""Custom resources that create clouds from the cluster, as the types of their cloud: rows of all formats judge them.

Crossplane's upjet providers and Config Connector name resources and arguments as Terraform does, AWS Controllers for
Kubernetes as CloudFormation, Azure Service Operator as ARM. Which group is whose stands in `cloud_resources.json`.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checker.documents import Document, Item
from checker.model import FileLocation, Provider, Step, Target, Unknown, Value
from providers.kubernetes import items
from providers.kubernetes.items import Manifest

if TYPE_CHECKING:
    from providers.kubernetes.pods import Objects

_EKSCTL = "eksctl.io/"  # https://eksctl.io/usage/schema/
_ACK_REGION = "services.k8s.aws/region"  # https://aws-controllers-k8s.github.io/community/docs/user-docs/multi-region-resource-management/
_EXTERNAL_NAME = "crossplane.io/external-name"
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Made:
    """A resource of a cloud that an object in the cluster stands for."""

    type: str
    address: str
    body: Document
    provider: Provider


@dataclass(frozen=True, slots=True)
class _Family:
    name: str
    group: re.Pattern[str]
    provider: str
    prefix: str
    spec: tuple[str, ...]
    kind_is_whole: bool


def snake(name: str) -> str:
    """Return a word as Terraform spells it: `kmsKeyID` as `kms_key_id`, `BigQueryDataset` as `big_query_dataset`."""
    return "_".join(word.lower() for word in _WORD.findall(name)) if not name.islower() else name


def type_of(api: str, kind: str) -> str:
    """Return the type of the cloud resource that an object of an API and kind is, "" for none."""
    if api.startswith(_EKSCTL) and kind == "ClusterConfig":
        return "aws_eks_node_group"
    found = _known(api.partition("/")[0], kind)
    if found is None:
        return ""
    return "azapi_resource" if found[0].name == "azure-service-operator" else found[1]


def of(manifest: Manifest, done: Mapping[str, Item], objects: Objects) -> list[Made] | None:
    """Return the cloud resources that an object stands for, or None when it is one of the cluster's own."""
    if manifest.api.startswith(_EKSCTL) and manifest.kind == "ClusterConfig":
        return list(_eksctl(manifest, done))
    found = _known(manifest.api.partition("/")[0], manifest.kind)
    if found is None:
        return None
    family, type = found
    spec = items.members(items.at(done, *family.spec))
    if family.name == "azure-service-operator":
        version = manifest.api.partition("/")[2]
        body = _arm(f"{type}@{version}", manifest, spec, objects)
        return [Made("azapi_resource", manifest.address, Document(body), _provider(family.provider, None))]
    words = _table()["words"].get(type, {})
    body = {snake(name): _spelled(inner) for name, inner in spec.items()}
    body |= dict(_references(spec, manifest, objects))
    for own, word in words.items():
        name = _name(manifest, done) if own == "(name)" else body.get(own)
        if name is not None:
            body.setdefault(word, name)
    name = _name(manifest, done)
    if name is not None:
        body.setdefault("name", name)
    region = body.get("region") if family.name != "ack" else items.at(done, "metadata", "annotations", _ACK_REGION)
    return [Made(type, manifest.address, Document(body), _provider(family.provider, region))]


def _known(group: str, kind: str) -> tuple[_Family, str] | None:
    for family in _families():
        match = family.group.fullmatch(group)
        if match is None:
            continue
        service = match["service"] or ""
        table = _table()
        listed = table["kinds"].get(f"{family.name}:{service}/{kind}")
        if listed is not None:
            return family, listed
        if not family.prefix:
            return None  # ARM's types are listed, none is guessed
        service = table["services"].get(family.name, {}).get(service, service)
        word = snake(kind)
        whole = word if family.kind_is_whole or not service else f"{service}_{word}"
        return family, family.prefix + whole
    return None


def _provider(name: str, region: Item | None) -> Provider:
    if region is None:
        return Provider(name, reason="no argument of it states a region")
    return Provider(name, body=Document({"region": region}), location=items.location(region))


def _name(manifest: Manifest, done: Mapping[str, Item]) -> Item | None:
    external = items.at(done, "metadata", "annotations", _EXTERNAL_NAME) or items.at(done, "spec", "resourceID")
    return external or items.at(done, "metadata", "name")


def _spelled(item: Item) -> Item:
    if isinstance(item, list):
        return [_spelled(inner) for inner in item]
    if isinstance(item, Mapping):
        if any("/" in name or "." in name for name in item):
            return item  # labels, tags: names of its own
        return {snake(name): _spelled(inner) for name, inner in item.items()}
    return item


def _references(spec: Mapping[str, Item], manifest: Manifest, objects: Objects) -> Iterator[tuple[str, Item]]:
    """Yield what references to other objects stand for: `bucketRef: {name: x}` is `bucket`, and so is a selector.

    https://docs.crossplane.io/latest/managed-resources/managed-resources/#matching-by-selector
    """
    for name, inner in spec.items():
        labels = items.members(items.at(inner, "matchLabels")) if name.endswith("Selector") else {}
        if labels:
            word = snake(name.removesuffix("Selector"))
            yield word, _meaning(objects.labelled(labels), "its labels", items.location(inner), word, manifest)
        if name.endswith("Ref") and len(name) > 3 and isinstance(inner, Mapping):
            word = snake(name[:-3])
            external = inner.get("external")
            yield word, external if external is not None else _pointing(inner.get("name"), word, manifest, objects)


def _pointing(item: Item | None, word: str, manifest: Manifest, objects: Objects) -> Item:
    name = items.text(item)
    return _meaning(objects.of_name(name), name, items.location(item), word, manifest)


def _meaning(named: list[Manifest], name: str, where: FileLocation | None, word: str, manifest: Manifest) -> Item:
    # `kms_key_id` names a key: of several objects of one name, those whose kind the word holds.
    meant = [one for one in named if one is not manifest and type_of(one.api, one.kind)]
    likely = [one for one in meant if snake(one.kind).rpartition("_")[2] in word] or meant
    unknown = Unknown("it is another object's, which the controller fills in", f"{word} of {name}")
    targets = tuple(Target(one.address, "id") for one in likely)
    return Value(unknown, (Step(word, where),), targets, where)


def _arm(type: str, manifest: Manifest, spec: Mapping[str, Item], objects: Objects) -> dict[str, Item]:
    """Return an object of Azure Service Operator as the arguments of azapi_resource.

    https://azure.github.io/azure-service-operator/design/resource-states/ (spec is the ARM resource, flattened)
    """
    body: dict[str, Item] = {"type": Value(type, location=manifest.location)}
    name = spec.get("azureName") or items.at(manifest.item, "metadata", "name")
    owner = spec.get("owner")
    outside = {"name": name, "location": spec.get("location"), "identity": spec.get("identity")}
    body |= {key: value for key, value in outside.items() if value is not None}
    if owner is not None:
        arm = items.at(owner, "armId")
        body["parent_id"] = arm if arm is not None else _owner(items.at(owner, "name"), manifest, objects)
    inner: dict[str, Item] = {key: spec[key] for key in ("sku", "kind", "zones") if key in spec}
    outer = {"azureName", "owner", "location", "identity", "tags", "operatorSpec", *inner}
    properties = {key: value for key, value in spec.items() if key not in outer}
    body["body"] = {**inner, "properties": properties}
    return body


def _owner(item: Item | None, manifest: Manifest, objects: Objects) -> Item:
    name = items.text(item)
    meant = [one for one in objects.of_name(name) if one is not manifest and ".azure.com" in one.api]
    where = items.location(item)
    unknown = Unknown("it is the id of another object", f"the owner {name}")
    return Value(unknown, (Step("owner", where),), tuple(Target(one.address, "id") for one in meant), where)


def _eksctl(manifest: Manifest, done: Mapping[str, Item]) -> Iterator[Made]:
    """Yield the cluster and the node groups of an eksctl configuration."""
    provider = _provider("aws", items.at(done, "metadata", "region"))
    name = items.at(done, "metadata", "name") or Value("")
    yield Made("aws_eks_cluster", manifest.address, Document({"name": name}), provider)
    for member in ("managedNodeGroups", "nodeGroups"):
        for number, group in enumerate(items.elements(done.get(member))):
            types: list[Item] = [items.at(group, "instanceType") or [], items.at(group, "instanceTypes") or []]
            types.append(items.at(group, "instancesDistribution", "instanceTypes") or [])
            own = items.text(items.at(group, "name")) or str(number)
            cluster = replace(name, targets=(Target(manifest.address, "name"),)) if isinstance(name, Value) else name
            body: dict[str, Item] = {"instance_types": types, "cluster_name": cluster}
            yield Made("aws_eks_node_group", f"{manifest.address}/{member}/{own}", Document(body), provider)


@functools.cache
def _table() -> dict[str, Any]:
    file = Path(__file__).resolve().parent / "cloud_resources.json"
    table: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return table


@functools.cache
def _families() -> tuple[_Family, ...]:
    return tuple(
        _Family(
            row["name"],
            re.compile(row["group"]),
            row["provider"],
            row["prefix"],
            tuple(row["spec"].split(".")),
            row.get("kind_is_whole", False),
        )
        for row in _table()["families"]
    )
