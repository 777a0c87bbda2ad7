"""Changes of one literal: what they mend, what they leave to a person, and what of a file stays as it was."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import endpoints, fixes, places
from checker.errors import EuclaveError

Run = Callable[..., Any]
PROMPT = """
provider "aws" {
  region = "%s"
}
resource "aws_bedrockagent_prompt" "x" {
  name = "x"
  variant {
    name          = "x"
    template_type = "TEXT"
    model_id      = "%s"
  }
}
"""
LAMBDA = """
resource "aws_lambda_function" "x" {
  region = "eu-west-1"
  environment {
    variables = { OPENAI_BASE_URL = "%s", OPENAI_API_KEY = "x" }
  }
}
"""
CLAUDE = "anthropic.claude-sonnet-4-6"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in an empty folder."""
    monkeypatch.chdir(tmp_path)


def write(text: str | bytes, name: str = "main.tf") -> Path:
    file = Path(name)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return file


def found(euclave: Run, *arguments: str) -> list[tuple[str, str]]:
    findings = json.loads(euclave("check", "-f", "json", *arguments).out)["findings"]
    return [(one["place"], one["severity"]) for one in findings]


# --- what is mended


@pytest.mark.parametrize("area", ["global", "us", "apac", "jp"])
def test_a_profile_of_another_area(area: str, euclave: Run) -> None:
    file = write(PROMPT % ("eu-central-1", f"{area}.{CLAUDE}"))
    done = euclave("fix")
    assert done.code == 1
    assert f'-    model_id      = "{area}.{CLAUDE}"\n+    model_id      = "eu.{CLAUDE}"\n' in done.out
    assert "1 change in 1 file would mend 1 of 1 finding; 0 for a person" in done.err
    assert file.read_text() == PROMPT % ("eu-central-1", f"{area}.{CLAUDE}"), "a diff changes nothing"
    done = euclave("fix", "--write")
    assert (done.code, file.read_text()) == (0, PROMPT % ("eu-central-1", f"eu.{CLAUDE}"))
    assert "checked again: 0 findings" in done.out
    assert euclave("check").code == 0
    assert euclave("fix").code == 0, "a second run changes nothing"


@pytest.mark.parametrize("host", ["api.openai.com", "us.api.openai.com", "api.openai.com:443"])
def test_a_host_of_openai(host: str, euclave: Run) -> None:
    file = write(LAMBDA % f"https://{host}/v1")
    assert euclave("fix", "--write").code == 0
    european = host.removeprefix("us.").replace("api.openai.com", "eu.api.openai.com")
    assert file.read_text() == LAMBDA % f"https://{european}/v1"
    # OpenAI's own Europe is wider than the EU: low, until the configuration accepts it.
    assert found(euclave) == [("eu.api.openai.com", "low")]
    assert euclave("check").code == 0


@pytest.mark.parametrize(("before", "after"), [("GRS", "LRS"), ("RAGRS", "LRS"), ("GZRS", "ZRS"), ("RAGZRS", "ZRS")])
def test_copies_in_the_paired_region(before: str, after: str, euclave: Run) -> None:
    text = (
        'resource "azurerm_storage_account" "x" {{\n  name     = "x"\n  location = "{}"\n'
        '  account_tier = "Standard"\n  account_replication_type = "{}"\n}}\n'
    )
    file = write(text.format("brazilsouth", before))
    assert euclave("fix", "--write", "--scope", "all", "--jurisdiction", "BR").code == 0
    assert file.read_text() == text.format("brazilsouth", after)
    assert found(euclave, "--scope", "all", "--jurisdiction", "BR") == []


def test_a_region_that_is_given_is_put_for_one_outside(euclave: Run) -> None:
    file = write(PROMPT % ("us-east-1", f"us.{CLAUDE}"))
    done = euclave("fix")
    assert (done.code, "--region aws=REGION says what may stand in for us-east-1" in done.err) == (0, True)
    # What is called from there moves with it.
    assert euclave("fix", "--write", "--region", "aws=eu-west-3").code == 0
    assert file.read_text() == PROMPT % ("eu-west-3", f"eu.{CLAUDE}")
    assert euclave("check").code == 0


