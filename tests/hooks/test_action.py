"""The GitHub Action: its steps are run as a runner would, but for the actions of others that it uses."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
_EXPRESSION = re.compile(r"\$\{\{ ([\w.-]+) \}\}")
# A finding, by the region of the bucket, and its repair.
BAD = 'provider "aws" {\n  region = "us-east-1"\n}\nresource "aws_kendra_index" "i" {\n  name = "i"\n}\n'
CLEAN = BAD.replace("us-east-1", "eu-west-1")

Run = Callable[..., subprocess.CompletedProcess[str]]


class Ended(NamedTuple):
    """What the steps of an action left."""

    code: int
    out: str
    outputs: Mapping[str, str]
    summary: str
    uses: list[tuple[str, Mapping[str, str]]]  # what would have been run of others, after the set-up


@pytest.fixture(scope="module")
def installed() -> list[str]:
    """Return where the command is that the action has installed, once it has."""
    return []


@pytest.fixture
def act(run: Run, project: Path, installed: list[str], tmp_path: Path) -> Callable[..., Ended]:
    """Return a function that runs the action's steps on a file `main.tf`, with inputs."""

    def act(text: str, **inputs: str) -> Ended:
        (tmp_path / "checked").mkdir()
        (tmp_path / "checked" / "main.tf").write_text(text)
        values = {f"inputs.{name}": str(one["default"]) for name, one in ACTION["inputs"].items()}
        values |= {f"inputs.{name}": value for name, value in inputs.items()}
        values |= {"github.action_path": str(project), "steps.python.outputs.python-path": sys.executable}
        output, summary = tmp_path / "output", tmp_path / "summary"
        said, code = "", 0
        uses: list[tuple[str, Mapping[str, str]]] = []

        def filled(text: str) -> str:
            return _EXPRESSION.sub(lambda found: values.get(found[1], ""), text)

        for step in ACTION["runs"]["steps"]:
            if "if" in step and not _holds(step["if"], values):
                continue
            if "uses" in step:
                uses.append((step["uses"], {name: filled(str(value)) for name, value in step["with"].items()}))
                continue
            if step.get("id") == "install" and installed:  # once is enough, and takes some seconds
                values |= {"steps.install.outputs.command": installed[0], "steps.install.outputs.folder": str(tmp_path)}
                continue
            assert "${{" not in step["run"], "an input in a script could become a part of it"
            script = tmp_path / "step.sh"
            script.write_text(step["run"])
            output.write_text("")
            environment = {name: filled(value) for name, value in step["env"].items()}
            environment |= {"GITHUB_OUTPUT": str(output), "GITHUB_STEP_SUMMARY": str(summary)}
            # https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
            shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
            result = run(*shell, cwd=tmp_path / "checked", RUNNER_TEMP=str(tmp_path), **environment)
            said += result.stdout + result.stderr
            for line in output.read_text().splitlines():
                name, _, value = line.partition("=")
                values[f"steps.{step['id']}.outputs.{name}"] = value
            installed[:] = [values.get("steps.install.outputs.command", "")]
            code = result.returncode
            if code:
                break
        outputs = {name: filled(one["value"]) for name, one in ACTION["outputs"].items()}
        return Ended(code, said, outputs, summary.read_text() if summary.exists() else "", uses[1:])

    return act


def _holds(condition: str, values: Mapping[str, str]) -> bool:
    """Return whether a condition of the action holds; it joins comparisons of a value with a text by `&&`."""
    for part in condition.split(" && "):
        name, operator, text = part.split(" ")
        if (values.get(name, "") == text.strip("'")) != (operator == "=="):
            return False
    return True


def test_what_it_uses_of_others_is_pinned_by_hash() -> None:
    used = [step["uses"] for step in ACTION["runs"]["steps"] if "uses" in step]
    assert len(used) == 2
    assert all(re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name) for name in used)


@pytest.mark.packaging
def test_findings_are_uploaded_and_fail_the_job(act: Callable[..., Ended]) -> None:
    ended = act(BAD)
    assert ended.code == 1, ended.out
    assert ended.outputs["exit-code"] == "1"
    assert "us-east-1" in ended.out
    assert "| high outside | ai-placement | aws_kendra_index.i" in ended.summary
    ((name, given),) = ended.uses
    assert name.startswith("github/codeql-action/upload-sarif@")
    assert given["sarif_file"] == ended.outputs["report"]
    assert '"version": "2.1.0"' in Path(given["sarif_file"]).read_text()
    assert "::error" not in ended.out


@pytest.mark.packaging
def test_a_clean_check_is_a_clean_job(act: Callable[..., Ended]) -> None:
    ended = act(CLEAN, upload="false")
    assert ended.code == 0, ended.out
    assert ended.uses == []
    assert Path(ended.outputs["report"]).exists()


@pytest.mark.packaging
def test_annotations_mark_the_lines_where_nothing_is_uploaded(act: Callable[..., Ended]) -> None:
    ended = act(BAD, upload="false")
    assert re.search(r"^::error file=main\.tf,line=\d+", ended.out, re.MULTILINE)
    assert Path(ended.outputs["comment"]).read_text().startswith("### euclave: 1 finding")


@pytest.mark.packaging
def test_arguments_are_split_as_in_a_shell_and_run_nothing(act: Callable[..., Ended], tmp_path: Path) -> None:
    args = "--quiet --report 'text=with space.txt' --var 'a=$(touch hijacked)' --var b=`touch$IFS'hijacked'`"
    ended = act(BAD, args=args, format="json", path="main.tf\n.\n")
    assert ended.code == 1, ended.out
    assert sorted(os.listdir(tmp_path / "checked")) == ["main.tf", "with space.txt"]
    assert ended.outputs["report"].endswith(".json")
    assert ended.uses == []


@pytest.mark.packaging
@pytest.mark.parametrize(
    ("inputs", "code"), [({"path": "gone"}, 2), ({"format": "none"}, 2), ({"args": "--var 'a=b"}, 1)]
)
def test_wrong_inputs_fail_the_job(act: Callable[..., Ended], inputs: dict[str, str], code: int) -> None:
    ended = act(CLEAN, **inputs)
    assert ended.code == code, ended.out
    assert ended.outputs["report"] == ""
    assert ended.uses == []
