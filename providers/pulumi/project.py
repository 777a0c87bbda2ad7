"""Projects and their stacks: what `Pulumi.yaml` and the `Pulumi.<stack>.yaml` beside it say.

Sources: https://www.pulumi.com/docs/iac/concepts/projects/project-file/ and
https://www.pulumi.com/docs/iac/concepts/config/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from checker.documents import At, Item, evaluate
from checker.formats import Options
from checker.model import FileLocation, Gap, Step, Unknown, Value
from checker.source import Source, SyntaxProblem, Unreadable
from providers.pulumi.tree import Tree, document, members, words

PROJECT = ("Pulumi.yaml", "Pulumi.yml", "Pulumi.json")
STACK = re.compile(r"Pulumi\.([\w.-]{1,100})\.(?:yaml|yml|json)")
_PROGRAMS = ("Main.json", "Main.yaml")
_MOST_STACKS = 200
# What the caller's assumption of where a cloud is stands for.
_ASSUMED = (
    ("aws", "region", "aws"),
    ("aws-native", "region", "aws"),
    ("azure", "location", "azure"),
    ("azure-native", "location", "azure"),
    ("gcp", "region", "gcp"),
)
ENCRYPTED = "it is encrypted in the stack's configuration"


@dataclass(slots=True)
class Stack:
    """One stack: its configuration by full names (`aws:region`), and why what it lacks is not known."""

    name: str = ""
    config: dict[str, Item] = field(default_factory=dict)
    source: Source | None = None
    elsewhere: bool = False  # environments of Pulumi ESC hold more of it
    assumed: dict[str, Item] = field(default_factory=dict)  # what the caller says of where clouds are, by full names

    def lacks(self, key: str) -> str:
        """Return why a key of the configuration has no value."""
        if not self.name:
            return f"no stack file states {key}"
        more = ", and its environments of Pulumi ESC are not read" if self.elsewhere else ""
        return f"the file of stack {self.name} states no {key}{more}"


@dataclass(slots=True)
class Project:
    """A project file, the program that it holds or names, and its stacks."""

    path: Path
    source: Source
    root: At
    name: str
    runtime: str
    program: Path
    declared: dict[str, At]  # of its section `config`
    stacks: list[Stack]
    fetched: frozenset[str] = frozenset()  # packages of its section `packages` that are no providers of Terraform

    @property
    def folder(self) -> Path:
        """Where its program lies."""
        return self.program.parent


def load(tree: Tree, path: Path, options: Options, gaps: list[Gap]) -> Project | None:
    """Return the project of a file; None, with a gap, for what cannot be read."""
    read = _read(tree, path, gaps)
    if read is None:
        return None
    source, root = read
    own = members(root)
    # A file that is asked for as a program, and says of no runtime, is one.
    runtime = own.get("runtime") or (At(0, "yaml") if path in options.claimed and "resources" in own else None)
    name = words(own.get("name"))
    declared = {**members(own.get("configuration")), **members(own.get("config"))}
    project = Project(
        path=path,
        source=source,
        root=root,
        name=name,
        runtime=(words(runtime) or words(members(runtime).get("name"))).strip().lower(),
        program=path,
        declared=declared,
        stacks=[],
    )
    project.fetched = frozenset(_fetched(members(own.get("packages"))))
    if project.runtime == "yaml":
        project.program = _program(tree, project, words(own.get("main")), gaps)
    folder = path.parent / (words(own.get("stackConfigDir")) or words(own.get("config")) or ".")
    project.stacks = list(_stacks(tree, folder, project, gaps)) or [Stack()]
    for stack in project.stacks:
        _complete(stack, project, options)
    return project


def _fetched(packages: Mapping[str, At]) -> Iterator[str]:
    """Yield the packages that a project takes from a repository or a folder: components, as a rule.

    Source: https://www.pulumi.com/docs/iac/concepts/projects/project-file/#packages
    """
    for name, at in packages.items():
        source = words(at) or words(members(at).get("source"))
        if source.startswith(("http:", "https:", "git:", "github.com/", "gitlab.com/", ".", "/")):
            yield name


def _read(tree: Tree, path: Path, gaps: list[Gap]) -> tuple[Source, At] | None:
    """Return the text of a file and the mapping that it holds; None, with a gap, where it cannot be read.

    A file that holds nothing at all is an empty mapping.
    """
    try:
        source = tree.source(path)
    except Unreadable as error:
        gaps.append(Gap(tree.shown(path), str(error), fatal=True))
        return None
    try:
        root = document(source) or At(0, {})
    except SyntaxProblem as problem:
        gaps.append(Gap(source.path, problem.reason, source.location(problem.offset), fatal=True))
        return None
    if root.value is None:
        root = At(0, {})
    if not isinstance(root.value, dict):
        gaps.append(Gap(source.path, "it is no mapping", source.location(root.pos), fatal=True))
        return None
    return source, root


def _program(tree: Tree, project: Project, main: str, gaps: list[Gap]) -> Path:
    """Return the file that holds the program: `Main.yaml` in the folder that `main` names, else the project's own."""
    folder = tree.inside(project.path.parent / main) if main else project.path.parent
    if folder is None:
        gaps.append(Gap(project.source.path, f"main: {main[:100]} is not in the checked tree", fatal=True))
        return project.path
    if folder.is_file():
        return folder
    return next((folder / name for name in _PROGRAMS if tree.inside(folder / name) is not None), project.path)


