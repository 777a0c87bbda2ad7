"""What the deployments of one root have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from checker.model import Gap
from providers.arm.evaluator import Budget

if TYPE_CHECKING:
    from providers.arm.deployment import Deployment
    from providers.arm.instances import Instance
    from providers.arm.partly import Names
    from providers.arm.tree import Tree


@dataclass(slots=True)
class Shared:
    """What the deployments of one root have in common."""

    tree: Tree
    assumed: str = ""
    environment: Mapping[str, str] | None = None
    budget: Budget = field(default_factory=Budget)
    gaps: list[Gap] = field(default_factory=list)
    named: dict[tuple[str, str], Instance] = field(default_factory=dict)
    by_address: dict[str, Instance] = field(default_factory=dict)
    deployments: list[Deployment] = field(default_factory=list)
    names: Names | None = None  # of resources that are known in part

    def gap(self, gap: Gap) -> None:
        """Note what was not read, once."""
        if gap not in self.gaps:
            self.gaps.append(gap)
