"""Compositions of Crossplane: the resources that each claim makes, as far as they are written down.

https://docs.crossplane.io/latest/composition/compositions/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from checker.documents import Item
from checker.model import FileLocation, Step, Unknown, Value
from providers.kubernetes import items
from providers.kubernetes.items import Manifest

_PATH = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*")


def made(manifest: Manifest) -> Iterator[Manifest]:
    """Yield what a composition makes: each base by the name of its entry, with what claims fill in not known."""
    for entry in items.mappings(items.members(manifest.item.get("spec"))):
        base = entry.get("base")
        if not isinstance(base, Mapping) or not items.text(base.get("kind")) or not items.text(base.get("apiVersion")):
            continue
        item = dict(base)
        name = entry.get("name")
        if items.at(item, "metadata", "name") is None and name is not None:
            item = items.put(item, name, "metadata", "name")
        for patch in items.elements(entry.get("patches")):
            to = items.text(items.at(patch, "toFieldPath")) or items.text(items.at(patch, "fromFieldPath"))
            source = items.text(items.at(patch, "type"))
            if _PATH.fullmatch(to) and source in ("", "FromCompositeFieldPath", "CombineFromComposite"):
                where = items.location(patch)
                unknown = Unknown("a claim of the composition fills it in", to)
                item = _filled(item, Value(unknown, (Step(to, where),), location=where), to.split("."))
        where = items.location(item.get("kind")) or FileLocation(manifest.location.path, manifest.location.line)
        yield Manifest(item, where, {items.text(name)} - {""})


def _filled(item: Mapping[str, Item], value: Value, names: list[str]) -> dict[str, Item]:
    """Return an object with a value put in; what stood there is what counts where a claim says nothing."""
    old = items.at(item, *names)
    if isinstance(old, Value) and isinstance(value.data, Unknown):
        value = replace(value, data=replace(value.data, reason=f"{value.data.reason} (else {items.scalar(old)})"))
    return items.put(item, value, *names)
