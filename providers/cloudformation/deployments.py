"""With what a template is deployed: the stacks of a CDK assembly, SAM's configuration file, what the caller says.

Sources: https://docs.aws.amazon.com/cdk/v2/guide/deploy.html (manifest.json of a cloud assembly), and
https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-config.html
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from checker.documents import At, Item, load_json, load_yaml
from checker.formats import Options
from checker.model import Gap, Step, Value
from checker.source import Source, SyntaxProblem
from providers.cloudformation import parameter_files
from providers.cloudformation.template import members
from providers.cloudformation.tree import Tree

_ENVIRONMENT = re.compile(r"aws://([^/]+)/([^/]+)")
_SAM_TEMPLATES = ("template.yaml", "template.yml", "template.json")
_SAM_FILES = ("samconfig.toml", "samconfig.yaml", "samconfig.yml")
_COMMANDS = ("global", "validate", "build", "package", "sync", "deploy")
_MOST_VALUES = 10_000  # of a configuration
_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")
WHY = "no stack environment states the region of this template"


@dataclass(frozen=True, slots=True)
class Deployment:
    """One way in which a template is deployed."""

    region: Value | None = None
    why: str = WHY  # there is no region
    inputs: Mapping[str, Item] = field(default_factory=dict)
    known: Mapping[str, Value] = field(default_factory=dict)  # pseudo parameters: AWS::StackName, AWS::AccountId
    name: str = ""  # of the stack or environment, where one template makes several


class Deployments:
    """The deployments of the templates of a listing, and the folders that the CDK wrote."""

    def __init__(self, tree: Tree, folders: Mapping[Path, list[str]], options: Options) -> None:
        self.assemblies: set[Path] = set()
        self._tree = tree
        self._options = options
        self._by_template: dict[Path, list[Deployment]] = {}
        self._files: dict[str, dict[str, Item]] = {}  # the parameters of each file
        for folder, names in folders.items():
            if "manifest.json" in names:
                self._assembly(folder)
            for name in [name for name in _SAM_FILES if name in names][:1]:
                self._sam(folder, name, names)

    def stated(self, path: Path) -> bool:
        """Return whether something says how a template is deployed by itself."""
        return path in self._by_template

    def unused(self, sources: Iterable[str]) -> Iterator[Gap]:
        """Yield a gap for each parameter file of whose names no template has any."""
        texts = list(sources) if self._files else []
        for file, names in self._files.items():
            if names and not any(name in text for text in texts for name in names):
                yield Gap(file, "no template has parameters of these names: the file counts for nothing")

    def of(self, path: Path) -> list[Deployment]:
        """Return how a template is deployed, once at least; each has a name of its own where there are several."""
        found = self._by_template.get(path) or [Deployment()]
        options = self._options.at(self._tree.shown(path))
        assumed, inputs = _assumed(options), self._inputs(options)
        names: dict[str, int] = {}
        given = []
        for number, one in enumerate(found, 1):
            name = one.name or f"deployment {number}"
            names[name] = names.get(name, 0) + 1
            name = f"{name} ({names[name]})" if names[name] > 1 else name
            given.append(
                replace(
                    one,
                    region=one.region or assumed,
                    inputs={**one.inputs, **inputs},
                    name=name if len(found) > 1 else "",
                )
            )
        return given

    def _inputs(self, options: Options) -> dict[str, Item]:
        """Return what parameter files and the command line give, the latter counting more."""
        inputs: dict[str, Item] = {}
        for file in options.parameter_files:
            shown = self._tree.shown(file.resolve())
            if shown not in self._files:
                self._files[shown] = parameter_files.values(file, shown)
            inputs |= self._files[shown]
        return inputs | {name: Value(text, (Step(f"--var {name}={text}"),)) for name, text in options.variables}

    # --- the CDK

    def _assembly(self, folder: Path) -> None:
        source = self._tree.source(folder / "manifest.json", quiet=True)
        if source is None or '"aws:cloudformation:stack"' not in source.text:
            return
        self.assemblies.add(folder)
        try:
            artifacts = members(members(load_json(source)).get("artifacts"))
        except SyntaxProblem as problem:
            self._tree.gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
            return
        for name, artifact in artifacts.items():
            if str(_data(artifact, "type")) == "aws:cloudformation:stack":
                self._stack(source, folder, name, artifact)

    def _stack(self, source: Source, folder: Path, name: str, artifact: At) -> None:
        properties = members(artifact).get("properties")
        file = self._tree.file(folder / str(_data(properties, "templateFile")))
        if file is None:
            why = "the template of the stack is not in the checked tree"
            self._tree.gaps.append(Gap(f"{source.path} ({name})", why, source.location(artifact.pos)))
            return
        at = members(artifact).get("environment")
        found = _ENVIRONMENT.fullmatch(str(at.value)) if at is not None else None
        location = source.location(at.pos if at is not None else artifact.pos)
        step = Step(f"environment of stack {name}", location)
        region = None
        known: dict[str, Value] = {}
        if found is not None:
            account, where = found[1], found[2]
            region = Value(where, (step,), location=location) if where != "unknown-region" else None
            if account != "unknown-account":
                known["AWS::AccountId"] = Value(account, (step,), location=location)
        stack = _data(properties, "stackName") or name
        known["AWS::StackName"] = Value(str(stack), (step,), location=location)
        inputs: dict[str, Item] = {
            key: Value(str(value.value), (Step(f"parameter of stack {name}", source.location(value.pos)),))
            for key, value in members(members(properties).get("parameters")).items()
            if isinstance(value.value, str | int)
        }
        why = "the CDK app leaves the region of this stack open"
        deployment = Deployment(region, why, inputs, known, name)
        self._by_template.setdefault(file, []).append(deployment)

    # --- SAM

    def _sam(self, folder: Path, file: str, names: list[str]) -> None:
        source = self._tree.source(folder / file)
        if source is None:
            return
        try:
            document = tomllib.loads(source.text) if file.endswith(".toml") else _plain_yaml(source)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            self._tree.gaps.append(Gap(source.path, f"it is no TOML: {str(error)[:200]}", fatal=True))
            return
        except SyntaxProblem as problem:
            self._tree.gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
            return
        for environment, commands in document.items():
            told: dict[str, Any] = {}
            for command in _COMMANDS:
                told |= _table(_table(_table(commands).get(command)).get("parameters"))
            template = self._template_of(folder, told, names)
            if template is not None and told.keys() & {"region", "parameter_overrides", "stack_name"}:
                self._by_template.setdefault(template, []).append(_told(told, source, environment))

    def _template_of(self, folder: Path, told: Mapping[str, Any], names: list[str]) -> Path | None:
        """Return the template that a configuration is about; of what `sam build` makes, its source."""
        file = told.get("template_file") or told.get("template")
        if isinstance(file, str) and file:
            return self._tree.find(folder / "samconfig.toml", file)
        return next((folder / name for name in _SAM_TEMPLATES if name in names), None)


def _assumed(options: Options) -> Value | None:
    region = options.assumed.get("aws")
    if region is not None:
        return Value(region, (Step(f"--assume aws={region}"),))
    for name in _VARIABLES if options.use_env else ():
        if os.environ.get(name):
            return Value(os.environ[name], (Step(f"environment variable {name}"),))
    return None


def _data(at: At | None, name: str) -> object:
    found = members(at).get(name)
    return found.value if found is not None else ""


def _table(data: object) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _plain_yaml(source: Source) -> dict[str, Any]:
    documents = load_yaml(source)
    return _table(_plain(documents[0], [_MOST_VALUES])) if documents else {}


def _plain(at: At, left: list[int]) -> object:
    left[0] -= 1
    if left[0] < 0:
        raise SyntaxProblem(at.pos, f"it has more than {_MOST_VALUES} values")
    if isinstance(at.value, dict):
        return {name: _plain(inner, left) for name, inner in at.value.items()}
    return [_plain(inner, left) for inner in at.value] if isinstance(at.value, list) else at.value


def _told(told: Mapping[str, Any], source: Source, environment: str) -> Deployment:
    known = {}
    if isinstance(told.get("stack_name"), str):
        known["AWS::StackName"] = _said(source, "stack_name", told["stack_name"], environment)
    region = told.get("region")
    return Deployment(
        region=_said(source, "region", region, environment) if isinstance(region, str) and region else None,
        why="the configuration of SAM states no region",
        inputs=dict(_overrides(told.get("parameter_overrides"), source, environment)),
        known=known,
        name=environment,
    )


def _said(source: Source, key: str, text: str, environment: str) -> Value:
    """Return a value of a configuration file with the line that says it, as far as it can be found."""
    section = re.search(rf"^\s*\[?{re.escape(environment)}\b", source.text, re.MULTILINE)
    line = re.compile(rf"^\s*{re.escape(key)}\s*[=:].*{re.escape(text[:100])}", re.MULTILINE)
    found = line.search(source.text, section.start() if section else 0) or line.search(source.text)
    begin = found.start() + len(found[0]) - len(found[0].lstrip()) if found else 0
    location = source.location(begin)
    return Value(text, (Step(f"{key} of {source.path.rpartition('/')[2]}", location),), location=location)


def _overrides(data: object, source: Source, environment: str) -> Iterator[tuple[str, Item]]:
    """Yield the parameters of `parameter_overrides`: a text of NAME=value words, a list of them, or a table."""
    if isinstance(data, dict):
        for name, text in data.items():
            if isinstance(text, str | int):
                yield str(name), _said(source, str(name), str(text), environment)
        return
    words = [str(one) for one in data] if isinstance(data, list) else []
    if isinstance(data, str):
        try:
            words = shlex.split(data)
        except ValueError:
            words = data.split()
    for one in words:
        for name, text, _ in parameter_files.word(one, 0):
            value = _said(source, "parameter_overrides", name, environment)
            yield name, replace(value, data=text)
