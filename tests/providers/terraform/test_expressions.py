"""Every recorded expression, parsed and evaluated as part of a module, gives what the terraform binary answered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.formats import Options, listing
from providers.terraform.format import open_roots
from providers.terraform.instances import ModuleInstance
from providers.terraform.values import Unknown

RECORDED = Path(__file__).parent / "recorded"
LISTS = {name: json.loads((RECORDED / f"{name}.json").read_text()) for name in ("expressions", "functions")}

# What is known to differ, by reason.
DIFFERENT: dict[str, tuple[str, ...]] = {
    "Terraform counts in 512-bit binary fractions, this in decimal ones": (
        "1 / 3",
        "1.1 + 2.2",
        "1 / 3 * 3",
        "1 / 3 * 3 == 1",
        '"${1 / 3}"',
    ),
    "an infinite number is unknown here": (
        "5 / 0",
        'try(1 / 0, "div")',
        "can(1 / 0)",
        "1 / 0 > 5",
    ),
    "python-hcl2 does not read it: the block is named as not parsed": (
        "--5",
        "!!true",
        "local.list\n[0]",
        "{ größe = 1 }",
        "{ größe = 1 }.größe",
        "<<é\na\né",
        'core::upper("a")',
        "core::max(1, 2)",
        "[1\n-1]",
        "1\n-1",
        "(1\n-1)",
    ),
    "Terraform refuses to read it; what it means is plain": (
        "{a = 1 b = 2}",
        "{\n a = 1 +\n 1\n}",
        "local.nested.0.1",
        "[[[1]]].0.0.0",
        '"\\q"',
        '"\\/"',
        '"\\$"',
        '"\\${x}"',
        '"\\u12"',
        "{ local.s = 1 }",
        "{ for = 1 }",
        "{ for = 1, if = 2 }",
    ),
    "Terraform 1.12 looks at the right side only where the left leaves it open": (
        "false && null",
        "true || null",
        "false && 5",
        "false && local.nothing.x",
        'false && tobool("x")',
        'false && tonumber("x") > 1',
        'true || tobool("x")',
    ),
    "a string is chosen without a look at the other arm": (
        'true ? "a" : ["a"]',
        'true ? "a" : [1]',
        'true ? "a" : {}',
        "true ? 1 : local.missing.x",
    ),
    "an empty list or map does not say what it would hold: unknown here": (
        'fileset(".", "*.nothing") == toset([])',
        "tolist([]) == slice(tolist([1]), 0, 0)",
        "toset([]) == setsubtract([1], [1])",
        "(true ? {} : { b = 2 }) == tomap({})",
        "(false ? tolist([1]) : []) == tolist([])",
        "tolist([]) == tolist([])",
        "tomap({}) == tomap({})",
    ),
    "a null has no type here": (
        "tolist([null]) == tolist([tostring(null)])",
        'format("%v", null)',
        'format("%#v", null)',
        "coalesce(tostring(null), true, 1)",
    ),
    "Terraform refuses the whole configuration; here what is not declared is unknown": (
        "local.n-1",
        "local.missing",
        'try(local.missing, "d")',
        "nosuch(1)",
        "provider::aws::x(1)",
        "can(nosuch(1))",
        "type(1)",
        "terraform.nosuch",
        "each.key",
        "count.index",
        "self.x",
        "var.undeclared",
        "data.x.y.z",
        "nosuch_thing.x.y",
        "local",
        "var",
        "module.x",
        "{ a.b = 1 }",
    ),
    "Python's dates span the years 1 to 9999: unknown here": (
        'timeadd("0001-01-01T00:00:00Z", "-1h")',
        'timeadd("9999-12-31T23:59:59Z", "1h")',
    ),
    "Terraform's own answer is wrong": (
        'cidrhost("::ffff:10.0.0.0/120", 1)',
        'cidrsubnet("10.1.2.0/24", -1, 0)',
        'cidrsubnet("10.1.2.0/24", 2, -1)',
    ),
    "nothing is decrypted here: unknown": ('rsadecrypt("x", "y")',),
    "scripts need tables that Python lacks: unknown here": ('regex("\\\\p{Greek}+", "ab\\u03b3")',),
    "binary exponents, which nobody writes": ('tonumber("1p4")',),
    "the mark of what is sensitive sits on strings, not on lists": ('issensitive([sensitive("a")])',),
    "libyaml hides the empty tag": ('yamldecode("a: ! 5")',),
}


def module_of(folder: Path, expressions: list[str], locals_text: str) -> ModuleInstance:
    """Return a module with an output for each expression, in a file of its own: a broken one breaks no other."""
    (folder / "locals.tf").write_text(f"locals {{\n{locals_text}\n}}\n", newline="")
    for number, expression in enumerate(expressions):
        # The same words that record.py asked Terraform with.
        value = f'try(jsonencode(nonsensitive({expression}\n)), "error")'
        text = f'output "e{number}" {{\n  sensitive = true\n  value = {value}\n}}\n'
        (folder / f"e{number}.tf").write_text(text, newline="")
    roots, _, _ = open_roots(listing([folder]), Options(), folder)
    list(roots[0].blocks(lambda mode, type: False))
    assert roots[0]._module is not None
    return roots[0]._module


def answer(module: ModuleInstance, number: int) -> str | None:
    """Return the answer to an expression as the record has it, or a text no record holds when it is not known."""
    if f"e{number}" not in module.folder.outputs:
        return None  # not HCL
    value = module.output(f"e{number}")
    if isinstance(value, Unknown):
        return None if value.reason == 'output "e' + f'{number}" cannot be read' else f"unknown: {value.reason}"
    return None if value == "error" else str(value)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str | None]:
    """Our answers to all recorded expressions."""
    found: dict[str, str | None] = {}
    for name, recorded in LISTS.items():
        expressions = list(recorded["answers"])
        module = module_of(tmp_path_factory.mktemp(name), expressions, recorded["locals"])
        found |= {f"{name}: {text}": answer(module, number) for number, text in enumerate(expressions)}
    return found


TERRAFORM = {f"{name}: {text}": said for name, recorded in LISTS.items() for text, said in recorded["answers"].items()}
KNOWN = {text for texts in DIFFERENT.values() for text in texts}


def differs(expression: str) -> bool:
    """Return whether an expression, with the name of its list, is one of those that are known to differ."""
    return expression.partition(": ")[2] in KNOWN


@pytest.mark.parametrize("expression", [text for text in TERRAFORM if not differs(text)])
def test_as_terraform(expression: str, answers: dict[str, str | None]) -> None:
    assert answers[expression] == TERRAFORM[expression]


@pytest.mark.parametrize("expression", [text for text in TERRAFORM if differs(text)])
def test_difference_is_still_one(expression: str, answers: dict[str, str | None]) -> None:
    assert answers[expression] != TERRAFORM[expression]


def test_every_difference_is_about_a_recorded_expression() -> None:
    assert {text.partition(": ")[2] for text in TERRAFORM} >= KNOWN


def test_the_record_answers_its_list() -> None:
    asked = json.loads((RECORDED / "expressions-list.json").read_text())
    assert sorted(LISTS["expressions"]["answers"]) == sorted(asked["expressions"])
    assert LISTS["expressions"]["locals"] == asked["locals"]