def _stacks(tree: Tree, folder: Path, project: Project, gaps: list[Gap]) -> Iterator[Stack]:
    real = tree.inside(folder)
    if real is None or not real.is_dir():
        return
    names = sorted(path.name for path in real.iterdir() if STACK.fullmatch(path.name))
    for name in names[:_MOST_STACKS]:
        found = STACK.fullmatch(name)
        read = _read(tree, real / name, gaps)
        if read is None:
            continue
        source, own = read[0], members(read[1])
        stack = Stack(found[1] if found is not None else "", source=source)
        stack.elsewhere = bool(own.get("environment") and own["environment"].value)
        for key, at in members(own.get("config")).items():
            full = key if ":" in key else f"{project.name}:{key}"
            stack.config[full] = _given(at, key, source)
        if stack.elsewhere:
            why = "environments of Pulumi ESC are kept in Pulumi Cloud: what they set was not read"
            gaps.append(Gap(source.path, why, source.location(own["environment"].pos)))
        yield stack
    if len(names) > _MOST_STACKS:
        gaps.append(Gap(tree.shown(folder), f"it has more than {_MOST_STACKS} stack files", fatal=True))


def _given(at: At, name: str, source: Source) -> Item:
    """Return what a stack file gives; what is encrypted there stays so."""

    def visit(inner: At) -> Item | None:
        location = source.location(inner.pos)
        step = Step(f"config {name}", location)
        if isinstance(inner.value, dict) and "secure" in inner.value:
            return Value(Unknown(ENCRYPTED, name), (step,), location=location, sensitive=True)
        return plain(inner, step)

    return evaluate(at, visit)


def plain(at: At, step: Step) -> Value | None:
    """Return what is no mapping and no list, as it is written; None for one that is."""
    if isinstance(at.value, dict | list):
        return None
    return Value(at.value, (step,), location=step.location)


def _complete(stack: Stack, project: Project, options: Options) -> None:
    """Add what the project file gives all stacks, and what the caller gives."""
    for key, at in project.declared.items():
        full = key if ":" in key else f"{project.name}:{key}"
        stated = members(at)
        given = stated.get("value") or (stated.get("default") if ":" in key else None)
        if given is None and ":" in key and not isinstance(at.value, dict):
            given = at
        if given is not None:
            stack.config.setdefault(full, _given(given, key, project.source))
    for package, argument, cloud in _ASSUMED:
        if cloud in options.assumed:
            name = options.assumed[cloud]
            value = Value(name, (Step(f"--assume {cloud}={name}"),))
            stack.assumed[f"{package}:{argument}"] = value
            stack.config.setdefault(f"{package}:{argument}", value)
    for key, text in options.variables:
        full = key if ":" in key else f"{project.name}:{key}"
        stack.config[full] = Value(text, (Step(f"--var {key}={text}"),))


def regions(stack: Stack) -> dict[str, Value]:
    """Return the regions that a stack's configuration states for providers, by the keys that state them."""
    return {
        key: value
        for key, value in stack.config.items()
        if re.fullmatch(r"[\w-]+:(?:region|location|zone)", key)
        and isinstance(value, Value)
        and isinstance(value.data, str)
        and not value.sensitive
    }


def of_package(config: Mapping[str, Item], package: str) -> Mapping[str, Item]:
    """Return what a configuration says of a package's default provider, by the provider's arguments."""
    begin = f"{package}:"
    return {key[len(begin) :]: item for key, item in config.items() if key.startswith(begin)}


def location(item: Item) -> FileLocation | None:
    """Return where a value of a configuration stands."""
    return item.location if isinstance(item, Value) else None
