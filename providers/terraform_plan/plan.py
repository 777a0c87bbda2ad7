"""Plans as `terraform show -json` prints them: what will be there once the plan is applied.

Source: https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from checker.model import Gap
from checker.source import Source
from providers.terraform_plan.configuration import Configuration
from providers.terraform_plan.entries import Contents, Entry, Malformed, mapping, offsets, resources, sequence, text

_SHOWN = 5  # addresses that one gap names


def read(source: Source, document: Mapping[str, Any]) -> Contents:
    """Return what a plan holds. Raises Malformed."""
    version = text(document.get("format_version"))
    if version.partition(".")[0] not in ("0", "1"):
        raise Malformed(f"the version of its format is not known: {version[:20]!r}")
    found = Contents(source)
    found.configuration = configuration = Configuration(document)
    at = offsets(source)
    changes = [change for change in sequence(document.get("resource_changes")) if isinstance(change, dict)]
    planned = {text(c.get("address")): c for c in changes if not text(c.get("deposed"))}
    every = mapping(mapping(document.get("planned_values")).get("root_module"))
    prior = mapping(mapping(mapping(document.get("prior_state")).get("values")).get("root_module"))
    looked_up = ((module, one) for module, one in resources(prior) if one.get("mode") == "data")
    for module, resource in (*looked_up, *resources(every)):
        change = mapping(mapping(planned.get(text(resource["address"]))).get("change"))
        found.entries.append(_entry(configuration, module, resource, change, at))
    found.gaps += _gaps(found, document, changes)
    for deferred in sequence(document.get("deferred_changes")):
        change = mapping(mapping(deferred).get("resource_change"))
        if text(change.get("address")):
            values = {**change, "values": mapping(change.get("change")).get("after")}
            found.entries.append(
                _entry(configuration, text(change.get("module_address")), values, mapping(change.get("change")), at)
            )
    return found


def _entry(
    configuration: Configuration,
    module: str,
    resource: Mapping[str, Any],
    change: Mapping[str, Any],
    at: Mapping[str, int],
) -> Entry:
    address = text(resource["address"])
    entry = Entry(
        address=address,
        module=module,
        mode=text(resource.get("mode")) or "managed",
        type=text(resource.get("type")),
        values=mapping(resource.get("values")),
        unknown=change.get("after_unknown", False),
        sensitive=change.get("after_sensitive", resource.get("sensitive_values", False)),
        provider=text(resource.get("provider_name")),
        offset=at.get(address, 0),
    )
    stated = configuration.resource(entry)
    if stated is not None:
        entry.expressions = mapping(stated.get("expressions"))
        entry.key = text(stated.get("provider_config_key"))
    return entry


def _gaps(found: Contents, document: Mapping[str, Any], changes: list[dict[str, Any]]) -> Iterator[Gap]:
    where = found.source.path
    if document.get("errored") is True:
        yield Gap(
            where, "Terraform ended with an error while it made this plan: it does not hold everything", fatal=True
        )
    elif document.get("complete") is False:
        yield Gap(
            where, "the plan is not complete: applying it would leave further changes", hint="plan without -target"
        )
    kept = [text(c.get("address")) for c in changes if mapping(c.get("change")).get("actions") == ["forget"]]
    if kept:
        yield Gap(_listed(kept), "what is no longer managed stays where it is: it was not judged", found.location(0))
    deferred = [
        text(mapping(mapping(one).get("resource_change")).get("address"))
        for one in sequence(document.get("deferred_changes"))
    ]
    if deferred:
        yield Gap(_listed(deferred), "these changes are deferred: little of them is known", found.location(0))


def _listed(addresses: list[str]) -> str:
    more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
    return ", ".join(addresses[:_SHOWN]) + more
