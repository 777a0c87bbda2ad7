"""`euclave explain`: everything that is known of one resource, and nothing that a terminal would obey."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker import engine, explain
from checker.outcome import Outcome

Check = Callable[..., Outcome]

STYLE = re.compile(r"\x1b\[[0-9;]*m")
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  %s\n}\n'
SOURCE = """
variable "place" {}

resource "aws_s3_bucket" "docs" {
  bucket = "docs"
  region = var.place
}

resource "aws_bedrockagent_data_source" "d" {
  region = "eu-west-1"
  data_source_configuration {
    s3_configuration {
      bucket_arn = aws_s3_bucket.docs.arn
    }
  }
}

resource "aws_sns_topic" "t" {
  region = "us-east-1"
}
"""


def page(outcome: Outcome, address: str) -> str:
    text = "\n\n".join(explain.page(outcome, resource) for resource in engine.matching(outcome, address))
    return STYLE.sub("", text)


def test_page(check: Check) -> None:
    outcome = check({"main.tf": SOURCE, "terraform.tfvars": 'place = "us-east-1"\n'})
    text = page(outcome, "aws_s3_bucket.docs")
    source = outcome.graph.resources[".\0\0aws_s3_bucket.docs"].places[0].source
    assert text.splitlines()[:5] == [
        "aws_s3_bucket.docs  outside eu",
        "  S3 bucket (aws_s3_bucket), storage",
        "  declared at main.tf:4",
        "places",
        "  outside location: us-east-1 (N. Virginia, United States)",
    ]
    trail = [line.strip() for line in text.splitlines() if line.startswith("    ← ")]
    assert trail[0] == "← region main.tf:6"
    assert trail[-1].endswith("terraform.tfvars:1")
    assert f"    table: {source}" in text
    way = "aws_bedrockagent_data_source.d → aws_s3_bucket.docs"
    assert f"  used by aws_bedrockagent_data_source.d: {way}" in text
    assert "  outside storage-placement (high): aws_s3_bucket.docs (S3 bucket), used by" in text
    assert "    tip: change us-east-1 at terraform.tfvars:1 to a place inside eu" in text
    assert text.splitlines()[-1].startswith("catalogue: ")


def test_page_of_a_workload(check: Check) -> None:
    text = page(check(SOURCE, variables=(("place", "eu-west-1"),)), "aws_bedrockagent_data_source.d")
    assert "  reads_from aws_s3_bucket.docs  (data_source_configuration.s3_configuration.bucket_arn)" in text
    assert text.partition("findings\n")[2].startswith("  none\n")


def test_what_is_named_but_not_declared(check: Check) -> None:
    text = page(
        check(AGENT % 'region = "eu-west-1"\n  customer_encryption_key_arn = "alias/k"'), "aws_bedrockagent_agent.a"
    )
    assert "  encrypted_by alias/k  (customer_encryption_key_arn; not declared here)" in text


def test_what_no_workload_reaches(check: Check) -> None:
    source = SOURCE + 'resource "aws_s3_bucket" "web" {\n  bucket = "web"\n  region = "us-east-1"\n}\n'
    outcome = check(source, variables=(("place", "eu-west-1"),))
    assert "findings\n  none: in scope ai it is not judged" in page(outcome, "aws_s3_bucket.web")


def test_all_instances(check: Check) -> None:
    source = AGENT % 'for_each = toset(["eu-west-1", "us-east-1"])\n  region = each.key'
    text = page(check(source), "aws_bedrockagent_agent.a")
    assert 'aws_bedrockagent_agent.a["eu-west-1"]  inside eu' in text
    assert 'aws_bedrockagent_agent.a["us-east-1"]  outside eu' in text
    assert "outside" not in page(check(source), 'aws_bedrockagent_agent.a["eu-west-1"]')


def test_module_calls_and_roots(check: Check) -> None:
    files = {
        "site/main.tf": 'module "m" {\n  source = "../ai"\n}\n',
        "ai/main.tf": 'resource "aws_bedrockagent_agent" "a" {\n  region = "eu-west-1"\n}\n',
    }
    text = page(check(files), "module.m.aws_bedrockagent_agent.a")
    assert "  declared at ai/main.tf:1 in root site\n    called as module.m site/main.tf:1\n" in text


def test_environment(check: Check, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("environments") / "prod.tfvars"
    file.write_text('place = "eu-west-1"\n')
    text = page(check(SOURCE, environments=(("prod", (file,)),)), "aws_s3_bucket.docs")
    assert "  environment prod\n" in text


HOSTILE = r"""
variable "t" {
  sensitive = true
  default   = "arn:aws:kms:us-east-1:111122223333:key/hidden-by-its-author"
}

