"""What a change adds, fixes and leaves, in real repositories with a history."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

import jsonschema  # type: ignore[import-untyped]  # its stubs are not needed for anything else
import pytest

Run = Callable[..., Any]
SCHEMA = json.loads((Path(__file__).parents[2] / "checker" / "data" / "euclave-report-2.schema.json").read_text())
INDEX = 'resource "aws_kendra_index" "{}" {{\n  region = "{}"\n}}\n'


class Repository(Protocol):
    """A repository, and the folder that everything runs in."""

    folder: Path

    def git(self, *arguments: str) -> str:
        """Return what a git command prints."""

    def commit(self, files: dict[str, str | None]) -> str:
        """Write files, or take those away whose text is None, and return the commit of everything."""


def report(euclave: Run, *arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(euclave("check", "-f", "json", *arguments).out)
    jsonschema.validate(found, SCHEMA)
    return found


def told(found: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """Return the addresses of what is new, of what was there before, and of what is fixed."""
    return (
        [one["address"].rpartition(".")[2] for one in found["findings"]],
        [one["finding"]["address"].rpartition(".")[2] for one in found["excepted"]],
        [one["address"].rpartition(".")[2] for one in found["fixed"]],
    )


def test_one_added_one_fixed_one_moved_one_left(repository: Repository, euclave: Run) -> None:
    base = repository.commit(
        {
            "left/main.tf": INDEX.format("left", "us-east-1"),
            "fixed/main.tf": INDEX.format("fixed", "us-east-1"),
            "before/main.tf": "\n\n" + INDEX.format("moved", "us-east-1"),
        }
    )
    repository.commit(
        {
            "left/main.tf": "# a line more\n" + INDEX.format("left", "us-east-1"),
            "fixed/main.tf": INDEX.format("fixed", "eu-west-1"),
            "before/main.tf": None,
            "after/search.tf": INDEX.format("moved", "us-east-1"),
            "added/main.tf": INDEX.format("added", "us-west-2"),
        }
    )
    found = report(euclave, "--since", base)
    assert told(found) == (["added"], ["moved", "left"], ["fixed"])
    assert found["summary"]["since"].startswith(base[:12])
    done = euclave("check", "--since", base)
    assert (done.code, "1 finding; 2 excepted; 1 fixed since" in done.out) == (1, True)
    markdown = euclave("check", "--since", base, "-f", "markdown").out
    assert "### euclave: 1 new finding\n" in markdown
    results = json.loads(euclave("check", "--since", base, "-f", "sarif").out)["runs"][0]["results"]
    states = {one["properties"]["address"].rpartition(".")[2]: one.get("baselineState") for one in results}
    assert {name: states[name] for name in ("added", "moved", "left", "fixed")} == {
        "added": "new",
        "moved": "unchanged",
        "left": "unchanged",
        "fixed": "absent",
    }


def test_nothing_new_passes(repository: Repository, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format("old", "us-east-1")})
    assert euclave("check").code == 1
    assert euclave("check", "--since", "HEAD").code == 0


def test_what_is_not_committed_yet_counts(repository: Repository, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format("old", "eu-west-1")})
    Path("main.tf").write_text(INDEX.format("old", "us-east-1"))
    assert told(report(euclave, "--since", "HEAD")) == (["old"], [], [])


def test_a_change_in_a_module_is_one_of_its_callers(repository: Repository, euclave: Run) -> None:
    call = 'module "m" {{\n  source = "../modules/m"\n}}\n{}'
    base = repository.commit({"modules/m/main.tf": INDEX.format("i", "eu-west-1"), "prod/main.tf": call.format("")})
    repository.commit({"modules/m/main.tf": INDEX.format("i", "us-east-1")})
    found = report(euclave, "--since", base)
    assert [one["address"] for one in found["findings"]] == ["module.m.aws_kendra_index.i"]


def test_branches_that_went_apart_are_compared_with_where_they_did(repository: Repository, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format("shared", "us-east-1")})
    repository.git("checkout", "-q", "-b", "topic")
    repository.commit({"topic.tf": INDEX.format("mine", "us-east-1")})
    repository.git("checkout", "-q", "main")
    repository.commit({"theirs.tf": INDEX.format("theirs", "us-east-1")})
    repository.git("checkout", "-q", "topic")
    assert told(report(euclave, "--since", "main")) == (["mine"], ["shared"], [])


def test_from_a_folder_of_the_repository(repository: Repository, euclave: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    base = repository.commit({"infra/main.tf": INDEX.format("old", "us-east-1"), "infra/eu.tfvars": ""})
    repository.commit({"infra/more.tf": INDEX.format("new", "us-east-1"), "infra/late.tfvars": ""})
    monkeypatch.chdir(repository.folder / "infra")
    assert told(report(euclave, "--since", base)) == (["new"], ["old"], [])
    assert told(report(euclave, "--since", base, "--var-file", "late.tfvars"))[0] == ["new"]
    assert Path.cwd() == repository.folder / "infra"


def test_the_tree_and_the_index_stay_and_nothing_of_the_repository_runs(
    repository: Repository, euclave: Run, tmp_path: Path
) -> None:
    """Hooks, filters, drivers of diffs and monitors that the repository brings are all there, and none runs."""
    ran = tmp_path / "ran"
    evil = f"touch {ran}"
    base = repository.commit(
        {
            ".gitattributes": "*.tf filter=evil diff=evil export-ignore\n",
            "main.tf": INDEX.format("old", "us-east-1"),
            ".gitmodules": '[submodule "x"]\n  path = x\n  url = ext::sh -c "touch ran"\n',
        }
    )
    (repository.folder / "link.tf").symlink_to("/etc/passwd")
    repository.commit({"new.tf": INDEX.format("new", "us-east-1")})
    for key in ("filter.evil.smudge", "filter.evil.process", "diff.evil.textconv", "core.fsmonitor", "core.pager"):
        repository.git("config", key, evil)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        hook = repository.folder / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\n{evil}\n")
        hook.chmod(0o755)
    before = {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*") if path.is_file()}
    assert told(report(euclave, "--since", base)) == (["new"], ["old"], [])
    assert not ran.exists()
    assert {path: path.stat().st_mtime_ns for path in repository.folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("ref", "what"),
    [("nowhere", "git knows no commit 'nowhere'"), ("--output=x", "is no revision"), ("HEAD:main.tf", "no commit")],
)
def test_what_is_no_commit(ref: str, what: str, repository: Repository, euclave: Run) -> None:
    repository.commit({"main.tf": INDEX.format("old", "eu-west-1")})
    done = euclave("check", f"--since={ref}")
    assert (done.code, what in done.err) == (2, True)


def test_where_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, euclave: Run) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    Path("main.tf").write_text(INDEX.format("old", "eu-west-1"))
    assert euclave("check", "--since", "HEAD").code == 2
    assert euclave("check", "--since", "HEAD", "--changed", "main.tf").code == 2


def test_what_the_earlier_commit_could_not_be_read_of_is_said(repository: Repository, euclave: Run) -> None:
    base = repository.commit(
        {"main.tf": INDEX.format("old", "us-east-1"), "bad.tf": 'resource "aws_kendra_index" "b" {\n'}
    )
    repository.commit({"bad.tf": None})
    found = report(euclave, "--since", base)
    assert any("could not be read" in gap["why"] for gap in found["gaps"])


def test_modules_that_init_has_downloaded_are_there_on_both_sides(repository: Repository, euclave: Run) -> None:
    base = repository.commit({"main.tf": 'module "m" {\n  source = "acme/m/aws"\n}\n', ".gitignore": ".terraform\n"})
    downloaded = repository.folder / ".terraform" / "modules"
    (downloaded / "m").mkdir(parents=True)
    (downloaded / "m" / "main.tf").write_text(INDEX.format("i", "us-east-1"))
    listed = {"Modules": [{"Key": "", "Source": "", "Dir": "."}, {"Key": "m", "Dir": ".terraform/modules/m"}]}
    (downloaded / "modules.json").write_text(json.dumps(listed))
    assert told(report(euclave, "--since", base)) == ([], ["i"], [])
