"""Whole configurations give the outputs that the terraform binary recorded for them."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from checker.formats import Options, listing
from providers.terraform.format import open_roots
from providers.terraform.values import Data, Lazy, Unknown

CASES = Path(__file__).parent / "recorded" / "modules"
# (case, output) → what is said instead of the answer, where that depends on the machine.
DECLINED = {
    ("path-values", "same_folder"): "unknown basename(path.cwd) == basename(abspath(path.root)): "
    "path.cwd depends on the machine",
}


def plain(value: Data) -> Any:
    """Return a value as JSON has it; an unknown one as a string that no answer holds."""
    if isinstance(value, Lazy):
        value = value.whole()
    if isinstance(value, Unknown):
        return f"unknown {value.expression}: {value.reason}"
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return float(value)
    return str(value) if isinstance(value, str) else value


def rounded(value: Any) -> Any:
    """Return an answer with large whole numbers as doubles, as JSON readers have them."""
    if isinstance(value, list):
        return [rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    return float(value) if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53 else value


@pytest.mark.parametrize("case", sorted(path for path in CASES.iterdir() if path.is_dir()), ids=lambda path: path.name)
def test_outputs(case: Path) -> None:
    """Every output of the root module is Terraform's."""
    settings = json.loads((case / "case.json").read_text()) if (case / "case.json").exists() else {}
    options = Options(
        variables=tuple(settings.get("vars", {}).items()),
        var_files=tuple(case / name for name in settings.get("var_files", [])),
        workspace=settings.get("workspace") or "default",
    )
    roots, _, _ = open_roots(listing([case]), options, case)
    root = next(root for root in roots if root.path == case.resolve())
    list(root.blocks(lambda mode, type: False))
    module = root._module
    assert module is not None
    answer = json.loads((case / "answer.json").read_text())
    answer |= {name: said for (declined, name), said in DECLINED.items() if declined == case.name}
    found = {name: plain(module.output(name)) for name in module.folder.outputs}
    assert found == rounded(answer)
    assert not [gap for gap in root.gaps() if gap.fatal]
