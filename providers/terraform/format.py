"""The Terraform format: which files are its own, and the roots that they make.

Importing it costs little: what parses and evaluates is imported when there is something to read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part
from checker.model import Gap
from providers.terraform.names import CODE, STACKS, VARIABLES

if TYPE_CHECKING:
    from providers.terraform.root import Root

NAME = "terraform"


def claims(name: str) -> bool:
    """Return whether a file name is one of this format's."""
    return name.endswith((*CODE, *VARIABLES, *STACKS))


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the roots of a listing (one for each environment), gaps, and counts of what was found.

    Raises UsageError for a variable file that cannot be read.
    """
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    # What two paths reach is read once, from the outer one: a folder that something there calls is no root.
    for part in parts:
        if part.path.is_file() and not claims(part.path.name):
            continue  # a file of another format was asked for, not the code beside it
        folders: dict[Path, list[str]] = {}  # those with configuration, and their files
        others: dict[Path, list[str]] = {}
        stacked: list[Path] = []
        for folder, names in part.folders.items():
            count = sum(1 for name in names if name.endswith(CODE))
            counts["files"] += count
            counts["folders"] += bool(count)
            (folders if count else others)[folder] = names
            if any(name.endswith(STACKS) for name in names):
                stacked.append(folder)
        if not (folders or stacked):
            continue
        from providers.terraform import modules, stacks, variable_files
        from providers.terraform.root import Root

        tree = modules.Tree(part.boundary, shown_from)
        for folder in stacked:
            unread = stacks.unread(tree, folder, part.folders[folder], part.path.name.endswith(STACKS))
            counts["files"] += len(unread)
            gaps += unread
        if not folders:
            continue

        # What roots of a format that is built upon this one evaluate is no root by itself.
        found = [root for root in modules.roots(tree, folders) if root not in options.taken]
        counts["blocks"] += sum(tree.folder(folder).blocks for folder in folders)
        chosen: list[Path] = []
        for root in found:
            own = options.at(tree.shown(root))
            for environment, extra in own.environments or (("", ()),):
                roots.append(Root(tree, root, own, environment, (*own.var_files, *extra)))
                chosen += [*own.var_files, *extra]
        used = {*options.taken, *(file.resolve() for file in chosen)}
        loose = others | {root: folders[root] for root in found}
        gaps += variable_files.unloaded(tree, dict(sorted(loose.items())), set(found), used)
    return roots, gaps, counts
