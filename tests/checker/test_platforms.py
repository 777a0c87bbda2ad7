"""Platforms: clouds made of tables alone."""

from __future__ import annotations

from functools import partial

import pytest

from checker import places, platforms, registry
from checker.model import Value

PLATFORMS = registry.platform_names()


class Body:
    """Arguments by path."""

    def __init__(self, **arguments: str) -> None:
        self._arguments = arguments

    def values(self, path: str) -> tuple[Value, ...]:
        return (Value(self._arguments[path]),) if path in self._arguments else ()

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


@pytest.mark.parametrize("name", PLATFORMS)
def test_a_platform_is_a_cloud(name: str) -> None:
    platform = registry.clouds()[name]
    assert isinstance(platform, platforms.Platform)
    assert name == platform.NAME
    assert platform.title
    assert all(prefix.endswith("_") for prefix in platform.TYPE_PREFIXES)
    assert not platform.is_ai("random_pet")


def test_prefixes_are_nobody_elses() -> None:
    prefixes = [prefix for cloud in registry.clouds().values() for prefix in cloud.TYPE_PREFIXES]
    assert len(prefixes) == len(set(prefixes))
    assert [a for a in prefixes for b in prefixes if a != b and a.startswith(b)] == []


@pytest.mark.parametrize(
    ("cloud", "name", "countries"),
    [
        ("zilliz", "aws-eu-west-1", ("IE",)),
        ("zilliz", "azure-germanywestcentral", ("DE",)),
        ("zilliz", "eu-west-1", None),
        ("mongodbatlas", "EU_WEST_2", ("GB",)),
        ("mongodbatlas", "WESTERN_EUROPE", ("BE",)),
        ("snowflake", "AWS_EU_CENTRAL_1", ("DE",)),
        ("neon", "azure-gwc", ("DE",)),
        ("elastic", "gcp-europe-west3", ("DE",)),
        ("pinecone", "eu-west1-gcp", ("BE",)),
        ("pinecone", "moon", None),
    ],
)
def test_regions(cloud: str, name: str, countries: tuple[str, ...] | None) -> None:
    row = registry.clouds()[cloud].locate(name, "region", None, partial(places.find, cloud))
    assert row is not None
    assert row.countries == countries


def test_a_row_of_scope_none_is_no_place() -> None:
    platform = registry.clouds()["openai"]
    assert platform.locate("zero_data_retention", "retention", None, partial(places.find, "openai")) is None


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"key": "CORTEX_ENABLED_CROSS_REGION"}, "snowflake_account_parameter:cortex_enabled_cross_region"),
        ({"key": " cortex_enabled_cross_region "}, "snowflake_account_parameter:cortex_enabled_cross_region"),
        ({}, ""),
    ],
)
def test_an_argument_decides_what_a_type_is(arguments: dict[str, str], key: str) -> None:
    assert registry.clouds()["snowflake"].key("snowflake_account_parameter", Body(**arguments)) == key


@pytest.mark.parametrize(
    ("cloud", "table", "name", "answer"),
    [
        ("kubernetes", "resource-names", "nvidia.com/gpu", True),
        ("kubernetes", "resource-names", "memory", False),
        ("kubernetes", "resource-names", "example.org/thing", None),
        ("helm", "charts", "ollama", True),
        ("helm", "charts", "nginx", None),
        ("openai", "resource-names", "nvidia.com/gpu", None),
    ],
)
def test_chips(cloud: str, table: str, name: str, answer: bool | None) -> None:
    assert registry.clouds()[cloud].accelerator(name, table) is answer
