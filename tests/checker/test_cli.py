"""The command line: exit codes, what is on which stream, and messages that say what to do."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import cli, output
from checker.version import VERSION

Run = Callable[..., Any]

HOME = Path(__file__).resolve().parent.parent.parent
ENTRY = f"import sys; sys.path.insert(0, {str(HOME)!r}); sys.argv[0] = 'euclave'; from checker.cli import main; main()"
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  region = %s\n}\n'
OUTSIDE = AGENT % '"us-east-1"'
INSIDE = AGENT % '"eu-west-1"'
UNDETERMINED = AGENT % "null"
REPORTS = "choose one of asff, codequality, csv, github, json, junit, markdown, ocsf, sarif, text"
GAP = INSIDE + 'resource "aws_bedrock_moonshot" "x" {}\n'
UNREADABLE = INSIDE + 'resource "aws_bedrockagent_agent" "b" {\n  region = [\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def write(text: str, name: str = "main.tf") -> None:
    Path(name).write_text(text, encoding="utf-8")


# --- exit codes


@pytest.mark.parametrize(
    ("text", "arguments", "code"),
    [
        (INSIDE, (), 0),
        (INSIDE, ("--strict",), 0),
        (OUTSIDE, (), 1),
        (OUTSIDE, ("-q",), 1),
        (OUTSIDE, ("--jurisdiction", "US"), 0),
        (UNDETERMINED, (), 0),
        (UNDETERMINED, ("--strict",), 1),
        (UNDETERMINED, ("--assume", "aws=eu-west-1", "--strict"), 0),
        (UNDETERMINED, ("--assume", "aws=us-east-1"), 1),
        (GAP, (), 0),
        (GAP, ("--strict",), 1),
        (UNREADABLE, (), 3),
        ("", (), 0),
        ("", ("--strict",), 0),
    ],
)
def test_exit_code_of_check(text: str, arguments: tuple[str, ...], code: int, euclave: Run) -> None:
    write(text)
    assert euclave("check", *arguments).code == code


def test_nothing_to_check(euclave: Run) -> None:
    done = euclave("check")
    assert done.code == 3
    assert "no infrastructure code that is known is there: nothing was checked" in done.out


def test_environment_of_the_machine_counts_when_asked_for(euclave: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    write(UNDETERMINED)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert euclave("check").code == 0
    assert euclave("check", "--use-env").code == 1


WRONG = {
    "a path that is not there": (("check", "nowhere"), "nowhere"),
    "an unknown option": (("check", "--stirct"), "--strict"),
    "an unknown command": (("chekc",), "check"),
    "an unknown jurisdiction": (("check", "--jurisdiction", "euu"), "Did you mean eu?"),
    "an unknown scope": (("check", "--scope", "some"), "'ai', 'all'"),
    "a variable file that is not there": (("check", "--var-file", "no.tfvars"), "no.tfvars"),
    "a variable without a value": (("check", "--var", "x"), "--var x: expected NAME=VALUE"),
    "an environment without files": (("check", "--environment", "dev"), "expected NAME=FILE"),
    "an environment whose file is not there": (("check", "--environment", "dev=no.tfvars"), "no.tfvars"),
    "nothing assumed": (("check", "--assume", "nonsense"), "--assume nonsense: expected CLOUD=REGION"),
    "a cloud that is not there": (("check", "--assume", "moon=base"), "choose one of aws, azure, gcp"),
    "a region that is not there": (("check", "--assume", "aws=eu-wst-1"), "did you mean eu-west-1?"),
    "no region": (("check", "--assume", "aws="), "no table of aws knows a region ''"),
    "a region of another cloud": (("check", "--assume", "aws=europe-west4"), "no table of aws knows"),
    "an unknown format": (("check", "-f", "xml"), REPORTS),
    "an unknown format of a report": (("check", "--report", "xml=x"), REPORTS),
    "a report without a file": (("check", "--report", "json"), "--report json: expected FORMAT=FILE"),
    "nothing to explain": (("explain",), "ADDRESS"),
    "an unknown format of a graph": (("graph", "-f", "svg"), "'json', 'dot'"),
    "an unknown policy": (("rules", "ai"), "choose one of accelerator-placement"),
    "an unknown place": (("regions", "eu-wst-2"), "did you mean eu-west-2?"),
    "an unknown cloud": (("regions", "--cloud", "moon"), "choose one of aws, azure, gcp"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_usage(case: str, euclave: Run) -> None:
    arguments, said = WRONG[case]
    write(INSIDE)
    done = euclave(*arguments)
    assert (done.code, done.out) == (2, "")
    assert said in done.err


@pytest.mark.parametrize("name", ["aws=eu-central-1a", "gcp=europe-west4-b", "azure=West Europe", "aws=EU-WEST-1"])
def test_assumed_names_are_read_like_those_in_code(name: str, euclave: Run) -> None:
    write(INSIDE)
    assert euclave("check", "--assume", name).code == 0


def test_report_to_an_unwritable_place(euclave: Run) -> None:
    write(INSIDE)
    write("", "file")
    done = euclave("check", "--report", "json=file/report.json")
    assert done.code == 3
    assert "the report file/report.json cannot be written" in done.err


def test_interrupted(euclave: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli.cli, "main", interrupted)
    assert euclave("check") == (130, "", "interrupted\n")


def test_a_fault_of_ours_is_a_line(euclave: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\x1b[31mb")

    monkeypatch.delenv("EUCLAVE_TRACEBACK", raising=False)
    monkeypatch.setattr(cli.cli, "main", broken)
    done = euclave("check")
    assert done.code == 3
    assert done.err.startswith(r"internal error: ZeroDivisionError: 'a\x1b[31mb'")


# --- streams


def test_json_is_alone_on_stdout(euclave: Run) -> None:
    write(OUTSIDE)
    done = euclave("check", "-f", "json", "--report", "text=report.txt")
    assert json.loads(done.out)["schema"] == "euclave-report/2"
    assert done.err == ""
    assert "1 finding" in Path("report.txt").read_text(encoding="utf-8")


def test_json_for_nothing_to_check(euclave: Run) -> None:
    done = euclave("check", "-f", "json")
    assert done.code == 3
    assert json.loads(done.out)["gaps"][0]["why"].endswith("nothing was checked")


def test_reports_are_repeatable(euclave: Run) -> None:
    write(OUTSIDE)
    done = euclave("check", "--report", "json=out/a.json", "--report", "sarif=out/b.sarif", "--report", "json=c.json")
    assert done.code == 1
    assert json.loads(Path("out/a.json").read_text()) == json.loads(Path("c.json").read_text())
    assert json.loads(Path("out/b.sarif").read_text())["version"] == "2.1.0"


def test_quiet_is_a_line_a_finding(euclave: Run) -> None:
    write(OUTSIDE)
    lines = euclave("check", "-q").out.splitlines()
    assert lines[0].startswith("main.tf:2:12: high outside[ai-placement]: aws_bedrockagent_agent.a (Bedrock agent)")
    assert not any("tip" in line for line in lines)


def test_quiet_is_of_the_terminal_alone(euclave: Run) -> None:
    write(OUTSIDE)
    euclave("check", "-q", "--report", "text=report.txt")
    assert "= tip: " in Path("report.txt").read_text(encoding="utf-8")


def test_verbose_lists_what_is_inside(euclave: Run) -> None:
    write(INSIDE)
    assert "Judged: 1 resource" in euclave("check", "-v").out
    assert "Judged:" not in euclave("check").out


@pytest.mark.parametrize(
    ("arguments", "environment", "colored"),
    [
        ((), {}, False),  # not a terminal
        (("--color",), {}, True),
        (("--no-color",), {}, False),
        (("--color",), {"NO_COLOR": "1"}, True),  # said for this run
    ],
)
@pytest.mark.parametrize("command", [("check",), ("explain", "aws_bedrockagent_agent.a")])
def test_color(
    command: tuple[str, ...],
    arguments: tuple[str, ...],
    environment: dict[str, str],
    colored: bool,
    euclave: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    write(OUTSIDE)
    assert ("\x1b[" in euclave(*command, *arguments).out) is colored


class Terminal:
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("environment", "colored"),
    [({}, True), ({"NO_COLOR": ""}, False), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_color_of_a_terminal(environment: dict[str, str], colored: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert output.is_terminal(Terminal()) is colored


def test_colors_never_reach_a_file(euclave: Run) -> None:
    write(OUTSIDE)
    euclave("check", "--color", "--report", "text=report.txt")
    assert "\x1b" not in Path("report.txt").read_text(encoding="utf-8")


# --- what is read


def test_several_paths(euclave: Run) -> None:
    for name, text in (("a", INSIDE), ("b", OUTSIDE), ("c", OUTSIDE)):
        Path(name).mkdir()
        write(text, f"{name}/main.tf")
    assert euclave("check", "a").code == 0
    out = euclave("check", "a", "b", "-f", "json").out
    assert [item["path"] for item in (f["location"] for f in json.loads(out)["findings"])] == ["b/main.tf"]


@pytest.mark.parametrize("arguments", [("--var", "place=us-east-1"), ("--var-file", "prod.tfvars")])
def test_variables(arguments: tuple[str, ...], euclave: Run) -> None:
    write('variable "place" {\n  default = "eu-west-1"\n}\n' + AGENT % "var.place")
    write('place = "us-east-1"\n', "prod.tfvars")
    assert euclave("check").code == 0
    assert euclave("check", *arguments).code == 1


def test_workspace(euclave: Run) -> None:
    write(AGENT % 'terraform.workspace == "prod" ? "eu-west-1" : "us-east-1"')
    assert euclave("check").code == 1
    assert euclave("check", "--workspace", "prod").code == 0


def test_environments(euclave: Run) -> None:
    write('variable "place" {}\n' + AGENT % "var.place")
    write('place = "us-east-1"\n', "dev.tfvars")
    write('place = "eu-west-1"\n', "prod.tfvars")
    out = euclave("check", "-f", "json", "--environment", "dev=dev.tfvars", "--environment", "prod=prod.tfvars").out
    found = {item["environment"]: item["verdict"] for item in json.loads(out)["resources"]}
    assert found == {"dev": "outside", "prod": "inside"}


# --- help and completion


def test_version(euclave: Run) -> None:
    assert euclave("--version") == (0, f"euclave, version {VERSION}\n", "")


@pytest.mark.parametrize("command", [(), *((name,) for name in cli.cli.commands)])
def test_help_has_an_example(command: tuple[str, ...], euclave: Run) -> None:
    done = euclave(*command, "--help")
    assert (done.code, done.err) == (0, "")
    assert "Example" in done.out
    assert f"euclave {' '.join(command)}".strip() in done.out.partition("Example")[2]
    assert max(map(len, done.out.splitlines())) <= 100


def test_help_says_what_exit_codes_mean(euclave: Run) -> None:
    text = " ".join(euclave("check", "-h").out.split())
    assert "0 clean, 1 findings, 2 wrong usage, 3 something could not be checked" in text


def test_rules_and_regions_read_nothing(euclave: Run) -> None:
    assert euclave("rules").code == 0
    done = euclave("regions", "--cloud", "aws")
    assert done.code == 0
    assert done.out.startswith("aws: ")


def completed(words: str, position: int) -> list[str]:
    environment = {"_EUCLAVE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(position)}
    done = subprocess.run(
        [sys.executable, "-P", "-c", ENTRY],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_completion() -> None:
    assert completed("euclave ex", 1) == ["plain,explain"]
    assert completed("euclave check --jur", 2) == ["plain,--jurisdiction"]
    assert completed("euclave check --scope ", 3) == ["plain,ai", "plain,all"]


def test_completion_script() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", ENTRY],
        env={**os.environ, "_EUCLAVE_COMPLETE": "bash_source"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    # click asks bash for its version; without a bash it still prints the script.
    assert "complete -o nosort -F _euclave_completion euclave" in done.stdout


def test_reader_that_has_gone(tmp_path: Path) -> None:
    write("".join(OUTSIDE.replace('"a"', f'"a{number}"') for number in range(2000)))
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", ENTRY, "check", "-v"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp_path
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read().decode()
    process.stderr.close()
    process.wait(timeout=60)
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors


def test_a_cluster_may_be_assumed(euclave: Run) -> None:
    write('resource "helm_release" "x" {\n  chart = "ollama"\n}\n')
    assert euclave("check", "--strict").code == 1
    assert euclave("check", "--strict", "--assume", "helm=eu-west-1").code == 0


def test_an_input_format_takes_what_does_not_look_like_it(euclave: Run) -> None:
    write('Resources: {I: {Type: "AWS::Kendra::Index", Properties: {Name: m}}}\n', "template.txt")
    assert euclave("check", "template.txt").code == 3
    done = euclave("check", "--input-format", "cloudformation", "template.txt", "-f", "json")
    assert {finding["policy"] for finding in json.loads(done.out)["findings"]} == {"place-not-stated"}


def test_an_input_format_is_the_only_one_that_is_asked(euclave: Run) -> None:
    write(OUTSIDE)
    write('services:\n  chat:\n    environment: {OPENAI_BASE_URL: "https://api.openai.com/v1"}\n', "compose.yaml")
    found = json.loads(euclave("check", "--input-format", "compose", "-f", "json").out)["findings"]
    assert {finding["address"] for finding in found} == {"services.chat"}


def test_an_input_format_that_is_none_is_named(euclave: Run) -> None:
    done = euclave("check", "--input-format", "terraform-plans")
    assert (done.code, "terraform-plan" in done.err) == (2, True)


def test_a_change_that_nothing_uses_is_no_failure(euclave: Run) -> None:
    write(OUTSIDE)
    write("text", "notes.md")
    done = euclave("check", "--changed", "notes.md")
    assert (done.code, done.out) == (0, "0 judged: nothing that is read uses what changed\n")
    done = euclave("check", "--changed", "main.tf")
    assert (done.code, "1 file changed" in done.out) == (1, True)


def test_what_a_change_does_not_reach_is_not_called_unneeded(euclave: Run) -> None:
    write(OUTSIDE)
    Path("other").mkdir()
    write(OUTSIDE, "other/main.tf")
    write('[[ignore]]\npath = "other/*"\nreason = "known"\n', "euclave.toml")
    assert "not needed" not in euclave("check", "--changed", "main.tf").out
    assert euclave("check", "--changed", "other/main.tf").code == 0
