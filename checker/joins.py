"""Which AI workload reaches which resource, and on what way."""

from __future__ import annotations

from collections import deque

from checker.model import Relation, Resource, Role

# Along these a workload's data, keys and calls go.
DATA = frozenset(
    {
        Relation.STORES_IN,
        Relation.READS_FROM,
        Relation.LOGS_TO,
        Relation.COPIES_TO,
        Relation.INFERS_THROUGH,
        Relation.ENCRYPTED_BY,
        Relation.RUNS_ON,
    }
)


def joins(resources: dict[str, Resource]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return, for each resource that AI workloads reach, those workloads and the shortest way from each.

    A way goes along data edges, from a part to its whole, and from a whole to its parts and settings.
    """
    onward: dict[str, list[str]] = {key: [] for key in resources}
    for key, resource in resources.items():
        for reference in resource.references:
            for target in reference.targets:
                if reference.relation in DATA:
                    onward[key].append(target)
                    if Role.REPLICATION in resource.roles:
                        onward[target].append(key)  # what copies a store's data goes with the store
                elif reference.relation is Relation.PART_OF:
                    onward[key].append(target)
                    onward[target].append(key)
    joined: dict[str, dict[str, tuple[str, ...]]] = {}
    for key, resource in resources.items():
        if not resource.is_workload:
            continue
        ways: dict[str, tuple[str, ...]] = {key: (key,)}
        waiting = deque([key])
        while waiting:
            here = waiting.popleft()
            for there in onward[here]:
                if there not in ways:
                    ways[there] = (*ways[here], there)
                    waiting.append(there)
        for there, way in ways.items():
            if there != key:
                joined.setdefault(there, {})[key] = way
    return joined
