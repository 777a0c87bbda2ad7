"""What pods read and where they may run: config maps and secrets joined, variables filled in, node labels read.

https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
https://kubernetes.io/docs/reference/labels-annotations-taints/
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checker.documents import Item
from checker.model import Step, Target, Unknown, Value
from providers.kubernetes import items
from providers.kubernetes.items import Manifest

REGIONS = frozenset({"topology.kubernetes.io/region", "failure-domain.beta.kubernetes.io/region"})
ZONES = frozenset(
    {
        "topology.kubernetes.io/zone",
        "failure-domain.beta.kubernetes.io/zone",
        "topology.gke.io/zone",
        "topology.ebs.csi.aws.com/zone",
        "topology.disk.csi.azure.com/zone",
        "topology.k8s.aws/zone-id",
    }
)
_AZURE_ZONE = re.compile(r"([a-z]+[0-9]?)-[1-9]")  # westeurope-1: Azure's nodes write region and zone so
_PART = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]*)\)")
# `http://vllm`, `http://vllm.ai`, `http://vllm.ai.svc.cluster.local`: a service's name and its namespace.
_URL = re.compile(
    r"\b[a-z][a-z0-9+]{1,20}://([a-z][a-z0-9-]{0,62})(?:\.([a-z0-9-]{1,63})(?:\.svc(?:\.[a-z0-9.-]{1,63})?)?)?(?=[:/\s]|$)"
)
_MOST_EXPANSIONS = 2000
_LONGEST = 20_000

# The member that names an object of a kind, where a pod reads or mounts it.
_READS = {
    "configMapRef": ("ConfigMap", "name"),
    "secretRef": ("Secret", "name"),
    "configMapKeyRef": ("ConfigMap", "name"),
    "secretKeyRef": ("Secret", "name"),
    "configMap": ("ConfigMap", "name"),
    "secret": ("Secret", "secretName"),
    "persistentVolumeClaim": ("PersistentVolumeClaim", "claimName"),
}
# What an operator makes a service for, of the same name: KServe (also with `-predictor`), KAITO, NVIDIA's NIM.
_SERVING = ("InferenceService", "LLMInferenceService", "Workspace", "NIMService")
_MAKES_SECRETS = ("Secret", "ExternalSecret", "SealedSecret", "SecretProviderClass")


class Objects:
    """The objects of a root by kind, namespace and every name that they have had."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self._by_name: dict[tuple[str, str], list[Manifest]] = {}
        self._of_name: dict[str, list[Manifest]] = {}
        self._of_label: dict[tuple[str, str], list[Manifest]] = {}
        for one in manifests:
            for label, value in items.members(items.at(one.item, "metadata", "labels")).items():
                self._of_label.setdefault((label, items.text(value)), []).append(one)
            for name in {*one.names, one.name, items.text(items.at(one.item, "spec", "target", "name"))} - {""}:
                self._by_name.setdefault((one.kind, name), []).append(one)
                self._of_name.setdefault(name, []).append(one)

    def of_name(self, name: str) -> list[Manifest]:
        """Return the objects of a name, whatever their kind."""
        return self._of_name.get(name, [])

    def labelled(self, labels: Mapping[str, Item]) -> list[Manifest]:
        """Return the objects that have all of some labels."""
        found = [self._of_label.get((label, items.text(value)), []) for label, value in labels.items()]
        return [one for one in found[0] if all(any(one is other for other in more) for more in found[1:])]

    def named(self, kind: str, name: str, namespace: str) -> list[Manifest]:
        """Return the objects that a name in a namespace means; where no namespace is stated it may be any."""
        kinds = _MAKES_SECRETS if kind == "Secret" else (kind,)
        found = [one for kind in kinds for one in self._by_name.get((kind, name), ())]
        return [one for one in found if not namespace or one.namespace in ("", namespace)]


def completed(manifest: Manifest, objects: Objects) -> tuple[dict[str, Item], set[str]]:
    """Return an object's document with references to others of its root, its variables filled in, secrets decoded.

    Beside it come the addresses of what it reads and mounts.
    """
    if manifest.kind == "Secret":
        kept = {name: _kept(name, manifest.item.get(name)) for name in ("data", "stringData")}
        return {**manifest.item, **kept}, set()
    completion = _Completion(objects, manifest.namespace)
    if manifest.kind == "ConfigMap":
        data = {name: completion.answered(inner) for name, inner in items.members(manifest.item.get("data")).items()}
        return {**manifest.item, "data": data}, set()
    done = completion.of(manifest.item)
    assert isinstance(done, dict)
    return done, completion.read


