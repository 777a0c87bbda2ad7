"""Intrinsic functions: what they come to, with what they hang on."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Gap, Unknown, Value
from providers.cloudformation import format as cloudformation

HEAD = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Name: {Type: String, Default: acme}
  Open: {Type: String}
  One: {Type: String, AllowedValues: [a, b]}
  List: {Type: CommaDelimitedList, Default: "x, y"}
  Secret: {Type: String, NoEcho: true, Default: hush}
  Stored: {Type: "AWS::SSM::Parameter::Value<String>", Default: /some/path}
Mappings:
  M:
    a: {k: va, list: [p, q]}
    b: {k: vb}
Conditions:
  Sure: !Equals [!Ref Name, acme]
  Maybe: !Equals [!Ref Open, x]
  One: !Equals [!Ref One, c]
Resources:
  B: {Type: "AWS::S3::Bucket", Properties: {BucketName: my-docs}}
  P: {Type: "AWS::SSM::Parameter", Properties: {Name: /n, Type: String, Value: held}}
  R: {Type: "AWS::SNS::Topic"}
  T:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: %s
"""


def blocks(folder: Path, text: str, assumed: dict[str, str] | None = None) -> tuple[dict[str, Block], list[Gap]]:
    (folder / "t.yaml").write_text(text, encoding="utf-8")
    options = formats.Options(assumed=assumed or {}, derive=lambda mode, type, attribute: "bucket_name")
    roots, gaps, _ = cloudformation.open_roots(formats.listing([folder]), options, folder)
    found = {block.address: block for root in roots for block in root.blocks(lambda mode, type: True)}
    return found, [*gaps, *(gap for root in roots for gap in root.gaps())]


def values(folder: Path, expression: str, region: str = "eu-west-1") -> tuple[Value, ...]:
    found, _ = blocks(folder, HEAD % expression, {"aws": region})
    return found["T"].body.values("bucket_name")


KNOWN = {
    "!Ref Name": ["acme"],
    "!Ref One": ["a", "b"],
    "!Ref List": ["x", "y"],
    "!Ref AWS::Region": ["eu-west-1"],
    "!Ref AWS::Partition": ["aws"],
    "!Ref AWS::URLSuffix": ["amazonaws.com"],
    "!Ref AWS::NoValue": [],
    "!Ref B": ["my-docs"],
    "!GetAtt P.Value": ["held"],
    "!GetAtt [P, Value]": ["held"],
    '!Sub "${Name}-${AWS::Region}"': ["acme-eu-west-1"],
    '!Sub "${One}-x"': ["a-x", "b-x"],
    '!Sub "${!Name}"': ["${Name}"],
    '!Sub ["${A}${Name}", {A: !Ref One}]': ["aacme", "bacme"],
    '!Join ["-", [!Ref Name, b, !Ref One]]': ["acme-b-a", "acme-b-b"],
    '!Join ["-", !Ref List]': ["x-y"],
    '!Join ["-", [a, !Ref List]]': ["a-x-y"],
    '!Join ["", []]': [""],
    "!Select [1, !Ref List]": ["y"],
    '!Select ["0", [p, q]]': ["p"],
    '!Select [2, !Split ["/", "a/b/c"]]': ["c"],
    "!Select [0, !GetAZs '']": ["eu-west-1a"],
    "!Select [2, !GetAZs us-east-1]": ["us-east-1a"],
    "{Fn::Select: ['1', {Fn::GetAZs: {Ref: AWS::Region}}]}": ["eu-west-1a"],
    "!FindInMap [M, a, k]": ["va"],
    "!FindInMap [M, !Ref One, k]": ["va", "vb"],
    "!FindInMap [M, !Ref Open, k]": ["va", "vb"],
    "!FindInMap [M, c, k, {DefaultValue: d}]": ["d"],
    "!FindInMap [M, a, list]": ["p", "q"],
    "!Select [1, !FindInMap [M, a, list]]": ["q"],
    "!If [Sure, a, b]": ["a"],
    "!If [One, a, b]": ["b"],
    "!If [Maybe, a, b]": ["a", "b"],
    "!If [Maybe, a, a]": ["a"],
    "!If [Maybe, !If [Sure, a, b], c]": ["a", "c"],
    "!Base64 abc": ["abc"],
    "{Fn::Base64: {Fn::Sub: 'x-${Name}'}}": ["x-acme"],
    "{Ref: Name}": ["acme"],
    "{Fn::GetAtt: [P, Value]}": ["held"],
    "{Fn::GetAtt: P.Value}": ["held"],
    "{Fn::ToJsonString: x}": ["x"],
}


@pytest.mark.parametrize("expression", KNOWN)
def test_known(expression: str, tmp_path: Path) -> None:
    assert [value.data for value in values(tmp_path, expression)] == KNOWN[expression]


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("eusc-de-east-1", "aws-eusc")]
)
def test_a_region_says_its_partition(region: str, partition: str, tmp_path: Path) -> None:
    assert [value.data for value in values(tmp_path, "!Ref AWS::Partition", region)] == [partition]


