"""Record what the terraform binary answers for each configuration under `recorded/modules/`.

A case is a folder with a root module. `case.json` (optional) says how Terraform is called:

    {"var_files": ["envs/prod.tfvars"], "vars": {"name": "text as written on the command line"}, "workspace": "prod"}

Variable files come first on the command line and `vars` after them, so `vars` win. `answer.json` maps every output of
the root module to its value (sensitive ones too); sets are lists in Terraform's order, and fractions are rounded to a
double.

Run it by hand after a case was added or changed, with `terraform` on the path and no network:

    python tests/providers/terraform/record_modules.py [CASE ...]

`--check` writes nothing and fails when an answer differs from what Terraform says now.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CASES = Path(__file__).resolve().parent / "recorded" / "modules"
OURS = ("case.json", "answer.json")


def run(folder: Path, *arguments: str, workspace: str) -> str:
    """Return the standard output of one terraform command in a folder; raise RuntimeError with its message."""
    # Nothing of this machine may leak in: TF_VAR_ and TF_CLI_ARGS change answers, a CLI configuration adds mirrors.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    environment |= {"TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    if workspace:
        environment["TF_WORKSPACE"] = workspace
    done = subprocess.run(
        ["terraform", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"terraform {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def record(case: Path) -> dict[str, object]:
    """Return the outputs of a case by name, after an apply in a temporary copy.

    Raises RuntimeError when Terraform refuses the configuration, or when an output is not known before apply: no
    reader of the files could know it either.
    """
    settings = json.loads((case / "case.json").read_text()) if (case / "case.json").exists() else {}
    unexpected = set(settings) - {"vars", "var_files", "workspace"}
    if unexpected:
        raise RuntimeError(f"case.json: unexpected {sorted(unexpected)}")
    options = [f"-var-file={name}" for name in settings.get("var_files", [])]
    options += [f"-var={name}={value}" for name, value in settings.get("vars", {}).items()]
    workspace = settings.get("workspace", "")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / case.name
        shutil.copytree(case, folder, ignore=shutil.ignore_patterns(*OURS))
        run(folder, "init", "-input=false", "-no-color", workspace=workspace)
        run(folder, "plan", "-input=false", "-no-color", "-out=plan", *options, workspace=workspace)
        plan = json.loads(run(folder, "show", "-json", "plan", workspace=workspace))
        changes = plan.get("output_changes", {})
        late = sorted(name for name, change in changes.items() if change.get("after_unknown"))
        if late:
            raise RuntimeError(f"not known before apply: {', '.join(late)}")
        run(folder, "apply", "-input=false", "-no-color", "plan", workspace=workspace)
        outputs = json.loads(run(folder, "output", "-json", workspace=workspace))
    # A null output is not kept in the state, so `terraform output` leaves it out; the plan still shows it.
    return {name: outputs[name]["value"] if name in outputs else None for name in sorted({*outputs, *changes})}


def main() -> int:
    """Record or check the named cases (all without a name) and return the exit code."""
    parser = argparse.ArgumentParser(description="Record what terraform answers for recorded/modules.")
    parser.add_argument("case", nargs="*", help="names of folders; all when left out")
    parser.add_argument("--check", action="store_true", help="compare instead of write")
    arguments = parser.parse_args()
    cases = [CASES / name for name in arguments.case] or sorted(path for path in CASES.iterdir() if path.is_dir())
    failed = 0
    for case in cases:
        answer = case / "answer.json"
        try:
            text = json.dumps(record(case), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
        except RuntimeError as error:
            failed += 1
            print(f"{case.name}: {error}", file=sys.stderr)
            continue
        if not arguments.check:
            answer.write_text(text, encoding="utf-8")
        elif not answer.exists() or answer.read_text(encoding="utf-8") != text:
            failed += 1
            print(f"{case.name}: the answer differs", file=sys.stderr)
    print(f"{len(cases) - failed} of {len(cases)} cases {'agree' if arguments.check else 'recorded'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
