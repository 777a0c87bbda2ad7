"""The syntax tree: positions, and text that python-hcl2 alone would read differently."""

from __future__ import annotations

from decimal import Decimal

import pytest

from checker.source import Source, SyntaxProblem
from providers.terraform import parse
from providers.terraform.syntax import Binary, Expression, Literal, Splat, Template, Traversal, unparse


def parsed(text: str) -> Expression:
    """Return the expression that a text is."""
    return parse.parse_expression(text, 0, Source("main.tf", text))


def test_positions_are_offsets_into_the_file() -> None:
    text = 'a = "x"\nb = [\n  local.c,\n  "${local.d}",\n]\n'
    body = parse.parse_body(text, 0, Source("main.tf", text))
    items = body.attributes["b"].value
    assert [item.pos for item in items.items] == [text.index("local.c"), text.index('"${local.d}"')]  # type: ignore[union-attr]
    assert items.items[1].parts[0].pos == text.index("local.d")  # type: ignore[union-attr]


def test_positions_in_what_python_hcl2_does_not_read() -> None:
    text = '"a ${~ /* } */ local.d ~} b"'
    node = parsed(text)
    assert isinstance(node, Template)
    assert isinstance(node.parts[1], Traversal)
    assert node.parts[1].pos == text.index("local.d")
    assert [part for part in node.parts if isinstance(part, str)] == ["a", "b"]


def test_strings_of_one_text_do_not_leak_into_another() -> None:
    assert parsed('"${~ local.a ~}"') != parsed('"plain ${local.b}"')
    assert unparse(parsed('"x${local.b}"')) == '"x${local.b}"'


@pytest.mark.parametrize("text", ["1 # c\n + 2", "1 /* c */ + 2", "1 // c\n+ 2"])
def test_a_comment_before_an_operator_is_no_part_of_it(text: str) -> None:
    body = parse.parse_body(f"a = {text}\n", 0, Source("main.tf", text))
    node = body.attributes["a"].value
    assert isinstance(node, Binary)
    assert node.operator == "+"


def test_a_minus_behind_a_value_is_an_operator() -> None:
    node = parsed("local.n -1.5")
    assert isinstance(node, Binary)
    assert (node.operator, node.right) == ("-", Literal(9, Decimal("1.5")))


@pytest.mark.parametrize(
    ("text", "inside", "after"),
    [("a[*].b[0]", 2, 0), ("a.*.b[0]", 1, 1), ("a.*.b.*.c", 1, 1), ("a[*].b[*].c", 2, 0), ("a.*.b.c", 2, 0)],
)
def test_what_a_splat_applies_to_each_element(text: str, inside: int, after: int) -> None:
    node = parsed(text)
    assert isinstance(node, Traversal)
    splat, *rest = node.steps
    assert isinstance(splat, Splat)
    assert (len(splat.steps), len(rest)) == (inside, after)


@pytest.mark.parametrize(
    "text",
    ['"${', '"%{ if true }x"', '"%{ endif }"', "[1", "{", '"a', "<<E\nx\n", "a b", "", '"${~ "', "# only", "1 /* open"],
)
def test_what_is_no_expression_is_a_problem_within_the_text(text: str) -> None:
    with pytest.raises(SyntaxProblem) as problem:
        parse.parse_expression(text, 100, Source("main.tf", text))
    assert 100 <= problem.value.offset <= 100 + len(text) + 1
