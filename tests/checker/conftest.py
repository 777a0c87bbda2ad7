"""What the tests of the command line use: a run of it, in the folder that the test stands in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from checker import cli

PARIS_AND_VIRGINIA = """provider "aws" {
  region = "eu-west-3"
}

resource "aws_sagemaker_notebook_instance" "lab" {
  instance_type = "ml.t3.medium"
}

resource "aws_sagemaker_domain" "studio" {
  region = "us-east-1"
}
"""


class Run(NamedTuple):
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def euclave(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Return a function that runs the command line with some arguments, error boundary included."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["euclave", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(exit.value.code, int)
        return Run(exit.value.code, out, err)

    return run


@pytest.fixture
def infra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with code, in which the test stands; policies are beside it."""
    infra = tmp_path / "infra"
    (infra / ".git").mkdir(parents=True)
    (infra / "main.tf").write_text(PARIS_AND_VIRGINIA)
    (tmp_path / "policies").mkdir()
    monkeypatch.chdir(infra)
    monkeypatch.delenv("EUCLAVE_TRACEBACK", raising=False)
    return infra


class Repository:
    """A repository, and the folder that everything runs in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.email", "a@example.org")
        self.git("config", "user.name", "A")

    def git(self, *arguments: str) -> str:
        """Return what a git command prints."""
        done = subprocess.run(["git", *arguments], cwd=self.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None]) -> str:
        """Write files, or take those away whose text is None, and return the commit of everything."""
        for name, text in files.items():
            path = self.folder / name
            if text is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "x")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """Return an empty repository, which everything runs in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    return Repository(tmp_path)
