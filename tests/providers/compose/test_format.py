"""Compose projects and settings files: which they are, and what their services are told."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Role
from checker.outcome import Outcome
from providers.compose import format as compose
from providers.compose.root import ProjectRoot, SettingsRoot

Check = Callable[..., Outcome]


def opened(folder: Path, files: dict[str, str], *, use_env: bool = False) -> list[ProjectRoot | SettingsRoot]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return compose.open_roots(formats.listing([folder]), formats.Options(use_env=use_env), folder)[0]


def services(folder: Path, files: dict[str, str], *, use_env: bool = False) -> dict[str, Block]:
    roots = opened(folder, files, use_env=use_env)
    return {block.address: block for root in roots for block in root.blocks(lambda mode, type: True)}


def told(block: Block, path: str = "environment") -> dict[str, tuple[str | None, str]]:
    (item,) = block.body.items(path)
    return {
        name: (value.text, str(value.trail[-1].location) if value.trail else "") for name, (value, *_) in item.items()
    }


def test_importing_the_format_imports_nothing_heavy() -> None:
    code = "import sys, providers.compose.format; print(*(name for name in sys.modules if name in ('yaml', 'json')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("compose.yaml", "services: {a: {image: x}}\n", 1),
        ("docker-compose.yml", "version: '3'\nservices:\n  a:\n    image: x\n  b: {}\nvolumes:\n  c: {}\n", 1),
        ("docker-compose.prod.yaml", "services:\n  a: {}\n", 1),
        ("compose_openai.yaml", "services:\n  a: {}\n", 1),
        ("compose.yaml", "openapi: 3.0.0\n", 0),
        ("stack.yaml", "services:\n  a: {}\n", 0),
        (".env", "A=b\n", 1),
        (".env.production", "export A=b\n", 1),
        ("app.env", "A=b\n", 1),
        (".env", "just words\n", 0),
        (".env.example", "A=b\n", 0),
        ("env.hcl", "a = 1\n", 0),
        (".env.template", "A=b\n", 0),
        ("env.ts", "A=b\n", 0),
        ("environment.yaml", "A=b\n", 0),
    ],
)
def test_files_are_known_by_name_and_beginning(tmp_path: Path, name: str, text: str, count: int) -> None:
    (tmp_path / name).write_text(text)
    roots, gaps, counts = compose.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert (len(roots), gaps, counts["files"]) == (count, [], count)


def test_services_are_counted(tmp_path: Path) -> None:
    text = "services:\n  # words\n\n  a:\n    image: x\n  'b': {}\nvolumes:\n  c: {}\n"
    (tmp_path / "compose.yaml").write_text(text)
    assert compose.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)[2]["blocks"] == 2


def test_an_environment_is_a_map_or_a_list(tmp_path: Path) -> None:
    text = """\
x-shared: &shared
  A: one
  B: 2
services:
  map:
    environment:
      <<: *shared
      C: true
      D:
  list:
    environment:
      - A=one=1
      - "D"
"""
    found = services(tmp_path, {"compose.yaml": text})
    assert (found["services.map"].location.line, found["services.list"].location.line) == (5, 10)
    item = found["services.map"].body.items("environment")[0]
    assert {name: value.data for name, (value,) in item.items() if name != "D"} == {"A": "one", "B": 2, "C": True}
    assert item["D"][0].text is None
    assert told(found["services.list"])["A"] == ("one=1", "compose.yaml:12")


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("${A:-https://x}", "https://x"),
        ("${SET:-https://x}", "set"),
        ("${EMPTY:-x}", "x"),
        ("${EMPTY-x}", ""),
        ("$SET/$SET", "set/set"),
        ("${SET:+yes}${A:+no}", "yes"),
        ("${A:-${SET}}", "set"),
        ("${A:-${B:-deep}}/v1", "deep/v1"),
        ("https://${A}/v1", "https://${A}/v1"),
        ("${A:?it must be set}", "${A}"),
        ("$$A and $ and ${", "$A and $ and ${"),
    ],
)
def test_variables_are_judged_by_what_is_known(tmp_path: Path, written: str, wanted: str) -> None:
    files = {"compose.yaml": f"services:\n  a:\n    environment:\n      X: '{written}'\n", ".env": "SET=set\nEMPTY=\n"}
    assert told(services(tmp_path, files)["services.a"])["X"][0] == wanted


def test_the_way_of_a_variable_is_told(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    environment:\n      X: $SET\n      Y: ${GONE:-d}\n      SET:\n",
        ".env": "# words\nSET=set\n",
    }
    (item,) = services(tmp_path, files)["services.a"].body.items("environment")
    ways = {name: [str(step) for step in value.trail] for name, (value,) in item.items()}
    assert ways == {
        "X": ["X compose.yaml:4", "SET .env:2"],
        "Y": ["Y compose.yaml:5", "default of GONE"],
        "SET": ["SET .env:2"],
    }


def test_the_machines_environment_counts_when_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_HOST", "https://m")
    files = {"compose.yaml": "services:\n  a:\n    environment:\n      X: $MODEL_HOST\n"}
    assert told(services(tmp_path, files)["services.a"])["X"][0] == "${MODEL_HOST}"
    assert told(services(tmp_path, files, use_env=True)["services.a"])["X"][0] == "https://m"


def test_settings_files_come_first_and_later_ones_win(tmp_path: Path) -> None:
    text = """\
