"""Templates that somebody wrote to mislead or to exhaust: they end soon, and what is not read is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.outcome import Outcome
from providers.cloudformation import format as cloudformation

Check = Callable[..., Outcome]
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\n'
K = "  K: {Type: AWS::Kendra::Index}\n"
BOMB = "x0: &x0 [a, a]\n" + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12))
MAPS = "x0: &x0 {a: b}\n" + "".join(
    f"x{n}: &x{n} {{{', '.join(f'k{m}: *x{n - 1}' for m in range(9))}}}\n" for n in range(1, 12)
)


def resource(kind: str, properties: str) -> str:
    return f"  R:\n    Type: {kind}\n    Properties:\n{properties}"


def test_importing_the_format_imports_nothing_heavy() -> None:
    heavy = "n for n in sys.modules if n in ('yaml', 'json', 'tomllib')"
    code = f"import sys, providers.cloudformation.format; print(*({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


HUNGRY = {
    "lists": BOMB + "Resources:\n" + K + resource("AWS::Lambda::Function", "      Environment: {Variables: *x11}\n"),
    "maps": MAPS + "Resources:\n" + K + resource("AWS::Lambda::Function", "      Environment: {Variables: *x11}\n"),
    "a bomb in a mapping": BOMB.replace("x11:", "Mappings:\n  M:\n    a:\n      b:")
    + "Resources:\n"
    + K
    + resource("AWS::S3::Bucket", "      BucketName: !FindInMap [M, a, b]\n"),
    "joins of joins": "Mappings:\n  M: &m0 {a: {b: aaaaaaaaaaaaaaaaaaaaaaaaaaaa}}\n"
    + "".join(
        f"y{n}: &y{n} !Join ['', [{f'*y{n - 1}, *y{n - 1}' if n else 'aaaaaaaa, bbbbbbbb'}]]\n" for n in range(40)
    )
    + "Resources:\n"
    + K
    + resource("AWS::S3::Bucket", "      BucketName: *y39\n"),
    "conditions of conditions": "Parameters:\n  O: {Type: String}\nConditions:\n  C0: !Equals [!Ref O, a]\n"
    + "".join(f"  C{n}: !And [!Condition C{n - 1}, !Condition C{n - 1}]\n" for n in range(1, 60))
    + "Resources:\n"
    + K
    + resource("AWS::S3::Bucket", "      BucketName: !If [C59, a, b]\n"),
    "branches of branches": "Parameters:\n  O: {Type: String}\nConditions:\n  C: !Equals [!Ref O, a]\n"
    "y0: &y0 !If [C, a, b]\n"
    + "".join(f"y{n}: &y{n} !If [C, [*y{n - 1}], [*y{n - 1}, x{n}]]\n" for n in range(1, 40))
    + "Resources:\n"
    + K
    + resource("AWS::Lambda::Function", "      Environment: {Variables: *y39}\n"),
    "parameters of parameters": "Parameters:\n  P0: {Type: String, Default: abcdefgh}\n"
    + "".join(f"  P{n}: {{Type: String, Default: !Sub '${{P{n - 1}}}${{P{n - 1}}}'}}\n" for n in range(1, 60))
    + "Resources:\n"
    + K
    + resource("AWS::S3::Bucket", "      BucketName: !Ref P59\n"),
    "names of each other": "Resources:\n"
    + K
    + "".join(
        f"  B{n}:\n    Type: AWS::S3::Bucket\n    Properties:\n      BucketName: !Sub '"
        + "".join(f"${{B{m}}}" for m in range(30))
        + "'\n"
        for n in range(30)
    ),
    "loops of loops": "Resources:\n"
    + K
    + "  Fn::ForEach::A: [A, [a, b, c, d, e, f, g, h], {Fn::ForEach::B: [B, [a, b, c, d, e, f, g, h], "
    + "{Fn::ForEach::C: [C, [a, b, c, d, e, f, g, h], {Fn::ForEach::D: [D, [a, b, c, d, e, f, g, h], "
    + "{Fn::ForEach::E: [E, [a, b, c, d, e, f, g, h], {'X${A}${B}${C}${D}${E}': {Type: AWS::S3::Bucket}}]}]}]}]}]\n",
    "many choices": "Parameters:\n"
    + "".join(f"  P{n}: {{Type: String, AllowedValues: [a, b, c, d]}}\n" for n in range(40))
    + "Resources:\n"
    + K
    + resource("AWS::S3::Bucket", "      BucketName: !Sub '" + "".join(f"${{P{n}}}" for n in range(40)) + "'\n"),
    "a long line of locations": "Resources:\n"
    + K
    + "  R: {Type: AWS::S3::Bucket, Metadata: '"
    + "Location: " * 50_000
    + "'}\n",
    "deep flow": "Resources:\n" + K + "  R: {Type: AWS::S3::Bucket, Properties: {A: " + "[" * 90 + "]" * 90 + "}}\n",
    "globals": MAPS.replace("x11:", "Globals:\n  Function:\n    Environment:")
    + "Resources:\n"
    + K
    + resource("AWS::Serverless::Function", "      Environment: *x10\n"),
}


@pytest.mark.parametrize("case", HUNGRY)
def test_what_grows_ends_soon(case: str, check: Check) -> None:
    began = time.process_time()
    outcome = check({"t.yaml": HEAD + HUNGRY[case]}, scope="all", assumed={"aws": "eu-west-1"})
    assert time.process_time() - began < 5
    assert "K" in {found.address for found in outcome.graph.resources.values()} or any(
        gap.fatal for gap in outcome.graph.gaps
    )


@pytest.mark.parametrize("name", ["samconfig.yaml", "samconfig.toml", "cdk.out/manifest.json"])
def test_configurations_end_soon(name: str, check: Check) -> None:
    text = {
        "samconfig.yaml": MAPS + "default: *x11\n",
        "samconfig.toml": "a = " + "[" * 5000 + "]" * 5000,
        "cdk.out/manifest.json": '{"x": "aws:cloudformation:stack", "artifacts": ' + "[" * 5000 + "]" * 5000 + "}",
    }[name].replace('"x": "aws', '"type": "aws')
    outcome = check({name: text, "template.yaml": HEAD + "Resources:\n" + K})
    assert [found.address for found in outcome.judged] == ["K"]
    assert [gap.fatal for gap in outcome.graph.gaps] == [True]


def test_deep_json_is_said(check: Check) -> None:
    deep = '{"Resources": {"K": {"Type": "AWS::Kendra::Index", "Properties": {"Name": %s"x"%s}}}}'
    for depth in (150, 5000):
        text = deep % ('{"Fn::If": ["C", ' * depth, ', "y"]}' * depth)
        outcome = check({"t.json": text, "good.yaml": HEAD + "Resources:\n" + K})
        assert {found.root for found in outcome.judged} >= {"good.yaml"}
        assert any(gap.fatal for gap in outcome.graph.gaps) or len(outcome.judged) == 2


def test_stacks_that_fan_out_end(check: Check) -> None:
    stack = "{{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: ./t{}.yaml}}}}"
    files = {
        f"t{n}.yaml": HEAD + "Resources:\n" + "".join(f"  N{m}: {stack.format(n + 1)}\n" for m in range(10))
        for n in range(8)
    }
    files["t8.yaml"] = HEAD + "Resources:\n" + K
    began = time.process_time()
    outcome = check(files, assumed={"aws": "eu-west-1"})
    assert time.process_time() - began < 20
    assert any(gap.fatal for gap in outcome.graph.gaps)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + 'Resources:\n  K: {Type: "AWS::Kend\\x72a::Index"}\n',
        '{"Resources": {"K": {"Type": "AWS::\\u004bendra::Index"}}}',
        HEAD + 'Resources:\n  K:\n    Type: "AWS::Kendra\\\n      ::Index"\n',
        HEAD + "Resources:\n  K:\n    Type: >-\n      AWS::Kendra::Index\n",
        HEAD + "Metadata: {t: &t AWS::Kendra::Index}\nResources:\n  K:\n    Type: *t\n",
        HEAD + "Metadata: {t: &t {Type: AWS::Kendra::Index}}\nResources:\n  K:\n    <<: *t\n",
        HEAD + "Resources:\n  K:\n    ? Type\n    : AWS::Kendra::Index\n",
        '{"Resources":{"K":{"Type":"AWS::Kendra::Index"}}}',
        '{\r\n\t"Description": "Resources",\r\n\t"Resources": {"K": {"Type": "AWS::Kendra::Index"}}}',
        "{AWSTemplateFormatVersion: '2010-09-09', Resources: {K: {Type: AWS::Kendra::Index}}}",
        "# words\n---\n  AWSTemplateFormatVersion: '2010-09-09'\n  Resources:\n    K: {Type: AWS::Kendra::Index}\n",
        "\ufeff" + HEAD + "Resources:\n  K: {Type: AWS::Kendra::Index}\n",
        HEAD + "Description: |\n" + "  words\n" * 20_000 + "Resources:\n  K: {Type: AWS::Kendra::Index}\n",
    ],
)
def test_nothing_is_hidden_by_how_it_is_written(text: str, check: Check) -> None:
    outcome = check({"t.yaml": text})
    assert [found.address for found in outcome.judged] == ["K"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("serverless.yml", "service: x\nresources:\n  Resources:\n    B: {Type: AWS::S3::Bucket}\n"),
        ("event.json", json.dumps({"fragment": {"Resources": {"B": {"Type": "AWS::S3::Bucket"}}}})),
        ("tree.json", json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}})),
        ("values.yaml", "Resources: {}\n"),
        ("policy.json", json.dumps({"Statement": [{"Resource": "*"}]})),
        ("app.txt", HEAD + "Resources:\n" + K),
    ],
)
def test_what_is_no_template_is_not_claimed(name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    roots, gaps, counts = cloudformation.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert (roots, gaps, counts["files"]) == ([], [], 0)


def test_nothing_outside_of_the_tree_is_read(check: Check, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.yaml"
    outside.write_text(HEAD + "Resources:\n" + K, encoding="utf-8")
    nest = f"  N: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: ../{outside.name}}}}}\n"
    (tmp_path / ".git").mkdir()
    os.symlink(outside, tmp_path / "link.yaml")
    outcome = check({"t.yaml": HEAD + "Resources:\n" + nest + K})
    assert [found.root for found in outcome.judged] == ["t.yaml"]
    assert sorted(gap.what for gap in outcome.graph.gaps) == [f"N (../{outside.name})", "link.yaml"]


def test_what_is_no_file_is_left_alone(check: Check, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "folder.yaml").mkdir()
    os.symlink(tmp_path / "nowhere", tmp_path / "broken.yaml")
    assert len(check({"t.yaml": HEAD + "Resources:\n" + K}).judged) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Resources: []\n",
        "Resources:\n  K: 3\n",
        "Resources:\n  K: {Type: [a]}\n",
        "Resources:\n  K: {Type: AWS::Kendra::Index, Properties: [a]}\n",
        "Resources:\n  K: {Type: AWS::Kendra::Index, Properties: !Ref X}\n",
        "Resources:\n  K: {Type: AWS::Kendra::Index, Condition: [a]}\n",
        "Parameters: []\nMappings: 3\nConditions: x\nOutputs: [a]\nGlobals: b\nTransform: 3\nResources:\n" + K,
        "Parameters: {P: 3}\nResources:\n  K: {Type: AWS::Kendra::Index, Properties: {Name: !Ref P}}\n",
        "Resources:\n  N: {Type: AWS::CloudFormation::Stack}\n  S: {Type: AWS::CloudFormation::StackSet}\n" + K,
        "Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: [a], Parameters: [b]}}\n" + K,
        "Resources:\n  K: {Type: AWS::Kendra::Index, Properties: {Name: !GetAtt [], Edition: !Ref [a], X: !Sub }}\n",
        "Resources:\n  M:\n    Type: AWS::Serverless::StateMachine\n"
        "    Properties: {DefinitionUri: ., DefinitionSubstitutions: 3}\n" + K,
        "Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {CodeUri: {Bucket: b}, Environment: 3}}\n" + K,
        "Outputs: {O: {Export: 3, Value: !Ref X}}\nResources:\n  K: {Type: AWS::X::Y, Metadata: !ImportValue x}\n",
    ],
)
def test_odd_shapes_are_no_faults(text: str, check: Check) -> None:
    outcome = check(
        {"t.yaml": HEAD + text, "other.yaml": HEAD + "Resources:\n  O: {Type: AWS::Kendra::Index}\n"}, scope="all"
    )
    assert "O" in {found.address for found in outcome.judged}
    assert not [gap for gap in outcome.graph.gaps if "a fault of euclave" in gap.why]
