"""What the tests of Terragrunt share: units written to a folder, and what is read of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeAlias

import pytest

from checker import formats
from checker.model import Block, Gap
from providers.terragrunt import format as terragrunt

Read: TypeAlias = Callable[..., tuple[dict[str, Block], list[Gap]]]


@pytest.fixture
def write(tmp_path: Path) -> Callable[[Mapping[str, str]], None]:
    """Return a function that writes files below a folder that is a repository."""

    def run(files: Mapping[str, str]) -> None:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    return run


@pytest.fixture
def read(tmp_path: Path, write: Callable[[Mapping[str, str]], None]) -> Read:
    """Return a function that writes files, and returns the blocks of all units by "unit address", and the gaps."""

    def run(files: Mapping[str, str], **options: object) -> tuple[dict[str, Block], list[Gap]]:
        write(files)
        given = formats.Options(**options)  # type: ignore[arg-type]
        roots, gaps, _ = terragrunt.open_roots(formats.listing([tmp_path]), given, tmp_path)
        blocks = {f"{root.name} {one.address}": one for root in roots for one in root.blocks(lambda mode, type: True)}
        return blocks, [*gaps, *(gap for root in roots for gap in root.gaps())]

    return run
