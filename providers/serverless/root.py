"""A root: a service as it is deployed, as blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeAlias

from checker import texts
from checker.documents import At, Document, Either, Item
from checker.formats import Options
from checker.model import Block, FileLocation, Gap, Provider, Step, Unknown, Value
from checker.source import Source, SyntaxProblem, Unreadable, mentions
from checker.trees import Tree
from providers.cloudformation import resources
from providers.cloudformation.deployments import Deployment, Deployments
from providers.cloudformation.imports import Exports, Imports
from providers.cloudformation.naming import type_of
from providers.cloudformation.stack import Shared, Stack
from providers.cloudformation.template import Template
from providers.cloudformation.tree import Tree as Templates
from providers.serverless.service import AGENTS, Service
from providers.serverless.sources import Files, Joined, NotRead
from providers.serverless.variables import Variables

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
_TYPE = re.compile(r"AWS::[A-Za-z0-9]+::[A-Za-z0-9]+")
_FILE = re.compile(r"\bfile\(([^()]{1,300})\)")
_HAS_AGENTS = re.compile(r"""^[ \t]*["']?agents["']?[ \t]*:""", re.M)
_MOST_BLOCKS = 50_000
_MOST_FILES = 200
_ALWAYS = ("AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::StepFunctions::StateMachine")
_WHY = "the service states no region that is known"


class Root:
    """One service."""

    environment = ""

    def __init__(self, tree: Tree, path: Path, options: Options) -> None:
        self.name = tree.shown(path)
        self._tree = tree
        self._path = path
        self._options = options
        self._gaps: list[Gap] = []
        self._texts: list[Source] | None = None
        self._blocks: list[Block] | None = None

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it may declare."""
        names = {name for source in self._sources() for name in _TYPE.findall(source.text)}
        agents = AGENTS if any(_HAS_AGENTS.search(source.text) for source in self._sources()) else ()
        return frozenset(("managed", type) for name in (*names, *_ALWAYS, *agents) if (type := type_of(name)))

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of, or is deployed with, holds one of some words (lower case)."""
        given = " ".join(text for _, text in self._options.variables)
        return mentions(given, words) or any(mentions(source.text, words) for source in self._sources())

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted; what cannot be read becomes a gap."""
        if self._blocks is None:
            self._blocks = self._made()
        yield from (block for block in self._blocks if wanted(block.mode, block.type))

    def parse(self, wanted: Wanted) -> None:
        """Parse the service, so that one that cannot be parsed becomes a gap."""
        if self._blocks is None and self._sources():
            self._read()

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        return list(dict.fromkeys(self._gaps))

    def close(self) -> None:
        """Let go of what was evaluated."""
        self._blocks = self._texts = None

    # --- a fast look

    def _sources(self) -> list[Source]:
        """Return the texts of the service and of the files that it seems to take from."""
        if self._texts is None:
            self._texts = []
            waiting = [self._path]
            for path in waiting:
                try:
                    source = self._tree.text(path)
                except Unreadable as error:
                    if path == self._path:
                        self._gaps.append(Gap(self.name, str(error), fatal=True))
                    continue
                self._texts.append(source)
                named = _FILE.findall(source.text)
                found = (one for name in dict.fromkeys(named) for one in self._meant(name))
                waiting += [one for one in found if one not in waiting][: _MOST_FILES - len(waiting)]
        return self._texts

    def _meant(self, name: str) -> Iterator[Path]:
        """Yield the files that a name may mean, whatever the variables in it are."""
        name = re.sub(r"\$\{[^{}]*\}", "*", re.sub(r"\$\{(?:[^{}]|\{[^{}]*\})*\}", "*", name.strip("'\" ")))
        folder = self._path.parent
        if "*" not in name:
            real = self._tree.file(folder / name)
            if real is not None:
                yield real
            return
        if name.startswith("/") or "${" in name:
            return
        try:
            for number, path in enumerate(sorted(folder.glob(name))):
                real = self._tree.file(path)
                if number < _MOST_FILES and real is not None:
                    yield real
        except (OSError, ValueError, NotImplementedError, IndexError):
            return

    # --- evaluation

    def _read(self) -> tuple[Files, At] | None:
        """Return what the service's own file holds; None, with a gap, for what is no service."""
        files = Files(self._tree, self._path)
        try:
            config = files.document(self._path)
        except (Unreadable, NotRead) as error:
            self._gaps.append(Gap(self.name, str(error), fatal=True))
            return None
        except SyntaxProblem as problem:
            self._gaps.append(Gap(self.name, problem.reason, _where(files.text, problem.offset), fatal=True))
            return None
        if config is None or not isinstance(config.value, dict):
            self._gaps.append(Gap(self.name, "it is no mapping", fatal=True))
            return None
        return files, config

    def _made(self) -> list[Block]:
        read = self._read() if self._sources() else None
        if read is None:
            return []
        files, config = read
        try:
            return list(self._stack(files, config))
        except SyntaxProblem as problem:
            self._gaps.append(Gap(self.name, problem.reason, _where(files.text, problem.offset), fatal=True))
        except RecursionError:
            self._gaps.append(Gap(self.name, "it is nested too deeply", fatal=True))
        return []

    def _stack(self, files: Files, config: At) -> Iterator[Block]:
        values = Variables(files, config, self._options, self._gaps)
        if not self._is_of_aws(config, values):
            return
        service = Service(files, config, values)
        written = service.template()
        where = self._region(config, values)
        region = where if isinstance(where, Value) else _one_of(where)
        gaps: list[Gap] = []
        templates = Templates(self._tree.boundary, self._tree.shown_from, gaps, lambda path: False)
        exports = Exports(templates, Deployments(templates, {}, Options()), self._options.derive)
        shared = Shared(templates, Imports(exports), self._options.derive, gaps)
        given = {name: Value(text, (Step(f"--var {name}={text}"),)) for name, text in self._options.variables}
        inputs: dict[str, Item] = {**given, **values.inputs}
        stack = _Stack(shared, self._path, written, Deployment(region, _WHY, inputs), service.addresses)
        for number, block in enumerate(resources.blocks(stack, self.name, self.environment)):
            if number >= _MOST_BLOCKS:
                self._gaps.append(Gap(self.name, f"it has more than {_MOST_BLOCKS} resources", fatal=True))
                break
            provider = block.provider if isinstance(where, Value) else _in_either(where, block.provider)
            yield replace(block, format="serverless", provider=provider)
        self._gaps += gaps

    def _is_of_aws(self, config: At, values: Variables) -> bool:
        provider = values.member(config, "provider")
        named = values.member(provider, "name")
        if named is None and provider is not None and isinstance(provider.value, str):
            named = provider
        name = values.text(named) if named is not None else None
        if name == "aws":
            return True
        what = f"provider {name[:40]}" if name else "a provider that is not known"
        at = named or config
        self._gaps.append(Gap(f"{self.name} ({what})", "only services on AWS are read", values.location(at)))
        return False

    def _region(self, config: At, values: Variables) -> Value | Either:
        """Return the region that a service is deployed to: as stated, as the caller assumes, else the framework's."""
        assumed = self._options.assumed.get("aws")
        if "region" in dict(self._options.variables):
            return Value(dict(self._options.variables)["region"], (Step("--var region"),))
        found = values.region()
        known = all(not isinstance(one.data, Unknown) for one in texts.scalars(found))
        stated = values.member(config, "provider", "region") is not None
        if stated and (known or assumed is None) and isinstance(found, Value | Either):
            return found
        if assumed is not None:
            return Value(assumed, (Step(f"--assume aws={assumed}"),))
        # https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml#general-settings
        provider = values.member(config, "provider")
        where = values.location(provider if provider is not None else config)
        return Value("us-east-1", (Step("the framework's default of provider.region", where),), location=where)


class _Stack(Stack):
    """A stack whose functions are called what the service calls them."""

    def __init__(
        self, shared: Shared, path: Path, written: Template, told: Deployment, addresses: dict[str, str]
    ) -> None:
        self._addresses = addresses
        super().__init__(shared, path, written, told)

    def address(self, name: str) -> str:
        """Return the address of a resource: as the service calls it, else its logical id."""
        return self._addresses.get(name, name)


def _one_of(where: Either) -> Value:
    first = next(texts.scalars(where), Value(None))
    return replace(first, data=Unknown(f"it may be one of several: {where.reason}"))


def _in_either(where: Either, provider: Provider | None) -> Provider | None:
    return replace(provider, body=Document({"region": where})) if provider is not None else None


def _where(text: Joined, offset: int) -> FileLocation | None:
    return text.location(offset) if text.parts else None
