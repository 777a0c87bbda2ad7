"""`yamlencode` and `yamldecode`: libyaml's syntax, with Terraform's rules for what a plain word means.

The rules differ from PyYAML's: `0o17` is octal, `017` is decimal, `yes` and `on` are bools.
Source: https://developer.hashicorp.com/terraform/language/functions/yamldecode and go-cty-yaml.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from providers.terraform.functions.jsontext import DEEPEST
from providers.terraform.functions.partial import limited
from providers.terraform.types import number_text, parse_number, to_string
from providers.terraform.values import Data, TerraformError

if TYPE_CHECKING:
    import yaml

_TAG = "tag:yaml.org,2002:"
_NODES = 20_000  # values in a decoded document, counting what anchors repeat
_FLOAT = re.compile(r"[+-]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][+-]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[+-]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?(Z|[+-]\d\d:\d\d))"
    r"|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d+)?))?",
    re.ASCII,
)
_PLAIN = "?"  # the tag of a word that stands without quotes and without a tag
_TAGGED = {"int": int | Decimal, "float": int | Decimal, "bool": bool, "null": type(None), "timestamp": str}
_WORDS: dict[str, Data] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}


def yamlencode(value: Data) -> str:
    """Return a value as YAML: strings in double quotes, those of several lines as blocks, keys sorted."""
    import yaml

    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = str(yaml.serialize(_node(value), Dumper=dumper, allow_unicode=True)).removesuffix("...\n")
    return text if isinstance(value, str | list | dict) else text + "...\n"


def _node(value: Data) -> yaml.Node:
    from yaml import MappingNode, ScalarNode, SequenceNode

    match value:
        case bool():
            return ScalarNode(_TAG + "bool", to_string(value))
        case int() | Decimal():
            text = number_text(value)
            return ScalarNode(_TAG + ("float" if "." in text else "int"), text)
        case str():
            return ScalarNode(_TAG + "str", str(value), style="|" if "\n" in value else '"')
        case list():
            return SequenceNode(_TAG + "seq", [_node(item) for item in value], flow_style=not value)
        case dict():
            pairs = [(_node(name), _node(item)) for name, item in sorted(value.items())]
            return MappingNode(_TAG + "map", pairs, flow_style=not value)
        case _:
            return ScalarNode(_TAG + "null", "null")


def yamldecode(text: str) -> Data:
    """Return the value that a YAML document stands for."""
    import yaml

    try:
        root = yaml.compose(text, Loader=_loader())
        if root is None or re.search(r"^%YAML 1\.[^1]", text, re.MULTILINE):
            raise TerraformError("no YAML 1.1 document")
        return _Reader().read(root)
    except _TooLarge:
        return limited(f"the YAML document holds more than {_NODES} values, or nests deeper than {DEEPEST} levels")
    except RecursionError:
        return limited(f"the YAML document nests deeper than {DEEPEST} levels")
    except yaml.YAMLError as error:
        if "increasing flow level" in str(error):  # newer releases of libyaml bound the depth by themselves
            return limited(f"the YAML document nests deeper than {DEEPEST} levels")
        raise TerraformError(f"invalid YAML: {str(error).splitlines()[0]}") from None


@functools.cache
def _loader() -> Any:
    """Return libyaml's loader, changed to leave words without quotes for us to interpret."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        def resolve(self, kind: type, value: object, implicit: Any) -> str:
            if kind is yaml.ScalarNode and implicit[0]:
                return _PLAIN
            return str(super().resolve(kind, value, implicit))

    return Loader


class _TooLarge(Exception):
    """Anchors, or the document itself, make more values than anybody means."""


class _Reader:
    """Turns YAML nodes into data. An anchor's node stands wherever its alias does, so it may hold itself."""

    def __init__(self) -> None:
        self.count = 0
        self.open: set[int] = set()

    def read(self, node: yaml.Node) -> Data:
        """Return the data of a node."""
        import yaml

        self.count += 1
        if self.count > _NODES or len(self.open) > DEEPEST:
            raise _TooLarge
        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if id(node) in self.open:
            raise TerraformError("a YAML alias refers to what holds it")
        is_list = isinstance(node, yaml.SequenceNode)
        if node.tag != _TAG + ("seq" if is_list else "map"):
            raise TerraformError(f"unsupported YAML tag {node.tag}")
        self.open.add(id(node))
        found: Data = [self.read(item) for item in node.value] if is_list else self.mapping(node)
        self.open.discard(id(node))
        return found

    def mapping(self, node: yaml.Node) -> dict[str, Data]:
        """Return the data of a mapping; keys count in order, and so does `<<`, which merges another mapping in."""
        found: dict[str, Data] = {}
        for key, item in node.value:
            if isinstance(key.value, str) and key.value == "<<":
                merged = self.read(item)
                if not isinstance(merged, dict):
                    raise TerraformError("cannot merge what is not a mapping")
                found |= merged
            else:
                name = self.read(key)
                if not isinstance(name, str | int | Decimal):
                    raise TerraformError("a YAML key must be a string, number or bool")
                found[to_string(name)] = self.read(item)
        return found


def _scalar(node: yaml.ScalarNode) -> Data:
    text = unicodedata.normalize("NFC", str(node.value))
    if node.tag == _PLAIN or (node.style in ("|", ">") and not text):
        return _resolved(text)
    name = node.tag.removeprefix(_TAG)
    if name in ("str", "binary") or (name in _TAGGED and node.style in ("'", '"')):
        return text
    if name not in _TAGGED:
        raise TerraformError(f"unsupported YAML tag {node.tag}")
    found = _resolved(text)
    if not isinstance(found, _TAGGED[name]) or (name == "timestamp" and found == text):
        raise TerraformError(f"cannot parse {text[:40]!r} as !!{name}")
    return found


def _resolved(text: str) -> Data:
    """Return what a word without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if text.startswith("0x") and re.fullmatch("[0-9a-fA-F]{1,1000}", text[2:]):
        return int(text, 16)
    if text.startswith("0o") and re.fullmatch("[0-7]{1,1000}", text[2:]):
        return int(text, 8)
    if _FLOAT.fullmatch(text):
        return parse_number(text)
    if _NOT_FINITE.fullmatch(text):
        raise TerraformError("a YAML number must be finite")
    return _timestamp(text) or text


def _timestamp(text: str) -> str | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    from datetime import datetime

    hour, minute, second = (int(match[n] or match[n + 4] or 0) for n in (4, 5, 6))
    try:
        moment = datetime(int(match[1]), int(match[2]), int(match[3]), hour, minute, second)  # noqa: DTZ001
    except ValueError:
        return None
    return moment.isoformat() + (match[7] or "Z")
