"""The files that Terragrunt generates: the commonest way in which a region gets decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from checker.model import Block, Gap, Unknown, Value

Read = Callable[..., tuple[dict[str, Block], list[Gap]]]
Write = Callable[[Mapping[str, str]], None]

UNIT = (
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nterraform {\n  source = "../../modules/m"\n}\n'
)
PROVIDER = 'generate "provider" {{\n  path = "provider.tf"\n  if_exists = "overwrite"\n  contents = {}\n}}\n'
MODULE = 'variable "region" {\n  default = "eu-west-1"\n}\nresource "aws_s3_bucket" "b" {\n  region = var.region\n}\n'


def provider_region(block: Block) -> Value:
    assert block.provider is not None
    assert block.provider.body is not None
    (value,) = block.provider.body.values("region")
    return value


def generated(read: Read, contents: str, root: str = "", **options: object) -> tuple[Value, list[Gap]]:
    files = {
        "modules/m/main.tf": 'variable "region" {\n  default = "eu-west-1"\n}\nresource "aws_s3_bucket" "b" {}\n',
        "root.hcl": root + PROVIDER.format(contents),
        "live/eu-north-1/terragrunt.hcl": UNIT,
    }
    blocks, gaps = read(files, **options)
    return provider_region(blocks["live/eu-north-1 aws_s3_bucket.b"]), gaps


HEREDOC = '<<EOF\n# "what it is\nprovider "aws" {{\n  region = {}\n}}\nEOF'


@pytest.mark.parametrize(
    ("expression", "data", "line"),
    [
        ('"us-east-1"', "us-east-1", 11),
        ('"${local.region}"', "us-west-2", 2),
        ('"us-${local.part}"', "us-east-2", 3),
        ("${jsonencode(local.region)}", "us-west-2", 2),
        ('"$${var.region}"', "eu-west-1", None),
        ('"%{ if local.part == "east-2" }eu-west-3%{ else }x%{ endif }"', "eu-west-3", 11),
        ('"${basename(get_terragrunt_dir())}"', "eu-north-1", 11),
        ('"${basename(path_relative_to_include())}"', "eu-north-1", 11),
        ('"${get_env("REGION", "eu-south-1")}"', "eu-south-1", 11),
    ],
)
def test_a_generated_provider(read: Read, expression: str, data: str, line: int | None) -> None:
    locals = 'locals {\n  region = "us-west-2"\n  part   = "east-2"\n}\n'
    value, gaps = generated(read, HEREDOC.format(expression), locals)
    assert (value.text, gaps) == (data, [])
    if line is not None:
        assert value.location is not None
        assert str(value.trail[-1].location) == f"root.hcl:{line}"


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ('"${get_env("REGION")}"', "the environment variable REGION decides"),
        ('"${run_cmd("cat", "region")}"', "a command prints it"),
        ('"${local.missing}"', "local.missing is not defined"),
        ('"${get_aws_account_id()}"', "the account that it runs in decides"),
        ('"${yamldecode(sops_decrypt_file("s.yaml")).region}"', "it is encrypted"),
    ],
)
def test_a_generated_provider_that_is_not_known(read: Read, expression: str, why: str) -> None:
    value, gaps = generated(read, HEREDOC.format(expression))
    assert isinstance(value.data, Unknown)
    assert why in value.data.reason
    assert gaps == []


TEXT = 'provider "aws" {\n  region = "us-east-1"\n}\n'


@pytest.mark.parametrize(
    ("contents", "line"),
    [
        ('"provider \\"aws\\" {\\n  region = \\"us-east-1\\"\\n}\\n"', "root.hcl:10"),
        ("local.text", "root.hcl:3"),
        ('file("${get_parent_terragrunt_dir()}/aws.txt")', "aws.txt:2"),
        ('read_terragrunt_config("${get_repo_root()}/shared.hcl").locals.text', "shared.hcl:4"),
    ],
)
def test_contents_that_stand_elsewhere(read: Read, write: Write, contents: str, line: str) -> None:
    write({"aws.txt": TEXT, "shared.hcl": f"locals {{\n  text = <<EOF\n{TEXT}EOF\n}}\n"})
    value, gaps = generated(read, contents, "locals { text = <<EOF\n" + TEXT + "EOF\n}\n")
    assert (value.text, gaps) == ("us-east-1", [])
    assert str(value.location) == line


def test_a_part_that_is_not_known_leaves_the_rest(read: Read) -> None:
    tags = 'locals {\n  tags = "a = \\"${get_env("A")}\\""\n}\n'
    inner = '  region = "us-east-1"\n  ${local.tags}\n  ${get_env("MORE")}\n'
    text = f'<<EOF\nprovider "aws" {{\n{inner}}}\n${{get_env("ALL")}}\nEOF'
    value, gaps = generated(read, text, tags)
    assert value.data == "us-east-1"
    assert [(str(gap.location), gap.why.rpartition(": ")[2]) for gap in gaps] == [
        ("root.hcl:11", "the environment variable MORE decides"),
        ("root.hcl:13", "the environment variable ALL decides"),
    ]


def test_templates_with_directives_and_files(read: Read, write: Write) -> None:
    loop = '<<EOF\n%{ for r in ["us-east-1"] ~}\nprovider "aws" {\n  region = "${r}"\n}\n%{ endfor ~}\nEOF'
    value, gaps = generated(read, loop)
    assert (value.data, gaps) == ("us-east-1", [])
    write({"aws.tpl": 'provider "aws" {\n  region = "${region}"\n}\n'})
    call = 'templatefile("${get_repo_root()}/aws.tpl", { region = %s })'
    value, gaps = generated(read, call % '"us-east-1"')
    assert (value.data, gaps) == ("us-east-1", [])
    value, gaps = generated(read, call % 'get_env("R")')
    assert isinstance(value.data, Unknown)
    assert gaps == []


@pytest.mark.parametrize(
    ("path", "found"),
    [('"./provider.tf"', True), ('"${get_terragrunt_dir()}/provider.tf"', True), ('"inner/provider.tf"', False)],
)
def test_where_a_file_is_generated(read: Read, path: str, found: bool) -> None:
    root = PROVIDER.format('"provider \\"aws\\" { region = \\"us-east-1\\" }"').replace('"provider.tf"', path)
    files = {"modules/m/main.tf": 'resource "aws_s3_bucket" "b" {}\n', "root.hcl": root, "live/u/terragrunt.hcl": UNIT}
    blocks, gaps = read(files)
    provider = blocks["live/u aws_s3_bucket.b"].provider
    assert provider is not None
    assert (provider.body is not None) is found
    assert len(gaps) == (not found)


def test_a_file_that_is_there_already(read: Read) -> None:
    for how, data in (("overwrite", "us-east-1"), ("skip", "eu-west-2")):
        root = PROVIDER.format(HEREDOC.format('"us-east-1"')).replace('"overwrite"', f'"{how}"')
        files = {
            "modules/m/main.tf": 'resource "aws_s3_bucket" "b" {}\n',
            "modules/m/provider.tf": 'provider "aws" {\n  region = "eu-west-2"\n}\n',
            "root.hcl": root,
            "live/u/terragrunt.hcl": UNIT,
        }
        blocks, _ = read(files)
        assert provider_region(blocks["live/u aws_s3_bucket.b"]).data == data


def test_generated_text_that_cannot_be_read(read: Read) -> None:
    files = {"modules/m/main.tf": MODULE, "live/u/terragrunt.hcl": UNIT}
    root = PROVIDER.format('<<EOF\nprovider "aws" {\n  region = = 1\n}\nEOF')
    blocks, gaps = read({**files, "root.hcl": root})
    assert len(blocks) == 1
    assert [(str(gap.location), gap.fatal) for gap in gaps] == [("root.hcl:6", True)]
    _, gaps = read({**files, "root.hcl": PROVIDER.format('run_cmd("x")')})
    assert [gap.why for gap in gaps] == ["what it generates is not known: a command prints it, and nothing is run"]


def test_generated_resources_count(read: Read) -> None:
    text = '<<EOF\nresource "aws_s3_bucket" "${local.name}" {}\nEOF'
    root = 'locals {\n  name = "made"\n}\n' + PROVIDER.format(text)
    blocks, _ = read({"modules/m/main.tf": "", "root.hcl": root, "live/u/terragrunt.hcl": UNIT})
    assert str(blocks["live/u aws_s3_bucket.made"].location) == "root.hcl:8"


def test_an_argument_may_state_what_is_generated(read: Read) -> None:
    contents = '"provider \\"aws\\" { region = \\"us-east-1\\" }"'
    root = f'generate = {{\n  p = {{\n    path = "p.tf"\n    contents = {contents}\n  }}\n}}\n'
    files = {"modules/m/main.tf": 'resource "aws_s3_bucket" "b" {}\n', "root.hcl": root, "live/u/terragrunt.hcl": UNIT}
    blocks, _ = read(files)
    assert provider_region(blocks["live/u aws_s3_bucket.b"]).data == "us-east-1"
