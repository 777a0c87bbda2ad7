"""States: files of version 4, as `terraform state pull` writes them, and what `terraform show -json` prints of one.

Source of the latter: https://developer.hashicorp.com/terraform/internals/json-format#state-representation
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from checker.source import Source
from providers.terraform_plan.entries import Contents, Entry, Malformed, mapping, offsets, resources, sequence, text

_PROVIDER = re.compile(r'(?:.*\.)?provider\["([^"\]]+)"\](?:\.([\w-]+))?')
_TEXT = r'\s*:\s*("(?:[^"\\]|\\.)*")\s*,\s*'
# How the file begins a resource; another order of its members leaves it without a line.
_HEAD = re.compile(rf'(?:"module"{_TEXT})?"mode"{_TEXT}"type"{_TEXT}"name"{_TEXT}')


def read_shown(source: Source, document: Mapping[str, Any]) -> Contents:
    """Return what `show -json` prints of a state. Raises Malformed."""
    version = text(document.get("format_version"))
    if version.partition(".")[0] not in ("0", "1"):
        raise Malformed(f"the version of its format is not known: {version[:20]!r}")
    found = Contents(source, words="state")
    at = offsets(source)
    for module, resource in resources(mapping(mapping(document.get("values")).get("root_module"))):
        address = text(resource["address"])
        provider = text(resource.get("provider_name"))
        found.entries.append(
            Entry(
                address=address,
                module=module,
                mode=text(resource.get("mode")) or "managed",
                type=text(resource.get("type")),
                values=mapping(resource.get("values")),
                sensitive=resource.get("sensitive_values", False),
                provider=provider,
                depends=tuple(one for one in sequence(resource.get("depends_on")) if isinstance(one, str)),
                offset=at.get(address, 0),
            )
        )
    return found


def read(source: Source, document: Mapping[str, Any]) -> Contents:
    """Return what a state file holds. Raises Malformed."""
    if document.get("version") != 4:
        version = str(document.get("version"))[:20]
        raise Malformed(f"it is of version {version}: `terraform state pull` of a newer Terraform writes version 4")
    found = Contents(source, words="state")
    places = _Places(source)
    for resource in sequence(document.get("resources")):
        if isinstance(resource, dict) and text(resource.get("type")) and text(resource.get("name")):
            found.entries += _instances(resource, places)
    return found


def _instances(resource: Mapping[str, Any], places: _Places) -> Iterator[Entry]:
    module = text(resource.get("module"))
    mode = text(resource.get("mode")) or "managed"
    own = f"{'data.' if mode == 'data' else ''}{resource['type']}.{resource['name']}"
    name = f"{module}.{own}" if module else own
    provider = _PROVIDER.fullmatch(text(resource.get("provider")))
    offset = places.of(resource)
    for instance in sequence(resource.get("instances")):
        if not isinstance(instance, dict):
            continue
        key = instance.get("index_key")
        address = name if key is None else f"{name}[{json.dumps(key, ensure_ascii=False)}]"
        if text(instance.get("deposed")):
            address += f" (deposed {instance['deposed']})"
        yield Entry(
            address=address,
            module=module,
            mode=mode,
            type=str(resource["type"]),
            values=mapping(instance.get("attributes")),
            sensitive=_sensitive(instance),
            provider=provider[1] if provider is not None else "",
            alias=(provider[2] or "") if provider is not None else "",
            key=text(resource.get("provider")),
            depends=tuple(one for one in sequence(instance.get("dependencies")) if isinstance(one, str)),
            offset=offset,
        )


def _sensitive(instance: Mapping[str, Any]) -> dict[str, Any]:
    """Return which attributes are sensitive, as a tree; one within another makes the outer one so."""
    found = {}
    for path in sequence(instance.get("sensitive_attributes")):
        first = mapping(path[0]) if isinstance(path, list) and path else mapping(path)
        name = first.get("value")
        if isinstance(name, str):
            found[name] = True
    return found


class _Places:
    """Where the resources of a state file begin."""

    def __init__(self, source: Source) -> None:
        self._found: dict[tuple[str, ...], int] = {}
        for match in _HEAD.finditer(source.text):
            self._found.setdefault((match[1] or '""', match[2], match[3], match[4]), match.start())

    def of(self, resource: Mapping[str, Any]) -> int:
        """Return where a resource begins, 0 where that is not known."""
        key = tuple(
            json.dumps(text(resource.get(key)), ensure_ascii=False) for key in ("module", "mode", "type", "name")
        )
        return self._found.get(key, 0)
