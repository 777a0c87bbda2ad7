"""Reading files as text, and lines and columns of offsets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checker import source
from checker.source import Source, Unreadable, mentions, read


def test_a_byte_order_mark_is_removed(tmp_path: Path) -> None:
    file = tmp_path / "x.tf"
    file.write_bytes(b"\xef\xbb\xbflocals {}\r\n")
    assert read(file, "x.tf").text == "locals {}\r\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"a\0b", "binary, not text"),
        (b"ab\xff", r"not UTF-8 text \(byte 2\)"),
        ("locals {}".encode("utf-16"), "not UTF-8"),
        ("ü".encode("latin-1"), "not UTF-8"),
        (b"\xed\xa0\x80", "not UTF-8"),
    ],
)
def test_what_is_no_text_says_why(content: bytes, reason: str, tmp_path: Path) -> None:
    file = tmp_path / "x.tf"
    file.write_bytes(content)
    with pytest.raises(Unreadable, match=reason):
        read(file, "x.tf")


def test_a_large_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "LARGEST", 10)
    file = tmp_path / "x.tf"
    file.write_bytes(b"x" * 10)
    assert read(file, "x.tf").text == "x" * 10
    file.write_bytes(b"x" * 11)
    with pytest.raises(Unreadable, match="larger than"):
        read(file, "x.tf")


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "broken").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("pipe", "broken", "loop", ".", "missing", "a" * 5000, "a\0b"):
        with pytest.raises(Unreadable):
            read(tmp_path / name, name)


@pytest.mark.parametrize(
    ("offset", "line", "column"),
    [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (4, 2, 2), (5, 3, 1), (6, 4, 1), (7, 4, 2)],
)
def test_lines_and_columns_count_from_one(offset: int, line: int, column: int) -> None:
    at = Source("x.tf", "ab\nü\n\nc").location(offset)
    assert (at.path, at.line, at.column, at.end_line) == ("x.tf", line, column, None)


def test_the_last_line_of_a_span() -> None:
    text = Source("x.tf", "ab\ncd\nef")
    assert text.location(0, 2).end_line == 1
    assert text.location(0, 3).end_line == 1
    assert text.location(0, 4).end_line == 2
    assert text.location(3, 3).end_line == 2


WORDS = ("openai", "open", "//aiplatform.", "a+b", "über", "openairport")


@pytest.mark.parametrize("filler", ["", "x" * 3000, "opena opeai //aiplatform- " * 200], ids=["short", "long", "alike"])
@pytest.mark.parametrize("word", ["", *WORDS])
def test_a_word_is_found_in_texts_of_any_length(word: str, filler: str) -> None:
    alone = any(one in filler for one in WORDS)
    assert mentions(f"{filler} {word.upper()} {filler}", WORDS) is (bool(word) or alone)


def test_what_one_text_said_is_found_in_the_next_one_too() -> None:
    words = ("openai", "vertex ai")
    texts = ["url: x.openai.com", "url: x.com", "openai", "our Vertex AI", "our vertex", "ai vertex", "x x.openai.com"]
    assert [mentions(text, words) for text in texts * 2] == [True, False, True, True, False, False, True] * 2


def test_what_an_editor_has_lies_over_a_file_while_a_check_runs(tmp_path: Path) -> None:
    file, link, new = tmp_path / "x.tf", tmp_path / "link.tf", tmp_path / "new.tf"
    file.write_text("saved")
    link.symlink_to(file)
    with source.overlaid({file: "\ufefftyped \ud800", new: ""}):
        assert [read(one, "x.tf").text for one in (file, link, new)] == ["typed ?", "typed ?", ""]
        assert source.with_unsaved(tmp_path, ["link.tf", "x.tf"]) == ["link.tf", "x.tf", "new.tf"]
        assert [source.is_unsaved(one) for one in (file, link, new, tmp_path)] == [True, False, True, True]
        with pytest.raises(RuntimeError), source.overlaid({file: "again"}):
            raise RuntimeError
    assert read(file, "x.tf").text == "saved"
    assert source.with_unsaved(tmp_path, ["x.tf"]) == ["x.tf"]
    with pytest.raises(Unreadable, match="not a regular file"):
        read(new, "new.tf")
