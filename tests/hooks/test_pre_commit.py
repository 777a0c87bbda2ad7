"""The hook of pre-commit: real commits in a real repository, with euclave in the environment that pre-commit makes."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from checker.changed import is_code

ROOT = Path(__file__).resolve().parents[2]
HOOK, PLAN_HOOK = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

Run = Callable[..., subprocess.CompletedProcess[str]]

CLEAN = """
variable "location" {}
resource "azurerm_cognitive_account" "model" {
  name                = "model"
  resource_group_name = "rag"
  kind                = "OpenAI"
  sku_name            = "S0"
  location            = "westeurope"
}
"""
BAD = CLEAN.replace('"westeurope"', "var.location")
CALLER = """
module "rag" {
  source   = "../modules/rag"
  location = "eastus"
}
"""


class Repository:
    """A repository with the hook installed."""

    def __init__(
        self, folder: Path, run: Run, pre_commit: Path, project: Path, home: Path, hook: str = "euclave"
    ) -> None:
        self.folder = folder
        self._run = run
        self._home = str(home)
        folder.mkdir()
        for place in (project, folder):
            if not (place / ".git").exists():
                self.git("init", "-q", "-b", "main", at=place)
                self.git("add", "-A", at=place)
                self.git("commit", "-q", "--allow-empty", "-m", "first", at=place)
        rev = self.git("rev-parse", "HEAD", at=project).stdout.strip()
        hooks: dict[str, Any] = {"repo": str(project), "rev": rev, "hooks": [{"id": hook}]}
        self.write({".pre-commit-config.yaml": yaml.safe_dump({"repos": [hooks]})})
        installed = self._run(pre_commit, "install", "--install-hooks", cwd=folder, PRE_COMMIT_HOME=self._home)
        assert installed.returncode == 0, installed.stdout + installed.stderr

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def git(self, *arguments: str, at: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run git; what it says goes to the standard output, hooks included."""
        return self._run("git", *arguments, cwd=at or self.folder, PRE_COMMIT_HOME=self._home)

    def commit(self, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
        """Write files and commit all there is, with hooks."""
        self.write(files)
        self.git("add", "-A")
        return self.git("commit", "-m", "a change")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture
def repository(run: Run, tool: Callable[[str], Path], project: Path, home: Path, tmp_path: Path) -> Repository:
    """Return a repository with the hook installed; its environment is made once."""
    return Repository(tmp_path / "repository", run, tool("pre-commit"), project, home)


def test_the_hook_takes_what_may_be_code() -> None:
    pattern = re.compile(HOOK["files"])
    names = ["main.tf", "a/b.tofu", "x.tf.json", "eu.auto.tfvars", "Kustomization", "k/kustomization.yaml", ".env.eu"]
    names += ["samconfig.toml", "stack.template", "model.env", "charts/a/templates/_x.tpl", "plan.json", ".env"]
    for name in names:
        assert is_code(Path(name).name), name
        assert pattern.search(name), name
    assert all(pattern.search(name) for name in ("euclave.toml", "pyproject.toml", "user-data.tftpl"))
    assert not any(pattern.search(name) for name in ("README.md", "main.py", "tf", "Cargo.toml", "environment"))


def test_the_hook_installs_no_cloud_sdk() -> None:
    assert HOOK["language"] == "python"
    assert "additional_dependencies" not in HOOK  # extras would come in here


@pytest.mark.packaging
def test_a_commit_that_is_clean_passes(repository: Repository) -> None:
    result = repository.commit({"prod/main.tf": CALLER, "modules/rag/main.tf": CLEAN})
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed" in result.stdout + result.stderr


@pytest.mark.packaging
def test_a_change_in_a_module_is_judged_where_it_is_called(repository: Repository) -> None:
    repository.commit({"prod/main.tf": CALLER, "modules/rag/main.tf": CLEAN, "loose/main.tf": BAD})
    result = repository.commit({"modules/rag/main.tf": BAD})
    said = result.stdout + result.stderr
    assert result.returncode == 1, said
    assert "module.rag.azurerm_cognitive_account.model" in said
    assert "prod/main.tf:4" in said
    assert "loose/main.tf" not in said
    assert repository.git("log", "--format=%s").stdout.splitlines()[0] == "a change"
    assert "modules/rag/main.tf" in repository.git("diff", "--cached", "--name-only").stdout


@pytest.mark.packaging
def test_a_commit_of_other_files_is_left_alone(repository: Repository) -> None:
    result = repository.commit({"README.md": "hello"})
    assert result.returncode == 0
    result = repository.commit({"src/main.py": ""})
    assert "no files to check" in result.stdout + result.stderr


@pytest.mark.packaging
def test_the_environment_of_the_hook_has_no_cloud_sdk(repository: Repository, home: Path) -> None:
    repository.commit({"prod/main.tf": CLEAN})
    found = {
        path.name.split("-")[0].lower() for path in home.glob("repo*/py_env*/lib/python*/site-packages/*.dist-info")
    }
    assert "euclave" in found
    assert (
        found & {"boto3", "botocore", "azure_identity", "azure_core", "google_cloud_asset", "google_api_core"} == set()
    )


@pytest.mark.packaging
def test_a_large_repository_takes_about_a_second(repository: Repository, home: Path, run: Run) -> None:
    files = {
        f"roots/r{number}/{name}.tf": f'resource "aws_s3_bucket" "{name}" {{\n  bucket = "{name}-{number}"\n}}\n'
        for number in range(100)
        for name in "abcdefgh"
    }
    files |= {
        f"roots/r{number}/main.tf": f'module "m" {{\n  source = "../../modules/m{number % 10}"\n}}\n'
        for number in range(100)
    }
    files |= {
        f"modules/m{number}/{name}.tf": f'resource "aws_sqs_queue" "{name}" {{\n  name = "{name}"\n}}\n'
        for number in range(10)
        for name in "abcdefghij"
    }
    files |= {f"modules/m{number}/a.tf": CLEAN for number in range(10)}  # AI workloads in each of the roots
    repository.write(files)
    repository.git("add", "-A")
    repository.git("commit", "-q", "--no-verify", "-m", "much")
    (command,) = home.glob("repo*/py_env*/bin/euclave")
    for name in ("roots/r7/main.tf", "modules/m7/a.tf"):
        began = time.perf_counter()
        result = run(command, "check", "--changed", name, cwd=repository.folder)
        own = time.perf_counter() - began
        began = time.perf_counter()
        committed = repository.commit({name: files[name] + "\n# changed\n"})
        whole = time.perf_counter() - began
        print(f"{len(files)} files, {name}: the check {own:.2f} s, the commit {whole:.2f} s")
        assert result.returncode == 0, result.stdout + result.stderr
        assert committed.returncode == 0, committed.stdout + committed.stderr
        assert own < 5, "five times what it may take: machines differ"


def test_the_hook_for_plans_takes_plans_and_states() -> None:
    pattern = re.compile(PLAN_HOOK["files"])
    names = ["plan.json", "a/tfplan.json", "prod.tfplan.json", "plan-prod.json", "terraform.tfstate"]
    assert all(pattern.search(name) for name in names)
    others = ["explanation.json", "plan.md", "planner.json", "main.tf", "terraform.tfstate.backup", "airplane.json"]
    assert not any(pattern.search(name) for name in others)


@pytest.mark.packaging
def test_a_plan_is_judged_by_its_own_hook(
    run: Run, tool: Callable[[str], Path], project: Path, home: Path, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "plans", run, tool("pre-commit"), project, home, "euclave-plan")
    plan = (ROOT / "fixtures" / "terraform-plan" / "plan.json").read_text()
    result = repository.commit({"plan.json": plan, "bad.tf": "resource {"})
    said = result.stdout + result.stderr
    assert result.returncode == 1, said
    assert "plan.json" in said
    assert "bad.tf" not in said
