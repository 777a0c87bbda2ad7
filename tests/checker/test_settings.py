"""A first configuration, what counts and where it comes from, and the schema for editors."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

Run = Callable[..., Any]
OPENAI = 'resource "openai_project" "x" {\n  name = "x"\n  residency = "EU_STORAGE_PROCESSING"\n}\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_first_configuration_changes_nothing_and_is_never_written_over(euclave: Run) -> None:
    Path("main.tf").write_text('resource "aws_kendra_index" "m" {}\n' + OPENAI)
    before = euclave("check", "-f", "json").out
    assert euclave("init").code == 0
    assert euclave("check", "-f", "json").out == before
    text = Path("euclave.toml").read_text()
    assert tomllib.loads(text) == {"jurisdiction": "eu"}
    assert 'assume = { aws = "…" }' in text
    assert '"openai:europe"' in text
    assert euclave("init").code == 2
    assert Path("euclave.toml").read_text() == text


def test_every_setting_of_it_is_one(euclave: Run) -> None:
    """Without the marks of comments it is a configuration."""
    Path("main.tf").write_text(OPENAI)
    euclave("init")
    lines = Path("euclave.toml").read_text().split("\n")
    bare = [line.removeprefix("# ") for line in lines if "=" in line or line.startswith("# [[")]
    text = "\n".join(bare).replace("…", "eu-west-1")
    jsonschema.validate(json.loads(json.dumps(tomllib.loads(text), default=str)), schema(euclave))


def schema(euclave: Run) -> Any:
    return json.loads(euclave("config", "schema").out)


@pytest.mark.parametrize(
    ("document", "valid"),
    [
        ({"jurisdiction": "eu", "var-files": ["x"]}, True),
        ({"jurisdictions": "eu"}, False),
        ({"ignore": [{"address": "x"}]}, False),
        ({"ignore": [{"address": "x", "reason": "y", "policy": ["replication"]}]}, True),
        ({"scope": "some"}, False),
    ],
)
def test_the_schema_for_editors(document: dict[str, Any], valid: bool, euclave: Run) -> None:
    found = list(jsonschema.Draft202012Validator(schema(euclave)).iter_errors(document))
    assert (found == []) is valid


def test_where_each_setting_comes_from(euclave: Run) -> None:
    Path("pyproject.toml").write_text('[tool.euclave]\nscope = "all"\n')
    shown = euclave("config", "show").out
    assert 'scope            "all"  (pyproject.toml)\n' in shown
    assert "strict           false, true for plans and states  (default)\n" in shown
    Path("other.toml").write_text("strict = true\n")
    assert "strict           true  (other.toml)\n" in euclave("config", "show", "--config", "other.toml").out
    Path("other.toml").write_text("strickt = true\n")
    assert euclave("config", "show", "--config", "other.toml").code == 2
