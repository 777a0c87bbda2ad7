"""Which formats, clouds, policies and reports exist; imports only what is asked for.

A file or folder name is the id: `providers/aws/cloud.py` is the cloud `aws`, `policies/ai_placement.py` the policy
`ai-placement`, `checker/reports/sarif.py` the report format `sarif`.
"""

from __future__ import annotations

import functools
import importlib
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checker.rows import Cloud

HERE = Path(__file__).resolve().parent


@functools.cache
def cloud_names() -> tuple[str, ...]:
    """Return the names of the clouds: folders with a `cloud.py`, which is code over tables."""
    return tuple(sorted(path.parent.name for path in (HERE.parent / "providers").glob("*/cloud.py")))


@functools.cache
def platform_names() -> tuple[str, ...]:
    """Return the names of the platforms: folders with a `platform.json`, which are tables alone."""
    return tuple(sorted(path.parent.name for path in (HERE.parent / "providers").glob("*/platform.json")))


@functools.cache
def clouds() -> dict[str, Cloud]:
    """Return the clouds by name, then the platforms."""
    from checker import platforms

    found: dict[str, Cloud] = {name: importlib.import_module(f"providers.{name}.cloud") for name in cloud_names()}
    own = tuple(found.values())
    return found | {name: platforms.Platform(name, own) for name in platform_names()}


@functools.cache
def cloud_of(type: str) -> Cloud | None:
    """Return the cloud that a resource type belongs to by its prefix, or None."""
    for cloud in clouds().values():
        if type.startswith(cloud.TYPE_PREFIXES):
            return cloud
    return None


def format_names() -> list[str]:
    """Return the names of the formats: folders with a `format.py`."""
    return sorted(path.parent.name for path in (HERE.parent / "providers").glob("*/format.py"))


def format_named(name: str) -> ModuleType:
    """Return a format's module."""
    return importlib.import_module(f"providers.{name}.format")


def listing(cloud: str) -> ModuleType:
    """Return the module that lists what is deployed in a cloud. Raises ImportError without the cloud's SDK."""
    return importlib.import_module(f"providers.{cloud}.listing")


def policy_ids() -> list[str]:
    """Return the ids of all policies, in order."""
    files = (HERE.parent / "policies").glob("[!_]*.py")
    return sorted(path.stem.replace("_", "-") for path in files)


def policy(id: str) -> ModuleType:
    """Return a policy's module."""
    return importlib.import_module(f"policies.{id.replace('-', '_')}")


def policy_doc(id: str) -> str:
    """Return a policy's documentation page."""
    return policy(id).__doc__ or ""


def report_names() -> list[str]:
    """Return the names of the report formats."""
    return sorted(path.stem for path in (HERE / "reports").glob("[!_]*.py"))


def report(name: str) -> ModuleType:
    """Return a report format's module."""
    return importlib.import_module(f"checker.reports.{name}")
