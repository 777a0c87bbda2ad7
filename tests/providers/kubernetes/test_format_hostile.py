"""What a hostile repository may hold: it ends quickly, and is said."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.outcome import Outcome
from providers.kubernetes import format as kubernetes

Check = Callable[..., Outcome]
HEAD = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"


def bomb(levels: int) -> str:
    lines = ["x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    lines += [f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, levels)]
    return "\n".join(lines)


def said(outcome: Outcome) -> str:
    return "\n".join(gap.why for gap in outcome.graph.gaps if gap.fatal)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + bomb(12), "aliases stand for more than"),
        (HEAD + "spec: &a {b: *a}", "holds itself"),
        (HEAD + "spec: " + "[" * 5000, "nest"),
        (HEAD + "spec: " + "{a: " * 300 + "}" * 300, "nested too deeply"),
    ],
    ids=["bomb", "itself", "deep", "mappings"],
)
def test_documents_that_grow(check: Check, text: str, why: str) -> None:
    assert why in said(check({"a.yaml": text}))


def test_names_that_look_like_addresses(check: Check) -> None:
    names = ['a["b"]', "x]", "\\u0000", "a" * 5000, "../..", '"]']
    spec = "spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]}"
    documents = [f"apiVersion: v1\nkind: Pod\nmetadata:\n  name: {name!r}\n{spec}\n" for name in names]
    outcome = check({"a.yaml": "---\n".join(documents)})
    assert len(outcome.judged) == len(names)
    assert all(not resource.address.endswith("]") for resource in outcome.judged)


@pytest.mark.parametrize(
    "text",
    [
        "apiVersion: [v1]\nkind: {a: b}\nmetadata: 3\n",
        "apiVersion: v1\nkind: Pod\nmetadata: []\nspec: text\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: [1]\nstringData: {a: [b]}\n",
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [3, null, {env: [1, {name: [x]}]}]}\n",
        "apiVersion: v1\nkind: Pod\nspec: {affinity: {nodeAffinity: 3}, nodeSelector: [a], containers: [{}]}\n",
        "apiVersion: v1\nkind: List\nitems: [{apiVersion: v1, kind: List, items: [{kind: List, items: [3]}]}, null]\n",
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: 1\nnodeGroups: [3, {instanceTypes: 3}]\n",
        "apiVersion: storage.azure.com/v1\nkind: StorageAccount\nspec: {owner: 3}\n",
        "apiVersion: s3.aws.upbound.io/v1\nkind: Bucket\nspec: {forProvider: {aRef: {name: [x]}, region: [a]}}\n",
        "apiVersion: v1\nkind: Pod\n? [a, b]\n: c\n",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources: [3]\n",
    ],
)
def test_shapes_that_nobody_expects(check: Check, text: str) -> None:
    assert "fault of euclave" not in said(check({"a.yaml": text}, scope="all"))


@pytest.mark.parametrize(
    "text",
    [
        "resources: [3, [x], {a: b}, ../.., /etc, a.yaml]\npatches: [3, {patch: 3}, {path: gone}, {patch: '- 3'}]\n",
        "resources: [.]\n",
        "resources: [a.yaml]\nconfigMapGenerator: [3, {name: x, literals: [3, a], envs: [gone], files: [3, =]}]\n",
        "resources: text\nnamespace: [x]\nnamePrefix: {a: b}\ncomponents: [gone, a.yaml]\n",
        "resources: [a.yaml]\npatches: [{target: {name: (a+)+$}, patch: '[{op: add, path: /a/b, value: 1}]'}]\n",
        "resources: [a.yaml]\npatches:\n  - target: {kind: Pod}\n    patch: '[{op: move, from: /x, path: /y}, 3]'\n",
    ],
)
def test_kustomizations_that_nobody_expects(check: Check, text: str) -> None:
    pod = HEAD + "spec: {containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]}\n"
    outcome = check({"kustomization.yaml": text, "a.yaml": pod})
    assert "fault of euclave" not in said(outcome)


def test_bases_that_double(check: Check) -> None:
    files = {f"l{n}/kustomization.yaml": f"resources: [../l{n + 1}, ../l{n + 1}/../l{n + 1}]\n" for n in range(18)}
    files["l18/kustomization.yaml"] = "resources: [a.yaml]\n"
    files["l18/a.yaml"] = HEAD
    assert "nested too deeply" in said(check(files))


def test_what_leads_out_of_the_tree_is_not_read(check: Check, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-secret.yaml"
    outside.write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: outside}\ndata: {a: secret-text}\n")
    (tmp_path / ".git").mkdir()
    (tmp_path / "link.yaml").symlink_to(outside)
    taken = f"resources: [../{outside.name}, link.yaml, a.yaml]\n"
    generator = f"configMapGenerator: [{{name: x, files: [../{outside.name}]}}]\n"
    outcome = check({"kustomization.yaml": taken + generator, "a.yaml": HEAD}, scope="all")
    assert not any("outside" in resource.address for resource in outcome.graph.resources.values())
    assert sum("leads out" in gap.why or "not there" in gap.why for gap in outcome.graph.gaps) >= 2


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.yaml")
    roots, _, counts = kubernetes.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert (roots, counts["files"]) == ([], 0)


def test_a_secret_is_not_printed(check: Check) -> None:
    text = """\
apiVersion: v1
kind: Secret
metadata: {name: k}
stringData: {OPENAI_API_KEY: sk-very-secret, OPENAI_BASE_URL: "https://user:sk-very-secret@api.openai.com"}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec: {containers: [{name: a, envFrom: [{secretRef: {name: k}}]}]}
"""
    from checker.reports import json as json_report

    outcome = check({"a.yaml": text})
    assert [f.policy for f in outcome.findings if f.verdict.value == "outside"] == ["model-endpoint"]
    assert "very-secret" not in "".join(finding.message for finding in outcome.findings)
    assert "very-secret" not in json_report.render(outcome, color=False, verbosity=0, root=Path("."))
