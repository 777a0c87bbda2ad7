"""A root module in one environment: its blocks, whatever goes wrong with one of them kept as a gap."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from checker import documents
from checker.errors import UsageError
from checker.formats import Options
from checker.model import Block, Gap, Step
from checker.source import Source, SyntaxProblem, Unreadable, mentions, read, with_unsaved
from providers.terraform import configurations, json_syntax, modules, parse, variable_files
from providers.terraform.blocks import BlockBody
from providers.terraform.expansions import Instance
from providers.terraform.instances import ModuleInstance
from providers.terraform.modules import Declaration, Folder, Tree
from providers.terraform.run import Input, Run, TooMuch

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks


class Root:
    """A root module in one environment."""

    DOWNLOAD = "run `terraform init` (or `terraform get`) first"  # what a module needs that is not there

    def __init__(
        self,
        tree: Tree,
        path: Path,
        options: Options,
        environment: str,
        files: tuple[Path, ...],
        given: tuple[tuple[str, Input], ...] = (),
    ) -> None:
        self._tree = tree
        self.path = path
        self.name = tree.shown(path)
        self.environment = environment
        self._options = options
        self._files = files
        self._given = given  # inputs that something other than variable files and options states
        self._module: ModuleInstance | None = None
        self._run: Run | None = None
        self._read: dict[Path, Folder] = {}
        self._incomplete: dict[Path, bool] = {}

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs declared by this root and the modules that it calls, downloaded ones too."""
        return frozenset().union(*(self._tree.closure(folder) for folder in self._folders()))

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether any text that it is made of holds one of some words (lower case), or reads further files."""
        if any(self._tree.folder(one).mentions(words) for path in self._folders() for one in self._tree.reached(path)):
            return True
        given = [value for name, value in self._options.variables]
        for file in (*self._automatic(), *self._files):
            with contextlib.suppress(Unreadable):
                given.append(read(file, "").text)
        return any(mentions(text, words) for text in given)

    def _folders(self) -> Iterator[Path]:
        """Yield its own folder and those of the modules that were downloaded for it."""
        yield self.path
        for relative in modules.downloaded(self.path).values():
            folder = self._tree.inside(self.path / relative)
            if folder is not None and os.path.isdir(folder):
                yield folder

    def _automatic(self) -> Iterator[Path]:
        try:
            names = variable_files.automatic(with_unsaved(self.path, os.listdir(self.path)))
        except OSError:
            return
        for name in names:
            path = self._tree.inside(self.path / name)
            if path is not None:
                yield path

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the wanted blocks of the root and its modules, each instance by itself, and unread module calls.

        Whatever goes wrong with one of them becomes a gap.
        """
        if self._module is None:
            self._module = self._start()
        self._module.run.instances = 0
        try:
            yield from self._blocks(self._module, (), wanted)
        except TooMuch as error:
            assert self._run is not None
            self._run.note(Gap(self.name, str(error), hint="the rest of this root was not judged", fatal=True))
        except RecursionError:
            assert self._run is not None
            self._run.note(Gap(self.name, "expressions are nested too deeply", fatal=True))

    def parse(self, wanted: Wanted) -> None:
        """Parse the wanted blocks without evaluating them, so that one that cannot be parsed becomes a gap."""
        waiting = [self.path]
        while waiting:
            path = waiting.pop()
            folder = self._read.setdefault(path, self._tree.folder(path))
            for (mode, type, _), declaration in folder.resources.items():
                if wanted(mode, type):
                    try:
                        declaration.body()
                    except SyntaxProblem as problem:
                        folder.note(declaration.source, problem)
            waiting += [called for _, called in self._tree.local_calls(folder) if called not in self._read]

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        run = self._run.gaps if self._run is not None else []
        return [*run, *(gap for folder in self._read.values() for gap in folder.gaps)]

    def close(self) -> None:
        """Let go of what was evaluated; the root's own folder is not needed by other roots."""
        self._module = None
        self._read = {}
        self._tree.forget(self.path)

    # --- inside

    def _start(self) -> ModuleInstance:
        folder = self._tree.folder(self.path)
        self._read[self.path] = folder
        run = Run(
            self._tree,
            self.path,
            {},
            self._options.workspace,
            self.environment,
            self._options.derive,
            modules.downloaded(self.path),
        )
        self._run = run
        run.inputs = dict(self._inputs(run, folder))
        return ModuleInstance(run, folder)

    def _inputs(self, run: Run, folder: Folder) -> Iterator[tuple[str, Input]]:
        """Yield the inputs in Terraform's order of precedence, later ones winning."""
        yield from environment_inputs(self._options)
        yield from automatic_inputs(self._tree, folder.path, run)
        yield from stated_inputs(self._tree, self._options, self._files)
        yield from self._given

    def _blocks(self, module: ModuleInstance, calls: tuple[Step, ...], wanted: Wanted) -> Iterator[Block]:
        for (mode, type, name), declaration in module.folder.resources.items():
            if not wanted(mode, type):
                continue
            expansion = module.expansion(declaration, mode, type, name)
            for instance in expansion.instances:
                module.run.count_instance()
                block = self._block(module, declaration, (mode, type, name), instance, calls)
                if block is not None:
                    yield block
        for name, call in module.folder.calls.items():
            path = module.child_folder(name)
            if path is None:
                yield from self._unread(module, name, call, calls)
                continue
            self._read.setdefault(path, self._tree.folder(path))
            if not any(wanted(mode, type) for mode, type in self._tree.closure(path)) and not self._unread_below(path):
                continue
            for instance in module.expansion(call, "module", name).instances:
                child = module.child(name, instance)
                if child is not None:
                    step = Step(f"called as {child.address}", call.source.location(call.pos))
                    yield from self._blocks(child, (*calls, step), wanted)

    def _unread_below(self, path: Path) -> bool:
        """Return whether a folder, or one that it calls, calls a module that is not there."""
        if path not in self._incomplete:
            folders = [self._tree.folder(one) for one in self._tree.reached(path)]
            self._incomplete[path] = any(
                sum(1 for _ in self._tree.local_calls(folder)) < len(folder.calls) for folder in folders
            )
        return self._incomplete[path]

    def _block(
        self,
        module: ModuleInstance,
        declaration: Declaration,
        key: tuple[str, str, str],
        instance: Instance,
        calls: tuple[Step, ...],
    ) -> Block | None:
        mode, type, name = key
        try:
            body = declaration.body()
        except SyntaxProblem as problem:
            module.folder.note(declaration.source, problem)
            return None
        scope = module.scope(declaration.source, instance.names)
        return Block(
            format="terraform",
            mode=mode,
            type=type,
            address=module.resource_address(mode, type, name, instance.key),
            root=self.name,
            body=BlockBody(module, body, scope, declaration, ""),
            provider=configurations.of_resource(module, declaration, type, instance.names),
            location=declaration.source.location(declaration.pos),
            calls=calls,
            environment=self.environment,
        )

    def _unread(self, module: ModuleInstance, name: str, call: Declaration, calls: tuple[Step, ...]) -> Iterator[Block]:
        """Yield a block for a module call whose module is not there, so that its own arguments are judged."""
        address = module.child_address(name)
        location = call.source.location(call.pos)
        body = module._body(call)
        if body is None:
            return
        source = call.source_address or "a source that is not plain text"
        local = source.startswith(("./", "../"))
        module.run.note(
            Gap(
                f"{address} ({source})",
                "its folder is missing or leads out of the checked tree" if local else "the module is not downloaded",
                location,
                "" if local else self.DOWNLOAD,
            )
        )
        for instance in module.expansion(call, "module", name).instances:
            scope = module.scope(call.source, instance.names)
            yield Block(
                format="terraform",
                mode="module",
                type=source,
                address=module.child_address(name, instance.key),
                root=self.name,
                body=BlockBody(module, body, scope, call, ""),
                provider=None,
                location=location,
                calls=calls,
                environment=self.environment,
            )


