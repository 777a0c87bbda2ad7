"""Explicit stacks: the units that `terragrunt stack generate` would write."""

from __future__ import annotations

from collections.abc import Callable

from checker.model import Block, Gap, Unknown

Read = Callable[..., tuple[dict[str, Block], list[Gap]]]

MODULE = 'variable "region" {}\nresource "aws_s3_bucket" "b" {\n  region = var.region\n}\n'
UNIT = """include "root" {
  path = find_in_parent_folders("root.hcl")
}
terraform {
  source = "${get_repo_root()}/modules/m"
}
inputs = {
  region = values.region
}
"""
FILES = {
    "root.hcl": "",
    "modules/m/main.tf": MODULE,
    "units/bucket/terragrunt.hcl": UNIT,
    "live/terragrunt.stack.hcl": """locals {
  place = "us-east-1"
}
unit "docs" {
  source = "../units/bucket"
  path   = "docs"
  values = {
    region = local.place
  }
}
""",
}


def region(block: Block) -> object:
    return block.body.values("region")[0].data


def test_a_unit_has_the_values_of_its_stack(read: Read) -> None:
    blocks, gaps = read(FILES)
    assert list(blocks) == ["live/.terragrunt-stack/docs aws_s3_bucket.b"]
    (block,) = blocks.values()
    assert region(block) == "us-east-1"
    (value,) = block.body.values("region")
    assert str(value.trail[-1].location) == "live/terragrunt.stack.hcl:2"
    assert gaps == []


def test_a_template_that_no_stack_takes_is_a_unit_with_open_values(read: Read) -> None:
    blocks, _ = read({name: text for name, text in FILES.items() if "stack" not in name})
    assert list(blocks) == ["units/bucket aws_s3_bucket.b"]
    (block,) = blocks.values()
    assert isinstance(region(block), Unknown)


def test_what_is_generated_already_counts_as_it_is(read: Read) -> None:
    files = {
        **FILES,
        "live/.terragrunt-stack/docs/terragrunt.hcl": UNIT,
        "live/.terragrunt-stack/docs/terragrunt.values.hcl": 'region = "eu-west-3"\n',
    }
    blocks, _ = read(files)
    assert region(blocks["live/.terragrunt-stack/docs aws_s3_bucket.b"]) == "eu-west-3"


def test_stacks_nest(read: Read) -> None:
    files = {
        **FILES,
        "stacks/s/terragrunt.stack.hcl": (
            'unit "u" {\n  source = "${get_repo_root()}/units/bucket"\n  path = "u"\n  values = values\n}\n'
        ),
        "live/terragrunt.stack.hcl": (
            'stack "s" {\n  source = "../stacks/s"\n  path = "s"\n  no_dot_terragrunt_stack = true\n'
            '  values = {\n    region = "eu-west-3"\n  }\n}\n'
        ),
    }
    blocks, gaps = read(files)
    assert {name: region(block) for name, block in blocks.items()} == {
        "live/s/.terragrunt-stack/u aws_s3_bucket.b": "eu-west-3"
    }
    assert gaps == []


def test_a_stack_that_nests_itself_ends(read: Read) -> None:
    text = 'stack "s" {\n  source = "${get_repo_root()}/live"\n  path = "s"\n}\n'
    blocks, _ = read({"live/terragrunt.stack.hcl": text})
    assert blocks == {}
    text += 'stack "t" {\n  source = "../live"\n  path = "t"\n}\n'
    _, gaps = read({"top/terragrunt.stack.hcl": text.replace("../live", "${get_repo_root()}/live")})
    assert "stacks are nested too deeply" in {gap.why for gap in gaps if gap.fatal}


def test_a_unit_that_is_not_there(read: Read) -> None:
    text = FILES["live/terragrunt.stack.hcl"].replace(
        "../units/bucket", "git::https://git.example.com/c.git//units/b?ref=v1"
    )
    blocks, gaps = read({"live/terragrunt.stack.hcl": text})
    assert list(blocks) == ["live/.terragrunt-stack/docs module.docs"]
    (block,) = blocks.values()
    assert (block.mode, region(block)) == ("module", "us-east-1")
    (gap,) = gaps
    assert gap.what == "module.docs (git::https://git.example.com/c.git//units/b?ref=v1)"
    assert str(gap.location) == "live/terragrunt.stack.hcl:5"


def test_what_is_laid_over_a_unit_is_a_gap(read: Read) -> None:
    text = FILES["live/terragrunt.stack.hcl"].replace("  path   =", "  autoinclude {\n    inputs = {}\n  }\n  path   =")
    blocks, gaps = read({**FILES, "live/terragrunt.stack.hcl": text})
    assert len(blocks) == 1
    assert [(gap.what, str(gap.location)) for gap in gaps] == [('unit "docs"', "live/terragrunt.stack.hcl:4")]


def test_a_stack_that_cannot_be_parsed(read: Read) -> None:
    blocks, gaps = read({**FILES, "bad/terragrunt.stack.hcl": 'unit "x" {\n  = 1\n}\n'})
    assert len(blocks) == 1
    assert [(gap.fatal, str(gap.location)) for gap in gaps] == [(True, "bad/terragrunt.stack.hcl:2")]
