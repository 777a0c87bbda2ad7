"""The table of Terraform's built-in functions (Terraform 1.11), with the types of their arguments.

Source: `terraform metadata functions -json` of Terraform 1.11 and
https://developer.hashicorp.com/terraform/language/functions. The evaluator itself has those that read files or
decide what to evaluate: file, fileexists, fileset, templatefile, filebase64 and the file hashes, templatestring,
try, can. `type` exists only in Terraform's console.
"""

from __future__ import annotations

import enum
import functools
import importlib
from collections.abc import Callable
from typing import NamedTuple

from providers.terraform.equality import identity
from providers.terraform.functions.partial import combine, limited
from providers.terraform.types import ANY, BOOL, NUMBER, STRING, ListOf, MapOf, SetOf, Type, convert
from providers.terraform.values import Data, TerraformError, Unknown, unknowns


class Function(NamedTuple):
    """A built-in function.

    `call` takes positional arguments and raises `TerraformError` where Terraform reports an error. When one argument
    is an `Unknown` with alternatives, it answers for each of them. `partial` says that it may also know something
    when other arguments are unknown, or parts of them; without it the result is unknown whenever anything in the
    arguments is.
    """

    call: Callable[..., Data]
    partial: bool = False


_LONGEST = 1_000_000  # characters of a text that a function returns
_MOST = 100_000  # elements of a list


class _Copes(enum.Enum):
    """What a family's function can be given besides known data."""

    WITH_NOTHING = enum.auto()
    WITH_PARTS = enum.auto()  # unknown elements of a list or map
    WITH_ALL = enum.auto()  # also arguments that are unknown as a whole


def _strict(run: str, *params: Type, rest: Type | None = None, nullable: bool = False) -> Function:
    """Describe a function that needs all of its arguments known."""
    return Function(_checked(run, params, rest, nullable, _Copes.WITH_NOTHING))


def _inside(run: str, *params: Type, rest: Type | None = None, nullable: bool = False) -> Function:
    """Describe a function that copes with unknown elements, but not with an argument that is unknown as a whole."""
    return Function(_checked(run, params, rest, nullable, _Copes.WITH_PARTS), partial=True)


def _partial(run: str, *params: Type, rest: Type | None = None, nullable: bool = False) -> Function:
    """Describe a function that copes with unknown arguments by itself."""
    return Function(_checked(run, params, rest, nullable, _Copes.WITH_ALL), partial=True)


def _checked(
    run: str, params: tuple[Type, ...], rest: Type | None, nullable: bool, copes: _Copes
) -> Callable[..., Data]:
    """Return a function that counts and converts its arguments before it runs.

    `run` is `module.function`; the module is imported when the function is first called.
    """

    def call(*arguments: Data) -> Data:
        if len(arguments) < len(params):
            raise TerraformError(f"not enough arguments: {len(params)} expected")
        if len(arguments) > len(params) and rest is None:
            raise TerraformError(f"too many arguments: {len(params)} expected")
        types = (*params, *[rest or ANY] * (len(arguments) - len(params)))
        if not nullable and None in arguments:
            raise TerraformError("argument must not be null")
        open_at = [at for at, value in enumerate(arguments) if isinstance(value, Unknown)]
        if len(open_at) == 1:
            found = _each_alternative(call, arguments, open_at[0])
            if found is not None:
                return found
        if (open_at and copes is _Copes.WITH_PARTS) or (
            copes is _Copes.WITH_NOTHING and any(True for value in arguments for _ in unknowns(value))
        ):
            return combine(*arguments)
        result = _function(run)(*[convert(value, type) for value, type in zip(arguments, types, strict=True)])
        if isinstance(result, str | list) and len(result) > (_LONGEST if isinstance(result, str) else _MOST):
            return limited("the result is too large", *arguments)
        return result

    return call


