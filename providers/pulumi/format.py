"""The Pulumi format: which files are projects, and which are previews and exported stacks.

Importing it costs little: what parses and evaluates is imported when there is something to read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.pulumi.project import Project
    from providers.pulumi.root import Root

NAME = "pulumi"
_PROJECTS = frozenset({"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"})
_RUNTIME = re.compile(rb"""["']?runtime["']?\s*:""")
_RESOURCE = re.compile(rb"^[ \t]+[\"']?type[\"']?[ \t]*:", re.M)


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return a root for each stack of each project of a listing, gaps, and counts of what was found."""
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        asked = part.path.resolve() if part.path.is_file() else None
        found = [
            folder / name
            for folder, names in part.folders.items()
            for name in sorted(names)
            if name in _PROJECTS and (asked is None or _concerns(folder / name, asked, options))
        ]
        if not found:
            continue
        from providers.pulumi.project import load
        from providers.pulumi.root import Root
        from providers.pulumi.tree import Tree

        tree = Tree(part.boundary, shown_from)
        for path in found:
            if _RUNTIME.search(beginning(path)) is None:
                continue
            project = load(tree, path, options, gaps)
            if project is None:
                counts["files"] += 1
                continue
            if project.runtime != "yaml":
                gaps.append(_code_gap(project))
                continue
            counts["files"] += 1
            counts["folders"] += 1
            counts["blocks"] += len(_RESOURCE.findall(beginning(project.program)))
            roots += [Root(tree, project, stack) for stack in project.stacks]
    return roots, gaps, counts


def _concerns(project: Path, asked: Path, options: Options) -> bool:
    """Return whether a file that is asked for is a project's: the project itself, its program, or one of its stacks."""
    return asked == project or (asked.parent == project.parent and asked.name.startswith(("Pulumi.", "Main.")))


def _code_gap(project: Project) -> Gap:
    """Return the gap of a project whose program is code, with the regions that its stacks state."""
    from providers.pulumi.project import regions

    runtime = project.runtime[:40] or "a language that is not stated"
    why = f"a program in {runtime} is code, and code is not run: what it deploys was not read"
    told = []
    for stack in project.stacks:
        stated = ", ".join(f"{key} {value.data}" for key, value in sorted(regions(stack).items()))
        if stack.name and stated:
            told.append(f"{stack.name}: {stated}")
    if told:
        why += f"; its stacks state {'; '.join(told[:20])}"
    hint = "`pulumi preview --json > preview.json` writes what it deploys: check that file"
    return Gap(project.source.path, why, hint=hint)
