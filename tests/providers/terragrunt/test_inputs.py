"""Inputs of units: what their files, those that they include and their arguments say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker.model import Block, Gap, Unknown, Value

Read = Callable[..., tuple[dict[str, Block], list[Gap]]]
Write = Callable[[Mapping[str, str]], None]

UNIT = (
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nterraform {\n  source = "../../modules/m"\n}\n'
)
MODULE = 'variable "region" {\n  default = "eu-west-1"\n}\nresource "aws_s3_bucket" "b" {\n  region = var.region\n}\n'


def region(block: Block) -> Value:
    (value,) = block.body.values("region")
    return value


def handed(read: Read, unit: str, **others: str) -> Value:
    """Return the region of the bucket of a unit `live/u` that runs the module, with other files by name."""
    files = {"modules/m/main.tf": MODULE, "root.hcl": "", "live/u/terragrunt.hcl": UNIT + unit}
    named = {name.replace("__", "/").replace("_DOT_", "."): text for name, text in others.items()}
    blocks, _ = read({**files, **named})
    return region(blocks["live/u aws_s3_bucket.b"])


@pytest.mark.parametrize(
    ("unit", "others", "data"),
    [
        ("", {}, "eu-west-1"),
        ('inputs = {\n  region = "us-east-1"\n  unused = 1\n}\n', {}, "us-east-1"),
        ("", {"root_DOT_hcl": 'inputs = {\n  region = "us-east-1"\n}\n'}, "us-east-1"),
        (
            'inputs = {\n  region = "us-west-1"\n}\n',
            {"root_DOT_hcl": 'inputs = {\n  region = "us-east-1"\n}\n'},
            "us-west-1",
        ),
        (
            'inputs = {\n  region = "us-east-1"\n}\n',
            {"live__u__terraform_DOT_tfvars": 'region = "eu-west-3"\n'},
            "eu-west-3",
        ),
        (
            'inputs = {\n  region = "us-east-1"\n}\n',
            {"modules__m__x_DOT_auto_DOT_tfvars": 'region = "eu-west-3"\n'},
            "eu-west-3",
        ),
        (
            'locals {\n  v = jsondecode(read_tfvars_file("v.tfvars"))\n}\ninputs = {\n  region = local.v.place\n}\n',
            {"live__u__v_DOT_tfvars": 'place = "eu-west-3"\n'},
            "eu-west-3",
        ),
        (
            'inputs = merge(yamldecode(file("v.yaml")), read_terragrunt_config("more.hcl").inputs)\n',
            {
                "live__u__v_DOT_yaml": "region: eu-west-3\n",
                "live__u__more_DOT_hcl": 'inputs = { region = "eu-north-1" }\n',
            },
            "eu-north-1",
        ),
        ('feature "f" {\n  default = "eu-west-3"\n}\ninputs = {\n  region = feature.f.value\n}\n', {}, "eu-west-3"),
        (
            'inputs = {\n  region = try(values.region, "eu-west-3")\n}\n',
            {"live__u__terragrunt_DOT_values_DOT_hcl": ""},
            "eu-west-3",
        ),
        (
            "inputs = {\n  region = values.region\n}\n",
            {"live__u__terragrunt_DOT_values_DOT_hcl": 'region = "us-east-1"\n'},
            "us-east-1",
        ),
    ],
)
def test_inputs(read: Read, unit: str, others: dict[str, str], data: str) -> None:
    assert handed(read, unit, **others).data == data


ARGUMENTS = (
    'terraform {{\n  extra_arguments "a" {{\n    commands = {}\n{}\n  }}\n}}\ninputs = {{\n  region = "us-east-1"\n}}\n'
)


@pytest.mark.parametrize(
    ("commands", "says", "data"),
    [
        ("get_terraform_commands_that_need_vars()", 'required_var_files = ["v.tfvars"]', "eu-west-3"),
        ('["plan"]', 'optional_var_files = ["none.tfvars", "${get_terragrunt_dir()}/v.tfvars"]', "eu-west-3"),
        ('["apply"]', 'arguments = ["-lock=true", "-var-file=v.tfvars"]', "eu-west-3"),
        ('["apply"]', 'arguments = ["-var-file", "v.tfvars", "-var", "region=eu-north-1"]', "eu-north-1"),
        ('["plan"]', 'env_vars = { TF_VAR_region = "eu-north-1" }', "eu-north-1"),
        ('["init"]', 'required_var_files = ["v.tfvars"]', "us-east-1"),
    ],
)
def test_arguments(read: Read, commands: str, says: str, data: str) -> None:
    unit = UNIT.replace("}\nterraform {\n  source", "}\n#").replace('# = "../../modules/m"\n}\n', "")
    unit = 'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\n' + ARGUMENTS.format(commands, says)
    files = {
        "root.hcl": 'terraform {\n  source = "../../modules/m"\n}\n',
        "modules/m/main.tf": MODULE,
        "live/u/terragrunt.hcl": unit,
        "live/u/v.tfvars": 'region = "eu-west-3"\n',
    }
    blocks, gaps = read(files)
    assert region(blocks["live/u aws_s3_bucket.b"]).data == data
    assert gaps == []


def test_a_variable_file_that_is_not_there(read: Read) -> None:
    files = {
        "u/main.tf": MODULE,
        "u/terragrunt.hcl": ARGUMENTS.format('["plan"]', 'required_var_files = ["x.tfvars", get_env("FILE")]'),
    }
    _, gaps = read(files)
    assert [(gap.what, str(gap.location)) for gap in gaps] == [
        ("u/x.tfvars", "u/terragrunt.hcl:2"),
        ("a variable file of u", "u/terragrunt.hcl:2"),
    ]


def test_the_environment_counts_where_it_was_asked_for(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACE", "us-east-1")
    files = {"u/main.tf": MODULE, "u/terragrunt.hcl": 'inputs = {\n  region = get_env("PLACE", "eu-west-3")\n}\n'}
    for use_env, data in ((False, "eu-west-3"), (True, "us-east-1")):
        blocks, _ = read(files, use_env=use_env)
        assert region(blocks["u aws_s3_bucket.b"]).data == data


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        (
            'dependency "d" {\n  mock_outputs = { r = "eu-west-1" }\n}\ninputs = { region = dependency.d.outputs.r }\n',
            'an output of the dependency "d"',
        ),
        ('dependency "d" {\n  config_path = "../d"\n}\ninputs = dependency.d.outputs\n', 'the dependency "d"'),
        ('inputs = merge({ region = "eu-west-1" }, dependency.d.outputs)\n', 'the dependency "d"'),
        ("inputs = {\n  region = local.a\n}\nlocals {\n  a = local.b\n  b = local.a\n}\n", "refers to itself"),
        ("inputs = {\n  region = values.region\n}\n", "a stack gives it"),
        ("inputs = {\n  region = feature.f.value\n}\n", "not declared"),
        ('inputs = {\n  region = read_terragrunt_config("none.hcl").locals.x\n}\n', "none.hcl is not there"),
        ('inputs = {\n  region = read_terragrunt_config("terragrunt.hcl").inputs.region\n}\n', "itself"),
        ('inputs = {\n  region = read_terragrunt_config("/etc/hosts").inputs.region\n}\n', "out of the checked tree"),
        ('inputs = {\n  region = find_in_parent_folders("none.hcl")\n}\n', "there is no none.hcl in the folders above"),
        ('inputs = {\n  region = no_such_function("x")\n}\n', "no_such_function"),
    ],
)
def test_inputs_that_are_not_known(read: Read, unit: str, why: str) -> None:
    value = handed(read, unit)
    assert isinstance(value.data, Unknown)
    assert why in value.data.reason


@pytest.mark.parametrize(
    ("unit", "line"),
    [
        ('inputs = yamldecode(file("v.yaml"))\n', 7),
        ('inputs = {\n  region = yamldecode(file("v.yaml")).region\n}\n', 8),
        ('locals {\n  v = yamldecode(file("v.yaml")).region\n}\ninputs = {\n  region = local.v\n}\n', 8),
    ],
)
def test_what_a_decoded_file_says_is_shown_where_it_is_read(read: Read, unit: str, line: int) -> None:
    value = handed(read, unit, live__u__v_DOT_yaml="region: us-east-1\n")
    assert (value.data, str(value.trail[-1].location)) == ("us-east-1", f"live/u/terragrunt.hcl:{line}")


def test_nothing_is_run(read: Read, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    handed(read, f'locals {{\n  a = run_cmd("touch", "{mark}")\n}}\ninputs = {{\n  region = local.a\n}}\n')
    assert not mark.exists()


# --- includes


TAGS = """variable "tags" {
  type = any
}
resource "aws_s3_bucket" "b" {
  region = join("-", flatten([for k, v in var.tags : [k, v]]))
}
"""


@pytest.mark.parametrize(
    ("strategy", "data"),
    [("shallow", "c-3"), ("deep", "a-1-b-2-b-3-c-3"), ("no_merge", "c-3")],
)
def test_how_inputs_are_merged(read: Read, strategy: str, data: str) -> None:
    unit = f"""include "one" {{
  path           = "../../one.hcl"
  merge_strategy = "{strategy}"
}}
terraform {{
  source = "../../modules/m"
}}
inputs = {{
  tags = {{ b = ["3"], c = "3" }}
}}
"""
    files = {
        "modules/m/main.tf": TAGS,
        "one.hcl": 'inputs = {\n  tags = { a = "1", b = ["2"] }\n}\n',
        "live/u/terragrunt.hcl": unit if strategy == "deep" else unit.replace('b = ["3"], ', ""),
    }
    blocks, gaps = read(files)
    value = region(blocks["live/u aws_s3_bucket.b"])
    assert value.data == ("a-1-b-2-3-c-3" if strategy == "deep" else data)
    assert gaps == []


def test_a_later_include_wins_and_the_unit_itself_most(read: Read) -> None:
    def including(*names: str) -> str:
        return "".join(f'include "{name}" {{\n  path = "../../{name}.hcl"\n}}\n' for name in names)

    files = {
        "modules/m/main.tf": MODULE,
        "a.hcl": 'terraform {\n  source = "../../modules/m"\n}\ninputs = { region = "us-east-1" }\n',
        "b.hcl": 'inputs = { region = "us-east-2" }\n',
        "live/u/terragrunt.hcl": including("a", "b"),
    }
    blocks, _ = read(files)
    assert region(blocks["live/u aws_s3_bucket.b"]).data == "us-east-2"
    blocks, _ = read({"live/u/terragrunt.hcl": including("b", "a")})
    assert region(blocks["live/u aws_s3_bucket.b"]).data == "us-east-1"


@pytest.mark.parametrize("expression", ["include.root.locals.place", "include.root.inputs.place"])
def test_what_an_include_exposes(read: Read, expression: str) -> None:
    root = 'locals {\n  place = "us-east-1"\n}\ninputs = {\n  place = "us-east-1"\n}\n'
    assert handed(read, f"inputs = {{\n  region = {expression}\n}}\n", root_DOT_hcl=root).data == "us-east-1"


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ('"none.hcl"', "the file is not there"),
        ('"../../../../etc/hosts"', "leads out of the checked tree"),
        ('find_in_parent_folders("none.hcl")', "there is no none.hcl in the folders above"),
        ('get_env("ROOT")', "the environment variable ROOT decides"),
    ],
)
def test_an_include_that_cannot_be_read(read: Read, path: str, why: str) -> None:
    blocks, gaps = read({"u/main.tf": MODULE, "u/terragrunt.hcl": f'include "x" {{\n  path = {path}\n}}\n'})
    assert len(blocks) == 1
    assert [(gap.what, str(gap.location)) for gap in gaps] == [('include "x"', "u/terragrunt.hcl:1")]
    assert why in gaps[0].why
