"""Options that several commands take: what is read, how it is evaluated, what judges it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

OWN_POLICIES = click.option(
    "--policy",
    "policies",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A policy of your own: a Python file outside of the repository that is checked; repeatable.",
)
_EVALUATION = [
    click.option("--var", "variables", multiple=True, metavar="NAME=VALUE", help="Set a variable of every root."),
    click.option(
        "--var-file",
        "var_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read variables from a file, after those that load by themselves.",
    ),
    click.option(
        "--parameter-file",
        "parameter_files",
        multiple=True,
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Read parameters of templates (CloudFormation, ARM) from a file.",
    ),
    click.option(
        "--environment",
        "environments",
        multiple=True,
        metavar="NAME=FILE[,FILE]",
        help="Evaluate every root once for each environment, with these variable files.",
    ),
    click.option(
        "--input-format",
        "input_format",
        default="",
        metavar="FORMAT",
        help="Read everything as one format, such as terraform-plan; by default files are told by their content.",
    ),
    click.option("--workspace", default="", help="The value of terraform.workspace; `default` when it is not given."),
    click.option(
        "--scope",
        type=click.Choice(["ai", "all"]),
        help="Judge AI workloads and what they reach (the default), or every resource that is known.",
    ),
    click.option(
        "--jurisdiction",
        help="Where everything has to be: eu (the default), eea, adequate, or countries such as FR,DE.",
    ),
    click.option(
        "--accept",
        multiple=True,
        metavar="ID",
        help="Take a vendor's own, wider Europe as inside, such as openai:europe; every report says so.",
    ),
    click.option(
        "--config",
        "config_file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="The configuration; euclave.toml or pyproject.toml of the current folder by default.",
    ),
    click.option(
        "--assume",
        multiple=True,
        metavar="CLOUD=REGION",
        help="The region that counts where the code states none.",
    ),
    click.option(
        "--baseline",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Except the findings that a baseline has; `euclave baseline` writes it.",
    ),
    click.option("--use-env", is_flag=True, help="Let environment variables of this machine count, TF_VAR_ included."),
    OWN_POLICIES,
]


def evaluation(command: F) -> F:
    """Add the options that say how what is read is evaluated."""
    for option in reversed(_EVALUATION):
        command = option(command)
    return command


def reading(command: F) -> F:
    """Add the options that say what is read and how it is evaluated."""
    paths = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH]...")
    return paths(evaluation(command))
