"""Trees that explode, loop or lie: what else is there is still read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Check = Callable[..., Any]  # the fixture: files and arguments to what was said
Files = dict[str, str | bytes]

# What asks for the hostile value: without a reader nothing is evaluated.
ASKS = 'resource "azurerm_cognitive_account" "bad" {\n  kind     = "OpenAI"\n  location = %s\n}\n'


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
def test_a_tree_that_explodes_loses_nothing_else(name: str, tmp_path: Path, check: Check) -> None:
    files, gap, reason = TREES[name]
    checked = check(files)
    if gap:
        assert gap in checked.gaps
        assert checked.code in (1, 3)
    if reason:
        assert reason in checked.reason()
    assert "root:" not in checked.out