resource "aws_bedrockagent_agent" "a" {
  for_each                    = { "\u001b]0;owned\u0007\u001b[2J\u202e\u009b31m\r\nx" = 1 }
  region                      = "us-east-1\u001b[8m"
  foundation_model            = "ghp_abcdefghijklmnopqrstuvwxyz0123456789\u001b[1m"
  customer_encryption_key_arn = "alias/AKIAABCDEFGHIJKLMNOP\u001b[1m"
}

resource "aws_bedrockagent_agent" "b" {
  region                      = "eu-west-1"
  customer_encryption_key_arn = var.t
}

resource "aws_bedrockagent_knowledge_base" "k" {
  region = "eu-west-1"
  storage_configuration {
    pinecone_configuration {
      connection_string = "https://x.pinecone.io/?apiKey=6e7f4a2b-1111"
    }
  }
}

resource "aws_sagemaker_model" "m" {
  region = "eu-west-1"
  primary_container {
    model_data_url = "s3://\u001b[8mbucket\u0007/AKIAABCDEFGHIJKLMNOP"
  }
}
"""


def harmless(text: str) -> None:
    """Assert that a terminal obeys nothing of a text, and that it holds no token of the source."""
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text), ascii(text)
    assert "ghp_abc" not in text
    assert "AKIAABC" not in text
    assert "hidden-by-its-author" not in text
    assert "6e7f4a2b" not in text


def test_hostile_source(check: Check) -> None:
    outcome = check(HOSTILE)
    assert len(outcome.graph.resources) >= 4
    for resource in outcome.graph.resources.values():
        harmless(STYLE.sub("", explain.page(outcome, resource)))


@pytest.mark.parametrize("command", [("explain", "aws_bedrockagent_agent.a"), ("graph",), ("graph", "-f", "dot")])
@pytest.mark.parametrize("color", [True, False])
def test_hostile_source_on_the_command_line(
    command: tuple[str, ...],
    color: bool,
    euclave: Callable[..., Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(HOSTILE)
    done = euclave(*command, *(("--color",) if color and command[0] == "explain" else ()))
    assert done.code == 0
    assert "aws_bedrockagent_agent.a" in done.out
    harmless(STYLE.sub("", done.out).replace("\n", ""))


@pytest.mark.parametrize("format", ["text", "json", "sarif"])
def test_hostile_source_in_a_report(
    format: str, euclave: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(HOSTILE)
    done = euclave("check", "-v", "-f", format)
    assert "https://x.pinecone.io/?apiKey=…" in done.out
    harmless(done.out.replace("\n", ""))


def test_hostile_suggestion(euclave: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(HOSTILE)
    done = euclave("explain", 'aws_bedrockagent_agent.a["]0;owned[2J"]')
    assert done.code == 3
    assert "did you mean aws_bedrockagent_agent.a" in done.err
    harmless(done.err.replace("\n", ""))


def test_unknown_address(euclave: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text(SOURCE)
    done = euclave("explain", "aws_s3_bucket.doc")
    assert (done.code, done.out) == (3, "")
    assert (
        done.err == "error: aws_s3_bucket.doc is not among 3 resources read\nhint: did you mean aws_s3_bucket.docs?\n"
    )
    assert "`euclave graph` lists all of them" in euclave("explain", "x").err


def test_address_where_no_workload_is(
    euclave: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text('resource "aws_s3_bucket" "b" {\n  region = "eu-west-1"\n}\n')
    assert "--scope all reads everything" in euclave("explain", "aws_s3_bucket.b").err
    assert euclave("explain", "aws_s3_bucket.b", "--scope", "all").code == 0
