"""Documents of JSON and YAML: values with the places where they stand, and bodies that are read by path.

A format loads a document as `At`s, evaluates it in its own way, and hands out a `Document` of what came of that.
"""

from __future__ import annotations

import json
import json.decoder
import json.scanner
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from checker.model import Step, Unknown, Value
from checker.source import Source, SyntaxProblem

if TYPE_CHECKING:
    import yaml

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_MOST_NODES = 200_000  # of a document, an alias counted as what it stands for only once
_MOST_DEPTH = 100
_MOST_VALUES = 1000
_MOST_STEPS = 100_000  # of one walk along a path
_DEEPEST = 8  # how deep members of members get names of their own
_MERGE = "tag:yaml.org,2002:merge"
_PLAIN = {"tag:yaml.org,2002:bool", "tag:yaml.org,2002:int", "tag:yaml.org,2002:null"}


class At(NamedTuple):
    """A value with its offset: a mapping of names to `At`s, a list of them, or plain data; its YAML tag (`!Ref`)."""

    pos: int
    value: Any
    tag: str = ""


def _printable(value: Any) -> Any:
    """Return text, or an object's names, with halves of characters replaced: they cannot be printed."""
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    if isinstance(value, dict):
        return {_printable(name): inner for name, inner in value.items()}
    return value


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a number out of range") from None


def _refused(text: str) -> Any:
    raise ValueError(f"{text} is no JSON")


def load_json(source: Source) -> At:
    """Return a JSON document's values, each with its offset. Raises SyntaxProblem."""
    decoder = json.JSONDecoder(parse_float=_decimal, parse_constant=_refused, strict=False)
    clean = _printable if _SURROGATE.search(source.text) else lambda value: value

    def scan(text: str, index: int) -> tuple[At, int]:
        value, end = plain_scan(text, index)
        return At(index, clean(value)), end

    # The pure Python parsers of the standard library tell where each value begins; the C ones do not.
    decoder.parse_object = lambda start, strict, _scan, *rest: json.decoder.JSONObject(start, strict, scan, *rest)  # type: ignore[attr-defined]
    decoder.parse_array = lambda start, _scan: json.decoder.JSONArray(start, scan)  # type: ignore[attr-defined]
    plain_scan = json.scanner.py_make_scanner(decoder)  # type: ignore[attr-defined]
    try:
        begin = len(source.text) - len(source.text.lstrip())
        found, end = scan(source.text, begin)
    except StopIteration as stop:
        raise SyntaxProblem(int(stop.value or 0), "not JSON") from None
    except json.JSONDecodeError as error:
        raise SyntaxProblem(error.pos, error.msg) from None
    except (RecursionError, ValueError):
        raise SyntaxProblem(0, "nested too deeply, or a number too long or out of range") from None
    rest = source.text[end:]
    if rest.strip():
        raise SyntaxProblem(end + len(rest) - len(rest.lstrip()), "text after the end of the document")
    return found


def load_yaml(source: Source) -> list[At]:
    """Return the documents of a YAML file, each value with its offset. Raises SyntaxProblem.

    What an alias stands for is one value, however often it is named: nothing grows. Tags that YAML does not know stay
    (`!Sub`); dates and fractions stay text.
    """
    import yaml  # not before there is YAML to read

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source.text)
    try:
        found = []
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                found.append(_Nodes(yaml.constructor.SafeConstructor()).at(node, 0))
        return found
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise SyntaxProblem(mark.index if mark is not None else 0, error.problem or "not YAML") from None
    except (yaml.YAMLError, ValueError) as error:
        raise SyntaxProblem(0, f"not YAML: {error}"[:200]) from None
    except RecursionError:
        raise SyntaxProblem(0, "nested too deeply") from None
    finally:
        loader.dispose()


class _Nodes:
    """Turns the nodes of a YAML document into values, each once."""

    def __init__(self, constructor: yaml.constructor.SafeConstructor) -> None:
        self._constructor = constructor
        self._known: dict[int, At | None] = {}  # by the node's id; None while its members are read

    def at(self, node: yaml.Node, depth: int) -> At:
        """Return the value of a node. Raises SyntaxProblem for what is too large or holds itself."""
        pos = node.start_mark.index
        if id(node) in self._known:
            known = self._known[id(node)]
            if known is None:
                raise SyntaxProblem(pos, "it holds itself")
            return known
        if len(self._known) > _MOST_NODES or depth > _MOST_DEPTH:
            raise SyntaxProblem(pos, "too large, or nested too deeply")
        self._known[id(node)] = None
        found = At(pos, self._value(node, depth + 1), node.tag if node.tag.startswith("!") else "")
        self._known[id(node)] = found
        return found

    def _value(self, node: yaml.Node, depth: int) -> Any:
        from yaml.nodes import MappingNode, ScalarNode, SequenceNode

        if isinstance(node, SequenceNode):
            return [self.at(item, depth) for item in node.value]
        if not isinstance(node, MappingNode):
            return self._constructor.construct_object(node) if node.tag in _PLAIN else node.value
        members: dict[str, At] = {}
        merged: list[At] = []
        for key, value in node.value:
            inner = self.at(value, depth)
            if key.tag == _MERGE:
                merged += inner.value if isinstance(inner.value, list) else [inner]
            else:
                members[str(key.value) if isinstance(key, ScalarNode) else "?"] = inner
        for other in merged:
            for name, inner in other.value.items() if isinstance(other.value, dict) else ():
                members.setdefault(name, inner)
        return members


# --- what is evaluated


@dataclass(frozen=True, slots=True)
class Either:
    """One of several, and which is not known: the arms of a condition."""

    arms: tuple[Item, ...]
    reason: str


# What a format makes of a document: containers, undecided ones, and values with their trails.
Item: TypeAlias = "Mapping[str, Item] | list[Item] | Either | Value"


