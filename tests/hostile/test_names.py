"""Links, pipes and names: nothing outside is read, nothing is run, nothing odd reaches the terminal."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Check = Callable[..., Any]  # the fixture: files and arguments to what was said
Files = dict[str, str | bytes]

# What asks for the hostile value: without a reader nothing is evaluated.
ASKS = 'resource "azurerm_cognitive_account" "bad" {\n  kind     = "OpenAI"\n  location = %s\n}\n'


def write(folder: Path, files: Files) -> None:
    """Write a tree."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def bad(location: str = '"eastus"', more: str = "", name: str = "bad") -> str:
    """Return a resource that asks for a value."""
    return (ASKS % location).replace('"bad"', f'"{name}"').replace("{\n", "{\n" + more + "\n", 1)


def call(source: str, more: str = "", name: str = "m") -> str:
    """Return a module call."""
    return f'module "{name}" {{\n  source = "{source}"\n  {more}\n}}\n'


def test_links_that_leave_the_tree_are_not_followed(tmp_path: Path, check: Check) -> None:
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
    checked = check({})
    assert "azurerm_cognitive_account.stolen" not in checked.verdicts
    assert "module.m.azurerm_cognitive_account.stolen" not in checked.verdicts
    assert "leads out" in checked.reason()
    for name in ("linked.tf", "one.tf", "two.tf", "gone.tf", "terraform.tfvars", "module.m (./linked)"):
        assert name in checked.gaps
    assert "germanywestcentral" not in checked.out
    assert checked.code == 3


def test_what_is_no_file_is_not_opened(tmp_path: Path, check: Check) -> None:
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
        checked = check({"bad.tf": bad('try(filemd5("pipe"), fileexists("pipe"), file("pipe"))')})
    for name in ("pipe.tf: ", "pipe.auto.tfvars: ", "socket.tf: ", "folder.tf: ", "zero.tf: "):
        assert name in checked.gaps
    assert checked.code == 3


def test_a_file_that_may_not_be_read_is_a_gap(tmp_path: Path, check: Check) -> None:
    path = tmp_path / "tree" / "bad.tf"
    write(tmp_path / "tree", {"bad.tf": bad()})
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("this user may read every file")
    checked = check({})
    assert "bad.tf" in checked.gaps
    assert checked.code == 3


@pytest.mark.parametrize(
    "name", ["a\nb", "a\x1b[31mred\x1b]0;title\x07", "a\udcffb", "\u202eft", "-rf", "a b'\"`$(touch ran)"]
)
def test_a_strange_name_is_printed_harmlessly(name: str, tmp_path: Path, check: Check) -> None:
    folder = tmp_path / "tree"
    content = bad() + "resource {"
    write(folder, {f"{name}.tf": content, f"{name}/main.tf": content})
    checked = check({"call.tf": call(f"./{name}") if name.isprintable() and '"' not in name else ""})
    assert "\x1b" not in checked.out
    assert "\u202e" not in checked.out
    assert checked.verdicts["azurerm_cognitive_account.bad"] == "outside"
    assert not list(tmp_path.rglob("ran"))


KEY = 'a"].b["c\\[0]${x}\n\x1b[31m'


def test_keys_with_quotes_and_brackets_are_told_apart(tmp_path: Path, check: Check) -> None:
    keys = json.dumps([KEY, "a", '"]', "]", ""]).replace("${", "$${")
    files: Files = {
        "bad.tf": bad("each.value", f'for_each = {{ for k in {keys} : k => "eastus" }}')
        + f'module "m" {{\n source = "./m"\n for_each = toset({keys})\n}}\n',
        "m/m.tf": bad(),
    }
    checked = check(files)
    assert sum(verdict == "outside" for verdict in checked.verdicts.values()) == 1 + 5 + 5
    assert "\x1b" not in checked.out


def test_code_in_the_tree_is_never_imported(tmp_path: Path, check: Check) -> None:
    trap = "raise SystemExit('hijacked')\n"
    names = (
        "checker/__init__.py",
        "providers/__init__.py",
        "policies/__init__.py",
        "sitecustomize.py",
        "yaml.py",
        "hcl2.py",
    )
    check({"bad.tf": bad('yamldecode("x")'), **dict.fromkeys(names, trap)})


def test_nothing_is_executed(tmp_path: Path, check: Check) -> None:
    runs = 'provisioner "local-exec" {\n  command = "touch ran"\n}\n'
    data = 'data "external" "x" {\n  program = ["touch", "ran"]\n}\n'
    checked = check({"bad.tf": data + bad("data.external.x.result.place", runs)})
    assert checked.verdicts["azurerm_cognitive_account.bad"] == "undetermined"
    assert not list(tmp_path.rglob("ran"))
