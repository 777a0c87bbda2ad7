"""Templates of CloudFormation and SAM, judged as a person would who reads them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\n'
FUNCTION = """
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          MODEL: %s
"""
PARAMETERS = """
Parameters:
  Open: {Type: String}
  Choice: {Type: String, AllowedValues: [dev, prod]}
  Stage: {Type: String, Default: prod}
  Profile: {Type: String, Default: eu}
  Names: {Type: CommaDelimitedList, Default: "a, b"}
Mappings:
  Models:
    dev: {Id: eu.amazon.nova-pro-v1:0}
    prod: {Id: us.amazon.nova-pro-v1:0}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsOpen: !Equals [!Ref Open, x]
  Both: !And [!Condition IsProd, !Condition IsOpen]
  Either: !Or [!Condition IsProd, !Condition IsOpen]
  NotProd: !Not [!Condition IsProd]
"""
EU = "eu.amazon.nova-pro-v1:0"
US = "us.amazon.nova-pro-v1:0"


def template(resources: str, before: str = "") -> str:
    return f"{HEAD}{before}Resources:\n{resources}"


def models(outcome: Outcome) -> set[str]:
    """Return the models that functions call, as they are named."""
    return {p.name for r in outcome.judged for p in r.places if p.purpose.value == "endpoint"}


VALUES = {
    "a literal": (US, {US}),
    "a default": ('!Sub "${Profile}.amazon.nova-pro-v1:0"', {EU}),
    "a join": f'!Join [".", [!Ref Profile, amazon.nova-pro-v1:0]]|{EU}',
    "a map by a known key": ("!FindInMap [Models, !Ref Stage, Id]", {US}),
    "a map by a key that nobody sets": ("!FindInMap [Models, !Ref Open, Id]", {EU, US}),
    "a map by one of the allowed": ("!FindInMap [Models, !Ref Choice, Id]", {EU, US}),
    "a condition that holds": (f'!If [IsProd, "{US}", "{EU}"]', {US}),
    "a condition that does not": (f'!If [NotProd, "{US}", "{EU}"]', {EU}),
    "a condition that is not known": (f'!If [IsOpen, "{US}", "{EU}"]', {EU, US}),
    "one of two that holds": (f'!If [Either, "{US}", "{EU}"]', {US}),
    "both of two, one not known": (f'!If [Both, "{US}", "{EU}"]', {EU, US}),
    "a selection": (f'!Select [1, ["{EU}", "{US}"]]', {US}),
    "a selection of what is split": (f'!Select [0, !Split ["|", "{EU}|{US}"]]', {EU}),
    "a substitution of its own": ('!Sub ["${P}.amazon.nova-pro-v1:0", {P: us}]', {US}),
    "the long way to write it": (f'{{"Fn::If": ["IsProd", "{US}", "{EU}"]}}', {US}),
    "what stays a dollar": ('!Sub "${!Profile}"', set()),
}


@pytest.mark.parametrize("case", VALUES)
def test_values(case: str, check: Check) -> None:
    stated = VALUES[case]
    text, expected = (stated.split("|")[0], {stated.split("|")[1]}) if isinstance(stated, str) else stated
    outcome = check({"t.yaml": template(FUNCTION % text, PARAMETERS)}, assumed={"aws": "eu-central-1"})
    assert models(outcome) == expected
    assert outcome.graph.gaps == ()


def test_a_finding_leads_to_the_line_to_change(check: Check) -> None:
    source = template(FUNCTION % "!FindInMap [Models, !Ref Stage, Id]", PARAMETERS)
    (finding,) = check({"t.yaml": source}, assumed={"aws": "eu-central-1"}).findings
    assert str(finding.location) == "t.yaml:12"


def test_the_region_of_a_stack_is_not_known(check: Check) -> None:
    outcome = check({"t.yaml": template("  K:\n    Type: AWS::Kendra::Index\n    Properties: {Name: k}\n")})
    assert [(f.policy, f.verdict.value) for f in outcome.findings] == [("place-not-stated", "undetermined")]
    assert "no stack environment states the region" in outcome.findings[0].message
    outcome = check({"t.yaml": template("  K:\n    Type: AWS::Kendra::Index\n")}, assumed={"aws": "us-east-1"})
    assert [(f.policy, f.verdict.value) for f in outcome.findings] == [("ai-placement", "outside")]


def test_what_a_template_says_of_other_regions_is_judged_regardless(check: Check) -> None:
    resources = """
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: a
      CustomerEncryptionKeyArn: arn:aws:kms:us-east-1:111122223333:key/k
"""
    found = {(f.policy, f.verdict.value) for f in check({"t.yaml": template(resources)}).findings}
    assert ("key-placement", "outside") in found


def test_references_join(check: Check) -> None:
    resources = """
  Docs:
    Type: AWS::S3::Bucket
    Properties:
      ReplicationConfiguration:
        Rules:
        - Destination: {Bucket: !GetAtt Copy.Arn}
  Copy: {Type: AWS::S3::Bucket}
  Other: {Type: AWS::S3::Bucket}
  Kb:
    Type: AWS::Bedrock::KnowledgeBase
    Properties: {Name: kb}
  Source:
    Type: AWS::Bedrock::DataSource
    Properties:
      KnowledgeBaseId: !Ref Kb
      DataSourceConfiguration:
        S3Configuration: {BucketArn: !Sub "arn:${AWS::Partition}:s3:::${Docs}"}
