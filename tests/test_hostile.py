"""A stranger's code against the whole check: it ends in bounded time and memory, runs nothing and loses nothing else.

Each case is a tree made in a temporary folder, with a good neighbour in it that must still be judged. The check runs in
a process of its own, with a time limit and 1 GiB of memory, as a person would start it.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest

HOME = Path(__file__).resolve().parent.parent
# -P keeps the checked folder off the path, as the console script does.
ENTRY = f"import sys; sys.path.insert(0, {str(HOME)!r}); from checker.cli import main; main()"
SECONDS = 60
MEMORY = 1024 * 1024 * 1024

GOOD = """
resource "azurerm_cognitive_account" "good" {
  name     = "good"
  location = "eastus"
  kind     = "OpenAI"
}
"""
# What asks for the hostile value: without a reader nothing is evaluated.
ASKS = 'resource "azurerm_cognitive_account" "bad" {\n  kind     = "OpenAI"\n  location = %s\n}\n'

Files = dict[str, str | bytes]


class Checked(NamedTuple):
    """What a check said."""

    code: int
    out: str
    report: dict[str, Any]

    @property
    def verdicts(self) -> dict[str, str]:
        """Verdict by address."""
        return {item["address"]: item["verdict"] for item in self.report["resources"] if "verdict" in item}

    @property
    def gaps(self) -> str:
        """What was not read, as one text."""
        return "\n".join(f"{gap['what']}: {gap['why']}" for gap in self.report["gaps"])

    def reason(self, address: str = "azurerm_cognitive_account.bad") -> str:
        """Why the places of a resource are what they are."""
        found = [item for item in self.report["resources"] if item["address"] == address]
        assert found, f"{address} is not in {list(self.verdicts)}"
        return "; ".join(place["reason"] for place in found[0]["places"])


def write(folder: Path, files: Files) -> None:
    """Write a tree."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def run(folder: Path, *args: str) -> Checked:
    """Check a folder within the bounds; nothing that looks like a crash may be printed anywhere."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    done = subprocess.run(
        [sys.executable, "-P", "-c", ENTRY, "check", "-f", "json", "--report", "text=../report.txt", *args],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        preexec_fn=bound,  # a limit of memory can only be set there, and nothing here has threads
    )
    text = folder.parent / "report.txt"
    shown = text.read_text(encoding="utf-8") if text.exists() else ""
    for stream in (done.stderr, shown):
        assert "Traceback" not in stream, stream[-3000:]
        assert "internal error" not in stream, stream
    assert done.returncode in (0, 1, 3), (done.returncode, done.stderr[-2000:])
    return Checked(done.returncode, shown, json.loads(done.stdout))


def check(tmp_path: Path, files: Files, *args: str) -> Checked:
    """Check a tree of files with the good neighbour beside them; the neighbour must be judged whatever happens."""
    folder = tmp_path / "tree"
    write(folder, {"good.tf": GOOD, **files})
    checked = run(folder, *args)
    assert checked.verdicts["azurerm_cognitive_account.good"] == "outside"
    return checked


def nested(opening: str, closing: str, depth: int, inner: str = '"eastus"') -> str:
    """Return something inside itself."""
    return opening * depth + inner + closing * depth


# --- one value that explodes: unknown, and named

DOUBLED = "\n".join(f'  s{i} = "${{local.s{i - 1}}}${{local.s{i - 1}}}"' for i in range(1, 61))
LISTED = "\n".join(f"  l{i} = concat(local.l{i - 1}, local.l{i - 1})" for i in range(1, 61))
PAIRED = "\n".join(f"  l{i} = [local.l{i - 1}, local.l{i - 1}]" for i in range(1, 61))
JOINED = "\n".join(f'  s{i} = join("", [local.s{i - 1}, local.s{i - 1}])' for i in range(1, 61))
FORS = "\n".join(f"  l{i} = [for x in local.l0 : local.l{i - 1}]" for i in range(1, 30))
OBJECTS = "\n".join(f"  o{i} = {{ a = local.o{i - 1}, b = merge(local.o{i - 1}, {{}}) }}" for i in range(1, 61))
REASONS = "\n".join(f'  r{i} = local.r{i - 1} == "x" ? "a${{local.r{i - 1}}}" : "b"' for i in range(1, 301))
CHOICES = "\n".join(
    f'  r{i} = data.external.x.result.c ? "${{local.r{i - 1}}}a" : "${{local.r{i - 1}}}b"' for i in range(1, 61)
)
CHAIN = "\n".join(f"  c{i} = local.c{i + 1}" for i in range(10_000))
LAUGHS = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

VALUES = {
    "nested parentheses": (nested("(", ")", 5000), ""),
    "nested lists": (nested("[", "]", 10_000), ""),
    "nested objects": (nested("{a=", "}", 5000), ""),
    "nested templates": (nested('"${', '}"', 5000), ""),
    "nested calls": (nested("upper(", ")", 5000), ""),
    "nested conditionals": (nested("true ? ", ' : "x"', 3000), ""),
    "nested indexes": (nested("local.m[", "]", 3000), "m = {}"),
    "nested fors": (nested("[for x in ", " : x]", 3000, "[]"), ""),
    "a long sum": (" + ".join(["1"] * 20_000), ""),
    "a long negation": ("!" * 20_000 + "true", ""),
    "a long traversal": ("local.x" + ".a" * 20_000, "x = {}"),
    "a long list of indexes": ("local.x" + "[0]" * 20_000, "x = []"),
    "a template of many parts": ('"' + "${local.x}" * 20_000 + '"', 'x = "x"'),
    "nested directives": ('"' + "%{ if true }" * 2000 + "x" + "%{ endif }" * 2000 + '"', ""),
    "nested heredocs": ("<<A\n" + "${<<A\n" * 300 + "A\n}\n" * 300 + "A\n", ""),
    "a chain of locals": ("local.c0", CHAIN + '\n  c10000 = "eastus"'),
    "a circle of locals": ("local.a", "a = local.b\n b = local.c\n c = local.a"),
    "a local of itself": ("local.a", 'a = "x${local.a}"'),
    "a circle in a list": ("local.a[0]", "a = [local.b]\n b = [local.a]"),
    "doubled strings": ("local.s60", f's0 = "xxxxxxxx"\n{DOUBLED}'),
    "doubled empty strings": ("local.s60", f's0 = "${{local.e}}"\n e = ""\n{DOUBLED}'),
    "doubled strings that are not known": ("local.s60", f"s0 = data.external.x.result.a\n{DOUBLED}"),
    "doubled lists of what is not known": ("local.l60[0]", f"l0 = [data.external.x.result.a]\n{PAIRED}"),
    "doubled objects": ("jsonencode(local.o60)", "o0 = {}\n" + OBJECTS),
    "reasons that grow": ("local.r300", f"r0 = data.external.x.result.a\n{REASONS}"),
    "choices that double": ("local.r60", f"r0 = data.external.x.result.a\n{CHOICES}"),
    "joined strings": ("local.s60", f's0 = "xxxxxxxx"\n{JOINED}'),
    "doubled lists": ("local.l60[0]", f'l0 = ["x"]\n{LISTED}'),
    "doubled lists, encoded": ("jsonencode(local.l60)", f'l0 = ["x"]\n{LISTED}'),
    "lists of lists": ("jsonencode(local.l60)", f'l0 = ["x"]\n{PAIRED}'),
    "lists of lists, compared": ("local.l60 == local.l59 ? 1 : 2", f'l0 = ["x"]\n{PAIRED}'),
    "lists of lists, flattened": ("flatten(local.l60)[0]", f'l0 = ["x"]\n{PAIRED}'),
    "lists of lists, in a set": ("tolist(toset(local.l60))[0]", f'l0 = ["x"]\n{PAIRED}'),
    "lists of lists, as they are": ("local.l60", f'l0 = ["x"]\n{PAIRED}'),
    "fors over fors": ("flatten(local.l29)[0]", f"l0 = range(1000)\n{FORS}"),
    "fors in fors": ("[for a in range(1024) : [for b in range(1024) : [for c in range(1024) : c]]][0]", ""),
    "a large range": ('join(",", range(1000000000))', ""),
    "products": ("setproduct(" + ", ".join(["range(1000)"] * 10) + ")[0]", ""),
    "a wide format": ('format("%1000000000s", "x")', ""),
    "a precise format": ('format("%.1000000000f", 1)', ""),
    "a wide format from an argument": ('format("%*d", 1000000000, 1)', ""),
    "many formats": ('formatlist("%1000000s", range(1000))[0]', ""),
    "repeated padding": ('strrev(join("", [for i in range(1000) : format("%1000000s", "x")]))', ""),
    "replace that grows": ('replace(replace(local.s, "x", local.s), "x", local.s)', f's = "{"x" * 2000}"'),
    "indented text": ('indent(1000000000, "a\\nb")', ""),
    "a power": ("pow(10, 1e9)", ""),
    "a power of powers": ("pow(pow(10, 1000), pow(10, 1000))", ""),
    "products of products": (
        "local.n40",
        "n0 = 99999999\n" + "\n".join(f"n{i} = local.n{i - 1} * local.n{i - 1}" for i in range(1, 41)),
    ),
    "a long number": ("9" * 1_000_000, ""),
    "a long fraction": ("0." + "9" * 1_000_000, ""),
    "a large exponent": ("1e999999999", ""),
    "a large exponent, made small": ("floor(1e999999999 / 1e999999998)", ""),
    "a large exponent, printed": ('"${1e999999999}"', ""),
    "a small exponent, printed": ('"${1e-999999999}"', ""),
    "an exponent without end": ("1e" + "9" * 5000, ""),
    "a number in text": (f'tonumber("{"9" * 1_000_000}")', ""),
    "an exponent in text": ('tonumber("1e999999999") + 1', ""),
    "parsed integers": (f'parseint("{"z" * 100_000}", 36)', ""),
    "a remainder": ("1e999999999 % 7", ""),
    "a regular expression": (f'regex("(a+)+$", "{"a" * 5000}b")', ""),
    "a regular expression, repeated": (f'regexall("((a{{1,1000}}){{1,1000}}){{1,1000}}", "{"a" * 5000}b")', ""),
    "a regular expression that replaces": (f'replace("{"a" * 5000}", "/(a|aa)+$/", "x")', ""),
    "a regular expression of many groups": (f'regex("{"(" * 5000 + "a" + ")" * 5000}", "a")', ""),
    "YAML that multiplies": ("yamldecode(local.y).i", f"y = <<-Y\n{LAUGHS}Y"),
    "YAML that contains itself": ('yamldecode("&a [*a]")[0]', ""),
    "YAML nested deep": (f'yamldecode("{"[" * 20_000}")', ""),
    "YAML with a tag": ('yamldecode("!!python/object/apply:os.system [touch ran]")', ""),
    "JSON nested deep": (f'jsondecode("{"[" * 100_000}")', ""),
    "base64 of gzip": ('base64gzip(join("", range(1000)))', ""),
    "a network of addresses": ('cidrsubnets("10.0.0.0/8", 24, 24, 24)[0]', ""),
    "subnets": ('cidrhost("::/0", 1e30)', ""),
    "a slow hash": ('bcrypt("x", 31)', ""),
    "a timestamp": ('timeadd("2020-01-01T00:00:00Z", "999999999999h")', ""),
    "chunks": ("chunklist(range(1000), 0.0000001)", ""),
    "a file of the machine": ('file("/etc/passwd")', ""),
    "a file above the tree": ('file("../../secret")', ""),
    "a file of the home folder": ('file(pathexpand("~/.ssh/id_rsa"))', ""),
    "a device": ('file("/dev/zero")', ""),
    "all files": ('tolist(fileset("/", "**"))[0]', ""),
    "all files above": ('tolist(fileset("../../../..", "**"))[0]', ""),
    "a slow file pattern": (f'tolist(fileset(".", "{"**/" * 30}x"))[0]', ""),
    "a file name with a null byte": ('file("a\\u0000b")', ""),
    "a file name that is long": (f'file("{"a" * 100_000}")', ""),
    "a template that includes itself": ('templatefile("self.tpl", {})', ""),
    "a template string of itself": ('templatestring("$${templatestring(x, {x = x})}", {x = "y"})', ""),
    "a template that loops": ('templatefile("loop.tpl", {l = range(1024)})', ""),
    "a large heredoc": ("<<E\n" + "x" * 79 + "\n" + ("y" * 79 + "\n") * 50_000 + "E\n", ""),
    "a long string": ('"' + "x" * 10_000_000 + '"', ""),
    "half a character in JSON": ('jsondecode("\\"\\\\ud800\\"")', ""),
    "invisible code points": ('"\\u202e\\u0000\\ud800\\U0010ffff\\U7fffffff"', ""),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_explodes_is_not_known(name: str, tmp_path: Path) -> None:
    value, local = VALUES[name]
    files: Files = {
        "bad.tf": ASKS % value + f"locals {{\n{local}\n}}\n" + GOOD.replace("good", "same_file"),
        "self.tpl": '${templatefile("self.tpl", {})}',
        "loop.tpl": "%{ for a in l }%{ for b in l }%{ for c in l }x%{ endfor }%{ endfor }%{ endfor }",
    }
    (tmp_path / "secret").write_text("germanywestcentral")
    checked = check(tmp_path, files)
    assert checked.verdicts["azurerm_cognitive_account.same_file"] == "outside"
    # Whatever could be read gave no place that counts as known and inside.
    assert checked.verdicts.get("azurerm_cognitive_account.bad", "undetermined") != "inside"
    assert checked.reason() if "azurerm_cognitive_account.bad" in checked.verdicts else checked.gaps
    assert not (tmp_path / "tree" / "ran").exists()
    assert "root:" not in checked.out
    assert len(checked.out) < 1_000_000


# --- trees: what else is there is still read


def bad(location: str = '"eastus"', more: str = "", name: str = "bad") -> str:
    """Return a resource that asks for a value."""
    return (ASKS % location).replace('"bad"', f'"{name}"').replace("{\n", "{\n" + more + "\n", 1)


def call(source: str, more: str = "", name: str = "m") -> str:
    """Return a module call."""
    return f'module "{name}" {{\n  source = "{source}"\n  {more}\n}}\n'


FAN = "for_each = toset([for i in range(1000) : tostring(i)])"
TWICE = {f"m{i}/main.tf": call(f"../m{i + 1}", name="a") + call(f"../m{i + 1}", name="b") for i in range(40)} | {
    "m40/main.tf": bad()
}
DEEP = {f"d{i}/main.tf": call(f"../d{i + 1}") for i in range(200)} | {"d200/main.tf": bad()}

# name: (files, part of a gap, part of the reason that `bad` has)
TREES: dict[str, tuple[Files, str, str]] = {
    "a large count": ({"bad.tf": bad(more="count = 1000000000")}, "one instance stands for 1000000000", ""),
    "a large exponent as count": ({"bad.tf": bad(more="count = 1e999999999")}, "", ""),
    "a negative count": ({"bad.tf": bad(more="count = -1")}, "", ""),
    "a fractional count": ({"bad.tf": bad(more="count = 0.5")}, "", ""),
    "a count of itself": ({"bad.tf": bad(more="count = length(azurerm_cognitive_account.bad)")}, "", ""),
    "a resource of itself": ({"bad.tf": bad("azurerm_cognitive_account.bad.location")}, "", "refers to itself"),
    "an output of itself": (
        {
            "bad.tf": bad("module.m.o") + call("./m", "v = module.m.o"),
            "m/m.tf": 'variable "v" {}\noutput "o" { value = var.v }\n',
        },
        "",
        "refers to itself",
    ),
    "variables in a circle": (
        {
            "bad.tf": bad("module.a.o") + call("./m", "v = module.b.o", "a") + call("./m", "v = module.a.o", "b"),
            "m/m.tf": 'variable "v" {}\noutput "o" { value = var.v }\n',
        },
        "",
        "refers to itself",
    ),
    "resources in a circle": (
        {
            "bad.tf": bad("azurerm_cognitive_account.two.location")
            + bad("azurerm_cognitive_account.bad.location", "", "two")
        },
        "",
        "refers to itself",
    ),
    "a for_each of itself": ({"bad.tf": bad(more="for_each = azurerm_cognitive_account.bad")}, "", ""),
    "a for_each of 100,000": (
        {
            "bad.tf": bad(
                more="for_each = toset(flatten("
                '[for i in range(100) : [for j in range(1000) : format("%d", i * 1000 + j)]]))'
            )
        },
        "one instance stands for 100000",
        "",
    ),
    "a fan of modules": (
        {
            "bad.tf": call("./a", FAN),
            "a/a.tf": call("../b", FAN),
            "b/b.tf": call("../c", FAN),
            "c/c.tf": call("../d", FAN),
            "d/d.tf": bad(),
        },
        "one instance stands for 1000",
        "",
    ),
    "modules that double": ({"bad.tf": call("./m0"), **TWICE}, "more than", ""),
    "modules that nest": ({"bad.tf": call("./d0"), **DEEP}, "nested too deeply", ""),
    "a module that calls itself": ({"bad.tf": call("./m"), "m/m.tf": call("../m") + bad()}, "calls itself", ""),
    "a root that calls itself": ({"bad.tf": call("./.")}, "calls itself", ""),
    "a ring of modules": (
        {"bad.tf": call("./a"), "a/a.tf": call("../b"), "b/b.tf": call("../a") + bad()},
        "calls itself",
        "",
    ),
    "a ring that nothing calls": ({"a/a.tf": call("../b") + bad(), "b/b.tf": call("../a")}, "calls itself", ""),
    "a module out of the tree": ({"bad.tf": call("../../../../etc")}, "leads out", ""),
    "a module at an absolute path": ({"bad.tf": call("/etc")}, "not downloaded", ""),
    "a module with a null byte": ({"bad.tf": call("./a\\u0000b")}, "missing", ""),
    "a module of a long name": ({"bad.tf": call("./" + "a" * 5000)}, "missing", ""),
    "modules.json that is not JSON": (
        {"bad.tf": call("x/y/z"), ".terraform/modules/modules.json": "{" * 100_000},
        "not downloaded",
        "",
    ),
    "modules.json of other shapes": (
        {"bad.tf": call("x/y/z"), ".terraform/modules/modules.json": '{"Modules": {"Key": 1}}'},
        "not downloaded",
        "",
    ),
    "modules.json of lists": (
        {"bad.tf": call("x/y/z"), ".terraform/modules/modules.json": "[" * 100_000},
        "not downloaded",
        "",
    ),
    "modules.json that points outside": (
        {
            "bad.tf": call("x/y/z"),
            ".terraform/modules/modules.json": json.dumps(
                {"Modules": [{"Key": "m", "Source": "x", "Dir": "../../../../../etc"}]}
            ),
        },
        "not downloaded",
        "",
    ),
    "modules.json that points to a device": (
        {
            "bad.tf": call("x/y/z"),
            ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "m", "Source": "x", "Dir": "/dev/fd"}]}),
        },
        "not downloaded",
        "",
    ),
    "modules.json that points to the root": (
        {
            "bad.tf": call("x/y/z"),
            ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "m", "Source": "x", "Dir": "."}]}),
        },
        "calls itself",
        "",
    ),
    "modules.json with null bytes": (
        {
            "bad.tf": call("x/y/z"),
            ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "m", "Source": "x", "Dir": "a\0b"}]}),
        },
        "not downloaded",
        "",
    ),
    "20,000 modules that are not there": (
        {"bad.tf": "".join(call(f"./gone{i}", name=f"m{i}") for i in range(20_000))},
        "its folder is missing",
        "",
    ),
    "modules.json of long names": (
        {
            "bad.tf": call("x/y/z"),
            ".terraform/modules/modules.json": json.dumps({"Modules": [{"Key": "m", "Dir": "a" * 5000}]}),
        },
        "not downloaded",
        "",
    ),
    "a binary file": ({"bad.tf": b"\x7fELF\x02\x01\x01\0\0\0" + os.urandom(100)}, "bad.tf", ""),
    "null bytes": ({"bad.tf": "a = 1\0"}, "bad.tf: binary", ""),
    "UTF-16": ({"bad.tf": bad().encode("utf-16")}, "bad.tf: not UTF-8", ""),
    "Latin 1": ({"bad.tf": bad('"Münster"').encode("latin-1")}, "bad.tf: not UTF-8", ""),
    "30 MB": ({"bad.tf": b"# comment\n" * 3_000_000}, "bad.tf: larger", ""),
    "one line of 10 MB": ({"bad.tf": b"# " + b"x" * 10_000_000 + b"\n" + bad().encode()}, "", ""),
    "10 MB of comments": ({"bad.tf": b"# {\n" * 2_500_000 + bad().encode()}, "", ""),
    "10 MB of blank comments": ({"bad.tf": b"a" + b"/**/" * 2_500_000 + b"{}\n" + bad().encode()}, "", ""),
    "10 MB of brackets": ({"bad.tf": b"[" * 10_000_000}, "", ""),
    "10 MB of braces": ({"bad.tf": b"a {" * 3_000_000}, "", ""),
    "10 MB of quotes": ({"bad.tf": b'"' * 10_000_000}, "", ""),
    "10 MB of words": ({"bad.tf": b"a " * 5_000_000}, "", ""),
    "10 MB of labels": ({"bad.tf": b'a "b" ' * 1_600_000}, "", ""),
    "10 MB of blanks": ({"bad.tf": b"a" + b" " * 10_000_000 + b"!"}, "", ""),
    "10 MB of line ends": ({"bad.tf": b"a" + b"\n" * 10_000_000 + b"!"}, "", ""),
    "10 MB of templates": ({"bad.tf": b'"' + b"${" * 5_000_000}, "", ""),
    "10 MB of open comments": ({"bad.tf": b"/*" * 5_000_000}, "", ""),
    "10 MB of heredocs": ({"bad.tf": b"<<A\n" * 2_500_000}, "", ""),
    "100,000 different heredocs": ({"bad.tf": "".join(f"a{{ x = <<A{i}\n" for i in range(100_000))}, "", ""),
    "50,000 broken blocks": ({"bad.tf": 'resource "a" "b" {\n  x = "\n}\n' * 50_000}, "not closed", ""),
    "50,000 closing braces": ({"bad.tf": "}\nlocals {}\n" * 50_000}, "unexpected", ""),
    "50,000 open blocks": ({"bad.tf": "locals {\n" * 50_000}, "not closed", ""),
    "200,000 tiny blocks": (
        {"bad.tf": "".join(f"locals {{ a{i} = {i} }}\n" for i in range(200_000)) + bad("local.a7")},
        "",
        "",
    ),
    "20,000 locals that are asked for": (
        {
            "bad.tf": "".join(f"locals {{ a{i} = {i} }}\n" for i in range(5_000))
            + bad('join("", [' + ", ".join(f"local.a{i}" for i in range(500)) + "])")
        },
        "",
        "",
    ),
    "5,000 providers": (
        {
            "bad.tf": "".join(f'provider "azurerm" {{\n  alias = "p{i}"\n}}\n' for i in range(5_000))
            + "".join(bad(more=f"provider = azurerm.p{i}", name=f"b{i}") for i in range(0, 5000, 100))
            + bad()
        },
        "",
        "",
    ),
    "5,000 variables": (
        {"bad.tf": "".join(f'variable "v{i}" {{ default = "x" }}\n' for i in range(5_000)) + bad("var.v7")},
        "",
        "",
    ),
    "2,000 files": ({f"f{i}.tf": "locals {}\n" for i in range(2_000)}, "", ""),
    "2,000 roots": ({f"r{i}/main.tf": bad() for i in range(2_000)}, "", ""),
    "folders 200 deep": ({"a/" * 200 + "main.tf": bad()}, "", ""),
    "broken variables": ({"terraform.tfvars": "a = = 1", "bad.tf": bad()}, "terraform.tfvars", ""),
    "variables that are blocks": ({"terraform.tfvars": "a {}\nb = 1", "bad.tf": bad()}, "", ""),
    "variables that call": (
        {"x.auto.tfvars": 'v = file("/etc/passwd")', "bad.tf": 'variable "v" {}\n' + bad("var.v")},
        "",
        "",
    ),
    "variables of a large number": (
        {"x.auto.tfvars": "v = 1e99999999999999999999999", "bad.tf": 'variable "v" {}\n' + bad("var.v")},
        "",
        "",
    ),
    "variables as a JSON list": ({"terraform.tfvars.json": "[]", "bad.tf": bad()}, "not an object", ""),
    "variables as broken JSON": ({"terraform.tfvars.json": '{"a": ', "bad.tf": bad()}, "tfvars.json", ""),
    "JSON that is a list": ({"bad.tf.json": "[]"}, "", ""),
    "JSON that is a number": ({"bad.tf.json": "1"}, "", ""),
    "JSON that is nothing": ({"bad.tf.json": ""}, "", ""),
    "JSON nested deep": ({"bad.tf.json": "[" * 100_000}, "nested", ""),
    "JSON objects nested deep": ({"bad.tf.json": '{"a":' * 100_000}, "", ""),
    "JSON nested deep in a resource": (
        {
            "bad.tf.json": '{"resource":{"azurerm_cognitive_account":{"bad":{"location":'
            + "[" * 300
            + "]" * 300
            + "}}}}"
        },
        "",
        "",
    ),
    "JSON of a long number": ({"bad.tf.json": '{"locals": {"a": ' + "9" * 1_000_000 + "}}"}, "", ""),
    "JSON of a large exponent": (
        {
            "bad.tf.json": '{"locals": {"a": 1e99999999999999999999999, "b": 1e999999999}}',
            "bad.tf": bad('"${local.a}${local.b}"'),
        },
        "",
        "",
    ),
    "JSON of strange numbers": (
        {
            "bad.tf.json": '{"locals": {"a": NaN, "b": Infinity, "c": -Infinity}}',
            "bad.tf": bad('"${local.a + local.b}"'),
        },
        "",
        "",
    ),
    "JSON of half characters": ({"bad.tf.json": '{"locals": {"a": "\\ud800"}}', "bad.tf": bad("local.a")}, "", ""),
    "JSON of wrong shapes": (
        {"bad.tf.json": '{"resource": {"azurerm_cognitive_account": {"bad": 1}}, "module": "x", "provider": [[[1]]]}'},
        "",
        "",
    ),
    "JSON of wrong names": (
        {
            "bad.tf.json": '{"resource": {"": {"": {}}, "a\\nb": {"c": {"//": 1, "": 2}}}, '
            '"provider": {"aws": {"alias": [1]}}}'
        },
        "",
        "",
    ),
    "JSON with broken templates": (
        {"bad.tf.json": '{"locals": {"a": "${", "b": "${x", "c": "%{ if }"}}', "bad.tf": bad("local.a")},
        "",
        "",
    ),
    "JSON with broken references": (
        {"bad.tf.json": '{"resource": {"azurerm_cognitive_account": {"bad": {"provider": "${${", "location": "x"}}}}'},
        "",
        "",
    ),
    "blocks that lack labels": ({"bad.tf": 'resource {}\nmodule {}\nprovider {}\nresource "a" {}\n' + bad()}, "", ""),
    "blocks twice": ({"bad.tf": bad() + bad('"westeurope"')}, "", ""),
    "an override of nothing": ({"bad_override.tf": bad()}, "", ""),
    "a dynamic block without end": (
        {"bad.tf": bad(more='dynamic "location" {\n for_each = range(1024)\n content {}\n}')},
        "",
        "",
    ),
    "nested dynamic blocks": (
        {"bad.tf": bad(more='dynamic "network_acls" {\nfor_each = range(1024)\ncontent {\n' * 3 + "}\n}\n" * 3)},
        "",
        "",
    ),
    "nested blocks": ({"bad.tf": bad(more="a {\n" * 5000 + "}\n" * 5000)}, "", ""),
}


@pytest.mark.parametrize("name", TREES)
def test_a_tree_that_explodes_loses_nothing_else(name: str, tmp_path: Path) -> None:
    files, gap, reason = TREES[name]
    checked = check(tmp_path, files)
    if gap:
        assert gap in checked.gaps
        assert checked.code in (1, 3)
    if reason:
        assert reason in checked.reason()
    assert "root:" not in checked.out


# --- links, pipes and names


def test_links_that_leave_the_tree_are_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside, {"main.tf": bad(name="stolen"), "secret.txt": "germanywestcentral"})
    folder = tmp_path / "tree"
    write(folder, {"bad.tf": bad('file("secret.txt")') + call("./linked"), "loop/x.tf": "locals {}"})
    (folder / "linked").symlink_to(outside)
    (folder / "linked.tf").symlink_to(outside / "main.tf")
    (folder / "secret.txt").symlink_to(outside / "secret.txt")
    (folder / "loop" / "again").symlink_to(folder)
    (folder / "one.tf").symlink_to(folder / "two.tf")
    (folder / "two.tf").symlink_to(folder / "one.tf")
    (folder / "gone.tf").symlink_to(folder / "nowhere")
    (folder / "terraform.tfvars").symlink_to(outside / "secret.txt")
    checked = check(tmp_path, {})
    assert "azurerm_cognitive_account.stolen" not in checked.verdicts
    assert "module.m.azurerm_cognitive_account.stolen" not in checked.verdicts
    assert "leads out" in checked.reason()
    for name in ("linked.tf", "one.tf", "two.tf", "gone.tf", "terraform.tfvars", "module.m (./linked)"):
        assert name in checked.gaps
    assert "germanywestcentral" not in checked.out
    assert checked.code == 3


def test_what_is_no_file_is_not_opened(tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    folder.mkdir()
    os.mkfifo(folder / "pipe.tf")
    os.mkfifo(folder / "pipe.auto.tfvars")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        # The address of a socket may not be long.
        here = os.open(folder, os.O_RDONLY)
        listener.bind(f"/proc/self/fd/{here}/socket.tf")
        os.close(here)
        (folder / "folder.tf").mkdir()
        (folder / "zero.tf").symlink_to("/dev/zero")
        (folder / ".terraform" / "modules").mkdir(parents=True)
        os.mkfifo(folder / ".terraform" / "modules" / "modules.json")
        checked = check(tmp_path, {"bad.tf": bad('try(filemd5("pipe"), fileexists("pipe"), file("pipe"))')})
    for name in ("pipe.tf: ", "pipe.auto.tfvars: ", "socket.tf: ", "folder.tf: ", "zero.tf: "):
        assert name in checked.gaps
    assert checked.code == 3


def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path) -> None:
    path = tmp_path / "tree" / "bad.tf"
    write(tmp_path / "tree", {"bad.tf": bad()})
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    checked = check(tmp_path, {})
    assert "bad.tf" in checked.gaps
    assert checked.code == 3


@pytest.mark.parametrize(
    "name", ["a\nb", "a\x1b[31mred\x1b]0;title\x07", "a\udcffb", "\u202eft", "-rf", "a b'\"`$(touch ran)"]
)
def test_a_strange_name_is_printed_harmlessly(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "tree"
    content = bad() + "resource {"
    write(folder, {f"{name}.tf": content, f"{name}/main.tf": content})
    checked = check(tmp_path, {"call.tf": call(f"./{name}") if name.isprintable() and '"' not in name else ""})
    assert "\x1b" not in checked.out
    assert "\u202e" not in checked.out
    assert checked.verdicts["azurerm_cognitive_account.bad"] == "outside"
    assert not list(tmp_path.rglob("ran"))


KEY = 'a"].b["c\\[0]${x}\n\x1b[31m'


def test_keys_with_quotes_and_brackets_are_told_apart(tmp_path: Path) -> None:
    keys = json.dumps([KEY, "a", '"]', "]", ""]).replace("${", "$${")
    files: Files = {
        "bad.tf": bad("each.value", f'for_each = {{ for k in {keys} : k => "eastus" }}')
        + f'module "m" {{\n source = "./m"\n for_each = toset({keys})\n}}\n',
        "m/m.tf": bad(),
    }
    checked = check(tmp_path, files)
    assert sum(verdict == "outside" for verdict in checked.verdicts.values()) == 1 + 5 + 5
    assert "\x1b" not in checked.out


def test_code_in_the_tree_is_never_imported(tmp_path: Path) -> None:
    trap = "raise SystemExit('hijacked')\n"
    names = (
        "checker/__init__.py",
        "providers/__init__.py",
        "policies/__init__.py",
        "sitecustomize.py",
        "yaml.py",
        "hcl2.py",
    )
    check(tmp_path, {"bad.tf": bad('yamldecode("x")'), **dict.fromkeys(names, trap)})


def test_nothing_is_executed(tmp_path: Path) -> None:
    runs = 'provisioner "local-exec" {\n  command = "touch ran"\n}\n'
    data = 'data "external" "x" {\n  program = ["touch", "ran"]\n}\n'
    checked = check(tmp_path, {"bad.tf": data + bad("data.external.x.result.place", runs)})
    assert checked.verdicts["azurerm_cognitive_account.bad"] == "undetermined"
    assert not list(tmp_path.rglob("ran"))
