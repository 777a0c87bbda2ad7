"""`euclave config` and `euclave init`: what a configuration says, its JSON Schema, and a first one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from checker import config
from checker.outcome import Outcome

_SCHEMA = "https://json-schema.org/draft/2020-12/schema"
# What a first configuration says of each setting that it leaves commented.
_HINTS = {
    "scope": ('"all"', "judge every resource that is known, not only AI workloads and what they reach"),
    "strict": ("true", "fail also for what is undetermined, low in severity, or was not read"),
    "fail-on": ('"undetermined"', "fail for what is undetermined as well, of medium severity and higher"),
    "severities": ('{ log-placement = "low", guardrail = "off" }', "what findings of a policy weigh"),
    "var-files": ('["prod.tfvars"]', "variable files that Terraform does not load by itself"),
    "environments": ('{ eu = ["eu.tfvars"] }', "judge every root once for each set of variable files"),
    "baseline": ('"euclave-baseline.json"', "`euclave baseline` writes what is there now; only what is new is found"),
}
# What counts where a setting says nothing.
_DEFAULTS = {
    "jurisdiction": '"eu"',
    "scope": '"ai"',
    "strict": "false, true for plans and states",
    "workspace": '"default"',
    "fail-on": '"outside"',
}
_IGNORE = """
# What is known and accepted, each with a reason:
# [[ignore]]
# policy = "storage-placement"
# address = "module.sandbox.*"      # or path = "sandbox/*"
# reason = "no personal data"
# until = {year}-12-31
"""
_RULES = """
# What sits in a jurisdiction of its own, by path, address, type, kind, role, account or tags:
# [[rule]]
# name = "patients"
# tags = {{ data = "patients" }}
# jurisdiction = "DE,FR"
# reason = "the hospital's contract"

# What is otherwise for the roots of a folder:
# [[root]]
# path = "infra/prod"
# var-files = ["prod.tfvars"]
# assume = {{ azure = "westeurope" }}
"""
_STATEMENT = """
# What neither code nor an API shows:
# [[statement]]
# subject = "ChatGPT Enterprise workspace of Example GmbH"
# place = "openai:europe"
# evidence = "order form, section 4"
# who = "Jane Doe, data-protection officer"
# until = {year}-12-31
"""


def show(file: Path | None) -> Iterator[str]:
    """Yield each setting with its value and where it comes from. Raises UsageError as `config.load` does."""
    found = config.load(file)
    source = config.file_of(file)
    default = config.Config()
    width = max(len(name) for name in config.Config.__struct_fields__)
    for field, name in zip(config.Config.__struct_fields__, config.Config.__struct_encode_fields__, strict=True):
        value = getattr(found, field)
        stated = value != getattr(default, field)
        shown = json.dumps(msgspec.to_builtins(value), ensure_ascii=False)
        if not stated:
            shown = _DEFAULTS.get(name, shown)
        yield f"{name:<{width}}  {shown}  ({source if stated else 'default'})"


def schema() -> str:
    """Return the JSON Schema of `euclave.toml`, for editors."""
    found = msgspec.json.schema(config.Config)
    return json.dumps({"$schema": _SCHEMA, "title": "euclave.toml", **found}, ensure_ascii=False, indent=2) + "\n"


def first(outcome: Outcome, year: int) -> str:
    """Return a commented configuration for what an outcome holds."""
    places = [place for resource in outcome.judged for place in resource.places]
    wider = sorted({place.accept for place in places if place.accept})
    unstated = sorted({r.cloud for r in outcome.judged if any(not p.stated and not p.name for p in r.places)})
    lines = [
        "# Where everything has to be: eu, eea, adequate, or countries such as FR,DE.",
        f'jurisdiction = "{outcome.jurisdiction.name}"',
        "",
        "# Vendors' own, wider Europes that are taken as inside; every report says so.",
        f"# accept = {json.dumps(wider or ['openai:europe'])}",
        "",
        "# The region that the pipeline always uses where the code states none.",
        "# assume = { " + ", ".join(f'{cloud} = "…"' for cloud in unstated or ["aws"]) + " }",
    ]
    for name, (value, why) in _HINTS.items():
        lines += ["", f"# {name} = {value}  # {why}"]
    return "\n".join(lines) + "\n" + _IGNORE.format(year=year) + _RULES.format(year=year) + _STATEMENT.format(year=year)
