"""The functions of templates that hang on their arguments alone.

Sources: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions and
https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import Either, Item, plain
from checker.model import Unknown, Value
from providers.arm import lambdas
from providers.arm.evaluator import first, is_large, number
from providers.arm.nodes import Call, Lambda
from providers.arm.plain_functions import PURE

if TYPE_CHECKING:
    from providers.arm.evaluator import Evaluator, Frame

_HOLE = re.compile(r"\$\{[^{}]*\}")
_FORMAT = re.compile(r"\{\{|\}\}|\{(\d+)(?:,-?\d+)?(?::[^{}]*)?\}")
_MOST = 10_000  # items of a list, or characters that padding makes
# What is made when a template is deployed, the same at every deployment or not.
_MADE = {
    "uniquestring": "it is a hash that is made when the template is deployed",
    "guid": "it is a hash that is made when the template is deployed",
    "newguid": "it is made when the template is deployed",
    "utcnow": "it is the time of the deployment",
}


def call(evaluator: Evaluator, node: Call, name: str, frame: Frame) -> Item:
    """Return what a function comes to."""
    if name in lambdas.NAMES and any(isinstance(one, Lambda) for one in node.arguments):
        return lambdas.call(evaluator, node, name, frame)
    items = [evaluator.item(one, frame) for one in node.arguments if not isinstance(one, Lambda)]
    if name in _MADE:
        made = evaluator.unlike(node, *items)
        inner = ", ".join(_written(item) for item in items)
        return replace(made, data=Unknown(_MADE[name], f"{node.name}({inner})"[:300]), targets=())
    if name in _BUILT:
        return _BUILT[name](evaluator, node, items)
    if name in ("concat", "format", "join"):
        return _texts(evaluator, node, name, items)
    if name in _PARTLY and items and not isinstance(items[0], list | Mapping):
        return _partly(evaluator, node, name, items)
    if name in PURE:
        return _pure(evaluator, node, name, items)
    return evaluator.unlike(node, *items) if items else evaluator.unknown(node, f"{node.name[:60]} is not evaluated")


def _written(item: Item) -> str:
    """Return an argument of a hash as text: two hashes are one when they are made of the same."""
    if isinstance(item, Value):
        return str(item.text if item.text is not None else getattr(item.data, "expression", item.data))
    return "…" if isinstance(item, Either) or is_large(item) else str(plain(item))[:200]


# --- containers, whose members keep their trails


def _lists(items: list[Item]) -> list[Item] | None:
    lists = [item for item in items if isinstance(item, list)]
    if len(lists) < len(items) or sum(len(item) for item in lists) > _MOST:
        return None
    return [one for item in lists for one in item]


def _arms(evaluator: Evaluator, node: Call, item: Item, made: Callable[[Item], Item]) -> Item:
    if isinstance(item, Either):
        return texts.either([made(arm) for arm in item.arms], item.reason)
    return made(item)


def _union(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    for at, item in enumerate(items):
        if isinstance(item, Either) and len(items) < 20:
            arms = [_union(evaluator, node, [*items[:at], arm, *items[at + 1 :]]) for arm in item.arms[:8]]
            return texts.either(arms, item.reason)
    lists = _lists(items)
    if lists is not None:
        return lists
    found: dict[str, Item] = {}
    for item in items:
        if isinstance(item, Mapping):
            _merge(found, item, 0)
    known = all(isinstance(item, Mapping) or (isinstance(item, Value) and item.data is None) for item in items)
    return found if known or found else evaluator.unlike(node, *items)


def _merge(into: dict[str, Item], item: Mapping[str, Item], depth: int) -> None:
    for name, value in item.items():
        before = into.get(name)
        if isinstance(before, Mapping) and isinstance(value, Mapping) and depth < 20:
            both = dict(before)
            _merge(both, value, depth + 1)
            into[name] = both
        else:
            into[name] = value


def _shallow(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    lists = _lists(items[:1])
    found: dict[str, Item] = {}
    for item in lists or ():
        found |= item if isinstance(item, Mapping) else {}
    return found if lists is not None else evaluator.unlike(node, *items)


def _create_object(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    names = [texts.words(next(texts.scalars(one))) or "?" for one in items[::2]]
    return dict(zip(names, items[1::2], strict=False))


def _array(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    return items[0] if items and isinstance(items[0], list) else items[:1]


def _end(at: int) -> Callable[[Evaluator, Call, list[Item]], Item]:
    def found(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
        def one(item: Item) -> Item:
            if isinstance(item, list):
                return item[at] if item else Value(None)
            if isinstance(item, Value) and isinstance(item.data, str):
                return replace(item, data=item.data[at:][:1])
            return evaluator.unlike(node, item)

        return _arms(evaluator, node, items[0], one) if items else evaluator.unknown(node, "it has no argument")

    return found


def _cut(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    """Return the first items of a list, or what is left after them; of a text, its part."""
    if len(items) != 2 or not isinstance(items[0], list):
        return _partly(evaluator, node, node.name.lower(), items) if items else evaluator.unlike(node)
    count = number(first(items[1]))
    if count is None:
        return items[0]
    return items[0][: max(count, 0)] if node.name.lower() == "take" else items[0][max(count, 0) :]


def _keys(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    item = items[0] if items else Value(None)
    if not isinstance(item, Mapping):
        return evaluator.unlike(node, *items)
    if node.name.lower() == "objectkeys":
        return [evaluator.data(name, node) for name in item]
    return [{"key": evaluator.data(name, node), "value": inner} for name, inner in sorted(item.items())]


def _flatten(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    lists = _lists(items[:1])
    flat = _lists(lists) if lists is not None else None
    return flat if flat is not None else evaluator.unlike(node, *items)


def _length(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    def one(item: Item) -> Item:
        if isinstance(item, list | Mapping):
            return evaluator.data(len(item), node)
        return _pure(evaluator, node, "length", [item])

    return _arms(evaluator, node, items[0], one) if items else evaluator.unknown(node, "it has no argument")


def _empty(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    def one(item: Item) -> Item:
        if isinstance(item, list | Mapping):
            return Value(not item)
        if isinstance(item, Value) and isinstance(item.data, Unknown) and _HOLE.sub("", item.data.pattern or ""):
            return Value(False)
        return _pure(evaluator, node, "empty", [item])

    return _arms(evaluator, node, items[0], one) if items else evaluator.unknown(node, "it has no argument")


def _contains(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    item = items[0] if items else Value(None)
    if isinstance(item, Mapping) and len(items) == 2:
        names = {name.lower() for name in item}
        answers = {None if (w := texts.words(v)) is None else w.lower() in names for v in texts.scalars(items[1])}
        return Value(answers.pop()) if len(answers) == 1 and None not in answers else evaluator.unlike(node, items[1])
    return _pure(evaluator, node, "contains", items)


def _split(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    delimiters = plain(items[1]) if len(items) == 2 and not is_large(items[1]) else None
    delimiter = delimiters[0] if isinstance(delimiters, list) and delimiters else delimiters
    if not isinstance(delimiter, str):
        return evaluator.unlike(node, *items)
    found: list[Item] = []
    for value in texts.scalars(items[0]):
        parts = texts.split(value, delimiter)
        found.append(parts if parts is not None else evaluator.unlike(node, value))
    return texts.either(found, "what is split is not known")


def _uri(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    base = items[0] if items else Value(None)
    if len(items) == 2 and isinstance(base, Value) and isinstance(base.data, Unknown):
        return texts.joined([base, "/", items[1]], evaluator.at(node))
    return _pure(evaluator, node, "uri", items)


def _same(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    return items[0] if items else Value(None)


def _range(evaluator: Evaluator, node: Call, items: list[Item]) -> Item:
    begin, count = (number(first(item)) for item in (items + [Value(None)] * 2)[:2])
    if begin is None or count is None:
        return evaluator.unlike(node, *items)
    return [evaluator.data(begin + turn, node) for turn in range(min(max(count, 0), 1000))]


_BUILT: dict[str, Callable[[Evaluator, Call, list[Item]], Item]] = {
    "union": _union,
    "shallowmerge": _shallow,
    "createarray": lambda evaluator, node, items: items,
    "createobject": _create_object,
    "array": _array,
    "first": _end(0),
    "last": _end(-1),
    "take": _cut,
    "skip": _cut,
    "objectkeys": _keys,
    "items": _keys,
    "flatten": _flatten,
    "length": _length,
    "empty": _empty,
    "contains": _contains,
    "split": _split,
    "range": _range,
    "uri": _uri,
    "any": _same,
    "nonnull": _same,
    "nullifempty": _same,
    "securestring": _same,
    "null": lambda evaluator, node, items: Value(None, location=evaluator.at(node)),
    "true": lambda evaluator, node, items: Value(True, location=evaluator.at(node)),
    "false": lambda evaluator, node, items: Value(False, location=evaluator.at(node)),
}


# --- texts


def _texts(evaluator: Evaluator, node: Call, name: str, items: list[Item]) -> Item:
    if name == "concat" and items and (lists := _lists(items)) is not None:
        return lists
    pieces: list[str | Item] = []
    if name == "format":
        pattern = items[0] if items else None
        if not isinstance(pattern, Value) or not isinstance(pattern.data, str):
            return evaluator.unlike(node, *items)
        end = 0
        for found in _FORMAT.finditer(pattern.data):
            pieces.append(pattern.data[end : found.start()])
            end = found.end()
            number = int(found[1][:4]) + 1 if found[1] else 0
            pieces.append(found[0][0] if not found[1] else items[number] if number < len(items) else found[0])
        pieces.append(pattern.data[end:])
    elif name == "join":
        if len(items) != 2 or not isinstance(items[0], list):
            return evaluator.unlike(node, *items)
        delimiter = texts.words(next(texts.scalars(items[1]))) or ""
        for item in items[0]:
            pieces += [delimiter, item] if pieces else [item]
    else:
        pieces = list(items)
    return texts.joined(
        [p if not isinstance(p, list | Mapping) else evaluator.unlike(node) for p in pieces], evaluator.at(node)
    )


def _partly(evaluator: Evaluator, node: Call, name: str, items: list[Item]) -> Item:
    """Return what a function makes of a text of which parts are not known: what it makes of the known parts."""
    rest = [Unknown("large") if is_large(item) else plain(item) for item in items[1:]]
    made: list[Item] = []
    for value in texts.scalars(items[0]):
        data = value.data
        if not isinstance(data, Unknown):
            made.append(_pure(evaluator, node, name, [value, *items[1:]]))
            continue
        pattern = data.pattern
        if pattern is None or len(data.holes) != len(_HOLE.findall(pattern)):
            # Case alone does not tell texts apart; what is cut keeps what it hangs on.
            kept = name in ("tolower", "toupper", "trim", "string")
            made.append(value if kept else evaluator.unlike(node, value))
        elif name in ("tolower", "toupper", "replace", "trim", "string"):
            pieces = [_apply(name, part, rest) for part in _HOLE.split(pattern)]
            holes = [*_HOLE.findall(pattern), ""]
            text = "".join(a + b for a, b in zip(pieces, holes, strict=True))
            made.append(replace(value, data=replace(data, pattern=text, expression=text)))
        elif (count := _begins(name, rest)) is not None and _HOLE.sub("", pattern):
            head = _HOLE.split(pattern)[0]
            if len(head) >= count:
                made.append(evaluator.data(head[: max(count, 0)], node, value))
            else:
                hole = _HOLE.findall(pattern)[0]
                targets = tuple(dict.fromkeys(target for one in data.holes for target in one))
                text = f"{head}{hole[:-1]} …}}" if not hole.endswith("…}") else f"{head}{hole}"
                made.append(replace(value, data=replace(data, pattern=text, expression=text, holes=(targets,))))
        else:
            made.append(evaluator.unlike(node, value))
    return texts.either(made, "what it is made of is not known")


def _begins(name: str, rest: list[object]) -> int | None:
    """Return how many characters of the beginning of a text a function takes; as many as there are for a length."""
    if name == "substring" and len(rest) == 2 and rest[0] == 0:
        rest = rest[1:]
    elif name != "take" or not rest:
        return None
    return rest[0] if isinstance(rest[0], int) else _MOST if isinstance(rest[0], Unknown) else None


def _apply(name: str, part: str, rest: list[object]) -> str:
    try:
        return str(PURE[name](part, *rest))
    except (TypeError, ValueError, IndexError):
        return part


_PARTLY = frozenset({"tolower", "toupper", "replace", "trim", "take", "skip", "substring", "string"})


# --- plain data


def _pure(evaluator: Evaluator, node: Call, name: str, items: list[Item]) -> Item:
    """Return what a function makes of known data; of each of what is undecided."""
    for at, item in enumerate(items):
        if isinstance(item, Either):
            arms = [_pure(evaluator, node, name, [*items[:at], arm, *items[at + 1 :]]) for arm in item.arms[:32]]
            return texts.either(arms, item.reason)
    if any(is_large(item) for item in items):
        return evaluator.unknown(node, f"it holds more than {_MOST} values")
    data = [plain(item) for item in items]
    if any(_is_open(one) for one in data):
        return evaluator.unlike(node, *items)
    try:
        return evaluator.data(PURE[name](*data), node, *items)
    except (TypeError, ValueError, IndexError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return evaluator.unknown(node, f"{node.name[:60]} cannot be worked out of what it is given")


def _is_open(data: object, depth: int = 0) -> bool:
    if isinstance(data, Unknown) or depth > 60:
        return True
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return any(_is_open(one, depth + 1) for one in inner)