def test_one_literal_of_several_resources_is_changed_once(euclave: Run) -> None:
    variable = f'variable "model" {{\n  default = "us.{CLAUDE}"\n}}\n'
    prompts = (PROMPT % ("eu-central-1", "{}")).replace('"{}"', "var.model")
    second = prompts.partition("resource")[2].replace('"x"', '"y"', 2)
    file = write(variable + prompts + "resource" + second)
    done = euclave("fix")
    assert "1 change in 1 file would mend 2 of 2 findings" in done.err
    assert euclave("fix", "--write").code == 0
    assert f'default = "eu.{CLAUDE}"' in file.read_text()


JSON = """{"provider": {"aws": {"region": "eu-west-1"}}, "resource": {"aws_bedrockagent_prompt": {"x": {
 "name": "x", "variant": {"name": "é😀", "model_id": "%s"}}}}}"""
YAML = """AWSTemplateFormatVersion: '2010-09-09'
Resources:
  X:
    Type: AWS::Bedrock::Prompt
    Properties:
      Name: x
      Variants:
      - {Name: x, TemplateType: TEXT, ModelId: %s} # stays
"""


@pytest.mark.parametrize(("name", "text"), [("main.tf.json", JSON), ("template.yaml", YAML)])
def test_other_formats(name: str, text: str, euclave: Run) -> None:
    file = write(text % f"global.{CLAUDE}", name)
    assert euclave("fix", "--write", "--assume", "aws=eu-west-1").code == 0
    assert file.read_text() == text % f"eu.{CLAUDE}"


def test_a_file_of_settings(euclave: Run) -> None:
    write("services:\n  x:\n    image: x\n    env_file: x.env\n", "compose.yaml")
    file = write("# ü\nOPENAI_BASE_URL='https://api.openai.com/v1' # é\n", "x.env")
    assert euclave("fix", "--write").code == 0
    assert file.read_text() == "# ü\nOPENAI_BASE_URL='https://eu.api.openai.com/v1' # é\n"


# --- what is left to a person


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PROMPT % ("eu-central-1", "us.meta.llama4-scout-17b-instruct-v1:0"), "no table says"),
        (PROMPT % ("eu-west-2", f"us.{CLAUDE}"), "--region aws=REGION"),  # London cannot call it inside
        ((PROMPT % ("eu-central-1", "us.${local.m}")) + f'locals {{\n  m = "{CLAUDE}"\n}}\n', "does not stand there"),
        (LAMBDA.replace('"%s"', 'join("", ["https://api.", "openai.com"])'), "does not stand there"),
        (LAMBDA.replace('OPENAI_BASE_URL = "%s", ', ""), "no table says"),
    ],
)
def test_what_is_for_a_person(text: str, why: str, euclave: Run) -> None:
    file = write(text)
    done = euclave("fix", "--write")
    assert why in done.out
    assert "0 changes in 0 files mended 0 of" in done.out
    assert file.read_text() == text


def test_a_value_of_the_command_line_is_left(euclave: Run) -> None:
    write((PROMPT % ("eu-central-1", "")).replace('""', "var.m") + 'variable "m" {}\n')
    done = euclave("fix", "--var", f"m=us.{CLAUDE}")
    assert (done.code, "does not stand there as it is" in done.err) == (0, True)


def test_a_part_of_a_longer_word_is_left(euclave: Run) -> None:
    write(LAMBDA % "https://api.openai.com.example.org/v1")
    assert "0 changes" in euclave("fix").err


# --- what stays


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("last", ["", "\t# no line break at the end"])
def test_every_other_byte_stays(ending: str, mark: str, last: str, euclave: Run) -> None:
    text = mark + (PROMPT % ("eu-central-1", "{}") + last).replace("\n", ending)
    text = text.replace('name          = "x"', 'name          = "ü😀"')
    file = write(text.replace("{}", f"global.{CLAUDE}", 1))
    os.chmod(file, 0o640)
    assert euclave("fix", "--write").code == 0
    assert file.read_bytes().decode() == text.replace("{}", f"eu.{CLAUDE}", 1)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert [path.name for path in Path().iterdir()] == ["main.tf"]


def test_a_secret_is_not_shown(euclave: Run) -> None:
    write(f'variable "db_password" {{\n  default = "hunter2"\n}}\n{PROMPT % ("eu-west-1", f"us.{CLAUDE}")}')
    write(Path("main.tf").read_text().replace("\nprovider", 'locals {\n  api_key = "hunter2"\n}\nprovider'))
    done = euclave("fix")
    assert "eu.anthropic" in done.out
    assert "hunter2" not in done.out + done.err


