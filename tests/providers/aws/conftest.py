"""What the tests of this folder use: a vendor of models that only they know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from checker import endpoints
from checker.endpoints import Host, Model, Variable, Vendor

_CACHED = ("hints", "host_of", "variable", "_patterns", "_variables", "_words")
_KNOWN: dict[str, Any] = {
    "hints": ("acme",),
    "words": ("ACME",),
    "hosts": (Host(pattern=r"api\.acme\.ai", example="api.acme.ai"),),
    "variables": (Variable("ACME_API_KEY", "key"), Variable("ACME_BASE_URL", "url")),
    "models": (Model(r"acme-large-\d", "acme-large-1", "endpoint"),),
}


def _forget() -> None:
    for name in _CACHED:
        getattr(getattr(endpoints, name, None), "cache_clear", lambda: None)()


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make `Acme` the one vendor: its host is api.acme.ai, its key ACME_API_KEY, its models are acme-large-1 …"""
    vendor = Vendor(vendor="acme", title="Acme", folder="aws", source="invented", checked="2026-11-28", **_KNOWN)
    monkeypatch.setattr(endpoints, "vendors", lambda: (vendor,))
    _forget()
    yield "Acme"
    monkeypatch.undo()
    _forget()
