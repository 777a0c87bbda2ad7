"""A stranger's code against the whole check: it ends in bounded time and memory, runs nothing and loses nothing else.

Each case is a tree made in a temporary folder, with a good neighbour in it that must still be judged. The check runs in
a process of its own, with a time limit and 1 GiB of memory, as a person would start it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HOME = Path(__file__).resolve().parent.parent.parent
# -P keeps the checked folder off the path, as the console script does.
ENTRY = f"import sys; sys.path.insert(0, {str(HOME)!r}); from checker.cli import main; main()"
SECONDS = 60
MEMORY = 1024 * 1024 * 1024

GOOD = """
resource "azurerm_cognitive_account" "good" {
  name     = "good"
  location = "eastus"
  kind     = "OpenAI"
}
"""

Files = dict[str, str | bytes]


class Checked(NamedTuple):
    """What a check said."""

    code: int
    out: str
    report: dict[str, Any]

    @property
    def verdicts(self) -> dict[str, str]:
        """Verdict by address."""
        return {item["address"]: item["verdict"] for item in self.report["resources"] if "verdict" in item}

    @property
    def gaps(self) -> str:
        """What was not read, as one text."""
        return "\n".join(f"{gap['what']}: {gap['why']}" for gap in self.report["gaps"])

    def reason(self, address: str = "azurerm_cognitive_account.bad") -> str:
        """Why the places of a resource are what they are."""
        found = [item for item in self.report["resources"] if item["address"] == address]
        assert found, f"{address} is not in {list(self.verdicts)}"
        return "; ".join(place["reason"] for place in found[0]["places"])


def write(folder: Path, files: Files) -> None:
    """Write a tree."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def run(folder: Path, *args: str) -> Checked:
    """Check a folder within the bounds; nothing that looks like a crash may be printed anywhere."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(
        [sys.executable, "-P", "-c", ENTRY, "check", "-f", "json", "--report", "text=../report.txt", *args],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=bound,  # a limit of memory can only be set there, and nothing here has threads
    )
    text = folder.parent / "report.txt"
    shown = text.read_text(encoding="utf-8") if text.exists() else ""
    for stream in (done.stderr, shown):
        assert "Traceback" not in stream, stream[-3000:]
        assert "internal error" not in stream, stream
    assert done.returncode in (0, 1, 3), (done.returncode, done.stderr[-2000:])
    return Checked(done.returncode, shown, json.loads(done.stdout))


def _check(tmp_path: Path, files: Files, *args: str) -> Checked:
    """Check a tree of files with the good neighbour beside them; the neighbour must be judged whatever happens."""
    folder = tmp_path / "tree"
    write(folder, {"good.tf": GOOD, **files})
    checked = run(folder, *args)
    assert checked.verdicts["azurerm_cognitive_account.good"] == "outside"
    return checked


@pytest.fixture
def check(tmp_path: Path) -> Callable[..., Checked]:
    """Return a function that checks a tree of files in `tmp_path / "tree"`."""
    return lambda files, *args: _check(tmp_path, files, *args)
