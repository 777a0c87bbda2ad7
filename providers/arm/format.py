"""The formats of Azure Resource Manager: which files are templates, which of them others deploy, and with what.

Importing it costs little: what parses and evaluates is imported when there is a template.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.errors import UsageError
from checker.formats import Options, Part
from checker.model import Gap
from checker.source import is_unsaved
from providers.arm import schemas

if TYPE_CHECKING:
    from providers.arm.root import Root
    from providers.arm.tree import Tree

NAME = "arm"
_BICEP = ".bicep"
# https://learn.microsoft.com/azure/azure-resource-manager/bicep/modules#file-in-registry
_REGISTRY = re.compile(r"^\s*module\s+\w+\s+'(?:br|ts)[:/]", re.MULTILINE)
_ENDINGS = (".json", ".jsonc", _BICEP)
_OTHERS = frozenset(
    {"package.json", "package-lock.json", "tsconfig.json", "bicepconfig.json", "createUiDefinition.json"}
)
_BESIDE = ("parameters", "params", "param", "environments", "env")  # folders that parameter files lie in
_MOST_SETS = 20
_CHECKOUT = 10  # seconds in which a checkout writes two files that stand side by side


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots of a listing, gaps, and counts: one root for each template that none deploys, by parameters.

    Raises UsageError for a parameter file that cannot be read.
    """
    counts = {"files": 0, "folders": 0, "blocks": 0}
    gaps: list[Gap] = []
    roots: list[Root] = []
    for part in parts:
        named = [path for path in _named(part) if path.name.endswith(_ENDINGS)]
        if not named:
            continue
        found = [
            path for path in named if path.suffix == _BICEP or path in options.claimed or schemas.is_template(path)
        ]
        if not found:
            continue
        from providers.arm.tree import Tree

        tree = Tree(part.boundary, shown_from, gaps)
        for path in found:
            tree.by_name.setdefault(path.name, []).append(path)
        judged = [path for path in found if not _is_built(tree, path, found)]
        counts["files"] += len(found)
        counts["folders"] += len({path.parent for path in found})
        counts["blocks"] += sum(tree.declared(path) for path in judged)
        roots += _roots(tree, found, judged, part, options)
    return roots, gaps, counts


def _named(part: Part) -> Iterator[Path]:
    for folder, names in part.folders.items():
        for name in sorted(names):
            if name not in _OTHERS:
                yield part.file(folder, name)


def _is_built(tree: Tree, path: Path, found: list[Path]) -> bool:
    """Return whether a template is also there in another syntax that is judged in its place.

    What was built is judged where it is newer, and where what was written takes modules from a registry, which only the
    former has in it. A checkout gives both files the same time: then what was written is judged.
    """
    twin = path.with_suffix(".json" if path.suffix == _BICEP else _BICEP)
    if twin not in found:
        return False
    built, written = (twin, path) if path.suffix == _BICEP else (path, twin)
    source = tree.source(built)
    if source is None or '"bicep"' not in source.text[:2000]:
        return False  # two templates that only share a name
    if _is_newer(built, written):
        return path == written
    sources = [tree.source(one) for one in tree.reached(written)]
    if not any(one is not None and _REGISTRY.search(one.text) for one in sources):
        return path == built
    if path == built:
        why = f"judged in place of {written.name}, which takes modules from a registry: it may be older than that"
        tree.gaps.append(Gap(tree.shown(built), why, hint=f"`az bicep build --file {written.name}` makes it anew"))
    return path == written


def _is_newer(built: Path, written: Path) -> bool:
    if is_unsaved(written):
        return False
    try:
        return built.stat().st_mtime - written.stat().st_mtime > _CHECKOUT
    except OSError:
        return False


def _roots(tree: Tree, found: list[Path], judged: list[Path], part: Part, options: Options) -> Iterator[Root]:
    """Yield the roots: templates that none deploys, that have parameter files of their own, and one of each circle."""
    from providers.arm.root import Inputs, Root

    deployed = {inner for path in found for inner in tree.below(path)}
    # What is deployed by itself is judged so, whatever else (a test of it, say) deploys it too.
    first = [path for path in judged if path not in deployed or _sets(tree, path, part)[0][1]]
    built = [path for path in found if path not in judged]
    reached = {one for path in (*first, *built) for one in tree.reached(path)}
    for path in judged:
        if path not in reached:
            first.append(path)
            reached |= set(tree.reached(path))
    stated = dict(options.variables)
    environment = dict(os.environ) if options.use_env else {}
    for path in first:
        own = options.at(tree.shown(path))
        chosen = (file for file in own.parameter_files if file.suffix in (".json", ".jsonc", ".bicepparam"))
        given = tuple(_given(file) for file in chosen)
        tree.given |= frozenset(given)
        assumed = own.assumed.get("azure", "")
        sets = [("", given)] if given else _sets(tree, path, part)
        for name, files in sets:
            yield Root(tree, path, Inputs(name, files, stated, environment, assumed))


def _given(file: Path) -> Path:
    if not file.is_file():
        raise UsageError(f"{file}: it is no file", "--parameter-file takes a parameter file")
    return file.resolve()


def _sets(tree: Tree, path: Path, part: Part) -> list[tuple[str, tuple[Path, ...]]]:
    """Return the parameter files that lie beside a template, each a set of its own with a name."""
    found: list[Path] = []
    for folder in (path.parent, *(path.parent / name for name in _BESIDE)):
        for name in sorted(part.folders.get(folder, ())):
            file = folder / name
            if name.endswith(".bicepparam"):
                # One that is for main.bicep is for the main.json that was built of it.
                if {path, path.with_suffix(_BICEP)} & set(tree.using(file)):
                    found.append(file)
            elif name.endswith(".json") and _may_be_for(path, file) and schemas.is_parameters(file):
                found.append(file)
    if len(found) < 2:
        return [("", tuple(found))]
    return [(file.name.removesuffix(".json").removesuffix(".bicepparam"), (file,)) for file in found[:_MOST_SETS]]


def _may_be_for(path: Path, file: Path) -> bool:
    """Return whether the name of a parameter file says that it is for a template."""
    stem, name = path.stem.lower(), file.name.lower()
    if "param" not in name and file.parent == path.parent:
        return False
    alone = name in ("parameters.json", "params.json") or name.startswith(("parameters.", "params."))
    return name.startswith((f"{stem}.", f"{stem}-")) or (
        alone and stem in ("main", "azuredeploy", "template", "deploy")
    )
