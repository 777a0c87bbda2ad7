"""The configuration: what it may say, what it refuses, and what statements come to."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from checker import config
from checker.errors import UsageError

STATED = """
[[statement]]
subject = "ChatGPT Enterprise workspace"
place = "%s"
evidence = "order form, section 4"
who = "the data-protection officer"
until = %s
"""
TODAY = datetime.date(2026, 11, 28)


def written(folder: Path, text: str, name: str = "euclave.toml") -> config.Config:
    (folder / name).write_text(text, encoding="utf-8")
    return config.load(folder / name)


def test_nothing_is_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert config.load(None) == config.Config()


def test_of_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[tool.euclave]\njurisdiction = "eea"\n')
    assert config.load(None).jurisdiction == "eea"
    (tmp_path / "euclave.toml").write_text('jurisdiction = "DE"\n')
    assert config.load(None).jurisdiction == "DE"


def test_a_project_file_of_somebody_else_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n')
    assert config.load(None) == config.Config()


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("acept = []", "unknown field `acept`", "did you mean accept?"),
        ("[[rule]]\nadress = '*'", "unknown field `adress` - at `$.rule[0]`", "did you mean address?"),
        (
            "[[root]]\nuntil = 2027-01-01",
            "unknown field `until` - at `$.root[0]`",
            "known here are path, var-files, parameter-files, environments, workspace, assume",
        ),
        ("accept = 3", "Expected `array`", ""),
        ("[[statement]]\nsubject = 'x'", "missing required field", ""),
        ("jurisdiction = ", "is no TOML", ""),
        (STATED % ("eu", '"soon"'), "ISO", ""),
    ],
)
def test_what_is_refused(text: str, said: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        written(tmp_path, text)
    assert said in caught.value.message
    assert str(tmp_path) in caught.value.message
    assert caught.value.hint == hint


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "euclave.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match="cannot be read"):
        config.load(tmp_path / "euclave.toml")


def test_accept_takes_what_a_table_has() -> None:
    assert "openai:europe" in config.acceptable()
    accepted = config.judged_by("eu", ["openai:europe"])
    assert accepted.accepted == {"openai:europe"}
    with pytest.raises(UsageError) as caught:
        config.judged_by("eu", ["openai:europ"])
    assert caught.value.hint == "did you mean openai:europe?"


@pytest.mark.parametrize(
    ("place", "until", "accept", "verdict", "note"),
    [
        ("DE", "2027-01-01", [], "inside", ""),
        ("DE", "2026-11-28", [], "inside", ""),
        ("DE", "2026-11-27", [], "undetermined", "expired"),
        ("US", "2027-01-01", [], "outside", ""),
        ("US", "2026-01-01", [], "undetermined", "expired"),
        ("openai:europe", "2027-01-01", [], "outside", ""),
        ("openai:europe", "2027-01-01", ["openai:europe"], "inside", ""),
    ],
)
def test_statements(place: str, until: str, accept: list[str], verdict: str, note: str, tmp_path: Path) -> None:
    rows = written(tmp_path, STATED % (place, until)).statement
    (one,) = config.statements(rows, config.judged_by("eu", accept), TODAY)
    assert (one.verdict.value, one.note, one.until) == (verdict, note, until)


def test_a_statement_of_a_place_that_nobody_knows(tmp_path: Path) -> None:
    rows = written(tmp_path, STATED % ("the moon", "2027-01-01")).statement
    with pytest.raises(UsageError, match="ChatGPT Enterprise workspace"):
        config.statements(rows, config.judged_by("eu", []), TODAY)
