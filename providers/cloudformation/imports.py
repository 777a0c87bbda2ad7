"""Values that one stack exports and another imports, where both are in the checked tree.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from checker import texts
from checker.documents import At, Item
from checker.formats import Derive
from checker.model import Unknown, Value
from providers.cloudformation.deployments import Deployments
from providers.cloudformation.stack import Shared, Stack
from providers.cloudformation.template import Template, members
from providers.cloudformation.tree import Tree

_MOST = 5000  # exports of one tree
_TELLING = 3  # characters of a name that must be known


@dataclass(frozen=True, slots=True)
class _Export:
    path: Path
    output: str
    text: str  # the name, or its pattern
    known: bool


class Exports:
    """What the templates of a tree export, read when the first import asks."""

    def __init__(self, tree: Tree, deployments: Deployments, derive: Derive) -> None:
        self.deployments = deployments
        self.derive = derive
        self._tree = tree
        self._every: list[_Export] | None = None

    def meant(self, name: Value, by: Path) -> tuple[Path, str] | None:
        """Return the template and output that a name means; None when none or several are called so.

        Names that hang on what is known only at deployment are taken for each other when their known ends agree.
        """
        if name.text is None:
            return None
        others = [one for one in self._exports() if one.path != by]
        same = [one for one in others if one.known and one.text == name.text]
        found = same or [one for one in others if _may_be(one, name)]
        near = [one for one in found if one.path.parent == by.parent] or found
        return (near[0].path, near[0].output) if len({(one.path, one.output) for one in near}) == 1 else None

    def _exports(self) -> list[_Export]:
        if self._every is None:
            self._every = []
            for path in self._tree.exporting():
                written = self._tree.loaded(path)
                if isinstance(written, Template) and len(self._every) < _MOST:
                    self._every += dict.fromkeys(self._of(path, written))
        return self._every

    def _of(self, path: Path, written: Template) -> Iterator[_Export]:
        for one in self.deployments.of(path):
            shared = Shared(self._tree, Imports(self), self.derive)
            stack = Stack(shared, path, written, one)
            for output, at in written.outputs.items():
                name = members(members(at).get("Export")).get("Name")
                for value in texts.scalars(stack.values.item(name)) if name is not None else ():
                    if value.text:
                        yield _Export(path, output, value.text, not isinstance(value.data, Unknown))


def _may_be(export: _Export, name: Value) -> bool:
    text = name.text or ""
    if export.known and not isinstance(name.data, Unknown):
        return False
    head, tail = _ends(export.text)
    other_head, other_tail = _ends(text)
    if len(head) + len(tail) < _TELLING:
        return False
    if not isinstance(name.data, Unknown):
        return len(text) > len(head) + len(tail) and text.startswith(head) and text.endswith(tail)
    if export.known:
        whole = export.text
        telling = len(other_head) + len(other_tail) >= _TELLING
        return telling and whole.startswith(other_head) and whole.endswith(other_tail)
    return tail == other_tail and len(tail) >= _TELLING


def _ends(text: str) -> tuple[str, str]:
    """Return what is known of a text before its first hole and after its last."""
    return (text.partition("${")[0], text.rpartition("}")[2]) if "${" in text else (text, "")


@dataclass(slots=True)
class Imports:
    """What the stacks of one root import: the stacks of other roots that it is taken from."""

    exports: Exports
    stacks: dict[Path, Stack] = field(default_factory=dict)

    def value(self, stack: Stack, name: Value, at: At) -> Item | None:
        """Return what an export comes to; None when it is not in the checked tree.

        An export is of the region of the stack that imports it.
        """
        meant = self.exports.meant(name, stack.path)
        if meant is None:
            return None
        path, output = meant
        if path not in self.stacks:
            written = stack.shared.tree.loaded(path)
            if not isinstance(written, Template):
                return None
            told = replace(self.exports.deployments.of(path)[0], region=stack.told.region, why=stack.told.why)
            prefix = f"{written.source.path}:"
            self.stacks[path] = Stack(stack.shared, path, written, told, prefix=prefix)
        return self.stacks[path].values.output(output, at)
