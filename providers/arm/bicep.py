"""Bicep: a file to a template of expressions, by the syntax tree that tree-sitter-bicep makes of it.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from checker.source import Source, SyntaxProblem
from providers.arm.bicep_expressions import Expressions, named, words
from providers.arm.bicep_text import Offsets, given, imports, readable
from providers.arm.nodes import Literal, Loop, Node, Object
from providers.arm.template import Declared, Function, Nested, NoParser, Parameter, Template

_NEEDED = "Bicep is read by the packages tree-sitter and tree-sitter-bicep, which are not installed"
_MOST_PROBLEMS = 50
_MOST_DEPTH = 8
# What says how a resource is deployed rather than what it is.
_ASIDE = frozenset({"name", "dependson", "parent", "scope", "params"})


@functools.cache
def _parser() -> Any:
    try:
        tree_sitter = importlib.import_module("tree_sitter")
        grammar = importlib.import_module("tree_sitter_bicep")
    except ImportError:
        raise NoParser(0, _NEEDED) from None
    return tree_sitter.Parser(tree_sitter.Language(grammar.language()))


def load(source: Source, path: Path) -> Template:
    """Return the template of a Bicep file or of a file of parameters, whose values are its outputs.

    Raises SyntaxProblem.
    """
    parameters = path.name.endswith(".bicepparam")
    data = readable(source.text, parameters=parameters).encode("utf-8", "replace")
    tree = _parser().parse(data)
    return _Loader(source, path, data).template(tree.root_node)


class _Loader:
    def __init__(self, source: Source, path: Path, data: bytes) -> None:
        self._found = Template(source, path, bicep=True, symbolic=True)
        self._offsets = Offsets(data)
        self._expressions = Expressions(data, self._offsets)
        self._is_parameters = path.name.endswith(".bicepparam")

    def template(self, root: Any) -> Template:
        for here, there, file in imports(self._found.source.text):
            self._found.imported[here] = (file, there)
        decorators: list[Any] = []
        for node in root.children:
            if node.type == "decorators":
                decorators = [one for one in node.children if one.type == "decorator"]
                continue
            try:
                self._statement(node, decorators)
            except SyntaxProblem as problem:
                self._problem(problem)
            if node.type not in ("comment", "diagnostic_comment"):
                decorators = []
        if self._is_parameters:
            own = given(self._found.source.text)
            self._found.outputs = {name: node for name, node in self._found.variables.items() if name in own}
        if root.has_error:
            for node in _errors(root):
                self._problem(SyntaxProblem(self._offsets.of(node.start_byte), "this part is not understood"))
        return self._found

    def _problem(self, problem: SyntaxProblem) -> None:
        if len(self._found.problems) < _MOST_PROBLEMS:
            self._found.problems.append(problem)

    def _statement(self, node: Any, decorators: list[Any]) -> None:
        found = self._found
        match node.type:
            case "target_scope_assignment":
                value = self._value(node)
                if isinstance(value, Literal):
                    found.scope = str(value.value)
            case "parameter_declaration":
                self._parameter(node, decorators)
            case "variable_declaration":
                name, value = self._name(node), self._value(node)
                if name and value is not None:
                    found.variables[name.lower()] = value
            case "output_declaration":
                name, value = self._name(node), self._value(node)
                if name and value is not None:
                    found.outputs[name.lower()] = value
            case "resource_declaration" | "module_declaration":
                self._resource(node, None, 0)
            case "user_defined_function":
                self._function(node)
            case _:
                pass

    def _name(self, node: Any) -> str:
        return next((words(one) for one in named(node) if one.type == "identifier"), "")

    def _value(self, node: Any) -> Node | None:
        """Return what stands behind the equals sign of a declaration."""
        behind = False
        for child in node.children:
            if child.type == "=":
                behind = True
            elif behind and child.is_named and child.type not in ("comment", "diagnostic_comment", "ERROR"):
                return self._expressions.node(child)
        return None

    def _parameter(self, node: Any, decorators: list[Any]) -> None:
        name, value = self._name(node), self._value(node)
        if not name:
            return
        secure, about = False, ""
        allowed: tuple[Node, ...] = ()
        for decorator in decorators:
            call = next((one for one in named(decorator)), None)
            text = words(call) if call is not None else ""
            word = text.partition("(")[0].rpartition(".")[2].strip()
            if word == "secure":
                secure = True
            elif word == "metadata" and "azd" in text and "location" in text:
                about = "location"
            elif word == "allowed" and call is not None:
                inner = self._expressions.node(call)
                given = getattr(inner, "arguments", ())
                allowed = getattr(given[0], "items", ()) if given else ()
        pos = self._offsets.of(node.start_byte)
        line = self._found.source.text[pos : pos + 400].split("\n", 1)[0]
        if value is None and line.partition("//")[0].rstrip().endswith("?"):
            value = Literal(pos, None)
        self._found.parameters[name.lower()] = Parameter(pos, name, value, allowed, secure, about=about)

    def _function(self, node: Any) -> None:
        name = node.child_by_field_name("name")
        body = named(node)[-1] if named(node) else None
        names = [words(named(one)[0]) for part in named(node) if part.type == "parameters" for one in named(part)]
        if name is not None and body is not None:
            self._found.functions[words(name).lower()] = Function(tuple(names), self._expressions.node(body))

    # --- resources

    def _resource(self, node: Any, outer: Declared | None, depth: int) -> None:
        name = self._name(node)
        string = next((one for one in named(node) if one.type == "string"), None)
        kind = self._expressions.node(string) if string is not None else None
        if kind is None or not name or depth > _MOST_DEPTH:
            raise SyntaxProblem(self._offsets.of(node.start_byte), "a declaration without a name or a type")
        behind = [one for one in named(node) if one.type in ("object", "if_statement", "for_statement")]
        if not behind:
            raise SyntaxProblem(self._offsets.of(node.start_byte), "a declaration without a body")
        body, condition, loop = self._parts(behind[-1])
        existing = any(child.type == "existing" for child in node.children)
        literal = str(kind.value) if isinstance(kind, Literal) else ""
        module = node.type == "module_declaration"
        type, _, version = ("", "", "") if module else literal.partition("@")
        whole = self._expressions.node(body)
        members = whole if isinstance(whole, Object) else Object(whole.pos, ())
        made = Declared(
            pos=self._offsets.of(node.start_byte),
            symbol=name,
            kind=Literal(kind.pos, "Microsoft.Resources/deployments" if module else type),
            version=version,
            name=members.get("name") or Literal(members.pos, name),
            body=Object(members.pos, tuple(one for one in members.members if str(one[0]).lower() not in _ASIDE)),
            condition=condition,
            loop=loop,
            existing=existing,
            outer=outer,
            parent=members.get("parent"),
            scope=members.get("scope"),
            nested=Nested(members.get("params"), path=kind) if module else None,
        )
        self._found.resources.append(made)
        for member in named(body):
            for inner in named(member):
                if inner.type == "resource_declaration":
                    self._resource(inner, made, depth + 1)

    def _parts(self, node: Any) -> tuple[Any, Node | None, Loop | None]:
        """Return the object of a declaration, its condition and its loop."""
        condition: Node | None = None
        loop: Loop | None = None
        if node.type == "for_statement":
            made = self._expressions.loop(node, Literal(0, None))
            loop = made
            node = node.child_by_field_name("body") or named(node)[-1]
        if node.type == "if_statement":
            asked, *rest = named(node)
            condition = self._expressions.node(asked)
            node = rest[-1] if rest else node
        return node, condition, loop


def _errors(root: Any) -> Iterator[Any]:
    waiting = [root]
    for _ in range(100_000):
        if not waiting:
            return
        node = waiting.pop()
        if node.type == "ERROR" or node.is_missing:
            yield node
        elif node.has_error and node.type != "type_declaration":
            waiting += reversed(node.children)
