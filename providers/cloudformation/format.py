"""The CloudFormation format: which files are templates, which of them others nest, and how they are deployed.

Importing it costs little: what parses and evaluates is imported when there is a template.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import LOOKED_AT, Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.cloudformation.deployments import Deployments
    from providers.cloudformation.root import Root
    from providers.cloudformation.tree import Tree

NAME = "cloudformation"
_ENDINGS = (".yaml", ".yml", ".json", ".template", ".cfn")
# What the CDK, SAM, npm and others write beside templates, and that is none.
_OTHERS = frozenset(
    {"cdk.json", "composer.json", "launch.json", "manifest.json", "package-lock.json", "package.json", "tree.json"}
    | {"tsconfig.json"}
)
_LARGEST = 16 * 1024 * 1024
# A version, a transform, or a resource of AWS.
_SIGNS = re.compile(
    rb"""AWSTemplateFormatVersion|AWS::Serverless-|AWS::LanguageExtensions|\bType["']?\s*:[^\n:,{}]{0,40}\w::\w"""
)
_FIRST_KEY = re.compile(rb"""^( *)["']?\w[\w.-]*["']?[ \t]*:""", re.MULTILINE)
_FIRST = re.compile(rb"""\s*\{(\s*)["'\w]""")
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]|\bResources\b(?=\s*:)', re.DOTALL)
# A letter that is written as its number, which no tool does.
_HIDDEN = re.compile(rb"\\(?:u00|x)([4-7][0-9a-fA-F])")
_BUILT = ".aws-sam"
_ASSET = "asset."


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots of a listing, gaps, and counts of what was found: one root for each template that none nests.

    Raises UsageError for a parameter file that cannot be read.
    """
    counts = {"files": 0, "folders": 0, "blocks": 0}
    gaps: list[Gap] = []
    roots: list[Root] = []
    for part in parts:
        found = list(_templates(part, options))
        apps = [folder for folder, names in part.folders.items() if "cdk.json" in names]
        if not found and not apps:
            continue
        from providers.cloudformation.deployments import Deployments
        from providers.cloudformation.tree import Tree

        tree = Tree(part.boundary, shown_from, gaps, is_template)
        told = Deployments(tree, part.folders, options)
        gaps += _not_synthesized(tree, apps, told.assemblies)
        found = [path for path in found if not _is_asset(path, told.assemblies)]
        for path in found:
            tree.templates.setdefault(path.name, []).append(path)
        first = _first(tree, found, told)
        asked = part.path.resolve()
        if asked in found:  # one file is asked for: what it nests, and what nests it, and nothing else of its folder
            first = [path for path in first if asked in tree.reached(path)]
            reached = {one for path in first for one in tree.reached(path)}
            found = [path for path in found if path in reached]
        counts["files"] += len(found)
        counts["folders"] += len({path.parent for path in found})
        counts["blocks"] += sum(tree.declared(path) for path in found)
        if found:
            from providers.cloudformation.imports import Exports
            from providers.cloudformation.root import Root

            exports = Exports(tree, told, options.derive)
            roots += [Root(tree, path, deployment, exports) for path in first for deployment in told.of(path)]
            gaps += told.unused(source.text for path in found if (source := tree.source(path, quiet=True)) is not None)
    return roots, gaps, counts


def _templates(part: Part, options: Options) -> Iterator[Path]:
    for folder, names in part.folders.items():
        if _BUILT in folder.parts:
            continue  # what `sam build` makes of a template
        for name in sorted(names):
            path = part.file(folder, name)
            if path in options.claimed or (name.endswith(_ENDINGS) and name not in _OTHERS and is_template(path)):
                yield path


def _is_asset(path: Path, assemblies: set[Path]) -> bool:
    """Return whether a file is a part of what the CDK deploys as files, such as the code of a function."""
    assembly = next((folder for folder in path.parents if folder in assemblies), None)
    inner = path.relative_to(assembly).parts if assembly is not None else ()
    return any(part.startswith(_ASSET) for part in inner) or (bool(inner) and path.name.endswith(".assets.json"))


def _not_synthesized(tree: Tree, apps: list[Path], assemblies: set[Path]) -> Iterator[Gap]:
    above = {folder for one in assemblies for folder in (one, *one.parents)}
    for folder in apps:
        if folder not in above:
            why = "a CDK app is code, and code is not run: what it makes was not read"
            hint = "`cdk synth` writes it to cdk.out: check that folder"
            yield Gap(tree.shown(folder / "cdk.json"), why, hint=hint)


def _first(tree: Tree, found: list[Path], told: Deployments) -> list[Path]:
    """Return the templates that none nests or that are deployed by themselves, and one of each circle."""
    nested = {inner for path in found for inner in tree.nested(path)}
    first = [path for path in found if path not in nested or told.stated(path)]
    reached = {one for path in first for one in tree.reached(path)}
    for path in found:
        if path not in reached:
            first.append(path)
            reached |= set(tree.reached(path))
    return first


def is_template(path: Path) -> bool:
    """Return whether a file looks like a template; what cannot be read is left to whoever reads it in full."""
    start = beginning(path)
    # Most files of these endings have neither, which takes a tenth of the time to see.
    if b"::" not in start and b"AWSTemplateFormatVersion" not in start:
        return False
    head = _plain(start)
    if _SIGNS.search(head) is None:
        return False
    if _has_resources(head) or len(start) < LOOKED_AT:
        return _has_resources(head)
    # What comes first in a template may be long: mappings, descriptions.
    try:
        with path.open("rb") as file:
            return _has_resources(_plain(file.read(_LARGEST)))
    except (OSError, ValueError):
        return False


def _plain(text: bytes) -> bytes:
    return _HIDDEN.sub(lambda found: bytes([int(found[1], 16)]), text) if b"\\" in text else text


def _has_resources(text: bytes) -> bool:
    """Return whether the outermost mapping of a document has resources, by the look of it."""
    text = text.removeprefix(b"\xef\xbb\xbf")
    first = _FIRST.match(text)
    if b"Resources" not in text:
        return False
    if first is None:
        key = _FIRST_KEY.search(text)
        begin = rb"^" + key[1] if key is not None else b""
        return bool(begin) and re.search(begin + rb"""["']?Resources["']?[ \t]*:""", text, re.MULTILINE) is not None
    # Members of one mapping are indented alike; on one line, brackets are counted.
    if b"\n" in first[1]:
        begin = rb"\n" + first[1].rpartition(b"\n")[2]
        return re.search(begin + rb"""["']?Resources["']?\s*:""", text) is not None
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] in b"{[":
            depth += 1
        elif token[0] in b"}]":
            depth -= 1
        elif depth == 1 and token[0].strip(b'"') == b"Resources":
            return True
    return False
