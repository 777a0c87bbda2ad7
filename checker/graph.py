"""Blocks to resources: what each is, where it sits, and which AI workload reaches which storage."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from checker import catalogue, elsewhere, joins, registry, targets
from checker.known import WORKLOADS
from checker.model import (
    Block,
    FileLocation,
    Gap,
    Graph,
    Place,
    Purpose,
    Reference,
    Relation,
    Resource,
    Role,
    Unknown,
    Value,
)
from checker.placing import Assumptions, Placing, edit_location
from checker.rows import Cloud, Row

if TYPE_CHECKING:
    from checker import calls
    from checker.rules import Rules

# A table of chips that a machine has beside its processors: naming any, even one that is not known, is having one.
_STATED_AT_ALL = "accelerator-types"
_OWN = frozenset({Role.COMPUTE, Role.AI})  # what has settings of its own, and keeps none for others
_SERVERS = "model-servers"  # images that serve models, whatever they run on
_PRESETS = "model-presets"  # what an operator's resource names is a model
_OF_MODELS = frozenset({_SERVERS, _PRESETS})
# Arguments of provider blocks that replace the host of a service.
_ENDPOINTS = (
    "endpoints",  # aws, awscc
    *(
        f"{product}_custom_endpoint"  # google
        for product in "vertex_ai storage big_query dialogflow dialogflow_cx discovery_engine document_ai".split()
    ),
)
_DATA = frozenset({Role.STORAGE, Role.KEYS, Role.LOGS})
_KEEPS = frozenset({Role.STORAGE, Role.KEYS, Role.LOGS, Role.CONTAINER, Role.GROUP, Role.NETWORK})
_SENT = {Relation.COPIES_TO: Purpose.REPLICA, Relation.INFERS_THROUGH: Purpose.INFERENCE}


class Builder:
    """Takes the blocks of one root and makes its graph."""

    def __init__(self, assumptions: Assumptions, *, callers: bool = True, rules: Rules | None = None) -> None:
        self._assumptions = assumptions
        self._rules = rules
        self._callers = callers  # whether any text of the root names a model vendor: else no settings are looked at
        self._called: dict[str, calls.Calls | None] = {}
        self._read: set[str] = set()  # what keeps settings (secrets, parameters, config maps) and is read by compute
        self._all_heard = False
        self._parts: dict[str, list[str]] | None = None  # of what keeps settings
        self._blocks: dict[str, tuple[Block, Cloud, Row]] = {}  # by address
        self._modules: dict[str, Block] = {}
        self._locations: dict[str, tuple[Place, ...]] = {}
        self._further: dict[str, tuple[Place, ...]] = {}
        self._busy: set[tuple[str, Purpose]] = set()
        self._roles: dict[str, frozenset[Role]] = {}
        self._own: dict[str, frozenset[Role]] = {}
        self._targets = targets.Targets(self._blocks, self._modules, self.locations, self._placing)
        self._externals: dict[str, Resource] = {}
        self._elsewhere: dict[tuple[str, bool], str] = {}  # (text, whether it is sensitive) → address
        self._unknown_machines: dict[str, FileLocation] = {}
        self._unknown_settings: dict[str, FileLocation] = {}
        self.gaps: list[Gap] = []

    def add(self, blocks: Iterable[Block]) -> None:
        """Take further blocks; a block that was taken already is not taken twice."""
        for block in blocks:
            if block.mode == "module":
                self._modules.setdefault(block.address, block)
                continue
            cloud = registry.cloud_of(block.type)
            if cloud is None or block.address in self._blocks:
                continue
            rows = catalogue.rows(cloud.NAME)
            key = cloud.key(block.type, block.body)
            source = block.provider.source if block.provider is not None else ""
            row = rows.get(f"{key}@{source.lower()}") if source else None
            row = row or (rows.get(f"data.{key}") if block.mode == "data" else None) or rows.get(key or block.type)
            if row is not None:
                self._blocks[block.address] = (block, cloud, row)
            elif block.mode == "managed" and (not key or cloud.is_ai(key)):
                self._unknown_type(block, key)
        # What hangs on other blocks is worked out anew.
        self._targets.forget()
        for found in (
            self._roles,
            self._own,
            self._called,
            self._locations,
            self._further,
            self._read,
            self._unknown_machines,
        ):
            found.clear()
        self._all_heard = False
        self._parts = None

    def _unknown_type(self, block: Block, key: str) -> None:
        why = "it belongs to an AI service, and the catalogue does not know this type: its place was not judged"
        if not key:
            why = "the value that says what it is is not known: it may be an AI service, and its place was not judged"
        gap = Gap(f"{block.address} ({key or block.type})", why, block.location)
        if gap not in self.gaps:
            self.gaps.append(gap)

    def has_workloads(self) -> bool:
        """Return whether any block taken so far is an AI workload, or cannot be told from one."""
        return any(not WORKLOADS.isdisjoint(self.roles(address)) for address in list(self._blocks))

    # --- one resource

    def roles(self, address: str) -> frozenset[Role]:
        """Return what a resource does; compute becomes an accelerator by its machine type, a client by its settings."""
        if address not in self._roles:
            roles = self._own_roles(address)
            called = self.called(address)
            if called is not None and called.calls and (Role.COMPUTE in roles or not self._is_read(address)):
                roles |= {Role.CLIENT}
            self._roles[address] = roles
        return self._roles[address]

    def _own_roles(self, address: str) -> frozenset[Role]:
        """Return what a resource does, whatever its settings say."""
        if address not in self._own:
            block, cloud, row = self._blocks[address]
            self._own[address] = frozenset(row.roles)
            if block.mode == "managed" and any(self._accelerated(block, cloud, row)):
                self._own[address] |= {Role.ACCELERATOR}
            if block.mode == "managed" and any(_serving(block, row)):
                self._own[address] |= {Role.AI}
        return self._own[address]

    # --- what settings call

    def called(self, address: str) -> calls.Calls | None:
        """Return what the settings of a resource say of the models that it calls; None for what has none."""
        if address not in self._called:
            block, cloud, row = self._blocks[address]
            self._called[address] = None
            if self._callers and row.settings and block.mode == "managed":
                from checker import calls  # not before there are settings to hear

                around = calls.Surroundings(
                    homes=self.locations(address),
                    placing=lambda folder: self._placing(registry.clouds()[folder]),
                    declared=lambda value: any(self._calling(value, cloud)),
                    named=lambda name: bool(self._targets.named(name)),
                    serves=lambda value: any(Role.AI in self._own_roles(a) for a in self._calling(value, cloud)),
                    workload=not WORKLOADS.isdisjoint(self._own_roles(address)),
                )
                every = tuple(self._settings(address))
                if Role.COMPUTE in row.roles and any(setting.name == "?" for setting in every):
                    self._unknown_settings.setdefault(address, block.location)
                self._called[address] = calls.judge(every, around)
        return self._called[address]

    def _accelerated(self, block: Block, cloud: Cloud, row: Row) -> Iterator[bool]:
        for when in row.ai_when:
            for path in when.paths if when.table not in _OF_MODELS else ():
                for value in block.body.values(path):
                    # A dict is a selector such as Cloud Run's, or amounts of resources by their names.
                    given = value.data.items() if isinstance(value.data, dict) else [(value.text, None)]
                    for name in (one for pair in given if pair[1] not in (0, "0") for one in pair):
                        yield isinstance(name, str) and cloud.accelerator(name, when.table) is True
                    if isinstance(value.data, Unknown) and value.text is None:
                        self._unknown_machines.setdefault(block.address, block.location)
                        yield when.table == _STATED_AT_ALL

    def _is_read(self, address: str) -> bool:
        """Return whether compute reads what keeps a setting: then it is judged there."""
        if not self._all_heard:
            self._all_heard = True
            for other, (_, _, row) in self._blocks.items():
                if row.settings and Role.COMPUTE in row.roles:
                    self.called(other)
        return address in self._read

    def _settings(self, address: str) -> Iterator[calls.Setting]:
        """Yield the settings of a resource, and those of the parameters, secrets and config maps that it reads."""
        from checker import calls

        block, cloud, row = self._blocks[address]
        seen = {address}
        for setting in calls.settings(block, row):
            yield setting
            for value in setting.values:
                yield from self._kept(value, cloud, seen)
        for path in row.references.get(Relation.READS_FROM, ()) if Role.COMPUTE in row.roles else ():
            for value in block.body.values(path):
                yield from self._kept(value, cloud, seen)

    def _kept(self, value: Value, cloud: Cloud, seen: set[str]) -> Iterator[calls.Setting]:
        """Yield the settings of what a value means, where that only keeps them for others."""
        from checker import calls

        for address in self._targets.of(value, cloud, lookups=False):
            block, _, row = self._blocks.get(address, (None, None, None))
            if block is None or row is None or address in seen or not _OWN.isdisjoint(row.roles):
                continue
            seen.add(address)
            for part in (address, *self._parts_of(address)):
                self._read.add(part)
                own, _, rules = self._blocks[part]
                for setting in calls.settings(own, rules) if rules.settings else ():
                    # It is mended where it is kept when its value stands there, else where it is read.
                    yield replace(setting, values=(replace(value, data=None),)) if setting.held else setting
            if Role.KEYS in row.roles and value.location is not None:
                label = address.rpartition(".")[2].partition("[")[0]
                yield calls.Setting(label, (replace(value, data=None),), "", held=True)

    def _parts_of(self, address: str) -> list[str]:
        """Return what is a part of a keeper of settings and keeps them itself: the version of a secret."""
        if self._parts is None:
            self._parts = {}
            for part, (block, cloud, row) in self._blocks.items():
                for path in row.references.get(Relation.PART_OF, ()) if row.settings else ():
                    for value in block.body.values(path):
                        for whole in self._targets.of(value, cloud, lookups=False):
                            self._parts.setdefault(whole, []).append(part)
        return self._parts.get(address, [])

    def _calling(self, value: Value, cloud: Cloud) -> Iterator[str]:
        """Yield the declared resources that a value means and that may answer calls: not what only keeps data."""
        for address in self._targets.of(value, cloud, lookups=False):
            roles = frozenset(self._blocks[address][2].roles) if address in self._blocks else _KEEPS
            if Role.AI in roles or not roles & _KEEPS:
                yield address

    def _placing(self, cloud: Cloud) -> Placing:
        return Placing(cloud, self._assumptions, functools.partial(self._places_of, cloud))

    def _places_of(self, cloud: Cloud, value: Value, purpose: Purpose) -> tuple[Place, ...]:
        """Return the places, of a purpose, of the resources that a value means: of each, as it may be any of them.

        A group beside something else is but a part of that one's id.
        """
        meant = list(dict.fromkeys(a for a in self._targets.of(value, cloud) if a in self._blocks))
        meant = [a for a in meant if Role.GROUP not in self._own_roles(a)] or meant
        found: dict[tuple[object, ...], Place] = {}
        for address in meant:
            if (address, purpose) in self._busy:
                continue
            for place in self.locations(address) if purpose is Purpose.LOCATION else self.further(address):
                if place.purpose is purpose:
                    found.setdefault((place.name, place.countries, place.verified, place.stated), place)
        return tuple(found.values())

    def locations(self, address: str) -> tuple[Place, ...]:
        """Return where a resource sits."""
        if address not in self._locations:
            block, cloud, row = self._blocks[address]
            self._busy.add((address, Purpose.LOCATION))
            try:
                found = self._placing(cloud).locations(block, row)
                self._locations[address] = found or self._lent(address)
            finally:
                self._busy.discard((address, Purpose.LOCATION))
        return self._locations[address]

    def further(self, address: str) -> tuple[Place, ...]:
        """Return where a resource runs models and keeps copies."""
        if address not in self._further:
            block, cloud, row = self._blocks[address]
            homes = self.locations(address) or (None,)
            for rule in row.further:
                self._busy.add((address, rule.purpose))
            placing = self._placing(cloud)
            try:
                found = (p for rule in row.further for home in homes for p in placing.further(block, rule, home))
                self._further[address] = tuple(dict.fromkeys(found))
            finally:
                for rule in row.further:
                    self._busy.discard((address, rule.purpose))
        return self._further[address]

    def _lent(self, address: str) -> tuple[Place, ...]:
        """Return the place of what a setting without a place of its own belongs to."""
        block, cloud, row = self._blocks[address]
        for path in row.references.get(Relation.PART_OF, ()):
            for value in block.body.values(path):
                found = self._places_of(cloud, value, Purpose.LOCATION)
                if found:
                    return found
        return ()

    # --- the whole

    def build(self, counts: dict[str, int], gaps: Iterable[Gap]) -> Graph:
        """Return the graph of everything taken."""
        keys = {address: self._key(block) for address, (block, _, _) in self._blocks.items()}
        keys |= {address: self._key(block) for address, block in self._modules.items()}
        resources = {}
        for address in self._blocks:
            resource = self._resource(address, keys)
            resources[resource.key] = resource
        public = [self._placing(registry.clouds()[name]) for name in registry.cloud_names()]
        for block in self._modules.values():
            module = elsewhere.unread_module(block, public)
            resources[module.key] = module
        resources |= {external.key: external for external in self._externals.values()}
        own = (*self.gaps, *self._machines(), *self._endpoints())
        return Graph(resources, joins.joins(resources), (*own, *gaps), counts)

    def _endpoints(self) -> Iterator[Gap]:
        """Yield a gap for each provider block that sends the calls of a service elsewhere than its region says."""
        seen = set()
        for block, _, _ in self._blocks.values():
            provider = block.provider
            if provider is None or provider.body is None or provider.location in seen:
                continue
            seen.add(provider.location)
            if any(provider.body.values(path) for path in _ENDPOINTS):
                why = "they override where calls of a service go: its region may not be where they end"
                yield Gap(f'the endpoints of provider "{provider.name}"', why, provider.location)

    def _machines(self) -> Iterator[Gap]:
        """Yield gaps for machines that may be AI workloads and cannot be told from others."""
        for asked, why, found in (
            ("carry AI chips", "the machine type is not known", self._unknown_machines),
            ("call a model", "the settings are not known", self._unknown_settings),
        ):
            unknown = [a for a in found if WORKLOADS.isdisjoint(self.roles(a))]
            if unknown:
                more = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
                hint = "--var or --var-file gives the variables that decide it"
                yield Gap(f"whether {', '.join(unknown[:3])}{more} {asked}", why, found[unknown[0]], hint)

    def _key(self, block: Block) -> str:
        return "\0".join((block.root, block.environment, block.address))

    def _resource(self, address: str, keys: dict[str, str]) -> Resource:
        block, cloud, row = self._blocks[address]
        references = (*self._references(block, cloud, row, keys), *self._read_by_settings(address, keys))
        return Resource(
            address=address,
            type=row.type.removeprefix("data."),
            mode=block.mode,
            cloud=cloud.NAME,
            kind=row.kind,
            roles=self.roles(address),
            places=(
                *self.locations(address),
                *self.further(address),
                *self._sent_to(references),
                *self._endpoints_of(address),
            ),
            references=references,
            location=block.location,
            root=block.root,
            calls=block.calls,
            environment=block.environment,
            source=f"{row.source} ({row.checked})",
            hosted=cloud.HOSTED,
            rule=self._rules.of(block, row.kind, self.roles(address)) if self._rules is not None else "",
        )

    def _endpoints_of(self, address: str) -> tuple[Place, ...]:
        """Return where the models are that a workload calls by its settings."""
        called = None if WORKLOADS.isdisjoint(self.roles(address)) else self.called(address)
        return called.places if called is not None else ()

    def _sent_to(self, references: tuple[Reference, ...]) -> Iterator[Place]:
        """Yield where copies go, and where AI services that are only named here run, as places of what sends there."""
        for reference in references:
            purpose = _SENT.get(reference.relation)
            for key in reference.targets if purpose is not None else ():
                address = key.split("\0", 2)[2]
                external = self._externals.get(address)
                if purpose is None or (external is None and purpose is Purpose.INFERENCE):
                    continue  # what is declared is judged for itself
                for place in external.places if external is not None else self._known_locations(address):
                    trail = (*reference.value.trail, *place.trail)
                    yield replace(place, purpose=purpose, location=reference.location, trail=trail)

    def _known_locations(self, address: str) -> tuple[Place, ...]:
        return self.locations(address) if address in self._blocks else ()

    def _read_by_settings(self, address: str, keys: dict[str, str]) -> Iterator[Reference]:
        """Yield what the settings of an AI workload name of declared resources: models it calls, data it works on."""
        block, cloud, row = self._blocks[address]
        roles = self.roles(address)
        # What a workload runs through reads data as well: the function that an agent calls.
        if not self._callers or not row.settings or (Role.COMPUTE not in roles and WORKLOADS.isdisjoint(roles)):
            return
        from checker import calls

        for setting in calls.settings(block, row):
            for value in setting.values:
                found = [a for a in self._targets.of(value, cloud, lookups=False) if a in self._blocks and a != address]
                for other in found:
                    roles = self.roles(other)
                    relation = Relation.INFERS_THROUGH if Role.AI in roles else Relation.READS_FROM
                    if Role.AI in roles or roles & _DATA:
                        yield Reference(relation, setting.path, value, (keys[other],), "", edit_location(value))

    def _references(self, block: Block, cloud: Cloud, row: Row, keys: dict[str, str]) -> Iterator[Reference]:
        for relation, paths in row.references.items():
            for path in paths:
                for value in block.body.values(path):
                    if value.data is None:
                        continue
                    found = [keys[a] for a in self._targets.of(value, cloud, lookups=False)]
                    found = list(dict.fromkeys(key for key in found if key != self._key(block)))
                    text = ""
                    if not found:
                        text = value.text or (value.data.expression if isinstance(value.data, Unknown) else "")
                        if text and elsewhere.matters(relation):
                            external = elsewhere.named(value, text, relation, block, self._placing(cloud))
                            if external is not None:
                                external = replace(external, address=self._external_address(text, value.sensitive))
                                found = [self._externals.setdefault(external.address, external).key]
                    yield Reference(relation, path, value, tuple(found), text, edit_location(value))

    def _external_address(self, text: str, sensitive: bool) -> str:
        """Return an address for a text: what hides or cuts it must not make one of two, nor hide what is declared."""
        if (text, sensitive) not in self._elsewhere:
            shown = "(sensitive)" if sensitive else text if len(text) <= 200 else text[:199] + "…"
            number = len(self._elsewhere) + 1
            taken = shown in self._externals or shown in self._blocks or shown in self._modules
            self._elsewhere[text, sensitive] = f"{shown} (named elsewhere, {number})" if taken else shown
        return self._elsewhere[text, sensitive]


def _serving(block: Block, row: Row) -> Iterator[bool]:
    """Yield whether what a block runs serves models: by its image, or by the model that it names."""
    from checker import endpoints  # not before there is an image

    for when in row.ai_when:
        for path in when.paths if when.table in _OF_MODELS else ():
            for value in block.body.values(path):
                yield bool(value.text) and (when.table == _PRESETS or endpoints.serves_models(value.text or ""))
