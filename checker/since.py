"""What a change adds, fixes and leaves: the same check of an earlier commit, compared by fingerprints.

The earlier tree is written to a folder of its own from git's objects: nothing is checked out, no hook, filter or driver
of the repository runs, and the user's tree and index stay as they are.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker import engine, exemptions, history
from checker.errors import UsageError
from checker.formats import SKIPPED
from checker.model import Gap
from checker.outcome import Outcome
from checker.source import LARGEST

_FILES = ("100644", "100755")  # what is no link and no submodule
_MOST_FILES = 200_000
_DOWNLOADED = (".terraform/modules", ".terragrunt-cache")  # by Terraform, by Terragrunt


def compare(outcome: Outcome, request: engine.Request, ref: str, progress: Callable[[str], None]) -> Outcome:
    """Return an outcome whose findings are those that came since a commit; what was there before is excepted as such.

    `ref` is what git calls a revision; where the two have gone apart, the commit where they did counts. Raises
    UsageError where there is no repository or no such commit.
    """
    top = Path(history.git("rev-parse", "--show-toplevel").strip())
    commit = _commit(ref)
    here = Path.cwd().resolve().relative_to(top.resolve())
    with tempfile.TemporaryDirectory(prefix="euclave-") as folder:
        tree = Path(folder).resolve() / "tree"
        (tree / ".git").mkdir(parents=True)  # which marks where the tree ends, as it does in the repository
        _write(tree, commit, progress)
        _copy_downloaded(top, tree)
        (tree / here).mkdir(parents=True, exist_ok=True)
        with contextlib.chdir(tree / here):
            before = engine.check(_there(request), progress)
    found = exemptions.since(outcome, before.findings, f"{ref} ({commit[:12]})")
    gaps = [gap for gap in before.graph.gaps if gap.fatal and before.graph.counts.get("files")]
    if gaps:
        why = f"{len(gaps)} of its parts could not be read: what they hold counts as new"
        found = replace(found, graph=replace(found.graph, gaps=(*found.graph.gaps, Gap(ref, why))))
    return found


def _there(request: engine.Request) -> engine.Request:
    """Return a request for the earlier tree: files that it does not have are left out."""
    options = _with_files_there(request.format_options)
    options["roots"] = tuple((path, _with_files_there(changes)) for path, changes in options.get("roots", ()))
    paths = tuple(path for path in request.paths if path.exists())
    return replace(request, paths=paths or (Path("."),), format_options=options, baseline=None, exemptions=())


def _with_files_there(options: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(options)
    for name in {"var_files", "parameter_files"} & found.keys():
        found[name] = tuple(file for file in found[name] if file.is_file())
    if "environments" in found:
        found["environments"] = tuple(
            (name, tuple(file for file in files if file.is_file())) for name, files in found["environments"]
        )
    return found


def _commit(ref: str) -> str:
    if ref.startswith("-"):
        raise UsageError(f"--since: {ref!r} is no revision")
    try:
        commit = history.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    except UsageError:
        raise UsageError(f"--since: git knows no commit {ref!r}", "a shallow clone has only the newest ones") from None
    try:
        return history.git("merge-base", commit, "HEAD").strip()
    except UsageError:
        return commit  # they have nothing in common


def _write(tree: Path, commit: str, progress: Callable[[str], None]) -> None:
    """Write the files of a commit, as git keeps them."""
    entries = list(_entries(commit))
    with history.batch() as git:
        assert git.stdin is not None
        assert git.stdout is not None
        made: set[Path] = set()
        for number, (object, name) in enumerate(entries):
            if number % 500 == 0:
                progress(f"{commit[:12]}: {number} of {len(entries)} files")
            git.stdin.write(object.encode() + b"\n")
            git.stdin.flush()
            head = git.stdout.readline().split()
            if len(head) != 3:
                continue  # an object that a partial clone does not have
            data = git.stdout.read(int(head[2]))
            git.stdout.read(1)
            path = tree / name
            with contextlib.suppress(OSError):  # a tree that somebody made by hand: a file and a folder of one name
                if path.parent not in made:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    made.add(path.parent)
                path.write_bytes(data)
        git.stdin.close()


def _entries(commit: str) -> Iterator[tuple[str, str]]:
    """Yield (object, path) of the files of a commit that may be read: no links, nothing of a tool's own folders."""
    listed = history.git("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split("\0")
    for line in listed[:_MOST_FILES]:
        about, _, name = line.partition("\t")
        mode, _, object, size = (*about.split(), "", "", "", "")[:4]
        parts = Path(name).parts
        within = name and not name.startswith("/") and ".." not in parts and SKIPPED.isdisjoint(parts)
        if mode in _FILES and within and size.isdigit() and int(size) <= LARGEST:
            yield object, name


def _copy_downloaded(top: Path, tree: Path) -> None:
    """Copy the modules that `init` has downloaded: a commit does not have them, and both sides need them."""
    for base, inner, _ in os.walk(top):
        inner[:] = [name for name in inner if name not in SKIPPED]
        for folder in (Path(base) / name for name in _DOWNLOADED if (Path(base) / name).is_dir()):
            shutil.copytree(
                folder,
                tree / folder.relative_to(top),
                ignore=shutil.ignore_patterns(".git"),
                symlinks=True,
                dirs_exist_ok=True,
            )
