"""Which folders a change concerns: those of the changed files, and those whose files name them, directly or not.

A change in a module is judged where the module is called: what is called comes with its callers. Files are not parsed
for it: a text that names a file or folder by a relative path counts as one that uses it, whatever the format. That may
be more than the format reads. What only expressions name ("${var.folder}/${each.key}.json") is missed.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from checker.formats import Options, Part
from checker.source import LARGEST, Unreadable, data

# A changed file of these endings concerns its folder; any other one only those who name it.
CODE = (
    *(".tf", ".tofu", ".tf.json", ".tofu.json", ".tfvars", ".tfvars.json", ".tfstate", ".yaml", ".yml", ".json"),
    *(".template", ".cfn", ".bicep", ".bicepparam", ".tpl", ".hcl", "Kustomization", "samconfig.toml"),
)
_MODULE = (".tf", ".tofu", ".tf.json", ".tofu.json")
# A file by which everything below its folder belongs together: a chart, what `cdk synth` wrote.
_WHOLE = frozenset({"Chart.yaml", "cdk.out"})
_UNIT = frozenset({"terragrunt.hcl", "terragrunt.hcl.json", "terragrunt.stack.hcl"})
# A path that begins with ./ or ../, from its first slash on; it ends where an expression begins.
_RELATIVE = re.compile(r"""\./[^"'`\n${},;()\[\]<>|#?*]*""")
_ABOVE = re.compile(r"""\.\.(?=["'\s])""")
_AFTER = re.compile(r"[\w@+~-]|[./]\w")  # what follows a name that is a part of a longer one or of a longer path
_NAME = re.compile(r"[\w@+~-]")
_LONGEST = 300  # … characters
_BEFORE = re.compile(r"[\w.@+~/-]*$")  # what a path holds before one of its names


def narrowed(parts: Iterable[Part], files: Iterable[Path], options: Options) -> list[Part]:
    """Return a listing with the folders alone that a change of some files concerns.

    The files need not exist any more. A change of what configures the check (`euclave.toml`, a `pyproject.toml` with a
    section of ours, a variable or parameter file that the options name) concerns everything.
    """
    parts = list(parts)
    changed = {_real(file) for file in files}
    every = (options, *(replace(options, **changes) for _, changes in options.roots))
    named = [file for one in every for file in _files(one)]
    if not changed.isdisjoint(map(_real, named)) or any(map(_configures, changed)):
        return parts
    folders = {folder: names for part in parts for folder, names in part.folders.items()}
    concerned = _Search(folders, changed).concerned()
    return [
        replace(part, folders={folder: names for folder, names in part.folders.items() if folder in concerned})
        for part in parts
    ]


def _configures(file: Path) -> bool:
    return file.name == "euclave.toml" or (file.name == "pyproject.toml" and "tool.euclave" in _text(file))


def _real(file: Path) -> Path:
    """Return a path with the links of its folder resolved; a link itself stays, as it is what changed."""
    return file.parent.resolve() / file.name


def is_code(name: str) -> bool:
    """Return whether a file of a name may be infrastructure code by itself, by its ending."""
    if name.startswith(".") and not name.endswith((".yml", ".yaml")):  # .gitlab-ci.yml
        return name == ".env" or name.startswith(".env.")
    return name.endswith((*CODE, ".env"))


def _files(options: Options) -> tuple[Path, ...]:
    some = (file for _, files in options.environments for file in files)
    return (*options.var_files, *options.parameter_files, *some)