def environment_inputs(options: Options) -> Iterator[tuple[str, Input]]:
    """Yield the inputs that variables of the environment state, where these count."""
    if options.use_env:
        for key, value in os.environ.items():
            if key.startswith("TF_VAR_"):
                yield key[7:], Input(key, Source(key, value), 0, None, value)


def automatic_inputs(tree: Tree, folder: Path, run: Run) -> Iterator[tuple[str, Input]]:
    """Yield the inputs of the variable files of a folder that Terraform loads by itself."""
    try:
        names = with_unsaved(folder, os.listdir(folder))
    except OSError:
        names = []
    for name in variable_files.automatic(names):
        path = tree.inside(folder / name)
        if path is None:
            run.note(Gap(tree.shown(folder / name), "it leads out of the checked tree", fatal=True))
        else:
            yield from file_inputs(tree, path, run)


def file_inputs(tree: Tree, path: Path, run: Run) -> Iterator[tuple[str, Input]]:
    """Yield the inputs of a variable file of the checked tree; one that cannot be read becomes a gap."""
    try:
        source = read(path, tree.shown(path))
    except Unreadable as error:
        run.note(Gap(tree.shown(path), str(error), fatal=True))
        return
    try:
        yield from variables_of(source, path.name)
    except SyntaxProblem as problem:
        run.note(Gap(tree.shown(path), problem.reason, source.location(problem.offset), fatal=True))


def stated_inputs(tree: Tree, options: Options, files: tuple[Path, ...]) -> Iterator[tuple[str, Input]]:
    """Yield the inputs of the command line."""
    for file in files:
        try:
            source = read(file, tree.shown(file.resolve()))
        except Unreadable as error:
            raise UsageError(f"{file}: {error}") from None
        try:
            yield from variables_of(source, file.name)
        except SyntaxProblem as problem:
            raise UsageError(f"{source.location(problem.offset)}: {problem.reason}") from None
    for name, value in options.variables:
        yield name, Input("--var", Source("--var", value), 0, None, value)


def variables_of(source: Source, name: str) -> Iterator[tuple[str, Input]]:
    """Yield the inputs that the text of a variable file states. Raises SyntaxProblem."""
    if name.endswith(".json"):
        document = documents.load_json(source)
        if not isinstance(document.value, dict):
            raise SyntaxProblem(document.pos, "the document is not an object")
        body = json_syntax.body(source, document, "variable")
    else:
        body = parse.parse_body(source.text, 0, source)
    for attribute in body.attributes.values():
        yield attribute.name, Input(name, source, attribute.pos, attribute.value)
