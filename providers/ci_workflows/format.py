"""The format of CI files: workflows and composite actions of GitHub Actions, pipelines of GitLab CI.

Importing it costs little: what parses is imported when there is something to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.ci_workflows.root import Root

NAME = "ci_workflows"
_YAML = (".yml", ".yaml")
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
_WORKFLOWS = (".github", "workflows")
_JOBS = re.compile(rb"""^[ \t]{0,2}["']?jobs["']?[ \t]*:""", re.M)
# https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
_ACTIONS = ("action.yml", "action.yaml")
_COMPOSITE = re.compile(rb"""^[ \t]+["']?using["']?[ \t]*:[ \t]*["']?composite\b""", re.M)
# https://docs.gitlab.com/ci/yaml/
_PIPELINE = re.compile(r"(?:.+[._-])?gitlab-ci(?:[._-].+)?\.ya?ml|\.gitlab-ci\.ya?ml")
# https://docs.gitlab.com/ci/components/#directory-structure
_COMPONENT = re.compile(rb"""^spec[ \t]*:[ \t]*\r?\n(?:[ \t]*#[^\n]*\n)*[ \t]+inputs[ \t]*:""", re.M)
_OBJECT = re.compile(rb"""^["']?apiVersion["']?[ \t]*:""", re.M)  # of Kubernetes
_SCRIPT = re.compile(
    rb"""^[ \t]+["']?(?:script|trigger|extends|before_script)["']?[ \t]*:"""
    rb"""|^["']?(?:variables|include|stages)["']?[ \t]*:""",
    re.M,
)


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return a root for each CI file of a listing, gaps, and counts of what was found.

    What CI runs is no infrastructure by itself: unless this format is asked for, its files do not count as such.
    """
    roots: list[Root] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        asked = part.path.resolve() if part.path.is_file() else None
        found = [(path, kind) for path, kind in _kinds(part, options) if asked is None or path == asked]
        if not found:
            continue
        from checker.trees import Tree
        from providers.ci_workflows.root import Root

        tree = Tree(part.boundary, shown_from)
        if options.input_format == NAME or asked is not None:
            counts["files"] += len(found)
            counts["folders"] += len({path.parent for path, _ in found})
        roots += [Root(tree, path, kind) for path, kind in found]
    return roots, [], counts


def _kinds(part: Part, options: Options) -> Iterator[tuple[Path, str]]:
    for folder, names in part.folders.items():
        told = folder.parts[-2:] == _WORKFLOWS or folder.name == "templates" or bool(options.claimed)
        for name in sorted(names):
            # Most YAML is none of CI's, which its name and its folder tell.
            if name.endswith(_YAML) and (told or name in _ACTIONS or "gitlab-ci" in name or name == "template.yml"):
                path = part.file(folder, name)
                kind = kind_of(path) or ("workflow" if path in options.claimed else "")
                if kind:
                    yield path, kind


def kind_of(path: Path) -> str:
    """Return what a YAML file is by its place, name and beginning: "workflow", "action", "pipeline", or "" for none."""
    if path.parts[-3:-1] == _WORKFLOWS:
        return "workflow" if _JOBS.search(beginning(path)) else ""
    if path.name in _ACTIONS:
        return "action" if _COMPOSITE.search(beginning(path)) else ""
    if path.parent.name == "templates" or path.name == "template.yml":
        start = beginning(path)
        ours = _COMPONENT.search(start) and _SCRIPT.search(start) and not _OBJECT.search(start)
        return "pipeline" if ours else ""
    if _PIPELINE.fullmatch(path.name):
        return "pipeline" if _SCRIPT.search(beginning(path)) else ""
    return ""
