"""Generated expressions: Terraform's answer where its binary is on the path, and no surprise without it."""

from __future__ import annotations

import functools
import importlib.util
import re
import shutil
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from checker.source import Source, SyntaxProblem
from providers.terraform import parse
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.syntax import Attr, Traverser
from providers.terraform.values import Data, TerraformError, Unknown

LOCALS: dict[str, str] = {
    "n": "5",
    "s": '"str"',
    "nothing": "null",
    "list": '["x", "y"]',
    "typed": 'tolist(["b", "a"])',
    "set": "toset([2, 1])",
    "map": 'tomap({ a = "1", b = "x" })',
    "object": '{ a = 1, b = "x", c = [1, { a = 2 }] }',
    "objects": '[{ a = 1, b = "x" }, { a = 2, b = "y" }]',
}
COUNT = 1000
SEEN = settings(
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    max_examples=COUNT,
    suppress_health_check=list(HealthCheck),
)

ATOMS = {
    "number": ["0", "1", "2", "-1", "10", "1.5", "0.25", "1e3", "local.n", "local.object.c[0]", '"7"'],
    "text": [
        '""',
        '"a"',
        '"b"',
        '"1"',
        '"x y"',
        '"ä\\n"',
        '"$${a}"',
        "local.s",
        "local.map.b",
        'local.object["b"]',
        "3",
    ],
    "flag": ["true", "false", '"true"', "local.nothing == null", "can(local.object.d)"],
    "items": ["[]", "local.list", "local.typed", "local.set", "local.objects[*].a", "local.objects", "local.object.c"],
    "mapping": ["{}", "local.map", "local.object", "local.objects[0]", "{ b = 1 }"],
    "any": ["null", "local.nothing", "local.object.d"],
}
# Patterns of bigger expressions; <number> and so on stand for an expression of that kind.
GROWN = {
    "number": """(<number> + <number>); (<number> - <number>); (<number> * <number>); (<number> % <number>); -(<number>)
        ; length(<items>); length(<text>); sum(<items>); max(<number>, <number>); tonumber(<text>); length(<mapping>)
        ; (<flag> ? <number> : <number>); [<any>, <number>][1]; lookup(<mapping>, "a", <number>)
        ; (<items>)[<number>]""",
    "text": """"x${<text>}-${<number>}"; "${<any>}"; "%{ for x in <items> ~} ${x} %{ endfor }"; upper(<text>)
        ; "%{ if <flag> }a%{ else }${<text>}%{ endif }"; tostring(<number>); join(",", <items>); jsonencode(<any>)
        ; format("%s-%s", <text>, <text>); coalesce(<text>, <text>); (<flag> ? <text> : <number>); try(<any>.a, <text>)
        ; "a ${~ <text> ~} b"; element(<items>, <number>); (<mapping>).a""",
    "flag": """(<any> == <any>); (<number> < <number>); (<number> >= <number>); !(<flag>); (<text> != <text>)
        ; (<items> == <items>); (<mapping> == <mapping>); contains(<items>, <any>); can(<any>[0]); (<flag> && <flag>)
        ; (<flag> || <flag>); tobool(<text>)""",
    "items": """[<any>, <any>]; [<text>]; [for x in <items> : x]; [for i, x in <items> : [i, <any>]]; keys(<mapping>)
        ; [for k, v in <mapping> : "${k}${jsonencode(v)}"]; [for x in <items> : x if x != <any>]; (<items>)[*]
        ; (<any>)[*]; (<items>)[*].a; (<items>).*.a; values(<mapping>); tolist(<items>); toset(<items>); sort(<items>)
        ; concat(<items>, <items>); flatten([<items>, <items>]); distinct(<items>); compact(<items>); reverse(<items>)
        ; (<flag> ? <items> : <items>); try(<items>[0].c, <items>); setunion(<items>, <items>); slice(<items>, 0, 1)
        ; jsondecode(jsonencode(<items>)); concat([<items>, <items>]...); coalescelist(<items>, <items>)""",
    "mapping": """{ a = <any>, b = <any> }; { (<text>) = <any> }; { for k, v in <mapping> : k => v }; tomap(<mapping>)
        ; { for x in <items> : x => <any>... }; { for i, x in <items> : "k${i}" => x }; merge(<mapping>, <mapping>)
        ; (<flag> ? <mapping> : <mapping>); { a = <number> }; try(<any>.c, <mapping>)
        ; zipmap(["a", "b"], [<any>, <any>]); merge([<mapping>, <mapping>]...); jsondecode(jsonencode(<mapping>))""",
}
KINDS = tuple(GROWN)


