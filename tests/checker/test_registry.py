"""What exists is what lies in the folders, under the name that the file has."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from checker import registry
from checker.rows import Cloud

HOME = Path(registry.__file__).resolve().parent.parent


def test_names() -> None:
    assert registry.cloud_names() == ("aws", "azure", "gcp")
    assert registry.report_names() == "asff codequality csv github json junit markdown ocsf sarif text".split()
    assert registry.policy_ids() == [path.stem.replace("_", "-") for path in sorted(HOME.glob("policies/[!_]*.py"))]


@pytest.mark.parametrize("name", registry.cloud_names())
def test_cloud_is_what_its_folder_says(name: str) -> None:
    cloud: Cloud = registry.clouds()[name]
    assert name == cloud.NAME
    assert cloud.PROVIDERS
    assert all(prefix.endswith("_") for prefix in cloud.TYPE_PREFIXES)


@pytest.mark.parametrize(
    ("type", "name"),
    [
        ("aws_s3_bucket", "aws"),
        ("awscc_bedrock_agent", "aws"),
        ("azurerm_key_vault", "azure"),
        ("azapi_resource", "azure"),
        ("google_storage_bucket", "gcp"),
    ],
)
def test_cloud_of_a_type(type: str, name: str) -> None:
    cloud = registry.cloud_of(type)
    assert cloud is not None
    assert name == cloud.NAME


@pytest.mark.parametrize("type", ["random_pet", "awsx_thing", "azuread_group", "googleworkspace_user", "", "aws"])
def test_types_of_no_cloud(type: str) -> None:
    assert registry.cloud_of(type) is None


def test_no_prefix_belongs_to_two_clouds() -> None:
    prefixes = [prefix for cloud in registry.clouds().values() for prefix in cloud.TYPE_PREFIXES]
    assert len(prefixes) == len(set(prefixes))


@pytest.mark.parametrize("name", registry.report_names())
def test_report_renders(name: str) -> None:
    assert callable(registry.report(name).render)


def test_format() -> None:
    assert registry.format_named("terraform").NAME == "terraform"


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    """Listing what exists imports no cloud, no policy, no report and no parser."""
    code = (
        f"import sys; sys.path.insert(0, {str(HOME)!r})\n"
        "from checker import registry\n"
        "registry.cloud_names(), registry.policy_ids(), registry.report_names()\n"
        "print([m for m in sys.modules if m.startswith(('providers', 'policies', 'checker.reports', 'hcl2', 'yaml'))])"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "[]\n"
