"""Record what the real terraform binary answers to expressions, for the differential tests.

    python tests/providers/terraform/record.py                        records recorded/functions.txt
    python tests/providers/terraform/record.py LIST [OUTPUT]          records another list

LIST is either a text file (one expression a line; blank lines and lines that begin with `#` are skipped) or a JSON
file: a list of expressions, or `{"locals": "HCL of a locals block's body", "expressions": [...]}`. OUTPUT is
`recorded/<name of LIST>.json` unless given: `{"terraform": version, "locals": text, "answers": {expression: text}}`
where the text is the value as Terraform's own `jsonencode` writes it, or null when Terraform reports an error.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

RECORDED = Path(__file__).parent / "recorded"
ENVIRONMENT = {**os.environ, "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
BATCH = 200


def read(path: Path) -> tuple[list[str], str]:
    """Return the expressions of a list file, and the HCL of its locals."""
    if path.suffix == ".json":
        data = json.loads(path.read_text())
        return (data, "") if isinstance(data, list) else (data["expressions"], data.get("locals", ""))
    lines = (line.strip() for line in path.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("#")], ""


def ask(expressions: list[str], locals_text: str = "") -> dict[str, str | None]:
    """Return Terraform's answers: JSON text, or None for an error."""
    answers: dict[str, str | None] = {}
    for start in range(0, len(expressions), BATCH):
        answers |= _ask(expressions[start : start + BATCH], locals_text)
    return answers


def _ask(expressions: list[str], locals_text: str) -> dict[str, str | None]:
    """Ask for all in one run; when one of them is refused before evaluation, halve until it stands alone."""
    run = _run(expressions, locals_text)
    if run is not None:
        return dict(zip(expressions, run, strict=True))
    if len(expressions) == 1:
        return {expressions[0]: None}
    middle = len(expressions) // 2
    return _ask(expressions[:middle], locals_text) | _ask(expressions[middle:], locals_text)


def _run(expressions: list[str], locals_text: str) -> list[str | None] | None:
    """Return the answers of one run of terraform, or None when it refuses the configuration."""
    blocks = [f"locals {{\n{locals_text}\n}}\n"]
    for number, expression in enumerate(expressions):
        # `try` holds nothing but the expression, so that a value that is itself null is told from an error.
        value = f'try(jsonencode(nonsensitive({expression}\n)), "error")'
        blocks.append(f'output "e{number}" {{\n  sensitive = true\n  value = {value}\n}}\n')
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text("".join(blocks))
        if _terraform(folder, "apply", "-auto-approve", "-no-color").returncode:
            return None
        outputs = json.loads(_terraform(folder, "output", "-json").stdout)
    texts = [outputs[f"e{number}"]["value"] for number in range(len(expressions))]
    return [None if text == "error" else text for text in texts]


def _terraform(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["terraform", *arguments], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )


def version() -> str:
    """Return the version of the terraform binary."""
    return str(json.loads(_terraform(".", "version", "-json").stdout)["terraform_version"])


def main(arguments: list[str]) -> None:
    """Record one list."""
    source = Path(arguments[0]) if arguments else RECORDED / "functions.txt"
    target = Path(arguments[1]) if len(arguments) > 1 else RECORDED / f"{source.stem}.json"
    if source.resolve() == target.resolve():
        raise SystemExit(f"{source} would be overwritten by its answers: name an OUTPUT")
    expressions, locals_text = read(source)
    record = {"terraform": version(), "locals": locals_text, "answers": ask(expressions, locals_text)}
    target.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(record['answers'])} answers in {target}")


if __name__ == "__main__":
    main(sys.argv[1:])