@st.composite
def expressions(draw: st.DrawFn, kind: str = "any", depth: int = 3) -> str:
    """Draw an expression that is mostly of a kind; some are of another, so that there are errors too."""
    if kind == "any" or draw(st.integers(0, 19)) == 0:
        kind = draw(st.sampled_from((*KINDS, "any")))
    if depth == 0 or kind == "any":
        return draw(st.sampled_from(ATOMS[kind]))
    pattern = draw(st.sampled_from(GROWN[kind].split(";"))).strip()
    return re.sub("<([a-z]+)>", lambda part: draw(expressions(part[1], depth - 1)), pattern)


EXPRESSIONS = expressions()


class Locals:
    """A module that has nothing but local values."""

    functions: Collection[str] = ()

    def __init__(self) -> None:
        self.steps = 0

    def resolve(self, root: str, steps: tuple[Traverser, ...], scope: Scope) -> tuple[Data, int]:
        """Return a local value."""
        assert root == "local"
        assert isinstance(steps[0], Attr)
        return value(LOCALS[steps[0].name]), 1

    def file_function(self, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
        """Return what a file holds: there is none."""
        raise TerraformError("there is no file")

    def spend(self, amount: int = 1) -> None:
        """Count the steps."""
        self.steps += amount


def value(text: str) -> Data:
    """Return the value of an expression."""
    source = Source("main.tf", text)
    return evaluate(parse.parse_expression(text, 0, source), Scope(Locals(), {}, source))


def answer(expression: str) -> str | None:
    """Return the value as JSON, None for an error, and "unknown" for what is left open."""
    try:
        found = value(f"jsonencode({expression})")
    except TerraformError:
        return None
    return "unknown" if isinstance(found, Unknown) else str(found)


@functools.cache
def generated() -> list[str]:
    """Return the same expressions every time."""
    found: dict[str, None] = {}

    @SEEN
    @given(EXPRESSIONS)
    def collect(expression: str) -> None:
        found.setdefault(expression)

    collect()
    return list(found)


def _recorder() -> Any:
    spec = importlib.util.spec_from_file_location("record", Path(__file__).with_name("record.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def lenient(expression: str) -> bool:
    """Return whether an expression holds what Terraform 1.11 refuses and we do not, or the other way round.

    That is an error on the side of `&&`, `||` or `?` that decides nothing; `try` and `can` carry it further.
    """
    return any(sign in expression for sign in ("&&", "||", "?"))


@pytest.mark.skipif(shutil.which("terraform") is None, reason="no terraform binary on the path")
def test_terraform_gives_the_same_answers() -> None:
    locals_text = "\n".join(f"{name} = {text}" for name, text in LOCALS.items())
    said = _recorder().ask(generated(), locals_text)
    ours = {expression: answer(expression) for expression in generated()}
    wrong = {
        expression: (said[expression], found)
        for expression, found in ours.items()
        if found not in (said[expression], "unknown")
        and not (lenient(expression) and (None in (said[expression], found) or re.search("try|can", expression)))
    }
    assert not wrong
    assert sum(found == "unknown" for found in ours.values()) < len(ours) / 50
    assert sum(found is not None for found in ours.values()) > len(ours) / 3


@SEEN
@given(EXPRESSIONS)
def test_a_valid_expression_has_a_value_or_an_error_in_bounded_time(expression: str) -> None:
    start = time.process_time()
    answer(expression)
    assert time.process_time() - start < 2


PIECES = [
    "else",
    "endif",
    "if",
    "for",
    "in",
    "<<E\n",
    "E\n",
    "\n",
    "[*]",
    "=>",
    "...",
    "//",
    "/*",
    "*/",
    "${",
    "%{",
    "$${",
]
PIECES += list('"{}[]()a1.*=~#\\?:-! é')


@SEEN
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_any_text_is_an_expression_or_a_syntax_problem(text: str) -> None:
    source = Source("main.tf", text)
    offsets: list[int] = []
    for read in (parse.parse_expression, parse.parse_template, parse.parse_body):
        try:
            read(text, 0, source)
        except SyntaxProblem as problem:
            offsets.append(problem.offset)
    assert all(0 <= offset <= len(text) + 1 for offset in offsets)
