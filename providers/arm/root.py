"""A root: a template with one set of parameters and all that it deploys, as blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from checker.model import Block, Gap
from checker.source import SyntaxProblem, mentions
from providers.arm.tree import Tree

if TYPE_CHECKING:
    from checker.documents import Item
    from providers.arm.instances import Given, Instance
    from providers.arm.shared import Shared
    from providers.arm.template import Template

Wanted: TypeAlias = Callable[[str, str], bool]  # (mode, type) → whether somebody wants such blocks
TYPE = "azapi_resource"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a template is deployed with."""

    name: str = ""  # of the environment, where one template has several
    files: tuple[Path, ...] = ()
    stated: Mapping[str, str] = field(default_factory=dict)  # --var
    environment: Mapping[str, str] = field(default_factory=dict)
    assumed: str = ""


class Root:
    """A template with one set of parameters."""

    def __init__(self, tree: Tree, path: Path, inputs: Inputs) -> None:
        self._tree = tree
        self._path = path
        self._inputs = inputs
        self.name = tree.shown(path)
        self.environment = inputs.name
        self._gaps: list[Gap] = []
        self._shared: Shared | None = None
        self._made: list[Instance] | None = None

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that it declares: every resource is of the type that may be anything."""
        declared = any(self._tree.declared(path) for path in self._tree.reached(self._path))
        return frozenset({("managed", TYPE), ("data", TYPE)} if declared else ())

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether a text that it is made of holds one of some words (lower case)."""
        if any(mentions(text, words) for text in self._inputs.stated.values()):
            return True
        return any(self._tree.mentions(path, words) for path in (*self._tree.reached(self._path), *self._inputs.files))

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the blocks of the types that are wanted; what cannot be read becomes a gap."""
        from providers.arm.evaluator import TooMuch

        if self._made is None:
            try:
                self._made = self._start()
            except TooMuch as error:
                self._made = []
                hint = "the rest of this root was not judged"
                self._gaps.append(Gap(self.name, str(error), hint=hint, fatal=True))
            except RecursionError:
                self._made = []
                self._gaps.append(Gap(self.name, "expressions are nested too deeply", fatal=True))
        try:
            for instance in self._made:
                block = self._block(instance, wanted)
                if block is not None:
                    yield block
        except TooMuch as error:
            self._gaps.append(Gap(self.name, str(error), hint="the rest of this root was not judged", fatal=True))

    def parse(self, wanted: Wanted) -> None:
        """Parse the templates that it is made of, so that one that cannot be parsed becomes a gap."""
        if wanted("managed", TYPE):
            for path in self._tree.reached(self._path):
                self._loaded(path)

    def gaps(self) -> list[Gap]:
        """Return what was not read, as far as it is known by now."""
        shared = self._shared.gaps if self._shared is not None else []
        return list(dict.fromkeys([*self._gaps, *shared]))

    def close(self) -> None:
        """Let go of what was evaluated."""
        self._made = self._shared = None
        for path in self._tree.reached(self._path):
            self._tree.forget(path)

    # --- inside

    def _loaded(self, path: Path) -> Template | None:
        found = self._tree.loaded(path)
        if isinstance(found, Gap):
            self._gaps.append(found)
            return None
        for problem in found.problems if found is not None else ():
            at = found.location(problem.offset) if found is not None else None
            self._gaps.append(Gap(self._tree.shown(path), problem.reason, at))
        return found

    def _start(self) -> list[Instance]:
        from providers.arm.deployment import Deployment
        from providers.arm.instances import pair
        from providers.arm.partly import Names
        from providers.arm.shared import Shared

        template = self._loaded(self._path)
        if template is None:
            return []
        shared = Shared(self._tree, self._inputs.assumed, self._inputs.environment)
        self._shared = shared
        main = Deployment(shared, template, self._given(template, shared))
        main.instances()
        for deployment in shared.deployments:
            deployment.forget()
        made = [one for deployment in shared.deployments for one in deployment.instances()]
        pair(made)
        shared.names = Names(one for one in made if one.same is None)
        return made

    def _given(self, template: Template, shared: Shared) -> dict[str, Callable[[], Item]]:
        from checker.model import Step, Value
        from providers.arm import parameters

        found: dict[str, Item | None] = {}
        told = parameters.Told(self._inputs.environment, self._inputs.assumed)
        for path in self._inputs.files:
            if path.name.endswith(".bicepparam"):
                found |= self._of_bicep(path, shared)
                continue
            source = self._tree.source(path)
            try:
                found |= parameters.values(source, told) if source is not None else {}
            except SyntaxProblem as problem:
                at = source.location(problem.offset) if source is not None else None
                self._gaps.append(Gap(self._tree.shown(path), problem.reason, at))
        for name, text in self._inputs.stated.items():
            found[name.lower()] = Value(text, (Step(f"--var {name}={text}"),))
        return {name: (lambda item=item: item) for name, item in found.items() if item is not None}  # type: ignore[misc]

    def _of_bicep(self, path: Path, shared: Shared) -> dict[str, Item | None]:
        from providers.arm.deployment import Deployment

        template = self._loaded(path)
        if template is None:
            return {}
        own = Deployment(shared, template, {})
        shared.deployments.remove(own)
        return {name: own.evaluator.item(node) for name, node in template.outputs.items()}

    def _block(self, instance: Instance, wanted: Wanted) -> Block | None:
        from providers.arm.instances import Arguments, Given

        declared, deployment = instance.declared, instance.deployment
        if instance.inner is not None:
            return None
        if declared.nested is not None:
            return self._unread(instance, Given(deployment.handed(instance)))
        mode = "data" if declared.existing else "managed"
        if not wanted(mode, TYPE):
            return None
        return Block(
            format="bicep" if deployment.template.bicep else "arm",
            mode=mode,
            type=TYPE,
            address=instance.address,
            root=self.name,
            body=Arguments(instance),
            provider=None,
            location=instance.location,
            calls=deployment.calls,
            environment=self.environment,
        )

    def _unread(self, instance: Instance, body: Given) -> Block:
        """Return a block for a module whose template is not there, so that what it is given is judged."""
        from providers.arm.instances import written

        deployment = instance.deployment
        nested = instance.declared.nested
        path = nested.path if nested is not None else None
        source = written(deployment.evaluator.item(path, instance.frame)) if path is not None else "no template"
        remote = source.startswith(("br:", "br/", "ts:", "ts/"))
        why = "the module lies in a registry: it was not read" if remote else "its template is not in the checked tree"
        hint = "`bicep build` writes all of it into one JSON template: check that" if remote else ""
        self._gaps.append(Gap(f"{instance.address} ({source[:200]})", why, instance.location, hint))
        return Block(
            format="bicep" if deployment.template.bicep else "arm",
            mode="module",
            type=source[:200],
            address=instance.address,
            root=self.name,
            body=body,
            provider=None,
            location=instance.location,
            calls=deployment.calls,
            environment=self.environment,
        )
