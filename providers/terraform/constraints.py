"""Type constraints of variables, read from their expressions.

Source: https://developer.hashicorp.com/terraform/language/expressions/type-constraints
"""

from __future__ import annotations

from collections.abc import Callable

from providers.terraform import types
from providers.terraform.syntax import Call, Expression, Literal, ObjectCons, Paren, Traversal, TupleCons
from providers.terraform.values import Data, TerraformError

_BARE: dict[str, types.Type] = {
    "string": types.STRING,
    "number": types.NUMBER,
    "bool": types.BOOL,
    "any": types.ANY,
    # Without an element type: the words of Terraform 0.11, still accepted.
    "list": types.ListOf(types.ANY),
    "map": types.MapOf(types.ANY),
    "set": types.SetOf(types.ANY),
}


def constraint(node: Expression, evaluate: Callable[[Expression], Data]) -> types.Type:
    """Return the type that an expression states; `evaluate` gives the defaults of optional attributes.

    Raises TerraformError for what is no type.
    """
    match node:
        case Traversal(root=str(name), steps=()) if name in _BARE:
            return _BARE[name]
        case Literal(value=str(name)) if name in _BARE:
            return _BARE[name]
        case Paren(inner=inner):
            return constraint(inner, evaluate)
        case Call(name="list", args=(element,)):
            return types.ListOf(constraint(element, evaluate))
        case Call(name="set", args=(element,)):
            return types.SetOf(constraint(element, evaluate))
        case Call(name="map", args=(element,)):
            return types.MapOf(constraint(element, evaluate))
        case Call(name="tuple", args=(TupleCons(items=items),)):
            return types.TupleOf(tuple(constraint(item, evaluate) for item in items))
        case Call(name="object", args=(ObjectCons(items=items),)):
            return types.ObjectOf({_key(key): _attribute(value, evaluate) for key, value in items})
        case _:
            pass
    raise TerraformError("not a type")


def _key(node: Expression) -> str:
    if isinstance(node, Literal):
        return str(node.value)
    raise TerraformError("an attribute's name must be plain")


def _attribute(node: Expression, evaluate: Callable[[Expression], Data]) -> types.Attribute:
    match node:
        case Call(name="optional", args=(inner,)):
            return types.Attribute(constraint(inner, evaluate), optional=True)
        case Call(name="optional", args=(inner, default)):
            return types.Attribute(constraint(inner, evaluate), optional=True, default=evaluate(default))
        case _:
            pass
    return types.Attribute(constraint(node, evaluate))
