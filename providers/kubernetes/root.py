"""A root: the objects of a folder, an overlay or a chart, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from checker import model_lists
from checker.documents import Document, Item
from checker.model import Block, FileLocation, Gap, Provider, Value
from checker.model_lists import Entry
from checker.source import Source, mentions
from providers.kubernetes import clouds, compositions, items, pods
from providers.kubernetes.items import Manifest

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
MANIFEST = "kubernetes_manifest"
TEMPLATE = "kubernetes_template"


@dataclass(slots=True)
class Text:
    """What is read without being rendered: a chart's templates and values, or a template of something else."""

    address: str
    body: dict[str, Item]
    location: FileLocation
    models: list[Entry] = field(default_factory=list)  # of a gateway that the values configure


@dataclass(slots=True)
class Content:
    """What a root holds, once somebody asks."""

    manifests: list[Manifest] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)


class Root:
    """A folder of manifests, an overlay or a chart; `load` reads it, once."""

    def __init__(self, name: str, load: Callable[[], Content]) -> None:
        self.name = name
        self._load = load
        self._content: Content | None = None
        self._blocks: list[Block] | None = None

    def content(self) -> Content:
        """Return what the root holds; it is read the first time."""
        if self._content is None:
            self._content = self._load()
            composed = [one for one in self._content.manifests if one.kind == "Composition"]
            self._content.manifests += [made for one in composed for made in compositions.made(one)]
            _told_apart(self._content.manifests)
        return self._content

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        content = self.content()
        found = {("managed", clouds.type_of(one.api, one.kind) or MANIFEST) for one in content.manifests}
        if any(model_lists.MARK in source.text for source in content.sources):
            found.add(("managed", model_lists.TYPE))
        return frozenset(found | {("managed", TEMPLATE) for _ in content.texts[:1]})

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of holds one of some words (lower case)."""
        return any(mentions(source.text, words) for source in self.content().sources)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted."""
        if self._blocks is None:
            self._blocks = list(self._made())
        yield from (block for block in self._blocks if wanted(block.mode, block.type))

    def parse(self, wanted: Wanted) -> None:
        """Parse the wanted blocks: here all of them are parsed as soon as the root is read."""
        self.content()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return list(self._content.gaps) if self._content is not None else []

    def close(self) -> None:
        """Let go of what was read."""
        self._content = self._blocks = None

    def _made(self) -> Iterator[Block]:
        content = self.content()
        objects = pods.Objects(content.manifests)
        every = [(one, *pods.completed(one, objects)) for one in content.manifests]
        bound = {one.address: pods.regions(done) for one, done, _ in every}
        own = {one.address: done for one, done, _ in every}
        # What a pod reads lies in the pod's cluster: config maps, secrets and volumes are where their readers are.
        readers: dict[str, list[str]] = {}
        for one, _, read in every:
            for address in read:
                readers.setdefault(address, []).append(one.address)
        for one, done, _ in every:
            cloud = clouds.of(one, done, objects)
            if cloud is not None:
                yield from (self._block(made.type, made.address, made.body, made.provider, one) for made in cloud)
                continue
            if one.kind in ("ConfigMap", "Secret"):
                environment = [own[reader] for reader in readers.get(one.address, ())]
                done, listed = self._without_lists(one, done, environment)
                yield from listed
            body: dict[str, Item] = {"manifest": done, "pods": list(pods.specifications(done))}
            regions = bound[one.address]
            lent = [bound[address] for address in readers.get(one.address, ())]
            if not regions and lent and all(lent):
                regions = [region for found in lent for region in found]
            if regions:
                body["node"] = {"region": regions}
            yield self._block(MANIFEST, one.address, Document(body), None, one)
        for text in content.texts:
            yield self._block(TEMPLATE, text.address, Document(text.body), None, text)
            yield from self._listed(text.address, text.models, text.location)

    def _without_lists(
        self, one: Manifest, done: dict[str, Item], readers: list[dict[str, Item]]
    ) -> tuple[dict[str, Item], list[Block]]:
        """Return what keeps settings without the model lists of gateways in it, and these as blocks."""
        found: list[Block] = []
        for member in ("data", "stringData"):
            for key, value in items.members(done.get(member)).items():
                if isinstance(value, Value) and isinstance(value.data, str) and model_lists.MARK in value.data:
                    environment = {name: v for reader in reversed(readers) for name, v in pods.environment(reader)}
                    entries = model_lists.in_text(value, environment, self._lines(value.location))
                    blocks = list(self._listed(f"{one.address}/{key}", entries, one.location))
                    named = [block.address for block in blocks] if readers else []  # who reads it calls them
                    done = items.put(done, model_lists.without(value, named), member, key)
                    found += blocks
        return done, found

    def _lines(self, location: FileLocation | None) -> list[str]:
        path = location.path if location is not None else ""
        source = next((source for source in self.content().sources if source.path == path), None)
        return source.text.splitlines() if source is not None else []

    def _listed(self, below: str, entries: list[Entry], begin: FileLocation) -> Iterator[Block]:
        for address, entry in zip(model_lists.addresses(entries, below), entries, strict=True):
            yield Block(
                format="kubernetes",
                mode="managed",
                type=model_lists.TYPE,
                address=address,
                root=self.name,
                body=Document(entry.body),
                provider=None,
                location=entry.location or begin,
            )

    def _block(self, type: str, address: str, body: Document, provider: Provider | None, at: Manifest | Text) -> Block:
        return Block(
            format="kubernetes",
            mode="managed",
            type=type,
            address=address,
            root=self.name,
            body=body,
            provider=provider,
            location=at.location,
        )


def _told_apart(manifests: list[Manifest]) -> None:
    """Give objects of one address a group each: the file that states them, and a number within it."""
    by_address: dict[str, list[Manifest]] = {}
    for one in manifests:
        by_address.setdefault(one.address, []).append(one)
    for same in by_address.values():
        if len(same) > 1:
            taken: dict[str, int] = {}
            for one in same:
                file = one.location.path.rpartition("/")[2].replace('"', "'")
                taken[file] = taken.get(file, 0) + 1
                one.group = file if taken[file] == 1 else f"{file}#{taken[file]}"
