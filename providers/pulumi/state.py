"""Exported stacks, checkpoints and previews: resources with their inputs and outputs, as blocks.

Sources: https://www.pulumi.com/docs/iac/cli/commands/pulumi_stack_export/,
https://www.pulumi.com/docs/iac/cli/commands/pulumi_preview/, and sdk/go/common/apitype of pulumi/pulumi
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from checker.documents import Document, Item
from checker.model import Block, FileLocation, Gap, Provider, Step, Target, Unknown, Value
from checker.source import Source, mentions
from providers.pulumi import blocks, tokens
from providers.pulumi.configured import spelled
from providers.pulumi.program import DEPLOYED, address
from providers.pulumi.tokens import type_of

Wanted: TypeAlias = Callable[[str, str], bool]
# What marks objects that stand for something else; that of a secret is none.
# https://github.com/pulumi/pulumi, sdk/go/common/resource/properties.go and plugin/rpc.go
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
# What stands for a value of each type that is not known yet.
_UNKNOWN = re.compile(
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9|1c4a061d-8072-4f0a-a4cb-0ff528b18fe7|3eeb2bf0-c639-47a8-9e75-3b44932eb421"
    "|6a19a0b0-7e62-4c92-b797-7f8e31da9cc2|030794c1-ac77-496b-92df-f27374a8bd58|e48ece36-62e2-4504-bad9-02848725956a"
    "|dd056dcd-154b-4c76-9bd3-c8f88648b5ff"
)
_HIDDEN = "[secret]"  # what a preview shows of one
_REGION = re.compile(r"arn:[\w-]+:[\w-]+:([a-z]{2,4}(?:-[a-z]+)+-\d+):")
_GONE = frozenset(
    {"delete", "delete-replaced", "discard", "discard-replaced", "read-discard", "remove-pending-replace"}
)
_URN = re.compile(r"urn:pulumi:([^:]+)::([^:]+)::(.+?)::(.*)", re.DOTALL)
_AT = re.compile(r'"urn"\s*:\s*("(?:[^"\\]|\\.)*")')
_DEEPEST = 60
_MOST_BLOCKS = 50_000


@dataclass(slots=True)
class Entry:
    """One resource of a file."""

    urn: str
    type: str
    name: str
    state: Mapping[str, Any]
    address: str = ""
    offset: int = 0

    @property
    def provider(self) -> tuple[str, str]:
        """The URN of its provider, without and with what may be its id."""
        written = text(self.state.get("provider"))
        return written.rpartition("::")[0], written


@dataclass(slots=True)
class Contents:
    """What a file holds: its resources by their URNs, and the configuration that a preview shows."""

    entries: dict[str, Entry] = field(default_factory=dict)
    config: Mapping[str, Any] = field(default_factory=dict)
    project: str = ""
    gap: Gap | None = None


class Root:
    """What one file plans or holds."""

    environment = ""

    def __init__(self, source: Source) -> None:
        self.name = source.path
        self._source = source
        self._contents: Contents | None = None
        self._gaps: list[Gap] = []

    @property
    def contents(self) -> Contents:
        """What the file holds; where it cannot be read, nothing and a gap."""
        if self._contents is None:
            self._contents = read(self._source)
        return self._contents

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that the file holds."""
        return frozenset((_mode(entry), type) for entry in self._resources() if (type := type_of(entry.type)))

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether its text holds one of some words (lower case)."""
        return mentions(self._source.text, words)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the resources of the types that are wanted."""
        for number, entry in enumerate(self._resources()):
            type = type_of(entry.type)
            if number >= _MOST_BLOCKS:
                self._gaps.append(Gap(self.name, f"it has more than {_MOST_BLOCKS} resources", fatal=True))
                return
            if type and wanted(_mode(entry), type):
                yield self._block(entry, type)

    def parse(self, wanted: Wanted) -> None:
        """Parse what is wanted: a file is parsed as a whole."""
        self._contents = self.contents

    def gaps(self) -> list[Gap]:
        """Return what was not read."""
        gap = self.contents.gap
        return [*([gap] if gap is not None else []), *dict.fromkeys(self._gaps)]

    def close(self) -> None:
        """Let go of what was read."""
        self._contents = Contents(gap=self.contents.gap)

    # --- one resource

    def _resources(self) -> Iterator[Entry]:
        for entry in self.contents.entries.values():
            if not entry.type.startswith("pulumi:") and entry.state.get("custom", True) is not False:
                why = tokens.unread(entry.type.partition(":")[0])
                if not why:
                    yield entry
                    continue
                where = self._source.location(entry.offset)
                self._gaps.append(Gap(f"{entry.address} ({entry.type[:100]})", why, where))

    def _block(self, entry: Entry, type: str) -> Block:
        here = self._source.location(entry.offset)
        token = tokens.token(entry.type)
        assert token is not None, "a type that is known is of a token"
        inputs, outputs = mapping(entry.state.get("inputs")), mapping(entry.state.get("outputs"))
        # What a provider answers and nothing states may be empty: then it says nothing.
        answered = {name: value for name, value in outputs.items() if value not in ("", [], {})}
        merged = {"id": entry.state.get("id") or None, **answered, **inputs}
        depends = mapping(entry.state.get("propertyDependencies"))
        properties = {
            name: self._item(value, name, here, self._targets(depends.get(name)), 0)
            for name, value in merged.items()
            if not name.startswith("__") and value is not None
        }
        return Block(
            format="pulumi",
            mode=_mode(entry),
            type=type,
            address=entry.address,
            root=self.name,
            body=blocks.body(token, properties),
            provider=self._provider(entry, token.package, here),
            location=here,
            environment=self.environment,
        )

    def _targets(self, urns: Any) -> tuple[Target, ...]:
        known = self.contents.entries
        found = (known[urn] for urn in urns if isinstance(urn, str) and urn in known) if isinstance(urns, list) else ()
        return tuple(Target(entry.address, "id") for entry in found)

    def _provider(self, entry: Entry, package: str, here: FileLocation) -> Provider:
        known = self.contents.entries
        found = next((known[urn] for urn in entry.provider if urn in known), None)
        given: Mapping[str, Any] = mapping(found.state.get("inputs")) if found is not None else {}
        where = self._source.location(found.offset) if found is not None else here
        outputs = mapping(entry.state.get("outputs"))
        if found is None:  # a preview shows the configuration that sets the default providers up
            begin = f"{package}:"
            given = {key[len(begin) :]: one for key, one in self.contents.config.items() if key.startswith(begin)}
        told = next((text(one) for one in (outputs.get("arn"), entry.state.get("id")) if _REGION.match(text(one))), "")
        if "region" not in given and (region := _REGION.match(told)) is not None:
            given = {**given, "region": region[1]}
        if not given:
            why = "what the file holds of its provider states none"
            return Provider(package, reason=why if found is not None else "the file does not hold its provider")
        items = {key: self._item(one, f"{package}:{key}", where, (), 0) for key, one in given.items()}
        alias = found.name if found is not None else ""
        return Provider(package, alias, body=Document(items, spelled=spelled(package)), location=where)

    # --- values

    def _item(self, data: Any, name: str, here: FileLocation, targets: tuple[Target, ...], depth: int) -> Item:
        step = Step(name, here)
        if depth > _DEEPEST:
            return Value(Unknown("it is nested too deeply", name), (step,), targets, here)
        if isinstance(data, dict):
            kind = data.get(_SIGNATURE)
            if kind is not None:
                return self._special(kind, data, name, here, targets, depth)
            return {str(key): self._item(one, str(key), here, targets, depth + 1) for key, one in data.items()}
        if isinstance(data, list):
            return [self._item(one, name, here, targets, depth + 1) for one in data]
        if isinstance(data, str) and _UNKNOWN.search(data):
            return Value(Unknown(DEPLOYED, name), (step,), targets, here)
        if data == _HIDDEN:
            return Value(Unknown("it is a secret", name), (step,), targets, here, sensitive=True)
        return Value(data, (step,), targets if isinstance(data, str) and len(data) > 2 else (), here)

    def _special(
        self,
        kind: object,
        data: Mapping[str, Any],
        name: str,
        here: FileLocation,
        targets: tuple[Target, ...],
        depth: int,
    ) -> Item:
        """Return what stands for a secret, an output, a resource or an asset: never what a secret is."""
        step = Step(name, here)
        if kind == _REFERENCE:
            return Value(Unknown(DEPLOYED, name), (step,), self._targets([data.get("urn")]), here)
        if kind == _OUTPUT and "value" in data and not data.get("secret"):
            own = self._targets(data.get("dependencies"))
            return self._item(data["value"], name, here, own or targets, depth + 1)
        secret = kind in (_SECRET, _OUTPUT)
        why = "it is a secret" if secret else "it is the content of a file"
        return Value(Unknown(why, name), (step,), targets, here, sensitive=secret)


