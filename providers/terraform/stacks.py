"""Stacks of HCP Terraform, which are not evaluated: what they would deploy is named, so that nobody misses it.

Source: https://developer.hashicorp.com/terraform/language/stacks
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import beginning
from checker.model import Gap
from providers.terraform.names import MOST_NAMES, STACKS

if TYPE_CHECKING:
    from providers.terraform.modules import Tree

_NAMED = re.compile(rb'^[ \t]*(component|deployment)[ \t]+"([\w-]{1,100})"', re.M)


def unread(tree: Tree, folder: Path, names: list[str], asked: bool) -> list[Gap]:
    """Return a gap that names the components and deployments of the stack in a folder, where there is one.

    `asked`: whether the path of a file of it is what was asked for.
    """
    files = [name for name in sorted(names) if name.endswith(STACKS)]
    if not files:
        return []
    found: dict[str, list[str]] = {"component": [], "deployment": []}
    for name in files:
        for kind, label in _NAMED.findall(beginning(folder / name)):
            found[kind.decode()].append(label.decode())
    parts = [_listed(kind, labels) for kind, labels in found.items() if labels]
    why = "a stack of Terraform is not evaluated"
    why += f": {' and '.join(parts)} are not judged" if parts else ""
    hint = "its modules are judged without what the stack hands to them"
    return [Gap(tree.shown(folder / files[0]), why, hint=hint, fatal=asked)]


def _listed(kind: str, labels: list[str]) -> str:
    more = f" and {len(labels) - MOST_NAMES} more" if len(labels) > MOST_NAMES else ""
    return f"the {kind}{'s' if len(labels) > 1 else ''} {', '.join(labels[:MOST_NAMES])}{more}"