class _Search:
    """The folders of a listing that use some files, found in rounds: what names a folder may be named itself."""

    def __init__(self, folders: dict[Path, list[str]], changed: set[Path]) -> None:
        self._folders = folders
        self._changed = changed
        self._concerned: set[Path] = set()
        self._new: set[Path] = set()  # files and folders that nothing was looked for yet that names them
        self._known: set[Path] = set()  # all of these
        self._paths: dict[Path, set[Path]] = {}

    def concerned(self) -> set[Path]:
        """Return the folders that are concerned."""
        for file in self._changed:
            self._name(file)
            if is_code(file.name):
                self._take(file.parent)
            # `file("rules/${each.key}.json")` and `fileset("rules", "*")` name no more than a folder of the file.
            self._name(*itertools.takewhile(self._holds_data, file.parents))
        files = [folder / name for folder, names in self._folders.items() for name in names if is_code(name)]
        texts = {file: text for file in files if (text := _text(file))}
        named_above = "\n".join(text for file, text in texts.items() if "find_in_parent_folders" in text)
        while self._new:
            new, self._new = self._new, set()
            for one in new:
                # What a unit of Terragrunt includes may read any file above the unit.
                if one.suffix == ".hcl" or (one not in self._folders and f'"{one.name}"' in named_above):
                    self._take_units(one.parent)
            names = sorted({path.name for path in new} - {""})
            for file in [file for file, text in texts.items() if self._uses(file, text, new, names)]:
                del texts[file]
                self._name(file)
                self._take(file.parent)
        return self._concerned

    def _holds_data(self, folder: Path) -> bool:
        """Return whether a folder below the top of the listing is no module."""
        names = self._folders.get(folder)
        return names is not None and folder.parent in self._folders and not any(n.endswith(_MODULE) for n in names)

    def _name(self, *paths: Path) -> None:
        self._new.update(path for path in paths if path not in self._known)
        self._known.update(paths)

    def _take(self, folder: Path) -> None:
        """Note a folder as concerned, and with it all of the chart that it is part of."""
        whole = [one for one in (folder, *folder.parents) if not _WHOLE.isdisjoint(self._folders.get(one, ()))]
        self._concerned.update(one for one in self._folders if whole and whole[-1] in one.parents)
        for one in (folder, *whole[-1:]):
            if one in self._folders:
                self._concerned.add(one)
                self._name(one)

    def _take_units(self, top: Path) -> None:
        """Note the units of Terragrunt below a folder as concerned."""
        for folder, names in self._folders.items():
            if top in folder.parents and folder not in self._concerned and not _UNIT.isdisjoint(names):
                self._take(folder)

    def _uses(self, file: Path, text: str, new: set[Path], names: list[str]) -> bool:
        """Return whether a file names one of some files and folders."""
        if file not in self._paths:
            self._paths[file] = {Path(os.path.realpath(file.parent / path)) for path in _relative(text)}
        if not new.isdisjoint(self._paths[file] - {file.parent}):
            return True
        return any(_is_named(file, text, at, name, new) for name in names for at in _mentions(text, name))


def _relative(text: str) -> set[str]:
    """Return the paths in a text that begin with dots."""
    found = set()
    for pattern in (_RELATIVE, _ABOVE):
        for match in pattern.finditer(text):
            start = match.start() - (text[max(0, match.start() - 1) : match.start()] == ".")
            if start == 0 or (_NAME.match(text, start - 1) is None and text[start - 1] not in "./"):
                found.add(text[start : match.end()].strip())
    return found - {"./"}


def _mentions(text: str, name: str) -> Iterator[int]:
    """Yield where a name stands in a text as a whole part of a path."""
    at = text.find(name)
    while at >= 0:
        end = at + len(name)
        if _AFTER.match(text, end) is None and (at == 0 or _NAME.match(text, at - 1) is None):
            yield at
        at = text.find(name, end)


def _is_named(file: Path, text: str, at: int, name: str, new: set[Path]) -> bool:
    """Return whether a name that was found in the text of a file means one of some files and folders."""
    start = _BEFORE.search(text, max(0, at - _LONGEST), at)
    before = start[0] if start is not None else ""
    own = Path(os.path.normpath(file.parent / (before + name).lstrip("/")))
    if own in new:
        return own != file and own not in file.parents
    if not before.startswith("/"):
        return False
    # After an expression (`${path.root}/policies/a.json`) or in a URL, the end of a path is all that is known.
    end = tuple(part for part in Path(before + name).parts[1:] if part != "..")
    return any(
        one.name == name and (one.parts[-len(end) :] == end or is_code(name))
        for one in new
        if one != file and one not in file.parents
    )


def _text(file: Path) -> str:
    """Return the text of a file, or "" for what is large, no text or not there."""
    try:
        found = data(file, LARGEST)
    except Unreadable:
        return ""
    return "" if b"\0" in found else found.decode("utf-8", "replace")
