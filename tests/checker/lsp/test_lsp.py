"""`euclave lsp` as an editor sees it: a real client on the pipes of the real server."""

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
from lsprotocol import types

Play = Callable[..., tuple[int, str]]
ENDED = (0, "")
NOTEBOOK = """
resource "aws_sagemaker_notebook_instance" "lab" {
  name          = "lab"
  instance_type = "ml.t3.medium"
  role_arn      = "arn"
}
"""
OUTSIDE = 'provider "aws" {\n  region = "us-east-1"\n}\n' + NOTEBOOK
MODULE = 'variable "region" {}\n\nprovider "aws" {\n  region = var.region\n}\n' + NOTEBOOK


def write(folder: Path, **files: str) -> Path:
    """Write files by name (`main_tf`, `lab__main_tf` in a folder), and mark where the checked tree ends."""
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        *parents, last = name.split("__")
        file = folder.joinpath(*parents, last.replace("_", "."))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


def spans(diagnostic: types.Diagnostic) -> tuple[int, int, int, int]:
    at = diagnostic.range
    return at.start.line, at.start.character, at.end.line, at.end.character


def test_a_finding_stands_at_the_literal_and_goes_with_an_edit(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"]})
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        assert spans(found) == (1, 11, 1, 22)
        assert found.severity is types.DiagnosticSeverity.Error
        assert found.source == "euclave"
        assert "runs in us-east-1 (N. Virginia, United States), outside eu" in found.message
        (step,) = found.related_information
        assert (step.message, step.location.uri) == ('provider "aws".region', uri)
        assert step.location.range.start == types.Position(1, 2)
        editor.type(uri, "us-east-1", "eu-central-1")
        await editor.until(lambda: editor.codes() == {})
        editor.type(uri, "eu-central-1", "us-west-2")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"]})
        editor.close(uri)
        await editor.until(lambda: editor.shown[uri] == [])
        assert (tmp_path / "main.tf").read_text() == OUTSIDE
        assert "workspace/didChangeWatchedFiles" in editor.registered
        assert editor.refreshed >= 3

    assert play(scenario, tmp_path) == ENDED


@pytest.mark.parametrize(("encodings", "start"), [((), 17), (("utf-8", "utf-16"), 20)])
def test_columns_are_those_of_the_editor(encodings: tuple[str, ...], start: int, tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE.replace("  region", "/*😀ü*/ region"))

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: "main.tf" in editor.codes())
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        assert spans(found) == (1, start, 1, start + len('"us-east-1"'))

    assert play(scenario, tmp_path, encodings=encodings) == ENDED


def test_hover_says_the_place_its_way_and_its_table(tmp_path: Path, play: Play) -> None:
    variable = 'variable "region" {\n  default = "us-east-1"\n}\nprovider "aws" {\n  region = var.region\n}\n'
    write(tmp_path, main_tf=variable + NOTEBOOK)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        said = await editor.hover(uri, 7)
        assert said.startswith("```text\naws_sagemaker_notebook_instance.lab  outside eu\n  SageMaker notebook (")
        assert "outside location: us-east-1 (N. Virginia, United States)" in said
        assert '← provider "aws".region main.tf:5\n    ← var.region\n    ← default of "region" main.tf:2\n' in said
        assert "table: botocore" in said
        said = await editor.hover(uri, 1, 15)
        assert "place of aws_sagemaker_notebook_instance.lab\n  outside location: us-east-1" in said
        assert await editor.hover(uri, 8) == ""

    assert play(scenario, tmp_path) == ENDED


