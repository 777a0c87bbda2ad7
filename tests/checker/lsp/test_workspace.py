"""Which files `euclave lsp` takes for what: modules, folders of a workspace, names, the process itself."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Play = Callable[..., None]
Write = Callable[..., Path]
NOTEBOOK = """
resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  instance_type = "ml.t3.medium"
  role_arn      = "arn"
}
"""
OUTSIDE = 'provider "aws" {\n  region = "us-east-1"\n}\n' + NOTEBOOK
MODULE = 'variable "region" {}\n\nprovider "aws" {\n  region = var.region\n}\n' + NOTEBOOK


def test_a_module_is_judged_where_it_is_called(tmp_path: Path, play: Play, write: Write) -> None:
    call = 'module "lab" {\n  source = "./lab"\n  region = "us-east-1"\n}\n'
    write(tmp_path, stack__main_tf=call.replace("./lab", "../lab"), lab__main_tf=MODULE, other__main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "lab" / "main.tf")
        caller = (tmp_path / "stack" / "main.tf").as_uri()
        other = (tmp_path / "other" / "main.tf").as_uri()
        await editor.until(lambda: caller in editor.shown)
        (found,) = (one for one in editor.shown[caller] if one.code == "ai-placement")
        assert str(found.range) == "2:11-2:22"
        assert uri in [step.location.uri for step in found.related_information]
        assert other not in editor.shown, "a root that no open file concerns is not checked"
        editor.type(uri, "var.region", '"eu-west-1"')
        await editor.until(lambda: editor.shown[caller] == [])

    play(scenario, tmp_path)


def test_each_folder_has_its_configuration(tmp_path: Path, play: Play, write: Write) -> None:
    ours = write(tmp_path / "ours", main_tf=OUTSIDE)
    theirs = write(tmp_path / "theirs", main_tf=OUTSIDE, euclave_toml='jurisdiction = "US"\n')

    async def scenario(editor: Any) -> None:
        mine, other = editor.open(ours / "main.tf"), editor.open(theirs / "main.tf")
        await editor.until(lambda: len(editor.log) >= 2)
        assert "outside US" not in str(editor.shown)
        assert [one.code for one in editor.shown[mine]][:1] == ["ai-placement"]
        assert "ai-placement" not in [one.code for one in editor.shown.get(other, [])]
        (theirs / "euclave.toml").write_text('jurisdiction = "eu"\n')
        editor.changed_on_disk(theirs / "euclave.toml")
        await editor.until(lambda: "ai-placement" in [one.code for one in editor.shown.get(other, [])])
        (theirs / "euclave.toml").write_text('scope = "ai"\njurisdiction = eu\n')
        editor.changed_on_disk(theirs / "euclave.toml")
        broken = (theirs / "euclave.toml").as_uri()
        await editor.until(lambda: broken in editor.shown)
        (problem,) = editor.shown[broken]
        assert "is no TOML" in problem.message
        assert problem.range.start.line == 1
        assert "ai-placement" in [one.code for one in editor.shown[other]]
        (theirs / "euclave.toml").write_text("")
        editor.changed_on_disk(theirs / "euclave.toml")
        await editor.until(lambda: editor.shown[broken] == [])
        editor.move((), [theirs])
        editor.close(other)
        await editor.until(lambda: editor.shown[other] == [])

    play(scenario, ours, theirs)


def test_options_count_in_every_folder(tmp_path: Path, play: Play, write: Write) -> None:
    text = OUTSIDE.replace('"us-east-1"', "var.region") + 'variable "region" {}\n'
    home = write(tmp_path / "home", main_tf=text)
    (tmp_path / "far.tfvars").write_text('region = "us-east-1"\n')

    async def scenario(editor: Any) -> None:
        editor.open(home / "main.tf")
        await editor.until(lambda: editor.codes() == {"far.tfvars": ["ai-placement"]})

    options = ("--stdio", "--var-file", os.path.relpath(tmp_path / "far.tfvars"))
    play(scenario, home, options=options)


def test_other_formats_are_read_as_they_are_typed(tmp_path: Path, play: Play, write: Write) -> None:
    services = "services:\n  chat:\n    image: chat\n    environment:\n      OPENAI_API_KEY: $KEY\n"
    write(tmp_path, compose_yaml=services)

    async def scenario(editor: Any) -> None:
        both = ["place-not-stated", "model-endpoint"]
        uri = editor.open(tmp_path / "compose.yaml")
        await editor.until(lambda: editor.codes() == {"compose.yaml": both})
        (found,) = (one for one in editor.shown[uri] if one.code == "model-endpoint")
        assert str(found.range) == "4:22-4:26"
        assert "OpenAI" in await editor.hover(uri, 1)
        (action,) = (one for one in await editor.actions(uri, found) if one.title.startswith("Except"))
        editor.apply(action)
        assert editor.texts[uri].split("\n")[1].startswith("  # euclave:ignore[model-endpoint] until=")
        editor.type(uri, 'reason=""', 'reason="no personal data"')
        await editor.until(lambda: editor.codes() == {"compose.yaml": ["place-not-stated"]})
        editor.type(uri, "euclave:ignore", "ignored no more")
        await editor.until(lambda: editor.codes() == {"compose.yaml": both})
        editor.type(uri, "OPENAI_API_KEY", "COLOUR")
        await editor.until(lambda: editor.codes() == {})

    play(scenario, tmp_path)


def test_names_of_files_are_taken_as_the_editor_writes_them(tmp_path: Path, play: Play, write: Write) -> None:
    home = write(tmp_path / "a b ü", main_tf=OUTSIDE)
    real = (home / "main.tf").as_uri()
    assert "%C3%BC" in real

    async def scenario(editor: Any) -> None:
        spelled = editor.open(home / "main.tf", uri=real.replace("%C3%BC", "%c3%bc").replace("main", "%6Dain"))
        for uri in ("untitled:Untitled-1", "git:/a/main.tf?ref", "vscode-notebook-cell:/x#1"):
            editor.open(home, OUTSIDE, uri=uri)
        await editor.until(lambda: bool(editor.shown))
        assert set(editor.shown) == {spelled}
        assert await editor.hover("untitled:Untitled-1", 1) == ""
        assert await editor.hints("git:/a/main.tf?ref") == {}

    play(scenario, home)


def test_a_workspace_behind_a_link_keeps_its_name(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path / "real", main_tf=NOTEBOOK, providers_tf='provider "aws" {\n  region = "us-east-1"\n}\n')
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")

    async def scenario(editor: Any) -> None:
        uri = editor.open(link / "main.tf")
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})
        assert set(editor.shown) - {uri} == {(link / "providers.tf").as_uri()}

    play(scenario, link)


def test_a_file_that_is_not_there_yet_counts(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path, main_tf=NOTEBOOK)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "providers.tf", 'provider "aws" {\n  region = "us-east-1"\n}\n')
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})
        editor.type(uri, "us-east-1", "eu-west-1")
        await editor.until(lambda: editor.codes() == {})

    play(scenario, tmp_path)


def test_a_file_outside_of_every_folder_is_judged_alone(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path, main_tf=OUTSIDE, below__main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: bool(editor.shown))
        assert await editor.hover(uri, 1) != ""
        assert set(editor.shown) == {uri}
        editor.close(uri)
        await editor.until(lambda: editor.shown[uri] == [])

    play(scenario)


def test_only_the_newest_of_many_changes_is_judged(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path, main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: "main.tf" in editor.codes())
        before = len(editor.log)
        for number in range(1, 20):
            editor.type(uri, *(("us-east-1", "eu-west-1") if number % 2 else ("eu-west-1", "us-east-1")))
            await asyncio.sleep(0.01)
        await editor.until(lambda: editor.codes() == {})
        assert len(editor.log) - before <= 2

    play(scenario, tmp_path)


def test_standard_output_is_the_protocol_alone(tmp_path: Path) -> None:
    """What is written by Python, by C or by a process that is started goes to the error stream."""
    shout = "import os, sys; sys.argv = ['euclave', 'lsp']; from checker import cli; from checker.lsp import features\n"
    shout += "register = features.register\n"
    shout += "features.register = lambda s: (print('P'), os.write(1, b'C'), os.system('echo S'), register(s))\n"
    hello: dict[str, object] = {"processId": None, "rootUri": tmp_path.as_uri(), "capabilities": {}}
    sent = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "initialized", "params": {}},
        {"jsonrpc": "2.0", "id": 2, "method": "shutdown"},
        {"jsonrpc": "2.0", "method": "exit"},
    ]
    bodies = [json.dumps(message).encode() for message in sent]
    data = b"".join(b"Content-Length: %d\r\n\r\n%s" % (len(body), body) for body in bodies)
    command = (sys.executable, "-c", shout + "cli.main()")
    done = subprocess.run(command, input=data, capture_output=True, timeout=20, check=False)
    rest, ids = done.stdout, []
    while rest:
        head, _, rest = rest.partition(b"\r\n\r\n")
        size = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
        assert head.startswith(b"Content-Length: ")
        ids.append(json.loads(rest[:size]).get("id"))
        rest = rest[size:]
    assert ids == [1, 2]
    assert sorted("".join(done.stderr.decode().split())) == ["C", "P", "S"]
    assert done.returncode == 0


def test_without_pygls_it_says_how_to_get_it(euclave: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "pygls" or name.startswith("checker.lsp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pygls", None)
    done = euclave("lsp")
    assert done.code == 2
    assert done.err == "error: the editor companion is not installed\nhint: pip install 'euclave[lsp]'\n"
