"""The Compose format: Compose files and settings files, and the roots that they make.

Importing it costs little: what parses is imported when there is something to read.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from checker.formats import Options, Part, beginning
from checker.model import Gap

if TYPE_CHECKING:
    from providers.compose.root import GatewayRoot, ProjectRoot, SettingsRoot

NAME = "compose"
# https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
_COMPOSE = re.compile(r"(?:docker-)?compose(?:[._-][\w.-]+)?\.ya?ml|[\w-]+[._-](?:docker-)?compose\.ya?ml")
_MAIN = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDE = re.compile(r"(?:docker-)?compose\.override\.ya?ml")
_SERVICES = re.compile(rb"^[\"']?(?:services|include)[\"']?[ \t]*:", re.M)
_OF_ANY_NAME = re.compile(rb"^services[ \t]*:[ \t]*(?:#[^\n]*)?\r?$", re.M)
_MEMBER = re.compile(rb"([ \t]*)([\w.-]+)[ \t]*:")
_OTHERS = re.compile(
    rb"^[\"']?(?:apiVersion|\$schema|jobs|stages|provider|resources|metadata|pipeline|steps)[\"']?[ \t]*:", re.M
)
_API = re.compile(rb"^apiVersion[ \t]*:", re.M)
_MODEL_LIST = re.compile(rb"^model_list[ \t]*:", re.M)


def open_roots(
    parts: list[Part], options: Options, shown_from: Path
) -> tuple[list[ProjectRoot | SettingsRoot | GatewayRoot], list[Gap], dict[str, int]]:
    """Return the roots of a listing, gaps, and counts of what was found: one root per project and settings file."""
    roots: list[ProjectRoot | SettingsRoot | GatewayRoot] = []
    counts = {"files": 0, "folders": 0, "blocks": 0}
    for part in parts:
        for folder, names in part.folders.items():
            found = _of_folder(part, folder, sorted(names), options, shown_from, counts)
            counts["folders"] += bool(found)
            roots += found
    return roots, [], counts


def _of_folder(
    part: Part, folder: Path, names: list[str], options: Options, shown_from: Path, counts: dict[str, int]
) -> list[ProjectRoot | SettingsRoot | GatewayRoot]:
    yaml = [part.file(folder, name) for name in names if name.endswith((".yaml", ".yml"))]
    files = [path for path in yaml if _is_compose(path)]
    named = [part.file(folder, name) for name in names if "env" in name]
    lists = [path for path in yaml if b"model_list" in beginning(path) and _MODEL_LIST.search(beginning(path))]
    if not files and not named and not lists:
        return []
    from providers.compose import settings_files
    from providers.compose.project import Tree
    from providers.compose.root import GatewayRoot, ProjectRoot, SettingsRoot

    settings = [p for p in named if settings_files.is_named_so(p.name) and settings_files.looks_so(beginning(p))]
    counts["files"] += len(files) + len(settings)
    counts["blocks"] += len(settings) + sum(_services_in(beginning(path)) for path in files)
    tree = Tree(part.boundary, shown_from, options)
    roots: list[ProjectRoot | SettingsRoot | GatewayRoot] = []
    mains = [path for path in files if path.name in _MAIN]
    overrides = [path for path in files if _OVERRIDE.fullmatch(path.name)]
    for path in files:
        if path in overrides and mains:
            continue  # Compose reads it with the main file
        roots.append(ProjectRoot(tree, [path, *(overrides if path in mains[:1] else [])]))
    texts = [beginning(path) for path in files]
    alone = [path for path in settings if not any(_is_read(path.name, text) for text in texts)]
    gateways = [path for path in lists if not _is_mounted(part, path) and not _API.search(beginning(path))]
    counts["files"] += len(gateways)
    counts["blocks"] += len(gateways)
    roots += (GatewayRoot(tree, path) for path in gateways)
    return [*roots, *(SettingsRoot(tree, path, files if path.name == ".env" else []) for path in alone)]


def _is_compose(path: Path) -> bool:
    start = beginning(path)
    if _COMPOSE.fullmatch(path.name):
        return _SERVICES.search(start) is not None
    match = _OF_ANY_NAME.search(start) if b"services" in start else None
    return match is not None and _has_images(start[match.end() :]) and not _OTHERS.search(start)


def _has_images(block: bytes) -> bool:
    """Return whether the first entries of `services` have an image or are built, as `docker compose -f` takes them."""
    first = -1
    for line in block.splitlines()[:2000]:
        bare = line.strip()
        if not bare or bare.startswith(b"#"):
            continue
        match = _MEMBER.match(line)
        depth = len(line) - len(line.lstrip())
        if depth == 0 or (first < 0 and match is None):
            return False
        if first < 0:
            first = depth
        elif match is not None and depth > first and match[2] in (b"image", b"build"):
            return True
    return False


def _is_mounted(part: Part, path: Path) -> bool:
    """Return whether a Compose file in the folder of a gateway's configuration, or above it, names that file."""
    name = path.name.encode("utf-8", "replace")
    for folder in (path.parent, *path.parent.parents):
        for other in part.folders.get(folder, ()):
            if _COMPOSE.fullmatch(other) and re.search(rb"(?<![\w.-])" + re.escape(name), beginning(folder / other)):
                return True
        if folder == part.boundary:
            break
    return False


def _is_read(name: str, text: bytes) -> bool:
    """Return whether a Compose file seems to hand a settings file to a service: it is judged as that service's then."""
    return bool(
        re.search(
            rb"^\s*(?:env_file:|-|path:).*" + re.escape(name.encode("utf-8", "replace")) + rb"(?![\w.-])", text, re.M
        )
    )


def _services_in(start: bytes) -> int:
    """Return how many services a Compose file seems to have: the names one step inside of `services`."""
    match = re.search(rb"^services:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ \t]+)(?=\S)", start, re.M)
    if match is None:
        return 0
    inside = re.split(rb"^\S", start[match.start(1) :], maxsplit=1, flags=re.M)[0]
    return len(re.findall(rb"^" + match[1] + rb"[\"']?[\w.-]+[\"']?:", inside, re.M))
