"""The Serverless format: which files configure a service of the Serverless Framework.

Importing it costs little: what parses and evaluates is imported when there is a service.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap
from checker.trees import Tree

if TYPE_CHECKING:
    from providers.serverless.root import Root

NAME = "serverless"
_ENDINGS = (".yml", ".yaml", ".json")
# https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml
_SERVICE = re.compile(rb"""^[ \t]{0,4}["']?service["']?[ \t]*:""", re.M)
_PROVIDER = re.compile(
    rb"""^[ \t]{0,4}["']?provider["']?[ \t]*:[ \t]*(?:\{|\$\{|["']?(?:aws|google|azure)\b|\r?\n|#)""", re.M
)
_SECTIONS = (
    rb"agents|configValidationMode|custom|frameworkVersion|functions|package|params|plugins|resources|stages|"
    rb"stepFunctions|useDotenv"
)
_SAYS = re.compile(rb"^[ \t]{0,4}[\"']?(?:" + _SECTIONS + rb")[\"']?[ \t]*:", re.M)
_CODE = re.compile(r"serverless(?:[.-][\w.-]+)?\.(?:[cm]?[jt]s)")
_OF_CODE = re.compile(rb"\bservice\b[\s\S]*\bprovider\b|\bprovider\b[\s\S]*\bservice\b|@serverless/typescript")
_FUNCTION = re.compile(rb"""^[ \t]+["']?(?:handler|image)["']?[ \t]*:""", re.M)
_BUILT = ".serverless"


def open_roots(parts: list[Part], options: Options, shown_from: Path) -> tuple[list[Root], list[Gap], dict[str, int]]:
    """Return a root for each service of a listing, gaps, and counts of what was found."""
    roots: list[Root] = []
    gaps: list[Gap] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        asked = part.path.resolve() if part.path.is_file() else None
        for folder, names in part.folders.items():
            if folder.name == _BUILT:
                continue  # what `serverless package` writes is a template
            chosen = [name for name in sorted(names) if asked is None or part.file(folder, name) == asked]
            found = [
                part.file(folder, name)
                for name in chosen
                if name.endswith(_ENDINGS) and _is_service(part.file(folder, name), options)
            ]
            gaps += [
                _code_gap(part.file(folder, name), shown_from, names)
                for name in chosen
                if _CODE.fullmatch(name) and _is_code(part.file(folder, name))
            ]
            if not found:
                continue
            from providers.serverless.root import Root

            counts["folders"] += 1
            for path in found:
                counts["files"] += 1
                counts["blocks"] += len(_FUNCTION.findall(beginning(path)))
                tree = Tree(part.boundary, shown_from)
                roots.append(Root(tree, path, options.at(tree.shown(path))))
    return roots, gaps, counts


def _is_service(path: Path, options: Options) -> bool:
    if path in options.claimed:
        return True
    start = beginning(path)
    if b"service" not in start or b"provider" not in start:
        return False
    return all(sign.search(start) for sign in (_SERVICE, _PROVIDER, _SAYS)) and b"apiVersion:" not in start[:200]


def _is_code(path: Path) -> bool:
    return _CODE.fullmatch(path.name) is not None and _OF_CODE.search(beginning(path)) is not None


def _code_gap(path: Path, shown_from: Path, beside: list[str]) -> Gap:

    shown = Tree(path.parent, shown_from).shown(path)
    why = "a service that is written as code is not run: what it deploys was not read"
    return Gap(shown, why, hint="`serverless package` writes its template to .serverless: check that folder")
