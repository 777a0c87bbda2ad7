"""What is named here and declared elsewhere: storage, keys and images of other code, and modules that were not read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from checker import naming
from checker.model import Block, Place, Purpose, Relation, Resource, Role, Unknown, Value
from checker.placing import Placing, edit_location

# What is named but not declared matters where data goes or comes from.
_EXTERNAL = frozenset({Relation.STORES_IN, Relation.READS_FROM, Relation.LOGS_TO, Relation.COPIES_TO})
# … and these when the text itself says where it is: a key's ARN, an image's registry.
_IF_PLACED = frozenset({Relation.ENCRYPTED_BY, Relation.RUNS_ON, Relation.INFERS_THROUGH})
# Words in a module's name or source that make it likely to hold AI workloads; only how loud it is said hangs on them.
_SOUNDS_LIKE_AI = re.compile(
    r"(?:^|[^a-z])(?:ai|aiml|ml|genai|llm|rag|gpu|bedrock|sagemaker|kendra|openai|cognitive\w*|foundry|aifoundry|"
    r"machine-?learning\w*|vertex|notebooks?|agents?|models?|embeddings?|inference)(?:$|[^a-z])",
    re.IGNORECASE,
)
# Arguments of a module that was not read which say where it puts things.
_REGION_LIKE = re.compile(r"(?:^|_)(?:regions?|locations?|zones?|availability_zones?)$")

# Registries that weights are pulled from, as images are: they keep no data of a workload.
_REGISTRY = re.compile(r"(?:hf|ollama|oci|ngc|modelscope|docker)://")

_EXTERNAL_ROLES = {
    Relation.INFERS_THROUGH: Role.AI,
    Relation.ENCRYPTED_BY: Role.KEYS,
    Relation.RUNS_ON: Role.CONTAINER,
    Relation.LOGS_TO: Role.LOGS,
}
_WORDS = {Role.AI: "AI service", Role.KEYS: "key", Role.CONTAINER: "image", Role.LOGS: "log", Role.STORAGE: "storage"}


def matters(relation: Relation) -> bool:
    """Return whether something that is only named matters, for what it is named for."""
    return relation in _EXTERNAL | _IF_PLACED


def named(value: Value, text: str, relation: Relation, block: Block, placing: Placing) -> Resource | None:
    """Return a resource for something that a text names; None when it says too little to be worth a word."""
    cloud = placing.cloud
    name = cloud.place_in(text) if value.text else None
    identified = cloud.names_in(text) if value.text else ()
    places: tuple[Place, ...] = ()
    if name is not None:
        vocabulary = naming.vocabulary(cloud, identified)
        places = tuple(placing.placed(replace(value, data=name), Purpose.LOCATION, vocabulary, None))
    if not places and (relation in _IF_PLACED or _REGISTRY.match(text)):
        return None
    if not places:
        reason = value.data.reason if isinstance(value.data, Unknown) else "it is named here but not declared here"
        places = (_nowhere(reason, value),)
    role = _EXTERNAL_ROLES.get(relation, Role.STORAGE)
    return Resource(
        address=text,
        type=identified[0].partition(":")[0] if identified else "external",
        mode="external",
        cloud=cloud.NAME,
        kind=f"{_WORDS[role]} declared elsewhere",
        roles=frozenset({role}),
        places=places,
        references=(),
        location=value.location or block.location,
        root=block.root,
        environment=block.environment,
    )


def _nowhere(reason: str, value: Value) -> Place:
    return Place(
        "",
        Purpose.LOCATION,
        None,
        reason=reason,
        trail=value.trail,
        location=edit_location(value),
        stated=False,
        sensitive=value.sensitive,
    )


def unread_module(block: Block, placings: list[Placing]) -> Resource:
    """Return a resource for a module that was not read: its region-like arguments are all that is known of it."""
    found: list[Place] = []
    for name in block.body.names():  # type: ignore[attr-defined]
        if _REGION_LIKE.search(name):
            for value in block.body.values(name):
                if isinstance(value.data, str | Unknown):
                    found += _in_any_cloud(value, placings)
    if not found:
        why = "the module was not read"
        found = [Place("", Purpose.LOCATION, None, reason=why, location=block.location, stated=False)]
    return Resource(
        address=block.address,
        type=block.type,
        mode="module",
        cloud="",
        kind="module that was not read",
        roles=frozenset({Role.AI}) if _SOUNDS_LIKE_AI.search(f"{block.address} {block.type}") else frozenset(),
        places=tuple(found),
        references=(),
        location=block.location,
        root=block.root,
        calls=block.calls,
        environment=block.environment,
    )


def _in_any_cloud(value: Value, placings: list[Placing]) -> Iterator[Place]:
    """Yield the place that a value names in the first cloud whose table knows the name."""
    tried = [list(placing.placed(value, Purpose.LOCATION, "region", None)) for placing in placings]
    known = [found for found in tried if any(place.countries is not None for place in found)]
    yield from (known or tried[:1])[0]
