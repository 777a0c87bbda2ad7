"""The format of Terraform's plans and states: which files are such.

Importing it costs little: what parses is imported when there is something to read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.terraform_plan.root import Root

NAME = "terraform_plan"
LARGEST = 256 * 1024 * 1024
_ENDINGS = (".json", ".tfstate")
_SHOWN = re.compile(rb'"format_version"\s*:\s*"[\d.]+"')
_PARTS = re.compile(
    rb'"(?:terraform_version|planned_values|resource_changes|prior_state|provider_config|root_module)"\s*:'
)
_STATE = re.compile(
    rb'"version"\s*:\s*\d+\s*,\s*"(?:terraform_version|serial|lineage)"|"serial"\s*:\s*\d+\s*,\s*"lineage"'
)
_ENCRYPTED = re.compile(rb'"encrypted_data"\s*:')
# Binary plans have no ending of their own; these are names that people give them.
_BINARY = re.compile(r"(?:tf)?plan|.*\.(?:tf)?plan|(?:tf)?plan\.(?:out|bin|binary)|.*\.tfplan\.\w+|.*\.out")
_WORKSPACES = "terraform.tfstate.d"


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return a root for each plan and state of a listing, gaps, and counts of what was found."""
    counts = {"files": 0, "folders": 0, "blocks": 0}
    roots: list[Root] = []
    gaps: list[Gap] = []
    for part in parts:
        asked = part.path.name if part.path.is_file() else ""
        found = [
            (path, kind)
            for folder, names in part.folders.items()
            for name in sorted(names)
            if (not asked or name == asked) and (may_be(name) or options.claimed)
            for path in [part.file(folder, name)]
            if (kind := kind_of(path) or ("json" if path in options.claimed else ""))
        ]
        if not found:
            continue
        from checker.source import Unreadable, read
        from providers.terraform.modules import Tree
        from providers.terraform_plan.root import Root

        tree = Tree(part.boundary, shown_from)
        counts["folders"] += len({path.parent for path, _ in found})
        for path, kind in found:
            counts["files"] += 1
            shown = tree.shown(path)
            if kind == "binary":
                why = "a plan as Terraform saves it is binary: it was not read"
                gaps.append(
                    Gap(shown, why, hint=f"terraform show -json {path.name} > {path.name}.json", fatal=bool(asked))
                )
                continue
            try:
                if tree.inside(path) is None:
                    raise Unreadable("it leads out of the checked tree")
                source = read(path, shown, LARGEST, utf_16=True)  # as PowerShell writes it
            except Unreadable as error:
                gaps.append(Gap(shown, str(error), fatal=True))
                continue
            workspace = path.parent.name if path.parent.parent.name == _WORKSPACES else ""
            root = Root(tree, path, source, options.at(shown), workspace)
            counts["plans"] = counts.get("plans", 0) + 1
            counts["blocks"] += len(root.contents.entries)
            roots.append(root)
    return roots, gaps, counts


def may_be(name: str) -> bool:
    """Return whether a file may be a plan or a state by its name."""
    return name.endswith(_ENDINGS) or _BINARY.fullmatch(name) is not None


def kind_of(path: Path) -> str:
    """Return "json" for what looks like a plan or a state, "binary" for a saved plan, "" for anything else.

    `*.tfstate.backup` is what a state was before: it is neither.
    """
    binary = _BINARY.fullmatch(path.name) is not None
    if not (binary or path.name.endswith(_ENDINGS)):
        return ""
    head = beginning(path)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]  # UTF-16; what counts here is ASCII
    if head.startswith(b"PK\x03\x04"):
        return "binary" if b"tfplan" in head else ""
    if path.name.endswith(".tf.json") or not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return ""
    named = path.name.endswith(".tfstate")
    if (_SHOWN.search(head) and _PARTS.search(head)) or _STATE.search(head) or (named and _ENCRYPTED.search(head)):
        return "json"
    return ""
