"""Objects of Kubernetes in a program, as manifests.

Source: https://www.pulumi.com/registry/packages/kubernetes/
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.documents import Item
from checker.model import Body, Value
from providers.pulumi.body import Arguments, bridged, written
from providers.pulumi.tokens import Token


def body(token: Token, properties: Mapping[str, Item]) -> Body:
    """Return the properties of an object as a manifest's, those of a release of Helm as they are."""
    if token.module.startswith("helm.sh/"):
        return Arguments(properties, bridged)
    api = token.module.removeprefix("core/")
    made = {"apiVersion": Value(api), "kind": Value(token.name)}
    return Arguments({"manifest": {**made, **properties}}, written)
