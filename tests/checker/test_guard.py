"""The start-up guard, each case in a process of its own: what it does to `sys.modules` must not outlive the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from checker.errors import EuclaveError
from checker.guard import HOME, check

RIVAL = 'raise SystemExit("hijacked")\n'


def write_package(parent: Path, name: str, text: str) -> None:
    (parent / name).mkdir(parents=True)
    (parent / name / "__init__.py").write_text(text)


def run(code: str, *, cwd: Path, first: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run code with `first` ahead of ours on the path, which is what PYTHONPATH does."""
    path = [str(first)] if first else []
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([*path, HOME])}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )


def test_our_packages_win_over_a_rival_that_comes_first(tmp_path: Path) -> None:
    for name in ("policies", "providers"):
        write_package(tmp_path, name, RIVAL)
        write_package(tmp_path / name, "aws", RIVAL)
    code = "import checker.guard as g; g.check(); import providers.aws, policies; print(providers.aws.__path__[0])"
    # `python -c` puts the current folder first of all, as `python -m` does.
    result = run(code, cwd=tmp_path, first=tmp_path)
    assert (result.returncode, result.stdout.strip()) == (0, os.path.join(HOME, "providers", "aws")), result.stderr


def test_the_rival_would_win_without_the_guard(tmp_path: Path) -> None:
    write_package(tmp_path, "providers", RIVAL)
    assert "hijacked" in run("import providers", cwd=tmp_path, first=tmp_path).stderr


def test_a_foreign_package_imported_before_us_ends_the_run(tmp_path: Path) -> None:
    write_package(tmp_path, "providers", "")
    code = (
        "import providers\n"
        "from checker.errors import EuclaveError\n"
        "from checker.guard import check\n"
        "try: check()\n"
        "except EuclaveError as error: print(error, error.hint)\n"
    )
    printed = run(code, cwd=tmp_path, first=tmp_path).stdout
    assert f"already imported from {tmp_path}" in printed
    assert "pipx install" in printed


@pytest.fixture
def nothing_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in {"policies", "providers"}]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.usefixtures("nothing_loaded")
def test_a_package_that_another_distribution_overwrote_ends_the_run(tmp_path: Path) -> None:
    write_package(tmp_path, "policies", RIVAL)
    with pytest.raises(EuclaveError, match="overwritten") as caught:
        check(str(tmp_path))
    assert caught.value.hint


@pytest.mark.usefixtures("nothing_loaded")
def test_a_missing_package_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(EuclaveError, match="missing"):
        check(str(tmp_path))


def test_a_second_call_changes_nothing() -> None:
    check()
    before = sys.modules["providers"]
    check()
    assert sys.modules["providers"] is before


def test_the_guard_leaves_the_path_alone() -> None:
    before = list(sys.path)
    check()
    assert sys.path == before
