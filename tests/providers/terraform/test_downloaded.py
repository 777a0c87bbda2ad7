"""Modules that `init` has downloaded are read like local ones; those that are not there are named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker import engine, jurisdictions
from checker.model import Verdict
from checker.outcome import Outcome

ROOT = """
provider "aws" { region = "us-east-1" }

module "ai" {
  source = "acme/ai/aws"
  name   = "x"
}
"""
CHILD = """
variable "name" {}

module "inner" {
  source = "./inner"
  name   = var.name
}

module "far" { source = "acme/far/aws" }
"""
INNER = """
variable "name" {}

resource "aws_sagemaker_domain" "this" { domain_name = var.name }
"""


def check(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Outcome:
    monkeypatch.chdir(folder)
    return engine.check(engine.Request((Path("."),), jurisdictions.parse("eu")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a root whose module is downloaded, with a module of its own inside and one that is not there."""
    (tmp_path / "main.tf").write_text(ROOT)
    child = tmp_path / ".terraform" / "modules" / "ai"
    (child / "inner").mkdir(parents=True)
    (child / "main.tf").write_text(CHILD)
    (child / "inner" / "main.tf").write_text(INNER)
    listed = [
        {"Key": "", "Source": "", "Dir": "."},
        {
            "Key": "ai",
            "Source": "registry.terraform.io/acme/ai/aws",
            "Version": "1.0.0",
            "Dir": ".terraform/modules/ai",
        },
    ]
    (child.parent / "modules.json").write_text(json.dumps({"Modules": listed}))
    return tmp_path


def test_a_downloaded_module_is_read(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A root that declares nothing itself is judged by what its downloaded module declares."""
    outcome = check(folder, monkeypatch)
    found = {(finding.address, finding.verdict) for finding in outcome.findings}
    assert found == {("module.ai.module.inner.aws_sagemaker_domain.this", Verdict.OUTSIDE)}


def test_what_it_calls_and_is_not_there_is_a_gap(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The gap names the call by its address, and does not end the run."""
    outcome = check(folder, monkeypatch)
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("module.ai.module.far (acme/far/aws)", False)]


def test_a_list_that_leads_out_of_the_tree_is_not_followed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hostile modules.json cannot make the check read elsewhere."""
    listed = [{"Key": "ai", "Source": "x", "Dir": "../../../../../../etc"}]
    (folder / ".terraform" / "modules" / "modules.json").write_text(json.dumps({"Modules": listed}))
    outcome = check(folder, monkeypatch)
    assert not outcome.findings
    assert [gap.what for gap in outcome.graph.gaps] == ["module.ai (acme/ai/aws)"]
