"""Measure whole processes and print a table: `python tests/benchmarks/run.py [--large FOLDER] [--checkov COMMAND]`.

Every number is the median of several runs, after one that is not counted (files and caches are warm; a command that
takes more than half a minute is then run once), with the peak resident memory of the process. Absolute numbers say
something about one machine; the ratios below the table are meant to hold on any. Nothing here asserts a time.

Peak memory is what the operating system reports for the child; it is never below the size of this small process,
from which the child was started.

The large repository is fetched once, by hand:
    git clone --depth 1 https://github.com/GoogleCloudPlatform/cloud-foundation-fabric
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PYTHON = [sys.executable, "-c"]
EUCLAVE = [*PYTHON, "from checker.cli import main; main()"]  # of this tree, installed or not
PARSE = """
import pathlib, sys, hcl2
for path in pathlib.Path(sys.argv[1]).rglob("*.tf"):
    try:
        hcl2.parses_to_tree(path.read_text())
    except Exception as error:
        print(path, type(error).__name__)
"""
PATIENCE = 30.0  # seconds
UNIT = 1024 * 1024 if sys.platform == "darwin" else 1024  # of ru_maxrss, for MB


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the table: seconds, megabytes, the exit code of the last run, and how many files there were."""

    name: str
    seconds: float
    fastest: float
    peak: float
    runs: int
    code: int
    files: int = 0


def once(command: Sequence[str]) -> tuple[float, float, int]:
    """Run a command from the project's folder; return its seconds, its peak memory in MB, and its exit code."""
    start = time.perf_counter()
    # As users have it: modules are compiled once, and kept.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return seconds, usage.ru_maxrss / UNIT, process.returncode


def measure(name: str, command: Sequence[str], runs: int, files: int = 0) -> Measure:
    """Run a command once for warmth and then `runs` times; say so on stderr, as it may take a while."""
    print(f"{name} …", file=sys.stderr, flush=True)
    warm_up, _, _ = once(command)
    results = [once(command) for _ in range(runs if warm_up < PATIENCE else 1)]
    seconds = [result[0] for result in results]
    peak = statistics.median(result[1] for result in results)
    return Measure(name, statistics.median(seconds), min(seconds), peak, len(results), results[-1][2], files)


def count(folder: Path) -> int:
    return sum(1 for path in folder.rglob("*") if path.suffix in {".tf", ".tfvars"})


def large(folder: Path, euclave: Sequence[str], checkov: str, runs: int) -> list[Measure]:
    """Measure euclave on a repository beside its files parsed once by python-hcl2, and checkov where it is given."""
    files = count(folder)
    rows = [
        measure("large", [*euclave, "check", str(folder)], runs, files),
        measure("large, python-hcl2 alone", [*PYTHON, PARSE, str(folder)], runs, files),
    ]
    if checkov:
        rows.append(measure("large, checkov", compared(checkov, folder), runs, files))
    return rows


def compared(checkov: str, folder: Path) -> list[str]:
    return [checkov, "--directory", str(folder), "--framework", "terraform", "--quiet", "--compact", "--skip-download"]


def synthetic(scale: int, euclave: Sequence[str], checkov: str, runs: int) -> list[Measure]:
    """Measure euclave, and checkov where it is given, on a generated repository."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, str(HERE / "synthetic.py"), folder, f"--scale={scale}"],
            stdout=subprocess.DEVNULL,
            check=True,
        )
        files = count(Path(folder))
        rows = [measure(f"synthetic {scale}×", [*euclave, "check", folder], runs, files)]
        if checkov:
            rows.append(measure(f"synthetic {scale}×, checkov", compared(checkov, Path(folder)), runs, files))
    return rows


def table(rows: Sequence[Measure]) -> str:
    cells = [
        (row.name, row.files or "", row.runs, f"{row.seconds:.3f}", f"{row.fastest:.3f}", f"{row.peak:.0f}", row.code)
        for row in rows
    ]
    head = ("what", "files", "runs", "median s", "fastest s", "peak MB", "exit")
    lines = (" | ".join(map(str, line)) for line in [head, ("---", *["---:"] * (len(head) - 1)), *cells])
    return "\n".join(f"| {line} |" for line in lines)


def ratios(rows: Sequence[Measure]) -> str:
    """Return the ratios that the measured rows allow; a cost per file is net of what an empty folder costs."""
    by_name = {row.name: row for row in rows}
    empty = by_name["empty folder"]
    found = [("empty folder / Python with click", empty.seconds / by_name["Python with click"].seconds)]
    found += [
        (f"{row.name} / {other}", row.seconds / reference.seconds)
        for row in rows
        for other in ("python-hcl2 alone", "checkov")
        if (reference := by_name.get(f"{row.name}, {other}"))
    ]
    sizes = [row for row in rows if row.name.startswith("synthetic") and "," not in row.name]
    costs = [(row.seconds - empty.seconds) / row.files for row in sizes]
    found += [
        (f"cost per file, {row.name} / {sizes[0].name}", cost / costs[0])
        for row, cost in zip(sizes[1:], costs[1:], strict=True)
    ]
    return "\n".join(["| ratio | |", "| --- | ---: |", *(f"| {name} | {ratio:.2f} |" for name, ratio in found)])


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure euclave as whole processes.")
    parser.add_argument("--large", type=Path, metavar="FOLDER", help="a clone of cloud-foundation-fabric, or any other")
    parser.add_argument("--checkov", default="", metavar="COMMAND", help="measure checkov on the same folders")
    parser.add_argument("--euclave", metavar="COMMAND", help="an installed euclave instead of this tree")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--scales", default="1,10,100", help="sizes of the synthetic repository")
    arguments = parser.parse_args()
    euclave = [arguments.euclave] if arguments.euclave else EUCLAVE

    rows = [measure("Python with click", [*PYTHON, "import click"], arguments.runs)]
    with tempfile.TemporaryDirectory() as empty:
        rows.append(measure("empty folder", [*euclave, "check", empty], arguments.runs))
    if arguments.large:
        rows += large(arguments.large.resolve(), euclave, arguments.checkov, arguments.runs)
    else:
        print("no --large: git clone --depth 1 https://github.com/GoogleCloudPlatform/cloud-foundation-fabric")
    for scale in map(int, arguments.scales.split(",")):
        rows += synthetic(scale, euclave, arguments.checkov, arguments.runs)
    print(table(rows), ratios(rows), sep="\n\n")


if __name__ == "__main__":
    main()
