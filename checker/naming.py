"""Names: keys by which text names a resource, and addresses with and without instance keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from checker import places as tables
from checker.model import Block
from checker.rows import Cloud, Row

_BRACES = re.compile(r"\{([^{}]+)\}")


def numbered(pattern: str) -> str:
    """Return a partly known text with its unknown parts as numbered names: `s3://hole0hole/hole1hole`."""
    if "${" not in pattern:
        return pattern
    parts = []
    depth = at = count = 0
    for number, char in enumerate(pattern):
        if pattern.startswith("${", number):
            if depth == 0:
                parts += [pattern[at:number], f"hole{count}hole"]
                count += 1
            depth += 1
        elif char == "}" and depth:
            depth -= 1
            at = number + 1
    return "".join([*parts, pattern[at:]])


def hole(name: str) -> int | None:
    """Return the number of the first unknown part in a name of a numbered text, or None when all of it is known."""
    match = re.search(r"hole(\d+)hole", name)
    return int(match[1]) if match else None


def is_hole(name: str) -> bool:
    """Return whether a name of a numbered text is one unknown part and nothing else."""
    return re.search(r":hole\d+hole$", name) is not None


def without_key(address: str) -> str:
    """Return a resource's address without its own instance key (keys of modules stay)."""
    if address.endswith('"]'):
        return address[: address.rindex('["', 0, _opening(address) + 2)]
    return address.rpartition("[")[0] or address


def _opening(address: str) -> int:
    """Return where the `["` of the last instance key of an address stands; a key may hold brackets and quotes."""
    at = len(address) - 2
    while True:
        at = address.rindex('["', 0, at)
        inner = address[at + 2 : -2]
        if not re.search(r'(?<!\\)(?:\\\\)*"', inner):
            return at


def vocabulary(cloud: Cloud, names: tuple[str, ...]) -> str:
    """Return the vocabulary of a product that a name's key speaks of ("kms:…"), or the common one."""
    products = {vocabulary for vocabulary, _ in tables.index(cloud.NAME)}
    return next((key for key in (name.partition(":")[0] for name in names) if key in products), "region")


def names(block: Block, row: Row) -> Iterator[str]:
    """Yield the keys by which text elsewhere can name a resource."""
    for template in row.names:
        texts = {}
        for path in _BRACES.findall(template):
            values = block.body.values(path)
            value = values[0] if len(values) == 1 else None
            if value is None or not isinstance(value.data, str):
                break
            texts[path] = value.data
        else:
            yield _BRACES.sub(lambda match: texts[match[1]], template)  # noqa: B023
