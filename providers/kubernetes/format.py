"""The Kubernetes format: manifests, Kustomize overlays and Helm charts, and the roots that they make.

Importing it costs little: what parses is imported when there is something to read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part
from checker.model import Gap

if TYPE_CHECKING:
    from providers.kubernetes.files import Tree
    from providers.kubernetes.root import Content, Root

NAME = "kubernetes"
_MARKS = (".yaml", ".yml", ".json", "Kustomization")


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots of a listing, gaps, and counts of what was found: one root per folder, overlay or chart."""
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        named = {folder: names for folder, names in part.folders.items() if any(n.endswith(_MARKS) for n in names)}
        if named:
            from providers.kubernetes import files

            found = _of_part(files.Tree(part.boundary, shown_from), part, named, gaps, counts)
            roots += found
    return roots, gaps, counts


def _of_part(
    tree: Tree, part: Part, named: dict[Path, list[str]], gaps: list[Gap], counts: dict[str, int]
) -> list[Root]:
    from providers.kubernetes import files

    charts = _charts(named)
    taken: set[Path] = set()
    loads = [_of_chart(tree, folder, named, gaps, counts) for folder in charts]  # by the folder
    overlays = [folder for folder, names in named.items() if any(name in files.KUSTOMIZATIONS for name in names)]
    if overlays:
        from providers.kubernetes import kustomize

        built_on: set[Path] = set()
        for folder in overlays:
            own, below = kustomize.used(tree, folder)
            taken |= own
            built_on |= below - {folder}
        for folder in overlays:
            counts["files"] += 1
            counts["folders"] += 1
            if folder not in built_on:
                loads.append((folder, functools.partial(_overlay, tree, folder)))
    for folder, names in named.items():
        if any(chart in folder.parents and _is_the_charts(folder.relative_to(chart)) for chart in charts):
            continue
        mine: list[Path] = []
        for name in sorted(names):
            path = part.file(folder, name)
            if not name.endswith((*files.YAML, ".json")) or name in files.KUSTOMIZATIONS:
                continue
            real = path if not path.is_symlink() else tree.inside(path)
            objects = files.objects_in(path) if real is not None else 0
            if real is None or not objects or (folder in charts and name == "Chart.yaml"):
                continue
            counts["files"] += 1
            counts["blocks"] += objects
            if real not in taken:
                mine.append(path)
        if mine:
            counts["folders"] += folder not in overlays
            loads.append((folder, functools.partial(_plain, tree, mine)))
    if not loads:
        return []
    from providers.kubernetes.root import Root

    return [Root(tree.shown(folder), load) for folder, load in loads]


def _charts(named: dict[Path, list[str]]) -> list[Path]:
    """Return the folders of charts, without those that lie in another's `charts` folder."""
    from providers.kubernetes import files

    found: list[Path] = []
    for folder in sorted(named, key=lambda folder: len(folder.parts)):
        inner = any(chart in folder.parents and folder.relative_to(chart).parts[0] == "charts" for chart in found)
        if not inner and "Chart.yaml" in named[folder] and files.is_chart(folder / "Chart.yaml"):
            found.append(folder)
    return found


def _is_the_charts(relative: Path) -> bool:
    """Return whether a folder below a chart holds what belongs to the chart itself."""
    return relative.parts[0] in ("templates", "charts", "crds", "ci")


def _of_chart(
    tree: Tree, folder: Path, named: dict[Path, list[str]], gaps: list[Gap], counts: dict[str, int]
) -> tuple[Path, Callable[[], Content]]:
    from providers.kubernetes import helm

    below = {base: names for base, names in named.items() if base == folder or folder in base.parents}
    chart = helm.Chart(folder, below)
    counts["files"] += sum(len(names) for base, names in below.items() if base.name == "templates") + 1
    counts["folders"] += 1
    if len(chart.values_files()) > helm.MOST_VALUES_FILES:
        why = f"it has more than {helm.MOST_VALUES_FILES} values files: the rest is not read"
        gaps.append(Gap(tree.shown(folder), why))
    return folder, functools.partial(helm.load, tree, chart)


def _overlay(tree: Tree, folder: Path) -> Content:
    from providers.kubernetes import kustomize

    return kustomize.Overlay(tree).of(folder)


def _plain(tree: Tree, paths: list[Path]) -> Content:
    from providers.kubernetes import files, templates
    from providers.kubernetes.root import Content

    content = Content()
    for path in paths:
        source = tree.source(path, content.gaps)
        if source is None:
            continue
        content.sources.append(source)
        loose: list[files.Piece] = []
        content.manifests += files.manifests(source, content.gaps, loose)
        for number, piece in enumerate(loose):
            address = f"Template/{path.name}" + (f"#{number + 1}" if number else "")
            content.texts.append(templates.loose(address, source, piece))
        if loose:
            why = "a template of something else, not rendered: read for endpoints, regions and GPU requests only"
            content.gaps.append(Gap(source.path, why, source.location(loose[0].base)))
    return content
