"""The Pulumi format: which files are projects, and which are previews and exported stacks.

Importing it costs little: what parses and evaluates is imported when there is something to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.pulumi.project import Project
    from providers.pulumi.root import Root
    from providers.pulumi.state import Root as State
    from providers.pulumi.tree import Tree

NAME = "pulumi"
_PROJECTS = frozenset({"Pulumi.yaml", "Pulumi.yml", "Pulumi.json"})
_RUNTIME = re.compile(rb"""["']?runtime["']?\s*:""")
_RESOURCE = re.compile(rb"^[ \t]+[\"']?type[\"']?[ \t]*:", re.M)
_STATE = re.compile(rb'"urn"\s*:\s*"urn:pulumi:')
_HOLDS = re.compile(rb'"(?:deployment|checkpoint|steps)"\s*:\s*[{\[]')
_SAVED = re.compile(rb'\A\s*\{\s*"(?:resourcePlans|manifest)"\s*:')
LARGEST = 256 * 1024 * 1024


def open_roots(
    parts: list[Part], options: Options, shown_from: Path
) -> tuple[list[Root | State], list[Gap], dict[str, int]]:
    """Return a root for each stack of a project and for each preview or export, gaps, and counts of what was found."""
    roots: list[Root | State] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        asked = part.path.resolve() if part.path.is_file() else None
        projects, states = _found(part, asked, options)
        if not projects and not states:
            continue
        from providers.pulumi.tree import Tree

        tree = Tree(part.boundary, shown_from)
        counts["folders"] += len({path.parent for path in (*projects, *states)})
        shown = _states(tree, states, gaps, counts)
        roots += shown
        known = frozenset(one.contents.project for one in shown)
        for project in _loaded(tree, projects, asked, options, gaps, counts):
            roots += _programs(tree, project, known, gaps, counts)
    return roots, gaps, counts


def _found(part: Part, asked: Path | None, options: Options) -> tuple[list[Path], list[Path]]:
    """Return the project files below a path, and the files that look like what Pulumi plans or has deployed."""
    projects: list[Path] = []
    states: list[Path] = []
    for folder, names in part.folders.items():
        for name in sorted(names):
            path = part.file(folder, name)
            if name in _PROJECTS:
                if (asked is None or _concerns(path, asked)) and _RUNTIME.search(beginning(path)) is not None:
                    projects.append(path)
            elif asked is None or path == asked:
                if name.endswith(".json") and (is_state(path) or is_saved_plan(path)):
                    states.append(path)
                elif path in options.claimed and not name.startswith(("Pulumi.", "Main.")):
                    (states if _STATE.search(beginning(path)) else projects).append(path)
    return projects, states


def is_state(path: Path) -> bool:
    """Return whether a file of JSON looks like an exported stack, a checkpoint or a preview."""
    start = beginning(path)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        start = start.replace(b"\0", b"")[2:]  # as PowerShell writes it
    if b"urn:pulumi:" not in start or not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return False
    return _STATE.search(start) is not None and _HOLDS.search(start) is not None


def is_saved_plan(path: Path) -> bool:
    """Return whether a file is what `pulumi preview --save-plan` writes."""
    start = beginning(path)
    return b"urn:pulumi:" in start and _SAVED.match(start) is not None and b'"resourcePlans"' in start


def _states(tree: Tree, paths: list[Path], gaps: list[Gap], counts: dict[str, int]) -> list[State]:
    found: list[State] = []
    if paths:
        from checker.source import Unreadable
        from providers.pulumi.state import Root as State

        for path in paths:
            counts["files"] += 1
            if is_saved_plan(path):
                why = "a plan as `--save-plan` writes it holds what changes and not what is: it was not read"
                gaps.append(Gap(tree.shown(path), why, hint="`pulumi preview --json` shows all of it: check that"))
                continue
            try:
                state = State(tree.source(path, LARGEST))
            except Unreadable as error:
                gaps.append(Gap(tree.shown(path), str(error), fatal=True))
                continue
            counts["blocks"] += len(state.contents.entries)
            found.append(state)
    return found


def _loaded(
    tree: Tree, paths: list[Path], asked: Path | None, options: Options, gaps: list[Gap], counts: dict[str, int]
) -> Iterator[Project]:
    """Yield the projects of some files; of a stack file that is asked for, with that stack alone."""
    for path in paths:
        from providers.pulumi.project import load

        project = load(tree, path, options.at(tree.shown(path)), gaps)
        if project is None:
            counts["files"] += 1
            continue
        alone = [one for one in project.stacks if asked and one.source and one.source.path == tree.shown(asked)]
        project.stacks = alone or project.stacks
        yield project


def _programs(
    tree: Tree, project: Project, shown: frozenset[str], gaps: list[Gap], counts: dict[str, int]
) -> list[Root]:
    """Return a root for each stack of a YAML program; for any other one a gap, where nothing shows what it deploys."""
    from providers.pulumi.root import Root

    if project.runtime == "yaml":
        counts["files"] += 1
        counts["blocks"] += len(_RESOURCE.findall(beginning(project.program)))
        return [Root(tree, project, stack) for stack in project.stacks]
    if project.name not in shown:
        gaps.append(_code_gap(project))
    return []


def _concerns(project: Path, asked: Path) -> bool:
    """Return whether a file that is asked for is a project's: the project itself, its program, or one of its stacks."""
    return asked == project or (asked.parent == project.parent and asked.name.startswith(("Pulumi.", "Main.")))


def _code_gap(project: Project) -> Gap:
    """Return the gap of a project whose program is code, with the regions that its stacks state."""
    from providers.pulumi.project import regions

    runtime = project.runtime[:40] or "a language that is not stated"
    why = f"a program in {runtime} is code, and code is not run: what it deploys was not read"
    if runtime in ("hcl", "terraform"):
        why = "what the stacks of a program in HCL configure was not read: its .tf files are read as Terraform's are"
    told = []
    for stack in project.stacks:
        stated = ", ".join(f"{key} {value.data}" for key, value in sorted(regions(stack).items()))
        if stack.name and stated:
            told.append(f"{stack.name}: {stated}")
    if told:
        why += f"; its stacks state {'; '.join(told[:20])}"
    hint = "`pulumi preview --json > preview.json` writes what it deploys: check that file"
    return Gap(project.source.path, why, hint=hint)
