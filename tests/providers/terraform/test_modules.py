"""Folders: which files count, what overrides what, which folders are roots."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from checker.formats import listing
from checker.source import SyntaxProblem
from providers.terraform import modules
from providers.terraform.modules import Folder, Tree, downloaded, roots
from providers.terraform.syntax import Literal


def write(folder: Path, files: dict[str, str]) -> Tree:
    """Write a tree and open it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Tree(folder.resolve(), folder)


def bucket(folder: Folder) -> object:
    """Return the bucket's name that a folder's resource ends up with."""
    value = folder.resources["managed", "aws_s3_bucket", "b"].body().attributes["bucket"].value
    return value.value if isinstance(value, Literal) else value


BUCKET = 'resource "aws_s3_bucket" "b" {{\n  bucket = "{}"\n}}\n'


@pytest.mark.parametrize(
    ("files", "counted"),
    [
        (["main.tf", "x.tofu", "y.tf.json", "z.tofu.json"], 4),
        (["main.tf", ".hidden.tf", "main.tf~", "#main.tf#", ".#main.tf", "main.tf.bak", "main.tf.swp"], 1),
        (["main.tf", "main.tofu"], 1),
        (["main.tf.json", "main.tofu.json"], 1),
        (["main.tf", "other.tofu"], 2),
        (["main.tf", "main.tf.json"], 2),
        (["README.md", "terraform.tfvars", "tf", "x.tfx"], 0),
    ],
)
def test_which_files_count(files: list[str], counted: int, tmp_path: Path) -> None:
    tree = write(tmp_path, dict.fromkeys(files, "locals {}" if not files[0].endswith("json") else "{}"))
    assert tree.folder(tmp_path).files == counted


def test_a_tofu_file_stands_in_for_its_neighbour(tmp_path: Path) -> None:
    tree = write(tmp_path, {"main.tf": BUCKET.format("tf"), "main.tofu": BUCKET.format("tofu")})
    assert bucket(tree.folder(tmp_path)) == "tofu"


@pytest.mark.parametrize("name", ["override.tf", "a_override.tf", "override.tf.json", "a_override.tofu"])
def test_override_files_are_laid_over_the_others(name: str, tmp_path: Path) -> None:
    over = BUCKET.format("over")
    if name.endswith("json"):
        over = '{"resource": {"aws_s3_bucket": {"b": {"bucket": "over"}}}}'
    tree = write(tmp_path, {name: over, "z.tf": BUCKET.format("base")})
    assert bucket(tree.folder(tmp_path)) == "over"


def test_a_name_that_only_holds_override_is_no_override(tmp_path: Path) -> None:
    tree = write(tmp_path, {"a.tf": BUCKET.format("base"), "overrides.tf": BUCKET.format("late")})
    assert bucket(tree.folder(tmp_path)) == "base"


def test_of_several_override_files_the_last_wins(tmp_path: Path) -> None:
    files = {"a.tf": BUCKET.format("base"), "b_override.tf": BUCKET.format("b"), "c_override.tf": BUCKET.format("c")}
    assert bucket(write(tmp_path, files).folder(tmp_path)) == "c"


def test_an_override_replaces_nested_blocks_by_type_and_keeps_other_arguments(tmp_path: Path) -> None:
    base = 'resource "a_b" "b" {\n  x = 1\n  y = 1\n  n {}\n  n {}\n  m {}\n}\n'
    over = 'resource "a_b" "b" {\n  y = 2\n  n {}\n}\n'
    folder = write(tmp_path, {"a.tf": base, "a_override.tf": over}).folder(tmp_path)
    body = folder.resources["managed", "a_b", "b"].body()
    assert sorted(body.attributes) == ["x", "y"]
    assert [block.type for block in body.blocks] == ["m", "n"]


def test_an_override_after_the_block_was_read_counts(tmp_path: Path) -> None:
    folder = write(tmp_path, {"a.tf": BUCKET.format("base")}).folder(tmp_path)
    assert bucket(folder) == "base"
    other = write(tmp_path / "o", {"x.tf": BUCKET.format("over")}).folder(tmp_path / "o")
    folder.add(other.resources["managed", "aws_s3_bucket", "b"], override=True)
    assert bucket(folder) == "over"


