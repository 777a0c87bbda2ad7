"""Functions for base64, other character encodings, and URLs.

Source: https://developer.hashicorp.com/terraform/language/functions (encoding functions).
"""

from __future__ import annotations

import unicodedata

from providers.terraform.values import TerraformError, Unknown

# IANA names, as Terraform asks for them, and Python's names where those differ.
_ENCODINGS = {
    **{name: name for name in ("utf-8", "utf-16le", "utf-16be", "utf-16", "us-ascii", "shift_jis", "euc-jp", "euc-kr")},
    **{name: name for name in ("gbk", "gb18030", "big5", "koi8-r", "koi8-u", "iso-2022-jp")},
    **{f"iso-8859-{number}": f"iso-8859-{number}" for number in range(1, 17) if number not in (11, 12)},
    **{f"windows-{number}": f"cp{number}" for number in range(1250, 1259)},
    "windows-874": "cp874",
    "cp866": "cp866",
    "ibm866": "cp866",
    "latin1": "iso-8859-1",
    "macintosh": "mac_roman",
}


def text_of(data: bytes) -> str:
    """Return UTF-8 bytes as a string in the normal form that Terraform gives all strings."""
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError:
        raise TerraformError("the result is not valid UTF-8") from None


def base64encode(text: str) -> str:
    """Return the UTF-8 bytes of a text in base64."""
    from base64 import b64encode

    return b64encode(text.encode()).decode()


def base64decode(text: str) -> str:
    """Return the text whose UTF-8 bytes stand in base64."""
    return text_of(_bytes_of(text))


def _bytes_of(text: str) -> bytes:
    import binascii

    try:
        # As in Go, line ends are skipped and nothing else.
        return binascii.a2b_base64(text.replace("\r", "").replace("\n", "").encode(), strict_mode=True)
    except (ValueError, binascii.Error):
        raise TerraformError("failed to decode base64 data") from None


def base64gzip(text: str) -> Unknown:
    """Return unknown: the bytes depend on the compressor's version."""
    return Unknown("compressed bytes are not reproduced", expression="base64gzip(…)")


def textencodebase64(text: str, encoding: str) -> str:
    """Return a text in another character encoding, in base64."""
    from base64 import b64encode

    name = _encoding(encoding)
    try:
        # Go's UTF-16 without a stated order is big-endian, with a byte order mark.
        data = b"\xfe\xff" + text.encode("utf-16be") if name == "utf-16" else text.encode(name)
    except UnicodeEncodeError:
        raise TerraformError(f"the text holds characters that {encoding} cannot represent") from None
    return b64encode(data).decode()


def textdecodebase64(source: str, encoding: str) -> str:
    """Return the text that stands in base64 in another character encoding."""
    try:
        name, data = _encoding(encoding), _bytes_of(source)
        if name == "utf-16" and data[:2] != b"\xff\xfe":
            name, data = "utf-16be", data.removeprefix(b"\xfe\xff")
        return unicodedata.normalize("NFC", data.decode(name))
    except UnicodeDecodeError:
        raise TerraformError(f"the source is not valid {encoding}") from None


def _encoding(name: str) -> str:
    try:
        return _ENCODINGS[name.lower()]
    except KeyError:
        raise TerraformError(f'"{name}" is not a supported IANA encoding name') from None


def urlencode(text: str) -> str:
    """Return a text as a part of a URL's query."""
    from urllib.parse import quote_plus

    return quote_plus(text)
