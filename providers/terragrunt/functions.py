"""The functions that Terragrunt adds to Terraform's. None of them runs anything or asks a cloud.

Source: https://terragrunt.gruntwork.io/docs/reference/hcl/functions/
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from checker.source import SyntaxProblem, Unreadable, read
from providers.terraform import parse, types
from providers.terraform.access import encoded
from providers.terraform.values import Data, Origin, TerraformError, Text, Unknown
from providers.terragrunt.configuration import Read, deeply

if TYPE_CHECKING:
    from providers.terragrunt.configuration import Configuration

DEFAULT = "terragrunt.hcl"
_MACHINE = {
    "run_cmd": "a command prints it, and nothing is run",
    "sops_decrypt_file": "it is encrypted",
    "get_platform": "the machine that runs it decides",
    "get_working_dir": "it is a folder of Terragrunt's cache",
    "get_terraform_command": "the command that is run decides",
    "get_terraform_cli_args": "the command that is run decides",
    "get_aws_account_id": "the account that it runs in decides",
    "get_aws_account_alias": "the account that it runs in decides",
    "get_aws_caller_identity_arn": "the identity that it runs as decides",
    "get_aws_caller_identity_user_id": "the identity that it runs as decides",
    "constraint_check": "the version that is run decides",
}
# https://terragrunt.gruntwork.io/docs/reference/hcl/functions/#get_terraform_commands_that_need_vars
_NEED_VARS = ("apply", "console", "destroy", "import", "plan", "push", "refresh", "test")
_LISTS: dict[str, tuple[str, ...]] = {
    "get_terraform_commands_that_need_vars": _NEED_VARS,
    "get_terraform_commands_that_need_input": ("apply", "import", "init", "plan", "refresh"),
    "get_terraform_commands_that_need_locking": ("apply", "destroy", "import", "init", "plan", "refresh", "taint"),
    "get_terraform_commands_that_need_parallelism": ("apply", "plan", "destroy"),
    "get_default_retryable_errors": (),
}


def call(one: Configuration, name: str, args: tuple[Data, ...]) -> Data:
    """Return what a function gives in a file. Raises TerraformError where Terragrunt reports an error."""
    if name in _MACHINE:
        return Unknown(_MACHINE[name], expression=f"{name}(…)")
    if name in _LISTS:
        return [Text(item) for item in _LISTS[name]]
    unknown = next((arg for arg in args if isinstance(arg, Unknown)), None)
    if unknown is not None and name != "get_env":
        return Unknown(unknown.reason, expression=f"{name}(…)")
    return _FUNCTIONS[name](one, args)


def _text(args: tuple[Data, ...], at: int, default: str | None = None) -> str:
    if at < len(args) and args[at] is not None:
        return str(types.to_string(args[at]))
    if default is None:
        raise TerraformError("not enough arguments")
    return default


def _relative(path: Path, start: Path) -> str:
    return os.path.relpath(path, start).replace(os.sep, "/")


def _find_in_parent_folders(one: Configuration, args: tuple[Data, ...]) -> Data:
    name = _text(args, 0, DEFAULT) or DEFAULT
    tree = one.evaluation.tree
    for folder in one.folder.parents:
        if folder != tree.boundary and tree.boundary not in folder.parents:
            break
        if os.path.exists(folder / name):
            return Text(str(folder / name))
    if len(args) > 1:
        return args[1]
    raise TerraformError(f"there is no {name} in the folders above")


def _read_terragrunt_config(one: Configuration, args: tuple[Data, ...]) -> Data:
    address = _text(args, 0)
    path = one.evaluation.tree.inside(one.folder / address)
    if path is None:
        return Unknown(f"{os.path.basename(address)} leads out of the checked tree")
    if os.path.isdir(path):
        path = path / DEFAULT
    if not os.path.isfile(path):
        if len(args) > 1:
            return args[1]
        raise TerraformError(f"{os.path.basename(address)} is not there")
    found = one.evaluation.configuration(path, path.parent)
    return Read(found) if found is not None else Unknown(f"{one.evaluation.tree.shown(path)} cannot be read")


def _read_tfvars_file(one: Configuration, args: tuple[Data, ...]) -> Data:
    address = _text(args, 0)
    tree = one.evaluation.tree
    path = tree.inside(one.folder / address)
    if path is None:
        return Unknown(f"{os.path.basename(address)} leads out of the checked tree")
    from providers.terraform.root import variables_of
    from providers.terragrunt.configuration import Configuration as File
    from providers.terragrunt.files import Parsed

    try:
        source = read(path, tree.shown(path))
    except Unreadable as error:
        raise TerraformError(f"{os.path.basename(address)}: {error}") from None
    try:
        stated = dict(variables_of(source, path.name))
    except SyntaxProblem as problem:
        raise TerraformError(f"{source.location(problem.offset)}: {problem.reason}") from None
    one.evaluation.sources[path] = source
    reader = File(one.evaluation, path, Parsed(source, parse.parse_body("", 0, source)), path.parent, path)
    members: dict[str, Data] = {
        key: reader.value(given.expression) for key, given in stated.items() if given.expression is not None
    }
    return encoded("{}", members, Origin(f'read_tfvars_file("{os.path.basename(address)}")', source, 0))


def _get_env(one: Configuration, args: tuple[Data, ...]) -> Data:
    if not args or isinstance(args[0], Unknown):
        return Unknown("which variable of the environment it is is not known", expression="get_env(…)")
    name = _text(args, 0)
    if one.evaluation.use_env and name in os.environ:
        return Text(os.environ[name])
    if len(args) > 1:
        return args[1]
    return Unknown(f"the environment variable {name} decides", expression=f'get_env("{name}")')


def _parent(one: Configuration, args: tuple[Data, ...]) -> Path:
    """Return the folder of the included file, or that of the file itself where nothing is included."""
    found = one.selected(args[0] if args else None)
    return found.parent if found is not None else one.folder


def _deep_merge(one: Configuration, args: tuple[Data, ...]) -> Data:
    merged: dict[str, Data] = {}
    for arg in args:
        if not isinstance(arg, dict):
            raise TerraformError("deep_merge takes objects")
        merged = deeply(merged, arg)
    return merged


_FUNCTIONS: dict[str, Callable[[Configuration, tuple[Data, ...]], Data]] = {
    "find_in_parent_folders": _find_in_parent_folders,
    "read_terragrunt_config": _read_terragrunt_config,
    "read_tfvars_file": _read_tfvars_file,
    "get_env": _get_env,
    "get_terragrunt_dir": lambda one, args: Text(str(one.folder)),
    "get_original_terragrunt_dir": lambda one, args: Text(str(one.evaluation.unit)),
    "get_parent_terragrunt_dir": lambda one, args: Text(str(_parent(one, args))),
    "path_relative_to_include": lambda one, args: Text(_relative(one.folder, _parent(one, args))),
    "path_relative_from_include": lambda one, args: Text(_relative(_parent(one, args), one.folder)),
    "get_repo_root": lambda one, args: Text(str(one.evaluation.tree.boundary)),
    "get_path_from_repo_root": lambda one, args: Text(_relative(one.folder, one.evaluation.tree.boundary)),
    "get_path_to_repo_root": lambda one, args: Text(_relative(one.evaluation.tree.boundary, one.folder)),
    "get_terragrunt_source_cli_flag": lambda one, args: Text(""),
    "mark_as_read": lambda one, args: Text(_text(args, 0)),
    "mark_glob_as_read": lambda one, args: [],
    "deep_merge": _deep_merge,
}

NAMES = frozenset((*_MACHINE, *_LISTS, *_FUNCTIONS))
