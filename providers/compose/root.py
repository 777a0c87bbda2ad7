"""A root: a Compose project with its services, or a settings file by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from checker import model_lists
from checker.documents import Document, Item
from checker.model import Block, FileLocation, Gap, Value
from checker.source import Source, Unreadable, mentions
from providers.compose import settings_files
from providers.compose.project import Project, Tree

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
SERVICE = "compose_service"
SETTINGS = "compose_env_file"


class ProjectRoot:
    """The files of one Compose project."""

    def __init__(self, tree: Tree, paths: list[Path]) -> None:
        self.name = tree.shown(paths[0])
        self._tree = tree
        self._paths = paths
        self._project: Project | None = None

    def project(self) -> Project:
        """Return the project; it is read the first time."""
        if self._project is None:
            self._project = Project(self._tree)
            self._project.load(self._paths)
        return self._project

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        return frozenset({("managed", SERVICE), ("managed", model_lists.TYPE)})

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of holds one of some words (lower case)."""
        return any(mentions(source.text, words) for source in self.project().sources)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield a block for each service, when services are wanted."""
        if wanted("managed", SERVICE):
            for service in self.project().services:
                yield _block(SERVICE, f"services.{service.name}", self.name, service.body, service.location)
        if wanted("managed", model_lists.TYPE):
            for model in self.project().models:
                yield _block(model_lists.TYPE, model.name, self.name, model.body, model.location)

    def parse(self, wanted: Wanted) -> None:
        """Parse the files of the project."""
        self.project()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return list(self._project.gaps) if self._project is not None else []

    def close(self) -> None:
        """Let go of what was read."""
        self._project = None


class SettingsRoot:
    """A settings file; the variables that a Compose file beside it uses are judged where that uses them."""

    def __init__(self, tree: Tree, path: Path, beside: list[Path]) -> None:
        self.name = tree.shown(path)
        self._tree = tree
        self._path = path
        self._beside = beside
        self._source: Source | None = None
        self._gaps: list[Gap] = []

    def source(self) -> Source | None:
        """Return the file's text, or None when it cannot be read."""
        if self._source is None and not self._gaps:
            try:
                self._source = self._tree.source(self._path)
            except Unreadable as error:
                self._gaps.append(Gap(self.name, str(error)))
        return self._source

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        return frozenset({("managed", SETTINGS)})

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether its text holds one of some words (lower case)."""
        source = self.source()
        return source is not None and mentions(source.text, words)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield a block for the file, when such are wanted."""
        source = self.source() if wanted("managed", SETTINGS) else None
        if source is None:
            return
        used = {word for text in self._texts() for word in re.findall(r"\w+", text)}
        variables = settings_files.variables(source)
        found: dict[str, Item] = {name: value for name, value in variables.items() if name not in used}
        yield _block(SETTINGS, self._path.name, self.name, {"variables": found}, FileLocation(self.name, 1))

    def parse(self, wanted: Wanted) -> None:
        """Read the file."""
        self.source()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return self._gaps

    def close(self) -> None:
        """Let go of what was read."""
        self._source = None

    def _texts(self) -> Iterator[str]:
        for path in self._beside:
            try:
                yield self._tree.source(path).text
            except Unreadable:
                continue


class GatewayRoot:
    """The configuration of a LiteLLM gateway that no Compose file mounts: its model list."""

    def __init__(self, tree: Tree, path: Path) -> None:
        self.name = tree.shown(path)
        self._tree = tree
        self._path = path
        self._source: Source | None = None
        self._gaps: list[Gap] = []

    def source(self) -> Source | None:
        """Return the file's text, or None when it cannot be read."""
        if self._source is None and not self._gaps:
            try:
                self._source = self._tree.source(self._path)
            except Unreadable as error:
                self._gaps.append(Gap(self.name, str(error), fatal=True))
        return self._source

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares."""
        return frozenset({("managed", model_lists.TYPE)})

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether its text holds one of some words (lower case)."""
        source = self.source()
        return source is not None and mentions(source.text, words)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield a block for each entry of the list, when such are wanted."""
        source = self.source() if wanted("managed", model_lists.TYPE) else None
        if source is None:
            return
        begin = FileLocation(self.name, 1)
        found = model_lists.in_text(Value(source.text, location=begin), {}, source.text.splitlines())
        if not found:
            self._gaps = [Gap(self.name, "no entry of its model list can be read", begin)]
        for address, entry in zip(model_lists.addresses(found, "model_list"), found, strict=True):
            yield _block(model_lists.TYPE, address, self.name, entry.body, entry.location or begin)

    def parse(self, wanted: Wanted) -> None:
        """Read the file."""
        self.source()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return self._gaps

    def close(self) -> None:
        """Let go of what was read."""
        self._source = None


def _block(type: str, address: str, root: str, body: dict[str, Item], location: FileLocation) -> Block:
    return Block(
        format="compose",
        mode="managed",
        type=type,
        address=address,
        root=root,
        body=Document(body),
        provider=None,
        location=location,
    )
