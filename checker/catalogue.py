"""The catalogue: what is known of resource types, from the tables under `providers/<cloud>/catalogue/`."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec

from checker.rows import Row

PROVIDERS = Path(__file__).resolve().parent.parent / "providers"
_START = b'{"type": "'
_HEAD_ENDS = b'"rows": ['


class Table(msgspec.Struct, forbid_unknown_fields=True):
    """A catalogue file; its source and date hold for every row that states none of its own."""

    service: str
    source: str
    checked: str
    rows: list[Row]


class Rows(Mapping[str, Row]):
    """A cloud's rows by type. A row is decoded when it is first asked for: a check needs few of them.

    Types as a cloud's calls answer (`awsapi_…`) are found too; they are read by a scan only, and not listed.
    """

    def __init__(self, cloud: str, files: Iterable[Path] | None = None) -> None:
        self._cloud = cloud
        self._decoded: dict[str, Row] = {}
        self._lines: dict[str, tuple[bytes, Table]] = {}
        for file in sorted((PROVIDERS / cloud / "catalogue").glob("*.json")) if files is None else files:
            data = file.read_bytes()
            head, *lines = data.splitlines()
            if head.endswith(_HEAD_ENDS) and all(line.startswith((_START, b"]}")) for line in lines):
                table = msgspec.json.decode(head + b"]}", type=Table)
                for line in lines[:-1]:
                    self._lines[line[len(_START) : line.index(b'"', len(_START))].decode()] = line, table
            else:  # not one row a line
                table = msgspec.json.decode(data, type=Table)
                self._decoded |= {row.type: _sourced(row, table) for row in table.rows}

    def __getitem__(self, type: str) -> Row:
        """Return the row of a type. Raises KeyError, and msgspec.ValidationError for a row of another shape."""
        if type.startswith(f"{self._cloud}api_") and type not in self._lines:
            return _deployed(self._cloud)[type]
        if type not in self._decoded:
            line, table = self._lines[type]
            self._decoded[type] = _sourced(msgspec.json.decode(line.rstrip(b", "), type=Row), table)
        return self._decoded[type]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._lines, **self._decoded})

    def __len__(self) -> int:
        return len({**self._lines, **self._decoded})

    def __contains__(self, type: object) -> bool:
        called = isinstance(type, str) and type.startswith(f"{self._cloud}api_") and type not in self._lines
        return type in self._lines or type in self._decoded or (called and type in _deployed(self._cloud))

    @property
    def checked(self) -> str:
        """The newest date of its tables; "" without any."""
        return max((table.checked for _, table in self._lines.values()), default="")


@functools.cache
def rows(cloud: str) -> Rows:
    """Return a cloud's rows by type (types of the azapi provider in lower case).

    Raises msgspec.ValidationError when a table does not have the documented shape.
    """
    return Rows(cloud)


@functools.cache
def _deployed(cloud: str) -> Rows:
    file = PROVIDERS / cloud / "deployed.json"
    return Rows("", [file] if file.is_file() else [])


def _sourced(row: Row, table: Table) -> Row:
    if row.source and row.checked:
        return row
    return replace(row, source=row.source or table.source, checked=row.checked or table.checked)
