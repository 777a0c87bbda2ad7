"""Variables in texts: `$NAME`, `${NAME}`, `${NAME:-default}`, judged by what is known of them.

https://docs.docker.com/reference/compose-file/interpolation/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from checker.documents import Item
from checker.model import Step, Unknown, Value

Lookup = Callable[[str], Value | None]
_NAME = re.compile(r"[A-Za-z_]\w*")
_OPERATOR = re.compile(r":?[-?+]")
_LONGEST = 20_000
_DEEPEST = 10


@dataclass(slots=True)
class _Filling:
    lookup: Lookup
    holes: int = 0
    steps: list[Step] = field(default_factory=list)
    sensitive: bool = False
    left: int = 2000  # variables that one text may have


def interpolated(value: Value, lookup: Lookup) -> Value:
    """Return a text with its variables as what they are: by a file, by their default, else unknown."""
    data = value.data
    if not isinstance(data, str) or "$" not in data or len(data) > _LONGEST:
        return value
    filling = _Filling(lookup)
    made = _filled(data, filling, 0)
    if len(made) > _LONGEST:
        return replace(value, data=Unknown("its variables make it too long"))
    sensitive = value.sensitive or filling.sensitive
    if filling.holes:
        holes = tuple(() for _ in range(made.count("${")))
        unknown = Unknown("the environment that it is started in gives a variable of it", data, made, holes)
        return replace(value, data=unknown, sensitive=sensitive)
    return replace(value, data=made, trail=(*value.trail, *filling.steps), sensitive=sensitive)


def of_item(item: Item, lookup: Lookup, known: dict[int, Item] | None = None) -> Item:
    """Return an item with the variables in its texts filled in; what an alias stands for once."""
    known = {} if known is None else known
    done = known.get(id(item))
    if done is None:
        if isinstance(item, list):
            done = [of_item(inner, lookup, known) for inner in item]
        elif isinstance(item, Mapping):
            done = {name: of_item(inner, lookup, known) for name, inner in item.items()}
        else:
            done = interpolated(item, lookup) if isinstance(item, Value) else item
        known[id(item)] = done
    return done


def _filled(text: str, filling: _Filling, depth: int) -> str:
    parts: list[str] = []
    begin = 0
    while True:
        dollar = text.find("$", begin)
        if dollar < 0 or filling.left <= 0:
            return "".join([*parts, text[begin:]])
        parts.append(text[begin:dollar])
        following = text[dollar + 1 : dollar + 2]
        bare = _NAME.match(text, dollar + 1)
        if following == "$":
            parts.append("$")
            begin = dollar + 2
        elif bare is not None:
            parts.append(_variable(bare[0], "", "", filling, depth))
            begin = bare.end()
        elif following == "{" and (end := _closing(text, dollar + 2)) > 0:
            parts.append(_braced(text[dollar + 2 : end], filling, depth))
            begin = end + 1
        else:
            parts.append("$")
            begin = dollar + 1


def _closing(text: str, start: int) -> int:
    """Return where the brace that was opened before `start` is closed, or -1."""
    depth = 1
    for number in range(start, len(text)):
        if text[number] == "{" and text[number - 1] == "$":
            depth += 1
        elif text[number] == "}":
            depth -= 1
            if not depth:
                return number
    return -1


def _braced(inner: str, filling: _Filling, depth: int) -> str:
    name = _NAME.match(inner)
    if name is None:
        return "${" + inner + "}"
    operator = _OPERATOR.match(inner, name.end())
    rest = inner[operator.end() :] if operator is not None else ""
    return _variable(name[0], operator[0] if operator is not None else "", rest, filling, depth)


def _variable(name: str, operator: str, rest: str, filling: _Filling, depth: int) -> str:
    filling.left -= 1
    found = filling.lookup(name)
    stated = found is not None and (operator[:1] != ":" or found.data not in ("", None))
    if operator.endswith("+"):
        return _filled(rest, filling, depth + 1) if stated and depth < _DEEPEST else ""
    if stated and found is not None:
        filling.sensitive = filling.sensitive or found.sensitive
        if found.text is None or isinstance(found.data, Unknown):
            filling.holes += 1
            return "${" + name + "}"
        filling.steps += found.trail
        return found.text
    if operator.endswith("-") and depth < _DEEPEST:
        made = _filled(rest, filling, depth + 1)
        filling.steps.append(Step(f"default of {name}"))
        return made
    filling.holes += 1
    return "${" + name + "}"
