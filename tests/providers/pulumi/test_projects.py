"""Projects: which files are such, their stacks, where their programs lie, and what is said of programs in code."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import changed, config, engine, formats
from checker.model import Gap
from checker.outcome import Outcome
from providers.pulumi import format as pulumi
from providers.pulumi.root import Root

Check = Callable[..., Outcome]
PROGRAM = "name: app\nruntime: yaml\nresources:\n  e:\n    type: aws:sagemaker:Endpoint\n"
ENDPOINT = "resources:\n  e:\n    type: aws:sagemaker:Endpoint\n"


def opened(folder: Path, files: Mapping[str, str], asked: str = ".", **options: object) -> tuple[list[Root], list[Gap]]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    given = formats.Options(**options)  # type: ignore[arg-type]
    roots, gaps, _ = pulumi.open_roots(formats.listing([folder / asked]), given, folder)
    return [root for root in roots if isinstance(root, Root)], gaps


def verdicts(outcome: Outcome) -> dict[tuple[str, str], str]:
    return {(one.environment, one.address): one.verdict(outcome.jurisdiction).value for one in outcome.judged}


def test_importing_the_format_imports_nothing_heavy() -> None:
    heavy = "n in ('yaml', 'json') or 'cloudformation' in n"
    code = f"import sys, providers.pulumi.format; print(*(n for n in sys.modules if {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("Pulumi.yaml", PROGRAM, 1),
        ("Pulumi.yml", PROGRAM, 1),
        ("deep/er/Pulumi.yaml", PROGRAM, 1),
        ("Pulumi.json", '{"name": "a", "runtime": "yaml", "resources": {"e": {"type": "aws:sagemaker:Endpoint"}}}', 1),
        ("Pulumi.yaml", PROGRAM.replace("runtime: yaml", "runtime: {name: yaml}"), 1),
        ("Pulumi.yaml", PROGRAM.replace("runtime: yaml", "runtime:\n  name: yaml"), 1),
        ("Pulumi.yaml", "name: no project\n", 0),
        ("Pulumi.dev.yaml", "config: {}\n", 0),
        ("other.yaml", PROGRAM, 0),
        ("node_modules/x/Pulumi.yaml", PROGRAM, 0),
    ],
)
def test_what_is_a_project(name: str, text: str, count: int, tmp_path: Path) -> None:
    roots, gaps = opened(tmp_path, {name: text})
    assert (len(roots), gaps) == (count, [])
    assert all(("managed", "aws_sagemaker_endpoint") in root.types() for root in roots)


def test_each_stack_is_an_environment(check: Check) -> None:
    files = {
        "Pulumi.yaml": PROGRAM,
        "Pulumi.dev.yaml": "config:\n  aws:region: eu-west-1\n",
        "Pulumi.prod.yaml": "config:\n  aws:region: us-east-1\n",
        "Pulumi.lab.yaml": "",
    }
    found = verdicts(check(files))
    assert found == {("dev", "e"): "inside", ("prod", "e"): "outside", ("lab", "e"): "undetermined"}


def test_without_a_stack_file_the_region_is_open_until_somebody_assumes_one(check: Check) -> None:
    (finding,) = check({"Pulumi.yaml": PROGRAM}).findings
    assert finding.message.endswith("no stack file states aws:region")
    assert verdicts(check({"Pulumi.yaml": PROGRAM}, assumed={"aws": "eu-west-1"})) == {("", "e"): "inside"}


def test_what_a_stack_states_goes_before_what_is_assumed(check: Check) -> None:
    files = {"Pulumi.yaml": PROGRAM, "Pulumi.dev.yaml": "config:\n  aws:region: us-east-1\n"}
    assert verdicts(check(files, assumed={"aws": "eu-west-1"})) == {("dev", "e"): "outside"}


def test_the_environment_counts_when_it_is_asked_for(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert verdicts(check({"Pulumi.yaml": PROGRAM})) == {("", "e"): "undetermined"}
    assert verdicts(check({"Pulumi.yaml": PROGRAM}, use_env=True)) == {("", "e"): "inside"}


@pytest.mark.parametrize(
    ("section", "stack", "verdict"),
    [
        ("config: {'aws:region': eu-west-1}\n", "", "inside"),
        ("config: {'aws:region': {value: eu-west-1}}\n", "", "inside"),
        ("config: {'aws:region': us-east-1}\n", "config: {'aws:region': eu-west-1}\n", "inside"),
        ("", "config: {'aws:region': {secure: AAAB}}\n", "undetermined"),
        ("", "environment: [shared]\n", "undetermined"),
    ],
)
def test_what_the_project_file_gives_all_stacks(section: str, stack: str, verdict: str, check: Check) -> None:
    outcome = check({"Pulumi.yaml": PROGRAM + section, "Pulumi.dev.yaml": stack})
    assert verdicts(outcome) == {("dev", "e"): verdict}


def test_environments_of_pulumi_esc_are_a_gap(check: Check) -> None:
    outcome = check({"Pulumi.yaml": PROGRAM, "Pulumi.dev.yaml": "environment:\n  - shared\n"})
    assert [("Pulumi ESC" in gap.why, str(gap.location)) for gap in outcome.graph.gaps] == [(True, "Pulumi.dev.yaml:2")]
    assert "Pulumi ESC are not read" in outcome.findings[0].message


@pytest.mark.parametrize(("given", "region"), [("where=eu-west-1", "inside"), ("app:where=us-east-1", "outside")])
def test_variables_of_the_command_line(given: str, region: str, check: Check) -> None:
    name, _, text = given.partition("=")
    program = PROGRAM + "    options: {provider: '${p}'}\n  p:\n    type: pulumi:providers:aws\n"
    program += "    properties: {region: '${where}'}\nconfig:\n  where: {type: string}\n"
    assert verdicts(check({"Pulumi.yaml": program}))[("", "e")] == "undetermined"
    assert verdicts(check({"Pulumi.yaml": program}, variables=((name, text),)))[("", "e")] == region


@pytest.mark.parametrize(
    "files",
    [
        {"Pulumi.yaml": "name: app\nruntime: yaml\n", "Main.yaml": ENDPOINT},
        {"Pulumi.yaml": "name: app\nruntime: yaml\nmain: infra\n", "infra/Main.yaml": ENDPOINT},
        {
            "Pulumi.yaml": "name: app\nruntime: yaml\nmain: infra/\n",
            "infra/Main.json": '{"resources": {"e": {"type": "aws:sagemaker/endpoint:Endpoint"}}}',
        },
    ],
)
def test_a_program_beside_or_below_its_project(files: Mapping[str, str], check: Check) -> None:
    stack = {"Pulumi.dev.yaml": "config: {'aws:region': us-east-1}\n"}
    assert verdicts(check({**files, **stack})) == {("dev", "e"): "outside"}


def test_stack_files_in_a_folder_of_their_own(check: Check) -> None:
    files = {
        "Pulumi.yaml": PROGRAM + "stackConfigDir: stacks\n",
        "stacks/Pulumi.dev.yaml": "config: {'aws:region': us-east-1}\n",
    }
    assert verdicts(check(files)) == {("dev", "e"): "outside"}


def test_a_program_in_code_is_a_gap_that_says_what_its_stacks_state(check: Check) -> None:
    files = {
        "Pulumi.yaml": "name: app\nruntime: nodejs\n",
        "Pulumi.dev.yaml": "config:\n  aws:region: us-east-1\n  app:x: y\n",
        "Pulumi.prod.yaml": "config:\n  azure-native:location: westeurope\n  gcp:region: {secure: AAAB}\n",
    }
    gap = next(gap for gap in check(files).graph.gaps if not gap.fatal)
    assert "a program in nodejs is code" in gap.why
    assert gap.why.endswith("its stacks state dev: aws:region us-east-1; prod: azure-native:location westeurope")
    assert "pulumi preview --json" in gap.hint


def test_a_preview_beside_a_program_in_code_stands_for_it(check: Check) -> None:
    fixture = Path(__file__).resolve().parents[3] / "fixtures" / "pulumi-preview"
    files = {path.name: path.read_text(encoding="utf-8") for path in fixture.glob("[Pp]*")}
    assert [gap for gap in check(files).graph.gaps if "is code" in gap.why] == []
    other = {**files, "Pulumi.yaml": "name: another\nruntime: nodejs\n"}
    assert [gap.what for gap in check(other).graph.gaps if "is code" in gap.why] == ["Pulumi.yaml"]


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.prod.yaml", "Main.yaml"])
def test_one_file_of_a_project_is_asked_for(name: str, tmp_path: Path) -> None:
    files = {
        "Pulumi.yaml": "name: app\nruntime: yaml\n",
        "Main.yaml": ENDPOINT,
        "Pulumi.dev.yaml": "config: {'aws:region': eu-west-1}\n",
        "Pulumi.prod.yaml": "config: {'aws:region': us-east-1}\n",
    }
    roots, _ = opened(tmp_path, files, name)
    assert [root.environment for root in roots] == (["prod"] if "prod" in name else ["dev", "prod"])


def test_a_program_of_another_name_is_read_where_the_format_is_said(tmp_path: Path) -> None:
    claimed = frozenset({tmp_path / "infra.yaml"})
    roots, gaps = opened(tmp_path, {"infra.yaml": ENDPOINT}, "infra.yaml", claimed=claimed, input_format="pulumi")
    assert [root.types() for root in roots] == [frozenset({("managed", "aws_sagemaker_endpoint")})]
    assert gaps == []


@pytest.mark.parametrize("file", ["Pulumi.yaml", "Pulumi.dev.yaml", "infra/Main.yaml", "infra/policy.json"])
def test_a_change_of_a_file_concerns_the_project(file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "app/Pulumi.yaml": "name: app\nruntime: yaml\nmain: ./infra\n",
        "app/Pulumi.dev.yaml": "config: {'aws:region': us-east-1}\n",
        "app/infra/Main.yaml": ENDPOINT + "  b:\n    type: aws:s3:Bucket\n"
        "    properties: {policy: {'fn::readFile': ./policy.json}}\n",
        "app/infra/policy.json": "{}",
        "other/Pulumi.yaml": PROGRAM,
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    parts = changed.narrowed(formats.listing([Path()]), [Path("app") / file], formats.Options())
    assert tmp_path / "app" in {folder for part in parts for folder in part.folders}
    request = engine.Request((Path("."),), config.judged_by("eu", ()), changed=(Path("app") / file,))
    assert {finding.root for finding in engine.check(request).findings} == {"app/Pulumi.yaml"}
