"""What tests of several folders use: a check of Terraform text in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from checker import config, engine
from checker.outcome import Outcome

# Folders and files whose tests share what is dear to make (an installation, a server): one process runs them.
_TOGETHER = ("hooks", "packaging", "lsp", "test_listing")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep tests that share something dear in one process."""
    for item in items:
        for name in _TOGETHER:
            if name in (*item.path.parts, item.path.stem):
                item.add_marker(pytest.mark.xdist_group(name))


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Outcome]:
    """Return a function that checks a text (`main.tf`) or several files by name, as a person in their folder would.

    `jurisdiction` and `accept` are what the command line takes; `scope`, `strict`, `assumed` and `use_env` are those of
    a Request;
    everything else is an option of the format.
    """

    def run(
        source: str | Mapping[str, str], *, jurisdiction: str = "eu", accept: Sequence[str] = (), **asked: Any
    ) -> Outcome:
        files = {"main.tf": source} if isinstance(source, str) else source
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        own = {key: asked.pop(key) for key in ("scope", "strict", "assumed", "use_env") if key in asked}
        wanted = config.judged_by(jurisdiction, accept)
        return engine.check(engine.Request((Path("."),), wanted, format_options=asked, **own))

    return run
