"""A template: its parameters, mappings, conditions, resources and outputs as they are written.

Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from checker.documents import At, load_json, load_yaml
from checker.model import FileLocation
from checker.source import Source, SyntaxProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

LOOP = "Fn::ForEach::"
_MOST_COPIES = 200_000  # values of all loops of a template
_KEY = re.compile(r"""["']?\s*:""")  # after a name
_LONGEST = 100_000  # characters of a text of a loop
# Transforms of AWS that are read here, or that make no resources.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/transform-reference.html
_KNOWN_TRANSFORMS = (
    "AWS::CodeDeployBlueGreen",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-",
    "AWS::Serverless-",
    "AWS::ServiceCatalog",
)


class NoTemplate(SyntaxProblem):
    """A document that names types of AWS and is no template: an event of a macro, an example of a schema."""


@dataclass(frozen=True, slots=True)
class Template:
    """A template as it is written."""

    source: Source
    parameters: Mapping[str, At]
    mappings: At
    conditions: Mapping[str, At]
    resources: Mapping[str, At]
    outputs: Mapping[str, At]
    globals: Mapping[str, At]
    macros: tuple[At, ...]  # what changes the template when it is deployed, and is not read

    def location(self, at: At) -> FileLocation:
        """Return where a value stands."""
        return self.source.location(at.pos)

    def named(self, name: str, at: At) -> FileLocation:
        """Return where the name of a resource or parameter stands, which is before its value."""
        start = max(0, at.pos - 2000)
        before = self.source.text[start : at.pos]
        found = before.rfind(name)
        while found >= 0:
            if _KEY.match(before, found + len(name)) and not re.match(r"[\w.-]", before[found - 1 : found]):
                quoted = before[found - 1 : found] in ("'", '"')
                return self.source.location(start + found - quoted)
            found = before.rfind(name, 0, found)
        # The name is made by a loop: it stands on the line of the last colon.
        line = before[: before.rfind(":") + 1].rpartition("\n")
        return self.source.location(start + len(line[0]) + len(line[1]) + len(line[2]) - len(line[2].lstrip()))


def load(source: Source) -> Template:
    """Return the template of a file. Raises SyntaxProblem for what is no template, with the offset."""
    document = _document(source)
    if not isinstance(document.value, dict):
        raise SyntaxProblem(document.pos, "the document is no mapping")
    resources = document.value.get("Resources")
    if resources is None or not isinstance(resources.value, dict):
        raise NoTemplate(document.pos if resources is None else resources.pos, "it has no mapping of resources")
    sections = {
        name: document.value.get(name, At(0, {}))
        for name in ("Parameters", "Mappings", "Conditions", "Outputs", "Globals")
    }
    return Template(
        source=source,
        parameters=members(sections["Parameters"]),
        mappings=sections["Mappings"],
        conditions=members(sections["Conditions"]),
        resources=resources.value,
        outputs=members(sections["Outputs"]),
        globals=members(sections["Globals"]),
        macros=tuple(_macros(document.value.get("Transform"))),
    )


def _macros(transform: At | None) -> list[At]:
    if transform is None:
        return []
    listed = transform.value if isinstance(transform.value, list) else [transform]
    named = [_member(one, "Name") or one for one in listed]
    return [one for one in named if not str(one.value).startswith(_KNOWN_TRANSFORMS)]


def _member(at: At, name: str) -> At | None:
    return members(at).get(name)


def _document(source: Source) -> At:
    if source.text.lstrip()[:1] == "{":
        try:
            return load_json(source)
        except SyntaxProblem as problem:
            # YAML may be written in braces as well; what is neither is told as JSON.
            try:
                return _only(source)
            except SyntaxProblem:
                raise problem from None
    return _only(source)


def _only(source: Source) -> At:
    documents = load_yaml(source)
    if len(documents) != 1:
        raise SyntaxProblem(0, f"it holds {len(documents)} documents, not one")
    return documents[0]


def members(at: At | None) -> dict[str, At]:
    """Return the members of a mapping; none for anything else."""
    return at.value if at is not None and isinstance(at.value, dict) else {}


class Copier:
    """Makes what a loop makes: its body, once for each value, with the loop's own name filled in."""

    def __init__(self) -> None:
        self._left = _MOST_COPIES

    def copy(self, at: At, name: str, value: str) -> At:
        """Return a value with the name of a loop filled in; what an alias stands for is copied once.

        Raises SyntaxProblem when all loops make too much.
        """
        return self._copy(at, name, value, {})

    def _copy(self, at: At, name: str, value: str, known: dict[int, At]) -> At:
        if id(at) in known:
            return known[id(at)]
        self._left -= 1
        if self._left < 0:
            raise SyntaxProblem(at.pos, f"its loops make more than {_MOST_COPIES} values")
        data = at.value
        made: At
        if isinstance(data, dict):
            if len(data) == 1 and "Ref" in data and data["Ref"].value == name:
                made = At(at.pos, value)
            else:
                inner = {filled(key, name, value): self._copy(one, name, value, known) for key, one in data.items()}
                made = at._replace(value=inner)
        elif isinstance(data, list):
            made = at._replace(value=[self._copy(one, name, value, known) for one in data])
        elif at.tag == "!Ref" and data == name:
            made = At(at.pos, value)
        else:
            made = at._replace(value=filled(data, name, value)) if isinstance(data, str) else at
            if isinstance(data, str) and len(made.value) > max(_LONGEST, len(data)):
                raise SyntaxProblem(at.pos, f"its loops make texts of more than {_LONGEST} characters")
        known[id(at)] = made
        return made


def filled(text: str, name: str, value: str) -> str:
    """Return a text with `${Name}` and `&{Name}` (which leaves out what is no letter or digit) filled in."""
    plain = "".join(char for char in value if char.isalnum())
    return text.replace(f"${{{name}}}", value).replace(f"&{{{name}}}", plain)
