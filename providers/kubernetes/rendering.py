"""Rendering a chart with the helm binary, where the machine has one.

`helm template` runs no code of the chart besides its templates, downloads nothing without being told to, and asks no
cluster. https://helm.sh/docs/helm/helm_template/
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from checker.source import is_unsaved

_SECONDS = 30
_MOST_FILES = 5000
_LARGEST = 16 * 1024 * 1024


class NotRendered(Exception):
    """Why helm gave nothing."""


def binary() -> str | None:
    """Return the helm binary of this machine, or None."""
    return shutil.which("helm")


def rendered(helm: str, chart: Path, values: Path | None, boundary: Path) -> str:
    """Return what `helm template` prints for a chart. Raises NotRendered."""
    if is_unsaved(chart):
        raise NotRendered("a file of it is not saved yet")
    _only_inside(chart, boundary)
    with tempfile.TemporaryDirectory() as home:
        command = [helm, "template", "release-name", str(chart)]
        command += ["--values", str(values)] if values is not None else []
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home, "KUBECONFIG": os.devnull, "LC_ALL": "C"}
        out = Path(home) / "rendered"
        try:
            with open(out, "wb") as file:
                done = subprocess.run(  # noqa: S603 - the machine's own helm, told to render and nothing else
                    command,
                    env=environment,
                    cwd=home,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.PIPE,
                    timeout=_SECONDS,
                    check=False,
                )
        except subprocess.TimeoutExpired:
            raise NotRendered(f"helm took longer than {_SECONDS} seconds") from None
        except OSError as error:
            raise NotRendered(f"helm could not be started: {error.strerror}") from None
        if done.returncode:
            said = done.stderr[:2000].decode("utf-8", "replace").strip().splitlines()
            raise NotRendered(f"helm could not render it: {said[-1][:300] if said else 'it said nothing'}")
        if out.stat().st_size > _LARGEST:
            raise NotRendered(f"it renders to more than {_LARGEST // 1024 // 1024} MiB")
        return out.read_text(encoding="utf-8", errors="replace")


def _only_inside(chart: Path, boundary: Path) -> None:
    """Refuse a chart with links that lead out of the checked tree: helm would follow them."""
    count = 0
    for base, folders, names in os.walk(chart):
        for name in (*folders, *names):
            count += 1
            path = Path(base) / name
            if count > _MOST_FILES:
                raise NotRendered(f"the chart has more than {_MOST_FILES} files")
            if path.is_symlink():
                real = path.resolve()
                if real != boundary and boundary not in real.parents:
                    raise NotRendered(f"{name} is a link that leads out of the checked tree")