def test_hover_hides_secrets(tmp_path: Path, play: Play) -> None:
    key = "sk-" + "a1B2c3D4" * 5
    function = f"""
resource "aws_lambda_function" "f" {{
  function_name = "```{key}"
  environment {{
    variables = {{ OPENAI_API_KEY = "{key}", OPENAI_BASE_URL = "https://u:{key}@api.openai.com/v1" }}
  }}
}}
"""
    write(tmp_path, main_tf=OUTSIDE + function)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        first = OUTSIDE.count("\n") + 1
        said = [await editor.hover(uri, line) for line in range(first, first + 6)]
        assert "aws_lambda_function.f" in said[0]
        assert "OpenAI" in said[0]
        every = "".join(said) + str(editor.shown) + str(await editor.hints(uri)) + str(editor.log)
        assert key not in every

    assert play(scenario, tmp_path) == ENDED


def test_hints_say_where_things_are(tmp_path: Path, play: Play) -> None:
    calls = 'module "eu" {\n  source = "./lab"\n  region = "eu-central-1"\n}\n'
    calls += 'module "open" {\n  source = "./lab"\n  region = var.none\n}\n'
    write(tmp_path, main_tf=calls, lab__main_tf=MODULE)

    async def scenario(editor: Any) -> None:
        root, module = editor.open(tmp_path / "main.tf"), editor.open(tmp_path / "lab" / "main.tf")
        hints = await editor.hints(root)
        assert hints[0] == hints[2] == "eu-central-1 · Germany ✓"
        assert hints[4] == "place not known · country not known ?"
        both = "eu-central-1 · Germany ✓, place not known · country not known ?"
        assert await editor.hints(module) == {3: both, 6: both}
        hover = await editor.hover(root, 0)
        assert "place of module.eu.aws_sagemaker_notebook_instance.lab\n  inside location: eu-central-1" in hover
        (warning,) = (one for one in editor.shown[root] if one.code == "ai-placement")
        assert warning.severity is types.DiagnosticSeverity.Warning

    assert play(scenario, tmp_path) == ENDED


def test_a_change_mends_a_finding(tmp_path: Path, play: Play) -> None:
    inside = 'provider "aws" {\n  alias  = "eu"\n  region = "eu-west-1"\n}\n'
    inside += NOTEBOOK.replace('"lab" {', '"eu" {\n  provider = aws.eu')
    write(tmp_path, main_tf=OUTSIDE + inside, lab__main_tf=OUTSIDE.replace("us-east-1", "us-west-2"))
    services = "services:\n  chat:\n    image: chat\n    environment:\n"
    services += "      OPENAI_API_KEY: $KEY\n      OPENAI_BASE_URL: https://api.openai.com/v1 # 😀\n"
    write(tmp_path, chat__compose_yaml=services)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"]})
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        changes = [one for one in await editor.actions(uri, found) if one.title.startswith("Change")]
        titles = ["Change us-east-1 to eu-central-1: ", "Change us-east-1 to eu-west-1: "]
        assert [one.title.partition(": ")[0] + ": " for one in changes] == titles
        assert list(changes[0].diagnostics or ()) == [found]
        editor.apply(changes[1])
        assert editor.texts[uri].count('region = "eu-west-1"') == 2
        await editor.until(lambda: editor.codes() == {})

        uri = editor.open(tmp_path / "chat" / "compose.yaml")
        await editor.until(lambda: "compose.yaml" in editor.codes())
        found = next(one for one in editor.shown[uri] if one.code == "model-endpoint")
        (change,) = [one for one in await editor.actions(uri, found) if one.title.startswith("Change")]
        editor.apply(change)
        assert "OPENAI_BASE_URL: https://eu.api.openai.com/v1 # 😀" in editor.texts[uri]
        # The vendor's own Europe is wider: a configuration may accept it.
        await editor.until(lambda: types.DiagnosticSeverity.Error not in [one.severity for one in editor.shown[uri]])

        # A text that nobody saved is what is changed.
        uri = editor.open(tmp_path / "lab" / "main.tf")
        editor.type(uri, 'provider "aws" {', '# 😀\n\nprovider "aws" {')
        await editor.until(lambda: [one.range.start.line for one in editor.shown.get(uri, ())][:1] == [3])
        change, *_ = (one for one in await editor.actions(uri, editor.shown[uri][0]) if one.title.startswith("Change"))
        editor.apply(change)
        assert editor.texts[uri].startswith('# 😀\n\nprovider "aws" {\n  region = "eu-central-1"\n}')

    assert play(scenario, tmp_path, options=("--region", "aws=eu-central-1")) == ENDED


