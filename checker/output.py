"""Where what a command says goes: the standard output, and files of reports."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from checker.errors import EuclaveError, UsageError

if TYPE_CHECKING:
    from checker.outcome import Outcome


class Reports:
    """The reports that a command line asks for: one for the standard output, others for files.

    The options are taken out of what is asked. Raises UsageError for a format that does not exist.
    """

    def __init__(self, asked: dict[str, Any]) -> None:
        from checker import registry, request

        self._quiet, self._verbose, self._color = (asked.pop(name) for name in ("quiet", "verbose", "color"))
        self._targets = [("", asked.pop("format_name"))]
        for text in asked.pop("reports"):
            name, file = request.pair(text, "--report", "FORMAT=FILE")
            self._targets.append((file, name))
        names = registry.report_names()
        for _, name in self._targets:
            if name not in names:
                raise UsageError(f"there is no report format {name!r}", f"choose one of {', '.join(names)}")

    def write(self, outcome: Outcome) -> None:
        """Write an outcome in each of them. Raises EuclaveError for a file that cannot be written."""
        from checker import registry

        for file, name in self._targets:
            colored = not file and (self._color if self._color is not None else is_terminal(sys.stdout))
            verbosity = -1 if self._quiet and not file else 1 if self._verbose or file else 0
            text = registry.report(name).render(outcome, color=colored, verbosity=verbosity, root=Path.cwd())
            if file:
                written(Path(file), text)
            else:
                click.echo(text, nl=False, color=colored)


def written(file: Path, text: str) -> None:
    """Write a text to a file, folders included. Raises EuclaveError where that cannot be done."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise EuclaveError(f"the report {file} cannot be written: {error.strerror}") from None


def is_terminal(stream: Any) -> bool:
    """Return whether a stream is a terminal that may be coloured."""
    return bool(stream.isatty()) and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
