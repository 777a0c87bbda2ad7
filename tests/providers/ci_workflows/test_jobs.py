"""CI files: which they are, what their jobs are told, what expressions and variables come to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Gap, Unknown
from checker.outcome import Outcome
from providers.ci_workflows import format as ci_workflows
from providers.ci_workflows.root import Root

Check = Callable[..., Outcome]
WORKFLOW = ".github/workflows/x.yml"


def opened(folder: Path, files: dict[str, str]) -> list[Root]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return ci_workflows.open_roots(formats.listing([folder]), formats.Options(), folder)[0]


def read(folder: Path, files: dict[str, str]) -> tuple[dict[str, Block], list[Gap]]:
    roots = opened(folder, files)
    blocks = {block.address: block for root in roots for block in root.blocks(lambda mode, type: True)}
    return blocks, [gap for root in roots for gap in root.gaps()]


def told(block: Block, path: str = "env") -> dict[str, list[object]]:
    return {
        name: [value.text if value.text is not None else value.data for value in values]
        for item in block.body.items(path)
        for name, values in item.items()
    }


def workflow(step: str, *, top: str = "", job: str = "") -> str:
    return f"on: push\n{top}jobs:\n  a:\n    runs-on: ubuntu-latest\n{job}    steps:\n{step}"


def test_importing_the_format_imports_nothing_heavy() -> None:
    code = "import sys, providers.ci_workflows.format; print(*(n for n in sys.modules if n in ('yaml', 'json')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        (WORKFLOW, "on: push\njobs: {}\n", 1),
        (".github/workflows/x.yaml", "jobs:\n  a: {}\n", 1),
        ("deep/.github/workflows/x.yml", "jobs: {}\n", 1),
        (".github/dependabot.yml", "jobs: {}\n", 0),
        (".github/workflows/x.yml", "name: none\n", 0),
        ("action.yml", "runs:\n  using: composite\n  steps: []\n", 1),
        ("action.yml", "runs:\n  using: node20\n", 0),
        (".gitlab-ci.yml", "a:\n  script: [x]\n", 1),
        ("build.gitlab-ci.yml", "a:\n  script: [x]\n", 1),
        (".gitlab-ci.yml", "just: words\n", 0),
        ("ci.yml", "jobs: {}\n", 0),
    ],
)
def test_files_are_known_by_place_and_content(tmp_path: Path, name: str, text: str, count: int) -> None:
    assert len(opened(tmp_path, {name: text})) == count


def test_workflows_alone_are_no_infrastructure(check: Check) -> None:
    text = workflow("      - run: curl https://api.openai.com\n")
    assert [gap.fatal for gap in check({WORKFLOW: text}).graph.gaps] == [True]
    asked = check({WORKFLOW: text}, input_format="ci_workflows")
    assert [finding.policy for finding in asked.findings] == ["model-endpoint"]


# --- GitHub Actions


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("plain", ["plain"]),
        ("${{ 'text' }}", ["text"]),
        ("${{ env.TOP }}-x", ["top-x"]),
        ("${{ env.JOB }}", ["job"]),
        ("${{ vars.X || 'fallback' }}", ["fallback"]),
        ("${{ secrets.X }}", [None]),
        ("a${{ vars.X }}b", ["a${vars.X}b"]),
        ("${{ inputs.region }}", ["eu-west-1"]),
        ("${{ github.event.inputs.region }}", ["eu-west-1"]),
        ("${{ inputs.kind }}", ["one", "two"]),
        ("${{ matrix.region }}", ["eu-west-1", "us-east-1", "eu-north-1"]),
        ("${{ matrix.pair.name }}", ["p"]),
        ("${{ github.ref == 'refs/heads/main' && 'prod' || 'dev' }}", ["prod", "dev"]),
        ("${{ 'a' == 'a' && 'same' || 'other' }}", ["same"]),
        ("${{ 'a' != 'a' && 'same' || 'other' }}", ["other"]),
        ("${{ !false && 'yes' || 'no' }}", ["yes"]),
        ("${{ format('{0}.api', env.TOP) }}", ["top.api"]),
        ("${{ (vars.X || vars.Y) || 'z' }}", ["z"]),
        ("${{ secrets[inputs.name] }}", [None]),
        ("${{ unclosed", ["${{ unclosed"]),
        ("${{ a b ~ }}", [None]),
    ],
)
def test_expressions(tmp_path: Path, written: str, found: list[object]) -> None:
    top = (
        "on:\n  workflow_dispatch:\n    inputs:\n      region: {default: eu-west-1}\n"
        "      kind: {options: [one, two]}\n"
        "env:\n  TOP: top\n"
    )
    text = top + (
        "jobs:\n  a:\n    env:\n      JOB: job\n    strategy:\n      matrix:\n        region: [eu-west-1, us-east-1]\n"
        "        pair: [{name: p}]\n        include:\n          - region: eu-north-1\n"
        f'    steps:\n      - env:\n          X: "{written}"\n'
    )
    blocks, gaps = read(tmp_path, {WORKFLOW: text})
    values = [v for item in blocks["jobs.a"].body.items("env") for v in item["X"]]
    assert [value.text for value in values] == found
    assert gaps == []


def test_a_job_has_the_settings_of_its_steps(tmp_path: Path) -> None:
    steps = (
        "      - uses: x/y@v1\n        with:\n          aws-region: eu-west-1\n"
        "          openai_api_key: ${{ secrets.K }}\n"
        "      - env: {A: one}\n        run: x\n      - env: {A: two}\n        run: y\n"
        '      - run: |\n          # https://no.example\n          echo "B=three" >> $GITHUB_ENV\n'
        "          curl https://a.example\n"
        "      - run: echo ${{ env.B }} MODEL\n"
    )
    job = "    container:\n      image: x\n      env: {C: four}\n"
    blocks, _ = read(tmp_path, {WORKFLOW: workflow(steps, top="env:\n  D: five\n  AWS_REGION: eu-north-1\n", job=job)})
    assert told(blocks["env"]) == {"D": ["five"], "AWS_REGION": ["eu-north-1"]}
    assert told(blocks["jobs.a"]) == {"AWS_REGION": ["eu-north-1"], "C": ["four"], "A": ["one", "two"], "B": ["three"]}
    assert set(told(blocks["jobs.a"], "with")) == {"aws-region", "openai_api_key"}
    script = blocks["jobs.a"].body.values("script")
    assert [(value.text, str(value.location)) for value in script] == [
        ("curl https://a.example", f"{WORKFLOW}:23"),
        ("echo three MODEL", f"{WORKFLOW}:24"),
    ]
    assert str(blocks["jobs.a"].location) == f"{WORKFLOW}:6"


def test_steps_of_an_action(tmp_path: Path) -> None:
    text = (
        "inputs:\n  model: {default: gpt}\nruns:\n  using: composite\n  steps:\n"
        "    - run: x\n      env:\n        MODEL: ${{ inputs.model }}\n"
    )
    blocks, _ = read(tmp_path, {"action.yml": text})
    assert told(blocks["runs"]) == {"MODEL": ["gpt"]}


@pytest.mark.parametrize(
    "value", ["test-key", "sk-test-123", "dummy", "fake_key", "xxx", "not-a-real-key", "sk-admin-test"]
)
def test_a_key_that_opens_nothing_says_nothing(check: Check, value: str) -> None:
    text = workflow(f"      - run: pytest\n        env:\n          OPENAI_API_KEY: {value}\n")
    assert check({WORKFLOW: text}, input_format="ci_workflows").findings == ()


@pytest.mark.parametrize("value", ["${{ secrets.OPENAI_API_KEY }}", "sk-proj-a1B2c3"])
def test_a_key_that_opens_something_is_judged(check: Check, value: str) -> None:
    text = workflow(f"      - run: pytest\n        env:\n          OPENAI_API_KEY: {value}\n")
    outcome = check({WORKFLOW: text}, input_format="ci_workflows")
    assert [(f.policy, f.address, str(f.location)) for f in outcome.findings] == [
        ("model-endpoint", "jobs.a", f"{WORKFLOW}:8")
    ]


def test_lists_of_hosts_say_nothing(check: Check) -> None:
    hosts = ",".join(f"host{n}.example.com" for n in range(20))
    text = workflow(
        f"      - run: 'echo \"{hosts},api.openai.com\"'\n        env:\n"
        "          ALLOWED_DOMAINS: api.openai.com,a.example\n"
    )
    assert check({WORKFLOW: text}, input_format="ci_workflows").findings == ()


# --- GitLab CI


def test_a_pipeline(tmp_path: Path) -> None:
    text = (
        "include:\n  - local: /ci/more.yml\n  - https://elsewhere.example/x.yml\nstages: [a]\n"
        "variables:\n  HOST: https://a.example\n  AWS_REGION: {value: eu-west-1, description: x}\n"
        "default:\n  before_script: [echo MODEL]\n.base:\n  variables: {A: base, B: base}\n"
        "job:\n  extends: [.base, .more]\n  variables: {B: own, URL: $HOST/v1, KEY: $UNKNOWN}\n  script:\n"
        "    - [curl $HOST/x, echo $OTHER MODEL]\n"
    )
    more = ".more:\n  variables: {C: more}\nsecond:\n  script: [x]\n"
    blocks, gaps = read(tmp_path, {".gitlab-ci.yml": text, "ci/more.yml": more})
    assert set(blocks) == {"variables", "job", "second"}
    assert told(blocks["job"]) == {
        "AWS_REGION": ["eu-west-1"],
        "A": ["base"],
        "B": ["own"],
        "C": ["more"],
        "URL": ["https://a.example/v1"],
        "KEY": [Unknown("a setting of the project, or GitLab itself, gives it", "UNKNOWN")],
    }
    script = [value.text for value in blocks["job"].body.values("script")]
    assert script == ["echo MODEL", "curl https://a.example/x", "echo $OTHER MODEL"]
    assert gaps == []


def test_an_included_file_that_is_not_there_is_a_gap(tmp_path: Path) -> None:
    _, gaps = read(tmp_path, {".gitlab-ci.yml": "include: /ci/none.yml\na:\n  script: [x]\n"})
    assert [(gap.what, gap.fatal) for gap in gaps] == [("/ci/none.yml", False)]


COMPONENT = """\
spec:
  inputs:
    url:
      default: https://api.openai.com/v1
    model: {}
