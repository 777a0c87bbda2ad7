"""The files of Terragrunt: blocks and arguments at the top level, in HCL or in JSON.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from checker.documents import load_json
from checker.model import Gap
from checker.source import Source, SyntaxProblem, Unreadable, read
from providers.terraform import json_syntax, parse, scan
from providers.terraform.modules import LARGEST_BLOCK, Tree
from providers.terraform.syntax import Body, Nested

# Block types, which JSON syntax does not tell from arguments, with the number of their labels.
_LABELS = {"include": 1, "locals": 0, "terraform": 0, "remote_state": 0, "dependency": 1, "feature": 1}
_LABELS |= {"generate": 1, "unit": 1, "stack": 1}


class Parsed(NamedTuple):
    """A file's text, and what it states."""

    source: Source
    body: Body


class Files:
    """The Terragrunt files of the checked tree, each parsed once."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._parsed: dict[Path, Parsed | Gap] = {}

    def parsed(self, path: Path) -> Parsed | Gap:
        """Return a file of the tree by its real path, or why it cannot be read."""
        if path not in self._parsed:
            self._parsed[path] = self._parse(path)
        return self._parsed[path]

    def _parse(self, path: Path) -> Parsed | Gap:
        shown = self.tree.shown(path)
        try:
            source = read(path, shown, LARGEST_BLOCK)
        except Unreadable as error:
            return Gap(shown, str(error), fatal=True)
        try:
            if path.suffix == ".json":
                return Parsed(source, _json_body(source))
            try:
                return Parsed(source, parse.parse_body(scan.without_comments(source.text), 0, source))
            except scan.Unbalanced as problem:
                raise SyntaxProblem(problem.offset, problem.reason) from None
            except RecursionError:
                raise SyntaxProblem(0, "nested too deeply") from None
        except SyntaxProblem as problem:
            where = source.location(problem.offset)
            hint = "`terragrunt hcl validate` tells whether it is valid there"
            return Gap("a Terragrunt file that cannot be parsed", problem.reason, where, hint, fatal=True)


def _json_body(source: Source) -> Body:
    """Return what a file in JSON syntax states. Raises SyntaxProblem."""
    document = load_json(source)
    if not isinstance(document.value, dict):
        raise SyntaxProblem(document.pos, "the document is not an object")
    plain = {name: inner for name, inner in document.value.items() if name not in _LABELS}
    blocks: list[Nested] = []
    for type, content in document.value.items():
        if type not in _LABELS:
            continue
        if not isinstance(content.value, dict):
            raise SyntaxProblem(content.pos, f"a {type} block must be an object")
        labelled_ones = {"": content} if not _LABELS[type] or "path" in content.value else content.value
        for label, inner in labelled_ones.items():
            if not isinstance(inner.value, dict):
                raise SyntaxProblem(inner.pos, f"a {type} block must be an object")
            blocks.append(Nested(inner.pos, type, (label,) if label else (), json_syntax.body(source, inner)))
    return Body(json_syntax.body(source, document._replace(value=plain)).attributes, tuple(blocks))
