"""The Terraform format: which files are its own, and the roots that they make.

Importing it costs little: what parses and evaluates is imported when there is something to read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checker.model import Gap
from providers.terraform import modules
from providers.terraform.modules import SUFFIXES, Tree
from providers.terraform.run import Options

if TYPE_CHECKING:
    from providers.terraform.root import Root

NAME = "terraform"


def claims(name: str) -> bool:
    """Return whether a file name is one of this format's."""
    return name.endswith(SUFFIXES) or name.endswith((".tfvars", ".tfvars.json"))


def open_roots(paths: list[Path], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots below some paths (one for each environment), gaps, and counts of what was found.

    Raises UsageError for a variable file that cannot be read.
    """
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for path in paths:
        tree = Tree(_boundary(path), shown_from)
        folders = []
        for folder, names in modules.walk(path if path.is_dir() else path.parent):
            count = sum(1 for name in names if name.endswith(SUFFIXES))
            if count:
                counts["files"] += count
                counts["folders"] += 1
                folders.append(folder.resolve())
            if path.is_file():
                break
        environments = options.environments or (("", ()),)
        if not folders:
            continue
        from providers.terraform.root import Root

        found = modules.roots(tree, folders)
        counts["blocks"] += sum(tree.folder(folder).blocks for folder in folders)
        for root in found:
            for environment, extra in environments:
                roots.append(Root(tree, root, options, environment, (*options.var_files, *extra)))
    return roots, gaps, counts


def _boundary(path: Path) -> Path:
    """Return the folder that checks of a path stay in: its repository, else the current folder or the path itself."""
    real = path.resolve()
    start = real if real.is_dir() else real.parent
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    here = Path.cwd().resolve()
    return here if here == start or here in start.parents else start