UNKNOWN = {
    "!Ref Open": ("has no value", None, []),
    "!Ref Stored": ("looked up in the account", None, []),
    "!Ref Missing": ("nothing here is called Missing", None, []),
    "!GetAtt Missing.Arn": ("nothing here is called Missing", None, []),
    "!Ref AWS::AccountId": ("after deployment", None, []),
    "!Ref R": ("after deployment", None, ["R.id"]),
    "!GetAtt R.TopicArn": ("after deployment", None, ["R.topic_arn"]),
    '!Sub "arn:${AWS::Partition}:sns:eu-west-1:${AWS::AccountId}:${R}"': (
        "a part of it",
        "arn:aws:sns:eu-west-1:${AWS::AccountId}:${Ref R}",
        ["R.id"],
    ),
    '!Sub "${R.TopicArn}/x"': ("a part of it", "${GetAtt R.TopicArn}/x", ["R.topic_arn"]),
    '!Select [1, !Split ["/", !Sub "a/${R}/c"]]': ("a part of it", "${Ref R}", ["R.id"]),
    "!ImportValue x": ("export of another stack", None, []),
    "!Cidr [x, 1]": ("Fn::Cidr is not evaluated", None, []),
    "!Odd x": ("Fn::Odd is not evaluated", None, []),
    "{Fn::Transform: {Name: Mine}}": ("a macro makes it", None, []),
    '"{{resolve:ssm:/a/b}}"': ("a part of it", "${resolve:ssm:/a/b}", []),
    '!Sub "x-{{resolve:secretsmanager:s}}"': ("a part of it", "x-${resolve:secretsmanager:s}", []),
    "!FindInMap [M, z, k]": ("the mapping has no M.z.k", None, []),
    "!FindInMap [M, a]": ("no map and two keys", None, []),
    "!Select [9, [a]]": ("what is selected is not known", None, []),
    "!Join [a]": ("no list of a delimiter", None, []),
    "!If [Sure]": ("no condition and two values", None, []),
    "!Sub [[a]]": ("no text", None, []),
}


@pytest.mark.parametrize("expression", UNKNOWN)
def test_unknown(expression: str, tmp_path: Path) -> None:
    reason, pattern, targets = UNKNOWN[expression]
    (value,) = values(tmp_path, expression)
    assert isinstance(value.data, Unknown)
    assert reason in value.data.reason
    assert value.data.pattern == pattern
    assert [f"{target.address}.{target.attribute}" for target in value.targets] == targets
    if pattern is not None:
        assert len(value.data.holes) == pattern.count("${")


def test_a_trail_ends_where_somebody_would_edit(tmp_path: Path) -> None:
    (value,) = values(tmp_path, '!Sub "${Name}-x"')
    assert [step.text for step in value.trail] == ['"acme-x"', "parameter Name", 'default of "Name"']
    assert [step.location.line for step in value.trail if step.location] == [24, 24, 3]


@pytest.mark.parametrize("expression", ["!Ref Secret", '!Sub "a-${Secret}"', '!Join ["", [a, !Ref Secret]]'])
def test_what_is_not_to_be_shown(expression: str, tmp_path: Path) -> None:
    (value,) = values(tmp_path, expression)
    assert value.sensitive
    assert "hush" not in repr(value.trail)


LOOPS = """\
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::LanguageExtensions
Parameters:
  Stages: {Type: CommaDelimitedList, Default: "dev,pro-d"}
  Open: {Type: CommaDelimitedList}
Resources:
  Fn::ForEach::Outer:
  - Stage
  - !Ref Stages
  - Fn::ForEach::Inner:
    - Kind
    - [In, Out]
    - "Bucket&{Stage}${Kind}":
        Type: AWS::S3::Bucket
        Properties:
          BucketName: !Sub "${Stage}-${Kind}-${AWS::Region}"
          Tags:
            Fn::ForEach::Tag: [T, [a], {"${T}": !Ref Kind}]
  Fn::ForEach::Unknown: [S, !Ref Open, {"X${S}": {Type: "AWS::S3::Bucket"}}]
  Fn::ForEach::Broken: [S, [a]]
"""


def test_loops(tmp_path: Path) -> None:
    found, gaps = blocks(tmp_path, LOOPS, {"aws": "eu-west-1"})
    assert {address: block.body.values("bucket_name")[0].data for address, block in found.items()} == {
        "BucketdevIn": "dev-In-eu-west-1",
        "BucketdevOut": "dev-Out-eu-west-1",
        "BucketprodIn": "pro-d-In-eu-west-1",
        "BucketprodOut": "pro-d-Out-eu-west-1",
    }
    assert [value.data for value in found["BucketdevIn"].body.values("tags.a")] == ["In"]
    assert [(gap.what, gap.fatal) for gap in gaps] == [("Fn::ForEach::Unknown", False), ("Fn::ForEach::Broken", True)]


def test_members_of_settings_keep_their_names_and_pairs_get_theirs(tmp_path: Path) -> None:
    text = """\
Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {Environment: {Variables: {SomeName: x}}}
  T:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
      - Environment: [{Name: SomeName, Value: x}]
        Secrets: [{Name: KEY, ValueFrom: !Ref Open}]
  O:
    Type: AWS::Organizations::Policy
    Properties:
      Content: {Statement: [{Effect: Deny, Condition: {StringNotEquals: {"aws:RequestedRegion": [eu-west-1]}}}]}
"""
    found, _ = blocks(tmp_path, text)
    assert set(found["F"].body.items("environment.variables")[0]) == {"SomeName"}
    (pair,) = found["T"].body.items("container_definitions.environment")
    assert {name: value[0].data for name, value in pair.items()} == {"name": "SomeName", "value": "x"}
    assert set(found["T"].body.items("container_definitions.secrets")[0]) == {"name", "value_from"}
    path = "content.Statement.Condition.StringNotEquals.aws:RequestedRegion"
    assert [value.data for value in found["O"].body.values(path)] == ["eu-west-1"]
