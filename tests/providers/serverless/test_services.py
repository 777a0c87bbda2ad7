"""Services of the Serverless Framework: which files are such, what their variables come to, what they deploy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Gap, Unknown, Value
from checker.outcome import Outcome
from providers.serverless import format as serverless
from providers.serverless.root import Root
from providers.serverless.syntax import Variable, pieces

Check = Callable[..., Outcome]
HEAD = "service: app\nprovider:\n  name: aws\n  region: eu-west-1\n"


def opened(folder: Path, files: Mapping[str, str], **options: object) -> tuple[list[Root], list[Gap]]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    given = formats.Options(**options)  # type: ignore[arg-type]
    return serverless.open_roots(formats.listing([folder]), given, folder)[:2]


def read(folder: Path, files: str | Mapping[str, str], **options: object) -> tuple[dict[str, Block], list[Gap]]:
    roots, gaps = opened(folder, {"serverless.yml": files} if isinstance(files, str) else files, **options)
    blocks = {block.address: block for root in roots for block in root.blocks(lambda mode, type: True)}
    return blocks, [*gaps, *(gap for root in roots for gap in root.gaps())]


def settings(block: Block) -> dict[str, list[object]]:
    (item,) = block.body.items("environment.variables")
    return {name: [value.text or value.data for value in values] for name, values in item.items()}


def regions(block: Block) -> list[Value]:
    assert block.provider is not None
    assert block.provider.body is not None
    return list(block.provider.body.values("region"))


def test_importing_the_format_imports_nothing_heavy() -> None:
    heavy = "n in ('yaml', 'json') or 'cloudformation' in n"
    code = f"import sys, providers.serverless.format; print(*(n for n in sys.modules if {heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("serverless.yml", HEAD + "functions: {}\n", 1),
        ("anything.yaml", "provider:\n  name: aws\nservice: x\nplugins: []\n", 1),
        ("serverless.yml", "service: x\nprovider: aws\nfunctions: {}\n", 1),
        ("serverless.json", '{\n  "service": "x",\n  "provider": {"name": "aws"},\n  "functions": {}\n}', 1),
        ("serverless.yml", "service: x\n", 0),
        ("service.yaml", "apiVersion: v1\nservice: x\nprovider:\n  name: aws\nfunctions: {}\n", 0),
        ("openapi.yml", "paths:\n  service:\n  provider: x\n", 0),
        ("template.yml", "Resources:\n  A:\n    Type: AWS::S3::Bucket\n", 0),
    ],
)
def test_files_are_known_by_their_content(tmp_path: Path, name: str, text: str, count: int) -> None:
    (tmp_path / name).write_text(text)
    roots, gaps, counts = serverless.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert (len(roots), gaps, counts["files"]) == (count, [], count)


def test_code_is_a_gap_that_says_what_to_check(tmp_path: Path) -> None:
    text = "import type { AWS } from '@serverless/typescript';\nconst c: AWS = { service: 'x', provider: {} };\n"
    roots, gaps = opened(tmp_path, {"serverless.ts": text, "serverless-helper.ts": "export const x = 1;\n"})
    assert roots == []
    assert [(gap.what, "serverless package" in gap.hint) for gap in gaps] == [("serverless.ts", True)]


@pytest.mark.parametrize("name", ["google", "azure", "openwhisk"])
def test_another_cloud_is_a_gap(tmp_path: Path, name: str) -> None:
    text = f"service: app\nprovider:\n  name: {name}\nfunctions:\n  f:\n    handler: f.x\n"
    blocks, gaps = read(tmp_path, text)
    assert blocks == {}
    assert [gap.what for gap in gaps] == [f"serverless.yml (provider {name})"]


# --- variables


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ["plain"]),
        ("${self:a}", ["self"]),
        ("x-${opt:stage, 'dev'}-y", ["x-", "opt", "-y"]),
        ("${AWS::Region}", ["${AWS::Region}"]),
        ("${Bucket.Arn}/${self:a}", ["${Bucket.Arn}/", "self"]),
        ("${file(./a-${opt:stage}.yml):b.c}", ["file"]),
        ("${unclosed", ["${unclosed"]),
        ("${!Literal}${self:a}", ["${!Literal}", "self"]),
    ],
)
def test_what_is_a_variable(text: str, found: list[str]) -> None:
    assert [part.calls[0].source if isinstance(part, Variable) else part for part in pieces(text)] == found


VALUES = """\
service: app
custom:
  nested: {a: {b: deep}}
  list: [zero, one]
  stages: {dev: D, prod: P}
  circle: ${self:custom.circle}
  empty: null
params:
  default: {color: red, size: small}
  prod: {color: blue}
