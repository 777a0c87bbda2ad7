"""Built-in functions answer as the terraform binary did when `record.py` asked it, and say what they do not know."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import time
import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from checker.model import Target
from providers.terraform.functions.partial import combine, segments
from providers.terraform.functions.table import FUNCTIONS
from providers.terraform.types import normal
from providers.terraform.values import Data, Origin, TerraformError, Text, TfSet, Unknown, unknowns

RECORDED_FOLDER = Path(__file__).parent / "recorded"
RECORDED = json.loads((RECORDED_FOLDER / "functions.json").read_text())["answers"]

# What is known to differ, and why.
DIFFERENT = {
    'regex("\\\\p{Greek}+", "ab\\u03b3")': "scripts need tables that Python lacks: unknown here",
    'tonumber("1p4")': "Go's floats know binary exponents; nobody writes them",
    'rsadecrypt("x", "y")': "nothing is decrypted here: unknown instead of an error",
    'cidrhost("::ffff:10.0.0.0/120", 1)': "Terraform's own answer is wrong",
    'cidrsubnet("10.1.2.0/24", -1, 0)': "negative arguments give nonsense in Terraform: unknown here",
    'cidrsubnet("10.1.2.0/24", 2, -1)': "negative arguments give nonsense in Terraform: unknown here",
    'issensitive([sensitive("a")])': "the mark sits on strings, not on lists",
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


BUCKET = Target("aws_s3_bucket.data", "bucket")
KEY = Target("aws_kms_key.k", "arn")
UNKNOWN = Unknown("known after apply", expression="aws_s3_bucket.data.bucket", targets=(BUCKET,))
NAMED = Unknown("known after apply", expression="x", targets=(KEY,), pattern="logs.EU-${var.name}")


def call(name: str, *arguments: Data) -> Data:
    """Call a function by its name."""
    return FUNCTIONS[name].call(*arguments)


def unknown(value: Data) -> Unknown:
    """Return a value that must be unknown."""
    assert isinstance(value, Unknown)
    return value


PARTLY_KNOWN: list[tuple[str, tuple[Data, ...], Data]] = [
    ("merge", ({"a": UNKNOWN}, {"b": 1}), {"a": UNKNOWN, "b": 1}),
    ("concat", (["a"], [UNKNOWN]), ["a", UNKNOWN]),
    ("flatten", ([["a"], [UNKNOWN]],), ["a", UNKNOWN]),
    ("lookup", ({"a": UNKNOWN, "b": 1}, "b"), 1),
    ("lookup", ({"a": 1}, "b", UNKNOWN), UNKNOWN),
    ("element", (["a", UNKNOWN], 0), "a"),
    ("element", (["a", UNKNOWN], 3), UNKNOWN),
    ("keys", ({"b": UNKNOWN, "a": 1},), ["a", "b"]),
    ("values", ({"b": UNKNOWN, "a": 1},), [1, UNKNOWN]),
    ("length", ([UNKNOWN, UNKNOWN],), 2),
    ("length", ({"a": UNKNOWN},), 1),
    ("zipmap", (["a"], [UNKNOWN]), {"a": UNKNOWN}),
    ("contains", ([UNKNOWN, "a"], "a"), True),
    ("contains", ([NAMED], "us-east-1"), False),
    ("coalesce", (None, "a", UNKNOWN), "a"),
    ("coalesce", ("", NAMED, "b"), NAMED),
    ("coalescelist", ([UNKNOWN], ["b"]), [UNKNOWN]),
    ("compact", (["a", "", NAMED],), ["a", NAMED]),
    ("index", (["a", UNKNOWN], "a"), 0),
    ("one", ([UNKNOWN],), UNKNOWN),
    ("slice", ([UNKNOWN, "a", "b"], 1, 2), ["a"]),
    ("reverse", ([UNKNOWN, "a"],), ["a", UNKNOWN]),
    ("setproduct", (["a"], [UNKNOWN]), [["a", UNKNOWN]]),
    ("setunion", (["a"], [UNKNOWN]), ["a", UNKNOWN]),
    ("toset", (["b", UNKNOWN, "a"],), ["a", "b", UNKNOWN]),
    ("tolist", ([1, UNKNOWN],), [1, UNKNOWN]),
    ("tomap", ({"a": UNKNOWN},), {"a": UNKNOWN}),
    ("alltrue", ([UNKNOWN, False],), False),
    ("anytrue", ([UNKNOWN, True],), True),
    ("chunklist", ([UNKNOWN, "a"], 1), [[UNKNOWN], ["a"]]),
    ("length", (Unknown("r", alternatives=(["a"], ["b"])),), 1),
]


@pytest.mark.parametrize(("name", "arguments", "expected"), PARTLY_KNOWN)
def test_known_in_spite_of_unknown_parts(name: str, arguments: tuple[Data, ...], expected: Data) -> None:
    assert FUNCTIONS[name].partial
    assert call(name, *arguments) == expected


UNDECIDED: list[tuple[str, tuple[Data, ...]]] = [
    ("merge", (UNKNOWN, {"a": 1})),
    ("concat", (["a"], UNKNOWN)),
    ("flatten", ([["a"], UNKNOWN],)),
    ("lookup", (UNKNOWN, "a", "b")),
    ("lookup", ({"a": 1}, UNKNOWN)),
    ("element", (["a"], UNKNOWN)),
    ("keys", (UNKNOWN,)),
    ("length", (UNKNOWN,)),
    ("length", (TfSet(["a", UNKNOWN]),)),
    ("zipmap", ([UNKNOWN], ["a"])),
    ("contains", (["a", UNKNOWN], "b")),
    ("contains", (["a"], UNKNOWN)),
    ("coalesce", (UNKNOWN, "a")),
    ("coalescelist", (UNKNOWN, ["a"])),
    ("compact", (["a", UNKNOWN],)),
    ("distinct", (["a", UNKNOWN],)),
    ("index", ([UNKNOWN, "a"], "a")),
    ("slice", (["a"], 0, UNKNOWN)),
    ("alltrue", ([True, UNKNOWN],)),
    ("anytrue", ([False, UNKNOWN],)),
    ("matchkeys", (["a"], [UNKNOWN], ["x"])),
    ("join", ("-", ["a", UNKNOWN])),
    ("join", ("-", UNKNOWN)),
    ("format", ("%s", UNKNOWN)),
    ("format", (UNKNOWN, "a")),
    ("formatlist", ("%s", UNKNOWN)),
    ("jsonencode", ({"a": [UNKNOWN]},)),
    ("replace", ("a", UNKNOWN, "b")),
    ("lower", (UNKNOWN,)),
    ("trimspace", (UNKNOWN,)),
    ("tostring", (UNKNOWN,)),
]


@pytest.mark.parametrize(("name", "arguments"), UNDECIDED)
def test_unknown_results_keep_their_targets(name: str, arguments: tuple[Data, ...]) -> None:
    assert FUNCTIONS[name].partial
    assert unknown(call(name, *arguments)).targets == (BUCKET,)


def test_targets_of_all_arguments_once_in_order() -> None:
    assert unknown(call("join", "-", [UNKNOWN, NAMED, UNKNOWN])).targets == (BUCKET, KEY)


HOLE = "${aws_s3_bucket.data.bucket}"
PATTERNS: list[tuple[str, tuple[Data, ...], str | None]] = [
    ("format", ("arn:aws:s3:::%s/x", UNKNOWN), f"arn:aws:s3:::{HOLE}/x"),
    ("format", ("%s%%-%03d", NAMED, 7), "logs.EU-${var.name}%-007"),
    ("format", ("%q", NAMED), '"logs.EU-${var.name}"'),
    ("format", ("%s", Unknown("r")), "${…}"),
    ("format", ("n%05d", UNKNOWN), f"n{HOLE}"),
    ("join", ("/", ["a", UNKNOWN, NAMED]), f"a/{HOLE}/logs.EU-${{var.name}}"),
    ("join", ("/", ["a"], UNKNOWN), f"a/{HOLE}"),
    ("lower", (NAMED,), "logs.eu-${var.name}"),
    ("upper", (NAMED,), "LOGS.EU-${var.name}"),
    ("replace", (NAMED, ".", "-"), "logs-EU-${var.name}"),
    ("replace", (NAMED, "EU", "US"), None),
    ("replace", (NAMED, "/[.]/", "-"), None),
    ("trimspace", (Unknown("r", pattern="  a ${x} b "),), "a ${x} b"),
    ("jsonencode", ({"a": UNKNOWN, "b": [NAMED, "<"]},), f'{{"a":{HOLE},"b":["logs.EU-${{var.name}}","\\u003c"]}}'),
]


@pytest.mark.parametrize(("name", "arguments", "pattern"), PATTERNS)
def test_patterns_keep_the_known_text(name: str, arguments: tuple[Data, ...], pattern: str | None) -> None:
    assert unknown(call(name, *arguments)).pattern == pattern


def test_choices_are_alternatives() -> None:
    assert unknown(call("element", ["a", "b"], UNKNOWN)).alternatives == ("a", "b")
    assert unknown(call("lookup", {"x": "a"}, UNKNOWN, "b")).alternatives == ("a", "b")
    assert unknown(call("element", ["a", UNKNOWN], NAMED)).alternatives == ()
    arms = Unknown("r", targets=(KEY,), alternatives=({"a": 1}, {}))
    assert unknown(call("merge", arms, {"b": 2})).alternatives == ({"a": 1, "b": 2}, {"b": 2})
    region = Unknown("r", targets=(KEY,), alternatives=("EU-WEST-1", "US-EAST-1"))
    assert unknown(call("lower", region)).alternatives == ("eu-west-1", "us-east-1")
    assert unknown(call("lower", region)).targets == (KEY,)
    assert unknown(call("format", "%s-a", region)).alternatives == ("EU-WEST-1-a", "US-EAST-1-a")
    assert unknown(call("split", "-", region)).alternatives == (["EU", "WEST", "1"], ["US", "EAST", "1"])
    assert unknown(call("lookup", {"EU-WEST-1": 1}, region, 2)).alternatives == (1, 2)
    assert call("substr", region, 2, 1) == "-"
    assert unknown(call("regex", "^EU", region)).alternatives == ()
    assert unknown(call("join", region, ["a", UNKNOWN])).alternatives == ()


def test_nested_holes_are_one_unknown_part() -> None:
    assert list(segments('a${f({x = "b"})}c${d')) == [
        ("a", True),
        ('${f({x = "b"})}', False),
        ("c", True),
        ("${d", False),
    ]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("merge", ({}, {"k": "TEXT"})),
        ("lookup", ({"k": "TEXT"}, "k")),
        ("element", (["TEXT"], 0)),
        ("flatten", ([[["TEXT"]]],)),
        ("concat", ([], ["TEXT"])),
        ("values", ({"k": "TEXT"},)),
        ("coalesce", (None, "TEXT")),
        ("distinct", (["TEXT", "TEXT"],)),
        ("compact", (["", "TEXT"],)),
        ("toset", (["TEXT"],)),
        ("setunion", (["TEXT"], [])),
        ("sort", (["TEXT"],)),
        ("tostring", ("TEXT",)),
        ("one", (["TEXT"],)),
        ("zipmap", (["k"], ["TEXT"])),
        ("chunklist", (["TEXT"], 1)),
        ("setproduct", (["TEXT"], ["x"])),
    ],
)
def test_elements_stay_the_same_objects(name: str, arguments: tuple[Data, ...]) -> None:
    text = Text("eu-west-1", Origin("var.region", None, 0))

    def placed(value: Data) -> Data:
        if isinstance(value, list):
            return [placed(item) for item in value]
        if isinstance(value, dict):
            return {key: placed(item) for key, item in value.items()}
        return text if value == "TEXT" else value

    def leaves(value: Data) -> list[Data]:
        items = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else None
        return [value] if items is None else [leaf for item in items for leaf in leaves(item)]

    assert any(leaf is text for leaf in leaves(call(name, *map(placed, arguments))))


@pytest.mark.parametrize("name", ["timestamp", "plantimestamp", "uuid"])
def test_the_clock_and_chance_are_unknown(name: str) -> None:
    assert unknown(call(name)).reason


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("bcrypt", ("x",)),
        ("bcrypt", ("x", 5)),
        ("rsadecrypt", ("x", "y")),
        ("abspath", ("x",)),
        ("pathexpand", ("~/x",)),
        ("base64gzip", ("x",)),
    ],
)
def test_what_depends_on_the_machine_is_unknown(name: str, arguments: tuple[Data, ...]) -> None:
    assert unknown(call(name, *arguments)).reason


BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{key}: &{key} [{','.join([f'*{chr(ord(key) - 1)}'] * 9)}]\n" for key in "bcdefgh"
)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("regex", ("(a|aa)+$", "a" * 200_000 + "b")),
        ("regex", ("(((((a{1,9}){1,9}){1,9})))" * 40, "a" * 500)),
        ("regexall", ("(.*)(.*)(.*)(.*)x", "a" * 200_000)),
        ("regex", ("(" * 200 + ")" * 200, "a")),
        ("replace", ("a" * 5_000, "a", "b" * 5_000)),
        ("replace", ("a" * 3_000, "/a/", "b" * 5_000)),
        ("format", ("%999999999d", 1)),
        ("format", ("%" + "9" * 5_000 + "d", 1)),
        ("join", ("", ["a" * 600_000] * 2)),
        ("concat", (["a"] * 60_000, ["b"] * 60_000)),
        ("indent", (999_999_999, "a\nb")),
        ("setproduct", (list("abcdefghij"),) * 9),
        ("yamldecode", (BOMB,)),
        ("yamldecode", ("[" * 5_000 + "]" * 5_000,)),
        ("yamldecode", ("[" * 200 + "]" * 200,)),
        ("jsondecode", ("[" * 100_000 + "]" * 100_000,)),
        ("jsondecode", ('{"a":' * 200 + "1" + "}" * 200,)),
        ("regex", ("(a)" * 200, "a" * 200)),
        ("cidrsubnets", ("10.0.0.0/8", *[16] * 2_000)),
    ],
)
def test_explosions_are_bounded_and_unknown(name: str, arguments: tuple[Data, ...]) -> None:
    """They are no `TerraformError`, which `try` would take for an answer."""
    start = time.process_time()
    assert unknown(call(name, *arguments)).reason
    assert time.process_time() - start < 10


def test_regular_expressions_take_linear_time() -> None:
    with pytest.raises(TerraformError):
        call("regex", "(a+)+$", "a" * 500 + "b")
    assert call("regexall", "(.*)(.*)(.*)(.*)x", "a" * 5_000) == []


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("range", (0, 10**9)),
        ("jsondecode", ("1e999999999",)),
        ("yamldecode", ("1e999999999",)),
        ("tonumber", ("9" * 100_000,)),
        ("sum", ([Decimal("9e99999999"), Decimal("9e99999999")],)),
        ("format", ("%f", Decimal("1e99999999"))),
    ],
)
def test_hostile_arguments_are_errors(name: str, arguments: tuple[Data, ...]) -> None:
    with pytest.raises(TerraformError):
        call(name, *arguments)


def test_sensitive_marks_strings() -> None:
    marked = call("sensitive", {"a": ["x"], "b": 1})
    assert call("issensitive", marked) is False
    assert call("issensitive", call("lookup", marked, "a")) is True
    assert call("issensitive", call("nonsensitive", "x")) is False


def test_every_function_of_terraform_is_here_or_in_the_evaluator() -> None:
    evaluated = "file fileexists fileset filebase64 filemd5 filesha1 filesha256 filesha512 filebase64sha256 "
    evaluated += "filebase64sha512 templatefile templatestring try can"
    assert not FUNCTIONS.keys() & set(evaluated.split())
    assert len(FUNCTIONS) + len(evaluated.split()) == 118


def test_the_table_loads_no_family() -> None:
    code = (
        "import sys; import providers.terraform.functions.table; "
        "print([m for m in sys.modules if m.startswith('providers.terraform.functions.')])"
    )
    root = Path(__file__).parents[3]
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
    names = [name.rpartition(".")[2] for name in ast.literal_eval(found)]
    assert sorted(names) == ["partial", "table"]


def test_the_record_answers_the_list() -> None:
    lines = (RECORDED_FOLDER / "functions.txt").read_text().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == list(RECORDED)


def test_every_function_is_recorded() -> None:
    """But for those whose answer differs from run to run, or from machine to machine."""
    machine = {"abspath", "base64gzip", "bcrypt", "plantimestamp", "timestamp", "uuid"}
    assert {name for name in FUNCTIONS if not any(f"{name}(" in text for text in RECORDED)} == machine
