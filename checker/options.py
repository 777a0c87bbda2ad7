"""Options that several commands take: what is read, how it is evaluated, what judges it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])


def _option(*names: str, **more: Any) -> click.Option:
    """Return an option that several commands have: it is made once."""
    return click.Option(names, **more)


def _added(command: F, options: Iterable[click.Parameter]) -> F:
    """Add options to a function: click keeps them there, the last one first, until it makes a command of it."""
    command.__dict__.setdefault("__click_params__", []).extend(reversed([*options]))
    return command


_OWN_POLICIES = _option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy of your own: a Python file outside of the repository that is checked; repeatable.",
)
_EVALUATION = [
    _option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a variable of every root."),
    _option(
        "--var-file",
        "var_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read variables from a file, after those that load by themselves.",
    ),
    _option(
        "--parameter-file",
        "parameter_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read parameters of templates (CloudFormation, ARM) from a file.",
    ),
    _option(
        "--environment",
        "environments",
        multiple=True,
        metavar="NAME=FILE[,FILE]",
        help="Evaluate every root once for each environment, with these variable files.",
    ),
    _option(
        "--input-format",
        "input_format",
        default="",
        metavar="FORMAT",
        help="Read everything as one format, such as terraform-plan; by default files are told by their content.",
    ),
    _option("--workspace", default="", help="The value of terraform.workspace; `default` when it is not given."),
    _option(
        "--scope",
        type=click.Choice(["ai", "all"]),
        help="Judge AI workloads and what they reach (the default), or every resource that is known.",
    ),
    _option(
        "--jurisdiction",
        help="Where everything has to be: eu (the default), eea, adequate, or countries such as FR,DE.",
    ),
    _option(
        "--accept",
        multiple=True,
        metavar="ID",
        help="Take a vendor's own, wider Europe as inside, such as openai:europe; every report says so.",
    ),
    _option(
        "--config",
        "config_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The configuration; euclave.toml or pyproject.toml of the current folder by default.",
    ),
    _option(
        "--assume",
        multiple=True,
        metavar="CLOUD=REGION",
        help="The region that counts where the code states none.",
    ),
    _option(
        "--baseline",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Except the findings that a baseline has; `euclave baseline` writes it.",
    ),
    _option("--use-env", is_flag=True, help="Let environment variables of this machine count, TF_VAR_ included."),
    _OWN_POLICIES,
]


def evaluation(command: F) -> F:
    """Add the options that say how what is read is evaluated."""
    return _added(command, _EVALUATION)


def own_policies(command: F) -> F:
    """Add the option that names policies of the user's own."""
    return _added(command, [_OWN_POLICIES])


_FORMATS = (
    "Format of standard output: text, json, sarif, junit, markdown, csv, github (annotations), codequality (GitLab), "
    "asff (AWS Security Hub) or ocsf."
)
_REPORTING = [
    _option(
        "--strict/--no-strict",
        default=None,
        help="Fail also for what is undetermined, low in severity, or was not read; so by default for plans, states "
        "and scans.",
    ),
    _option(
        "--fail-on",
        type=click.Choice(["outside", "undetermined", "nothing"]),
        help="What ends in exit code 1; outside by default. --strict asks for more.",
    ),
    _option("-f", "--format", "format_name", default="text", help=_FORMATS),
    _option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT=FILE",
        help="Write a report to a file as well; repeatable.",
    ),
    _option("-q", "--quiet", is_flag=True, help="One line a finding."),
    _option("-v", "--verbose", is_flag=True, help="List everything that was judged."),
    _option("--color/--no-color", default=None, help="Colour, on a terminal by default."),
]


def reporting(command: F) -> F:
    """Add the options that say what fails, and which reports are written."""
    return _added(command, _REPORTING)


# What says how deployed resources are judged, where there is no code to evaluate.
_JUDGING = ("scope", "jurisdiction", "accept", "config_file", "baseline", "policies")


def judging(command: F) -> F:
    """Add the options that say what judges what a scan lists."""
    return _added(command, (option for option in _EVALUATION if option.name in _JUDGING))


def reading(command: F) -> F:
    """Add the options that say what is read and how it is evaluated."""
    paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
    return paths(evaluation(command))