services:
  a:
    env_file:
      - one.env
      - path: two.env
        required: true
      - path: gone.env
        required: false
      - lost.env
    environment:
      C: own
"""
    files = {"compose.yaml": text, "one.env": "A=1\nB=1\nC=1\n", "two.env": "B=2\n"}
    roots = opened(tmp_path, files)
    (root,) = roots
    (block,) = root.blocks(lambda mode, type: True)
    assert told(block) == {"A": ("1", "one.env:1"), "B": ("2", "two.env:1"), "C": ("own", "compose.yaml:11")}
    assert [gap.what for gap in root.gaps()] == ["lost.env"]


def test_an_override_is_put_over_the_main_file(tmp_path: Path) -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    image: x\n    environment: [A=1, B=1]\n    command: [old]\n",
        "compose.override.yaml": "services:\n  a:\n    environment: {B: 2}\n    command: [new]\n  b: {image: y}\n",
        "compose.prod.yaml": "services:\n  a:\n    environment: [B=3]\n",
    }
    roots = opened(tmp_path, files)
    assert [root.name for root in roots] == ["compose.prod.yaml", "compose.yaml"]
    found = {block.address: block for block in roots[1].blocks(lambda mode, type: True)}
    (item,) = found["services.a"].body.items("environment")
    assert {name: value.data for name, (value,) in item.items()} == {"A": "1", "B": 2}
    assert [value.data for value in found["services.a"].body.values("command")] == ["new"]
    assert "services.b" in found


def test_what_a_file_includes_and_extends(tmp_path: Path) -> None:
    files = {
        "compose.yaml": """\
include: [more/compose.yaml, gone.yaml]
services:
  a: {extends: {service: base, file: base.yaml}, environment: {B: "2"}}
  b: {extends: a}
  c: {extends: nobody}
""",
        "base.yaml": "services:\n  base: {image: x, environment: [A=1]}\n",
        "more/compose.yaml": "services:\n  d: {image: y}\n",
    }
    root = next(root for root in opened(tmp_path, files) if root.name == "compose.yaml")
    found = {block.address: block for block in root.blocks(lambda mode, type: True)}
    assert {"services.a", "services.b", "services.c", "services.d"} == set(found)
    assert told(found["services.b"]) == {"A": ("1", "base.yaml:2"), "B": ("2", "compose.yaml:3")}
    assert sorted(gap.what for gap in root.gaps()) == ["gone.yaml", "nobody"]


@pytest.mark.parametrize(
    "asked",
    [
        "deploy: {resources: {reservations: {devices: [{driver: nvidia, count: 1, capabilities: [gpu]}]}}}",
        "deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}",
        "gpus: all",
        "gpus: 2",
        "gpus: [{driver: nvidia}]",
        "runtime: nvidia",
        "devices: ['/dev/nvidia0:/dev/nvidia0']",
        "devices: [/dev/kfd, /dev/dri]",
        "devices: ['nvidia.com/gpu=all']",
    ],
)
def test_what_asks_for_a_gpu(check: Check, asked: str) -> None:
    (resource,) = check({"compose.yaml": f"services:\n  a:\n    image: x\n    {asked}\n"}).judged
    assert Role.ACCELERATOR in resource.roles


@pytest.mark.parametrize("asked", ["gpus: 0", "devices: [/dev/ttyUSB0]", "runtime: runc", "privileged: true"])
def test_what_asks_for_none(check: Check, asked: str) -> None:
    assert check({"compose.yaml": f"services:\n  a:\n    image: x\n    {asked}\n"}).judged == ()


def test_a_service_of_the_project_is_no_unknown_host(check: Check) -> None:
    text = "services:\n  a: {{environment: {{OPENAI_BASE_URL: 'http://{}:4000/v1'}}}}\n  llm: {{image: y}}\n"
    near = [f.policy for f in check({"compose.yaml": text.format("llm")}).findings]
    far = [f.policy for f in check({"compose.yaml": text.format("other")}).findings]
    assert ("model-endpoint" in near, "model-endpoint" in far) == (False, True)


@pytest.mark.parametrize("host", ["ollama:11434", "ollama", "http://ollama:1/v1", "box:1", "alias:1", "named:1"])
def test_names_by_which_a_service_is_reached(check: Check, host: str) -> None:
    text = f"""\
services:
  a: {{environment: {{OLLAMA_HOST: '{host}'}}}}
  ollama: {{hostname: box, container_name: named, networks: {{default: {{aliases: [alias]}}}}}}
