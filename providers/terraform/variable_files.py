"""Variable files: those that Terraform loads by itself, and those that only a person can choose.

Source: https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from checker.model import Gap
from providers.terraform.names import MOST_NAMES, VARIABLES

if TYPE_CHECKING:
    from providers.terraform.modules import Tree

MOST_FOLDERS = 50  # … that a gap each is written for


def automatic(names: Iterable[str]) -> list[str]:
    """Return which files of a root's folder Terraform loads by itself, in its order: later ones win."""
    ordered = sorted(names)
    first = [name for name in ordered if name in ("terraform.tfvars", "terraform.tfvars.json")]
    return first + [name for name in ordered if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]


def unloaded(tree: Tree, folders: dict[Path, list[str]], roots: set[Path], used: set[Path]) -> list[Gap]:
    """Return a gap for each folder with variable files that nothing loads: what they say was not judged.

    `folders`: the file names of the roots and of the folders without configuration; `used`: real paths of the files
    that the command line names.
    """
    gaps: list[Gap] = []
    left = 0
    for folder, names in folders.items():
        loaded = automatic(names) if folder in roots else []
        files = [n for n in sorted(names) if n.endswith(VARIABLES) and n not in loaded]
        files = [n for n in files if (folder / n).resolve() not in used]
        if not files:
            continue
        if len(gaps) == MOST_FOLDERS:
            left += 1
            continue
        what = ", ".join(tree.shown(folder / name) for name in files[:MOST_NAMES])
        what += f" and {len(files) - MOST_NAMES} more" if len(files) > MOST_NAMES else ""
        one = len(files) == 1
        why = f"{'a variable file' if one else 'variable files'} that Terraform does not load by itself"
        gaps.append(Gap(what, why, hint="--var-file, or --environment NAME=FILE to judge it as an environment"))
    if left:
        gaps.append(Gap(f"{left} more folders", "they hold variable files that Terraform does not load by itself"))
    return gaps
