"""Terraform's JSON syntax (`.tf.json`, `.tfvars.json`) as the same syntax tree.

Without a provider's schema an argument and a nested block look alike here; readers of paths treat them alike too.
Source: https://developer.hashicorp.com/terraform/language/syntax/json
"""

from __future__ import annotations

from collections.abc import Iterator

from checker.documents import At, load_json
from checker.source import Source, SyntaxProblem
from providers.terraform.parse import parse_expression, parse_template
from providers.terraform.syntax import Attribute, Body, Expression, Literal, ObjectCons, TupleCons
from providers.terraform.values import Origin, Text

# Labels that stand between a block's type and its body.
_LABELS = {
    "resource": 2,
    "data": 2,
    "ephemeral": 2,
    "variable": 1,
    "output": 1,
    "module": 1,
    "provider": 1,
    "check": 1,
    "locals": 0,
    "terraform": 0,
    "moved": 0,
    "import": 0,
    "removed": 0,
}
# Arguments that hold references as plain strings.
_REFERENCES = frozenset({"provider", "providers"})
# Arguments that are names or constraints, never templates.
_PLAIN = frozenset({"type", "description", "source", "version"})


def declarations(source: Source) -> Iterator[tuple[str, tuple[str, ...], int, Body]]:
    """Yield (block type, labels, offset, body) of a `.tf.json` file. Raises SyntaxProblem."""
    document = load_json(source)
    if not isinstance(document.value, dict):
        raise SyntaxProblem(document.pos, "the document is not an object")
    for type, content in document.value.items():
        if type in _LABELS:
            yield from _unlabelled(source, type, (), content, _LABELS[type])


def _unlabelled(
    source: Source, type: str, labels: tuple[str, ...], content: At, depth: int
) -> Iterator[tuple[str, tuple[str, ...], int, Body]]:
    if isinstance(content.value, list):
        for item in content.value:
            yield from _unlabelled(source, type, labels, item, depth)
    elif not isinstance(content.value, dict):
        raise SyntaxProblem(content.pos, f"a {type} block must be an object")
    elif depth:
        for label, inner in content.value.items():
            yield from _unlabelled(source, type, (*labels, label), inner, depth - 1)
    else:
        yield type, labels, content.pos, body(source, content, type)


def body(source: Source, content: At, type: str = "") -> Body:
    """Return an object's members as arguments. Raises SyntaxProblem."""
    attributes = {}
    for name, value in content.value.items():
        if name == "//":
            continue
        plain = type == "variable" or (type in ("module", "terraform") and name in _PLAIN)
        if name == "type" and type == "variable":
            attributes[name] = Attribute(value.pos, name, _reference(source, value), source)
            continue
        expression = _reference(source, value) if name in _REFERENCES else _expression(source, value, plain)
        attributes[name] = Attribute(value.pos, name, expression, source)
    return Body(attributes, ())


def _expression(source: Source, at: At, plain: bool) -> Expression:
    pos, value = at.pos, at.value
    if isinstance(value, str):
        if plain or ("${" not in value and "%{" not in value):
            return Literal(pos, Text(value, Origin("", source, pos)))
        return parse_template(value, pos + 1, source, pos=pos)
    if isinstance(value, list):
        return TupleCons(pos, tuple(_expression(source, item, plain) for item in value))
    if isinstance(value, dict):
        keys = ((_expression(source, At(pos, key), plain), item) for key, item in value.items())
        return ObjectCons(pos, tuple((key, _expression(source, item, plain)) for key, item in keys))
    return Literal(pos, value)


def _reference(source: Source, at: At) -> Expression:
    """Read a string as an expression (`"aws.us"`, `"list(string)"`), an object of such strings member by member."""
    if isinstance(at.value, dict):
        items = (
            (Literal(at.pos, Text(key, Origin("", source, at.pos))), _reference(source, item))
            for key, item in at.value.items()
        )
        return ObjectCons(at.pos, tuple(items))
    if isinstance(at.value, str):
        return parse_expression(at.value.removeprefix("${").removesuffix("}"), at.pos + 1, source)
    return _expression(source, at, plain=True)