"""
    assert [f.policy for f in check({"compose.yaml": text}).findings if f.policy == "model-endpoint"] == []


def test_a_key_under_another_name(check: Check) -> None:
    text = "services:\n  a:\n    environment: {api_key: '${OPENAI_API_KEY}'}\n"
    found = [f for f in check({"compose.yaml": text}).findings if f.policy == "model-endpoint"]
    assert [str(f.location) for f in found] == ["compose.yaml:3"]


def test_a_settings_file_by_itself(check: Check) -> None:
    outcome = check({".env": "# words\nOPENAI_BASE_URL=https://us.api.openai.com/v1\nPORT=80\n"})
    assert [(f.policy, f.address, str(f.location)) for f in outcome.findings] == [("model-endpoint", ".env", ".env:2")]


def test_what_a_compose_file_uses_is_judged_there_alone(check: Check) -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    environment: ['OPENAI_BASE_URL=$OPENAI_BASE_URL']\n",
        ".env": "OPENAI_BASE_URL=https://us.api.openai.com\nMISTRAL_SERVER_URL=https://api.mistral.ai\n",
    }
    found = {(f.address, str(f.location)) for f in check(files).findings if f.policy == "model-endpoint"}
    assert found == {("services.a", ".env:1"), (".env", ".env:2")}


def test_a_configuration_that_is_mounted_is_heard(check: Check) -> None:
    files = {
        "compose.yaml": "services:\n  a:\n    volumes: ['./c.yaml:/c.yaml', {source: ./d.yaml}, data:/x]\n",
        "c.yaml": "# https://api.anthropic.com\napi_base: https://us.api.openai.com/v1\n",
        "d.yaml": "api_base: https://api.mistral.ai\n",
    }
    found = {str(f.location) for f in check(files).findings if f.policy == "model-endpoint"}
    assert found == {"c.yaml:2", "d.yaml:1"}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ('A="b c" # words', "b c"),
        ("A='b $C'", "b $C"),
        ("A=b # words", "b"),
        ("A=b#c", "b#c"),
        ("A = b", "b"),
        ("export A=b", "b"),
        ('A="b\\nc"', "b\nc"),
        ('A="b\nc"', "b\nc"),
        ("C=d\nA=${C}/e", "d/e"),
        ("A=1\nA=2", "2"),
        ("A=", ""),
    ],
)
def test_lines_of_settings_files(tmp_path: Path, text: str, wanted: str) -> None:
    (root,) = opened(tmp_path, {".env": text + "\n"})
    (block,) = root.blocks(lambda mode, type: True)
    assert told(block, "variables")["A"][0] == wanted


# --- what nobody expects


@pytest.mark.parametrize(
    "text",
    [
        "services: 3\n",
        "services: [a]\n",
        "services: {a: 3, b: [c], d: {environment: 3, env_file: {a: b}, volumes: 3, devices: {a: b}, gpus: [3]}}\n",
        "services: {a: {extends: [x]}, b: {extends: {service: 3, file: [x]}}, c: {build: {args: [3]}}}\n",
        "services: {a: {extends: b}, b: {extends: a}}\n",
        "include: [compose.yaml, ../.., {path: [compose.yaml]}, 3]\nservices: {}\n",
        "services: &a {b: *a}\n",
        "services: " + "{a: " * 500 + "}" * 500,
        "services: {a: {environment: {X: '" + "${A:-" * 500 + "}" * 500 + "'}}}\n",
        "services: {a: {environment: {X: '" + "$A" * 50_000 + "'}}}\n",
        "services: {a: {env_file: [/etc/passwd, ../../../etc/passwd]}}\n",
        "x: &x0 [a, a, a, a, a, a, a, a, a, a]\n"
        + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]\n" for n in range(1, 12))
        + "services: {a: {environment: *x11}}\n",
        "services:\n  a: [\n",
    ],
    ids=range(13),
)
def test_files_that_nobody_expects(check: Check, text: str) -> None:
    outcome = check({"compose.yaml": text}, scope="all")
    assert not any("fault of euclave" in gap.why for gap in outcome.graph.gaps)


def test_what_is_broken_is_said(check: Check) -> None:
    gaps = [gap for gap in check({"compose.yaml": "services:\n  a: [\n"}).graph.gaps if gap.location is not None]
    assert [(gap.what, gap.fatal) for gap in gaps] == [("compose.yaml", True)]


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "compose.yaml")
    os.mkfifo(tmp_path / ".env")
    assert compose.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)[0] == []


def test_a_secret_is_not_printed(check: Check) -> None:
    from checker.reports import json as json_report

    outcome = check({".env": "OPENAI_API_KEY=sk-very-secret\n"})
    assert [f.policy for f in outcome.findings] == ["model-endpoint"]
    assert "very-secret" not in json_report.render(outcome, color=False, verbosity=0, root=Path("."))