provider:
  name: aws
  stage: ${opt:stage, 'dev'}
  region: eu-west-1
functions:
  f:
    handler: f.x
    environment:
      X: VALUE
"""


@pytest.mark.parametrize(
    ("written", "options", "found"),
    [
        ("${self:custom.nested.a.b}", {}, ["deep"]),
        ("${self:custom.list.1}", {}, ["one"]),
        ("${self:service}-${sls:stage}", {}, ["app-dev"]),
        ("${self:custom.stages.${self:provider.stage}}", {}, ["D"]),
        ("${self:custom.stages.${sls:stage}}", {"variables": (("stage", "prod"),)}, ["P"]),
        ("${self:custom.stages.${opt:kind}}", {}, ["D", "P"]),
        ("${self:custom.none, 'fallback'}", {}, ["fallback"]),
        ("${self:custom.empty, 'fallback'}", {}, ["fallback"]),
        ("${opt:a, self:custom.none, ${opt:b, 'last'}}", {}, ["last"]),
        ("${opt:region, self:provider.region}", {}, ["eu-west-1"]),
        ("${aws:region}", {}, ["eu-west-1"]),
        ("${param:color}", {}, ["red"]),
        ("${param:color}/${param:size}", {"variables": (("stage", "prod"),)}, ["blue/small"]),
        ("${env:EUCLAVE_NONE, 5}", {}, [5]),
        ("${env:EUCLAVE_SET, 'x'}", {"use_env": True}, ["known"]),
        ("${strToBool(${self:custom.nested.a.b})}", {}, ["deep"]),
        ("${file(more.yml):inner.value}", {}, ["eu-north-1"]),
        ("${file(more-${sls:stage}.json):value}", {}, ["from json"]),
        ("${file(none.yml):x, 'no file'}", {}, ["no file"]),
        ("${ssm:/a/b}-x", {}, ["${ssm:/a/b}-x"]),
        ("a ${unknown} b", {}, ["a ${unknown} b"]),
    ],
)
def test_what_variables_come_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str, options: dict[str, object], found: list[object]
) -> None:
    monkeypatch.setenv("EUCLAVE_SET", "known")
    more = "inner:\n  value: ${self:custom.north, 'eu-north-1'}\n"
    files = {
        "serverless.yml": VALUES.replace("VALUE", written),
        "more.yml": more,
        "more-dev.json": '{"value": "from json"}',
    }
    blocks, gaps = read(tmp_path, files, **options)
    assert settings(blocks["functions.f"])["X"] == found
    assert gaps == []


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("${opt:color}", "--var color=…"),
        ("${env:EUCLAVE_NONE}", "environment variable EUCLAVE_NONE"),
        ("${self:custom.circle}", "hangs on itself"),
        ("${file(code.js):x}", "code is not run"),
        ("${ssm:/x}", "looked up when it is deployed"),
        ("${vault:x}", "looked up when it is deployed"),
        ("${strange:x}", "are not read"),
    ],
)
def test_what_is_not_known_says_why(tmp_path: Path, written: str, reason: str) -> None:
    files = {"serverless.yml": VALUES.replace("VALUE", written), "code.js": "module.exports = {}\n"}
    blocks, _ = read(tmp_path, files)
    (item,) = blocks["functions.f"].body.items("environment.variables")
    (value,) = item["X"]
    assert isinstance(value.data, Unknown)
    assert reason in value.data.reason


def test_a_value_leads_to_where_it_is_written(tmp_path: Path) -> None:
    files = {"serverless.yml": VALUES.replace("VALUE", "${file(more.yml):a}"), "more.yml": "# first\na: b\n"}
    blocks, _ = read(tmp_path, files)
    (item,) = blocks["functions.f"].body.items("environment.variables")
    (value,) = item["X"]
    assert [str(step.location) for step in value.trail] == ["serverless.yml:19", "more.yml:2"]


# --- regions


@pytest.mark.parametrize(
    ("stated", "options", "found"),
    [
        ("  region: eu-west-2\n", {}, ["eu-west-2"]),
        ("  region: ${opt:region, 'eu-west-3'}\n", {}, ["eu-west-3"]),
        ("  region: ${opt:region, 'eu-west-3'}\n", {"variables": (("region", "eu-south-1"),)}, ["eu-south-1"]),
        ("  region: eu-west-2\n", {"variables": (("region", "eu-south-1"),)}, ["eu-south-1"]),
        ("  region: eu-west-2\n", {"assumed": {"aws": "eu-south-1"}}, ["eu-west-2"]),
        ("  region: ${opt:region}\n", {"assumed": {"aws": "eu-south-1"}}, ["eu-south-1"]),
        ("", {"assumed": {"aws": "eu-south-1"}}, ["eu-south-1"]),
        ("", {}, ["us-east-1"]),
        ("  region: ${self:custom.regions.${opt:where}}\n", {}, ["eu-west-1", "eu-north-1"]),
        ("  region: ${opt:region}\n", {}, [None]),
    ],
)
def test_regions(tmp_path: Path, stated: str, options: dict[str, object], found: list[str | None]) -> None:
    text = f"service: app\nprovider:\n  name: aws\n{stated}custom:\n  regions: {{a: eu-west-1, b: eu-north-1}}\n"
    blocks, _ = read(tmp_path, text + "functions:\n  f:\n    handler: f.x\n", **options)
    assert [value.text for value in regions(blocks["functions.f"])] == found


# --- what is deployed


def test_functions_with_their_settings(tmp_path: Path) -> None:
    text = HEAD + (
        "  environment:\n    A: shared\n    B: shared\n"
        "  ecr:\n    images:\n      own: {uri: 1.dkr.ecr.eu-west-1.amazonaws.com/x}\n"
        "functions:\n  my-fn_1:\n    image: own\n    kmsKeyArn: arn:aws:kms:eu-west-1:1:key/x\n"
        "    environment:\n      B: own\n      C: !GetAtt Table.Arn\n"
        "resources:\n  Resources:\n    Table:\n      Type: AWS::DynamoDB::Table\n      Properties:\n"
        "        TableName: {Ref: MyDashfnUnderscore1LambdaFunction}\n"
    )
    blocks, gaps = read(tmp_path, text)
    function = blocks["functions.my-fn_1"]
    assert (function.type, function.format, function.location.line) == ("awscc_lambda_function", "serverless", 12)
    assert settings(function) == {
        "A": ["shared"],
        "B": ["own"],
        "C": [Unknown("known only after deployment", "GetAtt Table.Arn")],
    }
    (item,) = function.body.items("environment.variables")
    assert [target.address for target in item["C"][0].targets] == ["Table"]
    assert [value.data for value in function.body.values("code.image_uri")] == ["1.dkr.ecr.eu-west-1.amazonaws.com/x"]
    assert [value.data for value in function.body.values("function_name")] == ["app-dev-my-fn_1"]
    (name,) = blocks["Table"].body.values("table_name")
    assert [target.address for target in name.targets] == ["functions.my-fn_1"]
    assert gaps == []


def test_functions_and_resources_from_files(tmp_path: Path) -> None:
    files = {
        "serverless.yml": HEAD
        + "functions: ${file(functions.yml)}\nresources:\n  - ${file(a.yml)}\n  - Resources: ${file(b.yml)}\n",
        "functions.yml": "f:\n  handler: f.x\ng: ${file(g.yml):g}\n",
        "g.yml": "g:\n  handler: g.x\n",
        "a.yml": "Resources:\n  A:\n    Type: AWS::S3::Bucket\n"
        "    Properties: {BucketName: !Sub '${self:service}-${AWS::Region}'}\n",
        "b.yml": "B:\n  Type: AWS::S3::Bucket\n  Properties: {BucketName: !Ref A}\n",
    }
    roots, _ = opened(tmp_path, files)
    blocks = {block.address: block for block in roots[0].blocks(lambda mode, type: True)}
    assert {address: str(block.location) for address, block in blocks.items()} == {
        "functions.f": "functions.yml:1",
        "functions.g": "g.yml:1",
        "A": "a.yml:2",
        "B": "b.yml:1",
    }
    assert [value.data for value in blocks["A"].body.values("bucket_name")] == ["app-eu-west-1"]
    assert roots[0].mentions(("g.x",))
    assert ("managed", "awscc_s3_bucket") in roots[0].types()


def test_buckets_of_events_machines_and_agents(tmp_path: Path) -> None:
    text = HEAD + (
        "functions:\n  f:\n    handler: f.x\n    events:\n      - s3: photos\n"
        "      - s3: {bucket: old, existing: true}\n      - http: GET /\n"
        "stepFunctions:\n  stateMachines:\n    review:\n      definition: {StartAt: A}\n"
        "agents:\n  helper:\n    type: memory\n    eventExpiryDuration: 30\n"
    )
    blocks, gaps = read(tmp_path, text)
    assert {address: block.type for address, block in blocks.items()} == {
        "functions.f": "awscc_lambda_function",
        "stepFunctions.stateMachines.review": "awscc_stepfunctions_state_machine",
        "agents.helper": "awscc_bedrockagentcore_memory",
        "S3BucketPhotos": "awscc_s3_bucket",
    }
    assert gaps == []


def test_what_resources_say_of_a_function_is_added(tmp_path: Path) -> None:
    text = HEAD + (
        "functions:\n  f:\n    handler: f.x\n"
        "resources:\n  extensions:\n    FLambdaFunction:\n      Properties:\n        KmsKeyArn: key\n"
    )
    blocks, _ = read(tmp_path, text)
    assert [value.data for value in blocks["functions.f"].body.values("kms_key_arn")] == ["key"]


def test_pseudo_parameters_of_the_plugin(tmp_path: Path) -> None:
    text = (
        HEAD + "functions:\n  f:\n    handler: f.x\n    environment:\n      A: 'arn:#{AWS::Region}:${self:service}'\n"
    )
    blocks, _ = read(tmp_path, text)
    assert settings(blocks["functions.f"]) == {"A": ["arn:eu-west-1:app"]}


def test_a_function_that_calls_a_model_is_judged(check: Check) -> None:
    text = (
        "service: app\nprovider:\n  name: aws\n  region: ${opt:region, 'us-west-2'}\n"
        "functions:\n  ask:\n    handler: a.b\n    environment:\n      OPENAI_BASE_URL: https://us.api.openai.com/v1\n"
    )
    found = {(f.policy, f.address, str(f.location)) for f in check({"serverless.yml": text}).findings}
    assert found == {
        ("ai-placement", "functions.ask", "serverless.yml:4"),
        ("model-endpoint", "functions.ask", "serverless.yml:9"),
    }
    found_now = check({"serverless.yml": text}, variables=(("region", "eu-central-1"),)).findings
    assert {f.policy for f in found_now} == {"model-endpoint"}


# --- bad input


@pytest.mark.parametrize(
    ("files", "what", "fatal"),
    [
        ({"serverless.yml": HEAD + "functions: [\n"}, "serverless.yml", True),
        ({"serverless.yml": HEAD + "functions: ${file(bad.yml)}\n", "bad.yml": "a: [\n"}, "bad.yml", True),
        ({"serverless.yml": HEAD + "functions: ${file(../../x.yml)}\n"}, "../../x.yml", False),
        ({"serverless.yml": HEAD + "functions: ${file(none.yml)}\n"}, "none.yml", False),
    ],
)
def test_faults_are_gaps(tmp_path: Path, files: dict[str, str], what: str, fatal: bool) -> None:
    blocks, gaps = read(tmp_path, files)
    assert blocks == {}
    assert [(gap.what, gap.fatal) for gap in gaps] == [(what, fatal)]


def test_a_fault_in_one_file_loses_nothing_else(tmp_path: Path) -> None:
    files = {
        "serverless.yml": HEAD + "functions:\n  f:\n    handler: x\nresources:\n  - ${file(bad.yml)}\n",
        "bad.yml": "a: [\n",
    }
    blocks, gaps = read(tmp_path, files)
    assert list(blocks) == ["functions.f"]
    assert [gap.fatal for gap in gaps] == [True]


def bomb(kind: str) -> str:
    if kind == "aliases":
        lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
        return (
            HEAD
            + "custom:\n"
            + "".join(f"  {line}\n" for line in lines)
            + "functions:\n  f:\n    environment: {A: '${self:custom.a11}'}\n"
        )
    if kind == "variables":
        lines = ["a0: x", *(f"a{n}: " + f"${{self:custom.a{n - 1}}}" * 9 for n in range(1, 12))]
        return (
            HEAD
            + "custom:\n"
            + "".join(f"  {line}\n" for line in lines)
            + "functions:\n  f:\n    environment: {A: '${self:custom.a11}'}\n"
        )
    if kind == "open":
        return HEAD + "functions:\n  f:\n    environment: {A: '" + "${self:a" * 2000 + "'}\n"
    if kind == "deep":
        return HEAD + "functions:\n  f:\n    environment: {A: '" + "${self:" * 500 + "a" + "}" * 500 + "'}\n"
    return HEAD + "functions:\n  f:\n    environment:\n      A: ${self:functions}\n"


@pytest.mark.parametrize("kind", ["aliases", "variables", "open", "deep", "itself"])
def test_what_would_grow_ends(tmp_path: Path, kind: str) -> None:
    roots, _ = opened(tmp_path, {"serverless.yml": bomb(kind)})
    for block in roots[0].blocks(lambda mode, type: True):
        block.body.items("environment.variables")
    assert len(roots[0].gaps()) <= 1


def test_links_out_of_the_tree_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text("a: secret\n")
    inside = tmp_path / "tree"
    inside.mkdir()
    (inside / "link.yml").symlink_to(tmp_path / "outside.yml")
    (inside / ".git").mkdir()
    text = HEAD + "functions:\n  f:\n    environment: {A: '${file(link.yml):a}'}\n"
    blocks, _ = read(inside, text)
    assert "secret" not in str(settings(blocks["functions.f"]))
