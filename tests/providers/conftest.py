"""What the tests of several providers use: a vendor of models that only they know."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from checker import endpoints
from checker.endpoints import Host, Model, Variable, Vendor

_KNOWN: dict[str, Any] = {
    "hints": ("acme",),
    "words": ("ACME",),
    "hosts": (Host(pattern=r"api\.acme\.ai", example="api.acme.ai"),),
    "variables": (Variable("ACME_API_KEY", "key"), Variable("ACME_BASE_URL", "url")),
    "models": (Model(r"acme-large-\d", "acme-large-1", "endpoint"),),
}


def _forget() -> None:
    for cached in vars(endpoints).values():
        getattr(cached, "cache_clear", lambda: None)()


@pytest.fixture
def acme(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Make `Acme` the one vendor: its host is api.acme.ai, its key ACME_API_KEY, its models are acme-large-1 …

    It uses the places of the provider that the test is of.
    """
    folder = request.path.parent.name
    vendor = Vendor(vendor="acme", title="Acme", folder=folder, source="invented", checked="2026-11-28", **_KNOWN)
    with monkeypatch.context() as patched:
        patched.setattr(endpoints, "vendors", lambda: (vendor,))
        _forget()
        yield "Acme"
    _forget()
