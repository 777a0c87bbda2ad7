"""What the README shows is what the commands print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from checker import catalogue, places, registry
from checker.cli import cli

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
# A command of ours in a shell block, and the block with its output that follows.
SHOWN = re.findall(r"```sh\n(?:[^`]*&& )?(?:\.venv/bin/)?euclave ([^\n]*)\n```\n\n```\n(.*?)\n```", README, re.DOTALL)


def test_there_are_outputs_to_compare() -> None:
    """The README shows the check of an example and the explanation of a resource."""
    assert [arguments.split()[0] for arguments, _ in SHOWN] == ["check", "explain"]


@pytest.mark.parametrize(("arguments", "output"), SHOWN, ids=[arguments for arguments, _ in SHOWN])
def test_output(arguments: str, output: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block after a command is its output to the letter."""
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, arguments.split(), catch_exceptions=False)
    assert result.output.rstrip() == output


def test_table_sizes() -> None:
    """The numbers of places and resource types are those of the tables."""
    for cloud, name in (("aws", "AWS"), ("azure", "Azure"), ("gcp", "Google Cloud")):
        rows = catalogue.rows(cloud)
        ai = sum("ai" in row.roles for row in rows.values())
        line = f"| {name} | {len(places.table(cloud).rows)} | {len(rows)} | {ai} |"
        assert line in README
    assert registry.cloud_names() == ("aws", "azure", "gcp")
