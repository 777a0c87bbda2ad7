"""Overlays: what patches, generators, names and components make of bases, and at which line it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import documents, formats
from checker.model import Block
from checker.outcome import Outcome
from checker.source import Source
from providers.kubernetes import format as kubernetes
from providers.kubernetes import items, patches
from providers.kubernetes.root import Root

Check = Callable[..., Outcome]
BASE = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: chat
  labels: {app: chat}
spec:
  template:
    spec:
      containers:
        - name: chat
          env:
            - {name: A, value: one}
            - {name: B, value: two}
        - name: side
"""


def opened(folder: Path, files: Mapping[str, str]) -> list[Root]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return kubernetes.open_roots(formats.listing([folder]), formats.Options(), folder)[0]


def overlay(folder: Path, kustomization: str, **more: str) -> tuple[dict[str, Block], Root]:
    files = {"base/kustomization.yaml": "resources: [a.yaml]\n", "base/a.yaml": BASE}
    files |= {"top/kustomization.yaml": kustomization}
    roots = opened(folder, files | {name.replace("__", "/") + ".yaml": text for name, text in more.items()})
    root = next(root for root in roots if root.name == "top")
    return {block.address: block for block in root.blocks(lambda mode, type: True)}, root


def values(block: Block, path: str) -> list[tuple[object, str]]:
    return [(value.data, str(value.location)) for value in block.body.values(path)]


ENV = "manifest.spec.template.spec.containers.env"


def test_only_what_nothing_builds_on_is_a_root(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\n",
        "base/a.yaml": BASE,
        "base/loose.yaml": BASE.replace("chat", "loose"),
        "blue/kustomization.yml": "bases: [../base]\n",
        "green/Kustomization": "resources: [../base]\n",
    }
    roots = opened(tmp_path, files)
    assert sorted(root.name for root in roots) == ["base", "blue", "green"]
    found = {root.name: [block.address for block in root.blocks(lambda mode, type: True)] for root in roots}
    assert found == {"base": ["Deployment/loose"], "blue": ["Deployment/chat"], "green": ["Deployment/chat"]}


def test_a_strategic_merge_and_its_lines(tmp_path: Path) -> None:
    kustomization = """\
resources: [../base]
patches:
  - path: p.yaml
"""
    patch = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: chat}
spec:
  template:
    spec:
      containers:
        - name: side
          $patch: delete
        - name: chat
          env:
            - {name: B, value: three}
            - {name: C, value: four}
"""
    found, root = overlay(tmp_path, kustomization, top__p=patch)
    (block,) = found.values()
    assert values(block, f"{ENV}.value") == [
        ("one", "base/a.yaml:12"),
        ("three", "top/p.yaml:12"),
        ("four", "top/p.yaml:13"),
    ]
    assert [name for name, _ in values(block, "manifest.spec.template.spec.containers.name")] == ["chat"]
    assert root.gaps() == []


def test_a_json_patch_by_target(tmp_path: Path) -> None:
    kustomization = """\
resources: [../base]
patchesJson6902:
  - target: {group: apps, version: v1, kind: Deployment, labelSelector: app=chat}
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/env/1/value
        value: new
      - {op: remove, path: /spec/template/spec/containers/1}
"""
    found, root = overlay(tmp_path, kustomization)
    wanted = [("one", "base/a.yaml:12"), ("new", "top/kustomization.yaml:7")]
    assert values(found["Deployment/chat"], f"{ENV}.value") == wanted
    assert root.gaps() == []


def test_a_patch_may_delete(tmp_path: Path) -> None:
    patch = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: chat}\n$patch: delete\n"
    found, _ = overlay(tmp_path, "resources: [../base]\npatchesStrategicMerge: [p.yaml]\n", top__p=patch)
    assert found == {}


def test_generators(tmp_path: Path) -> None:
    kustomization = """\
resources: [../base]
namespace: x
nameSuffix: -blue
configMapGenerator:
  - name: one
    literals: [A=b, "C='d e'"]
    envs: [e.yaml]
    files: [config.yaml=f.yaml]
secretGenerator:
  - name: two
    literals: [K=v]
"""
    found, root = overlay(tmp_path, kustomization, top__e="E=${E:-f}\n# no\n", top__f="g: h\n")
    assert set(found) == {"Deployment/x/chat-blue", "ConfigMap/x/one-blue", "Secret/x/two-blue"}
    one = found["ConfigMap/x/one-blue"].body.items("manifest.data")[0]
    assert {name: value.data for name, (value,) in one.items()} == {
        "A": "b",
        "C": "d e",
        "E": "f",
        "config.yaml": "g: h\n",
    }
    (kept,) = found["Secret/x/two-blue"].body.values("manifest.stringData.K")
    assert (kept.data, kept.sensitive) == ("v", True)
    assert root.gaps() == []


def test_a_name_that_changes_is_still_the_one_that_is_read(check: Check) -> None:
    files = {
        "base/kustomization.yaml": "resources: [a.yaml]\nconfigMapGenerator: [{name: s, literals: [A=b]}]\n",
        "base/a.yaml": """\
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, envFrom: [{configMapRef: {name: s}}]}]}
""",
        "top/kustomization.yaml": """\
