"""Cutting files into blocks: what is found, exactly where, and what survives beside what is broken."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.source import Source, SyntaxProblem
from providers.terraform import parse
from providers.terraform.scan import RawBlock, code_end, quoted_templates, scan


def found(text: str) -> list[tuple[str, ...]]:
    """Return type and labels of each block; nothing may be broken."""
    blocks, broken = scan(Source("x.tf", text))
    assert broken == []
    return [(block.type, *block.labels) for block in blocks]


def kept_and_lost(text: str) -> tuple[list[tuple[str, ...]], list[tuple[int, str]]]:
    """Return type and labels of each block, and line and reason of each part that is broken."""
    source = Source("x.tf", text)
    blocks, broken = scan(source)
    return (
        [(block.type, *block.labels) for block in blocks],
        [(source.location(part.offset).line, part.reason) for part in broken],
    )


@pytest.mark.parametrize(
    "inner",
    [
        'a = "}"',
        'a = "{"',
        r'a = "\"}"',
        r'a = "\\"',
        'a = "$${}{"',
        'a = "%%{ if }{"',
        'a = "${"}"}"',
        'a = "${x["${y}}"]}}"',
        'a = "${ { b = "}" }.b }"',
        'a = "%{ if true }}%{ else }{%{ endif }"',
        'a = "$"',
        'a = "100%"',
        'a = "$${"',
        'a = "${f("a", "b${"c"}")} }"',
        "a = [for x in y : {b = x}]",
        "# }",
        "// }",
        "/* } */",
        "/* \n } \n */",
        '# "',
        "// it's \"half",
        '/* " */',
        "a = 1 # {",
        "a = <<E\n}\nE\n",
        "a = <<-E\n    }\n    E\n",
        'a = <<E\n"\nE\n',
        "a = <<E\n${x}{\n# no comment\nE\n",
        "a = <<E\nEE\n E2\nE\n",
        "a = <<E-F\n}\nE-F\n",
        "a = <<E\r\n}\r\nE\r\n",
        "a = [<<E\n}\nE\n, <<F\n{\nF\n]",
        "a = x / y",
        "a {\n b {\n }\n}",
        "a { b = 1 }",
        "",
    ],
)
def test_braces_in_strings_comments_and_heredocs_end_nothing(inner: str) -> None:
    text = f'resource "a" "b" {{\n{inner}\n}}\nlocals {{}}\n'
    assert found(text) == [("resource", "a", "b"), ("locals",)]


@pytest.mark.parametrize(
    ("header", "labels"),
    [
        ('resource "a" "b" {}', ("resource", "a", "b")),
        ("resource a b {}", ("resource", "a", "b")),
        ("resource a{}", ("resource", "a")),
        ('resource"a""b"{}', ("resource", "a", "b")),
        ('resource /* why */ "a" /* { */ "b" {}', ("resource", "a", "b")),
        ('# resource "x" {\nresource "a" "b" {}', ("resource", "a", "b")),
        ('resource "a" /* two\nlines */ "b" {}', ("resource", "a", "b")),
        ('/* { */ resource "a" "b" {}', ("resource", "a", "b")),
        ('resource "a.b/c" "d-e" {}', ("resource", "a.b/c", "d-e")),
        ('ünïcode "ü" {}', ("ünïcode", "ü")),
    ],
)
def test_a_header_has_its_labels(header: str, labels: tuple[str, ...]) -> None:
    assert found(header) == [labels]


def test_line_ends_make_no_difference() -> None:
    text = 'locals {\n  a = <<E\n  }\n  E\n}\n\n# }\nmodule "m" {\n}\n'
    assert found(text) == found(text.replace("\n", "\r\n")) == [("locals",), ("module", "m")]


def test_several_blocks_on_one_line_are_all_found() -> None:
    assert found('locals {} module "a" {} module "b" { x = 1 }') == [("locals",), ("module", "a"), ("module", "b")]


def test_a_block_begins_at_its_type_and_ends_behind_its_brace() -> None:
    text = '# first\n\n  resource "a" "b" { # {\n  x = "}"\n}\n  locals {}'
    source = Source("x.tf", text)
    (first, second), _ = scan(source)
    assert (source.location(first.start).line, source.location(first.start).column) == (3, 3)
    assert (source.location(second.start).line, source.location(second.start).column) == (6, 3)
    assert text[first.start : first.end] == 'resource "a" "b" { # {\n  x = "}"\n}'
    assert text[second.start : second.end] == "locals {}"


def test_attributes_have_the_line_and_column_of_the_file() -> None:
    text = '\n\nresource "a" "b" {\n  /* one\n two */ x = 1\n  y {\n    z = "ü"\n  }\n\tw = <<E\n}\nE\n  v = 2\n}\n'
    source = Source("x.tf", text)
    (block,), _ = scan(source)
    body = parse.parse_block(block)
    places = {
        a.name: source.location(a.pos) for a in (*body.attributes.values(), *body.blocks[0].body.attributes.values())
    }
    assert {name: (at.line, at.column) for name, at in places.items()} == {
        "x": (5, 9),
        "z": (7, 5),
        "w": (9, 2),
        "v": (12, 3),
    }
    assert (source.location(body.blocks[0].pos).line, source.location(body.blocks[0].pos).column) == (6, 3)


def test_comments_are_blanked_and_offsets_stay() -> None:
    text = "locals { # {\n  a = 1 /* } */\n  // b\n}\n"
    (block,), _ = scan(Source("x.tf", text))
    assert block.text == "locals {    \n  a = 1        \n      \n}"
    assert len(block.text) == block.end - block.start


GOOD = 'locals {\n  good = "{"\n}\n'


@pytest.mark.parametrize(
    ("broken", "line", "reason"),
    [
        ('resource "a" "b" {\n  x = [1, 2\n}\n', 6, "unexpected `}`"),
        ('resource "a" "b" {\n  x = "open\n}\n', 5, "a string is not closed on its line"),
        ('resource "a" "b" {\n  x = "${open"\n}\n', 5, "a string is not closed on its line"),
        ("}\n", 4, "unexpected `}`"),
        ("what is this\n", 4, "this is not the beginning of a block"),
        ("x = {\n}\n", 4, "this is not the beginning of a block"),
        ('resource "a" b" {\n}\n', 4, "a string is not closed on its line"),
        ('resource "a" "b"\n{\n}\n', 4, "this is not the beginning of a block"),
        ("resource [1] {\n}\n", 4, "this is not the beginning of a block"),
        ('resource "a" "b" {\n  x = <<E\n', 5, "the heredoc is not closed by a line with E"),
        ('resource "a" "b" {\n  /* open\n', 5, "a comment is not closed"),
        ('resource "a" "b" {\n', 4, "the block that begins here is not closed (`}` is missing)"),
    ],
)
def test_what_stands_around_a_broken_block_is_kept(broken: str, line: int, reason: str) -> None:
    kept, lost = kept_and_lost(GOOD + broken + GOOD.replace("locals", "output good"))
    assert kept == [("locals",), ("output", "good")]
    assert lost == [(line, reason)]


def test_text_behind_the_last_block_is_named() -> None:
    assert kept_and_lost(GOOD + "  a = 1\n") == ([("locals",)], [(4, "text outside of any block")])


def test_a_file_that_is_broken_again_and_again_is_given_up_aloud() -> None:
    kept, lost = kept_and_lost(GOOD + 'resource "a" "b" {\n  x = "\n}\n' * 5000 + GOOD)
    assert kept == [("locals",)]
    assert "not read from here" in lost[-1][1]
    assert len(lost) < 200


def test_time_grows_with_the_file_and_no_faster() -> None:
    began = time.process_time()
    scan(Source("x.tf", "locals {\n" * 100_000))
    scan(Source("x.tf", '"${' * 500_000))
    scan(Source("x.tf", "a" + " " * 2_000_000 + "!"))
    assert time.process_time() - began < 30


def test_the_end_of_template_code() -> None:
    assert code_end('a["}"]} rest', 0) == 7
    assert code_end("{a = {}}} rest", 0) == 9
    assert code_end("never", 0) is None
    assert code_end("(}", 0) is None


def test_strings_with_templates_in_code() -> None:
    text = 'f("plain", "a${"b${c}"}d", <<E\n"${x}"\nE\n, "%{ if x }y%{ endif }")'
    assert [text[start:end] for start, end in quoted_templates(text)] == ['"a${"b${c}"}d"', '"%{ if x }y%{ endif }"']


# --- properties

TOKENS = st.sampled_from(
    ["locals", "resource", ' "a"', " {", "}", "\n", "[", "]", "(", ")", '"', "${", "%{", "$${", "\\", "# ", "//", "/*",
     "*/", "<<E\n", "<<-E\r\n", "E\n", "\nE\n", " = ", "1", ",", "\r\n", "\r", "é", "\ufeff", "\0", "\x1b"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(TOKENS, max_size=60).map("".join))


@given(TEXTS)
def test_blocks_and_what_lies_between_make_up_the_text(text: str) -> None:
    blocks, broken = scan(Source("x.tf", text))
    at = 0
    rebuilt = []
    for block in blocks:
        assert at <= block.start < block.end <= len(text)
        rebuilt += [text[at : block.start], text[block.start : block.end]]
        assert text.startswith(block.type, block.start)
        assert text[block.end - 1] == "}"
        assert len(block.text) == block.end - block.start
        assert block.text.count("\n") == text[block.start : block.end].count("\n")
        at = block.end
    assert "".join(rebuilt) + text[at:] == text
    assert all(0 <= part.offset <= len(text) for part in broken)


@given(TEXTS)
def test_nothing_but_a_syntax_problem_comes_of_parsing_a_block(text: str) -> None:
    blocks, _ = scan(Source("x.tf", "locals {" + text + "}"))
    for block in blocks:
        offset = 0
        try:
            parse.parse_block(block)
        except SyntaxProblem as problem:
            offset = problem.offset
        assert 0 <= offset <= len(block.source.text) + 1


@given(st.lists(st.sampled_from(['resource "a" "b" {\n  x = "${y["}"]}"\n}\n', "# }\n", "locals { a = 1 }\n", "\r\n",
                                 'module "m" {\r\n  s = <<E\r\n}\r\nE\r\n}\r\n', "/* { */"])))  # fmt: skip
def test_well_formed_files_have_nothing_broken(parts: list[str]) -> None:
    blocks, broken = scan(Source("x.tf", "".join(parts)))
    assert broken == []
    assert len(blocks) == sum(part[0] in "rlm" for part in parts)
    assert all(isinstance(block, RawBlock) for block in blocks)
