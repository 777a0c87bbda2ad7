"""Stacks: nested ones, what they export and import, stack sets, and what the CDK and SAM say of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.errors import UsageError
from checker.model import Resource
from checker.outcome import Outcome
from providers.cloudformation import format as cloudformation

Check = Callable[..., Outcome]
HEAD = 'AWSTemplateFormatVersion: "2010-09-09"\n'
EU = "eu.amazon.nova-pro-v1:0"
US = "us.amazon.nova-pro-v1:0"
CALLER = """
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Environment:
        Variables:
          BEDROCK_MODEL_ID: %s
          BUCKET: %s
"""
INDEX = "  K:\n    Type: AWS::Kendra::Index\n"
STACK = "  %s:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: %s\n"


def template(resources: str, before: str = "", after: str = "") -> str:
    return f"{HEAD}{before}Resources:\n{resources}{after}"


def models(outcome: Outcome) -> set[str]:
    return {p.name for r in outcome.judged for p in r.places if p.purpose.value == "endpoint"}


def judged(outcome: Outcome) -> dict[str, str]:
    return {r.address: r.verdict(outcome.jurisdiction).value for r in outcome.judged}


def resource(outcome: Outcome, address: str) -> Resource:
    return next(r for r in outcome.graph.resources.values() if r.address == address)


# --- nested stacks


INNER = template(
    "  Docs: {Type: AWS::S3::Bucket}\n", after=f"Outputs:\n  Name: {{Value: !Ref Docs}}\n  Model: {{Value: {US}}}\n"
)


def test_outputs_of_nested_stacks_are_what_they_say(check: Check) -> None:
    caller = CALLER % ("!GetAtt Inner.Outputs.Model", "!GetAtt Inner.Outputs.Name")
    outer = template(STACK % ("Inner", "./inner.yaml") + caller)
    outcome = check({"outer.yaml": outer, "inner.yaml": INNER}, assumed={"aws": "eu-west-1"})
    assert models(outcome) == {US}
    assert judged(outcome) == {"Fn": "outside", "Inner/Docs": "inside"}
    assert resource(outcome, "Inner/Docs").calls[0].location is not None
    assert outcome.graph.gaps == ()


def test_what_is_given_to_a_nested_stack_is_reached(check: Check) -> None:
    outer = template(
        "  Docs: {Type: AWS::S3::Bucket}\n"
        + STACK % ("Inner", "./inner.yaml")
        + "      Parameters: {Bucket: !GetAtt Docs.Arn, Model: !Sub '${AWS::Region}'}\n"
    )
    source = (
        "  S: {Type: AWS::Kendra::DataSource, Properties: {Type: S3, IndexId: !Ref K, DataSourceConfiguration: %s}}\n"
    )
    inner = template(
        INDEX + source % "{S3Configuration: {BucketName: !Select [5, !Split [':', !Ref Bucket]]}}",
        "Parameters:\n  Bucket: {Type: String}\n  Model: {Type: String}\n",
    )
    outcome = check({"outer.yaml": outer, "inner.yaml": inner}, assumed={"aws": "eu-west-2"})
    assert judged(outcome) == dict.fromkeys(("Docs", "Inner/K", "Inner/S"), "outside")


@pytest.mark.parametrize(
    "url",
    [
        "https://bucket.s3.amazonaws.com/some/where/templates/inner.yaml",
        '!Sub "https://${Bucket}.s3.${AWS::Region}.${AWS::URLSuffix}/${Prefix}templates/inner.yaml"',
        '!Join ["/", ["https://s3.amazonaws.com", !Ref Bucket, templates/inner.yaml]]',
        "./templates/inner.yaml?versionId=3",
    ],
)
def test_a_copy_elsewhere_is_the_one_file_of_that_name(url: str, check: Check) -> None:
    before = "Parameters:\n  Bucket: {Type: String}\n  Prefix: {Type: String, Default: x/}\n"
    files = {"outer.yaml": template(STACK % ("Inner", url), before), "templates/inner.yaml": template(INDEX)}
    assert list(judged(check(files))) == ["Inner/K"]


def test_several_files_of_a_name_are_none(check: Check) -> None:
    url = "https://s3.amazonaws.com/b/inner.yaml"
    files = {
        "outer.yaml": template(STACK % ("Inner", url)),
        "a/inner.yaml": template(INDEX),
        "b/inner.yaml": template(INDEX),
    }
    outcome = check(files)
    assert {(r.root, r.address) for r in outcome.judged} == {("a/inner.yaml", "K"), ("b/inner.yaml", "K")}
    outcome = check(files, scope="all")
    assert ["not in the checked tree" in gap.why for gap in outcome.graph.gaps] == []


def test_what_sam_builds_is_its_source(check: Check) -> None:
    files = {
        "template.yaml": template(STACK % ("Part", "./part/.aws-sam/packaged.yaml")),
        "part/template.yaml": template(INDEX),
        "part/.aws-sam/build/template.yaml": template(INDEX),
    }
    assert [(r.root, r.address) for r in check(files).judged] == [("template.yaml", "Part/K")]


def test_a_stack_that_a_condition_leaves_out_is_not_deployed(check: Check) -> None:
    before = "Conditions:\n  Never: !Equals [a, b]\n"
    nest = (STACK % ("Part", "./part.yaml")).replace("    Properties", "    Condition: Never\n    Properties")
    outcome = check({"template.yaml": template(nest, before), "part.yaml": template(INDEX)})
    assert outcome.judged == ()


def test_a_template_that_nothing_nests_after_all_is_judged(check: Check) -> None:
    before = "Parameters:\n  Url: {Type: String}\n"
    nest = STACK % ("Part", "!If [X, ./part.yaml, ./part.yaml]")
    odd = nest.replace("!If [X, ./part.yaml, ./part.yaml]", "{Fn::Odd: ./part.yaml}")
    assert list(judged(check({"t.yaml": template(nest, before), "part.yaml": template(INDEX)}))) == ["Part/K"]
    assert list(judged(check({"t.yaml": template(odd, before), "part.yaml": template(INDEX)}))) == ["part.yaml:K"]


@pytest.mark.parametrize("nests", [{"a": "b", "b": "a"}, {"a": "b", "b": "c", "c": "a"}])
def test_templates_in_a_circle_are_judged_and_said(nests: dict[str, str], check: Check) -> None:
    files = {f"{name}.yaml": template(INDEX + STACK % ("N", f"./{other}.yaml")) for name, other in nests.items()}
    outcome = check(files, assumed={"aws": "eu-west-1"})
    assert "K" in judged(outcome)
    assert any("nested too deeply" in gap.why and gap.fatal for gap in outcome.graph.gaps)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("outer.yaml", {"Inner/K"}),
        ("inner.yaml", {"Inner/K"}),
        ("other.yaml", {"K"}),
        ("samconfig.toml", {"Inner/K", "K"}),
    ],
)
def test_one_file_is_asked_for(asked: str, expected: set[str], tmp_path: Path) -> None:
    files = {"outer.yaml": template(STACK % ("Inner", "inner.yaml")), "inner.yaml": template(INDEX)}
    files |= {"other.yaml": template(INDEX), "samconfig.toml": "version = 0.1\n"}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    parts = formats.listing([tmp_path / asked])
    roots, _, counts = cloudformation.open_roots(parts, formats.Options(), tmp_path)
    assert {block.address for root in roots for block in root.blocks(lambda mode, type: True)} == expected
    assert counts["files"] == 2 * ("Inner/K" in expected) + ("K" in expected)


# --- exports


NETWORK = template(
    "  Docs: {Type: AWS::S3::Bucket}\n",
    after="Outputs:\n  Docs: {Value: !Ref Docs, Export: {Name: %s}}\n",
)


@pytest.mark.parametrize(
    ("export", "imported"),
    [
        ("docs-bucket", "docs-bucket"),
        ('!Sub "${AWS::StackName}-Docs"', "base-Docs"),
        ('!Sub "${AWS::StackName}-Docs"', '!Sub "${Base}-Docs"'),
        ('!Join ["-", [!Ref AWS::StackName, Docs]]', '{"Fn::Sub": "${Base}-Docs"}'),
    ],
)
def test_what_another_stack_exports_is_reached(export: str, imported: str, check: Check) -> None:
    caller = CALLER % (EU, "{Fn::ImportValue: " + imported + "}")
    before = "Parameters:\n  Base: {Type: String}\n"
    outcome = check({"base.yaml": NETWORK % export, "app.yaml": template(caller, before)}, assumed={"aws": "us-east-1"})
    assert judged(outcome) == {"Fn": "outside", "base.yaml:Docs": "outside"}
    assert resource(outcome, "base.yaml:Docs").mode == "data"


def test_a_model_that_is_imported_is_heard(check: Check) -> None:
    export = template(
        "  T: {Type: AWS::SNS::Topic}\n", after=f"Outputs:\n  M: {{Value: {US}, Export: {{Name: the-choice}}}}\n"
    )
    caller = (CALLER % ("!ImportValue the-choice", "x")).replace("BEDROCK_MODEL_ID", "CHOICE")
    assert models(check({"a.yaml": template(caller), "b.yaml": export})) == {US}


@pytest.mark.parametrize("imported", ["other", "docs-bucke", '!Sub "${Base}"'])
def test_what_nothing_exports_is_not_known(imported: str, check: Check) -> None:
    caller = CALLER % (EU, "{Fn::ImportValue: " + imported + "}")
    files = {
        "base.yaml": NETWORK % "docs-bucket",
        "app.yaml": template(caller, "Parameters:\n  Base: {Type: String}\n"),
    }
    assert list(judged(check(files))) == ["Fn"]


def test_exports_in_a_circle_end(check: Check) -> None:
    one = template(CALLER % (EU, "!ImportValue b"), after="Outputs:\n  A: {Value: !ImportValue b, Export: {Name: a}}\n")
    two = template(CALLER % (EU, "!ImportValue a"), after="Outputs:\n  B: {Value: !ImportValue a, Export: {Name: b}}\n")
    assert len(check({"one.yaml": one, "two.yaml": two}).judged) == 2


# --- stack sets


SET = """
  Everywhere:
    Type: AWS::CloudFormation::StackSet
    Properties:
      StackSetName: s
      PermissionModel: SELF_MANAGED
      %s
      Parameters: [{ParameterKey: Model, ParameterValue: %s}]
      StackInstancesGroup:
      - Regions: [eu-central-1, us-west-2]
        DeploymentTargets: {Accounts: ["111122223333"]}
