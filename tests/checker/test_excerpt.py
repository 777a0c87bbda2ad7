"""Excerpts: inside the checked folder only, bounded, and with lines counted as an editor counts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.excerpt import LARGEST_FILE, quote, read, span
from checker.model import FileLocation


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes("\ufeffone\x0c\u2028\r\ntwo\r\nthree".encode())
    assert read(tmp_path, "a.tf", {2, 3, 4}) == {2: "two", 3: "three"}


@pytest.mark.parametrize("path", ["../secret", "link", "/etc/hostname", "missing", "", ".", "a\0b", "x" * 5000])
def test_nothing_outside_the_folder_is_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link").symlink_to(tmp_path / "secret")
    assert read(tmp_path / "root", path, {1}) == {}


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.tf").write_bytes(b"\n" * (LARGEST_FILE + 1))
    assert read(tmp_path, "a.tf", {1}) == {}


def test_carets_begin_at_the_text() -> None:
    assert quote({7: "  region = 1"}, FileLocation("a", 7)) == ["  |", "7 |   region = 1", "  |   ^^^^^^^^^^"]
    assert quote({7: "  region = 1"}, FileLocation("a", 7, 12))[-1] == "  |            ^"


@pytest.mark.parametrize("comment", ["# why", "// why", "/* why */", '# a "b'])
def test_carets_end_before_a_comment(comment: str) -> None:
    line = f'  region = "a#b//c \\" #d" {comment}'
    assert quote({7: line}, FileLocation("a", 7, 12))[-1] == "  |            " + "^" * 14


def test_a_line_that_is_a_comment_has_carets() -> None:
    assert quote({7: "  # why"}, FileLocation("a", 7))[-1] == "  |   ^^^^^"
    assert quote({7: "x = 1 # why"}, FileLocation("a", 7, 7))[-1] == "  |       ^^^^^"


def test_a_column_beyond_the_line_has_no_caret() -> None:
    assert quote({7: "x"}, FileLocation("a", 7, 9)) == ["  |", "7 | x"]


def test_a_long_span_is_shown_by_its_first_line() -> None:
    assert span(FileLocation("a", 3, 1, 90)) == range(3, 4)
    assert span(FileLocation("a", 3, 1, 5)) == range(3, 6)
    assert span(FileLocation("a", 3, 1, 1)) == range(3, 4)


def test_no_line_no_excerpt() -> None:
    assert quote({}, FileLocation("a", 3)) == []