def read(source: Source) -> Contents:
    """Return what a file holds; a gap for one that is no stack and no preview."""
    found = Contents()
    try:
        document = json.loads(source.text)
    except (ValueError, RecursionError) as error:
        offset = error.pos if isinstance(error, json.JSONDecodeError) else 0
        found.gap = Gap(source.path, f"it is no JSON: {str(error)[:200]}", source.location(offset), fatal=True)
        return found
    states = list(_states(mapping(document)))
    found.config = mapping(mapping(document).get("config"))
    at = _offsets(source)
    names: dict[str, int] = {}
    for state in states:
        urn = text(state.get("urn"))
        parts = _URN.fullmatch(urn)
        if parts is None or (state.get("delete") is True):
            continue
        kind = text(state.get("type")) or parts[3].rpartition("$")[2]
        entry = Entry(urn, kind, parts[4], state, offset=at.get(urn, 0))
        found.project = found.project or parts[2]
        if urn not in found.entries:
            names[entry.name] = names.get(entry.name, 0) + (not kind.startswith("pulumi:"))
        found.entries[urn] = entry
    taken: dict[str, int] = {}
    for entry in found.entries.values():
        own = entry.name if names[entry.name] == 1 else f"{_short(entry.type)}::{entry.name}"
        taken[own] = taken.get(own, 0) + 1
        entry.address = address(own if taken[own] == 1 else f"{own}::{taken[own]}")
    if not states:
        found.gap = Gap(source.path, "it is no export of a stack and no preview of a shape that is known", fatal=True)
    return found