"""
PART = "Parameters:\n  Model: {Type: String}\nResources:\n" + CALLER % ("!Ref Model", "none")


def test_a_stack_set_is_in_each_of_its_regions(check: Check) -> None:
    files = {"t.yaml": template(SET % ("TemplateURL: ./part.yaml", EU)), "part.yaml": HEAD + PART}
    outcome = check(files)
    assert judged(outcome) == {"Everywhere/eu-central-1/Fn": "inside", "Everywhere/us-west-2/Fn": "outside"}
    (finding,) = [f for f in outcome.findings if f.policy == "ai-placement"]
    assert finding.location.path == "t.yaml"


def test_a_stack_set_may_hold_its_template(check: Check) -> None:
    body = json.dumps({"Resources": {"K": {"Type": "AWS::Kendra::Index"}}})
    outcome = check({"t.yaml": template(SET % (f"TemplateBody: '{body}'", EU))})
    assert judged(outcome) == {"Everywhere/eu-central-1/K": "inside", "Everywhere/us-west-2/K": "outside"}
    assert resource(outcome, "Everywhere/us-west-2/K").location.path == "t.yaml"


def test_a_stack_set_without_a_template_is_a_gap(check: Check) -> None:
    outcome = check({"t.yaml": template(INDEX + SET % ("TemplateURL: https://s3.amazonaws.com/b/x.yaml", EU))})
    assert [gap.what for gap in outcome.graph.gaps] == ["Everywhere"]


# --- the CDK


def assembly(stacks: dict[str, str], **more: object) -> str:
    artifacts: dict[str, object] = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": environment,
            "properties": {"templateFile": f"{name}.template.json", "stackName": f"acme-{name}", **more},
        }
        for name, environment in stacks.items()
    }
    return json.dumps({"version": "36.0.0", "artifacts": artifacts}, indent=1)


def test_parts_of_an_assembly(check: Check) -> None:
    nested = {
        "Type": "AWS::CloudFormation::Stack",
        "Properties": {"TemplateURL": {"Fn::Join": ["", ["https://s3.", {"Ref": "AWS::URLSuffix"}, "/b/0a1b.json"]]}},
        "Metadata": {"aws:asset:path": "AppInner.nested.template.json", "aws:asset:property": "TemplateURL"},
    }
    code = {"S3Bucket": {"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-eu-central-1"}, "S3Key": "0a1b.zip"}
    function = {
        "Type": "AWS::Lambda::Function",
        "Properties": {"Code": code, "Environment": {"Variables": {"BEDROCK_MODEL_ID": EU}}},
    }
    files = {
        "cdk.json": '{"app": "npx ts-node app.ts"}',
        "cdk.out/manifest.json": assembly({"App": "aws://111122223333/eu-central-1"}),
        "cdk.out/App.template.json": json.dumps({"Resources": {"Inner": nested, "Fn": function}}, indent=1),
        "cdk.out/AppInner.nested.template.json": json.dumps({"Resources": {"K": {"Type": "AWS::Kendra::Index"}}}),
        "cdk.out/asset.0a1b/other/template.json": json.dumps({"Resources": {"X": {"Type": "AWS::Kendra::Index"}}}),
        "cdk.out/App.assets.json": "{}",
    }
    outcome = check(files)
    assert judged(outcome) == {"Inner/K": "inside", "Fn": "inside"}
    assert outcome.graph.gaps == ()
    assert {r.mode for r in outcome.graph.resources.values()} == {"managed"}


def test_stacks_of_the_cdk_import_from_each_other(check: Check) -> None:
    value = {"Fn::ImportValue": "acme-Data:ExportsOutputRefDocs"}
    function = {"Environment": {"Variables": {"BEDROCK_MODEL_ID": EU, "BUCKET": value}}}
    output = {"Value": {"Ref": "Docs"}, "Export": {"Name": "acme-Data:ExportsOutputRefDocs"}}
    data = {"Resources": {"Docs": {"Type": "AWS::S3::Bucket"}}, "Outputs": {"ExportsOutputRefDocs": output}}
    app = {"Resources": {"Fn": {"Type": "AWS::Lambda::Function", "Properties": function}}}
    files = {
        "cdk.out/manifest.json": assembly(dict.fromkeys(("App", "Data"), "aws://111122223333/eu-west-2")),
        "cdk.out/App.template.json": json.dumps(app),
        "cdk.out/Data.template.json": json.dumps(data),
    }
    assert judged(check(files)) == {"Fn": "outside", "cdk.out/Data.template.json:Docs": "outside"}


def test_an_app_that_is_not_synthesized_is_a_gap(check: Check) -> None:
    outcome = check({"infra/cdk.json": '{"app": "python app.py"}', "t.yaml": template(INDEX)})
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("infra/cdk.json", False)]


def test_a_stack_whose_template_is_missing_is_a_gap(check: Check) -> None:
    files = {"cdk.out/manifest.json": assembly({"App": "aws://1/eu-west-1"}), "t.yaml": template(INDEX)}
    assert ["not in the checked tree" in gap.why for gap in check(files).graph.gaps] == [True]


@pytest.mark.parametrize("text", ["{", "[]", '{"artifacts": 3, "x": "aws:cloudformation:stack"}'])
def test_a_broken_manifest_loses_nothing_else(text: str, check: Check) -> None:
    text = text.replace("{", '{"aws:cloudformation:stack": 1, ', 1) if text == "{" else text
    files = {"cdk.out/manifest.json": text, "t.yaml": template(INDEX)}
    assert list(judged(check(files))) == ["K"]


# --- SAM, parameters


def test_each_environment_of_samconfig_is_a_deployment(check: Check) -> None:
    files = {
        "template.yaml": template(CALLER % ("!Ref Model", "x"), "Parameters:\n  Model: {Type: String}\n"),
        "samconfig.toml": (
            "version = 0.1\n"
            '[default.global.parameters]\nstack_name = "a"\n'
            '[default.deploy.parameters]\nregion = "eu-west-1"\n'
            f'parameter_overrides = ["Model={EU}"]\n'
            '[prod.deploy.parameters]\nregion = "us-west-2"\n'
            f'parameter_overrides = "ParameterKey=Model,ParameterValue={US}"\n'
        ),
    }
    outcome = check(files)
    assert {r.environment: r.verdict(outcome.jurisdiction).value for r in outcome.judged} == {
        "default": "inside",
        "prod": "outside",
    }
    assert {str(f.location) for f in outcome.findings} == {"samconfig.toml:8", "samconfig.toml:9"}


def test_samconfig_in_yaml(check: Check) -> None:
    files = {
        "template.yml": template(CALLER % ("!Ref Model", "x"), "Parameters:\n  Model: {Type: String}\n"),
        "samconfig.yaml": (
            f"version: 0.1\ndefault:\n  deploy:\n    parameters:\n      region: eu-west-2\n"
            f"      parameter_overrides:\n        Model: {US}\n"
        ),
    }
    assert {str(f.location) for f in check(files).findings} == {"samconfig.yaml:5", "samconfig.yaml:7"}


def test_a_broken_samconfig_is_said(check: Check) -> None:
    outcome = check({"template.yaml": template(INDEX), "samconfig.toml": "[default\n"})
    assert [gap.fatal for gap in outcome.graph.gaps] == [True]
    assert list(judged(outcome)) == ["K"]


@pytest.mark.parametrize(
    "text",
    [f'["Model={US}"]', f"- ParameterKey: Model\n  ParameterValue: {US}\n", f"Parameters:\n  Model: {US}\n"],
)
def test_other_shapes_of_parameter_files(text: str, check: Check) -> None:
    source = template(CALLER % ("!Ref Model", "x"), "Parameters:\n  Model: {Type: String}\n")
    outcome = check({"t.yaml": source, "p.json": text}, parameter_files=(Path("p.json"),))
    assert models(outcome) == {US}


def test_a_parameter_file_that_no_template_has_a_use_for_is_a_gap(check: Check) -> None:
    outcome = check({"t.yaml": template(INDEX), "p.json": '{"Other": "x"}'}, parameter_files=(Path("p.json"),))
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("p.json", False)]


def test_a_parameter_file_of_another_format_is_left_alone(check: Check) -> None:
    text = '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"}'
    assert check({"t.yaml": template(INDEX), "p.json": text}, parameter_files=(Path("p.json"),)).judged


@pytest.mark.parametrize("text", ["{", "a: [", "\0"])
def test_a_parameter_file_that_cannot_be_read_is_an_error(text: str, check: Check) -> None:
    with pytest.raises(UsageError):
        check({"t.yaml": template(INDEX), "p.json": text}, parameter_files=(Path("p.json"),))


def test_a_definition_beside_a_template_is_read(check: Check) -> None:
    source = template(
        "  M:\n    Type: AWS::Serverless::StateMachine\n    Properties:\n      DefinitionUri: flow/m.asl.json\n"
        f"      DefinitionSubstitutions: {{Model: {US}}}\n"
    )
    step = {"Resource": "arn:aws:states:::bedrock:invokeModel", "Parameters": {"ModelId": "${Model}"}}
    files = {"template.yaml": source, "flow/m.asl.json": json.dumps({"States": {"A": step}})}
    assert models(check(files)) == {US}


def test_environments_of_the_machine_count_when_asked_for(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    assert judged(check({"t.yaml": template(INDEX)})) == {"K": "undetermined"}
    assert judged(check({"t.yaml": template(INDEX)}, use_env=True)) == {"K": "inside"}