def evaluate(at: At, visit: Callable[[At], Item | None], known: dict[int, Item] | None = None) -> Item:
    """Return what a document comes to: what `visit` makes of a value, or where it returns None its members in turn.

    What an alias stands for is evaluated once. `visit` is also asked for what is plain, and must answer then.
    """
    known = {} if known is None else known
    if id(at) not in known:
        item = visit(at)
        if item is None and isinstance(at.value, dict):
            item = {name: evaluate(inner, visit, known) for name, inner in at.value.items()}
        elif item is None and isinstance(at.value, list):
            item = [evaluate(inner, visit, known) for inner in at.value]
        known[id(at)] = Value(at.value) if item is None else item
    return known[id(at)]


class Document:
    """An evaluated document as the arguments of a block (checker.model.Body).

    `spelled` turns a member's name into the word that paths use for it: `BucketName` into `bucket_name`.
    """

    __slots__ = ("_item", "_spelled")

    def __init__(self, item: Item, spelled: Callable[[str], str] = str) -> None:
        self._item = item
        self._spelled = spelled

    def values(self, path: str) -> tuple[Value, ...]:
        """Return the values at a dotted path; see checker.model.Body."""
        found: list[Value] = []
        for item, maybe in self._walk(path):
            for value in _leaves(item):
                if value.data is None and not maybe:
                    continue
                found.append(value)
                if len(found) > _MOST_VALUES:
                    rest = Unknown(f"it has more than {_MOST_VALUES} values", path)
                    return (*found[:_MOST_VALUES], replace(value, data=rest))
        return tuple(found)

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        """Return the objects at a dotted path by their members; see checker.model.Body."""
        found: list[dict[str, tuple[Value, ...]]] = []
        for item, _ in self._walk(path):
            found += self._objects(item)
        return tuple(found[:_MOST_VALUES])

    def names(self) -> tuple[str, ...]:
        """Return the names of the arguments that are stated."""
        return tuple(map(self._spelled, self._item)) if isinstance(self._item, Mapping) else ()

    def _walk(self, path: str) -> Iterator[tuple[Item, bool]]:
        waiting: list[tuple[Item, tuple[str, ...], bool]] = [(self._item, tuple(path.split(".")), False)]
        for _ in range(_MOST_STEPS):
            if not waiting:
                return
            item, rest, maybe = waiting.pop()
            if isinstance(item, Either):
                waiting += [(arm, rest, True) for arm in reversed(item.arms)]
            elif not rest:
                yield item, maybe
            elif isinstance(item, list):
                waiting += [(inner, rest, maybe) for inner in reversed(item)]
            elif isinstance(item, Mapping):
                waiting += [(inner, rest[1:], maybe) for name, inner in item.items() if self._spelled(name) == rest[0]]
            elif isinstance(item.data, Unknown):
                yield item, maybe
            else:
                inner = _decoded(item)
                waiting += [(inner, rest, maybe)] if inner is not None else []
        yield Value(Unknown(f"it takes more than {_MOST_STEPS} steps", path)), False

    def _objects(self, item: Item) -> Iterator[dict[str, tuple[Value, ...]]]:
        if isinstance(item, Either):
            for arm in item.arms:
                yield from self._objects(arm)
        elif isinstance(item, list):
            for inner in item:
                yield from self._objects(inner)
        elif isinstance(item, Mapping):
            members: dict[str, list[Value]] = {}
            for name, inner in item.items():
                _flatten(inner, name, members, 0)
            yield {name: tuple(values) for name, values in members.items()}
        elif isinstance(item.data, Unknown):
            yield {"": (item,)}
        else:
            decoded = _decoded(item)
            if decoded is not None:
                yield from self._objects(decoded)


def _flatten(item: Item, name: str, found: dict[str, list[Value]], depth: int) -> None:
    if isinstance(item, Either):
        for arm in item.arms:
            _flatten(arm, name, found, depth)
    elif isinstance(item, Mapping) and depth < _DEEPEST:
        for inner, value in item.items():
            _flatten(value, f"{name}.{inner}", found, depth + 1)
    elif isinstance(item, list) and depth < _DEEPEST:
        for value in item:
            _flatten(value, name, found, depth + 1)
    elif isinstance(item, Value):
        found.setdefault(name, []).append(item)


def _leaves(item: Item) -> Iterator[Value]:
    if isinstance(item, Either):
        for arm in item.arms:
            yield from _leaves(arm)
    elif isinstance(item, list):
        for inner in item:
            yield from _leaves(inner)
    elif isinstance(item, Mapping):
        yield Value({name: plain(inner) for name, inner in item.items()})
    else:
        yield item


def plain(item: Item) -> object:
    """Return an item as plain data, without trails; what is undecided or unknown as Unknown."""
    if isinstance(item, Either):
        return Unknown(item.reason)
    if isinstance(item, list):
        return [plain(inner) for inner in item]
    if isinstance(item, Mapping):
        return {name: plain(inner) for name, inner in item.items()}
    return item.data


def _decoded(value: Value) -> Item | None:
    """Return what JSON inside a text says; None for what is none."""
    if not isinstance(value.data, str) or value.data.lstrip()[:1] not in ("{", "["):
        return None
    try:
        return of_data(json.loads(value.data), value.trail)
    except (ValueError, RecursionError):
        return None


def of_data(data: object, trail: tuple[Step, ...] = ()) -> Item:
    """Return plain data as items whose values all came the same way."""
    if isinstance(data, dict):
        return {str(name): of_data(inner, trail) for name, inner in data.items()}
    if isinstance(data, list):
        return [of_data(inner, trail) for inner in data]
    return Value(data, trail, location=trail[-1].location if trail else None)
