"""The files below the paths asked for, walked once for all formats."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.formats import boundary, listing


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")


def test_folders_of_tools_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a/main.tf", ".terraform/modules/x.tf", "node_modules/y/z.yaml", ".git/config")
    (part,) = listing([tmp_path])
    assert list(part.folders) == [tmp_path.resolve(), (tmp_path / "a").resolve()]


def test_a_folder_belongs_to_the_first_path_that_reaches_it(tmp_path: Path) -> None:
    write(tmp_path, "a/b/main.tf")
    outer, inner = listing([tmp_path / "a" / "b", tmp_path / "a"])
    assert outer.path == tmp_path / "a"
    assert len(outer.folders) == 2
    assert inner.folders == {}


def test_a_file_means_its_folder_alone(tmp_path: Path) -> None:
    write(tmp_path, "main.tf", "a/main.tf")
    (part,) = listing([tmp_path / "main.tf"])
    assert list(part.folders) == [tmp_path.resolve()]


def test_links_to_folders_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, "a/main.tf")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    (part,) = listing([tmp_path])
    assert len(part.folders) == 2


def test_reading_stays_in_the_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "repo/.git/HEAD", "repo/a/b/main.tf", "loose/main.tf")
    assert boundary(tmp_path / "repo" / "a" / "b") == (tmp_path / "repo").resolve()
    monkeypatch.chdir(tmp_path)
    assert boundary(tmp_path / "loose") == tmp_path.resolve()
    monkeypatch.chdir(tmp_path / "repo")
    assert boundary(tmp_path / "loose") == (tmp_path / "loose").resolve()
