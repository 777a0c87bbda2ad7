"""Terraform's JSON syntax: the same declarations, with the positions of the file."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checker.documents import load_json as load
from checker.source import Source, SyntaxProblem
from providers.terraform.json_syntax import declarations
from providers.terraform.syntax import Literal, ObjectCons, Template, TupleCons

TEXT = """{
  "//": "a comment",
  "resource": {
    "aws_s3_bucket": {
      "one": {"bucket": "b", "//": "no argument", "tags": {"k": ["${var.x}y", 1.50, null, true]}},
      "two": [{}, {"bucket": "c"}]
    }
  },
  "locals": [{"a": 1}, {"b": 2}],
  "provider": {"aws": [{"alias": "us"}, {}]},
  "unknown": {"x": 1}
}"""


def test_labels_and_lists_make_declarations() -> None:
    found = [(type, labels, sorted(body.attributes)) for type, labels, _, body in declarations(Source("x", TEXT))]
    assert found == [
        ("resource", ("aws_s3_bucket", "one"), ["bucket", "tags"]),
        ("resource", ("aws_s3_bucket", "two"), []),
        ("resource", ("aws_s3_bucket", "two"), ["bucket"]),
        ("locals", (), ["a"]),
        ("locals", (), ["b"]),
        ("provider", ("aws",), ["alias"]),
        ("provider", ("aws",), []),
    ]


def test_positions_are_those_of_the_values() -> None:
    source = Source("x.tf.json", TEXT)
    _, _, pos, body = next(iter(declarations(source)))
    assert (source.location(pos).line, source.location(pos).column) == (5, 14)
    at = source.location(body.attributes["bucket"].pos)
    assert (at.line, at.column) == (5, 25)
    tags = body.attributes["tags"].value
    assert isinstance(tags, ObjectCons)
    listed = tags.items[0][1]
    assert isinstance(listed, TupleCons)
    template = listed.items[0]
    assert isinstance(template, Template)
    at = source.location(template.pos)
    assert TEXT.splitlines()[at.line - 1][at.column - 1 :].startswith('"${var.x}y"')


@pytest.mark.parametrize(
    ("text", "offset", "reason"),
    [
        ("", 0, "not JSON"),
        ("[]", 0, "the document is not an object"),
        (" 1", 1, "the document is not an object"),
        ('{"a": }', 6, "Expecting value"),
        ('{"a" 1}', 5, "Expecting ':' delimiter"),
        ('{} {"a": 1}', 3, "text after the end of the document"),
        ('{"a": 1,}', 8, ""),
        ('{"resource": 7}', 13, "a resource block must be an object"),
        ('{"resource": {"a": {"b": "c"}}}', 25, "a resource block must be an object"),
        ('{"locals": {"a": NaN}}', 0, "out of range"),
        ('{"locals": {"a": 1e99999999999999999999}}', 0, "out of range"),
        ('{"locals": {"a": ' + "9" * 5000 + "}}", 0, "too long"),
        ("[" * 100_000, 0, "nested too deeply"),
        ('{"locals": {"a": ' + "[" * 100_000, 0, "nested too deeply"),
    ],
)
def test_what_is_wrong_has_its_place_and_reason(text: str, offset: int, reason: str) -> None:
    with pytest.raises(SyntaxProblem) as caught:
        list(declarations(Source("x.tf.json", text)))
    assert reason in caught.value.reason
    assert abs(caught.value.offset - offset) <= 1


def test_half_characters_are_replaced() -> None:
    (_, _, _, body), *_ = declarations(Source("x", r'{"locals": {"a\udfff": "\ud800x\ud83d\ude00"}}'))
    ((name, attribute),) = body.attributes.items()
    assert isinstance(attribute.value, Literal)
    value = str(attribute.value.value)
    assert value.endswith("x😀")
    (name + value).encode()


@given(st.text(alphabet='{}[]",:\\ \n1eE.-truefalsn\u00e9${%u0d8', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    for whole in (text, '{"resource": {"a": {"b": {"c": ' + text + "}}}}", '{"locals": ' + text):
        offset = 0
        try:
            list(declarations(Source("x.tf.json", whole)))
        except SyntaxProblem as problem:
            offset = problem.offset
        assert 0 <= offset <= len(whole) + 1


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(PLAIN)
def test_every_document_is_read_as_it_is(document: object) -> None:
    def plain(at: object) -> object:
        value = at.value  # type: ignore[attr-defined]
        if isinstance(value, list):
            return [plain(item) for item in value]
        if isinstance(value, dict):
            return {name: plain(item) for name, item in value.items()}
        return value

    text = json.dumps(document, ensure_ascii=False)
    assert plain(load(Source("x", text))) == json.loads(text)
