"""`euclave lsp` as an editor sees it: a real client on the pipes of the real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types

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


def test_a_finding_stands_at_the_literal_and_goes_with_an_edit(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path, main_tf=OUTSIDE)

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"]})
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        assert str(found.range) == "1:11-1:22"
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

    play(scenario, tmp_path)


@pytest.mark.parametrize(("encodings", "start"), [((), 17), (("utf-8", "utf-16"), 20)])
def test_columns_are_those_of_the_editor(
    encodings: tuple[str, ...], start: int, tmp_path: Path, play: Play, write: Write
) -> None:
    write(tmp_path, main_tf=OUTSIDE.replace("  region", "/*😀ü*/ region"))

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: "main.tf" in editor.codes())
        (found,) = (one for one in editor.shown[uri] if one.code == "ai-placement")
        assert str(found.range) == f"1:{start}-1:{start + len('_us-east-1_')}"

    play(scenario, tmp_path, encodings=encodings)


def test_hover_says_the_place_its_way_and_its_table(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_hover_hides_secrets(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_hints_say_where_things_are(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_a_change_mends_a_finding(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path, options=("--region", "aws=eu-central-1"))


def test_other_kinds_of_action_are_not_offered(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_an_exception_counts_when_it_has_a_reason(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_formats_without_comments_get_no_exception(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_a_broken_text_leaves_the_other_files_as_they_were(tmp_path: Path, play: Play, write: Write) -> None:
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

    play(scenario, tmp_path)


def test_a_file_that_was_broken_before_is_judged_as_it_is(tmp_path: Path, play: Play, write: Write) -> None:
    write(tmp_path, main_tf=OUTSIDE, other_tf='locals {\n  a = "\n}\n')

    async def scenario(editor: Any) -> None:
        uri = editor.open(tmp_path / "main.tf")
        await editor.until(lambda: editor.codes() == {"main.tf": ["ai-placement"], "other.tf": ["not-read"]})
        editor.type(uri, "us-east-1", "eu-central-1")
        await editor.until(lambda: editor.codes() == {"other.tf": ["not-read"]})

    play(scenario, tmp_path)