---
review:
  variables:
    URL: $[[ inputs.url ]]
    MODEL: "$[[ inputs.model | expand_vars ]]"
  script: [review]
"""


def test_inputs_of_a_component_are_their_defaults_or_what_an_include_gives(tmp_path: Path) -> None:
    main = "include:\n  - local: templates/review.yml\n    inputs: {url: https://eu.example/v1, model: m}\n"
    _, gaps = read(tmp_path / "a", {".gitlab-ci.yml": main + "stages: [a]\n", "templates/review.yml": COMPONENT})
    assert gaps == []
    roots = opened(tmp_path / "a", {})
    by_root = {root.name: next(root.blocks(lambda mode, type: True)) for root in roots}
    assert told(by_root[".gitlab-ci.yml"]) == {"URL": ["https://eu.example/v1"], "MODEL": ["m"]}
    alone = told(by_root["templates/review.yml"])
    assert alone["URL"] == ["https://api.openai.com/v1"]
    assert all(isinstance(value, Unknown) for value in alone["MODEL"])


@pytest.mark.parametrize(
    "text", ["apiVersion: v1\n" + COMPONENT, COMPONENT.replace("inputs", "other"), "a:\n  script: x\n"]
)
def test_other_templates_are_no_components(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, {"templates/x.yml": text}) == ({}, [])


# --- bad input


@pytest.mark.parametrize("name", [WORKFLOW, ".gitlab-ci.yml"])
def test_what_cannot_be_parsed_is_a_gap(tmp_path: Path, name: str) -> None:
    blocks, gaps = read(tmp_path, {name: "jobs:\n  a: [\n  script: x\n"})
    assert blocks == {}
    assert [(gap.what, gap.fatal) for gap in gaps] == [(name, True)]


def aliases() -> str:
    lines = ["x0: &x0 {A: b}", *(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]" for n in range(1, 12))]
    return "\n".join(lines) + "\njobs:\n  a:\n    env: {A: *x11}\n    steps: *x11\n"


@pytest.mark.parametrize(
    "text",
    [
        "jobs: []\n",
        "jobs:\n  a: 5\n",
        "jobs:\n  a:\n    env: [x]\n    steps: {a: b}\n    strategy: {matrix: 5}\n",
        "jobs:\n  a:\n    steps: [{run: [x], env: 5, with: [y]}, 7, null]\n",
        aliases(),
        'jobs:\n  a:\n    env: {A: "' + "${{ (" * 900 + '"}\n',
        'jobs:\n  a:\n    env: {A: "${{ ' + "(" * 900 + "x" + ")" * 900 + ' }}"}\n',
        'jobs:\n  a:\n    env: {A: "${{ ' + "!" * 900 + 'x }}"}\n',
    ],
)
def test_strange_workflows_do_no_harm(tmp_path: Path, text: str) -> None:
    blocks, _ = read(tmp_path, {WORKFLOW: text})
    for block in blocks.values():
        block.body.items("env")
        block.body.values("script")


@pytest.mark.parametrize(
    "text",
    [
        "a:\n  extends: a\n  script: [x]\n",
        "a:\n  extends: [5, {b: c}]\n  variables: 5\n  script: {x: y}\n",
        "variables: [x]\na:\n  script: 5\n",
        "include: [5, {remote: x}, {local: 5}]\na:\n  script: x\n",
        "spec: {inputs: [x]}\ninclude: {local: 5, inputs: [y]}\na:\n  script: $[[ inputs.x ]]\n",
        "spec: {inputs: {x: {default: [1]}}}\na:\n  variables: {B: '$[[ inputs.x ]]'}\n  script: x\n",
    ],
)
def test_strange_pipelines_do_no_harm(tmp_path: Path, text: str) -> None:
    blocks, _ = read(tmp_path, {".gitlab-ci.yml": text})
    assert "a" in blocks
