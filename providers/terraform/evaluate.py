"""Expressions to values, as Terraform does it, without ever running anything.

What cannot be known becomes `Unknown` and keeps the resources it hangs on. An error that Terraform would report is
raised as TerraformError, which `try` and `can` catch.
Source: https://developer.hashicorp.com/terraform/language/expressions
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple, Protocol

from providers.terraform import operators, types
from providers.terraform.access import attribute, decoded, element, encoded, joined, pairs, undecided, used
from providers.terraform.functions.table import FUNCTIONS
from providers.terraform.run import MOST_WEIGHT, TooMuch, weight
from providers.terraform.syntax import (
    Attr,
    Binary,
    Call,
    Conditional,
    Expression,
    For,
    Literal,
    ObjectCons,
    Paren,
    Splat,
    Template,
    TemplateFor,
    TemplateIf,
    TemplatePart,
    Traversal,
    Traverser,
    TupleCons,
    Unary,
    unparse,
)
from providers.terraform.values import (
    Data,
    Encoded,
    Lazy,
    Origin,
    TerraformError,
    Text,
    TfList,
    TfSet,
    Unknown,
    origins_of,
    targets_of,
    unknowns,
)

_STEPS_OF_A_CALL = 5  # checking and converting arguments takes so much longer than an operator


class Module(Protocol):
    """What an expression needs of the module it stands in."""

    functions: Collection[str]  # names of functions of its own, besides those of all Terraform code

    def resolve(self, root: str, steps: tuple[Traverser, ...], scope: Scope) -> tuple[Data, int]:
        """Return the value that a root name and its first steps mean, and how many steps that took."""
        ...

    def file_function(self, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
        """Evaluate a function that reads files of the checked tree, or one of the module's own."""
        ...

    def spend(self, amount: int = 1) -> None:
        """Count work done; raises TooMuch when a bound is reached."""
        ...


class Scope(NamedTuple):
    """Where an expression is evaluated: its module, local names (each, count, for variables) and its file."""

    module: Module
    names: Mapping[str, Data]
    source: object

    def with_names(self, **names: Data) -> Scope:
        """Return the scope with further names."""
        return Scope(self.module, {**self.names, **names}, self.source)


FILE_FUNCTIONS = frozenset(
    "file filebase64 filebase64sha256 filebase64sha512 fileexists filemd5 filesha1 filesha256 filesha512 fileset "
    "templatefile templatestring abspath pathexpand".split()
)


def evaluate(node: Expression, scope: Scope) -> Data:
    """Return the value of an expression. Raises TerraformError, and TooMuch beyond the module's bound."""
    scope.module.spend()
    return _EVALUATE[type(node)](node, scope)


def _literal(node: Literal, scope: Scope) -> Data:
    return node.value


def _paren(node: Paren, scope: Scope) -> Data:
    return evaluate(node.inner, scope)


def _tuple(node: TupleCons, scope: Scope) -> Data:
    return [evaluate(item, scope) for item in node.items]


def _object(node: ObjectCons, scope: Scope) -> Data:
    result: dict[str, Data] = {}
    for key_node, value_node in node.items:
        key = evaluate(key_node, scope)
        if isinstance(key, Unknown):
            return Unknown("a key of it is not known", expression=unparse(node), targets=targets_of(key))
        if key is None:
            raise TerraformError("null cannot be a key")
        result[types.to_string(key)] = evaluate(value_node, scope)
    return result


def _unary(node: Unary, scope: Scope) -> Data:
    return operators.unary(node.operator, evaluate(node.operand, scope))


def _binary(node: Binary, scope: Scope) -> Data:
    left = evaluate(node.left, scope)
    if node.operator in ("&&", "||"):
        # Terraform reads the right side too; what it says there only matters when the left leaves it open.
        known = None if isinstance(left, Unknown) else types.to_bool(left)
        if known is (node.operator == "||"):
            return known
    right = evaluate(node.right, scope)
    _pay((left, right), scope)
    result = operators.binary(node.operator, left, right)
    if isinstance(result, Unknown):
        result.expression = unparse(node)
    return result


def _conditional(node: Conditional, scope: Scope) -> Data:
    condition = evaluate(node.condition, scope)
    if not isinstance(condition, Unknown):
        if condition is None:
            raise TerraformError("the condition is null")
        chosen, other = (node.then, node.otherwise) if types.to_bool(condition) else (node.otherwise, node.then)
        value = evaluate(chosen, scope)
        if value is None or isinstance(value, str | Unknown):
            return value
        try:
            alternative = evaluate(other, scope)
        except TerraformError:
            return value  # nobody reports an error of the arm that is not chosen
        # Both arms have one type: a number beside a string becomes a string.
        _pay((value, alternative), scope)
        try:
            return types.unify([value, alternative])[0]
        except TerraformError:
            # A null has no type of its own, and an arm that holds one stays as it is.
            if types.is_open(types.type_of(value)) or types.is_open(types.type_of(alternative)):
                return value
            raise
    arms: list[Data] = []
    for arm in (node.then, node.otherwise):
        try:
            arms.append(evaluate(arm, scope))
        except TerraformError as error:
            # A `try` around it may have to take something else.
            arms.append(Unknown(str(error), expression=unparse(arm)))
    _pay(tuple(arms), scope)
    return undecided(arms, condition, node)