"""
    outcome = check({"t.yaml": template(resources)}, assumed={"aws": "eu-west-1"})
    assert {resource.address for resource in outcome.judged} == {"Docs", "Copy", "Kb", "Source"}


def test_resources_under_a_condition(check: Check) -> None:
    resources = "".join(
        f"  {name}:\n    Type: AWS::Kendra::Index\n    Condition: {name}\n" for name in ("IsProd", "NotProd", "IsOpen")
    )
    outcome = check({"t.yaml": template(resources, PARAMETERS)}, assumed={"aws": "eu-west-1"})
    assert {resource.address for resource in outcome.judged} == {"IsProd", "IsOpen"}


def test_a_loop_makes_one_of_each(check: Check) -> None:
    resources = """
  Fn::ForEach::Indexes:
  - Name
  - [One, Two]
  - Index${Name}:
      Type: AWS::Kendra::Index
      Properties: {Name: !Ref Name}
"""
    outcome = check({"t.yaml": template(resources)}, assumed={"aws": "eu-west-1"})
    assert {resource.address for resource in outcome.judged} == {"IndexOne", "IndexTwo"}


def test_json(check: Check) -> None:
    document = {"Resources": {"K": {"Type": "AWS::Kendra::Index", "Properties": {"Name": {"Ref": "AWS::StackName"}}}}}
    outcome = check({"t.template": json.dumps(document)}, assumed={"aws": "eu-west-1"})
    assert [resource.address for resource in outcome.judged] == ["K"]


def test_sam_functions_take_what_globals_say(check: Check) -> None:
    source = (
        HEAD
        + """
Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Environment:
      Variables: {OPENAI_BASE_URL: "https://api.openai.com/v1"}
Resources:
  Ask:
    Type: AWS::Serverless::Function
    Properties:
      Environment:
        Variables: {LEVEL: info}
  Table: {Type: AWS::Serverless::SimpleTable}
"""
    )
    outcome = check({"template.yaml": source}, assumed={"aws": "eu-west-1"})
    assert [(f.address, f.policy) for f in outcome.findings] == [("Ask", "model-endpoint")]


def test_nested_templates_are_judged_where_they_are_nested(check: Check) -> None:
    outer = """
  Inner:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./inner.yaml
      Parameters: {Model: us.amazon.nova-pro-v1:0}
  Far:
    Type: AWS::CloudFormation::Stack
    Properties: {TemplateURL: "https://s3.amazonaws.com/x/y.yaml"}
