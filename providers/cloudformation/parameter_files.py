"""Parameter files: the command line's list, CodePipeline's configuration, a plain mapping, NAME=value words.

Sources: https://docs.aws.amazon.com/cli/latest/reference/cloudformation/deploy/ (--parameter-overrides) and
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from checker.documents import At, Item, load_json, load_yaml
from checker.errors import UsageError
from checker.model import Step, Value
from checker.source import Source, SyntaxProblem, Unreadable, read

# What Azure's parameter files begin with: they are for another format.
_AZURE = re.compile(r'"\$schema"\s*:\s*"[^"]*deploymentParameters')


def values(file: Path, shown: str) -> dict[str, Item]:
    """Return the values of a parameter file by their names; none for a file that another format reads.

    Raises UsageError for what cannot be read.
    """
    try:
        source = read(file, shown)
    except Unreadable as error:
        raise UsageError(f"{shown}: {error}") from None
    if _AZURE.search(source.text):
        return {}
    try:
        document = load_json(source) if source.text.lstrip()[:1] in ("{", "[") else _yaml(source)
    except SyntaxProblem as problem:
        where = source.location(problem.offset)
        raise UsageError(f"{where}: {problem.reason}", "a parameter file is JSON, or YAML of the same shape") from None
    return {
        name: Value(text, (Step(f"parameter file, {name}", source.location(pos)),), location=source.location(pos))
        for name, text, pos in _pairs(document)
    }


def _yaml(source: Source) -> At:
    documents = load_yaml(source)
    if len(documents) != 1:
        raise SyntaxProblem(0, f"it holds {len(documents)} documents, not one")
    return documents[0]


def _pairs(document: At) -> Iterator[tuple[str, str, int]]:
    if isinstance(document.value, list):
        for one in document.value:
            if isinstance(one.value, str):
                yield from word(one.value, one.pos)
            elif isinstance(one.value, dict) and {"ParameterKey", "ParameterValue"} <= one.value.keys():
                yield from _pair(one.value["ParameterKey"].value, one.value["ParameterValue"])
    elif isinstance(document.value, dict):
        inner = document.value.get("Parameters", document)
        for name, at in inner.value.items() if isinstance(inner.value, dict) else ():
            yield from _pair(name, at)


def _pair(name: object, at: At) -> Iterator[tuple[str, str, int]]:
    if isinstance(at.value, list) and all(isinstance(one.value, str) for one in at.value):
        yield str(name), ",".join(one.value for one in at.value), at.pos
    elif isinstance(at.value, bool):
        yield str(name), str(at.value).lower(), at.pos
    elif isinstance(at.value, str | int):
        yield str(name), str(at.value), at.pos


def word(text: str, pos: int) -> Iterator[tuple[str, str, int]]:
    """Yield what a word NAME=value says, or SAM's ParameterKey=NAME,ParameterValue=value."""
    long = re.fullmatch(r"ParameterKey=([^,]+),ParameterValue=(.*)", text, re.DOTALL)
    name, equals, rest = (long[1], "=", long[2]) if long else text.partition("=")
    if equals:
        yield name.strip(), rest.strip("\"'"), pos
