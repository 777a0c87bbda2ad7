"""A Compose project: its files merged, its variables filled in, its services with all their settings.

https://docs.docker.com/reference/compose-file/
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker import documents, model_lists, trees
from checker.documents import Item
from checker.formats import Options
from checker.model import FileLocation, Gap, Step, Target, Unknown, Value
from checker.source import Source, SyntaxProblem, Unreadable, read
from providers.compose import interpolation, items, settings_files

_DEEPEST = 10
_MOST_FILES = 200
_CONFIG = (".yaml", ".yml", ".json", ".toml", ".ini", ".conf", ".cfg", ".env", ".properties")
_LARGEST_CONFIG = 256 * 1024
_BARE = re.compile(r"([\w-]{1,63})(?::\d{1,5})?(?:/\S*)?")
_WHOLE = re.compile(r"\$\{([A-Za-z_]\w*)\}")
_HOST = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@]{1,200}@)?([\w-]{1,63})(?=[:/\s]|$)", re.I)
_SAYS = re.compile(r"://|[A-Z]{3}|\w\.\w+\.\w|model", re.I)


class Tree(trees.Tree):
    """The checked tree: paths as they are shown, and nothing outside of `boundary` ever."""

    def __init__(self, boundary: Path, shown_from: Path, options: Options) -> None:
        super().__init__(boundary, shown_from)
        self.options = options

    def source(self, path: Path) -> Source:
        """Return a file's text. Raises Unreadable, also for what leads out of the checked tree."""
        real = self.inside(path)
        if real is None:
            raise Unreadable("it leads out of the checked tree")
        return read(real, self.shown(path))


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it would be started."""

    name: str
    body: dict[str, Item]
    location: FileLocation


@dataclass(slots=True)
class Project:
    """What the Compose files of a project come to."""

    tree: Tree
    services: list[Service] = field(default_factory=list)
    models: list[Service] = field(default_factory=list)  # that the configurations of gateways list
    sources: list[Source] = field(default_factory=list)
    env_files: set[Path] = field(default_factory=set)  # those that services read
    gaps: list[Gap] = field(default_factory=list)
    _count: int = 0
    _begins: dict[str, FileLocation] = field(default_factory=dict)  # where each service's name stands first

    def load(self, paths: list[Path]) -> None:
        """Read the files of a project, later ones over earlier ones."""
        folder = paths[0].parent
        given = self._given(folder)
        whole: Item = {}
        for path in paths:
            whole = items.merged(whole, self._file(path, 0))
        filled = interpolation.of_item(whole, given.get)
        services = items.members(items.at(filled, "services"))
        hosts = {host: name for name, one in services.items() for host in _hosts(name, one)}
        for name, one in services.items():
            if isinstance(one, Mapping):
                self._service(name, one, folder, given, hosts)

    def _given(self, folder: Path) -> dict[str, Value]:
        """Return the variables that are known: of the project's `.env`, and of this machine where asked for."""
        found: dict[str, Value] = {}
        if (folder / ".env").is_file():
            try:
                source = self.tree.source(folder / ".env")
            except Unreadable as error:
                self.gaps.append(Gap(self.tree.shown(folder / ".env"), str(error)))
            else:
                self.sources.append(source)
                found |= settings_files.variables(source)
        if self.tree.options.use_env:
            found |= {name: Value(data, (Step(f"environment variable {name}"),)) for name, data in os.environ.items()}
        return found

    def _file(self, path: Path, depth: int) -> Item:
        """Return what a Compose file says, with what it includes and extends."""
        self._count += 1
        shown = self.tree.shown(path)
        if depth > _DEEPEST or self._count > _MOST_FILES:
            self.gaps.append(Gap(shown, "it includes itself, or too many files", fatal=True))
            return {}
        try:
            source = self.tree.source(path)
        except Unreadable as error:
            self.gaps.append(Gap(shown, str(error), fatal=True))
            return {}
        self.sources.append(source)
        try:
            read_items: list[Item] = []
            for document in documents.load_yaml(source):
                read_items.append(items.of(document, source))
                self._note_begins(document, source)
        except SyntaxProblem as problem:
            self.gaps.append(Gap(shown, problem.reason, source.location(problem.offset), fatal=True))
            return {}
        found: Item = {}
        for item in read_items:
            found = items.merged(found, item)
        for one in items.elements(items.at(found, "include")):
            for inner in items.elements(one if isinstance(one, Value) else items.at(one, "path")):
                other = self._other(path, inner)
                found = items.merged(self._file(other, depth + 1), found) if other is not None else found
        services: dict[str, Item] = {}
        for name, one in items.members(items.at(found, "services")).items():
            services[name] = self._extended(_normal(one), path, found, depth)
        return {**items.members(found), "services": services}

    def _note_begins(self, document: documents.At, source: Source) -> None:
        inner = document.value.get("services") if isinstance(document.value, dict) else None
        if inner is None or not isinstance(inner.value, dict):
            return
        for name, one in inner.value.items():
            at = source.text.rfind(name, max(inner.pos, one.pos - 2000), one.pos)
            self._begins.setdefault(name, source.location(at if at >= 0 else one.pos))

    def _extended(self, service: Item, path: Path, whole: Item, depth: int) -> Item:
        extends = items.at(service, "extends")
        if extends is None or not isinstance(service, Mapping):
            return service
        name = items.text(extends) or items.text(items.at(extends, "service"))
        file = items.at(extends, "file")
        other = None
        if file is not None:
            other = self._other(path, file)
            whole = self._file(other, depth + 1) if other is not None else {}
        base = items.at(whole, "services", name)
        if base is None:
            if file is None or other is not None:
                why = "the service that it extends is not there"
                self.gaps.append(Gap(name or "extends", why, items.location(extends)))
            return service
        base = _normal(base)
        if depth > _DEEPEST:
            self.gaps.append(Gap(name, "services extend each other too deeply", items.location(extends), fatal=True))
            return service
        if file is None:
            base = self._extended(base, path, whole, depth + 1)
        return items.merged(base, {key: value for key, value in service.items() if key != "extends"})

    def _other(self, path: Path, item: Item) -> Path | None:
        name = items.text(item)
        found = self.tree.inside(path.parent / name) if name else None
        if found is None or not found.is_file():
            why = "another Compose file that it takes from is not in the checked tree"
            self.gaps.append(Gap(name or "include", why, items.location(item)))
            return None
        return found

    # --- services

    def _service(
        self, name: str, one: Mapping[str, Item], folder: Path, given: dict[str, Value], hosts: dict[str, str]
    ) -> None:
        environment: dict[str, Item] = {}
        for file in items.elements(one.get("env_file")):
            environment |= self._env_file(file, folder)
        shared = dict(environment)  # what a file sets is often for all services, so a bare name in it means little
        for key, value in items.members(one.get("environment")).items():
            if isinstance(value, Value) and value.data is None:
                # Without a value it is passed on from where Compose runs.
                known = given.get(key) or environment.get(key)
                unknown = Unknown("the environment that it is started in gives it", f"${{{key}}}")
                environment[key] = known if known is not None else replace(value, data=unknown)
            else:
                environment[key] = value
        body = dict(one)
        body["environment"] = {
            key: _joined(value, hosts, name, bare=shared.get(key) is not value) for key, value in environment.items()
        }
        body["passed"] = dict(_passed(environment))
        body["devices"] = [_before_colon(device) for device in items.elements(one.get("devices"))]
        if isinstance(one.get("gpus"), Value):
            body["gpus"] = _as_text(one["gpus"])
        body["config_text"] = list(self._configs(one, folder, name, environment))
        build = one.get("build")
        if isinstance(build, Mapping) and isinstance(build.get("args"), list):
            body["build"] = {**build, "args": _pairs(build["args"])}
        where = self._begins.get(name) or FileLocation(self.tree.shown(folder), 1)
        self.services.append(Service(name, body, where))

    def _env_file(self, item: Item, folder: Path) -> dict[str, Item]:
        name = items.text(item) or items.text(items.at(item, "path"))
        path = self.tree.inside(folder / name) if name else None
        if path is None or not path.is_file():
            if items.scalar(items.at(item, "required")) != "false":
                why = "the settings file is not there: what it sets is not read"
                self.gaps.append(Gap(name or "env_file", why, items.location(item)))
            return {}
        self.env_files.add(path)
        try:
            source = self.tree.source(path)
        except Unreadable as error:
            self.gaps.append(Gap(self.tree.shown(path), str(error)))
            return {}
        self.sources.append(source)
        return dict(settings_files.variables(source))

    def _configs(
        self, one: Mapping[str, Item], folder: Path, service: str, environment: Mapping[str, Item]
    ) -> Iterator[Item]:
        """Yield the lines of configuration files that are mounted and may name models: a proxy's, an application's."""
        for volume in items.elements(one.get("volumes")):
            name = items.text(volume).partition(":")[0] or items.text(items.at(volume, "source"))
            if not name.startswith((".", "/")) or not name.endswith(_CONFIG):
                continue
            path = self.tree.inside(folder / name)
            if path is None or not path.is_file() or path.stat().st_size > _LARGEST_CONFIG:
                continue
            try:
                source = self.tree.source(path)
            except Unreadable:
                continue
            self.sources.append(source)
            if model_lists.MARK in source.text:
                yield self._models(source, service, environment)
                continue
            offset = 0
            for line in source.text.splitlines(keepends=True):
                if _SAYS.search(line) and not line.lstrip().startswith("#"):
                    where = source.location(offset)
                    yield Value(line.strip(), (Step("its configuration", where),), location=where)
                offset += len(line)

    def _models(self, source: Source, service: str, environment: Mapping[str, Item]) -> Value:
        """Note the model list of a gateway's configuration; return the rest of that."""
        where = FileLocation(source.path, 1)
        whole = Value(source.text, (Step("its configuration", where),), location=where)
        known = {name: value for name, value in environment.items() if isinstance(value, Value)}
        found = model_lists.in_text(whole, known, source.text.splitlines())
        made = model_lists.addresses(found, f"services.{service}")
        self.models += (Service(a, e.body, e.location or where) for a, e in zip(made, found, strict=True))
        return model_lists.without(whole, made)


