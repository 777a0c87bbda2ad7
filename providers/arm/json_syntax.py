"""ARM JSON templates: a document to a template of expressions.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checker.documents import At, load_json
from checker.source import Source, SyntaxProblem
from providers.arm import comments
from providers.arm.nodes import Array, Literal, Loop, Node, Object, expression
from providers.arm.template import Declared, Function, Nested, NoTemplate, Parameter, Template, broken

_DEPLOYMENTS = "microsoft.resources/deployments"
_SCOPES = (
    ("subscriptiondeploymenttemplate", "subscription"),
    ("managementgroupdeploymenttemplate", "managementGroup"),
    ("tenantdeploymenttemplate", "tenant"),
)
_MOST_DEPTH = 80
# What says how a resource is deployed rather than what it is.
_ASIDE = frozenset(
    "type apiversion name condition copy dependson resources existing comments metadata scope asserts".split()
)


def load(source: Source, path: Path) -> Template:
    """Return the template of a JSON file. Raises SyntaxProblem; NoTemplate for what is none."""
    plain = Source(source.path, comments.blanked(source.text))
    document = load_json(plain)
    if not isinstance(document.value, dict):
        raise NoTemplate(0, "it is no object")
    return _Loader(source, path).template(document)


def members(at: At | None) -> dict[str, At]:
    """Return the members of an object by their names in lower case; none for what is no object."""
    if at is None or not isinstance(at.value, dict):
        return {}
    return {str(name).lower(): inner for name, inner in at.value.items()}


def words(at: At | None) -> str:
    """Return a text; "" for what is none."""
    return at.value if at is not None and isinstance(at.value, str) else ""


class _Loader:
    def __init__(self, source: Source, path: Path) -> None:
        self._source = source
        self._path = path
        self._problems: list[SyntaxProblem] = []

    def template(self, document: At, depth: int = 0) -> Template:
        if depth > 12:
            raise SyntaxProblem(document.pos, "deployments are nested too deeply")
        top = members(document)
        resources = top.get("resources")
        if resources is None or not isinstance(resources.value, list | dict):
            raise NoTemplate(document.pos, "it has no resources")
        schema = words(top.get("$schema")).lower()
        scope = next((scope for word, scope in _SCOPES if word in schema), "resourceGroup")
        found = Template(self._source, self._path, scope, problems=self._problems)
        found.symbolic = isinstance(resources.value, dict)
        for name, at in _items(top.get("parameters")):
            found.parameters[name.lower()] = self._parameter(name, at)
        variables = self.node(top["variables"]) if "variables" in top else None
        for key, value in variables.members if isinstance(variables, Object) else ():
            if isinstance(key, str):
                found.variables[key.lower()] = value
        for at in _list(top.get("functions")):
            space = words(members(at).get("namespace"))
            for name, one in _items(members(at).get("members")):
                found.functions[f"{space}.{name}".lower()] = self._function(one)
        for name, at in _items(top.get("outputs")):
            inner = members(at)
            if "value" in inner:
                found.outputs[name.lower()] = self.node(inner["value"])
            elif "copy" in inner:
                found.outputs[name.lower()] = self._copy(inner["copy"], "")
        found.resources = list(self._resources(resources, None, depth))
        return found

    def _parameter(self, name: str, at: At) -> Parameter:
        inner = members(at)
        kind = words(inner.get("type")).lower()
        allowed = tuple(self.node(one) for one in _list(inner.get("allowedvalues")))
        default = self.node(inner["defaultvalue"]) if "defaultvalue" in inner else None
        if default is None and "nullable" in inner and inner["nullable"].value is True:
            default = Literal(at.pos, None)
        about = words(members(members(inner.get("metadata")).get("azd")).get("type"))
        return Parameter(at.pos, name, default, allowed, kind.startswith("secure"), kind, about)

    def _function(self, at: At) -> Function:
        inner = members(at)
        names = tuple(words(members(one).get("name")).lower() for one in _list(inner.get("parameters")))
        output = members(inner.get("output")).get("value")
        return Function(names, self.node(output) if output is not None else Literal(at.pos, None))

    def _resources(self, at: At, outer: Declared | None, depth: int) -> Iterator[Declared]:
        named = at.value.items() if isinstance(at.value, dict) else [("", one) for one in at.value]
        for symbol, one in named:
            inner = members(one)
            if "type" not in inner or "name" not in inner:
                if inner:
                    self._problems.append(SyntaxProblem(one.pos, "a resource without a type or a name"))
                continue
            found = self._resource(symbol, one, inner, outer, depth)
            yield found
            below = inner.get("resources")
            if below is not None and isinstance(below.value, list | dict) and depth < _MOST_DEPTH:
                yield from self._resources(below, found, depth + 1)

    def _resource(self, symbol: str, at: At, inner: dict[str, At], outer: Declared | None, depth: int) -> Declared:
        body = Object(
            at.pos, tuple((name, self.node(one)) for name, one in at.value.items() if name.lower() not in _ASIDE)
        )
        found = Declared(
            pos=at.pos,
            symbol=symbol,
            kind=self.node(inner["type"]),
            version=words(inner.get("apiversion")),
            name=self.node(inner["name"]),
            body=body,
            condition=self.node(inner["condition"]) if "condition" in inner else None,
            loop=self._turns(inner["copy"]) if "copy" in inner else None,
            existing=bool(inner["existing"].value) if "existing" in inner else False,
            outer=outer,
            scope=self.node(inner["scope"]) if "scope" in inner else None,
        )
        if words(inner["type"]).lower() == _DEPLOYMENTS:
            found.nested = self._nested(inner, depth)
        return found

    def _nested(self, inner: dict[str, At], depth: int) -> Nested | None:
        properties = members(inner.get("properties"))
        scope = words(members(properties.get("expressionevaluationoptions")).get("scope")).lower()
        link = members(properties.get("templatelink"))
        given = self.node(properties["parameters"]) if "parameters" in properties else None
        found = Nested(given, inner=scope == "inner")
        if "template" in properties and isinstance(properties["template"].value, dict):
            try:
                found.template = self.template(properties["template"], depth + 1)
            except NoTemplate:
                return None
        else:
            path = link.get("relativepath") or link.get("uri") or link.get("id")
            if path is None:
                return None
            found.path, found.inner = self.node(path), True
        return found

    def _turns(self, at: At) -> Loop:
        inner = members(at)
        count = self.node(inner["count"]) if "count" in inner else Literal(at.pos, 1)
        nothing = Literal(at.pos, None)
        return Loop(at.pos, count, "", "", nothing, copy=words(inner.get("name")).lower(), counted=True)

    def _copy(self, at: At, name: str) -> Loop:
        inner = members(at)
        count = self.node(inner["count"]) if "count" in inner else Literal(at.pos, 1)
        body = self.node(inner["input"]) if "input" in inner else Literal(at.pos, None)
        return Loop(at.pos, count, "", "", body, copy=name.lower(), counted=True)

    # --- values

    def node(self, at: At, depth: int = 0) -> Node:
        """Return what a value of the document says."""
        value = at.value
        if depth > _MOST_DEPTH:
            raise SyntaxProblem(at.pos, "nested too deeply")
        if isinstance(value, str):
            return self._text(at.pos, value)
        if isinstance(value, list):
            return Array(at.pos, tuple(self.node(one, depth + 1) for one in value))
        if not isinstance(value, dict):
            return Literal(at.pos, value)
        found: list[tuple[str | Node | None, Node]] = []
        for name, inner in value.items():
            if name.lower() == "copy" and isinstance(inner.value, list):
                for one in inner.value:
                    made = words(members(one).get("name"))
                    if made:
                        found.append((made, self._copy(one, made)))
                continue
            key = self._text(inner.pos, name) if name.startswith("[") else name
            found.append((str(key.value) if isinstance(key, Literal) else key, self.node(inner, depth + 1)))
        return Object(at.pos, tuple(found))

    def _text(self, pos: int, text: str) -> Node:
        if not text.startswith("[") or not text.rstrip().endswith("]"):
            return Literal(pos, text)
        if text.startswith("[["):
            return Literal(pos, text[1:])
        try:
            return expression(text.rstrip()[1:-1], pos)
        except SyntaxProblem as problem:
            self._problems.append(problem)
            return broken(pos, text)


def _items(at: At | None) -> list[tuple[str, At]]:
    return list(at.value.items()) if at is not None and isinstance(at.value, dict) else []


def _list(at: At | None) -> list[At]:
    return list(at.value) if at is not None and isinstance(at.value, list) else []
