"""Which folders a change concerns, by the texts that name its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import changed, config, engine, formats
from checker.formats import Options, Part, listing
from checker.model import Finding

Concerned = Callable[..., list[str]]


@pytest.fixture
def concerned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Concerned:
    """Return a function that writes files and returns the folders that a change of some of them concerns."""

    def run(files: Mapping[str, str], *names: str, options: Options | None = None) -> list[str]:
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        parts = changed.narrowed(listing([Path()]), [Path(name) for name in names], options or Options())
        top = tmp_path.resolve()
        return sorted(folder.relative_to(top).as_posix() for part in parts for folder in part.folders)

    return run


def call(source: str) -> str:
    return f'module "m" {{\n  source = "{source}"\n}}\n'


MODULES = {
    "prod/main.tf": call("../modules/rag"),
    "test/main.tf": call("../modules/rag/"),
    "other/main.tf": call("../modules/network"),
    "modules/rag/main.tf": call("./bucket"),
    "modules/rag/bucket/main.tf": "",
    "modules/network/main.tf": "",
    "loose/main.tf": "",
}


def test_a_root_stands_for_itself(concerned: Concerned) -> None:
    assert concerned(MODULES, "prod/main.tf") == ["prod"]
    assert concerned(MODULES, "loose/main.tf") == ["loose"]


def test_a_module_comes_with_its_callers(concerned: Concerned) -> None:
    assert concerned(MODULES, "modules/rag/main.tf") == ["modules/rag", "prod", "test"]


def test_callers_of_callers_count(concerned: Concerned) -> None:
    assert concerned(MODULES, "modules/rag/bucket/main.tf") == ["modules/rag", "modules/rag/bucket", "prod", "test"]


def test_several_files_are_one_change(concerned: Concerned) -> None:
    assert concerned(MODULES, "loose/main.tf", "other/main.tf") == ["loose", "other"]


def test_nothing_that_anything_uses(concerned: Concerned) -> None:
    assert concerned({**MODULES, "modules/rag/README.md": "the bucket"}, "modules/rag/README.md") == []
    assert concerned(MODULES) == []


@pytest.mark.parametrize("source", ["..", "../", "../../top/.", "./../"])
def test_a_module_may_be_called_by_dots_alone(concerned: Concerned, source: str) -> None:
    files = {"top/main.tf": "", "top/example/main.tf": call(source)}
    assert concerned(files, "top/main.tf") == ["top", "top/example"]


def test_a_name_that_is_a_part_of_another_is_none(concerned: Concerned) -> None:
    files = {"a/main.tf": call("../modules/rag-two"), "modules/rag/main.tf": "", "modules/rag-two/main.tf": ""}
    assert concerned(files, "modules/rag/main.tf") == ["modules/rag"]


def test_a_module_of_the_same_name_elsewhere_is_another_one(concerned: Concerned) -> None:
    files = {
        "a/main.tf": call("./bucket"),
        "a/bucket/main.tf": "",
        "b/main.tf": call("./bucket"),
        "b/bucket/main.tf": "",
    }
    assert concerned(files, "b/bucket/main.tf") == ["b", "b/bucket"]


def test_a_link_to_a_module_is_the_module(concerned: Concerned, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(tmp_path / "real")
    files = {"real/main.tf": "", "root/main.tf": call("../linked")}
    assert concerned(files, "real/main.tf") == ["real", "root"]


def test_a_file_that_is_gone_counts(concerned: Concerned) -> None:
    assert concerned(MODULES, "modules/rag/gone.tf") == ["modules/rag", "prod", "test"]


@pytest.mark.parametrize(
    "expression",
    [
        'file("../policies/deny.rego")',
        'file("${path.module}/../policies/deny.rego")',
        'file("${path.root}/policies/deny.rego")',
        'fileset("${path.module}/../policies", "*")',
        'file("../policies/${each.key}.rego")',
    ],
)
def test_a_file_that_a_function_reads(concerned: Concerned, expression: str) -> None:
    files = {"infra/main.tf": f"locals {{\n  a = {expression}\n}}\n", "policies/deny.rego": "", "loose/main.tf": ""}
    assert concerned(files, "policies/deny.rego") == ["infra"]


def test_a_variable_file_of_the_command_line_concerns_everything(concerned: Concerned) -> None:
    options = Options(var_files=(Path("vars/eu.tfvars"),))
    files = {**MODULES, "vars/eu.tfvars": ""}
    assert "loose" in concerned(files, "vars/eu.tfvars", options=options)
    options = Options(environments=(("eu", (Path("vars/eu.tfvars"),)),))
    assert "loose" in concerned(files, "vars/eu.tfvars", options=options)
    assert concerned(files, "vars/eu.tfvars") == ["vars"]


def test_the_configuration_concerns_everything(concerned: Concerned) -> None:
    assert "loose" in concerned({**MODULES, "euclave.toml": ""}, "euclave.toml")
    assert "loose" in concerned({**MODULES, "pyproject.toml": "[tool.euclave]\n"}, "pyproject.toml")
    assert concerned({**MODULES, "pyproject.toml": "[tool.ruff]\n"}, "pyproject.toml") == []


def test_a_base_comes_with_its_overlays(concerned: Concerned) -> None:
    files = {
        "base/kustomization.yaml": "resources:\n  - deployment.yaml\n",
        "base/deployment.yaml": "kind: Deployment\n",
        "overlays/eu/kustomization.yaml": "resources: [../../base]\npatches:\n- path: patches/region.yaml\n",
        "overlays/eu/patches/region.yaml": "kind: Deployment\n",
        "apps/kustomization.yaml": "resources:\n- ../overlays/eu\n",
        "other/kustomization.yaml": "resources: []\n",
    }
    assert concerned(files, "base/deployment.yaml") == ["apps", "base", "overlays/eu"]
    assert concerned(files, "overlays/eu/patches/region.yaml") == ["apps", "overlays/eu", "overlays/eu/patches"]


def test_a_chart_is_one(concerned: Concerned) -> None:
    files = {
        "chart/Chart.yaml": "name: rag\n",
        "chart/values.yaml": "",
        "chart/templates/deployment.yaml": "",
        "chart/charts/db/Chart.yaml": "name: db\n",
        "chart/charts/db/templates/pod.yaml": "",
        "other/Chart.yaml": "name: other\n",
    }
    whole = ["chart", "chart/charts", "chart/charts/db", "chart/charts/db/templates", "chart/templates"]
    assert concerned(files, "chart/templates/deployment.yaml") == whole
    assert concerned(files, "chart/charts/db/templates/pod.yaml") == whole
    assert concerned(files, "chart/values.yaml") == whole


@pytest.mark.parametrize("url", ["./nested/db.yaml", "nested/db.yaml", "https://s3.amazonaws.com/bucket/db.yaml"])
def test_a_nested_template_comes_with_what_nests_it(concerned: Concerned, url: str) -> None:
    files = {"main.yaml": f"Resources: {{S: {{Properties: {{TemplateURL: {url}}}}}}}\n", "nested/db.yaml": ""}
    assert concerned(files, "nested/db.yaml") == [".", "nested"]


def test_a_settings_file_comes_with_the_service_that_reads_it(concerned: Concerned) -> None:
    files = {"compose.yaml": "services:\n  a:\n    env_file: settings/model.env\n", "settings/model.env": "A=1\n"}
    assert concerned(files, "settings/model.env") == [".", "settings"]


UNITS = {
    "root.hcl": 'locals { r = read_terragrunt_config(find_in_parent_folders("region.hcl")) }',
    "_shared/rag.hcl": 'terraform { source = "${dirname(find_in_parent_folders("root.hcl"))}/../infra/modules//rag" }',
    "eu/region.hcl": "",
    "eu/tags.yaml": "",
    "eu/rag/terragrunt.hcl": 'include "root" { path = find_in_parent_folders("root.hcl") }\n'
    'include "rag" { path = "${dirname(find_in_parent_folders("root.hcl"))}/_shared/rag.hcl" }\n',
    "eu/other/terragrunt.hcl": 'locals { t = yamldecode(file(find_in_parent_folders("tags.yaml"))) }',
    "us/region.hcl": "",
    "us/net/terragrunt.hcl": 'terraform { source = "${get_repo_root()}/infra/modules//network" }',
    "infra/modules/rag/main.tf": "",
    "infra/modules/network/main.tf": "",
}


@pytest.mark.parametrize(
    ("name", "folders"),
    [
        ("eu/rag/terragrunt.hcl", ["eu/rag"]),
        ("eu/region.hcl", ["eu", "eu/other", "eu/rag"]),
        ("eu/tags.yaml", ["eu", "eu/other", "eu/rag"]),
        ("_shared/rag.hcl", ["_shared", "eu/rag"]),
        ("infra/modules/rag/main.tf", ["_shared", "eu/rag", "infra/modules/rag"]),
        ("infra/modules/network/main.tf", ["infra/modules/network", "us/net"]),
    ],
)
def test_what_a_unit_of_terragrunt_reads_above_it(concerned: Concerned, name: str, folders: list[str]) -> None:
    assert concerned(UNITS, name) == folders


def test_what_cannot_be_read_names_nothing(concerned: Concerned, tmp_path: Path) -> None:
    (tmp_path / "pipe.tf").mkdir()
    (tmp_path / "binary.tf").write_bytes(b"\0../a")
    (tmp_path / "loop.tf").symlink_to("loop.tf")
    assert concerned(
        {"a/main.tf": "", "bad.tf": "#" * 5000 + call("../\0a"), "long.tf": call("../" + "a" * 5000)}, "a/main.tf"
    ) == ["a"]


FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"


def test_what_is_found_of_a_change_is_what_a_whole_check_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FIXTURES)
    request = engine.Request((Path(),), config.judged_by("eu", ()), scope="all")
    whole = {finding.fingerprint: finding for finding in engine.check(request).findings}
    files = sorted({str(step.location.path) for one in whole.values() for step in one.trail if step.location})
    files += sorted({str(one.location.path) for one in whole.values()} - set(files))
    assert len(files) > 20
    for name in files[::3]:

        def narrow(paths: tuple[Path, ...], name: str = name) -> list[Part]:
            return changed.narrowed(listing(paths), [Path(name)], Options())

        with monkeypatch.context() as patch:
            patch.setattr(formats, "listing", narrow)
            found = {finding.fingerprint for finding in engine.check(request).findings}
        assert found <= set(whole), name
        assert {print for print, one in whole.items() if _names(one, name)} <= found, name


def _names(finding: Finding, file: str) -> bool:
    return any(at is not None and at.path == file for at in (finding.location, *(s.location for s in finding.trail)))
