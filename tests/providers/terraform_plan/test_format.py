"""Which files are plans and states, and that nothing in one ends the run."""

from __future__ import annotations

import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.outcome import Outcome
from providers.terraform_plan.format import kind_of

Check = Callable[..., Outcome]
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
STATE = (FIXTURES / "terraform-state" / "terraform.tfstate").read_text()
PLAN = (FIXTURES / "terraform-plan" / "plan.json").read_text()


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("plan.json", PLAN, "json"),
        ("anything.json", json.dumps(json.loads(PLAN), indent=2, sort_keys=True), "json"),
        ("terraform.tfstate", STATE, "json"),
        ("pulled.json", STATE, "json"),
        ("bom.tfstate", "\ufeff" + STATE, "json"),
        ("terraform.tfstate.backup", STATE, ""),
        ("terraform.tfstate", '{"encrypted_data": "x"}', "json"),
        ("package.json", '{"name": "x", "version": "4"}', ""),
        ("main.tf.json", '{"format_version": "1.0", "terraform_version": "1", "resource": {}}', ""),
        ("schema.json", '{"format_version": "1.0", "provider_schemas": {}}', ""),
        ("list.json", f"[{STATE}]", ""),
        ("plan.yaml", PLAN, ""),
        ("plan", "PK but not one", ""),
    ],
)
def test_what_a_file_is(name: str, text: str, kind: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert kind_of(tmp_path / name) == kind


@pytest.mark.parametrize("name", ["tfplan", "plan.out", "prod.tfplan", "tfplan.binary"])
def test_a_saved_plan_is_a_gap_that_says_what_to_do(name: str, check: Check, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / name, "w") as archive:
        archive.writestr("tfplan", "x")
    outcome = check('resource "aws_kendra_index" "m" {}\n')
    (gap,) = outcome.graph.gaps
    assert (gap.what, gap.fatal) == (name, False)
    assert gap.hint.startswith("terraform show -json")


def test_what_powershell_writes(check: Check, tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_text(PLAN, encoding="utf-16")
    outcome = check({"other.txt": ""})
    assert len(outcome.judged) == 14


def test_folders_and_links_are_none(tmp_path: Path) -> None:
    (tmp_path / "plan.json").mkdir()
    (tmp_path / "terraform.tfstate").symlink_to(tmp_path / "nothing")
    assert [kind_of(tmp_path / name) for name in ("plan.json", "terraform.tfstate", "none.json")] == ["", "", ""]


def test_a_link_that_leads_out_is_not_followed(
    check: Check, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("elsewhere") / "terraform.tfstate"
    outside.write_text(STATE)
    (tmp_path / ".git").mkdir()
    (tmp_path / "terraform.tfstate").symlink_to(outside)
    outcome = check({"other.txt": ""})
    assert any("leads out of the checked tree" in gap.why for gap in outcome.graph.gaps)
    assert outcome.judged == ()


@pytest.mark.parametrize("text", [PLAN, STATE], ids=["plan", "state"])
def test_what_is_changed_at_random_loses_nothing_else(text: str, check: Check) -> None:
    """Values are replaced and parts are cut; the code beside them is judged all the same, and nothing is raised."""
    chance = random.Random(7)  # noqa: S311
    pieces = [
        '"',
        "{",
        "}",
        "[",
        "]",
        "null",
        "true",
        "1e999",
        '"\\ud800"',
        "-",
        ":",
        ",",
        '{"references": [1]}',
        "[[]]",
    ]
    code = 'resource "aws_kendra_index" "m" {}\n'
    for _ in range(60):
        at = chance.randrange(len(text))
        length = chance.choice([0, 1, 5, 40])
        changed = text[:at] + chance.choice(pieces) + text[at + length :]
        outcome = check({"terraform.tfstate": changed, "main.tf": code})
        assert "aws_kendra_index.m" in {one.address for one in outcome.judged}
        assert not any("a fault of euclave" in gap.why for gap in outcome.graph.gaps)


def test_every_shape_of_every_part(check: Check) -> None:
    """Each part of a plan in turn is something that it never is."""
    plan = json.loads(PLAN)
    odd: tuple[Any, ...] = (None, [], {}, "x", 1, [None], {"x": None}, [[]], [{"address": 1}], {"resources": {}})
    for strange in odd:
        for part in plan:
            outcome = check({"plan.json": json.dumps({**plan, part: strange})})
            assert not any("a fault of euclave" in gap.why for gap in outcome.graph.gaps), (part, strange)
        configuration = {**plan["configuration"], "root_module": strange, "provider_config": strange}
        outcome = check({"plan.json": json.dumps({**plan, "configuration": configuration})})
        assert not any("a fault of euclave" in gap.why for gap in outcome.graph.gaps), strange
