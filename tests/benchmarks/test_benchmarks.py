"""The benchmarks run and mean the same thing twice; how long anything takes is not tested."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def script(name: str, *arguments: str | Path) -> str:
    return subprocess.run([sys.executable, HERE / name, *arguments], capture_output=True, text=True, check=True).stdout


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_synthetic_repository_is_the_same_twice(tmp_path: Path) -> None:
    assert script("synthetic.py", tmp_path / "one", "--scale", "2").strip() == "160"
    script("synthetic.py", tmp_path / "two", "--scale", "2")
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert len(tree(tmp_path / "one")) == 160


def test_the_harness_prints_what_it_measured() -> None:
    printed = script("run.py", "--runs=1", "--scales=1")
    for row in (r"Python with click \|  \| 1 \| .* \| 0", r"synthetic 1× \| 80 \| 1 \| .* \| [01]"):
        assert re.search(rf"^\| {row} \|$", printed, re.MULTILINE), printed
    assert re.search(r"^\| empty folder / Python with click \| [\d.]+ \|$", printed, re.MULTILINE), printed
