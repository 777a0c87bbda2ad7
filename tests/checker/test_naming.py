"""Addresses with and without instance keys, and the keys by which text names a resource."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from checker import naming, registry
from checker.model import Block, FileLocation, Unknown, Value
from checker.rows import Row


def quoted(key: str) -> str:
    """Return an instance key as addresses have it."""
    return '["' + key.replace("\\", "\\\\").replace('"', '\\"') + '"]'


@pytest.mark.parametrize(
    ("address", "without"),
    [
        ("a.b[0]", "a.b"),
        ("a.b[12]", "a.b"),
        ('a.b["x"]', "a.b"),
        ('a.b["x]"]', "a.b"),
        ('a.b["["]', "a.b"),
        (r'a.b["x[\"y"]', "a.b"),
        (r'a.b["\\"]', "a.b"),
        (r'a.b["[\"x\"]"]', "a.b"),
        ('module.m["x"].a.b["y"]', 'module.m["x"].a.b'),
        ('module.m["x"].a.b[1]', 'module.m["x"].a.b'),
        ('module.m[0].a.b["y"]', "module.m[0].a.b"),
    ],
)
def test_without_key(address: str, without: str) -> None:
    assert naming.without_key(address) == without


KEYS = some.text(some.sampled_from('ab[]"\\. '), max_size=8)


@given(KEYS, KEYS)
def test_without_key_of_anything(key: str, module: str) -> None:
    for address in ("a.b", f"module.m{quoted(module)}.a.b", "module.m[3].a.b"):
        assert naming.without_key(address + quoted(key)) == address


class Stated:
    """Arguments by path."""

    def __init__(self, **arguments: object) -> None:
        self._arguments = arguments

    def values(self, path: str) -> tuple[Value, ...]:
        return (Value(self._arguments[path]),) if path in self._arguments else ()

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


def names(*templates: str, **arguments: object) -> list[str]:
    block = Block("terraform", "managed", "t", "t.x", ".", Stated(**arguments), None, FileLocation("main.tf", 1))
    return list(naming.names(block, Row("t", names=templates)))


def test_names() -> None:
    assert names("s3:{bucket}", bucket="docs") == ["s3:docs"]
    assert names("bq:{project}.{id}", "bq:{id}", project="p", id="d") == ["bq:p.d", "bq:d"]


@pytest.mark.parametrize("value", [Unknown("why"), Unknown("why", pattern="docs-${x}"), True, ["docs"]], ids=str)
def test_what_is_not_known_names_nothing(value: object) -> None:
    assert names("s3:{bucket}", bucket=value) == []


def test_name_with_a_part_that_is_not_stated() -> None:
    assert names("bq:{project}.{id}", "bq:{id}", id="d") == ["bq:d"]


def test_name_that_looks_like_a_template() -> None:
    assert names("s3:{bucket}", bucket="{bucket}") == ["s3:{bucket}"]


@pytest.mark.parametrize(
    ("keys", "vocabulary"), [((), "region"), (("gs:b",), "region"), (("kms:k",), "kms"), (("gs:b", "kms:k"), "kms")]
)
def test_vocabulary_of_the_product_that_a_name_speaks_of(keys: tuple[str, ...], vocabulary: str) -> None:
    assert naming.vocabulary(registry.clouds()["gcp"], keys) == vocabulary
