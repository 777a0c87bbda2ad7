"""What git knows of the checked tree: asked in a way that runs nothing of the repository and waits for nobody."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import replace
from pathlib import Path

from checker.errors import UsageError
from checker.outcome import Exemption, Outcome

_SAFE = ("-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "protocol.allow=never")
_QUIET = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
_AUTHOR = re.compile(r"^author (.*)$", re.MULTILINE)
_NOBODY = "Not Committed Yet"


def git(*arguments: str, cwd: Path | None = None) -> str:
    """Return what a git command prints. Raises UsageError where git, a repository or what was asked for is missing."""
    try:
        done = subprocess.run(  # noqa: S603  # a fixed command; what a user names stands behind --end-of-options or --
            ["git", *_SAFE, *arguments],  # noqa: S607  # the git that the user calls
            capture_output=True,
            env=os.environ | _QUIET,
            cwd=cwd,
            check=False,
        )
    except OSError:
        raise UsageError("this needs git, which is not on the path") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise UsageError(f"git: {said[-1].removeprefix('fatal: ') if said else 'it failed'}")
    return done.stdout.decode("utf-8", "surrogateescape")


def batch() -> subprocess.Popen[bytes]:
    """Return a process that writes the objects whose names it is given."""
    return subprocess.Popen(  # noqa: S603
        ["git", *_SAFE, "cat-file", "--batch"],  # noqa: S607
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | _QUIET,
    )


def blame(outcome: Outcome) -> Outcome:
    """Return an outcome whose exemptions by comment say who wrote them, where they do not say it themselves.

    A line that is not committed has no author. Raises UsageError where there is no git or no repository.
    """
    git("rev-parse", "--git-dir")
    authors: dict[tuple[str, int], str] = {}

    def signed(one: Exemption) -> Exemption:
        if one.kind != "comment" or one.who or one.location is None:
            return one
        key = one.location.path, one.location.line
        if key not in authors:
            authors[key] = _author(*key)
        return replace(one, who=authors[key])

    return replace(
        outcome,
        exemptions=tuple(map(signed, outcome.exemptions)),
        excepted=tuple(replace(one, exemption=signed(one.exemption)) for one in outcome.excepted),
    )


def _author(path: str, line: int) -> str:
    file = Path(path)
    try:
        said = git("blame", "--no-textconv", "--porcelain", "-L", f"{line},{line}", "--", file.name, cwd=file.parent)
    except (UsageError, OSError):
        return ""  # a file that git does not keep
    found = _AUTHOR.search(said)
    return found[1] if found and found[1] != _NOBODY else ""