def test_an_override_can_give_a_module_another_source(tmp_path: Path) -> None:
    files = {"main.tf": call("./a"), "override.tf": call("./b"), "a/x.tf": "", "b/x.tf": ""}
    tree = write(tmp_path, files)
    assert [path.name for _, path in tree.local_calls(tree.folder(tmp_path.resolve()))] == ["b"]


def test_an_override_that_cannot_be_parsed_is_named_each_time(tmp_path: Path) -> None:
    files = {"a.tf": BUCKET.format("base"), "override.tf": 'resource "aws_s3_bucket" "b" {\n  x = = 1\n}\n'}
    declaration = write(tmp_path, files).folder(tmp_path).resources["managed", "aws_s3_bucket", "b"]
    for _ in range(2):
        with pytest.raises(SyntaxProblem, match=r"override\.tf:2"):
            declaration.body()


@pytest.mark.parametrize(
    "text", [BUCKET.format("b"), 'variable "v" {}\n', 'output "o" {}\n', 'module "m" {\n  source = "./m"\n}\n']
)
def test_what_is_declared_twice_is_a_gap(text: str, tmp_path: Path) -> None:
    gaps = write(tmp_path, {"a.tf": text, "b.tf": "\n" + text}).folder(tmp_path).gaps
    assert [(str(gap.location), "a.tf:1" in gap.why, gap.fatal) for gap in gaps] == [("b.tf:2", True, False)]


VERSIONS = 'terraform {\n  required_version = "1.9"\n}\n'


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": "", "main.tofu": BUCKET.format("b")}, ["main.tf (hidden by main.tofu)"]),
        ({"main.tf": BUCKET.format("b"), "main.tofu": ""}, ["main.tf (hidden by main.tofu)"]),
        ({"x.tf.json": '{"locals": {"a": 1}}', "x.tofu.json": "{}"}, ["x.tf.json (hidden by x.tofu.json)"]),
        ({"versions.tf": VERSIONS, "versions.tofu": VERSIONS * 2}, []),
        ({"versions.tf": VERSIONS, "versions.tofu": VERSIONS + "locals {}"}, ["versions.tf (hidden by versions.tofu)"]),
        ({"versions.tf": VERSIONS, "versions.tofu": "locals {"}, ["versions.tf (hidden by versions.tofu)"]),
        (
            {"a.tf": "locals {}", "a.tofu": "", "b.tf": "locals {}", "b.tofu": ""},
            ["a.tf (hidden by a.tofu), b.tf (hidden by b.tofu)"],
        ),
        ({"main.tf": "", "other.tofu": BUCKET.format("b")}, []),
        ({"my.tf.x.tf": "", "my.tofu.x.tofu": BUCKET.format("b")}, []),
    ],
)
def test_a_file_that_opentofu_does_not_read_is_a_gap(
    files: dict[str, str], expected: list[str], tmp_path: Path
) -> None:
    gaps = [gap for gap in write(tmp_path, files).folder(tmp_path).gaps if not gap.fatal]
    assert [gap.what for gap in gaps] == expected


def found_roots(tmp_path: Path, files: dict[str, str]) -> list[str]:
    """Return the roots of a tree by name."""
    tree = write(tmp_path, files)
    (part,) = listing([tmp_path])
    folders = [folder for folder, names in part.folders.items() if any(name.endswith(".tf") for name in names)]
    return [tree.shown(path) for path in roots(tree, folders)]


