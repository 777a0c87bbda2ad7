"""`format` and `formatlist`.

Source: https://developer.hashicorp.com/terraform/language/functions/format and Go's fmt, whose verbs it takes over.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from providers.terraform.functions.jsontext import jsonencode, quoted
from providers.terraform.functions.partial import combine, hole, is_text, limited
from providers.terraform.functions.strings import graphemes
from providers.terraform.types import normal, number_text, to_bool, to_number, to_string
from providers.terraform.values import PRECISE, Data, TerraformError, TfList, Unknown, unknowns

_VERB = re.compile(r"%([ 0+#-]*)(\d*)(?:\.(\d*))?(?:\[(\d+)\])?([A-Za-z])|%%", re.ASCII)
_WIDEST = 10_000


class _Verb(NamedTuple):
    flags: str
    width: int
    precision: int | None
    mode: str


def format_text(template: str | Unknown | None, *arguments: Data) -> Data:
    """Return a text with its verbs (`%s`, `%05d`, `%[1]q` …) replaced by arguments."""
    if isinstance(template, Unknown):
        return combine(template, *arguments)
    if template is None:
        raise TerraformError("argument must not be null")
    return _format(template, arguments)


def _format(template: str, arguments: tuple[Data, ...]) -> Data:
    parts: list[str] = []
    at, following, used = 0, 0, 0
    for match in _VERB.finditer(template):
        parts.append(_literal(template[at : match.start()]))
        at = match.end()
        if match[0] == "%%":
            parts.append("%")
            continue
        if max(len(group or "") for group in match.group(2, 3, 4)) > 6:
            return limited("a format verb asks for too much space", *arguments)
        position = int(match[4]) - 1 if match[4] else following
        if not 0 <= position < len(arguments):
            raise TerraformError(f"not enough arguments for {match[0]!r}")
        following = position + 1
        used = max(used, following)
        verb = _Verb(match[1], int(match[2] or 0), None if match[3] is None else int(match[3] or 0), match[5])
        if max(verb.width, verb.precision or 0) > _WIDEST:
            return limited("a format verb asks for too much space", *arguments)
        parts.append(_write(verb, arguments[position]))
    parts.append(_literal(template[at:]))
    if used < len(arguments):
        raise TerraformError(f"too many arguments; only {used} used by format string")
    text = "".join(parts)
    return text if all(next(unknowns(item), None) is None for item in arguments) else combine(*arguments, pattern=text)


def _literal(text: str) -> str:
    if "%" in text:
        raise TerraformError("unrecognized format character")
    return text


def _write(verb: _Verb, value: Data) -> str:
    if isinstance(value, Unknown):
        return _write_unknown(verb, value)
    if value is None and verb.mode != "v":
        raise TerraformError("unsupported value: null value cannot be formatted")
    match verb.mode:
        case "v":
            return _pad(verb, _as_is(verb, value))
        case "t":
            return "true" if to_bool(value) else "false"
        case "s" | "q":
            text = to_string(value)
            if verb.precision:
                text = "".join(graphemes(text)[: verb.precision])
            return _pad(verb, quoted(text) if verb.mode == "q" else text)
        case "b" | "d" | "o" | "x" | "X":
            return _integer(verb, to_number(value))
        case "e" | "E" | "f" | "g" | "G":
            return _float(verb, Decimal(to_number(value)))
        case _:
            raise TerraformError(f"unsupported format verb {verb.mode!r}")


def _write_unknown(verb: _Verb, value: Unknown) -> str:
    if verb.mode not in "vtsqbdoxXeEfgG":
        raise TerraformError(f"unsupported format verb {verb.mode!r}")
    if verb.mode == "q":
        return f'"{hole(value)}"'
    if verb.mode in "sv" and not (verb.width or verb.precision or "#" in verb.flags):
        return hole(value)
    return "${" + (value.expression or "…") + "}"


def _as_is(verb: _Verb, value: Data) -> str:
    if "#" not in verb.flags:
        if isinstance(value, str):
            return value
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return _shortest(Decimal(value), None)
    text = jsonencode(value)
    return hole(text) if isinstance(text, Unknown) else to_string(text)


def _pad(verb: _Verb, text: str) -> str:
    missing = verb.width - len(graphemes(text)) if verb.width else 0
    padding = ("0" if "0" in verb.flags else " ") * missing
    return text + padding if "-" in verb.flags else padding + text


def _signed(verb: _Verb, negative: bool, prefix: str, digits: str) -> str:
    """Return a number with its sign, padded; zeros go between the sign and the digits."""
    sign = "-" if negative else "+" if "+" in verb.flags else " " if " " in verb.flags else ""
    if "0" in verb.flags and "-" not in verb.flags:
        digits = digits.rjust(verb.width - len(sign + prefix), "0")
    text = sign + prefix + digits
    return text.ljust(verb.width) if "-" in verb.flags else text.rjust(verb.width)


def _integer(verb: _Verb, number: int | Decimal) -> str:
    number = normal(number)
    if isinstance(number, Decimal) and not number.is_zero():
        raise TerraformError("an integer is required")
    size = abs(int(number))
    digits = number_text(size) if verb.mode == "d" else format(size, verb.mode)
    prefix = {"x": "0x", "X": "0X", "o": "0", "b": "0b"}.get(verb.mode, "") if "#" in verb.flags else ""
    if verb.precision == 0 and size == 0:
        return ""  # Go's fmt shows no digits when none are asked for
    if verb.precision is not None:
        verb = verb._replace(flags=verb.flags.replace("0", ""))
    return _signed(verb, number < 0, prefix, digits.rjust(verb.precision or 0, "0"))


def _float(verb: _Verb, number: Decimal) -> str:
    number_text(number)  # refuses what is too large to print
    if "0" in verb.flags:
        verb = verb._replace(flags=verb.flags.replace("-", ""))  # Go pads floats with zeros all the same
    size = abs(number)
    if verb.mode in "gG":
        text = _shortest(size, verb.precision)
    else:
        precision = 6 if verb.precision is None else verb.precision
        text = format(size, f".{precision}f") if verb.mode == "f" else _scientific(size, precision)
    return _signed(verb, number.is_signed(), "", text.upper() if verb.mode in "EG" else text)


def _scientific(number: Decimal, precision: int) -> str:
    # A Decimal zero would print its own exponent.
    mantissa, _, exponent = format(number or 0.0, f".{precision}e").partition("e")
    return f"{mantissa}e{exponent[0]}{exponent[1:].rjust(2, '0')}"


def _shortest(number: Decimal, precision: int | None) -> str:
    """Return what Go's %g prints: an exponent when it is below -4 or reaches the precision (6 when left out)."""
    if number.is_zero():
        return "-0" if number.is_signed() else "0"
    if precision is not None:
        number = Decimal(format(number, f".{max(precision, 1) - 1}e"))
    digits = len(number.normalize(PRECISE).as_tuple().digits)
    limit = 6 if precision is None else max(precision, 1)
    if precision is not None and limit > digits > number.adjusted():
        limit = digits
    if number.adjusted() < -4 or number.adjusted() >= limit:
        return _scientific(number, digits - 1)
    return number_text(number)


def formatlist(template: str | Unknown, *arguments: Data) -> Data:
    """Return a list of formatted texts: one for each element of the lists among the arguments; others repeat."""
    if isinstance(template, Unknown) or any(isinstance(item, Unknown) and not is_text(item) for item in arguments):
        return combine(template, *arguments)
    lengths = {len(item) for item in arguments if isinstance(item, list)}
    if len(lengths) > 1:
        raise TerraformError("the lists must all have the same length")
    rows = range(lengths.pop() if lengths else 1)
    return TfList(
        _format(template, tuple(item[row] if isinstance(item, list) else item for item in arguments)) for row in rows
    )