def _normal(service: Item) -> Item:
    """Return a service with its environment as a mapping and its settings files as a list."""
    if not isinstance(service, Mapping):
        return service
    found = dict(service)
    if isinstance(service.get("environment"), list):
        found["environment"] = _pairs(service["environment"])
    if "env_file" in found:
        found["env_file"] = [found["env_file"]] if not isinstance(found["env_file"], list) else found["env_file"]
    return found


def _pairs(listed: Item) -> dict[str, Item]:
    """Return a list of NAME=value as a mapping; a name alone has no value."""
    found: dict[str, Item] = {}
    for one in items.elements(listed):
        name, equals, rest = items.scalar(one).partition("=")
        if name and isinstance(one, Value):
            trail = (Step(name, one.location),)
            found[name] = replace(one, data=rest if equals else None, trail=trail)
    return found


def _passed(environment: Mapping[str, Item]) -> Iterator[tuple[str, Item]]:
    """Yield variables of the machine that a service gets under another name: `api_key: ${OPENAI_API_KEY}`."""
    for value in environment.values():
        whole = _WHOLE.fullmatch(value.text or "") if isinstance(value, Value) else None
        if whole is not None and whole[1] not in environment:
            yield whole[1], value


def _hosts(name: str, service: Item) -> Iterator[str]:
    """Yield the names by which other services of a project reach one.

    https://docs.docker.com/compose/how-tos/networking/
    """
    yield name
    yield from filter(None, (items.text(items.at(service, member)) for member in ("container_name", "hostname")))
    for network in items.members(items.at(service, "networks")).values():
        yield from filter(None, map(items.text, items.elements(items.at(network, "aliases"))))


def _joined(value: Item, hosts: Mapping[str, str], own: str, *, bare: bool) -> Item:
    """Return a value that names another service of the project by its host with that service.

    `bare`: a name alone is enough, without a scheme.
    """
    text = value.text if isinstance(value, Value) else None
    if not isinstance(value, Value) or text is None:
        return value
    alone = _BARE.fullmatch(text) if bare else None
    named = [alone[1]] if alone is not None else [match[1] for match in _HOST.finditer(text)]
    found = dict.fromkeys(hosts[name] for name in named if name in hosts)
    meant = tuple(Target(f"services.{name}") for name in found if name != own)
    return replace(value, targets=(*value.targets, *meant)) if meant else value


def _before_colon(item: Item) -> Item:
    return (
        replace(item, data=item.data.partition(":")[0])
        if isinstance(item, Value) and isinstance(item.data, str)
        else item
    )


def _as_text(item: Item) -> Item:
    return replace(item, data=items.scalar(item)) if isinstance(item, Value) and items.scalar(item) else item