def _each_alternative(call: Callable[..., Data], arguments: tuple[Data, ...], at: int) -> Data:
    """Return what a function gives when an argument is one of several values: the result itself if all agree.

    None when the argument has no alternatives, or the function no answer for one of them.
    """
    choice = arguments[at]
    if not isinstance(choice, Unknown) or not choice.alternatives:
        return None
    if any(True for alternative in choice.alternatives for _ in unknowns(alternative)):
        return None
    try:
        found = [call(*arguments[:at], alternative, *arguments[at + 1 :]) for alternative in choice.alternatives]
    except TerraformError:
        return None
    if any(value is None or isinstance(value, Unknown) for value in found):
        return None
    if len({identity(value) for value in found}) == 1:
        return found[0]
    return combine(*arguments, alternatives=tuple(found))


@functools.cache
def _function(run: str) -> Callable[..., Data]:
    module, _, name = run.partition(".")
    function: Callable[..., Data] = getattr(importlib.import_module(f"providers.terraform.functions.{module}"), name)
    return function


_STRINGS = ListOf(STRING)
_LIST = ListOf(ANY)
_SET = SetOf(ANY)

FUNCTIONS: dict[str, Function] = {
    # strings
    "chomp": _strict("strings.chomp", STRING),
    "endswith": _strict("strings.endswith", STRING, STRING),
    "format": _partial("formatting.format_text", STRING, rest=ANY, nullable=True),
    "formatlist": _partial("formatting.formatlist", STRING, rest=ANY),
    "indent": _strict("strings.indent", NUMBER, STRING),
    "join": _partial("strings.join", STRING, rest=_STRINGS),
    "lower": _partial("strings.lower", STRING),
    "regex": _strict("strings.regex", STRING, STRING),
    "regexall": _strict("strings.regexall", STRING, STRING),
    "replace": _partial("strings.replace", STRING, STRING, STRING),
    "split": _strict("strings.split", STRING, STRING),
    "startswith": _strict("strings.startswith", STRING, STRING),
    "strcontains": _strict("strings.strcontains", STRING, STRING),
    "strrev": _strict("strings.strrev", STRING),
    "substr": _strict("strings.substr", STRING, NUMBER, NUMBER),
    "title": _strict("strings.title", STRING),
    "trim": _strict("strings.trim", STRING, STRING),
    "trimprefix": _strict("strings.trimprefix", STRING, STRING),
    "trimspace": _partial("strings.trimspace", STRING),
    "trimsuffix": _strict("strings.trimsuffix", STRING, STRING),
    "upper": _partial("strings.upper", STRING),
    # collections
    "alltrue": _inside("collections.alltrue", ListOf(BOOL)),
    "anytrue": _inside("collections.anytrue", ListOf(BOOL)),
    "chunklist": _inside("collections.chunklist", _LIST, NUMBER),
    "coalesce": _partial("collections.coalesce", rest=ANY, nullable=True),
    "coalescelist": _partial("collections.coalescelist", rest=ANY, nullable=True),
    "compact": _inside("collections.compact", _STRINGS),
    "concat": _inside("collections.concat", rest=ANY),
    "contains": _inside("collections.contains", ANY, ANY),
    "distinct": _inside("collections.distinct", _LIST),
    "element": _partial("collections.element", ANY, NUMBER),
    "flatten": _inside("collections.flatten", ANY),
    "index": _inside("collections.index", ANY, ANY),
    "keys": _inside("collections.keys", ANY),
    "length": _inside("collections.length", ANY),
    "lookup": _partial("collections.lookup", ANY, STRING, rest=ANY, nullable=True),
    "matchkeys": _inside("collections.matchkeys", _LIST, _LIST, _LIST),
    "merge": _inside("collections.merge", rest=ANY, nullable=True),
    "one": _inside("collections.one", ANY),
    "reverse": _inside("collections.reverse", ANY),
    "slice": _inside("collections.slice_list", ANY, NUMBER, NUMBER),
    "sort": _strict("collections.sort", _STRINGS),
    "transpose": _strict("collections.transpose", MapOf(_STRINGS)),
    "values": _inside("collections.values", ANY),
    "zipmap": _inside("collections.zipmap", _STRINGS, ANY),
    # sets
    "setintersection": _strict("sets.setintersection", _SET, rest=_SET),
    "setproduct": _inside("sets.setproduct", rest=ANY),
    "setsubtract": _strict("sets.setsubtract", _SET, _SET),
    "setunion": _inside("sets.setunion", _SET, rest=_SET),
    # numeric
    "abs": _strict("numeric.absolute", NUMBER),
    "ceil": _strict("numeric.ceil", NUMBER),
    "floor": _strict("numeric.floor", NUMBER),
    "log": _strict("numeric.log", NUMBER, NUMBER),
    "max": _strict("numeric.maximum", rest=NUMBER),
    "min": _strict("numeric.minimum", rest=NUMBER),
    "parseint": _strict("numeric.parseint", ANY, NUMBER),
    "pow": _strict("numeric.power", NUMBER, NUMBER),
    "range": _strict("numeric.range_list", rest=NUMBER),
    "signum": _strict("numeric.signum", NUMBER),
    "sum": _strict("numeric.total", ANY),
    # conversion
    "ephemeralasnull": _partial("conversion.unchanged", ANY, nullable=True),
    "issensitive": _partial("conversion.issensitive", ANY, nullable=True),
    "nonsensitive": _partial("conversion.nonsensitive", ANY, nullable=True),
    "sensitive": _partial("conversion.sensitive", ANY, nullable=True),
    "tobool": _partial("conversion.unchanged", BOOL, nullable=True),
    "tolist": _partial("conversion.unchanged", _LIST, nullable=True),
    "tomap": _partial("conversion.unchanged", MapOf(ANY), nullable=True),
    "tonumber": _partial("conversion.unchanged", NUMBER, nullable=True),
    "toset": _partial("conversion.unchanged", _SET, nullable=True),
    "tostring": _partial("conversion.unchanged", STRING, nullable=True),
    # encoding
    "base64decode": _strict("encoding.base64decode", STRING),
    "base64encode": _strict("encoding.base64encode", STRING),
    "base64gzip": _strict("encoding.base64gzip", STRING),
    "csvdecode": _strict("csvtext.csvdecode", STRING),
    "jsondecode": _strict("jsontext.jsondecode", STRING),
    "jsonencode": _partial("jsontext.jsonencode", ANY, nullable=True),
    "textdecodebase64": _strict("encoding.textdecodebase64", STRING, STRING),
    "textencodebase64": _strict("encoding.textencodebase64", STRING, STRING),
    "urlencode": _strict("encoding.urlencode", STRING),
    "yamldecode": _strict("yamltext.yamldecode", STRING),
    "yamlencode": _strict("yamltext.yamlencode", ANY, nullable=True),
    # crypto
    "base64sha256": _strict("crypto.base64sha256", STRING),
    "base64sha512": _strict("crypto.base64sha512", STRING),
    "bcrypt": _strict("crypto.bcrypt", STRING, rest=NUMBER),
    "md5": _strict("crypto.md5", STRING),
    "rsadecrypt": _strict("crypto.rsadecrypt", STRING, STRING),
    "sha1": _strict("crypto.sha1", STRING),
    "sha256": _strict("crypto.sha256", STRING),
    "sha512": _strict("crypto.sha512", STRING),
    "uuid": _strict("crypto.uuid"),
    "uuidv5": _strict("crypto.uuidv5", STRING, STRING),
    # dates
    "formatdate": _strict("dates.formatdate", STRING, STRING),
    "plantimestamp": _strict("dates.plantimestamp"),
    "timeadd": _strict("dates.timeadd", STRING, STRING),
    "timecmp": _strict("dates.timecmp", STRING, STRING),
    "timestamp": _strict("dates.timestamp"),
    # ip
    "cidrhost": _strict("ip.cidrhost", STRING, NUMBER),
    "cidrnetmask": _strict("ip.cidrnetmask", STRING),
    "cidrsubnet": _strict("ip.cidrsubnet", STRING, NUMBER, NUMBER),
    "cidrsubnets": _strict("ip.cidrsubnets", STRING, rest=NUMBER),
    # paths
    "abspath": _strict("paths.abspath", STRING),
    "basename": _strict("paths.basename", STRING),
    "dirname": _strict("paths.dirname", STRING),
    "pathexpand": _strict("paths.pathexpand", STRING),
}