def _states(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the resources of a document: of a deployment, a checkpoint, or the steps of a preview."""
    latest = mapping(mapping(document.get("checkpoint")).get("latest"))
    for holder in (mapping(document.get("deployment")), latest):
        for state in sequence(holder.get("resources")):
            yield mapping(state)
    for step in sequence(document.get("steps")):
        if isinstance(step, dict) and step.get("op") not in _GONE:
            state = mapping(step.get("newState"))
            yield {**state, "urn": state.get("urn") or step.get("urn"), "provider": _of_step(step, state)}


def _of_step(step: Mapping[str, Any], state: Mapping[str, Any]) -> str:
    return text(state.get("provider")) or text(step.get("provider"))


def _mode(entry: Entry) -> str:
    return "data" if entry.state.get("external") is True else "managed"


def _short(kind: str) -> str:
    found = tokens.token(kind)
    return found.short if found is not None else kind[:100]


def _offsets(source: Source) -> dict[str, int]:
    """Return where each URN first stands in a file."""
    found: dict[str, int] = {}
    for match in _AT.finditer(source.text):
        try:
            found.setdefault(json.loads(match[1]), match.start())
        except ValueError:
            continue
    return found


def mapping(value: object) -> Mapping[str, Any]:
    """Return a JSON object; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """Return a JSON array; an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """Return a JSON string; "" for anything else."""
    return value if isinstance(value, str) else ""