def test_links_and_folders_of_tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, euclave: Run) -> None:
    outside = write(PROMPT % ("eu-west-1", f"us.{CLAUDE}"), "outside/main.tf").resolve()
    (tmp_path / "tree" / ".git").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "tree")
    Path("linked.tf").symlink_to("../outside/main.tf")
    Path("main.tf").symlink_to("inner.txt")
    write(PROMPT.replace('"x"', '"y"') % ("eu-west-1", f"us.{CLAUDE}"), "inner.txt")
    euclave("fix", "--write")
    assert f"us.{CLAUDE}" in outside.read_text()
    assert Path("main.tf").is_symlink()
    assert f"eu.{CLAUDE}" in Path("inner.txt").read_text()
    downloaded = write(PROMPT % ("eu-west-1", f"us.{CLAUDE}"), ".terraform/modules/m/main.tf")
    write(
        '{"Modules": [{"Key": "m", "Source": "acme/m/aws", "Dir": ".terraform/modules/m"}]}',
        ".terraform/modules/modules.json",
    )
    write('module "m" {\n  source = "acme/m/aws"\n}\n', "module.tf")
    done = euclave("fix", "--write")
    assert "does not stand in a file that may be changed" in done.out
    assert f"us.{CLAUDE}" in downloaded.read_text()


def test_a_file_that_has_changed_meanwhile_is_not_written(check: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = check(PROMPT % ("eu-west-1", f"us.{CLAUDE}"))
    (edit,), _ = fixes.edits(outcome)
    ready = fixes.changed([edit])
    file = Path(edit.path)
    file.write_text(file.read_text() + "# more\n")
    monkeypatch.setattr(fixes, "changed", lambda chosen: ready)
    with pytest.raises(EuclaveError, match="has changed meanwhile"):
        fixes.write([edit])
    assert f"us.{CLAUDE}" in file.read_text()


def test_a_file_that_cannot_be_written(monkeypatch: pytest.MonkeyPatch, euclave: Run) -> None:
    file = write(PROMPT % ("eu-west-1", f"us.{CLAUDE}"))
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    done = euclave("fix", "--write")
    assert (done.code, "cannot be written" in done.err) == (3, True)
    assert f"us.{CLAUDE}" in file.read_text()


def test_what_could_not_be_read_ends_in_3(euclave: Run) -> None:
    write(PROMPT % ("eu-west-1", f"us.{CLAUDE}"))
    write("resource {", "bad.tf")
    assert euclave("fix").code == 3


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("aws=us-east-1", "is not inside eu"),
        ("aws=eu-west-2", "is not inside eu"),
        ("aws=eu-west-9", "knows a region"),
        ("moon=x", "there is no cloud"),
        ("aws", "expected CLOUD=REGION"),
    ],
)
def test_a_region_that_cannot_be_meant(given: str, said: str, euclave: Run) -> None:
    write(PROMPT % ("us-east-1", f"us.{CLAUDE}"))
    done = euclave("fix", "--region", given)
    assert (done.code, said in done.err) == (2, True)


# --- for programs


def test_sarif_has_the_same_changes(euclave: Run) -> None:
    write(PROMPT % ("eu-west-1", f"us.{CLAUDE}"))
    (result,) = json.loads(euclave("check", "-f", "sarif").out)["runs"][0]["results"][:1]
    (fix,) = result["fixes"]
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "main.tf"
    (one,) = change["replacements"]
    assert one["insertedContent"] == {"text": f"eu.{CLAUDE}"}
    line = Path("main.tf").read_text().split("\n")[one["deletedRegion"]["startLine"] - 1]
    begin, end = one["deletedRegion"]["startColumn"] - 1, one["deletedRegion"]["endColumn"] - 1
    assert line[begin:end] == f"us.{CLAUDE}"


def test_hosts_that_stand_in_are_in_the_tables() -> None:
    known = {host.example for vendor in endpoints.vendors() for host in vendor.hosts if not host.unverified}
    assert set(endpoints.european().values()) <= known
    assert "api.openai.com" in endpoints.european()


def test_words_that_stand_in_keep_copies_in_the_region() -> None:
    assert places.find("aws", "bedrock-profile", "eu") is not None
    rows = json.loads((Path(places.__file__).parents[1] / "providers" / "azure" / "redundancy.json").read_text())[
        "rows"
    ]
    copies = {row["word"]: row["copies"] for row in rows}
    assert all(copies[row["instead"]] == "none" for row in rows if "instead" in row)
