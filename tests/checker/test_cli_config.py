"""The command line with a configuration: what is accepted, what is stated, and the tables of facts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
PROJECT = 'resource "openai_project" "x" {\n  name = "x"\n  residency = "EU_STORAGE_PROCESSING"\n}\n'
BARE_KEY = """
resource "aws_lambda_function" "x" {
  region = "eu-west-1"
  environment {
    variables = { %s = "x" }
  }
}
"""
STATED = """
[[statement]]
subject = "ChatGPT Edu workspace"
place = "%s"
evidence = "order form"
who = "the data-protection officer"
until = %s
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> None:
    Path(name).write_text(text, encoding="utf-8")


def test_a_vendors_europe_is_low_and_fails_when_strict(euclave: Run) -> None:
    write("main.tf", PROJECT)
    done = euclave("check", "-q")
    assert (done.code, "low outside[hosted-residency]" in done.out) == (0, True)
    assert euclave("check", "--strict").code == 1


def test_accepting_it_is_said_in_every_report(euclave: Run) -> None:
    write("main.tf", PROJECT)
    write("euclave.toml", 'accept = ["openai:europe"]\n')
    done = euclave("check", "--strict", "--report", "json=r.json", "--report", "sarif=r.sarif")
    assert done.code == 0
    assert "accepted besides, as the configuration says: openai:europe" in done.out
    assert json.loads(Path("r.json").read_text())["summary"]["accept"] == ["openai:europe"]
    assert json.loads(Path("r.sarif").read_text())["runs"][0]["properties"]["accept"] == ["openai:europe"]


def test_accept_on_the_command_line(euclave: Run) -> None:
    write("main.tf", PROJECT)
    assert euclave("check", "--strict", "--accept", "openai:europe").code == 0
    done = euclave("check", "--accept", "openai:erope")
    assert (done.code, "did you mean openai:europe?" in done.err) == (2, True)


def test_a_configuration_by_name(euclave: Run) -> None:
    write("main.tf", 'resource "aws_kendra_index" "x" {\n  region = "eu-west-2"\n}\n')
    write("ours.toml", 'jurisdiction = "GB"\n')
    assert euclave("check").code == 1
    assert euclave("check", "--config", "ours.toml").code == 0
    assert euclave("check", "--config", "ours.toml", "--jurisdiction", "eu").code == 1


def test_an_unknown_key_is_wrong_usage(euclave: Run) -> None:
    write("main.tf", PROJECT)
    write("euclave.toml", "acept = []\n")
    done = euclave("check")
    assert (done.code, "did you mean accept?" in done.err) == (2, True)


def test_statements_stand_apart_from_what_was_measured(euclave: Run) -> None:
    write("main.tf", 'resource "aws_kendra_index" "x" {\n  region = "eu-west-1"\n}\n')
    write("euclave.toml", STATED % ("DE", "2099-01-01"))
    done = euclave("check", "--strict")
    assert done.code == 0
    assert "Stated, not measured: 1" in done.out
    assert "1 judged: 1 inside" in done.out
    write("euclave.toml", STATED % ("DE", "2020-01-01"))
    done = euclave("check")
    assert (done.code, "expired on 2020-01-01" in done.out) == (0, True)
    assert euclave("check", "--strict").code == 1


def test_low_confidence_fails_no_run(euclave: Run) -> None:
    write("main.tf", BARE_KEY % "APP_OPENAI_SECRET")
    done = euclave("check", "-q")
    assert (done.code, "low confidence" in done.out) == (0, True)
    assert euclave("check", "--strict").code == 1
    write("main.tf", BARE_KEY % "OPENAI_API_KEY")
    done = euclave("check", "-q")
    assert (done.code, "medium confidence" in done.out) == (1, True)


def test_every_report_says_what_a_location_is_worth(euclave: Run) -> None:
    write("main.tf", PROJECT)
    done = euclave("check", "--report", "json=r.json")
    sentence = "A location is evidence, not proof"
    assert sentence in done.out
    assert json.loads(Path("r.json").read_text())["summary"]["evidence"].startswith(sentence)


def test_a_finding_names_its_row_and_what_it_is_relevant_to(euclave: Run) -> None:
    write("main.tf", PROJECT)
    (finding,) = json.loads(euclave("check", "-f", "json").out)["findings"]
    assert finding["relevant_to"] == ["GDPR Art. 28(3)(a)", "GDPR Art. 30(1)(e)", "GDPR Art. 44"]
    assert finding["source"].startswith("OpenAI, data residency guide")
    assert finding["source"].endswith("(2026-11-28)")


def test_facts(euclave: Run) -> None:
    lines = euclave("facts").out.splitlines()
    assert any(line.startswith("aws/places ") and "rows  checked 2026-" in line for line in lines)
    assert all(line.endswith("days ago") for line in lines)
    assert "ChatGPT Edu" in euclave("facts", "openai/products").out
    done = euclave("facts", "openai/product")
    assert (done.code, "did you mean openai/products?" in done.err) == (2, True)


