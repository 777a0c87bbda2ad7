"""Parameter files: Azure's JSON, with what the Azure Developer CLI fills in.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/parameter-files and
https://learn.microsoft.com/azure/developer/azure-developer-cli/manage-environment-variables
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from checker.documents import At, Item, evaluate, load_json
from checker.model import Step, Unknown, Value
from checker.source import Source
from providers.arm import comments
from providers.arm.json_syntax import members

# ${NAME}, ${NAME=default}, ${NAME:-default}
_FILLED_IN = re.compile(r"\$\{(\w+)(?:(=|:-|-|:=)([^}]*))?\}")
# What the samples of Azure write where their tests put something.
_PLACEHOLDER = re.compile(r"GEN-[A-Z0-9-]+|GET-[A-Z0-9-]+|<[^<>]*>|\{\{.*\}\}|#\{.*\}#|changeme", re.IGNORECASE)
_LOCATION = "AZURE_LOCATION"


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of variables beside a template."""

    environment: Mapping[str, str]
    assumed: str = ""


def values(source: Source, told: Told) -> dict[str, Item | None]:
    """Return the values of a parameter file by their names in lower case; None for one that says nothing.

    Raises SyntaxProblem.
    """
    document = load_json(Source(source.path, comments.blanked(source.text)))
    top = members(document)
    inner = top.get("parameters", document)
    found: dict[str, Item | None] = {}
    for name, at in inner.value.items() if isinstance(inner.value, dict) else ():
        stated = members(at)
        if "value" in stated:
            found[name.lower()] = _value(source, name, stated["value"], told)
        elif "reference" in stated:
            where = source.location(at.pos)
            unknown = Unknown("it is a secret of a vault", f"parameter {name}")
            found[name.lower()] = Value(unknown, (Step(f"parameter file, {name}", where),), (), where, True)
    return found


def _value(source: Source, name: str, at: At, told: Told) -> Item | None:
    nothing: list[bool] = []

    def visit(inner: At) -> Item | None:
        if isinstance(inner.value, dict | list):
            return None
        where = source.location(inner.pos)
        step = Step(f"parameter file, {name}", where)
        text = inner.value
        if isinstance(text, str) and _PLACEHOLDER.fullmatch(text):
            return Value(Unknown("a placeholder stands in the parameter file", text[:100]), (step,), location=where)
        if not isinstance(text, str) or "${" not in text:
            return Value(text, (step,), location=where)
        filled, missing = _filled(text, told)
        if not missing:
            return Value(filled, (step,), location=where)
        if missing == _LOCATION:
            why = f"{_LOCATION} is chosen when it is deployed; --assume azure=REGION says it"
            return Value(Unknown(why, text[:200]), (step,), location=where)
        nothing.append(True)
        return Value(Unknown(f"the environment variable {missing} is not known", text[:200]), (step,), location=where)

    found = evaluate(at, visit)
    return None if nothing and not isinstance(at.value, dict | list) else found


def _filled(text: str, told: Told) -> tuple[str, str]:
    """Return a text with its variables filled in, and the name of one that is not known."""
    missing = ""

    def one(found: re.Match[str]) -> str:
        nonlocal missing
        name, _, default = found.groups()
        known = told.environment.get(name)
        if known is None and name == _LOCATION and told.assumed:
            known = told.assumed
        if known is None and default is None:
            missing = missing or name
        return known if known is not None else default or ""

    return _FILLED_IN.sub(one, text), missing
