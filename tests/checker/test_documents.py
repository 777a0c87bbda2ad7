"""Documents: values with where they stand, read by path; hostile ones are errors, and never grow."""

from __future__ import annotations

import pytest

from checker.documents import Document, Either, evaluate, load_json, load_yaml, of_data
from checker.model import Unknown, Value
from checker.source import Source, SyntaxProblem


def yaml(text: str) -> Document:
    (only,) = load_yaml(Source("x.yaml", text))
    return Document(evaluate(only, lambda at: None))


def data(body: Document, path: str) -> list[object]:
    return [value.data for value in body.values(path)]


def test_values_stand_where_they_stand() -> None:
    source = Source("x.yaml", "a:\n  b: !Ref c\n")
    (document,) = load_yaml(source)
    at = document.value["a"].value["b"]
    assert (at.value, at.tag, str(source.location(at.pos))) == ("c", "!Ref", "x.yaml:2")
    at = load_json(Source("x.json", '{"a": [1, {"b": "c"}]}')).value["a"].value[1].value["b"]
    assert (at.pos, at.value) == (16, "c")


def test_plain_data_of_yaml() -> None:
    body = yaml("a: [1, true, null, 'no', 2026-01-01, 1.10]\n")
    assert data(body, "a") == [1, True, "no", "2026-01-01", "1.10"]


def test_several_documents() -> None:
    assert len(load_yaml(Source("x.yaml", "a: 1\n---\nb: 2\n---\n"))) == 3
    assert load_yaml(Source("x.yaml", "# nothing\n")) == []


def test_merge_keys_and_aliases() -> None:
    body = yaml("base: &b {a: 1, c: 2}\nmore:\n  <<: *b\n  c: 3\n")
    assert (data(body, "more.a"), data(body, "more.c")) == ([1], [3])


def test_paths_go_through_lists_and_json_in_text() -> None:
    body = yaml('a:\n- b: x\n- b: y\nc: \'{"d": [{"e": "z"}]}\'\n')
    assert data(body, "a.b") == ["x", "y"]
    assert data(body, "c.d.e") == ["z"]
    assert data(body, "a.missing") == []
    assert data(body, "c.d.e.f") == []


def test_members_of_objects() -> None:
    body = yaml("env:\n- {name: A, value: x}\n- {name: B, valueFrom: {secret: {name: s}}}\n")
    found = [{name: values[0].data for name, values in item.items()} for item in body.items("env")]
    assert found == [{"name": "A", "value": "x"}, {"name": "B", "valueFrom.secret.name": "s"}]


def test_words_are_spelled_as_asked() -> None:
    body = Document(of_data({"BucketName": "x"}), spelled=lambda name: {"BucketName": "bucket_name"}.get(name, name))
    assert data(body, "bucket_name") == ["x"]
    assert body.names() == ("bucket_name",)


def test_what_is_undecided_is_each_of_its_arms() -> None:
    body = Document({"a": Either((Value("x"), Value(None)), "depends on a condition"), "b": Value(None)})
    assert data(body, "a") == ["x", None]
    assert data(body, "b") == []


def test_what_is_unknown_stays_so_below() -> None:
    body = Document({"a": Value(Unknown("a parameter"))})
    assert data(body, "a.b.c") == [Unknown("a parameter")]
    assert body.items("a") == ({"": (Value(Unknown("a parameter")),)},)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [1,", "did not find"),
        ("a: *b\n", "undefined alias"),
        ("a: &a [*a]\n", "it holds itself"),
        ("\ta: 1\n", "cannot start any token"),
        ("a: " + "[" * 300 + "]" * 300, "nested too deeply"),
        ("a: \x01\n", "not YAML"),
    ],
)
def test_what_is_no_yaml(text: str, said: str) -> None:
    with pytest.raises(SyntaxProblem, match=said):
        load_yaml(Source("x.yaml", text))


def test_an_alias_bomb_does_not_grow() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    body = yaml("\n".join(lines) + "\n")
    values = body.values("a11")
    assert len(values) <= 1001
    assert isinstance(values[-1].data, Unknown)


def test_nothing_of_a_document_is_made() -> None:
    body = yaml("a: !!python/object/apply:os.system ['touch x']\nb: !!python/name:os.system x\n")
    assert data(body, "a") == ["touch x"]
    assert data(body, "b") == ["x"]