def test_other_kinds_of_action_are_not_offered(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: "main.tf" in editor.codes())
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        document = types.TextDocumentIdentifier(uri)
        context = types.CodeActionContext([found], only=[types.CodeActionKind.SourceOrganizeImports])
        params = types.CodeActionParams(document, found.range, context)
        assert not await editor.client.text_document_code_action_async(params)
        elsewhere = types.Range(types.Position(5, 0), types.Position(5, 1))
        params = types.CodeActionParams(document, elsewhere, types.CodeActionContext([]))
        assert not await editor.client.text_document_code_action_async(params)

    assert play(scenario, tmp_path) == ENDED


def test_an_exception_counts_when_it_has_a_reason(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: "main.tf" in editor.codes())
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        actions = await editor.actions(uri, found)
        (action,) = (one for one in actions if one.title.startswith("Except aws_sagemaker_notebook_instance.lab from"))
        assert action.kind == types.CodeActionKind.QuickFix
        assert list(action.diagnostics or ()) == [found]
        editor.apply(action)
        lines = editor.texts[uri].split("\n")
        assert lines[4].startswith("# euclave:ignore[ai-placement] until=20")
        assert lines[5].startswith("resource ")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement", "not-read"]})
        editor.type(uri, 'reason=""', 'reason="a test bench"')
        await editor.until(lambda: editor.codes() == {})

    assert play(scenario, tmp_path) == ENDED


def test_formats_without_comments_get_no_exception(tmp_path: Path, play: Play) -> None:
    block = {"provider": {"aws": {"region": "us-east-1"}}}
    block |= {"resource": {"aws_sagemaker_notebook_instance": {"lab": {"name": "lab"}}}}  # type: ignore[dict-item]
    write(tmp_path)
    (tmp_path / "main.tf.json").write_text(json.dumps(block, indent=2))

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf.json")
        await editor.until(lambda: "main.tf.json" in editor.codes())
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        actions = await editor.actions(uri, found)
        assert [one.title for one in actions if one.title.startswith("Except")] == []

    assert play(scenario, tmp_path) == ENDED


def test_a_broken_text_leaves_the_other_files_as_they_were(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=NOTEBOOK, providers_tf='provider "aws" {\n  region = "us-east-1"\n}\n')

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})
        editor.type(uri, 'role_arn      = "arn"', 'role_arn      = "arn')
        await editor.until(lambda: "main.tf" in editor.codes())
        assert editor.codes()["providers.tf"] == ["ai-placement"]
        (problem,) = (one for one in editor.shown[uri] if one.code == "not-read")
        assert problem.severity is types.DiagnosticSeverity.Error
        assert problem.range.start.line == 4
        assert "a string is not closed on its line" in problem.message
        editor.type(uri, 'role_arn      = "arn', 'role_arn      = "arn"')
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})

    assert play(scenario, tmp_path) == ENDED


def test_a_file_that_was_broken_before_is_judged_as_it_is(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE, other_tf='locals {\n  a = "\n}\n')

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"], "other.tf": ["not-read"]})
        editor.type(uri, "us-east-1", "eu-central-1")
        await editor.until(lambda: editor.codes() == {"other.tf": ["not-read"]})

    assert play(scenario, tmp_path) == ENDED


