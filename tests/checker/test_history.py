"""What git is asked: who wrote what excepts a finding, without running anything of the repository."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import history
from checker.errors import UsageError

Run = Callable[..., Any]
INDEX = """# euclave:ignore[ai-placement] reason="a test"{more}
resource "aws_kendra_index" "x" {{
  region = "us-east-1"
}}
"""


def excepted(euclave: Run, *arguments: str) -> dict[str, Any]:
    (found,) = json.loads(euclave("check", "-f", "json", *arguments).out)["excepted"]
    rule: dict[str, Any] = found["exemption"]
    return rule


def test_who_wrote_a_comment(repository: Any, euclave: Run) -> None:
    repository.git("config", "user.name", "Jane Doe")
    repository.commit({"infra/main.tf": INDEX.format(more="")})
    assert excepted(euclave, "--blame")["who"] == "Jane Doe"
    assert excepted(euclave)["who"] == ""
    assert "a test, says Jane Doe" in euclave("check", "--blame").out


def test_a_comment_that_names_somebody_is_believed(repository: Any, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format(more=' who="the board"')})
    assert excepted(euclave, "--blame")["who"] == "the board"


def test_what_is_not_committed_has_no_author(repository: Any, euclave: Run) -> None:
    repository.commit({"other.tf": ""})
    (repository.folder / "main.tf").write_text(INDEX.format(more=""))
    assert excepted(euclave, "--blame")["who"] == ""
    repository.git("add", "-A")
    assert excepted(euclave, "--blame")["who"] == ""


def test_where_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, euclave: Run) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path("main.tf").write_text(INDEX.format(more=""))
    done = euclave("check", "--blame")
    assert (done.code, "not a git repository" in done.err) == (2, True)


def test_nothing_of_the_repository_is_run(repository: Any, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format(more=""), ".gitattributes": "*.tf diff=x\n"})
    repository.git("config", "diff.x.textconv", "touch ran;cat")
    assert excepted(euclave, "--blame")["who"] == "A"
    assert not (repository.folder / "ran").exists()


def test_without_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="not on the path"):
        history.git("status")
