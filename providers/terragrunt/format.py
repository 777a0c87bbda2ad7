"""The Terragrunt format: which files are units, and the folders that they take from Terraform's format.

Importing it costs little: what parses and evaluates is imported when there is a unit.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.terraform.modules import Tree
    from providers.terragrunt.root import Root
    from providers.terragrunt.units import Unit

NAME = "terragrunt"
UNIT = "terragrunt.hcl"
STACK = "terragrunt.stack.hcl"
OUTDATED = "terraform.tfvars"
_OUTDATED = re.compile(rb"^terragrunt[ \t]*=[ \t]*\{", re.M)
FILES = (UNIT, f"{UNIT}.json", STACK)
TEMPLATES = ".boilerplate"  # what `terragrunt scaffold` writes new units from: it is no HCL yet


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return the units of a listing (one for each environment), gaps, and counts of what was found."""
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        gaps += _outdated(part, shown_from)
        asked = (part.path.name,) if part.path.is_file() else FILES
        found = [folder / name for folder, names in part.folders.items() for name in asked if name in names]
        found = [path for path in found if path.name in FILES and TEMPLATES not in path.parts]
        if not found:
            continue
        from providers.terraform.modules import Tree
        from providers.terragrunt.root import Root

        tree = Tree(part.boundary, shown_from)
        units, unread = _units(tree, found, options)
        gaps += unread
        counts["files"] += len(found)
        counts["folders"] += len({path.parent for path in found})
        for unit in units:
            counts["blocks"] += len(unit.configuration.body.blocks)
            own = options.at(unit.name)
            for environment, extra in own.environments or (("", ()),):
                roots.append(Root(tree, unit, own, environment, (*own.var_files, *extra)))
    return roots, gaps, counts


def _outdated(part: Part, shown_from: Path) -> list[Gap]:
    """Return a gap for each variable file that configures Terragrunt, as was done before its version 0.19."""
    files = [folder / OUTDATED for folder, names in part.folders.items() if OUTDATED in names]
    why = "it configures Terragrunt as before version 0.19, which is not read"
    found = [file for file in files if _OUTDATED.search(beginning(file))]
    return [Gap(os.path.relpath(file, shown_from).replace(os.sep, "/"), why) for file in found]


def taken(roots: list[Root]) -> frozenset[Path]:
    """Return the folders and variable files that units read: Terraform's format must not judge them by themselves."""
    from providers.terraform.names import VARIABLES

    found: set[Path] = set()
    for unit in {id(root.unit): root.unit for root in roots}.values():
        found |= {unit.beside, *unit.variable_files()[0]}
        found |= {path for path in unit.beside.iterdir() if path.name.endswith(VARIABLES)}
    return frozenset(found | {root.path for root in roots})


def _units(tree: Tree, paths: list[Path], options: Options) -> tuple[list[Unit], list[Gap]]:
    """Return the units among some files. One that others include is none, nor one that runs nothing."""
    from providers.terragrunt.configuration import Evaluation
    from providers.terragrunt.files import Files
    from providers.terragrunt.stacks import GENERATED, Stack, values_beside
    from providers.terragrunt.units import Unit

    files = Files(tree)
    units: list[Unit] = []
    gaps: list[Gap] = []
    own: set[Path] = set()  # files that are no units: others include them, or a stack takes them as templates
    stacks: list[tuple[Path, Stack]] = []
    for path in paths:
        real = tree.inside(path)
        if real is None:
            gaps.append(Gap(tree.shown(path), "it leads out of the checked tree", fatal=True))
            continue
        values = values_beside(files, path, options.use_env)
        if path.name == STACK:
            if not (path.parent / GENERATED).is_dir():  # what a stack generated is read as it is
                stack = Stack(files, options.use_env)
                stack.read(real, path.parent, values)
                stacks.append((real, stack))
                own |= stack.used
            continue
        evaluation = Evaluation(files, path.parent, options.use_env, values)
        configuration = evaluation.configuration(real, path.parent)
        if configuration is None:
            gaps += evaluation.gaps()
            continue
        own |= {include.path for include in configuration.includes()}
        units.append(Unit(evaluation, configuration))
    units = [unit for unit in units if unit.configuration.path not in own]
    for path, stack in stacks:
        if path not in own:
            units += stack.units
            gaps += stack.gaps
    for unit in units:
        if unit.module is None:
            gaps += unit.evaluation.gaps()
    return [unit for unit in units if unit.module is not None], gaps