KENDRA = 'provider "aws" {\n%s}\nvariable "region" {\n  default = "eu-west-1"\n}\nresource "aws_kendra_index" "m" {}\n'


@pytest.mark.parametrize(
    ("settings", "arguments", "code"),
    [
        ('assume = { aws = "us-east-1" }\n', [], 1),
        ('assume = { aws = "us-east-1" }\n', ["--assume", "aws=eu-west-1"], 0),
        ('assume = { aws = "moon-1" }\n', [], 2),
        ("strict = true\n", [], 1),
        ("strict = true\n", ["--no-strict"], 0),
        ('scope = "some"\n', [], 2),
        ('assume = { aws = "eu-west-1" }\nscope = "all"\n', [], 1),
        ('assume = { aws = "eu-west-1" }\nscope = "all"\n', ["--scope", "ai"], 0),
        ('baseline = "none.json"\n', [], 2),
        ('var-files = ["none.tfvars"]\n', [], 2),
    ],
)
def test_a_bare_check_does_what_the_configuration_says(
    settings: str, arguments: list[str], code: int, euclave: Run
) -> None:
    bucket = 'resource "aws_s3_bucket" "b" {\n  bucket = "b"\n  provider = aws.us\n}\n'
    write("main.tf", KENDRA % "" + 'provider "aws" {\n  alias = "us"\n  region = "us-west-2"\n}\n' + bucket)
    write("euclave.toml", settings)
    assert euclave("check", *arguments).code == code


def test_files_of_a_configuration_lie_beside_it(euclave: Run) -> None:
    Path("settings").mkdir()
    write("main.tf", KENDRA % "  region = var.region\n")
    write("settings/us.tfvars", 'region = "us-east-1"\n')
    write("settings/euclave.toml", 'var-files = ["us.tfvars"]\n')
    assert euclave("check").code == 0
    assert euclave("check", "--config", "settings/euclave.toml").code == 1
    write("settings/euclave.toml", 'environments = { eu = [], us = ["us.tfvars"] }\n')
    found = json.loads(euclave("check", "--config", "settings/euclave.toml", "-f", "json").out)["resources"]
    assert {one["environment"]: one["verdict"] for one in found} == {"eu": "inside", "us": "outside"}


def test_what_is_ignored_and_why(euclave: Run) -> None:
    write("main.tf", KENDRA % '  region = "us-east-1"\n')
    rule = '[[ignore]]\npolicy = "ai-placement"\naddress = "aws_kendra_index.*"\nreason = "decided"\nuntil = %s\n'
    write("euclave.toml", rule % "2999-01-01")
    done = euclave("check")
    assert (done.code, "ignore aws_kendra_index.* of the configuration: decided" in done.out) == (0, True)
    write("euclave.toml", rule % "2020-01-01")
    done = euclave("check")
    assert (done.code, "expired on 2020-01-01" in done.out) == (1, True)
    write("euclave.toml", '[[ignore]]\naddress = "x"\n')
    assert euclave("check").code == 2


def test_what_a_policy_weighs(euclave: Run) -> None:
    write("main.tf", BARE_KEY % "OPENAI_API_KEY")
    assert euclave("check").code == 1
    write("euclave.toml", 'severities = { model-endpoint = "low" }\n')
    done = euclave("check", "-f", "json")
    assert (done.code, [one["severity"] for one in json.loads(done.out)["findings"]]) == (0, ["low"])
    write("euclave.toml", 'severities = { model-endpoint = "off" }\n')
    done = euclave("check", "-f", "json", "--report", "text=r.txt")
    report = json.loads(done.out)
    assert (done.code, report["findings"], report["summary"]["policies_off"]) == (0, [], ["model-endpoint"])
    assert report["summary"]["outside"] == 1  # what is so does not hang on who asks
    assert "switched off by the configuration: model-endpoint" in Path("r.txt").read_text()
    write("euclave.toml", 'severities = { model-endpoints = "off" }\n')
    done = euclave("check")
    assert (done.code, "did you mean model-endpoint?" in done.err) == (2, True)


def test_what_a_vendors_europe_weighs_stays_low(euclave: Run) -> None:
    write("main.tf", PROJECT)
    write("euclave.toml", 'severities = { hosted-residency = "high" }\n')
    done = euclave("check", "-q")
    assert (done.code, "low outside[hosted-residency]" in done.out) == (0, True)


def test_advice_can_be_made_to_fail(euclave: Run) -> None:
    write(
        "main.tf", 'provider "aws" {\n  region = "eu-west-1"\n}\nresource "aws_kendra_index" "x" {\n  name = "x"\n}\n'
    )
    assert euclave("check").code == 0
    write("euclave.toml", 'severities = { guardrail = "medium" }\n')
    assert euclave("check", "--fail-on", "undetermined").code == 1


