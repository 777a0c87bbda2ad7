"""One evaluation of one root module: its inputs, and the bounds that keep a hostile configuration harmless."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from checker.model import Gap
from providers.terraform.modules import Tree
from providers.terraform.source import Source
from providers.terraform.syntax import Expression

# An expression node takes a microsecond or two; the largest public repositories need well under a million for a root.
MOST_STEPS = 20_000_000
MOST_INSTANCES = 50_000
MOST_DEPTH = 60  # module calls within module calls

# (mode, type, attribute) → where an attribute that nothing states comes from, in the catalogue's words.
Derive = Callable[[str, str, str], str | None]


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says about how to evaluate."""

    variables: tuple[tuple[str, str], ...] = ()
    var_files: tuple[Path, ...] = ()
    environments: tuple[tuple[str, tuple[Path, ...]], ...] = ()
    workspace: str = "default"
    use_env: bool = False
    derive: Derive = lambda mode, type, attribute: None


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
    workspace: str = "default"
    environment: str = ""
    derive: Derive = lambda mode, type, attribute: None
    downloaded: dict[str, str] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    steps: int = 0
    instances: int = 0

    def spend(self, amount: int = 1) -> None:
        """Count evaluation steps. Raises TooMuch beyond the bound."""
        self.steps += amount
        if self.steps > MOST_STEPS:
            raise TooMuch("evaluating it takes too long")

    def count_instance(self) -> None:
        """Count an instance of a resource or module. Raises TooMuch beyond the bound."""
        self.instances += 1
        if self.instances > MOST_INSTANCES:
            raise TooMuch(f"it has more than {MOST_INSTANCES} instances")

    def note(self, gap: Gap) -> None:
        """Record something not read, once."""
        if gap not in self.gaps:
            self.gaps.append(gap)
