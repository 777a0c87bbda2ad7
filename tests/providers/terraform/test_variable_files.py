"""Variable files that nothing loads are named, wherever people keep them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from checker.formats import Options, listing
from providers.terraform.format import open_roots


def named(folder: Path, files: Iterable[str], options: Options | None = None) -> list[str]:
    """Return what the gaps of a tree name; a `.tf` file is empty."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    _, gaps, _ = open_roots(listing([folder]), options or Options(), folder)
    assert not any(gap.fatal for gap in gaps)
    return [gap.what for gap in gaps]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["a.tf", "terraform.tfvars", "x.auto.tfvars", "y.auto.tfvars.json"], []),
        (["a.tf", "us.tfvars"], ["us.tfvars"]),
        (["a.tf", "env/us.tfvars", "env/eu.tfvars.json"], ["env/eu.tfvars.json, env/us.tfvars"]),
        (["a.tf", "env/terraform.tfvars"], ["env/terraform.tfvars"]),
        (["a.tf", "env/x.auto.tfvars"], ["env/x.auto.tfvars"]),
        (["a.tf", "env/us/x.tfvars", "env/eu/x.tfvars"], ["env/eu/x.tfvars", "env/us/x.tfvars"]),
        (["infra/a.tf", "environments/prod.tfvars"], ["environments/prod.tfvars"]),
        (["a.tf", "env/us.tfvars.example", "us.tfvars.bak"], []),
        (["a.tf", ".terraform/x.tfvars", "node_modules/x.tfvars"], []),
        (["a.tf", "b/b.tf", "b/terraform.tfvars"], []),
        (["a.tf", *(f"{i}.tfvars" for i in range(7))], ["0.tfvars, 1.tfvars, 2.tfvars, 3.tfvars, 4.tfvars and 2 more"]),
        (["us.tfvars"], []),
    ],
)
def test_what_nothing_loads_is_one_gap_a_folder(files: list[str], expected: list[str], tmp_path: Path) -> None:
    assert named(tmp_path, files) == expected


def test_the_folder_of_a_called_module_is_its_callers_business(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "./m"\n}\n')
    assert named(tmp_path, ["m/x.tf", "m/defaults.tfvars"]) == []


def test_what_the_command_line_names_is_no_gap_in_any_environment(tmp_path: Path) -> None:
    files = ["a.tf", "env/eu.tfvars", "env/us.tfvars", "env/base.tfvars", "env/old.tfvars"]
    env = tmp_path / "env"
    options = Options(
        var_files=(env / "base.tfvars",),
        environments=(("eu", (env / "eu.tfvars",)), ("us", (env / "us.tfvars",))),
    )
    assert named(tmp_path, files, options) == ["env/old.tfvars"]


def test_many_folders_end_in_one_gap(tmp_path: Path) -> None:
    found = named(tmp_path, ["a.tf", *(f"env/{i:03}/x.tfvars" for i in range(60))])
    assert len(found) == 51
    assert found[-1] == "10 more folders"
