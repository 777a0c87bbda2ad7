"""Paths to roots: what two paths reach is read once."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.formats import Options, listing
from providers.terraform.format import open_roots

CALL = 'module "m" {\n  source = "./m"\n}\n'


@pytest.mark.parametrize(
    ("paths", "expected", "files"),
    [
        (["."], [".", "sub"], 3),
        ([".", "sub"], [".", "sub"], 3),
        (["sub", "."], [".", "sub"], 3),
        ([".", "."], [".", "sub"], 3),
        ([".", "m"], [".", "sub"], 3),
        (["m", "."], [".", "sub"], 3),
        (["sub", "m"], ["m", "sub"], 2),
        (["main.tf", "main.tf"], ["."], 1),
        (["main.tf", "sub"], [".", "sub"], 2),
        ([".", "link"], [".", "sub"], 3),
        ([".", ".terraform/x"], [".", ".terraform/x", "sub"], 4),
    ],
)
def test_overlapping_paths_give_each_root_once(
    paths: list[str], expected: list[str], files: int, tmp_path: Path
) -> None:
    for name, text in {"main.tf": CALL, "m/x.tf": "", "sub/x.tf": "", ".terraform/x/x.tf": ""}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "link").symlink_to(tmp_path / "sub")
    (tmp_path / ".git").mkdir()
    roots, _, counts = open_roots(listing([tmp_path / path for path in paths]), Options(), tmp_path)
    assert sorted(root.name for root in roots) == expected
    assert counts["files"] == files
