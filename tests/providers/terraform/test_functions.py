"""Built-in functions answer as the terraform binary did when `record.py` asked it, and say what they do not know."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from providers.terraform.functions.partial import combine
from providers.terraform.functions.table import FUNCTIONS
from providers.terraform.types import normal
from providers.terraform.values import Data, TerraformError, Unknown, unknowns

RECORDED = json.loads((Path(__file__).parent / "recorded" / "functions.json").read_text())["answers"]

# What is known to differ, and why.
DIFFERENT = {
    'regex("\\\\p{Greek}+", "ab\\u03b3")': "scripts need tables that Python lacks: unknown here",
    'tonumber("1p4")': "Go's floats know binary exponents; nobody writes them",
    'rsadecrypt("x", "y")': "nothing is decrypted here: unknown instead of an error",
    'cidrhost("::ffff:10.0.0.0/120", 1)': "Terraform's own answer is wrong",
    'cidrsubnet("10.1.2.0/24", -1, 0)': "negative arguments give nonsense in Terraform: unknown here",
    'cidrsubnet("10.1.2.0/24", 2, -1)': "negative arguments give nonsense in Terraform: unknown here",
    'lookup(tomap({ a = 1 }), "c", "x")': "a map is an object here, which may mix types",
    'issensitive([sensitive("a")])': "the mark sits on strings, not on lists",
    'lookup(tomap({ a = "x" }), "c", 1)': "a map is an object here, which may mix types",
    'format("%v", null)': "a null without a type is an error in Terraform; one of a variable is not",
    'format("%#v", null)': "a null without a type is an error in Terraform; one of a variable is not",
    "coalesce(tostring(null), true, 1)": "a null has no type here",
    'timeadd("9999-12-31T23:59:59Z", "1h")': "Python's dates end with the year 9999: unknown here",
    'timeadd("0001-01-01T00:00:00Z", "-1h")': "Python's dates begin with the year 1: unknown here",
    'yamldecode("a: ! 5")': "libyaml hides the empty tag",
}
_TOKEN = re.compile(
    r'\s*(?:(?P<text>"(?:\\.|[^"\\])*")|(?P<number>-?[0-9][0-9.]*(?:e[+-]?[0-9]+)?)|(?P<name>\w+)|(?P<sign>\.\.\.|.))'
)


class Calls:
    """Evaluates nested calls with literal arguments: as much of HCL as the recorded list needs."""

    def __init__(self, text: str) -> None:
        self.tokens = [(match.lastgroup, match[match.lastgroup or 0]) for match in _TOKEN.finditer(text)]
        self.at = 0

    def next(self) -> tuple[str | None, str]:
        """Return the token here, and move behind it."""
        self.at += 1
        return self.tokens[self.at - 1]

    def takes(self, sign: str) -> bool:
        """Return whether a sign stands here, and move behind it."""
        found = self.at < len(self.tokens) and self.tokens[self.at] == ("sign", sign)
        self.at += found
        return found

    def value(self) -> Data:
        """Read one literal or call."""
        kind, text = self.next()
        if kind == "text":
            return unicodedata.normalize("NFC", str(json.loads(text.replace("$${", "${"))))
        if kind == "number":
            return normal(Decimal(text))
        if kind == "name" and self.takes("("):
            return self.call(text)
        if kind == "name":
            return {"true": True, "false": False, "null": None}[text]
        return self.items() if text == "[" else self.pairs()

    def items(self) -> list[Data]:
        """Read a list after its bracket."""
        found: list[Data] = []
        while not self.takes("]"):
            found.append(self.value())
            self.takes(",")
        return found

    def pairs(self) -> dict[str, Data]:
        """Read an object after its brace."""
        found: dict[str, Data] = {}
        while not self.takes("}"):
            kind, name = self.next()
            assert self.takes("=")
            found[json.loads(name) if kind == "text" else name] = self.value()
            self.takes(",")
        return found

    def call(self, name: str) -> Data:
        """Read the arguments of a function, and call it."""
        arguments: list[Data] = []
        while not self.takes(")"):
            arguments.append(self.value())
            if self.takes("..."):
                last = arguments.pop()
                assert isinstance(last, list)
                arguments += last
            self.takes(",")
        function = FUNCTIONS[name]
        if not function.partial and any(True for argument in arguments for _ in unknowns(argument)):
            return combine(*arguments)
        return function.call(*arguments)


def answer(expression: str) -> str | None:
    """Return the value of an expression as JSON, or None for an error, as the record has it."""
    try:
        value = FUNCTIONS["jsonencode"].call(Calls(expression).value())
    except TerraformError:
        return None
    return f"unknown: {value.reason}" if isinstance(value, Unknown) else str(value)


@pytest.mark.parametrize(
    "expression", [text for text in RECORDED if not text.startswith("[") and text not in DIFFERENT]
)
def test_as_terraform(expression: str) -> None:
    assert answer(expression) == RECORDED[expression]


@pytest.mark.parametrize("expression", DIFFERENT)
def test_difference_is_still_one(expression: str) -> None:
    assert answer(expression) != RECORDED[expression]
