"""One value that explodes: it is not known, and its neighbours are judged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Check = Callable[..., Any]  # the fixture: files and arguments to what was said
Files = dict[str, str | bytes]

GOOD = """
resource "azurerm_cognitive_account" "good" {
  name     = "good"
  location = "eastus"
  kind     = "OpenAI"
}
"""
# What asks for the hostile value: without a reader nothing is evaluated.
ASKS = 'resource "azurerm_cognitive_account" "bad" {\n  kind     = "OpenAI"\n  location = %s\n}\n'


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
    "a long string of escapes": ('"' + "\\\\" * 2_000_000 + '"', ""),
    "a long string of escapes and a template": ('"' + "\\\\" * 200_000 + '${1 + 1}"', ""),
    "half a character in JSON": ('jsondecode("\\"\\\\ud800\\"")', ""),
    "invisible code points": ('"\\u202e\\u0000\\ud800\\U0010ffff\\U7fffffff"', ""),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_that_explodes_is_not_known(name: str, tmp_path: Path, check: Check) -> None:
    value, local = VALUES[name]
    files: Files = {
        "bad.tf": ASKS % value + f"locals {{\n{local}\n}}\n" + GOOD.replace("good", "same_file"),
        "self.tpl": '${templatefile("self.tpl", {})}',
        "loop.tpl": "%{ for a in l }%{ for b in l }%{ for c in l }x%{ endfor }%{ endfor }%{ endfor }",
    }
    (tmp_path / "secret").write_text("germanywestcentral")
    checked = check(files)
    assert checked.verdicts["azurerm_cognitive_account.same_file"] == "outside"
    # Whatever could be read gave no place that counts as known and inside.
    assert checked.verdicts.get("azurerm_cognitive_account.bad", "undetermined") != "inside"
    assert checked.reason() if "azurerm_cognitive_account.bad" in checked.verdicts else checked.gaps
    assert not (tmp_path / "tree" / "ran").exists()
    assert "root:" not in checked.out
    assert len(checked.out) < 1_000_000
