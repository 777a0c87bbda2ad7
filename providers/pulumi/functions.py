"""The functions of YAML programs.

Source: https://www.pulumi.com/docs/iac/languages-sdks/yaml/yaml-language-reference/#built-in-functions
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from checker import texts
from checker.documents import At, Either, Item, load_json
from checker.model import Step, Target, Unknown, Value
from checker.source import Source, SyntaxProblem, Unreadable
from providers.pulumi.tree import members, words

if TYPE_CHECKING:
    from providers.pulumi.program import Program

_MOST_PIECES = 20_000  # of a text of JSON
_LONGEST_FILE = 4 * 1024 * 1024
_ASSETS = frozenset({"fn::stringasset", "fn::fileasset"})
_REMOTE = frozenset({"fn::remoteasset", "fn::remotearchive", "fn::filearchive", "fn::assetarchive"})


class Encoded(dict[str, Item]):
    """An object that is a text of JSON where a text is asked for."""

    text: Value


class EncodedList(list[Item]):
    """An array that is a text of JSON where a text is asked for."""

    text: Value


def called(at: At) -> tuple[str, At] | None:
    """Return the function that a mapping calls, in lower case if it is built in, and what it is given."""
    if not isinstance(at.value, dict) or len(at.value) != 1:
        return None
    name, given = next(iter(at.value.items()))
    if not name.lower().startswith("fn::"):
        return None
    return (name if name.count(":") > 2 else name.lower()), given


def call(program: Program, name: str, given: At, at: At, word: str) -> Item:
    """Return what a function comes to; what cannot be known is unknown, with the resources that it hangs on."""
    step = Step(word, program.location(at))
    if name == "fn::invoke" or name.count(":") > 2:
        return _invoked(program, name, given, at)
    if name in _REMOTE or name == "fn::stackreference":
        return program.unknown(at, "it lies elsewhere", name)
    if name in ("fn::readfile", "fn::filebase64", *_ASSETS):
        return _read(program, name, given, at)
    work = _FUNCTIONS.get(name)
    item = program.item(given, word)
    made = work(program, item, at, step) if work is not None else None
    if made is not None:
        return made
    why = "some of what it is given is not known" if work is not None else "the function is not known"
    return program.unknown(at, why, name, tuple(dict.fromkeys(_targets(item))))


def _invoked(program: Program, name: str, given: At, at: At) -> Item:
    """Return what a provider is asked: the region of a provider is known, all else is not."""
    own = {key.lower(): one for key, one in members(given).items()}  # older programs write `Function`
    function = words(own.get("function")) if name == "fn::invoke" else name[len("fn::") :]
    options = own.get("options") if name == "fn::invoke" else None
    wanted = words(own.get("return")) if name == "fn::invoke" else ""
    arguments = own.get("arguments") if name == "fn::invoke" else given
    targets = tuple(dict.fromkeys(_targets(program.item(arguments)))) if arguments is not None else ()
    unknown = program.unknown(at, "what a provider answers is known only when it is asked", function[:200], targets)
    answer = _answered(program, _plain_token(function), options, unknown, members(arguments))
    if answer is None:
        return replace(unknown, data=replace_expression(unknown, wanted))
    return answer.get(wanted, unknown) if wanted else answer


def _answered(
    program: Program, function: str, options: At | None, unknown: Value, given: Mapping[str, At]
) -> dict[str, Item] | None:
    """Return what a provider answers of its own region; None for what else it may be asked."""
    zones = function == "aws:getAvailabilityZones"
    if not zones and (function != "aws:getRegion" or given):
        return None
    from providers.pulumi.configured import provider_of

    provider = provider_of(program, options, "aws")
    values = provider.body.values("region") if provider.body is not None else ()
    region = values[0] if len(values) == 1 else unknown
    if zones:
        # What they are called is not known, but in which region they are.
        names: list[Item] = [replace(region, data=f"{region.data}{letter}") for letter in "abc"]
        return {"names": names} if isinstance(region.data, str) else None
    return dict.fromkeys(("name", "id", "region"), region)


def replace_expression(value: Value, wanted: str) -> Unknown:
    """Return what is unknown with the member that is wanted of it."""
    data = value.data if isinstance(value.data, Unknown) else Unknown("")
    return replace(data, expression=f"{data.expression}.{wanted}" if wanted else data.expression)


def _plain_token(function: str) -> str:
    package, _, rest = function.partition(":")
    return f"{package}:{rest.rpartition(':')[2]}" if rest.startswith(("index", "get")) else function


def _read(program: Program, name: str, given: At, at: At) -> Item:
    """Return the text of a file of the checked tree."""
    item = program.item(given)
    if name == "fn::stringasset":
        return item
    path = item.data if isinstance(item, Value) and isinstance(item.data, str) else None
    try:
        if path is None:
            raise Unreadable("its path is not known")
        source = program.tree.source(program.folder / path)
        if len(source.text) > _LONGEST_FILE:
            raise Unreadable("it is too large")
    except (Unreadable, ValueError) as error:
        return program.unknown(at, str(error), f"{name} {path or ''}"[:200])
    text = source.text if name != "fn::filebase64" else base64.b64encode(source.text.encode()).decode()
    where = source.location(0)
    return Value(text, (Step(f"file {source.path}", where),), location=where)


# --- texts, lists, JSON


def _join(program: Program, item: Item, at: At, step: Step) -> Item | None:
    given = _arguments(item, 2)
    if given is None or not isinstance(given[1], list) or len(given[1]) > _MOST_PIECES:
        return None
    pieces: list[str | Item] = []
    for number, one in enumerate(given[1]):
        pieces += [given[0], one] if number else [one]
    return texts.joined(pieces, program.location(at))


def _split(program: Program, item: Item, at: At, step: Step) -> Item | None:
    given = _arguments(item, 2)
    if given is None or not all(isinstance(one, Value) for one in given):
        return None
    delimiter = texts.words(given[0]) if isinstance(given[0], Value) else None
    return texts.split(given[1], delimiter) if delimiter and isinstance(given[1], Value) else None


def _select(program: Program, item: Item, at: At, step: Step) -> Item | None:
    given = _arguments(item, 2)
    if given is None or not isinstance(given[1], list) or not given[1]:
        return None
    number = given[0].data if isinstance(given[0], Value) else None
    if isinstance(number, int) and not isinstance(number, bool):
        return given[1][number] if 0 <= number < len(given[1]) else None
    return texts.either(list(given[1]), "which element it is is not known")


def _to_json(program: Program, item: Item, at: At, step: Step) -> Item | None:
    pieces: list[str | Item] = []
    for number, piece in enumerate(_json(item)):
        if number > _MOST_PIECES:
            return None
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    text = texts.joined(pieces, program.location(at))
    if not isinstance(text, Value):
        text = program.unknown(at, "it may be one of several", "fn::toJSON", tuple(dict.fromkeys(_targets(item))))
    if isinstance(item, Mapping):
        made = Encoded(item)
        made.text = text
        return made
    if isinstance(item, list):
        listed = EncodedList(item)
        listed.text = text
        return listed
    return text


def _json(item: Item) -> Iterator[str | Item]:
    """Yield the pieces of a text of JSON."""
    if isinstance(item, Mapping):
        begin = "{"
        for name, inner in item.items():
            yield f"{begin}{json.dumps(name)}:"
            yield from _json(inner)
            begin = ","
        yield "{}" if begin == "{" else "}"
    elif isinstance(item, list):
        begin = "["
        for inner in item:
            yield begin
            yield from _json(inner)
            begin = ","
        yield "[]" if begin == "[" else "]"
    elif isinstance(item, Value) and not isinstance(item.data, Unknown):
        text = json.dumps(item.data if isinstance(item.data, str | int | bool | None) else str(item.data))
        yield replace(item, data=text)
    else:
        yield '"'
        yield item
        yield '"'


def _from_json(program: Program, item: Item, at: At, step: Step) -> Item | None:
    if not isinstance(item, Value) or not isinstance(item.data, str):
        return None
    from checker.documents import of_data

    try:
        load_json(Source("", item.data))
        return of_data(json.loads(item.data), item.trail)
    except (SyntaxProblem, ValueError, RecursionError):
        return None


def _to_base64(program: Program, item: Item, at: At, step: Step) -> Item | None:
    if isinstance(item, Encoded | EncodedList):
        item = item.text
    if not isinstance(item, Value):
        return None
    text = texts.words(item)
    # What is known in part says more as it is: the reader of settings takes texts in base64 apart anyhow.
    return replace(item, data=base64.b64encode(text.encode()).decode()) if text is not None else item


def _from_base64(program: Program, item: Item, at: At, step: Step) -> Item | None:
    if not isinstance(item, Value) or not isinstance(item.data, str):
        return None
    try:
        return replace(item, data=base64.b64decode(item.data, validate=True).decode())
    except (binascii.Error, ValueError):
        return None


def _secret(program: Program, item: Item, at: At, step: Step) -> Item | None:
    from providers.pulumi.program import hidden

    return hidden(item)


def _same(program: Program, item: Item, at: At, step: Step) -> Item | None:
    return item


def _length(program: Program, item: Item, at: At, step: Step) -> Item | None:
    size = item.data if isinstance(item, Value) and isinstance(item.data, str) else item
    return Value(len(size), (step,), location=step.location) if isinstance(size, str | list | Mapping) else None


def _single(program: Program, item: Item, at: At, step: Step) -> Item | None:
    if not isinstance(item, list):
        return None
    return item[0] if len(item) == 1 else Value(None, (step,), location=step.location)


def _text(program: Program, item: Item, at: At, step: Step) -> Item | None:
    return item if isinstance(item, Value) else None


def _arguments(item: Item, count: int) -> list[Item] | None:
    return item if isinstance(item, list) and len(item) == count else None


def _targets(item: Item) -> Iterator[Target]:
    """Yield the resources that a value hangs on; each part of it is looked at once."""
    waiting: list[Item] = [item]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, Value):
            yield from one.targets
        elif isinstance(one, Either):
            waiting += one.arms
        else:
            waiting += one.values() if isinstance(one, Mapping) else one


_FUNCTIONS = {
    "fn::join": _join,
    "fn::split": _split,
    "fn::select": _select,
    "fn::tojson": _to_json,
    "fn::fromjson": _from_json,
    "fn::tobase64": _to_base64,
    "fn::frombase64": _from_base64,
    "fn::secret": _secret,
    "fn::unsecret": _same,
    "fn::length": _length,
    "fn::singleornone": _single,
    "fn::string": _text,
}