# --- traversals


def _traversal(node: Traversal, scope: Scope) -> Data:
    root, steps = node.root, node.steps
    if isinstance(root, str):
        if root in scope.names:
            value, taken = scope.names[root], 0
        else:
            value, taken = scope.module.resolve(root, steps, scope)
    else:
        value, taken = evaluate(root, scope), 0
    for step in steps[taken:]:
        value = take(value, step, scope)
    if not isinstance(value, Text | Unknown) or (isinstance(value, Lazy) and type(value) is not Unknown):
        return value
    text = unparse(node)
    return used(value, text, scope.source, node.pos)


def take(value: Data, step: Traverser, scope: Scope) -> Data:
    """Return what one step leads to from a value."""
    if isinstance(step, Splat):
        return _splat(value, step, scope)
    if isinstance(step, Attr):
        return attribute(value, step.name)
    return element(value, evaluate(step.key, scope))


def _splat(value: Data, step: Splat, scope: Scope) -> Data:
    if isinstance(value, Unknown) and not isinstance(value, Lazy):
        result: Data = Unknown(value.reason, expression=value.expression, targets=value.targets, origin=value.origin)
        for inner in step.steps:
            result = take(result, inner, scope)
        return result
    items = [] if value is None else list(value) if isinstance(value, list) else [value]
    taken = []
    for item in items:
        for inner in step.steps:
            item = take(item, inner, scope)
        taken.append(item)
    return TfList(taken) if isinstance(value, TfList | TfSet) else taken


# --- calls


def _call(node: Call, scope: Scope) -> Data:
    name = node.name.removeprefix("core::")
    if name == "can":
        return _can(node, scope)
    if name == "try":
        return _try(node.args, node, scope)
    args = [_whole(evaluate(arg, scope)) for arg in node.args]
    if node.expand:
        last = args.pop()
        if isinstance(last, Unknown):
            return Unknown(last.reason, expression=unparse(node), targets=targets_of(*args, last))
        if not isinstance(last, list):
            raise TerraformError("only a list can be expanded with ...")
        args += last
    result = _called(name, tuple(args), node, scope)
    if type(result) is str or (isinstance(result, Unknown) and result.origin is None):
        parents = origins_of(args)
        sensitive = any(parent.sensitive for parent in parents)
        origin = Origin(unparse(node), scope.source, node.pos, parents, (), sensitive)
        if isinstance(result, str):
            if name == "jsonencode":
                return encoded(result, args[0], origin)
            return Text(result, origin)
        result.expression = result.expression or unparse(node)
        if name == "jsonencode" and isinstance(args[0], list | dict):
            result.encoded = args[0]
        if not isinstance(result, Lazy):
            result.origin = origin
    return result


def _whole(value: Data) -> Data:
    return value.whole() if isinstance(value, Lazy) else value


