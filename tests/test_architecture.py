"""The rules of docs/architecture.md that a reader of one file cannot see: who imports whom, what files look like."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = {"checker", "policies", "providers"}
_SHARED = "model outcome rows errors formats source documents texts trees model_lists deployed"
SHARED = {f"checker.{name}" for name in _SHARED.split()}
FOR_POLICIES = {"checker.claims"}
SDKS = ("azure", "boto3", "botocore", "google", "msrest")
# Formats that are built upon another one: a plan is of Terraform code, …
UPON = {
    "pulumi": "providers.cloudformation",
    "serverless": "providers.cloudformation",
    "terraform_plan": "providers.terraform",
    "terragrunt": "providers.terraform",
}
VAGUE = {"common", "helper", "helpers", "manager", "misc", "mixin", "mixins", "util", "utils"}
LONGEST = 450  # lines


def files(*tops: str) -> list[Path]:
    return sorted(path.relative_to(ROOT) for top in tops for path in (ROOT / top).rglob("*.py"))


def each_file(*tops: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", files(*tops), ids=Path.as_posix)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever in it, by full name; `from a import b` gives `a.b`."""
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relatively; names are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def within(name: str, *modules: str) -> bool:
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def ours(path: Path) -> list[str]:
    return [name for name in imports(path) if name.partition(".")[0] in OURS]


def test_there_is_something_to_look_at() -> None:
    assert {path.parts[0] for path in files(*OURS)} == OURS


def test_the_model_imports_the_standard_library_only() -> None:
    names = {name.partition(".")[0] for name in imports(Path("checker/model.py"))}
    assert names <= set(sys.stdlib_module_names)


@each_file("providers")
def test_an_adapter_knows_the_model_and_itself(path: Path) -> None:
    own = (".".join(path.parts[:2]), UPON.get(path.parts[1], "providers."))
    assert [name for name in ours(path) if not within(name, *SHARED, *own)] == []


@each_file("policies")
def test_a_policy_knows_the_model_only(path: Path) -> None:
    assert [name for name in ours(path) if not within(name, *SHARED, *FOR_POLICIES)] == []


@each_file("checker")
def test_only_the_registry_names_policies_and_providers(path: Path) -> None:
    if path == Path("checker/registry.py"):
        return
    assert [name for name in imports(path) if within(name, "policies", "providers")] == []
    calls = [node.func for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Call)]
    called = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in calls}
    assert called & {"import_module", "__import__"} == set(), "modules chosen by name are the registry's work"


@each_file(*OURS)
def test_only_a_listing_imports_a_cloud_sdk(path: Path) -> None:
    if path.name != "listing.py":
        assert [name for name in imports(path) if within(name, *SDKS)] == []


@each_file(*OURS)
def test_only_the_editor_companion_imports_its_library(path: Path) -> None:
    if path.parts[:2] != ("checker", "lsp"):
        assert [name for name in imports(path) if within(name, "pygls", "lsprotocol")] == []


@each_file(*OURS)
def test_an_init_file_is_its_docstring(path: Path) -> None:
    if path.name == "__init__.py":
        body = ast.parse((ROOT / path).read_text()).body
        assert len(body) == 1
        assert ast.get_docstring(ast.Module(body, [])), "a package says what it holds, and does nothing"


@each_file(*OURS, "tests")
def test_a_file_has_a_size_and_a_name_that_says_something(path: Path) -> None:
    assert path.stem not in VAGUE
    lines = (ROOT / path).read_text().count("\n")
    assert lines <= LONGEST


@each_file(*OURS)
def test_no_group_is_repeated_possessively(path: Path) -> None:
    """Python before 3.11.5 matches too much then: https://github.com/python/cpython/issues/106052."""
    constants = (node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Constant))
    texts = [node.value for node in constants if isinstance(node.value, str)]
    assert [text for text in texts if re.search(r"[^\\]\)(?:[*+?]|\{\d*,?\d*\})\+", text)] == []


def test_tests_are_no_package() -> None:
    assert [path for path in files("tests") if path.name == "__init__.py" and "rival" not in path.parts] == []


@pytest.mark.parametrize("suffix", ["json", "md", "py", "toml", "yml"])
def test_no_file_names_a_folder_of_somebodys_machine(suffix: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for top in (*sorted(OURS), "docs", "tests", "fixtures", ".github", ".")
        for path in sorted((ROOT / top).glob(f"*.{suffix}" if top == "." else f"**/*.{suffix}"))
        for match in re.finditer(r"(?<![\w.:}*$-])/(?:home|root|work|Users)/\w+", path.read_text())
    ]
    assert found == []
