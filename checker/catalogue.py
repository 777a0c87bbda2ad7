"""The catalogue: what each resource type is, from the tables under `providers/<cloud>/catalogue/`."""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path

import msgspec

from checker.rows import Row

PROVIDERS = Path(__file__).resolve().parent.parent / "providers"


class Table(msgspec.Struct, forbid_unknown_fields=True):
    """A catalogue file; its source and date hold for every row that states none of its own."""

    service: str
    source: str
    checked: str
    rows: list[Row]


@functools.cache
def rows(cloud: str) -> dict[str, Row]:
    """Return a cloud's rows by type (types of the azapi provider in lower case).

    Raises msgspec.ValidationError when a table does not have the documented shape.
    """
    found: dict[str, Row] = {}
    for file in sorted((PROVIDERS / cloud / "catalogue").glob("*.json")):
        table = msgspec.json.decode(file.read_bytes(), type=Table)
        for row in table.rows:
            if not (row.source and row.checked):
                row = replace(row, source=row.source or table.source, checked=row.checked or table.checked)
            found[row.type] = row
    return found
