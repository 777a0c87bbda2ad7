"""`csvdecode`: CSV as Go's encoding/csv reads it, which is stricter than Python's csv (RFC 4180).

Source: https://developer.hashicorp.com/terraform/language/functions/csvdecode and https://pkg.go.dev/encoding/csv.
"""

from __future__ import annotations

import re

from providers.terraform.values import Data, TerraformError, TfList

_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=,|\n|\Z)')
_BARE = re.compile(r'[^",\n]*(?=,|\n|\Z)')


def csvdecode(text: str) -> Data:
    """Return a list of maps from the header's names to the fields of each line, all strings."""
    records = _records(text.replace("\r\n", "\n"))
    if not records:
        raise TerraformError("missing header line")
    header, *rows = records
    if len(set(header)) != len(header):
        raise TerraformError("duplicate column name in the header")
    if any(len(row) != len(header) for row in rows):
        raise TerraformError("wrong number of fields")
    return TfList(dict(zip(header, row, strict=True)) for row in rows)


def _records(text: str) -> list[list[str]]:
    records: list[list[str]] = []
    at = 0
    while at < len(text):
        if text[at] == "\n":
            at += 1  # an empty line is no record
            continue
        record: list[str] = []
        records.append(record)
        while True:
            match = _QUOTED.match(text, at) or _BARE.match(text, at)
            if match is None:
                raise TerraformError("stray or missing quote in CSV")
            record.append(match[1].replace('""', '"') if match.re is _QUOTED else match[0])
            at = match.end() + 1
            if text[match.end() : at] != ",":
                break
    return records
