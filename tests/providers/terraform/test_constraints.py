"""Type constraints are read from expressions."""

from __future__ import annotations

import pytest

from checker.source import Source
from providers.terraform import constraints, parse
from providers.terraform.syntax import Expression, Literal
from providers.terraform.types import (
    ANY,
    BOOL,
    NUMBER,
    STRING,
    Attribute,
    ListOf,
    MapOf,
    ObjectOf,
    SetOf,
    TupleOf,
    Type,
)
from providers.terraform.values import Data, TerraformError


def constraint(text: str) -> Type:
    """Return the type that a text states."""

    def plain(node: Expression) -> Data:
        assert isinstance(node, Literal)
        return node.value

    return constraints.constraint(parse.parse_expression(text, 0, Source("main.tf", text)), plain)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string", STRING),
        ('"string"', STRING),
        ("any", ANY),
        ("(number)", NUMBER),
        ("list", ListOf(ANY)),
        ('"map"', MapOf(ANY)),
        ("list(string)", ListOf(STRING)),
        ("set(list(any))", SetOf(ListOf(ANY))),
        ("map(object({ a = string }))", MapOf(ObjectOf({"a": Attribute(STRING)}))),
        ("tuple([string, bool])", TupleOf((STRING, BOOL))),
        ("object({})", ObjectOf({})),
        (
            "object({\n  a = optional(string)\n  b : bool\n})",
            ObjectOf({"a": Attribute(STRING, True), "b": Attribute(BOOL)}),
        ),
        ('object({ a = optional(string, "x") })', ObjectOf({"a": Attribute(STRING, True, "x")})),
        ('object({ "a" = number })', ObjectOf({"a": Attribute(NUMBER)})),
    ],
)
def test_types(text: str, expected: Type) -> None:
    assert constraint(text) == expected


@pytest.mark.parametrize(
    "text",
    ["strings", "list()", "list(string, string)", "string(1)", "5", "[string]", "{ a = string }", "tuple(string)",
     "object(string)", "optional(string)", "list(optional(string))", "var.type", "object({ (a) = string })"],
)  # fmt: skip
def test_what_is_no_type(text: str) -> None:
    with pytest.raises(TerraformError):
        constraint(text)
