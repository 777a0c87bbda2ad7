"""String functions.

Source: https://developer.hashicorp.com/terraform/language/functions (string functions).
"""

from __future__ import annotations

import unicodedata
from decimal import Decimal

from providers.terraform.functions.numeric import whole
from providers.terraform.functions.partial import combine, hole, limited, mapped, segments
from providers.terraform.types import to_string
from providers.terraform.values import Data, TerraformError, TfList, Unknown

# What Unicode calls white space; Python's strip() also takes U+001C to U+001F.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
LONGEST = 1_000_000  # characters in a string that a function builds


def graphemes(text: str) -> list[str]:
    """Return the characters of a text as a reader counts them.

    An approximation of Unicode's extended grapheme clusters with what the standard library knows: combining marks,
    joiners, emoji modifiers, flags and CR LF. Conjoining Hangul letters and prepended marks are not joined.
    """
    if text.isascii() and "\r" not in text:
        return list(text)
    clusters: list[str] = []
    for char in text:
        if clusters and _continues(clusters[-1], char):
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _continues(cluster: str, char: str) -> bool:
    last = cluster[-1]
    if last == "\r" or unicodedata.category(last) == "Cc":
        return last == "\r" and char == "\n"
    if char == "\u200d" or "\U0001f3fb" <= char <= "\U0001f3ff" or unicodedata.category(char) in ("Mn", "Me", "Mc"):
        return True
    if last == "\u200d":
        return unicodedata.category(char) == "So"
    return _is_flag(char) and len(cluster) % 2 == 1 and _is_flag(cluster)


def _is_flag(text: str) -> bool:
    return all("\U0001f1e6" <= char <= "\U0001f1ff" for char in text)


def chomp(text: str) -> str:
    """Return a text without the line ends at its end."""
    return text.rstrip("\r\n")


def endswith(text: str, suffix: str) -> bool:
    """Return whether a text ends with another."""
    return text.endswith(suffix)


def startswith(text: str, prefix: str) -> bool:
    """Return whether a text starts with another."""
    return text.startswith(prefix)


def strcontains(text: str, part: str) -> bool:
    """Return whether a text holds another."""
    return part in text


def indent(spaces: int | Decimal, text: str) -> Data:
    """Return a text with all lines but the first indented."""
    count = whole(spaces)
    if count < 0:
        raise TerraformError("the number of spaces must not be negative")
    if count * (text.count("\n") + 1) > LONGEST:
        return limited("the indented text is too long")
    return text.replace("\n", "\n" + " " * count)


def join(separator: str | Unknown, *lists: list[str | Unknown | None] | Unknown) -> Data:
    """Return the strings of all lists with a separator between them."""
    if not lists:
        raise TerraformError("at least one list is required")
    items: list[str | Unknown] = []
    for part in lists:
        for item in [part] if isinstance(part, Unknown) else part:
            if item is None:
                raise TerraformError("a list element is null; cannot join null values")
            items.append(item)
    if isinstance(separator, str) and all(isinstance(item, str) for item in items):
        return separator.join(map(to_string, items))
    between = hole(separator) if isinstance(separator, Unknown) else separator
    pattern = between.join(hole(item) if isinstance(item, Unknown) else item for item in items)
    return combine(separator, *items, pattern=pattern)


def lower(text: str | Unknown) -> Data:
    """Return a text in lower case."""
    return mapped(text, _lower) if isinstance(text, Unknown) else _lower(text)


def upper(text: str | Unknown) -> Data:
    """Return a text in upper case."""
    return mapped(text, _upper) if isinstance(text, Unknown) else _upper(text)


def _lower(text: str) -> str:
    # Go maps each character to one character; Python's str methods also look around and expand (final sigma, ß).
    return text.lower() if text.isascii() else "".join(char.lower()[0] for char in text)


def _upper(text: str) -> str:
    return text.upper() if text.isascii() else "".join(_single(char, char.upper()) for char in text)


def _single(char: str, changed: str) -> str:
    return changed if len(changed) == 1 else char


def title(text: str) -> str:
    """Return a text with the first letter of each word as a capital."""
    result, previous = [], " "
    for char in text:
        result.append(_single(char, char.title()) if _separates(previous) else char)
        previous = char
    return "".join(result)


def _separates(char: str) -> bool:
    if char.isascii():
        return not (char.isalnum() or char == "_")
    return char in SPACE


def split(separator: str, text: str) -> Data:
    """Return the parts of a text between separators; its characters when the separator is empty."""
    return TfList(text.split(separator) if separator else text)


def strrev(text: str) -> str:
    """Return a text with its characters in reverse order."""
    return "".join(reversed(graphemes(text)))


def substr(text: str, offset: int | Decimal, length: int | Decimal) -> str:
    """Return part of a text; a negative offset counts from the end, a negative length means the rest."""
    chars = graphemes(text)
    start, count = whole(offset), whole(length)
    if start < 0:
        start = max(0, len(chars) + start)
    return "".join(chars[start:] if count < 0 else chars[start : start + count])


def trim(text: str, cutset: str) -> str:
    """Return a text without any of the given characters at its ends."""
    return text.strip(cutset) if cutset else text


def trimprefix(text: str, prefix: str) -> str:
    """Return a text without a prefix."""
    return text.removeprefix(prefix)


def trimsuffix(text: str, suffix: str) -> str:
    """Return a text without a suffix."""
    return text.removesuffix(suffix)


def trimspace(text: str | Unknown) -> Data:
    """Return a text without white space at its ends."""
    if isinstance(text, str):
        return text.strip(SPACE)
    if text.pattern is None:
        return combine(text)
    parts = list(segments(text.pattern))
    ends = [part if known else "x" for part, known in (parts[0], parts[-1])] if parts else []
    pattern = text.pattern.strip(SPACE) if all(end.strip(SPACE) for end in ends) else None
    return combine(text, pattern=pattern)


def replace(text: str | Unknown, part: str | Unknown, substitute: str | Unknown) -> Data:
    """Return a text with a part replaced wherever it occurs; `/…/` makes the part a regular expression."""
    if isinstance(part, Unknown) or isinstance(substitute, Unknown):
        return combine(text, part, substitute)
    is_regex = len(part) >= 2 and part[0] == part[-1] == "/"
    if isinstance(text, Unknown):
        # A longer match may reach into an unknown part, so only single characters are certain.
        return mapped(text, lambda known: known.replace(part, substitute)) if len(part) == 1 else combine(text)
    if is_regex:
        from providers.terraform.functions import regular

        return regular.substitute(part[1:-1], text, substitute)
    if text.count(part) * len(substitute) > LONGEST:
        return limited("the text would be too long")
    return text.replace(part, substitute)


def regex(pattern: str, text: str) -> Data:
    """Return the first match: its text, its groups as a list, or its named groups as a map."""
    from providers.terraform.functions import regular

    return regular.first(pattern, text)


def regexall(pattern: str, text: str) -> Data:
    """Return all matches, each as `regex` returns it."""
    from providers.terraform.functions import regular

    return regular.every(pattern, text)
