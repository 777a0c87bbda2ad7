"""What a value means: by reference, by the names that its text holds, and never by what its text contradicts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from checker import naming
from checker.model import Block, Place, Purpose, Target, Unknown, Value
from checker.placing import Placing
from checker.rows import Cloud, Row

# Attributes that hold what somebody put there: whose they are says nothing of what the content names.
_PAYLOADS = frozenset(
    "value values nonsensitive_values insecure_value secret_string secret_binary secret_data outputs output result "
    "response_body body content rendered".split()
)


class Targets:
    """The declared resources of a root, found by what values say."""

    def __init__(
        self,
        blocks: Mapping[str, tuple[Block, Cloud, Row]],
        modules: Mapping[str, Block],
        locations: Callable[[str], tuple[Place, ...]],
        placing: Callable[[Cloud], Placing],
    ) -> None:
        self._blocks = blocks
        self._modules = modules
        self._locations = locations
        self._placing = placing
        self._instances: dict[str, list[str]] | None = None
        self._names: dict[str, list[str]] | None = None

    def forget(self) -> None:
        """Let go of what was indexed: further blocks were taken."""
        self._instances = self._names = None

    def declared(self, address: str) -> list[str]:
        """Return the known resources that an address means: itself, or all instances of it."""
        if address in self._blocks:
            return [address]
        if self._instances is None:
            self._instances = {}
            for known in self._blocks:
                if known.endswith("]"):
                    self._instances.setdefault(naming.without_key(known), []).append(known)
        return self._instances.get(address, [])

    def of(self, value: Value, cloud: Cloud, *, lookups: bool = True) -> Iterator[str]:
        """Yield the addresses that a value means: by reference, else by the names that its text holds.

        Without `lookups`, a data source that only tells something (the region, an account) is not meant.
        """
        data = value.data
        if isinstance(data, Unknown) and data.pattern is not None and len(data.holes) == data.pattern.count("${"):
            names, holes = naming.numbered(data.pattern), data.holes
            if identified := cloud.names_in(names):
                # A text that says itself what it names: a reference elsewhere in it does not count.
                for name in identified:
                    whole = naming.hole(name)
                    found = self.named(name) if whole is None else self._meant(holes[whole])
                    if whole is not None and not naming.is_hole(name):
                        found = [a for a in found if not self._has_known_name(a)]  # its own name is as partly known
                    yield from (a for a in dict.fromkeys(found) if self._agrees(a, value, cloud))
                return
        found = [a for a in self._meant(value.targets) if lookups or not self._only_asked(a)]
        named: list[str] = []
        if value.text and (found or self._any_has_names()) and (not found or isinstance(data, str)):
            identified = cloud.names_in(value.text)
            named = [address for name in identified for address in self.named(name)]
            named = named or ([] if found else self.named(f"*:{value.text}"))
            found = [] if named else [a for a in found if not self._named_otherwise(a, identified)]
        yield from (a for a in dict.fromkeys([*found, *named]) if self._agrees(a, value, cloud))

    def _has_known_name(self, address: str) -> bool:
        block, _, row = self._blocks.get(address, (None, None, None))
        return block is not None and row is not None and any(True for _ in naming.names(block, row))

    def _named_otherwise(self, address: str, identified: tuple[str, ...]) -> bool:
        """Return whether a text names something of a resource's kind by another name than the resource has."""
        if address not in self._blocks:
            return False
        block, _, row = self._blocks[address]
        own = {name.lower() for name in naming.names(block, row)}
        kinds = {name.partition(":")[0] for name in own}
        told = {name.lower() for name in identified if name.partition(":")[0].lower() in kinds}
        return bool(told) and told.isdisjoint(own)

    def _meant(self, targets: tuple[Target, ...]) -> list[str]:
        """Return the addresses of declared resources, and of modules that were not read, among some targets."""
        targets = tuple(t for t in targets if not _is_payload(t))
        found = [address for target in targets for address in self.declared(target.address)]
        return found + [target.address for target in targets if target.address in self._modules]

    def _agrees(self, address: str, value: Value, cloud: Cloud) -> bool:
        """Return whether a resource can be the one that a text names: a region in the text must be its own."""
        stated = cloud.place_in(value.text) if value.text else None
        if stated is None or "${" in stated or address not in self._blocks:
            return True
        wanted = [
            p.countries
            for p in self._placing(cloud).placed(replace(value, data=stated), Purpose.LOCATION, "region", None)
        ]
        return not (self._locations(address) and wanted) or any(
            place.countries is None or None in wanted or place.countries in wanted for place in self._locations(address)
        )

    def _only_asked(self, address: str) -> bool:
        """Return whether a data source tells something (the region, an account) rather than stands for a resource."""
        block, _, row = self._blocks.get(address, (None, None, None))
        return block is not None and row is not None and block.mode == "data" and not row.roles

    def _any_has_names(self) -> bool:
        """Return whether any resource has a name by which text can mean it: jobs and services have none."""
        self.named("")
        return bool(self._names)

    def named(self, name: str) -> list[str]:
        if self._names is None:
            self._names = {}
            for address, (block, _, row) in self._blocks.items():
                if block.mode == "managed":
                    for key in naming.names(block, row):
                        key = key.lower()
                        self._names.setdefault(key, []).append(address)
                        self._names.setdefault("*:" + key.partition(":")[2], []).append(address)
        found = self._names.get(name.lower(), [])
        # A bare name must be unmistakable.
        return found if not name.startswith("*:") or len(found) == 1 else []


def _is_payload(target: Target) -> bool:
    """Return whether an attribute holds what somebody put there; azapi's output is what a resource says of itself."""
    attribute = target.attribute.partition("[")[0].partition(".")[0]
    own = attribute == "output" and re.search(r"(?:^|\.)azapi_\w+\.[^.]+$", target.address) is not None
    return attribute in _PAYLOADS and not own