resources: [../base]
namePrefix: my-
configMapGenerator: [{name: s, behavior: merge, literals: ["OPENAI_BASE_URL=https://us.api.openai.com"]}]
""",
    }
    findings = [f for f in check(files).findings if f.policy == "model-endpoint"]
    assert [(f.address, str(f.location)) for f in findings] == [("Pod/my-a", "top/kustomization.yaml:3")]


def test_a_component_changes_what_is_there(tmp_path: Path) -> None:
    component = """\
apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
  - target: {kind: Deployment}
    patch: '[{op: add, path: /metadata/namespace, value: x}]'
"""
    found, root = overlay(tmp_path, "resources: [../base]\ncomponents: [../part]\n", part__kustomization=component)
    assert (set(found), root.gaps()) == ({"Deployment/x/chat"}, [])


@pytest.mark.parametrize(
    ("kustomization", "why"),
    [
        ("resources: ['https://example.com/a.yaml']\n", "a remote base is not downloaded"),
        ("resources: ['github.com/acme/base?ref=v1']\n", "a remote base is not downloaded"),
        ("resources: [gone.yaml]\n", "it is not there"),
        ("resources: [../base]\nhelmCharts: [{name: x}]\n", "what they make is not read"),
        ("resources: [../base]\npatches: [{path: gone.yaml}]\n", "takes in is not there"),
        ("resources: [../base]\npatches: [{target: {kind: Pod, name: x}, patch: '{a: b}'}]\n", "matches it"),
        ("resources: [../base]\npatches: [{target: {kind: Deployment}, patch: '[{op: move}]'}]\n", "is not read"),
    ],
)
def test_what_is_not_read_is_said(tmp_path: Path, kustomization: str, why: str) -> None:
    _, root = overlay(tmp_path, kustomization)
    assert [gap.fatal for gap in root.gaps() if why in gap.why] == [False]


def test_a_kustomization_that_cannot_be_parsed(check: Check) -> None:
    (gap,) = (gap for gap in check({"kustomization.yaml": "resources: [\n"}).graph.gaps if gap.location is not None)
    assert (gap.what, gap.fatal) == ("kustomization.yaml", True)


def item(text: str) -> documents.Item:
    source = Source("x.yaml", text)
    (document,) = documents.load_yaml(source)
    return items.of(document, source)


@pytest.mark.parametrize(
    ("old", "patch", "api", "wanted"),
    [
        ("{a: {b: 1, c: 2}}", "{a: {b: null, d: 3}}", "v1", {"a": {"c": 2, "d": 3}}),
        (
            "{containers: [{name: a}]}",
            "{containers: [{name: b}]}",
            "v1",
            {"containers": [{"name": "a"}, {"name": "b"}]},
        ),
        ("{containers: [{name: a}]}", "{containers: [{name: b}]}", "acme.io/v1", {"containers": [{"name": "b"}]}),
        ("{args: [a]}", "{args: [b]}", "apps/v1", {"args": ["b"]}),
        ("{a: {b: 1}}", "{a: {$patch: replace, c: 2}}", "v1", {"a": {"c": 2}}),
        ("{env: [{name: a}]}", "{env: [{$patch: replace}, {name: b}]}", "v1", {"env": [{"name": "b"}]}),
        ("{env: [{name: a}]}", "{env: [{$patch: delete, name: a}]}", "v1", {"env": []}),
        ("{a: 1}", "{a: {b: [{name: c, $patch: delete}]}}", "v1", {"a": {"b": []}}),
    ],
)
def test_strategic_merges(old: str, patch: str, api: str, wanted: object) -> None:
    made = patches.merged(item(old), item(patch), api)
    assert made is not None
    assert documents.plain(made) == wanted


@pytest.mark.parametrize(
    ("operations", "wanted"),
    [
        ("[{op: add, path: /b, value: 2}]", {"a": [1, 2], "b": 2}),
        ("[{op: add, path: /a/-, value: 3}]", {"a": [1, 2, 3]}),
        ("[{op: add, path: /a/0, value: 3}]", {"a": [3, 1, 2]}),
        ("[{op: replace, path: /a/1, value: 3}]", {"a": [1, 3]}),
        ("[{op: remove, path: /a/0}]", {"a": [2]}),
        ("[{op: add, path: /b~1c~0d, value: 3}]", {"a": [1, 2], "b/c~d": 3}),
        ("[{op: test, path: /a}]", {"a": [1, 2]}),
        ("[{op: add, path: /a/7, value: 3}]", None),
        ("[{op: add, path: /x/y, value: 3}]", None),
        ("[{op: copy, from: /a, path: /b}]", None),
    ],
)
def test_operations(operations: str, wanted: object) -> None:
    if wanted is None:
        with pytest.raises(patches.Unfit):
            patches.operated(item("{a: [1, 2]}"), item(operations))
    else:
        assert documents.plain(patches.operated(item("{a: [1, 2]}"), item(operations))) == wanted
