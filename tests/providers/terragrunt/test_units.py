"""Units of Terragrunt: which files are such, what they run, and what cannot be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Gap, Unknown, Value
from providers.terragrunt import format as terragrunt
from providers.terragrunt.root import Root

Read = Callable[..., tuple[dict[str, Block], list[Gap]]]
Write = Callable[[Mapping[str, str]], None]

UNIT = (
    'include "root" {\n  path = find_in_parent_folders("root.hcl")\n}\nterraform {\n  source = "../../modules/m"\n}\n'
)
MODULE = 'variable "region" {\n  default = "eu-west-1"\n}\nresource "aws_s3_bucket" "b" {\n  region = var.region\n}\n'


def opened(folder: Path, write: Write, files: Mapping[str, str], **options: object) -> tuple[list[Root], list[Gap]]:
    write(files)
    given = formats.Options(**options)  # type: ignore[arg-type]
    return terragrunt.open_roots(formats.listing([folder]), given, folder)[:2]


def region(block: Block) -> Value:
    (value,) = block.body.values("region")
    return value


def test_importing_the_format_imports_nothing_heavy() -> None:
    heavy = "n in ('yaml', 'json', 'lark') or n.startswith('providers.terraform')"
    code = f"import sys, providers.terragrunt.format; print(*(n for n in sys.modules if {heavy}))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"


# --- which files are units


def test_what_is_only_included_is_no_unit(write: Write, tmp_path: Path) -> None:
    files = {
        "terragrunt.hcl": "inputs = {}\n",
        "live/empty/terragrunt.hcl": "",
        "live/a/terragrunt.hcl": 'include {\n  path = find_in_parent_folders()\n}\nterraform {\n  source = "./m"\n}\n',
        "live/a/m/main.tf": MODULE,
        "live/b/terragrunt.hcl": "",
        "live/b/main.tf": MODULE,
        "live/c/.boilerplate/terragrunt.hcl": "{{ if .x }}",
    }
    roots, gaps = opened(tmp_path, write, files)
    assert [root.name for root in roots] == ["live/a", "live/b"]
    assert gaps == []


def test_a_module_that_a_unit_runs_is_no_root_of_its_own(write: Write, tmp_path: Path) -> None:
    files = {
        "root.hcl": "",
        "live/u/terragrunt.hcl": UNIT,
        "live/u/terraform.tfvars": 'region = "eu-west-3"\n',
        "modules/m/main.tf": MODULE + 'module "n" {\n  source = "../n"\n}\n',
        "modules/n/main.tf": "",
        "modules/other/main.tf": MODULE,
    }
    roots, _ = opened(tmp_path, write, files)
    taken = terragrunt.taken(roots)
    from providers.terraform import format as terraform

    listing = formats.listing([tmp_path])
    found, gaps, _ = terraform.open_roots(listing, formats.Options(taken=taken), tmp_path)
    assert [root.name for root in found] == ["modules/other"]
    assert gaps == [], "its variable file is loaded"
    found, gaps, _ = terraform.open_roots(listing, formats.Options(), tmp_path)
    assert [root.name for root in found] == ["modules/m", "modules/other"]
    assert len(gaps) == 1


def test_only_the_file_asked_for(write: Write, tmp_path: Path) -> None:
    write({"a/terragrunt.hcl": "", "a/main.tf": MODULE, "a/b/terragrunt.hcl": "", "a/b/main.tf": MODULE})
    for name, names in (("a/terragrunt.hcl", ["a"]), ("a/main.tf", [])):
        parts = formats.listing([tmp_path / name])
        assert [root.name for root in terragrunt.open_roots(parts, formats.Options(), tmp_path)[0]] == names


def test_a_unit_in_each_environment(write: Write, tmp_path: Path) -> None:
    files = {"u/terragrunt.hcl": "", "u/main.tf": MODULE, "fr.tfvars": 'region = "eu-west-3"\n', "se.tfvars": ""}
    environments = (("fr", (tmp_path / "fr.tfvars",)), ("se", (tmp_path / "se.tfvars",)))
    roots, _ = opened(tmp_path, write, files, environments=environments)
    found = [(block.environment, region(block).data) for root in roots for block in root.blocks(lambda *_: True)]
    assert found == [("fr", "eu-west-3"), ("se", "eu-west-1")]


def test_json_syntax(read: Read) -> None:
    unit = """{
  "include": {"root": {"path": "${find_in_parent_folders(\\"root.hcl\\")}", "expose": true}},
  "terraform": {"source": "../../modules/m"},
  "locals": {"place": "${include.root.locals.place}"},
  "inputs": {"region": "${local.place}"}
}
"""
    root = 'locals {\n  place = "us-east-1"\n}\n'
    blocks, gaps = read({"modules/m/main.tf": MODULE, "root.hcl": root, "live/u/terragrunt.hcl.json": unit})
    assert region(blocks["live/u aws_s3_bucket.b"]).data == "us-east-1"
    assert gaps == []
    for text in (
        "[]",
        '{"locals": 1}',
        '{"include": {"root": 1}}',
        "{",
        '{"inputs": "${", "terraform": {"source": "."}}',
    ):
        _, gaps = read({"live/u/terragrunt.hcl.json": text})
        assert [gap.fatal for gap in gaps] == [True], text


# --- the module


@pytest.mark.parametrize(
    "source",
    [
        "../../modules/m",
        "../../modules//m",
        "../..//modules/m?ref=v1",
        "../../../{top}/modules/m",
        "${get_repo_root()}/modules/m",
        "${get_repo_root()}//modules//m",
        "${get_parent_terragrunt_dir()}/modules/m",
        '${get_parent_terragrunt_dir("root")}/modules/m',
        "${path_relative_from_include()}/modules/m",
        "${get_terragrunt_dir()}/../../modules/m",
        "${get_path_to_repo_root()}//modules/m",
        '${dirname(find_in_parent_folders("root.hcl"))}/modules/m',
        '${find_in_parent_folders("modules")}//m',
    ],
)
def test_a_source_in_the_tree(read: Read, tmp_path: Path, source: str) -> None:
    unit = (
        f'include "root" {{\n  path = find_in_parent_folders("root.hcl")\n}}\nterraform {{\n  source = "{source}"\n}}\n'
    )
    unit = unit.replace("{top}", tmp_path.name)
    blocks, gaps = read({"modules/m/main.tf": MODULE, "root.hcl": "", "live/u/terragrunt.hcl": unit})
    assert list(blocks) == ["live/u aws_s3_bucket.b"]
    assert gaps == []


@pytest.mark.parametrize(
    ("source", "shown", "why"),
    [
        ('"git::https://git.example.com/m.git//m?ref=v1"', "git::https://git.example.com/m.git//m?ref=v1", "not down"),
        ('"tfr:///terraform-aws-modules/s3/aws?version=1.0.0"', "tfr:///terraform-aws", "not downloaded"),
        ('"github.com/acme/modules//m"', "github.com/acme/modules//m", "not downloaded"),
        ('"git@github.com:acme/modules.git//m"', "git@github.com:acme", "not downloaded"),
        ('"../missing"', "../missing", "folder is missing"),
        ('"../../../../outside"', "../../../../outside", "leads out of the checked tree"),
        ('"${get_env("MODULES")}//m"', '${get_env("MODULES")}//m', "not downloaded"),
        ('run_cmd("make", "source")', "run_cmd", "not downloaded"),
    ],
)
def test_a_source_that_is_not_there(read: Read, source: str, shown: str, why: str) -> None:
    unit = f'terraform {{\n  source = {source}\n}}\ninputs = {{\n  region = "us-east-1"\n}}\n'
    blocks, gaps = read({"live/kb/terragrunt.hcl": unit})
    (block,) = blocks.values()
    assert (block.mode, block.address) == ("module", "module.kb")
    assert region(block).data == "us-east-1"
    assert str(region(block).trail[-1].location) == "live/kb/terragrunt.hcl:5"
    (gap,) = gaps
    assert shown in gap.what
    assert why in gap.why
    assert str(gap.location) == "live/kb/terragrunt.hcl:2"


def test_a_provider_says_where_a_module_is_that_is_not_there(read: Read) -> None:
    provider = '<<EOF\nprovider "aws" {\n  region = "us-east-1"\n}\nprovider "aws" {\n  alias = "x"\n}\nEOF'
    unit = (
        f'generate "p" {{\n  path = "p.tf"\n  contents = {provider}\n}}\n'
        'terraform {\n  source = "git::https://git.example.com/m.git"\n}\ninputs = {\n  count = 3\n  place = "x"\n}\n'
    )
    blocks, _ = read({"kb/terragrunt.hcl": unit})
    (block,) = blocks.values()
    assert [value.data for value in block.body.values("aws_region")] == ["us-east-1"]
    assert block.body.values("count") == ()
    blocks, _ = read({"kb/terragrunt.hcl": unit.replace("place =", "region =")})
    assert next(iter(blocks.values())).body.values("aws_region") == (), "what it is told itself counts"


def test_a_module_in_the_cache(read: Read) -> None:
    unit = 'terraform {\n  source = "git::https://git.example.com/m.git//m?ref=v1"\n}\n'
    files = {"u/terragrunt.hcl": unit, "u/.terragrunt-cache/a1/b2/m/main.tf": MODULE}
    blocks, gaps = read(files)
    assert list(blocks) == ["u aws_s3_bucket.b"]
    assert gaps == []
    _, gaps = read({"u/.terragrunt-cache/a1/c3/m/main.tf": MODULE})
    assert [gap.why for gap in gaps] == ["the module is not downloaded"], "which of two counts is not known"


def test_code_beside_a_unit_belongs_to_it(read: Read) -> None:
    files = {
        "modules/m/main.tf": MODULE,
        "modules/m/extra.tf": 'resource "aws_s3_bucket" "replaced" {}\n',
        "root.hcl": "",
        "live/u/terragrunt.hcl": UNIT,
        "live/u/extra.tf": 'resource "aws_s3_bucket" "own" {}\n',
    }
    blocks, _ = read(files)
    assert list(blocks) == ["live/u aws_s3_bucket.b", "live/u aws_s3_bucket.own"]


def test_how_terragrunt_was_configured_long_ago_is_a_gap(read: Read) -> None:
    old = 'terragrunt = {\n  terraform {\n    source = "../m"\n  }\n}\n'
    _, gaps = read({"old/terraform.tfvars": old, "new/terraform.tfvars": 'region = "eu-west-1"\n'})
    assert [gap.what for gap in gaps] == ["old/terraform.tfvars"]


# --- bad input


def test_a_file_that_cannot_be_parsed_loses_nothing_else(read: Read, write: Write, tmp_path: Path) -> None:
    files = {
        "bad/terragrunt.hcl": "inputs = {\n  a = \n}\n",
        "bad/main.tf": MODULE,
        "worse/terragrunt.hcl": "inputs = {",
        "deep/terragrunt.hcl": f"inputs = {{\n  region = {'[' * 3000}{']' * 3000}\n}}\n",
        "deep/main.tf": MODULE,
        "ok/terragrunt.hcl": "",
        "ok/main.tf": MODULE,
        "binary/main.tf": MODULE,
    }
    write(files)
    (tmp_path / "binary/terragrunt.hcl").write_bytes(b"\0\1\2")
    blocks, gaps = read({})
    assert list(blocks) == ["deep aws_s3_bucket.b", "ok aws_s3_bucket.b"]
    assert isinstance(region(blocks["deep aws_s3_bucket.b"]).data, Unknown)
    assert {gap.fatal for gap in gaps} == {True}
    assert sorted(str(gap.location or gap.what) for gap in gaps) == [
        "bad/terragrunt.hcl:2",
        "binary/terragrunt.hcl",
        "worse/terragrunt.hcl:1",
    ]


ODD = [
    f'"{"a" * 5000}"',
    '"a\\u0000b"',
    "null",
    "[]",
    "{}",
    "1",
    '"/"',
    '"~"',
    '""',
    '"\\ud800"',
    "local",
    "include",
    "values",
]


@pytest.mark.parametrize(
    "text",
    [
        'include "x" {\n  path = VALUE\n}\n',
        "terraform {\n  source = VALUE\n}\n",
        "inputs = VALUE\n",
        'inputs = merge(VALUE, { region = find_in_parent_folders(VALUE, "eu-west-1") })\n',
        "inputs = read_terragrunt_config(VALUE)\n",
        "inputs = { region = jsondecode(read_tfvars_file(VALUE)), a = get_env(VALUE), b = deep_merge(VALUE, VALUE) }\n",
        "inputs = { region = get_parent_terragrunt_dir(VALUE), a = path_relative_to_include(VALUE), b = get_env() }\n",
        'generate "p" {\n  path = VALUE\n  contents = VALUE\n}\n',
        'generate "p" {\n  path = "p.tf"\n  contents = <<EOF\nx = VALUE\n${VALUE}\n%{ if VALUE }a%{ endif }\nEOF\n}\n',
        "generate = { p = { path = VALUE, contents = VALUE } }\n",
        'terraform {\n  extra_arguments "a" {\n commands = VALUE\n arguments = VALUE\n env_vars = VALUE\n }\n}\n',
        'terraform {\n  extra_arguments "a" {\n required_var_files = VALUE\n optional_var_files = [VALUE]\n }\n}\n',
        'feature "a" {\n  default = VALUE\n}\ninputs = { region = feature.a.value[0] }\n',
    ],
)
def test_odd_values_end_in_something_unknown(read: Read, text: str) -> None:
    files = {f"u{number}/terragrunt.hcl": text.replace("VALUE", value) for number, value in enumerate(ODD)}
    stack = 'unit "a" {\n  source = VALUE\n  path = VALUE\n  values = VALUE\n}\n'
    files |= {f"s{number}/terragrunt.stack.hcl": stack.replace("VALUE", value) for number, value in enumerate(ODD)}
    blocks, _ = read({**files, **{f"u{number}/main.tf": MODULE for number in range(len(ODD))}})
    for block in blocks.values():
        assert all(isinstance(value.data, str | int | Unknown) for value in block.body.values("region"))


def test_reading_ends(read: Read) -> None:
    every = ", ".join(f"local.a{n}" for n in range(300))
    many = "".join(f'  a{n} = read_terragrunt_config("f{n}.hcl")\n' for n in range(300))
    files = {
        "u/main.tf": MODULE,
        "u/terragrunt.hcl": f"locals {{\n{many}}}\ninputs = {{ all = [{every}] }}\n",
        **{f"u/f{n}.hcl": "" for n in range(300)},
        "loop/main.tf": MODULE,
        "loop/terragrunt.hcl": 'locals {\n  x = read_terragrunt_config("a.hcl")\n}\ninputs = local.x.locals\n',
        "loop/a.hcl": 'locals {\n  x = read_terragrunt_config("b.hcl").locals\n}\n',
        "loop/b.hcl": 'locals {\n  x = read_terragrunt_config("a.hcl").locals\n}\n',
        "bomb/main.tf": MODULE,
        "bomb/terragrunt.hcl": "locals {\n  a0 = [1, 2]\n"
        + "".join(f"  a{n} = [local.a{n - 1}, local.a{n - 1}]\n" for n in range(1, 60))
        + "}\ninputs = {\n  region = local.a59\n}\n",
    }
    blocks, gaps = read(files)
    assert len(blocks) == 3
    assert [gap.why for gap in gaps if gap.fatal] == ["the unit reads more than 200 files"]


def test_a_link_out_of_the_tree_is_not_followed(
    read: Read, write: Write, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret.hcl"
    secret.write_text('inputs = {\n  region = "us-east-1"\n}\n', encoding="utf-8")
    write({"u/main.tf": MODULE, "u/terragrunt.hcl": 'include "x" {\n  path = "linked.hcl"\n}\n'})
    (tmp_path / "u/linked.hcl").symlink_to(secret)
    (tmp_path / "v").mkdir()
    (tmp_path / "v/terragrunt.hcl").symlink_to(secret)
    blocks, gaps = read({})
    assert region(blocks["u aws_s3_bucket.b"]).data == "eu-west-1"
    assert sorted(gap.why for gap in gaps) == [
        "it leads out of the checked tree",
        "the file leads out of the checked tree",
    ]
