"""What a JSON file of Azure Resource Manager says that it is, by the schema that it names.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax#template-format
"""

from __future__ import annotations

import re
from pathlib import Path

from checker.formats import beginning

_TEMPLATE = re.compile(rb"schemas?/[^\"\s]{0,80}deploymentTemplate\.json", re.IGNORECASE)
_PARAMETERS = re.compile(rb"schemas?/[^\"\s]{0,80}deploymentParameters\.json", re.IGNORECASE)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?:"|\Z)|[{}\[\]]|//[^\n]*|/\*.*?(?:\*/|\Z)', re.DOTALL)


def is_template(path: Path) -> bool:
    """Return whether a JSON file says that it is a template."""
    return _TEMPLATE.search(_schema(path)) is not None


def is_parameters(path: Path) -> bool:
    """Return whether a JSON file says that it holds parameters."""
    return _PARAMETERS.search(_schema(path)) is not None


def _schema(path: Path) -> bytes:
    """Return the schema that the outermost object of a JSON file names, by the look of it."""
    head = beginning(path)
    if b"$schema" not in head:
        return b""
    depth = 0
    is_next = False
    for found in _TOKEN.finditer(head):
        token = found[0]
        if token in b"{[":
            depth += 1
        elif token in b"}]":
            depth -= 1
        elif is_next:
            return token
        is_next = depth == 1 and token == b'"$schema"'
    return b""
