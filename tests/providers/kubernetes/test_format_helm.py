"""Charts: read without helm, rendered with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats, source
from checker.model import Block, Role
from checker.outcome import Outcome
from providers.kubernetes import format as kubernetes
from providers.kubernetes import rendering
from providers.kubernetes.root import Root

Check = Callable[..., Outcome]
CHART = "apiVersion: v2\nname: chat\nversion: 1.0.0\n"
VALUES = """\
openai:
  baseUrl: https://us.api.openai.com/v1
model: hf://acme/model
resources:
  limits:
    nvidia.com/gpu: 1
nodeSelector: {}
extraEnv:
  - name: MISTRAL_SERVER_URL
    value: https://api.mistral.ai
enabled: true
"""
TEMPLATE = """\
{{- /* a comment with https://api.anthropic.com in it */}}
{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ include "chat.name" . }}
spec:
  template:
    spec:
      containers:
        - name: chat
          env:
            - name: LLM_URL
              value: {{ .Values.openai.baseUrl | quote }}
            # - name: OFF
            - name: OTHER_URL
              value: "https://{{ .Values.host }}/v1"
            - name: GROQ_API_KEY
              valueFrom:
                secretKeyRef: {name: x, key: y}
            - name: FALLBACK
              value: {{ .Values.none | default "https://api.cohere.com" }}
{{- end }}
"""


@pytest.fixture
def no_helm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "binary", lambda: None)


def opened(folder: Path, files: dict[str, str]) -> list[Root]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return kubernetes.open_roots(formats.listing([folder]), formats.Options(), folder)[0]


def blocks(root: Root) -> dict[str, Block]:
    return {block.address: block for block in root.blocks(lambda mode, type: True)}


def env(block: Block) -> dict[object, tuple[str | None, str]]:
    found = {}
    for item in block.body.items("env"):
        value = item["value"][0] if "value" in item else None
        trail = value.trail if value is not None else ()
        found[item["name"][0].data] = (value.text, str(trail[-1].location)) if value is not None else (None, "")
    return found


@pytest.mark.usefixtures("no_helm")
def test_values_and_templates_are_read_without_rendering(tmp_path: Path) -> None:
    files = {"Chart.yaml": CHART, "values.yaml": VALUES, "templates/d.yaml": TEMPLATE, "templates/NOTES.txt": "{{ x }}"}
    (root,) = opened(tmp_path, files)
    (block,) = blocks(root).values()
    assert (block.type, block.address, str(block.location)) == ("kubernetes_template", "Chart/chat", "Chart.yaml:1")
    assert env(block) == {
        "MISTRAL_SERVER_URL": ("https://api.mistral.ai", "values.yaml:10"),
        "LLM_URL": ("https://us.api.openai.com/v1", "values.yaml:2"),
        "OTHER_URL": ("https://${.Values.host}/v1", "templates/d.yaml:17"),
        "GROQ_API_KEY": (None, ""),
        "FALLBACK": ("https://api.cohere.com", "templates/d.yaml:22"),
    }
    settings = [name for item in block.body.items("values") for name in item]
    assert "openai.baseUrl" in settings
    assert not any("model" in name for name in settings), "where a model lies is no host"
    assert [value.data for value in block.body.values("resources.limits")] == [{"nvidia.com/gpu": 1}]
    (gap,) = root.gaps()
    assert (gap.fatal, "not rendered" in gap.why, "helm" in gap.hint) == (False, True, True)


@pytest.mark.usefixtures("no_helm")
def test_a_chart_is_judged(check: Check) -> None:
    outcome = check({"Chart.yaml": CHART, "values.yaml": VALUES, "templates/d.yaml": TEMPLATE})
    (resource,) = outcome.judged
    assert {Role.ACCELERATOR, Role.CLIENT} <= resource.roles
    found = {(f.policy, str(f.location)) for f in outcome.findings if f.verdict.value == "outside"}
    assert ("model-endpoint", "values.yaml:2") in found
    assert ("model-endpoint", "values.yaml:10") in found
    assert not any("anthropic" in f.message.lower() for f in outcome.findings), "a comment says nothing"


@pytest.mark.usefixtures("no_helm")
def test_each_values_file_may_be_the_one(check: Check) -> None:
    files = {
        "Chart.yaml": CHART,
        "values.yaml": "openai: {baseUrl: 'https://eu.api.openai.com/v1'}\n",
        "values-prod.yaml": """\