"""
    inner = "Parameters:\n  Model: {Type: String}\n"
    files = {"outer.yaml": template(outer), "inner.yaml": template(FUNCTION % "!Ref Model", inner)}
    outcome = check(files, assumed={"aws": "eu-west-1"})
    assert [(r.address, r.root) for r in outcome.judged] == [("Inner/Fn", "outer.yaml")]
    assert models(outcome) == {US}
    (gap,) = outcome.graph.gaps
    assert gap.what == "Far (https://s3.amazonaws.com/x/y.yaml)"


def test_an_assembly_of_the_cdk_says_where_its_stacks_go(check: Check) -> None:
    stack = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}}
    manifest = {
        "version": "36.0.0",
        "artifacts": {
            "Eu": {**stack, "environment": "aws://111122223333/eu-central-1"},
            "Us": {**stack, "environment": "aws://111122223333/us-east-1"},
            "Open": {**stack, "environment": "aws://unknown-account/unknown-region"},
        },
    }
    files = {
        "cdk.out/manifest.json": json.dumps(manifest, indent=1),
        "cdk.out/S.template.json": json.dumps({"Resources": {"K": {"Type": "AWS::Kendra::Index"}}}),
    }
    outcome = check(files)
    assert {r.environment: r.verdict(outcome.jurisdiction).value for r in outcome.judged} == {
        "Eu": "inside",
        "Us": "outside",
        "Open": "undetermined",
    }
    (outside,) = [f for f in outcome.findings if f.verdict.value == "outside"]
    assert outside.location.path == "cdk.out/manifest.json"


def test_samconfig_says_region_and_parameters(check: Check) -> None:
    files = {
        "template.yaml": template(FUNCTION % "!Ref Model", "Parameters:\n  Model: {Type: String}\n"),
        "samconfig.toml": (
            'version = 0.1\n[default.deploy.parameters]\nregion = "eu-west-2"\n'
            'parameter_overrides = "Model=us.amazon.nova-pro-v1:0"\n'
        ),
    }
    outcome = check(files)
    assert models(outcome) == {US}
    assert {(f.policy, str(f.location)) for f in outcome.findings} == {
        ("ai-placement", "samconfig.toml:3"),
        ("model-endpoint", "samconfig.toml:4"),
    }


@pytest.mark.parametrize(
    "document",
    [
        [{"ParameterKey": "Model", "ParameterValue": US}],
        {"Parameters": {"Model": US}},
        {"Model": US},
    ],
)
def test_parameter_files(document: object, check: Check, tmp_path: object) -> None:
    files = {
        "t.yaml": template(FUNCTION % "!Ref Model", "Parameters:\n  Model: {Type: String, Default: x}\n"),
        "p.json": json.dumps(document),
    }
    from pathlib import Path

    outcome = check(files, assumed={"aws": "eu-west-1"}, parameter_files=(Path("p.json"),))
    assert models(outcome) == {US}


def test_hidden_parameters_stay_hidden(check: Check) -> None:
    parameters = f"Parameters:\n  Model: {{Type: String, NoEcho: true, Default: {US}}}\n"
    outcome = check({"t.yaml": template(FUNCTION % "!Ref Model", parameters)}, assumed={"aws": "eu-west-1"})
    assert US not in repr([(f.message, f.tip) for f in outcome.findings])
    assert outcome.findings


# --- what is no template, or a broken one


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.yaml", "Type: AWS::S3::Bucket\n"),
        ("deploy.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"),
        ("notes.yaml", "text: AWSTemplateFormatVersion\n"),
        ("package.json", '{"name": "x"}'),
    ],
)
def test_other_files_are_not_claimed(name: str, text: str, check: Check) -> None:
    outcome = check({name: text, "main.tf": 'locals {\n  a = "b"\n}\n'})
    assert [gap for gap in outcome.graph.gaps if gap.fatal] == []
    assert outcome.graph.counts["files"] <= 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "Resources:\n  K:\n    Type: AWS::Kendra::Index\n   Properties: {}\n", ""),
        (HEAD + "Resources:\n  K: &a\n    Type: AWS::Kendra::Index\n    Properties: *a\n", "holds itself"),
        (HEAD + "Resources:\n  K:\n    Kind: AWS::Kendra::Index\n  L:\n    Type: AWS::Kendra::Index\n", "no type"),
    ],
)
def test_broken_templates_are_said(text: str, said: str, check: Check) -> None:
    outcome = check({"t.yaml": text, "good.yaml": template("  G:\n    Type: AWS::Kendra::Index\n")})
    fatal = [gap for gap in outcome.graph.gaps if gap.fatal]
    assert len(fatal) == 1
    assert said in fatal[0].why
    assert fatal[0].location is not None
    assert fatal[0].location.path == "t.yaml"
    assert "G" in {resource.address for resource in outcome.judged}


def test_circles_end(check: Check) -> None:
    before = """
Parameters:
  A: {Type: String, Default: !Ref A}
Conditions:
  C: !Condition D
  D: !Condition C
"""
    outcome = check({"t.yaml": template(FUNCTION % f'!If [C, !Ref A, "{US}"]', before)}, assumed={"aws": "eu-west-1"})
    assert models(outcome) == {US}


def test_templates_that_nest_each_other_end(check: Check) -> None:
    nest = "  N:\n    Type: AWS::CloudFormation::Stack\n    Properties: {TemplateURL: ./%s.yaml}\n"
    files = {"a.yaml": template(nest % "b"), "b.yaml": template(nest % "a")}
    files["c.yaml"] = template("  K:\n    Type: AWS::Kendra::Index\n" + nest % "c")
    outcome = check(files, assumed={"aws": "eu-west-1"})
    assert any("nested too deeply" in gap.why for gap in outcome.graph.gaps) or outcome.judged


def test_an_alias_bomb_takes_no_time(check: Check) -> None:
    bomb = "x0: &x0 [a, a]\n" + "".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 9)}]\n" for n in range(1, 12))
    resources = "  K:\n    Type: AWS::Kendra::Index\n    Properties: {Name: *x11}\n"
    outcome = check({"t.yaml": HEAD + bomb + "Resources:\n" + resources}, assumed={"aws": "eu-west-1"})
    assert [resource.address for resource in outcome.judged] == ["K"]


BY_REGION = """
Mappings:
  Models:
    eu-west-1: {Id: eu.amazon.nova-pro-v1:0}
    us-east-1: {Id: us.amazon.nova-pro-v1:0}
"""


@pytest.mark.parametrize(("region", "expected"), [("eu-west-1", EU), ("us-east-1", US)])
def test_a_map_by_region(region: str, expected: str, check: Check) -> None:
    source = template(FUNCTION % "!FindInMap [Models, !Ref AWS::Region, Id]", BY_REGION)
    assert models(check({"t.yaml": source}, assumed={"aws": region})) == {expected}


def test_a_map_by_a_region_that_is_not_known_is_not_outside(check: Check) -> None:
    function = FUNCTION.replace("MODEL:", "BEDROCK_MODEL_ID:")
    outcome = check({"t.yaml": template(function % "!FindInMap [Models, !Ref AWS::Region, Id]", BY_REGION)})
    assert {r.address for r in outcome.judged} == {"Fn"}
    assert {f.verdict.value for f in outcome.findings} == {"undetermined"}
