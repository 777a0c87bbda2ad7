"""The functions of templates that take a function: map, filter, reduce and the like.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions-lambda
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import Either, Item
from checker.model import Value
from providers.arm.nodes import Call, Lambda

if TYPE_CHECKING:
    from providers.arm.evaluator import Evaluator, Frame

NAMES = frozenset({"map", "filter", "reduce", "sort", "toobject", "groupby", "mapvalues"})


def call(evaluator: Evaluator, node: Call, name: str, frame: Frame) -> Item:
    """Return what a function that takes a function comes to."""
    functions = [one for one in node.arguments if isinstance(one, Lambda)]
    given = [evaluator.item(one, frame) for one in node.arguments if not isinstance(one, Lambda)]
    whole = given[0] if given else Value(None)
    if isinstance(whole, Either):
        arms = [_of(evaluator, node, name, arm, given, functions, frame) for arm in whole.arms]
        return texts.either(arms, whole.reason)
    return _of(evaluator, node, name, whole, given, functions, frame)


def _of(
    evaluator: Evaluator,
    node: Call,
    name: str,
    whole: Item,
    given: list[Item],
    functions: list[Lambda],
    frame: Frame,
) -> Item:
    def made(function: Lambda, *arguments: Item) -> Item:
        return evaluator.item(function.body, frame.with_names(dict(zip(function.parameters, arguments, strict=False))))

    if name == "mapvalues" and isinstance(whole, Mapping):
        return {key: made(functions[0], value) for key, value in whole.items()}
    if not isinstance(whole, list):
        return evaluator.unlike(node, whole)
    match name:
        case "map":
            return [made(functions[0], item, Value(at)) for at, item in enumerate(whole)]
        case "filter":
            return [item for at, item in enumerate(whole) if _may(made(functions[0], item, Value(at)))]
        case "reduce":
            found = given[1] if len(given) > 1 else Value(None)
            for item in whole:
                found = made(functions[0], found, item)
            return found
        case "sort":
            return whole
        case "toobject":
            result: dict[str, Item] = {}
            for item in whole:
                key = texts.words(next(texts.scalars(made(functions[0], item)))) or "${…}"
                result[key] = made(functions[1], item) if len(functions) > 1 else item
            return result
        case _:
            groups: dict[str, Item] = {}
            for item in whole:
                key = texts.words(next(texts.scalars(made(functions[0], item)))) or "${…}"
                before = groups.get(key)
                groups[key] = [*before, item] if isinstance(before, list) else [item]
            return groups


def _may(item: Item) -> bool:
    from providers.arm.evaluator import truth

    return truth(item) is not False