openai: {baseUrl: 'https://us.api.openai.com/v1'}
nodeSelector: {topology.kubernetes.io/region: eu-west-2}
""",
    }
    outcome = check(files)
    assert {str(f.location) for f in outcome.findings} == {"values.yaml:1", "values-prod.yaml:1", "values-prod.yaml:2"}


@pytest.mark.usefixtures("no_helm")
def test_subcharts_get_what_their_parent_gives_them(tmp_path: Path) -> None:
    files = {
        "Chart.yaml": CHART
        + "dependencies:\n  - {name: llm}\n  - {name: gone}\n  - {name: near, repository: 'file://x'}\n",
        "values.yaml": "llm: {url: 'https://api.mistral.ai'}\n",
        "charts/llm/Chart.yaml": CHART.replace("chat", "llm"),
        "charts/llm/values.yaml": "url: https://eu.api.openai.com\nother: {a: b}\n",
        "charts/llm/templates/d.yaml": "- name: LLM_URL\n  value: {{ .Values.url }}\n",
    }
    (root,) = opened(tmp_path, files)
    found = blocks(root)
    assert set(found) == {"Chart/chat", "Chart/chat/llm"}
    assert env(found["Chart/chat/llm"]) == {"LLM_URL": ("https://api.mistral.ai", "values.yaml:1")}
    assert [gap.what for gap in root.gaps() if "depends" in gap.why] == ["chart gone"]


@pytest.mark.usefixtures("no_helm")
def test_faults_of_a_chart_are_said(tmp_path: Path) -> None:
    (root,) = opened(tmp_path, {"Chart.yaml": CHART, "values.yaml": "a: [\n", "values-x.yaml": "b: {{ c }}: d\n"})
    assert list(blocks(root)) == ["Chart/chat"]
    assert sorted(gap.what for gap in root.gaps() if gap.fatal) == ["values-x.yaml", "values.yaml"]


def helm(folder: Path, script: str) -> str:
    path = folder.parent / f"{folder.name}-helm"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


RENDERED = """\
---
# Source: chat/templates/d.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: release-name-chat
spec:
  template:
    spec:
      containers:
        - name: chat
          env:
            - name: OPENAI_BASE_URL
              value: "https://us.api.openai.com/v1"
            - name: MISTRAL_SERVER_URL
              value: https://api.mistral.ai
"""


def test_a_chart_is_rendered_where_helm_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path.parent / f"{tmp_path.name}-out").write_text(RENDERED)
    script = (
        f'test "$1" = template && test -z "$AWS_SECRET_ACCESS_KEY" && cat {tmp_path.parent / f"{tmp_path.name}-out"}'
    )
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setattr(rendering, "binary", lambda: helm(tmp_path, script))
    (root,) = opened(tmp_path, {"Chart.yaml": CHART, "values.yaml": VALUES, "templates/d.yaml": TEMPLATE})
    found = blocks(root)
    assert (set(found), root.gaps()) == ({"Deployment/release-name-chat"}, [])
    values = found["Deployment/release-name-chat"].body.values("manifest.spec.template.spec.containers.env.value")
    assert [(value.data, str(value.trail[-1].location)) for value in values] == [
        ("https://us.api.openai.com/v1", "values.yaml:2"),
        ("https://api.mistral.ai", "values.yaml:10"),
    ]


@pytest.mark.parametrize("script", ["echo 'Error: no such value' >&2; exit 1", "sleep 5"])
def test_helm_that_fails_is_said_and_the_chart_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(rendering, "binary", lambda: helm(tmp_path, script))
    monkeypatch.setattr(rendering, "_SECONDS", 0.2)
    (root,) = opened(tmp_path, {"Chart.yaml": CHART, "values.yaml": VALUES})
    assert list(blocks(root)) == ["Chart/chat"]
    (gap,) = root.gaps()
    assert "only read: helm" in gap.why
    assert gap.fatal is False


def test_helm_does_not_render_what_is_not_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rendering, "binary", lambda: helm(tmp_path, "echo 'kind: Saved'"))
    texts = {"Chart.yaml": CHART, "values.yaml": VALUES}
    with source.overlaid({tmp_path / "values.yaml": VALUES}):
        (root,) = opened(tmp_path, texts)
        assert "Chart/chat" not in blocks(root)
    with source.overlaid({tmp_path / "values.yaml": VALUES + "# typed"}):
        (root,) = opened(tmp_path, texts)
        assert list(blocks(root)) == ["Chart/chat"]
        (gap,) = root.gaps()
        assert "only read: a file of it is not saved yet" in gap.why


def test_helm_does_not_see_what_leads_out_of_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.write_text("x")
    monkeypatch.setattr(rendering, "binary", lambda: helm(tmp_path, "echo 'kind: X'"))
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "link.yaml").symlink_to(outside)
    (root,) = opened(tmp_path, {"Chart.yaml": CHART})
    assert list(blocks(root)) == ["Chart/chat"]
    assert any("link that leads out" in gap.why for gap in root.gaps())


@pytest.mark.usefixtures("no_helm")
def test_templates_of_a_chart_are_no_manifests_and_others_below_it_are(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    files = {"Chart.yaml": CHART, "templates/a.yaml": pod, "crds/b.yaml": pod, "ci/c.yaml": pod, "examples/d.yaml": pod}
    assert [root.name for root in opened(tmp_path, files)] == [".", "examples"]
