"""What the command line and the configuration ask for, as a request to the engine."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from checker import config, registry
from checker.engine import Request
from checker.errors import UsageError
from checker.model import Jurisdiction
from checker.outcome import Policy


def of(asked: dict[str, Any]) -> Request:
    """Return the request that a command line makes, with what the configuration says where it says nothing.

    Raises UsageError for what neither can mean.
    """
    settings = config.load(asked["config_file"])
    home = asked["config_file"].parent if asked["config_file"] is not None else Path()
    accept = (*settings.accept, *asked["accept"])
    jurisdiction = config.judged_by(asked["jurisdiction"] or settings.jurisdiction or "eu", accept)
    input_format = asked["input_format"].replace("-", "_")
    if input_format and input_format not in registry.format_names():
        known = ", ".join(name.replace("_", "-") for name in registry.format_names())
        raise UsageError(f"--input-format: there is no format {asked['input_format']!r}", f"choose one of {known}")
    today = datetime.datetime.now(datetime.UTC).date()
    assumed = settings.assume | dict(pair(text, "--assume", "CLOUD=REGION") for text in asked["assume"])
    for cloud, name in assumed.items():
        _check_assumed(cloud, name)
    environments = _environments(asked["environments"], settings.environments, home)
    changed = asked["paths"] if asked.get("changed") else None
    paths = (asked["paths"] if changed is None else ()) or (Path("."),)
    own = _policies(asked, settings, home, (*paths, *(changed or ())))
    ignored = config.ignores(settings.ignore, own) if settings.ignore else ()
    baseline = asked["baseline"] or (home / settings.baseline if settings.baseline else None)
    return Request(
        paths=paths,
        changed=changed,
        policies=own,
        jurisdiction=jurisdiction,
        statements=config.statements(settings.statement, jurisdiction, today),
        exemptions=ignored,
        baseline=baseline,
        scope=asked["scope"] or settings.scope or "ai",
        strict=settings.strict if asked.get("strict") is None else asked["strict"],
        fail_on=asked.get("fail_on") or settings.fail_on or "outside",
        severities=config.severities(settings.severities, own),
        rules=config.rules(settings.rule),
        assumed=assumed,
        use_env=asked["use_env"],
        format_options={
            "variables": tuple(pair(text, "--var", "NAME=VALUE") for text in asked["variables"]),
            "var_files": (*_files(settings.var_files, home, "var-files"), *asked["var_files"]),
            "environments": environments,
            "parameter_files": (*_files(settings.parameter_files, home, "parameter-files"), *asked["parameter_files"]),
            "workspace": asked["workspace"] or settings.workspace,
            "input_format": input_format,
            "roots": tuple(_root(row, settings, asked, home) for row in settings.root),
        },
    )


def _root(
    row: config.RootRow, settings: config.Config, asked: dict[str, Any], home: Path
) -> tuple[str, dict[str, Any]]:
    """Return the pattern of a `[[root]]`, and what is otherwise for its roots; the command line goes before it."""
    changes: dict[str, Any] = {}
    if row.var_files:
        files = (*settings.var_files, *row.var_files)
        changes["var_files"] = (*_files(files, home, "var-files"), *asked["var_files"])
    if row.parameter_files:
        files = (*settings.parameter_files, *row.parameter_files)
        changes["parameter_files"] = (*_files(files, home, "parameter-files"), *asked["parameter_files"])
    if row.environments and not asked["environments"]:
        changes["environments"] = _environments((), row.environments, home)
    if row.workspace and not asked["workspace"]:
        changes["workspace"] = row.workspace
    for cloud, name in row.assume.items():
        _check_assumed(cloud, name)
    if row.assume:
        given = dict(pair(text, "--assume", "CLOUD=REGION") for text in asked["assume"])
        changes["assumed"] = settings.assume | row.assume | given
    return row.path.removeprefix("./").rstrip("/"), changes


def for_scan(asked: dict[str, Any]) -> Request:
    """Return the request that judges what a scan lists."""
    nothing: dict[str, Any] = dict.fromkeys(("paths", "variables", "var_files", "parameter_files", "environments"), ())
    nothing |= {"assume": (), "input_format": "", "workspace": "", "use_env": False}
    return of(nothing | asked)


def for_baseline(asked: dict[str, Any]) -> tuple[Request, Path]:
    """Return the request for a baseline, and its file; one that is not there yet excepts nothing."""
    from checker import exemptions

    found = of(asked)
    file = found.baseline or Path(exemptions.BASELINE)
    return replace(found, baseline=file if file.is_file() else None), file


def _policies(
    asked: dict[str, Any], settings: config.Config, home: Path, checked: tuple[Path, ...]
) -> tuple[Policy, ...]:
    """Return the policies that the command line names, then those of a configuration that it names.

    Raises UsageError for one that a change of the checked code may reach: both files have to be outside of it.
    """
    files = tuple(asked.get("policies", ()))
    if not files and not settings.policies:
        return ()
    from checker import custom  # not before somebody has a policy of their own

    for file in files:
        custom.refuse_inside(file, checked, "--policy")
    if settings.policies:
        source = asked["config_file"]
        if source is None:
            hint = "name the files by --policy, or in a configuration outside of the checked repository, by --config"
            raise UsageError(f"{config.file_of(None)} names policies, and nobody has named it", hint)
        custom.refuse_inside(source, checked, "policies")
    named = tuple(_files(settings.policies, home, "policies"))
    for file in named:
        custom.refuse_inside(file, checked, "policies")
    return custom.load((*files, *named))


def _environments(
    asked: Iterable[str], stated: Mapping[str, list[str]], home: Path
) -> tuple[tuple[str, tuple[Path, ...]], ...]:
    given = [
        (name, tuple(Path(file) for file in files.split(",")))
        for name, files in (pair(text, "--environment", "NAME=FILE") for text in asked)
    ]
    given = given or [(name, tuple(home / file for file in files)) for name, files in stated.items()]
    for name, files in given:
        for file in files:
            if not file.is_file():
                raise UsageError(f"environment {name}: there is no file {file}")
    return tuple(given)


def _files(names: Iterable[str], home: Path, key: str) -> Iterator[Path]:
    for name in names:
        if not (home / name).is_file():
            raise UsageError(f"{key}: there is no file {home / name}")
        yield home / name


def regions(asked: Iterable[str], jurisdiction: Jurisdiction) -> dict[str, str]:
    """Return the regions that a fix may put, by cloud. Raises UsageError for one that is not known, or not inside."""
    from checker import places

    found = dict(pair(text, "--region", "CLOUD=REGION") for text in asked)
    for cloud, name in found.items():
        _check_assumed(cloud, name, "--region")
        row = places.find(cloud, "region", name)
        if row is None or row.unverified or not row.countries or not jurisdiction.countries.issuperset(row.countries):
            raise UsageError(f"--region: {name} is not inside {jurisdiction.name}")
    return found


def _check_assumed(cloud: str, name: str, option: str = "--assume") -> None:
    from checker import lookup  # not before something is assumed

    if cloud not in registry.clouds():
        raise UsageError(f"{option}: there is no cloud {cloud!r}", f"choose one of {', '.join(registry.clouds())}")
    # What nobody knows would leave everything undetermined, and a slip of the pen looks like an answer.
    if not lookup.is_region(cloud, name):
        raise UsageError(f"{option}: no table of {cloud} knows a region {name!r}", lookup.suggestion(name, [cloud]))


def pair(text: str, option: str, shape: str) -> tuple[str, str]:
    """Return the two sides of NAME=VALUE. Raises UsageError for another shape."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"{option} {text}: expected {shape}")
    return name, value
