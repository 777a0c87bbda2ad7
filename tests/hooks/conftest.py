"""What the tests of hooks use: commands in a clean environment, and a copy of what an installation is made from."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_INSTALLED = ("checker", "policies", "providers", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Return a function that runs a command in a folder, with nobody's settings of git or Python."""
    home = tmp_path_factory.mktemp("home")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("GIT_", "PYTHON", "PRE_COMMIT"))}
    clean |= {"HOME": str(home), "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "NO_COLOR": "1"}
    clean |= {f"GIT_{who}_{what}": "test@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a copy of what euclave is installed from."""
    folder = tmp_path_factory.mktemp("euclave")
    for name in _INSTALLED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def tool(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return a function that installs a tool from PyPI and returns its command, or skips the test."""
    folder = tmp_path_factory.mktemp("tools")

    def install(name: str) -> Path:
        command = folder / name / "bin" / name.removesuffix("-bin")
        if not command.exists():
            steps = (["-m", "venv", folder / name], ["-m", "pip", "--python", folder / name, "install", "-q", name])
            for step in steps:
                result = run(sys.executable, *step, cwd=folder)
                if result.returncode:
                    pytest.skip(f"{name} cannot be installed here: {result.stderr.strip().splitlines()[-1:]}")
        return command

    return install
