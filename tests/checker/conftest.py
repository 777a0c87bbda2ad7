"""What the tests of the command line use: a run of it, in the folder that the test stands in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest

from checker import cli


class Run(NamedTuple):
    """What a run of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def euclave(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Return a function that runs the command line with some arguments, error boundary included."""

    def run(*arguments: str) -> Run:
        monkeypatch.setattr(sys, "argv", ["euclave", *arguments])
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            cli.main()
        out, err = capsys.readouterr()
        assert isinstance(exit.value.code, int)
        return Run(exit.value.code, out, err)

    return run
