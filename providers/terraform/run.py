"""One evaluation of one root module: its inputs, and the bounds that keep a hostile configuration harmless."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from checker.formats import Derive
from checker.model import Gap
from checker.source import Source
from providers.terraform.modules import Tree
from providers.terraform.syntax import Expression
from providers.terraform.values import Data, Lazy, Unknown

# An expression node takes a microsecond or two; the largest public repositories need well under a million for a root.
MOST_STEPS = 5_000_000
# … of which one value may take so many by itself: what explodes must leave something to its neighbours.
MOST_STEPS_OF_A_VALUE = 2_000_000
# … and so many it may take even when the root has used up all of its own: a plain text is still read.
FEWEST_STEPS_OF_A_VALUE = 50
# The elements of a named value, all levels together, and 16 characters counted as one. Lists that hold one list twice,
# 60 levels deep, take no memory, but nobody could ever walk through them.
MOST_WEIGHT = 500_000
# Beyond this many, one instance stands for all those of a block …
MOST_INSTANCES = 10_000
# … and beyond this many the rest is not judged.
MOST_INSTANCES_AT_ALL = 20_000
MOST_DEPTH = 60  # module calls within module calls


@dataclass(frozen=True, slots=True)
class Input:
    """A value given to a root variable from outside the configuration."""

    label: str  # "terraform.tfvars", "--var"
    source: Source
    pos: int
    expression: Expression | None
    text: str = ""  # a --var or TF_VAR_ value, read as its variable's type asks


class TooMuch(Exception):
    """A configuration that would take too long or too much memory to evaluate."""


@dataclass(slots=True)
class Run:
    """The root, its inputs, and what is counted while it is evaluated."""

    tree: Tree
    root: Path
    inputs: dict[str, Input]
    workspace: str = ""
    environment: str = ""
    derive: Derive = lambda mode, type, attribute: None
    downloaded: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    steps: int = 0
    instances: int = 0
    limit: int = MOST_STEPS
    _noted: set[Gap] = field(default_factory=set)

    def spend(self, amount: int = 1) -> None:
        """Count evaluation steps. Raises TooMuch beyond the bound."""
        self.steps += amount
        if self.steps > self.limit:
            if self.steps > MOST_STEPS:
                name = self.tree.shown(self.root)
                self.note(Gap(name, "evaluating it takes too long", hint="a part of it was not judged", fatal=True))
            raise TooMuch("evaluating it takes too long")

    @contextmanager
    def allowance(self) -> Iterator[None]:
        """Give what is evaluated inside steps of its own, and let what is outside not pay for them."""
        outer, before = self.limit, self.steps
        self.limit = max(min(before + MOST_STEPS_OF_A_VALUE, MOST_STEPS), before + FEWEST_STEPS_OF_A_VALUE)
        try:
            yield
        finally:
            self.limit = outer + self.steps - before

    def count_instance(self) -> None:
        """Count an instance of a resource or module. Raises TooMuch beyond the bound."""
        self.instances += 1
        if self.instances > MOST_INSTANCES_AT_ALL:
            raise TooMuch(f"it has more than {MOST_INSTANCES_AT_ALL} instances")

    def note(self, gap: Gap) -> None:
        """Record something not read, once."""
        if gap not in self._noted:
            self._noted.add(gap)
            self.gaps.append(gap)


def weight(value: Data, most: int = MOST_WEIGHT) -> int:
    """Return how many elements a value has, 16 characters counted as one; above `most` the count ends early."""
    total = 0
    waiting = [value]
    while waiting and total <= most:
        one = waiting.pop()
        if isinstance(one, str):
            total += 1 + len(one) // 16
        elif isinstance(one, list):
            total += 1 + len(one)
            waiting += one if total <= most else ()
        elif isinstance(one, dict):
            total += 1 + sum(1 + len(key) // 16 for key in one)
            waiting += one.values() if total <= most else ()
        elif isinstance(one, Unknown) and not isinstance(one, Lazy):
            total += 1 + (len(one.pattern or "") + len(one.reason) + len(one.expression)) // 16 + len(one.targets)
            waiting += one.alternatives
        else:
            total += 1
    return total