def call(*sources: str) -> str:
    """Return module calls."""
    return "".join(f'module "m{i}" {{\n  source = "{source}"\n}}\n' for i, source in enumerate(sources))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"main.tf": "", "m/x.tf": ""}, [".", "m"]),
        ({"main.tf": call("./m"), "m/x.tf": ""}, ["."]),
        ({"live/a/x.tf": call("../../m"), "live/b/x.tf": call("../../m"), "m/x.tf": ""}, ["live/a", "live/b"]),
        ({"main.tf": call("./m/../m/"), "m/x.tf": ""}, ["."]),
        ({"m/x.tf": "", "m/examples/one/x.tf": call("../..")}, ["m/examples/one"]),
        ({"a/x.tf": call("../b"), "b/x.tf": call("../a")}, ["a"]),
        ({"a/x.tf": call("../b"), "b/x.tf": call("../c"), "c/x.tf": call("../b")}, ["a"]),
        ({"a/x.tf": call("../a")}, ["a"]),
        ({"a/x.tf": call("../missing")}, ["a"]),
        ({"a/x.tf": call("../../../../../../etc"), "b/x.tf": ""}, ["a", "b"]),
        ({"a/x.tf": call("${path.module}/../b"), "b/x.tf": ""}, ["a", "b"]),
        ({".terraform/modules/x/x.tf": "", "node_modules/x/x.tf": "", "a/x.tf": ""}, ["a"]),
        ({"a/x.tf": "/*" + call("../b") + "*/", "b/x.tf": ""}, ["a", "b"]),
        ({"a/x.tf": call("../b") + "broken {", "b/x.tf": ""}, ["a"]),
    ],
)
def test_roots_are_what_nothing_calls(files: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    assert found_roots(tmp_path, files) == expected


def test_what_a_folder_reaches_ends_in_rings_and_counts_each_once(tmp_path: Path) -> None:
    files = {f"m{i}/x.tf": call(f"../m{i + 1}", f"../m{i + 1}") for i in range(60)}
    tree = write(tmp_path, files | {"m60/x.tf": call("../m0") + 'resource "a_b" "c" {}'})
    assert len(tree.reached(tmp_path / "m0")) == 61
    assert tree.closure(tmp_path / "m30") == tree.closure(tmp_path / "m0") == {("managed", "a_b")}


def test_nothing_outside_of_the_boundary_is_the_tree(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"x.tf": ""})
    (tmp_path / "tree2").mkdir()
    (tmp_path / "tree" / "link").symlink_to(tmp_path / "tree2")
    (tmp_path / "tree" / "loop").symlink_to(tmp_path / "tree" / "loop")
    base = tmp_path / "tree"
    assert tree.inside(base) == base.resolve()
    assert tree.inside(base / "x.tf" / ".." / "x.tf") is not None
    for path in (base / "..", base / "../tree2", base / "link", base / "link/x", base / "a\0b", Path("/etc/passwd")):
        assert tree.inside(path) is None, path


def test_a_broken_block_is_a_gap_and_its_neighbours_stay(tmp_path: Path) -> None:
    tree = write(tmp_path, {"a.tf": 'resource "a" "b" {\n  x = "\n}\nlocals {}\n', "b.tf": 'variable "v" {}\n'})
    folder = tree.folder(tmp_path)
    assert [str(gap.location) for gap in folder.gaps] == ["a.tf:2"]
    assert folder.gaps[0].fatal
    assert (len(folder.locals), list(folder.variables)) == (1, ["v"])


def test_a_block_that_is_too_large_is_not_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(modules, "LARGEST_BLOCK", 1024 * 1024)
    tree = write(tmp_path, {"a.tf": 'locals {\n  small = 1\n}\nlocals {\n  large = "' + "x" * 1024 * 1024 + '"\n}\n'})
    folder = tree.folder(tmp_path)
    assert folder.local("small") is not None
    assert folder.local("large") is None
    assert [(gap.why, gap.location and gap.location.line) for gap in folder.gaps] == [("a block of more than 1 MiB", 4)]


def test_names_that_are_no_text_can_be_printed(tmp_path: Path) -> None:
    tree = Tree(tmp_path, tmp_path)
    shown = tree.shown(tmp_path / os.fsdecode(b"a\xff"))
    assert shown == "a\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    "text", ["", "[", "{}", "[]", '{"Modules": [1]}', '{"Modules": {"Key": 1}}', "[" * 100_000, "\0"]
)
def test_a_list_of_modules_that_is_nonsense_names_none(text: str, tmp_path: Path) -> None:
    write(tmp_path, {".terraform/modules/modules.json": text})
    assert downloaded(tmp_path) == {}


def test_downloaded_modules_by_key(tmp_path: Path) -> None:
    text = '{"Modules": [{"Key": "", "Dir": "."}, {"Key": "a.b", "Source": "x", "Dir": ".terraform/modules/a.b"}]}'
    write(tmp_path, {".terraform/modules/modules.json": text})
    assert downloaded(tmp_path) == {"": ".", "a.b": ".terraform/modules/a.b"}
