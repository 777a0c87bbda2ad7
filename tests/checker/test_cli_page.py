"""docs/cli.md shows what the commands print; `EUCLAVE_UPDATE=1` writes the page anew."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from checker import cli

HOME = Path(__file__).resolve().parent.parent.parent
PAGE = HOME / "docs" / "cli.md"
SHOWN = re.compile(r"^```console\n\$ euclave (.+)\n((?:.*\n)*?)```\n", re.MULTILINE)


def test_page_shows_what_is_printed(euclave: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HOME / "fixtures" / "cases")
    monkeypatch.delenv("NO_COLOR", raising=False)

    def printed(match: re.Match[str]) -> str:
        done = euclave(*shlex.split(match[1]))
        return f"```console\n$ euclave {match[1]}\n{done.out}{done.err}```\n"

    text = PAGE.read_text(encoding="utf-8")
    real = SHOWN.sub(printed, text)
    if os.environ.get("EUCLAVE_UPDATE") == "1":
        PAGE.write_text(real, encoding="utf-8")
    assert text.splitlines() == real.splitlines()


def test_page_shows_every_command() -> None:
    shown = {match[1].split()[0] for match in SHOWN.finditer(PAGE.read_text(encoding="utf-8"))}
    assert shown == set(cli.cli.commands)


def every(command: click.Command) -> Iterator[click.Command]:
    """Yield a command and what is below it."""
    yield command
    for inner in command.commands.values() if isinstance(command, click.Group) else ():
        yield from every(inner)


def test_options_that_the_page_names_exist() -> None:
    options = [option for command in every(cli.cli) for option in command.params]
    known = {name for option in options for name in (*option.opts, *option.secondary_opts)}
    named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", PAGE.read_text(encoding="utf-8")))
    assert named - known <= {"--help"}
