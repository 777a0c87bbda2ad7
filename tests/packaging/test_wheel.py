"""The wheel as built: what it holds, and that what it installs runs its own code and no other."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("checker", "policies", "providers")
RIVAL = ROOT / "tests" / "packaging" / "rival"
CONFIGURATION = """
provider "aws" {
  region = "eu-central-1"
}
resource "aws_s3_bucket" "documents" {
  bucket = "documents"
}
"""

pytestmark = pytest.mark.packaging


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(command, cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False)


def build(project: Path, into: Path) -> Path:
    """Return the wheel of a project, built from a copy of it by the installed build and hatchling."""
    copy = into / "source"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".*_cache", ".git", ".venv", ".hypothesis", "dist"))
    result = run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", into, copy, cwd=into)
    assert result.returncode == 0, result.stdout + result.stderr
    (wheel,) = into.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(ROOT, tmp_path_factory.mktemp("euclave"))


@pytest.fixture(scope="module")
def rival(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(RIVAL, tmp_path_factory.mktemp("rival"))


def install(folder: Path, *wheels: Path) -> Path:
    """Return the command `euclave` of a new environment with these wheels, installed in this order.

    Dependencies are borrowed from the environment of the tests, so that nothing is downloaded.
    """
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    for each in wheels:
        result = run(
            *(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", each), cwd=folder
        )
        assert result.returncode == 0, result.stdout + result.stderr
    return folder / "bin" / "euclave"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A checked repository with folders of our names."""
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text('raise SystemExit("hijacked")\n')
    (tmp_path / "main.tf").write_text(CONFIGURATION)
    return tmp_path


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_module_and_table(wheel: Path) -> None:
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert any(name.endswith(".json") for name in files)
    assert files - names(wheel) == set()


def test_the_wheel_holds_nothing_but_the_three_packages(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in names(wheel)}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(PACKAGES)
    assert not [name for name in names(wheel) if "test" in name.split("/")[1:-1]]


def test_a_hostile_folder_changes_nothing(wheel: Path, hostile: Path, tmp_path: Path) -> None:
    result = run(install(tmp_path / "venv", wheel), "check", ".", cwd=hostile)
    assert "hijacked" not in result.stdout + result.stderr
    assert result.returncode in {0, 1}, result.stdout + result.stderr


def test_a_rival_in_pythonpath_changes_nothing(wheel: Path, hostile: Path, tmp_path: Path) -> None:
    result = run(install(tmp_path / "venv", wheel), "check", ".", cwd=hostile, PYTHONPATH=str(RIVAL))
    assert "hijacked" not in result.stdout + result.stderr
    assert result.returncode in {0, 1}, result.stdout + result.stderr


def test_a_rival_installed_before_changes_nothing(wheel: Path, rival: Path, hostile: Path, tmp_path: Path) -> None:
    result = run(install(tmp_path / "venv", rival, wheel), "check", ".", cwd=hostile)
    assert "hijacked" not in result.stdout + result.stderr
    assert result.returncode in {0, 1}, result.stdout + result.stderr


def test_a_rival_that_overwrote_our_package_ends_the_run(
    wheel: Path, rival: Path, hostile: Path, tmp_path: Path
) -> None:
    result = run(install(tmp_path / "venv", wheel, rival), "check", ".", cwd=hostile)
    assert result.returncode == 3, result.stdout + result.stderr
    assert "hijacked" not in result.stdout + result.stderr
    assert "overwritten" in result.stderr
    assert "pipx install" in result.stderr
