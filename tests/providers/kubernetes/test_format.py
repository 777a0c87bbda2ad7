"""Plain manifests: what is a file of Kubernetes, what becomes of it, and what cannot be read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Purpose
from checker.outcome import Outcome
from providers.kubernetes import format as kubernetes
from providers.kubernetes.root import Root

Check = Callable[..., Outcome]

POD = """
apiVersion: v1
kind: Pod
metadata:
  name: {name}
spec:
{spec}
"""


def opened(folder: Path, files: dict[str, str]) -> list[Root]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    roots, _, _ = kubernetes.open_roots(formats.listing([folder]), formats.Options(), folder)
    return roots


def blocks(folder: Path, files: dict[str, str]) -> dict[str, Block]:
    return {block.address: block for root in opened(folder, files) for block in root.blocks(lambda mode, type: True)}


def one(block: Block, path: str) -> object:
    (value,) = block.body.values(path)
    return value.data


def pod(name: str, spec: str) -> str:
    return POD.format(name=name, spec="\n".join(f"  {line}" for line in spec.strip("\n").splitlines()))


def places(outcome: Outcome, address: str) -> set[str]:
    (found,) = (r for r in outcome.graph.resources.values() if r.address == address)
    return {place.name for place in found.places if place.purpose is Purpose.LOCATION}


def test_importing_the_format_imports_nothing_heavy() -> None:
    code = "import sys, providers.kubernetes.format; print(*(name for name in sys.modules if name in ('yaml', 'json')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("a.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n", 1),
        ("a.yml", "# words\n---\nkind: Pod\napiVersion: v1\nmetadata: {name: a}\n", 1),
        ("a.yaml", '"apiVersion": v1\n"kind": Pod\nmetadata: {name: a}\n', 1),
        ("a.json", '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}', 1),
        ("a.yaml", '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}', 1),
        ("a.txt", "apiVersion: v1\nkind: Pod\n", 0),
        ("values.yaml", "image:\n  apiVersion: v1\n  kind: Pod\n", 0),
        ("template.json", '{"$schema": "x", "resources": [{"apiVersion": "2020-01-01", "kind": "StorageV2"}]}', 0),
        ("stack.yaml", "AWSTemplateFormatVersion: 2010-09-09\nResources: {}\n", 0),
    ],
)
def test_a_file_is_known_by_how_it_begins(tmp_path: Path, name: str, text: str, count: int) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    roots, gaps, counts = kubernetes.open_roots(formats.listing([tmp_path]), formats.Options(), tmp_path)
    assert (len(roots), gaps, counts["files"], counts["blocks"]) == (count, [], count, count)


def test_documents_lists_and_addresses(tmp_path: Path) -> None:
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: a, namespace: x}
---
# nothing here
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
    metadata: {name: b}
  - {apiVersion: v1, kind: Secret, metadata: {generateName: c-}}
--- # and more
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: skipped}
"""
    found = blocks(tmp_path, {"all.yaml": text})
    assert set(found) == {"Deployment/x/a", "ConfigMap/b", "Secret/c-"}
    assert [str(block.location) for block in found.values()] == ["all.yaml:2", "all.yaml:11", "all.yaml:13"]
    assert one(found["Deployment/x/a"], "manifest.metadata.namespace") == "x"