def test_a_module_is_judged_where_it_is_called(tmp_path: Path, play: Play) -> None:
    call = 'module "lab" {\n  source = "./lab"\n  region = "us-east-1"\n}\n'
    write(tmp_path, stack__main_tf=call.replace("./lab", "../lab"), lab__main_tf=MODULE, other__main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "lab" / "main.tf")
        caller = (tmp_path / "stack" / "main.tf").as_uri()
        other = (tmp_path / "other" / "main.tf").as_uri()
        await editor.until(lambda: caller in editor.shown)
        (found,) = (one for one in editor.shown[caller] if one.code == "ai-placement")
        assert spans(found) == (2, 11, 2, 22)
        assert uri in [step.location.uri for step in found.related_information]
        assert other not in editor.shown, "a root that no open file concerns is not checked"
        editor.type(uri, "var.region", '"eu-west-1"')
        await editor.until(lambda: editor.shown[caller] == [])

    assert play(scenario, tmp_path) == ENDED


def test_each_folder_has_its_configuration(tmp_path: Path, play: Play) -> None:
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
        event = types.WorkspaceFoldersChangeEvent([], [types.WorkspaceFolder(theirs.as_uri(), "theirs")])
        editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))
        editor.close(other)
        await editor.until(lambda: editor.shown[other] == [])

    assert play(scenario, ours, theirs) == ENDED


def test_options_count_in_every_folder(tmp_path: Path, play: Play) -> None:
    text = OUTSIDE.replace('"us-east-1"', "var.region") + 'variable "region" {}\n'
    home = write(tmp_path / "home", main_tf=text)
    (tmp_path / "far.tfvars").write_text('region = "us-east-1"\n')

    async def scenario(editor: Any) -> None:
        editor.open(home / "main.tf")
        await editor.until(lambda: editor.codes() == {"far.tfvars": ["ai-placement"]})

    options = ("--stdio", "--var-file", os.path.relpath(tmp_path / "far.tfvars"))
    assert play(scenario, home, options=options) == ENDED


def test_other_formats_are_read_as_they_are_typed(tmp_path: Path, play: Play) -> None:
    services = "services:\n  chat:\n    image: chat\n    environment:\n      OPENAI_API_KEY: $KEY\n"
    write(tmp_path, compose_yaml=services)

    async def scenario(editor: Any) -> None:
        both = ["place-not-stated", "model-endpoint"]
        uri = editor.open(tmp_path / "compose.yaml")
        await editor.until(lambda: editor.codes() == {"compose.yaml": both})
        (found,) = (one for one in editor.shown[uri] if one.code == "model-endpoint")
        assert spans(found) == (4, 22, 4, 26)
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

    assert play(scenario, tmp_path) == ENDED


def test_names_of_files_are_taken_as_the_editor_writes_them(tmp_path: Path, play: Play) -> None:
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

    assert play(scenario, home) == ENDED


def test_a_workspace_behind_a_link_keeps_its_name(tmp_path: Path, play: Play) -> None:
    write(tmp_path / "real", main_tf=NOTEBOOK, providers_tf='provider "aws" {\n  region = "us-east-1"\n}\n')
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")

    async def scenario(editor: Any) -> None:
        uri = editor.open(link / "main.tf")
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})
        assert set(editor.shown) - {uri} == {(link / "providers.tf").as_uri()}

    assert play(scenario, link) == ENDED


def test_a_file_that_is_not_there_yet_counts(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=NOTEBOOK)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "providers.tf", 'provider "aws" {\n  region = "us-east-1"\n}\n')
        await editor.until(lambda: editor.codes() == {"providers.tf": ["ai-placement"]})
        editor.type(uri, "us-east-1", "eu-west-1")
        await editor.until(lambda: editor.codes() == {})

    assert play(scenario, tmp_path) == ENDED


def test_a_file_outside_of_every_folder_is_judged_alone(tmp_path: Path, play: Play) -> None:
    write(tmp_path, main_tf=OUTSIDE, below__main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: bool(editor.shown))
        assert await editor.hover(uri, 1) != ""
        assert set(editor.shown) == {uri}
        editor.close(uri)
        await editor.until(lambda: editor.shown[uri] == [])

    assert play(scenario) == ENDED


def test_only_the_newest_of_many_changes_is_judged(tmp_path: Path, play: Play) -> None:
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

    assert play(scenario, tmp_path) == ENDED


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
