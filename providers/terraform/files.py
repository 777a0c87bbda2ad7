"""Functions that read files, kept inside the checked tree.

A relative path starts at the root module's folder, as Terraform is run there.
Source: https://developer.hashicorp.com/terraform/language/functions/file
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
from pathlib import Path

from checker.formats import SKIPPED
from checker.source import Source, SyntaxProblem, Unreadable, data, read
from providers.terraform import parse, types
from providers.terraform.evaluate import Scope, evaluate
from providers.terraform.run import Run
from providers.terraform.values import Data, Origin, TerraformError, Text, TfSet, Unknown

_LARGEST = 4 * 1024 * 1024
_MOST_FILES = 20_000


def call(run: Run, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
    """Return what a file function gives. Raises TerraformError as Terraform would, for a missing file say."""
    if not args or args[0] is None:
        raise TerraformError(f"{name} needs a path")
    first = str(types.to_string(args[0]))
    if name == "pathexpand" and not first.startswith("~"):
        return first
    if name in ("abspath", "pathexpand"):
        return Unknown(f"{name} depends on the machine")
    if name == "templatestring":
        return _rendered(Source("template", first), args[1] if len(args) > 1 else {}, scope)
    if name == "fileset":
        pattern = args[1] if len(args) > 1 else None
        if isinstance(pattern, Unknown):
            return Unknown("its pattern is not known", targets=pattern.targets)
        return _fileset(run, first, str(types.to_string(pattern)))
    path = run.tree.inside(run.root / first)
    if path is None:
        if name == "fileexists":
            return Unknown("the path leads out of the checked tree")
        return Unknown(f"{first} leads out of the checked tree")
    if name == "fileexists":
        return os.path.isfile(path)
    if name in ("file", "templatefile"):
        try:
            source = read(path, run.tree.shown(path))
        except Unreadable as error:
            raise TerraformError(f"{first}: {error}") from None
        if name == "templatefile":
            return _rendered(source, args[1] if len(args) > 1 else {}, scope)
        return Text(source.text, Origin(f'file("{first}")', source, 0))
    return _digest(name, _bytes(path, first))


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return data(path, _LARGEST)
    except Unreadable as error:
        raise TerraformError(f"{shown}: {error}") from None


def _digest(name: str, data: bytes) -> Data:
    if name == "filebase64":
        return base64.b64encode(data).decode()
    algorithm = name.removeprefix("filebase64").removeprefix("file")
    digest = hashlib.new(algorithm, data, usedforsecurity=False)
    return base64.b64encode(digest.digest()).decode() if name.startswith("filebase64") else digest.hexdigest()


def _rendered(source: Source, variables: Data, scope: Scope) -> Data:
    if isinstance(variables, Unknown):
        return Unknown("the template's variables are not known", targets=variables.targets)
    if not isinstance(variables, dict):
        raise TerraformError("the template's variables must be a map")
    try:
        template = parse.parse_template(source.text, 0, source)
    except SyntaxProblem as problem:
        raise TerraformError(f"{source.location(problem.offset)}: {problem.reason}") from None
    inner = Scope(_Isolated(scope), variables, source)
    value = evaluate(template, inner)
    return value if isinstance(value, str | Unknown) else types.to_string(value)


class _Isolated:
    """A module that knows no names: a template sees only what it was given."""

    def __init__(self, scope: Scope) -> None:
        self._module = scope.module
        self._depth = getattr(scope.module, "_depth", 0) + 1
        if self._depth > 8:
            raise TerraformError("templates are nested too deeply")
        self.spend = scope.module.spend
        self.functions = scope.module.functions

    def resolve(self, root: str, steps: object, scope: Scope) -> tuple[Data, int]:
        raise TerraformError(f"the template does not know {root}")

    def file_function(self, name: str, args: tuple[Data, ...], scope: Scope) -> Data:
        return self._module.file_function(name, args, scope)


def _fileset(run: Run, base: str, pattern: str) -> Data:
    folder = run.tree.inside(run.root / base)
    if folder is None:
        return Unknown(f"{base} leads out of the checked tree")
    matches = _glob(pattern)
    found: list[str] = []
    seen = 0
    for current, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in SKIPPED)
        for file in files:
            seen += 1
            if seen > _MOST_FILES:
                raise TerraformError(f"fileset would read more than {_MOST_FILES} names")
            relative = os.path.relpath(os.path.join(current, file), folder).replace(os.sep, "/")
            if matches.fullmatch(relative):
                found.append(relative)
    return TfSet(sorted(found))


def _glob(pattern: str) -> re.Pattern[str]:
    """Translate Terraform's file patterns: `*`, `**`, `?`, `{a,b}` and `[abc]`."""
    out = []
    depth = 0
    for part in re.findall(r"\*\*/|\*\*|\*|\?|\{|\}|,|\[[^\]]*\]|\\.|[^*?{},\\\[]+|\[", pattern):
        match part:
            case "**/":
                out.append("(?:[^/]+/)*")
            case "**":
                out.append(".*")
            case "*":
                out.append("[^/]*")
            case "?":
                out.append("[^/]")
            case "{":
                depth += 1
                out.append("(?:")
            case "}" if depth:
                depth -= 1
                out.append(")")
            case "," if depth:
                out.append("|")
            case _ if part.startswith("[") and len(part) > 2:
                out.append("[" + part[1:-1].replace("\\", r"\\").replace("!", "^", part[1] == "!") + "]")
            case _:
                out.append(re.escape(part.removeprefix("\\")))
    try:
        return re.compile("".join(out) + ")" * depth)
    except re.error:
        raise TerraformError("the file pattern is not valid") from None