def _kept(name: str, item: Item | None) -> Item:
    """Return what a secret keeps: it never reaches a report, but a host in it says where calls go."""
    found: dict[str, Item] = {}
    for key, inner in items.members(item).items():
        if isinstance(inner, Value):
            data = _decoded(inner.data) if name == "data" else inner.data
            found[key] = replace(inner, data=data, sensitive=True)
    return found


def _decoded(data: object) -> object:
    """Return what base64 says; what is no text is unknown. A placeholder stays one."""
    if not isinstance(data, str):
        return data
    try:
        return base64.b64decode("".join(data.split()), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return Unknown("what the secret keeps is no text in base64")


class _Completion:
    def __init__(self, objects: Objects, namespace: str) -> None:
        self._objects = objects
        self._namespace = namespace
        self._known: dict[int, Item] = {}
        self.read: set[str] = set()

    def of(self, item: Item) -> Item:
        """Return an item with its references, what an alias stands for only once."""
        done = self._known.get(id(item))
        if done is None:
            done = self._of(item)
            self._known[id(item)] = done
        return done

    def _of(self, item: Item) -> Item:
        if isinstance(item, list):
            return [self.of(inner) for inner in item]
        if not isinstance(item, Mapping):
            return item
        found: dict[str, Item] = {}
        for name, inner in item.items():
            if name == "env" and isinstance(inner, list):
                found[name] = self._variables(inner)
            elif name in ("storageUri", "uri", "url") and items.text(inner).startswith("pvc://"):
                found[name] = self._mounted(inner)
            elif name in _READS and isinstance(inner, Mapping):
                kind, member = _READS[name]
                found[name] = {key: self._pointing(kind, v) if key == member else v for key, v in inner.items()}
            else:
                found[name] = self.of(inner)
        known = {items.text(items.at(one, "name")): items.at(one, "value") for one in items.elements(found.get("env"))}
        for name in ("args", "command"):
            if isinstance(found.get(name), list):
                found[name] = [expanded(inner, known) for inner in items.elements(found[name])]
        return found

    def _mounted(self, item: Item) -> Item:
        """Return KServe's `pvc://claim/path` with the claim that it means."""
        claim = items.text(item).removeprefix("pvc://").partition("/")[0]
        found = self._pointing("PersistentVolumeClaim", replace(item, data=claim) if isinstance(item, Value) else item)
        return replace(found, data=items.text(item)) if isinstance(found, Value) and found.targets else found

    def _pointing(self, kind: str, item: Item) -> Item:
        """Return a name with the objects that it means; one that is not declared is somewhere in the same cluster."""
        if not isinstance(item, Value) or not isinstance(item.data, str):
            return item
        meant = self._objects.named(kind, item.data, self._namespace)
        if meant:
            self.read |= {one.address for one in meant}
            return replace(item, targets=tuple(Target(one.address) for one in meant))
        return replace(item, data=Unknown("it is declared elsewhere in the cluster"))

    def _variables(self, env: list[Item]) -> list[Item]:
        known: dict[str, Item | None] = {}
        found: list[Item] = []
        for one in env:
            done = {name: self.of(inner) for name, inner in items.members(one).items()}
            value = done.get("value")
            if value is not None:
                done["value"] = self.answered(expanded(value, known))
            else:
                done |= self._read(done.get("valueFrom"))
            known[items.text(done.get("name"))] = done.get("value")
            found.append(done)
        return found

    def answered(self, item: Item) -> Item:
        """Return a value that calls a service of the cluster with that service, where it is declared."""
        text = item.text if isinstance(item, Value) else None
        if not isinstance(item, Value) or not text or len(text) > 1000:
            return item
        text = text if "://" in text else f"tcp://{text}"
        called = [(m[1].removesuffix("-predictor"), m[2] or "") for m in _URL.finditer(text)]
        meant = [one for m in _URL.finditer(text) for one in self._objects.named("Service", m[1], m[2] or "")]
        meant += [one for name, space in called for kind in _SERVING for one in self._objects.named(kind, name, space)]
        targets = tuple(Target(one.address) for one in meant)
        return replace(item, targets=(*item.targets, *targets)) if targets else item

    def _read(self, source: Item | None) -> dict[str, Item]:
        """Return the value of a variable that one key of a config map or secret gives, where that is declared."""
        for member, kind in (("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")):
            reference = items.at(source, member)
            name, key = items.at(reference, "name"), items.text(items.at(reference, "key"))
            for one in self._objects.named(kind, items.text(name), self._namespace) if reference is not None else ():
                if kind == "Secret":
                    kept = _kept("data", one.item.get("data")), _kept("stringData", one.item.get("stringData"))
                    found = items.at(kept[1], key) or items.at(kept[0], key)
                    if isinstance(found, Value) and not found.data:
                        continue  # a placeholder: who installs it fills it in
                else:
                    found = items.at(one.item, "data", key)
                if isinstance(found, Value) and isinstance(name, Value):
                    step = Step(f"{one.address}.{key}", name.location)
                    return {"value": replace(found, trail=(step, *found.trail))}
        return {}


def expanded(item: Item, known: Mapping[str, Item | None]) -> Item:
    """Return a text with `$(NAME)` replaced by the variables that stand before it; `$$` is a dollar sign."""
    if not isinstance(item, Value) or not isinstance(item.data, str) or "$" not in item.data:
        return item
    data = item.data
    if len(data) > _LONGEST or data.count("$") > _MOST_EXPANSIONS or not _PART.search(data):
        return item
    used = {name: known.get(name) for name in {m[1] for m in _PART.finditer(data)} - {None}}
    values = {name: one for name, one in used.items() if isinstance(one, Value)}

    def put(match: re.Match[str]) -> str:
        if match[1] is None:
            return "$"
        one = values.get(match[1])
        return one.text if one is not None and one.text is not None else f"${{{match[1]}}}" if one else match[0]

    text = _PART.sub(put, data)
    if len(text) > _LONGEST:
        return replace(item, data=Unknown("its variables make it too long", data[:100]))
    sensitive = item.sensitive or any(one.sensitive for one in values.values())
    trail = (*item.trail, *(step for one in values.values() for step in one.trail))
    if any(isinstance(one.data, Unknown) for one in values.values()):
        holes = tuple(() for _ in range(text.count("${")))
        return replace(item, data=Unknown("a variable in it is not known", data, text, holes), sensitive=sensitive)
    whole = data.strip().startswith("$(") and data.strip().endswith(")") and len(values) == 1
    return replace(item, data=text, trail=trail if whole else item.trail, sensitive=sensitive)


def environment(item: Item) -> Iterator[tuple[str, Value]]:
    """Yield the variables that the pods of an object set themselves, with their values."""
    for pod in specifications(item):
        for container in items.elements(pod.get("containers")):
            for one in items.elements(items.at(container, "env")):
                value = items.at(one, "value")
                if isinstance(value, Value):
                    yield items.text(items.at(one, "name")), value


# --- where pods may run


def regions(item: Item) -> list[Item]:
    """Return the regions and zones that the nodes of an object's pods are bound to, none when not all of them are.

    What is only preferred binds nothing.
    """
    found: list[Item] = []
    pods = list(specifications(item)) or [items.members(items.at(item, "spec"))]
    for pod in pods:
        here = list(bound(pod))
        if not here:
            if len(pods) == 1 or not any(list(bound(other)) for other in pods):
                return []
            here = [Value(Unknown("others of its pods are bound to no region"), location=items.location(pod))]
        found += here
    return found


def specifications(item: Item) -> Iterator[Mapping[str, Item]]:
    """Yield the specifications of pods in an object, wherever it keeps them."""
    return (one for one in items.mappings(item) if _is_pod(one))


def _is_pod(item: Mapping[str, Item]) -> bool:
    """Return whether a mapping is the specification of a pod: it has containers, or KServe's model in their place."""
    containers = item.get("containers")
    return (isinstance(containers, list) and any(isinstance(one, Mapping) for one in containers)) or (
        isinstance(item.get("model"), Mapping) and "nodeSelector" in item
    )


def bound(pod: Mapping[str, Item]) -> Iterator[Item]:
    """Yield the places that one pod is bound to: by region where one is stated, else by zone."""
    selector = items.members(pod.get("nodeSelector"))
    required = items.at(pod, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    required = required or items.at(pod, "nodeAffinity", "required")  # of a volume
    terms = items.elements(items.at(required, "nodeSelectorTerms"))
    for labels in (REGIONS, ZONES):
        found = [_of_zone(value) for label, value in selector.items() if label in labels]
        if found:
            yield from found
            return
        stated = [list(_asked(term, labels)) for term in terms]
        if stated and all(stated):  # terms are alternatives: one without a place lets the pod go anywhere
            yield from (value for values in stated for value in values)
            return


def _asked(term: Item, labels: frozenset[str]) -> Iterator[Item]:
    for expression in items.elements(items.at(term, "matchExpressions")):
        if items.text(items.at(expression, "key")) in labels and items.text(items.at(expression, "operator")) == "In":
            yield from (_of_zone(value) for value in items.elements(items.at(expression, "values")))


def _of_zone(item: Item) -> Item:
    match = _AZURE_ZONE.fullmatch(item.data) if isinstance(item, Value) and isinstance(item.data, str) else None
    return replace(item, data=match[1]) if match is not None and isinstance(item, Value) else item