def _pay(values: tuple[Data, ...], scope: Scope) -> None:
    """Spend what a walk through values costs, before something walks through them. Raises TooMuch."""
    for value in values:
        if isinstance(value, list | dict | str):
            weighed = weight(value, 4 * MOST_WEIGHT)
            if weighed > 4 * MOST_WEIGHT:
                raise TooMuch("a value in it is too large")
            scope.module.spend(weighed // 4)


def _called(name: str, args: tuple[Data, ...], node: Call, scope: Scope) -> Data:
    if name in FILE_FUNCTIONS or name in scope.module.functions:
        if any(True for arg in args[:1] for _ in unknowns(arg)):
            return Unknown("its path is not known", expression=unparse(node), targets=targets_of(*args))
        return scope.module.file_function(name, args, scope)
    if name == "jsondecode" and len(args) == 1:
        text = args[0]
        if isinstance(text, Encoded):
            return decoded(text.data)
        if isinstance(text, Unknown) and text.encoded is not None:
            return decoded(text.encoded)
    if name == "values" and len(args) == 1 and isinstance(args[0], Lazy) and args[0].elements():
        return [one for _, one in args[0].elements()]
    _pay(args, scope)
    function = FUNCTIONS.get(name)
    if function is None:
        return Unknown(f"the function {name} is not one of Terraform's", targets=targets_of(*args))
    if not function.partial:
        hidden = next((u for arg in args for u in unknowns(arg)), None)
        if hidden is not None:
            unknown = Unknown(hidden.reason, expression=unparse(node), targets=targets_of(*args))
            unknown.inner = hidden if name == "base64encode" and hidden.pattern is not None else None
            return unknown
    # Libraries written in C want `str` itself; origins were taken from the arguments already.
    result = function.call(
        *(str(arg) if type(arg) in (Text, Encoded) and not function.partial else arg for arg in args)
    )
    scope.module.spend(_STEPS_OF_A_CALL + (len(result) if isinstance(result, list | dict) else 0))
    return result


def _can(node: Call, scope: Scope) -> Data:
    if len(node.args) != 1:
        raise TerraformError("can takes one argument")
    try:
        value = evaluate(node.args[0], scope)
    except TerraformError:
        return False
    open_part = None if isinstance(value, Lazy) else next(unknowns(value), None)
    if open_part is None:
        return True
    # What is not known may turn out to be an error.
    return Unknown(open_part.reason, expression=unparse(node), targets=targets_of(value))


def _try(args: tuple[Expression, ...], node: Call, scope: Scope) -> Data:
    error = TerraformError("try needs an argument")
    for number, arg in enumerate(args, 1):
        try:
            value = evaluate(arg, scope)
        except TerraformError as raised:
            error = raised
        else:
            return _or_else(value, args[number:], node, scope)
    raise error


def _or_else(value: Data, others: tuple[Expression, ...], node: Call, scope: Scope) -> Data:
    """Return a value that may turn out to be an error, with what `try` would take then as further alternatives."""
    if not others or isinstance(value, Lazy) or not any(u.alternatives for u in unknowns(value)):
        return value
    arms = [value]
    with contextlib.suppress(TerraformError):
        arms.append(_try(others, node, scope))
    return undecided(arms, next(unknowns(value)), node)


# --- for


def _for(node: For, scope: Scope) -> Data:
    collection = evaluate(node.collection, scope)
    _pay((collection,), scope)
    if isinstance(collection, Unknown) and not (isinstance(collection, Lazy) and collection.elements()):
        return Unknown(collection.reason, expression=unparse(node.collection), targets=collection.targets)
    names = dict(scope.names)
    inner = Scope(scope.module, names, scope.source)
    listed: list[Data] = []
    mapped: dict[str, Any] = {}
    for key, value in pairs(collection):
        scope.module.spend()
        if node.key_name is not None:
            names[node.key_name] = key
        names[node.value_name] = value
        if node.condition is not None:
            kept = evaluate(node.condition, inner)
            if isinstance(kept, Unknown):
                return Unknown(kept.reason, expression=unparse(node.condition), targets=targets_of(collection, kept))
            if not types.to_bool(kept):
                continue
        # A value may be evaluated later (a lazy object), so that each round has names of its own.
        if node.key is None:
            listed.append(evaluate(node.value, inner))
            continue
        name = evaluate(node.key, inner)
        item = evaluate(node.value, inner)
        if isinstance(name, Unknown):
            return Unknown(name.reason, expression=unparse(node.key), targets=targets_of(collection, name, item))
        name = types.to_string(name)
        if node.group:
            mapped.setdefault(name, []).append(item)
        elif name in mapped:
            raise TerraformError(f"the key {name!r} occurs twice")
        else:
            mapped[name] = item
    return listed if node.key is None else mapped


# --- templates


def _template(node: Template, scope: Scope) -> Data:
    if len(node.parts) == 1 and not isinstance(node.parts[0], str | TemplateIf | TemplateFor):
        return evaluate(node.parts[0], scope)
    values: list[Data] = []
    _render(node.parts, scope, values)
    _pay(tuple(values), scope)
    return joined(values, unparse(node), scope.source, node.pos)


def _render(parts: tuple[TemplatePart, ...], scope: Scope, out: list[Data]) -> None:
    for part in parts:
        match part:
            case str():
                out.append(part)
            case TemplateIf():
                condition = evaluate(part.condition, scope)
                if isinstance(condition, Unknown):
                    out.append(condition)
                elif types.to_bool(condition):
                    _render(part.then, scope, out)
                else:
                    _render(part.otherwise, scope, out)
            case TemplateFor():
                collection = evaluate(part.collection, scope)
                if isinstance(collection, Unknown):
                    out.append(collection)
                    continue
                for key, value in pairs(collection):
                    scope.module.spend()
                    names = {part.value: value} if part.key is None else {part.key: key, part.value: value}
                    _render(part.body, scope.with_names(**names), out)
            case _:
                value = evaluate(part, scope)
                if value is None:
                    raise TerraformError("null cannot stand in a template")
                out.append(value if isinstance(value, Unknown | str) else types.to_string(value))


_EVALUATE: dict[type, Callable[[Any, Scope], Data]] = {
    Literal: _literal,
    Template: _template,
    Traversal: _traversal,
    Call: _call,
    TupleCons: _tuple,
    ObjectCons: _object,
    For: _for,
    Conditional: _conditional,
    Unary: _unary,
    Binary: _binary,
    Paren: _paren,
}
