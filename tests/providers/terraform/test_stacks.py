"""Stacks of HCP Terraform: not evaluated, and never passed over in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker import formats
from providers.terraform import format as terraform


@pytest.mark.parametrize("ending", ["tfcomponent", "tfstack"])
def test_a_stack_is_a_gap_that_names_what_it_deploys(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"components.{ending}.hcl").write_text(
        'component "rag" {\n  source = "./rag"\n}\ncomponent "logs" {\n  source = "./logs"\n}\n', encoding="utf-8"
    )
    (tmp_path / "deployments.tfdeploy.hcl").write_text('deployment "prod" {\n  inputs = {}\n}\n', encoding="utf-8")
    (tmp_path / "rag").mkdir()
    (tmp_path / "rag/main.tf").write_text('resource "aws_s3_bucket" "b" {}\n', encoding="utf-8")
    roots, gaps, counts = terraform.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert [root.name for root in roots] == ["rag"], "a module beside it is judged as it is without a stack"
    assert counts["files"] == 2
    (gap,) = gaps
    assert (gap.what, gap.fatal) == (f"components.{ending}.hcl", False)
    assert gap.why == (
        "a stack of Terraform is not evaluated: the components rag, logs and the deployment prod are not judged"
    )


def test_a_stack_that_was_asked_for_could_not_be_checked(tmp_path: Path) -> None:
    path = tmp_path / "x.tfdeploy.hcl"
    path.write_bytes(b"\xff\0")
    _, gaps, _ = terraform.open_roots(formats.listing([path]), formats.Options(), tmp_path)
    assert [(gap.what, gap.fatal) for gap in gaps] == [("x.tfdeploy.hcl", True)]


def test_other_files_of_that_language_are_none(tmp_path: Path) -> None:
    for name in ("packer.pkr.hcl", ".terraform.lock.hcl", "main.tftest.hcl"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert terraform.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)[1] == []
