"""Date and time functions; those that read the clock are unknown.

Source: https://developer.hashicorp.com/terraform/language/functions (date and time functions), RFC 3339.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from providers.terraform.functions.partial import limited
from providers.terraform.values import Data, TerraformError, Unknown

if TYPE_CHECKING:
    from datetime import datetime

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))", re.ASCII
)
_DURATION = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_NANOSECONDS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
}
_TOKEN = re.compile(r"''|'[^'](?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+|'")
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()


def parse(text: str) -> tuple[datetime, int]:
    """Return a timestamp as a `datetime` of whole seconds with its offset, and its nanoseconds."""
    from datetime import datetime, timedelta, timezone

    match = _STAMP.fullmatch(text)
    if match is None:
        raise TerraformError(f'"{text[:40]}" is not a valid RFC 3339 timestamp')
    *numbers, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
    try:
        moment = datetime(*map(int, numbers), tzinfo=timezone(offset))  # type: ignore[misc, arg-type]
    except ValueError as error:
        raise TerraformError(f'"{text}" is not a valid RFC 3339 timestamp: {error}') from None
    return moment, int((fraction or "0").ljust(9, "0")[:9])


def _offset(moment: datetime, colon: str) -> str:
    text = moment.strftime("%z")
    return text[:3] + colon + text[3:5]


def rfc3339(moment: datetime) -> str:
    """Return a timestamp as Terraform prints it, without fractions of a second."""
    zone = _offset(moment, ":") if moment.utcoffset() else "Z"
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + zone


def formatdate(format: str, timestamp: str) -> str:
    """Return a timestamp in a format such as `DD MMM YYYY hh:mm ZZZ`; text in single quotes stands for itself."""
    moment, _ = parse(timestamp)
    return "".join(_formatted(match[0], moment) for match in _TOKEN.finditer(format))


def _formatted(part: str, moment: datetime) -> str:
    if part == "'":
        raise TerraformError("unterminated literal '")
    if part.startswith("'"):
        return part[1:-1].replace("''", "'") or "'"  # two quotes without a text between them stand for one
    if not part[0].isascii() or not part[0].isalpha():
        return part
    hour = moment.hour % 12 or 12
    fields: dict[str, object] = {
        "YYYY": f"{moment.year:04}",
        "YY": f"{moment.year % 100:02}",
        "MMMM": _MONTHS[moment.month - 1],
        "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02}",
        "M": moment.month,
        "DD": f"{moment.day:02}",
        "D": moment.day,
        "EEEE": _DAYS[moment.weekday()],
        "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02}",
        "h": moment.hour,
        "HH": f"{hour:02}",
        "H": hour,
        "AA": "AM" if moment.hour < 12 else "PM",
        "aa": "am" if moment.hour < 12 else "pm",
        "mm": f"{moment.minute:02}",
        "m": moment.minute,
        "ss": f"{moment.second:02}",
        "s": moment.second,
        "ZZZZZ": _offset(moment, ":"),
        "ZZZZ": _offset(moment, ""),
        "ZZZ": _offset(moment, "") if moment.utcoffset() else "UTC",
        "Z": _offset(moment, ":") if moment.utcoffset() else "Z",
    }
    if part not in fields:
        raise TerraformError(f'invalid date format verb "{part}"')
    return str(fields[part])


def timeadd(timestamp: str, duration: str) -> Data:
    """Return a timestamp moved by a duration such as `1h30m`."""
    from datetime import timedelta

    moment, nanoseconds = parse(timestamp)
    try:
        moved = moment + timedelta(seconds=(nanoseconds + _nanoseconds(duration)) // 10**9)
    except OverflowError:
        return limited("the date lies outside the years 1 to 9999")
    return rfc3339(moved)


def _nanoseconds(duration: str) -> int:
    unsigned = duration[1:] if duration[:1] in ("+", "-") else duration
    if unsigned == "0":
        return 0
    parts = [(match[1], match[2]) for match in _DURATION.finditer(unsigned)]
    total = sum(int(Decimal(number) * _NANOSECONDS[unit]) for number, unit in parts)
    if not parts or "".join(number + unit for number, unit in parts) != unsigned or total >= 1 << 63:
        raise TerraformError(f'"{duration[:40]}" is not a valid duration')
    return -total if duration.startswith("-") else total


def timecmp(a: str, b: str) -> int:
    """Return -1, 0 or 1: the first timestamp is before, at or after the second."""
    first, second = parse(a), parse(b)
    return (first > second) - (first < second)


def timestamp() -> Unknown:
    """Return unknown: the clock when Terraform runs."""
    return Unknown("the time at which Terraform runs", expression="timestamp()")


def plantimestamp() -> Unknown:
    """Return unknown: the clock when Terraform plans."""
    return Unknown("the time at which Terraform runs", expression="plantimestamp()")
