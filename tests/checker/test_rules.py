"""Rules: what sits in a jurisdiction of its own, by what it is, and what such a workload reaches."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol

import pytest

from checker import config, rules
from checker.errors import UsageError


class Run(Protocol):
    """What the fixture `euclave` runs."""

    def __call__(self, *arguments: str) -> Any:
        """Run a command line."""


CODE = """
provider "aws" {
  region = "eu-west-1"
%s}
resource "aws_sagemaker_model" "triage" {
  execution_role_arn = "arn:aws:iam::111122223333:role/triage"
  primary_container {
    image          = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.3"
    model_data_url = "s3://${aws_s3_bucket.scans.bucket}/model.tar.gz"
  }
  tags = %s
}
resource "aws_s3_bucket" "scans" {
  bucket = "scans"
}
resource "aws_kendra_index" "manuals" {
  name     = "manuals"
  role_arn = "arn:aws:iam::111122223333:role/manuals"
}
"""
PATIENTS = """
[[rule]]
name = "patients"
%s
jurisdiction = "DE,FR"
reason = "the hospital's contract"
"""
BY_TAG = PATIENTS % 'tags = { data = "patients" }'


def judged(euclave: Run, folder: Path, code: str, configuration: str, *arguments: str) -> dict[str, Any]:
    """Return the JSON report of one file."""
    (folder / "infra").mkdir(exist_ok=True)
    (folder / "infra" / "main.tf").write_text(code)
    (folder / "euclave.toml").write_text(configuration)
    done = euclave("check", "-f", "json", *arguments)
    assert done.err == ""
    report: dict[str, Any] = json.loads(done.out)
    return report | {"code": done.code}


def verdicts(report: dict[str, Any]) -> dict[str, str]:
    return {one["address"]: one["verdict"] for one in report["resources"]}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty folder that commands run in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_tagged_workload_and_what_it_reaches(folder: Path, euclave: Run) -> None:
    report = judged(euclave, folder, CODE % ("", '{ data = "patients" }'), BY_TAG)
    assert verdicts(report) == {
        "aws_sagemaker_model.triage": "outside",
        "aws_s3_bucket.scans": "outside",  # it has no tag: the workload that reaches it has
        "aws_kendra_index.manuals": "inside",
        "763104351884.dkr.ecr.eu-west-1.amazonaws.com/pytorch-inference:2.3": "outside",
    }
    assert report["summary"]["rules"][0]["judged"] == 3
    assert report["code"] == 1
    messages = [one["message"] for one in report["findings"] if one["policy"] == "ai-placement"]
    assert messages == [
        "aws_sagemaker_model.triage (SageMaker model) runs in eu-west-1 (Ireland), outside DE,FR (rule patients)"
    ]


def test_a_report_for_people_says_what_counts(folder: Path, euclave: Run) -> None:
    judged(euclave, folder, CODE % ("", '{ data = "patients" }'), BY_TAG)
    out = euclave("check").out
    assert "3 of them judged against DE,FR (rule patients): 2 countries; the hospital's contract" in out


@pytest.mark.parametrize("tags", ['{ data = "manuals" }', "{}", '{ other = "patients" }'])
def test_what_has_other_tags_is_under_no_rule(tags: str, folder: Path, euclave: Run) -> None:
    report = judged(euclave, folder, CODE % ("", tags), BY_TAG)
    assert set(verdicts(report).values()) == {"inside"}
    assert report["summary"]["rules"][0]["judged"] == 0
    assert report["gaps"] == []


def test_a_provider_tags_all_but_a_resource_says_otherwise(folder: Path, euclave: Run) -> None:
    default = '  default_tags {\n    tags = { data = "patients" }\n  }\n'
    report = judged(euclave, folder, CODE % (default, '{ data = "none" }'), BY_TAG)
    assert verdicts(report)["aws_kendra_index.manuals"] == "outside"
    assert verdicts(report)["aws_sagemaker_model.triage"] == "inside"


def test_tags_that_are_not_known_are_a_gap_and_no_pass(folder: Path, euclave: Run) -> None:
    code = CODE % ("", "var.tags") + 'variable "tags" {}\n'
    report = judged(euclave, folder, code, BY_TAG, "--strict")
    assert [gap["what"] for gap in report["gaps"]] == ["whether aws_sagemaker_model.triage is under patients"]
    assert report["code"] == 1


def test_a_rule_may_widen_but_not_what_others_use_too(folder: Path, euclave: Run) -> None:
    wider = '[[rule]]\nname = "lab"\naddress = "*.triage"\njurisdiction = "eu,US"\nreason = "test data"\n'
    code = (CODE % ("", "{}")).replace("eu-west-1", "us-east-1")
    code += 'resource "aws_sagemaker_model" "other" {\n  execution_role_arn = "r"\n  primary_container {\n'
    code += '    model_data_url = "s3://${aws_s3_bucket.scans.bucket}/other.tar.gz"\n  }\n}\n'
    found = verdicts(judged(euclave, folder, code, wider))
    assert found["aws_sagemaker_model.triage"] == "inside"
    assert found["aws_sagemaker_model.other"] == "outside"
    assert found["aws_s3_bucket.scans"] == "outside"


def test_several_rules_have_their_countries_in_common(folder: Path, euclave: Run) -> None:
    code = (CODE % ("", "{}")).replace("eu-west-1", "eu-west-3")
    code += 'resource "aws_sagemaker_model" "other" {\n  execution_role_arn = "r"\n  primary_container {\n'
    code += '    model_data_url = "s3://${aws_s3_bucket.scans.bucket}/other.tar.gz"\n  }\n}\n'
    second = BY_TAG.replace("tags = { data", "address = '*.other' #").replace("patients", "b").replace("DE,FR", "DE,IE")
    first = PATIENTS % 'address = "*.triage"'
    report = judged(euclave, folder, code, first + second)
    bucket = next(one for one in report["resources"] if one["address"] == "aws_s3_bucket.scans")
    assert (bucket["verdict"], bucket["judged_against"]) == ("outside", "DE,FR (rule patients) and DE,IE (rule b)")


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        ('path = "infra"', True),
        ('path = "infra/*"', True),
        ('path = "other"', False),
        ('address = "aws_sagemaker_model.*"', True),
        ('type = "aws_sagemaker_*"', True),
        ('kind = "SageMaker model"', True),
        ('role = "ai"', True),
        ('role = "logs"', False),
        ('account = "111122223333"', True),
        ('account = "999999999999"', False),
        ('role = "ai"\naddress = "*.manuals"', False),
    ],
)
def test_conditions(condition: str, fits: bool, folder: Path, euclave: Run) -> None:
    account = '  allowed_account_ids = ["111122223333"]\n'
    report = judged(euclave, folder, CODE % (account, "{}"), PATIENTS % condition)
    assert (verdicts(report)["aws_sagemaker_model.triage"] == "outside") is fits


def test_tags_as_cloudformation_has_them(folder: Path, euclave: Run) -> None:
    (folder / "template.yaml").write_text(
        "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Index:\n    Type: AWS::Kendra::Index\n    Properties:\n"
        "      Name: a\n      Edition: DEVELOPER_EDITION\n      RoleArn: r\n"
        "      Tags: [{Key: data, Value: patients}]\n"
    )
    (folder / "euclave.toml").write_text(BY_TAG + '[assume]\naws = "eu-west-1"\n')
    report = json.loads(euclave("check", "-f", "json").out)
    assert verdicts(report) == {"Index": "outside"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PATIENTS % "", "it fits everything"),
        (PATIENTS % 'role = "storag"', "does not exist"),
        (BY_TAG.replace("the hospital's contract", " "), "needs a name and a reason"),
        (BY_TAG.replace("DE,FR", "Utopia"), "is not a jurisdiction"),
    ],
)
def test_a_rule_that_says_too_little_is_refused(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "euclave.toml").write_text(text)
    with pytest.raises(UsageError) as caught:
        config.rules(config.load(tmp_path / "euclave.toml").rule)
    assert said in caught.value.message


def test_patterns_are_no_classes_of_characters() -> None:
    assert rules.matches("a.b[0]", "a.b[0]")
    assert rules.matches('a.b["x"]', "a.b[*]")
    assert not rules.matches("a.b0", "a.b[0]")