@pytest.mark.parametrize(
    ("told", "code"),
    [((), 0), (("--fail-on", "undetermined"), 1), (("--fail-on", "nothing"), 0), (("--strict",), 1)],
)
def test_what_fails_of_what_is_undetermined(told: tuple[str, ...], code: int, euclave: Run) -> None:
    write("main.tf", 'resource "aws_kendra_index" "x" {\n  name = "x"\n}\n')
    assert euclave("check", *told).code == code
    write("euclave.toml", 'fail-on = "undetermined"\n')
    assert euclave("check", *told).code == (1 if not told else code)


def test_nothing_fails_but_what_could_not_be_read(euclave: Run) -> None:
    write("main.tf", BARE_KEY % "OPENAI_API_KEY")
    assert euclave("check", "--fail-on", "nothing").code == 0
    write("bad.tf", "resource {")
    assert euclave("check", "--fail-on", "nothing").code == 3


def test_a_plan_is_judged_strictly_unless_told_otherwise(euclave: Run) -> None:
    resource: dict[str, Any] = {
        "address": "aws_kendra_index.x",
        "mode": "managed",
        "type": "aws_kendra_index",
        "name": "x",
    }
    resource |= {"provider_name": "registry.terraform.io/hashicorp/aws", "schema_version": 0, "values": {"name": "x"}}
    change = {"actions": ["create"], "before": None, "after": {"name": "x"}, "after_unknown": {}}
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": [resource]}},
        "resource_changes": [{**resource, "change": change}],
        "configuration": {"provider_config": {"aws": {"name": "aws"}}, "root_module": {"resources": []}},
    }
    write("plan.json", json.dumps(plan))
    done = euclave("check")
    assert (done.code, "1 undetermined" in done.out, "strict; read:" in done.out) == (1, True, True)
    assert euclave("check", "--no-strict").code == 0
    write("euclave.toml", "strict = false\n")
    assert euclave("check").code == 0


INDEX = """
variable "region" {}
provider "aws" {
  region = var.region
}
resource "aws_kendra_index" "x" {
  name = "x"
}
"""


def test_roots_have_variables_and_environments_of_their_own(euclave: Run) -> None:
    for folder in ("live/a", "live/b", "other"):
        Path(folder).mkdir(parents=True)
        write(f"{folder}/main.tf", INDEX)
    write("eu.tfvars", 'region = "eu-west-1"\n')
    write("us.tfvars", 'region = "us-east-1"\n')
    write(
        "euclave.toml",
        '[[root]]\npath = "live/a"\nvar-files = ["eu.tfvars"]\n'
        '[[root]]\npath = "live"\nenvironments = { eu = ["eu.tfvars"], us = ["us.tfvars"] }\n',
    )
    resources = json.loads(euclave("check", "-f", "json").out)["resources"]
    assert [(one["root"], one["environment"], one["verdict"]) for one in resources] == [
        ("live/a", "", "inside"),
        ("live/b", "eu", "inside"),
        ("live/b", "us", "outside"),
        ("other", "", "undetermined"),
    ]


def test_what_the_machine_decides_by_folder(euclave: Run) -> None:
    template = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {
                "type": "Microsoft.CognitiveServices/accounts",
                "apiVersion": "2024-10-01",
                "name": "a",
                "location": "[resourceGroup().location]",
                "kind": "FormRecognizer",
                "sku": {"name": "S0"},
            }
        ],
    }
    for folder in ("eu", "us", "none"):
        Path(folder).mkdir()
        write(f"{folder}/azuredeploy.json", json.dumps(template))
        write(f"{folder}/template.json", '{"Resources": {"X": {"Type": "AWS::Kendra::Index", "Properties": {}}}}')
        write(f"{folder}/main.tf", 'resource "aws_kendra_index" "x" {\n  name = "x"\n}\n')
    write(
        "euclave.toml",
        '[[root]]\npath = "eu"\nassume = { azure = "westeurope", aws = "eu-west-1" }\n'
        '[[root]]\npath = "us"\nassume = { azure = "eastus", aws = "us-east-1" }\n',
    )
    resources = json.loads(euclave("check", "-f", "json").out)["resources"]
    found = {(one["root"].split("/")[0], one["verdict"]) for one in resources}
    assert found == {("eu", "inside"), ("us", "outside"), ("none", "undetermined")}
    assert len(resources) == 9
    # The command line goes before it.
    resources = json.loads(euclave("check", "-f", "json", "--assume", "aws=eu-west-3").out)["resources"]
    assert {one["verdict"] for one in resources if one["cloud"] == "aws"} == {"inside"}
    write("euclave.toml", '[[root]]\npath = "eu"\nassume = { azure = "westeuropa" }\n')
    done = euclave("check")
    assert (done.code, "knows a region 'westeuropa'" in done.err) == (2, True)
