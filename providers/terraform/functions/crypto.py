"""Hash and identifier functions; those that draw random numbers or need a secret are unknown.

Source: https://developer.hashicorp.com/terraform/language/functions (hash and crypto functions).
"""

from __future__ import annotations

import re
from decimal import Decimal

from providers.terraform.values import TerraformError, Unknown

_HYPHENATED = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_UUID = re.compile(rf"(urn:uuid:)?{_HYPHENATED}|\{{{_HYPHENATED}\}}|[0-9a-f]{{32}}", re.IGNORECASE)
_NAMESPACES = {
    "dns": "6ba7b810-9dad-11d1-80b4-00c04fd430c8",
    "url": "6ba7b811-9dad-11d1-80b4-00c04fd430c8",
    "oid": "6ba7b812-9dad-11d1-80b4-00c04fd430c8",
    "x500": "6ba7b814-9dad-11d1-80b4-00c04fd430c8",
}


def _digest(name: str, text: str) -> bytes:
    import hashlib

    return hashlib.new(name, text.encode(), usedforsecurity=False).digest()


def md5(text: str) -> str:
    """Return the MD5 hash in hexadecimal."""
    return _digest("md5", text).hex()


def sha1(text: str) -> str:
    """Return the SHA-1 hash in hexadecimal."""
    return _digest("sha1", text).hex()


def sha256(text: str) -> str:
    """Return the SHA-256 hash in hexadecimal."""
    return _digest("sha256", text).hex()


def sha512(text: str) -> str:
    """Return the SHA-512 hash in hexadecimal."""
    return _digest("sha512", text).hex()


def base64sha256(text: str) -> str:
    """Return the SHA-256 hash in base64."""
    return _base64(_digest("sha256", text))


def base64sha512(text: str) -> str:
    """Return the SHA-512 hash in base64."""
    return _base64(_digest("sha512", text))


def _base64(data: bytes) -> str:
    from base64 import b64encode

    return b64encode(data).decode()


def bcrypt(text: str, *cost: int | Decimal) -> Unknown:
    """Return unknown: the salt is random."""
    return Unknown("random at every run", expression="bcrypt(…)")


def uuid() -> Unknown:
    """Return unknown: it is random."""
    return Unknown("random at every run", expression="uuid()")


def rsadecrypt(ciphertext: str, key: str) -> Unknown:
    """Return unknown: secrets are not decrypted here."""
    return Unknown("secrets are not decrypted", expression="rsadecrypt(…)")


def uuidv5(namespace: str, name: str) -> str:
    """Return the version 5 UUID of a name in a namespace: dns, url, oid, x500 or a UUID."""
    import hashlib
    import uuid as uuids

    text = _NAMESPACES.get(namespace, namespace)
    if not _UUID.fullmatch(text):
        raise TerraformError(f'"{namespace}" is neither a UUID nor dns, url, oid or x500')
    space = uuids.UUID(text)
    digest = hashlib.sha1(space.bytes + name.encode(), usedforsecurity=False).digest()
    return str(uuids.UUID(bytes=digest[:16], version=5))