def test_objects_of_one_address_are_told_apart(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    found = blocks(tmp_path, {"blue.yaml": text, "green.yaml": f"{text}---\n{text}"})
    assert set(found) == {'Pod/a["blue.yaml"]', 'Pod/a["green.yaml"]', 'Pod/a["green.yaml#2"]'}


def test_a_folder_is_a_root(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n"
    roots = opened(tmp_path, {"one/a.yaml": text, "two/a.yaml": text})
    assert [root.name for root in roots] == ["one", "two"]
    assert roots[0].types() == {("managed", "kubernetes_manifest")}
    assert roots[0].mentions(("kind: pod",))
    assert not roots[0].mentions(("mistral",))


def test_variables_are_filled_in(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {url: "https://api.mistral.ai"}
---
apiVersion: v1
kind: Secret
metadata: {name: keys}
data: {host: aHR0cHM6Ly9hcGkub3BlbmFpLmNvbQ==}
---
apiVersion: v1
kind: Pod
metadata: {name: a}
spec:
  containers:
    - name: a
      command: [curl, "$(FULL)", $$(FULL), $(NONE)]
      env:
        - {name: URL, valueFrom: {configMapKeyRef: {name: settings, key: url}}}
        - {name: FULL, value: "$(URL)/v1"}
        - {name: KEPT, valueFrom: {secretKeyRef: {name: keys, key: host}}}
        - {name: GONE, valueFrom: {configMapKeyRef: {name: other, key: url}}}
        - {name: FILLED, value: "${URL:-https://api.openai.com}"}
        - {name: HOLE, value: "https://${HOST}/v1"}
"""
    found = blocks(tmp_path, {"all.yaml": text})["Pod/a"]
    (container,) = found.body.items("manifest.spec.containers.env")[:1]
    values = {
        item["name"][0].data: item["value"][0]
        for item in found.body.items("manifest.spec.containers.env")
        if "value" in item
    }
    assert container["value"][0].location == values["URL"].location
    assert str(values["URL"].location) == "all.yaml:4"
    assert [str(step) for step in values["URL"].trail] == ["ConfigMap/settings.url all.yaml:19", "url all.yaml:4"]
    assert (values["FULL"].data, values["FILLED"].data) == ("https://api.mistral.ai/v1", "https://api.openai.com")
    assert (values["KEPT"].data, values["KEPT"].sensitive) == ("https://api.openai.com", True)
    assert "GONE" not in values
    assert values["HOLE"].text == "https://${HOST}/v1"
    command = [value.data for value in found.body.values("manifest.spec.containers.command")]
    assert command == ["curl", "https://api.mistral.ai/v1", "$(FULL)", "$(NONE)"]


def test_what_is_read_is_joined_within_its_namespace(tmp_path: Path) -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: x}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a, namespace: y}
---
apiVersion: v1
kind: Pod
metadata: {name: p, namespace: x}
spec: {containers: [{name: p, envFrom: [{configMapRef: {name: a}}, {configMapRef: {name: gone}}]}]}
"""
    found = blocks(tmp_path, {"all.yaml": text})["Pod/x/p"]
    there, gone = found.body.values("manifest.spec.containers.envFrom.configMapRef.name")
    assert [target.address for target in there.targets] == ["ConfigMap/x/a"]
    assert gone.targets == ()
    assert gone.text is None, "a name without an object means nothing outside of the cluster"


def affinity(*terms: str, kind: str = "required") -> str:
    """A pod that is bound, or drawn, to what expressions say of its nodes."""
    listed = ", ".join(f"{{matchExpressions: [{term}]}}" for term in terms)
    if kind == "required":
        inner = f"requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{listed}]}}"
    else:
        inner = f"preferredDuringSchedulingIgnoredDuringExecution: [{{weight: 1, preference: {listed}}}]"
    return f"affinity: {{nodeAffinity: {{{inner}}}}}"


REGION = "{key: topology.kubernetes.io/region, operator: In, values: [eu-west-1, us-east-1]}"


@pytest.mark.parametrize(
    ("spec", "wanted"),
    [
        ("nodeSelector: {topology.kubernetes.io/region: eu-west-1}", {"eu-west-1"}),
        ("nodeSelector: {failure-domain.beta.kubernetes.io/zone: us-east-1a}", {"us-east-1a"}),
        ("nodeSelector: {topology.kubernetes.io/zone: westeurope-1}", {"westeurope"}),
        ("nodeSelector: {topology.kubernetes.io/region: eu-west-3, topology.kubernetes.io/zone: x}", {"eu-west-3"}),
        ("nodeSelector: {kubernetes.io/arch: arm64}", {""}),
        (affinity(REGION), {"eu-west-1", "us-east-1"}),
        (affinity(REGION, "{key: gpu, operator: Exists}"), {""}),
        (affinity(REGION.replace(": In", ": NotIn")), {""}),
        (affinity(REGION, kind="preferred"), {""}),
    ],
)
def test_node_labels_say_where_pods_run(check: Check, spec: str, wanted: set[str]) -> None:
    limits = "containers: [{name: a, resources: {limits: {nvidia.com/gpu: 1}}}]"
    outcome = check({"a.yaml": pod("a", f"{spec}\n{limits}")})
    assert places(outcome, "Pod/a") == wanted


def test_pods_that_are_not_all_bound(check: Check) -> None:
    """A cluster whose head may run anywhere is not inside because its workers are."""
    text = """\
apiVersion: ray.io/v1
kind: RayCluster
metadata: {name: r}
spec:
  headGroupSpec: {template: {spec: {containers: [{name: h}]}}}
  workerGroupSpecs:
    - template:
        spec:
          nodeSelector: {topology.kubernetes.io/region: eu-west-1}
          containers: [{name: w, resources: {limits: {nvidia.com/gpu: 1}}}]
"""
    outcome = check({"a.yaml": text})
    assert {finding.verdict.value for finding in outcome.findings} == {"undetermined"}


def test_a_service_of_the_cluster_is_no_unknown_host(check: Check) -> None:
    text = pod(
        "a", "containers: [{name: a, env: [{name: OPENAI_BASE_URL, value: 'http://llm.x.svc.cluster.local:80/v1'}]}]"
    )
    service = "\n---\napiVersion: v1\nkind: Service\nmetadata: {name: llm, namespace: x}\nspec: {ports: [{port: 80}]}\n"
    assert [f.policy for f in check({"a.yaml": text}).findings if f.policy == "model-endpoint"] == ["model-endpoint"]
    assert [f.policy for f in check({"a.yaml": text + service}).findings if f.policy == "model-endpoint"] == []


def test_a_claim_that_a_model_is_read_from(check: Check) -> None:
    text = """\
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata: {name: m}
spec: {predictor: {nodeSelector: {topology.kubernetes.io/region: eu-west-2}, model: {storageUri: pvc://weights/m}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: weights}
"""
    found = {(f.policy, f.address, f.verdict.value) for f in check({"a.yaml": text}).findings}
    assert found == {
        ("ai-placement", "InferenceService/m", "outside"),
        ("storage-placement", "PersistentVolumeClaim/weights", "outside"),
    }


def test_a_proxys_configuration_is_heard_through_its_config_map(check: Check) -> None:
    text = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: litellm}
data:
  config.yaml: |
    model_list:
      - litellm_params: {model: openai/gpt-4o, api_base: "https://us.api.openai.com/v1"}
---
apiVersion: v1
kind: Pod
metadata: {name: proxy}
spec:
  containers: [{name: p, image: litellm}]
  volumes: [{name: c, configMap: {name: litellm}}]
"""
    findings = [f for f in check({"a.yaml": text}).findings if f.policy == "model-endpoint"]
    assert [(f.address, f.verdict.value) for f in findings] == [
        ("ConfigMap/litellm/config.yaml/openai/gpt-4o", "outside")
    ]


def test_a_fault_loses_one_document(check: Check) -> None:
    broken = "apiVersion: v1\nkind: Pod\nmetadata: {name: b\n  x: [\n"
    good = pod("a", "containers: [{name: a, resources: {limits: {amd.com/gpu: 1}}}]")
    outcome = check({"a.yaml": f"{broken}---{good}", "c.yaml": "apiVersion: v1\nkind: \xff"})
    assert [f.address for f in outcome.findings] == ["Pod/a"]
    (gap,) = (gap for gap in outcome.graph.gaps if gap.fatal)
    assert (gap.what, gap.location is not None) == ("a.yaml", True)


def test_a_template_of_something_else_is_read_and_said(check: Check) -> None:
    text = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ name }}
spec:
  template:
    spec:
      containers:
        - name: a
          env:
            - name: OPENAI_BASE_URL
              value: "https://us.api.openai.com/v1"
"""
    outcome = check({"a.yaml": text})
    assert [(f.policy, str(f.location)) for f in outcome.findings] == [
        ("place-not-stated", "a.yaml:1"),
        ("model-endpoint", "a.yaml:12"),
    ]
    (gap,) = outcome.graph.gaps
    assert (gap.fatal, "not rendered" in gap.why) == (False, True)


def test_braces_in_a_text_make_no_template(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  rule: |\n    {{ $labels.pod }} is down\n"
    (root,) = opened(tmp_path, {"a.yaml": text})
    assert [block.address for block in root.blocks(lambda mode, type: True)] == ["ConfigMap/a"]
    assert root.gaps() == []


def test_nothing_is_yielded_that_is_not_wanted(tmp_path: Path) -> None:
    (root,) = opened(tmp_path, {"a.yaml": pod("a", "containers: []")})
    assert list(root.blocks(lambda mode, type: False)) == []
    root.parse(lambda mode, type: True)
    root.close()
    assert [block.address for block in root.blocks(lambda mode, type: True)] == ["Pod/a"]


def test_a_claim_that_a_model_names_by_uri_is_the_one_that_is_declared(check: Check) -> None:
    service = "apiVersion: serving.kserve.io/v1alpha1\nkind: LLMInferenceService\nmetadata: {name: a}\n"
    claim = "---\napiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: weights}\nspec: {}\n"
    outcome = check({"a.yaml": f"{service}spec: {{model: {{uri: 'pvc://weights/x'}}}}\n{claim}"})
    found = {resource.address for resource in outcome.graph.resources.values()}
    assert found == {"LLMInferenceService/a", "PersistentVolumeClaim/weights"}


def test_the_values_of_an_application_set_are_heard(check: Check) -> None:
    values = "{valuesObject: {env: {OPENAI_BASE_URL: https://api.openai.com/v1}}}"
    text = f"""\
apiVersion: argoproj.io/v1alpha1
kind: ApplicationSet
metadata: {{name: a}}
spec: {{template: {{spec: {{source: {{helm: {values}}}}}}}}}
"""
    assert "model-endpoint" in {f.policy for f in check({"a.yaml": text}).findings}
