"""What is written twice says the same in both places."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from checker.version import VERSION

ROOT = Path(__file__).resolve().parents[2]


def test_the_extra_and_the_group_for_development_are_the_same() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["optional-dependencies"]["dev"] == project["dependency-groups"]["dev"]


def test_the_check_of_a_change_ends_with_the_readmes_test_command() -> None:
    readme = (ROOT / "README.md").read_text()
    (command,) = {line for line in readme.splitlines() if line.startswith("python3 -m venv") and "pytest" in line}
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == command


def test_the_changelog_has_the_version() -> None:
    assert re.search(rf"^## {re.escape(VERSION)}\b", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
