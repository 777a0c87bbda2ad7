"""YAML programs: what expressions, functions, providers and options come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from checker import formats
from checker.model import Block, Gap, Unknown, Value
from checker.outcome import Outcome
from providers.pulumi import format as pulumi
from providers.pulumi.interpolation import Access, parts

Check = Callable[..., Outcome]
HEAD = "name: app\nruntime: yaml\n"


def read(folder: Path, files: str | Mapping[str, str], **options: object) -> tuple[dict[str, Block], list[Gap]]:
    """Return the blocks of all roots by address, and the gaps."""
    given = {"Pulumi.yaml": HEAD + files} if isinstance(files, str) else files
    for name, text in given.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    asked = formats.Options(**options)  # type: ignore[arg-type]
    roots, gaps, _ = pulumi.open_roots(formats.listing([folder]), asked, folder)
    blocks = {block.address: block for root in roots for block in root.blocks(lambda mode, type: True)}
    return blocks, [*gaps, *(gap for root in roots for gap in root.gaps())]


def value(folder: Path, text: str, path: str = "bucket", address: str = "b", **options: object) -> Value:
    """Return the one value at a path of a resource."""
    blocks, _ = read(folder, text, **options)
    (found,) = blocks[address].body.values(path)
    return found


def bucket(expression: str, more: str = "") -> str:
    return f"resources:\n  b:\n    type: aws:s3:Bucket\n    properties:\n      bucket: {expression}\n{more}"


OTHER = "  other:\n    type: aws:s3:Bucket\n    properties:\n      bucket: known\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", ["plain"]),
        ("${a}", [Access("a", (), "a")]),
        ("x-${a.b[0]}-y", ["x-", Access("a", ("b", 0), "a.b[0]"), "-y"]),
        ('${a["b.c"].d}', [Access("a", ("b.c", "d"), 'a["b.c"].d')]),
        ('${["odd key"].d}', [Access("odd key", ("d",), '["odd key"].d')]),
        ("$${a}", ["${a}"]),
        ("${a", ["${a"]),
        ("${}", ["${}"]),
        ("${[0]}", ["${[0]}"]),
        ("cost: $5", ["cost: ", "$5"]),
    ],
)
def test_interpolation(text: str, found: list[str | Access]) -> None:
    assert "".join(map(str, parts(text))) == "".join(map(str, found))
    assert [one for one in parts(text) if isinstance(one, Access)] == [one for one in found if isinstance(one, Access)]


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        ("${pulumi.project}-x", "app-x"),
        ("${other.bucket}-x", "known-x"),
        ("${v}", "one"),
        ("${list[1]}", "b"),
        ('${map["k.k"].inner}', "deep"),
        ("$${v}", "${v}"),
        ("{'fn::join': ['-', ['a', '${v}', 'c']]}", "a-one-c"),
        ("{'fn::select': [1, '${list}']}", "b"),
        ("{'fn::select': [0, {'fn::split': ['-', 'x-y']}]}", "x"),
        ("{'Fn::Select': [1, ['a', 'b']]}", "b"),
        ("{'fn::toBase64': 'hi'}", "aGk="),
        ("{'fn::fromBase64': 'aGk='}", "hi"),
        ("{'fn::singleOrNone': ['a']}", "a"),
        ("{'fn::secret': 'hush'}", "hush"),
        ("{'fn::readFile': ./name.txt}", "from a file"),
    ],
)
def test_what_is_known(expression: str, data: str, tmp_path: Path) -> None:
    (tmp_path / "name.txt").write_text("from a file", encoding="utf-8")
    more = OTHER + "variables:\n  v: one\n  list: [a, b]\n  map: {'k.k': {inner: deep}}\n"
    assert value(tmp_path, bucket(expression, more)).data == data


@pytest.mark.parametrize(
    "expression",
    [
        "${nobody}",
        "${pulumi.stack}",
        "${list[7]}",
        "${list.k}",
        "{'fn::select': [9, '${list}']}",
        "{'fn::select': ['${pulumi.stack}', '${list}']}",
        "{'fn::join': 'no list'}",
        "{'fn::readFile': ../outside.txt}",
        "{'fn::readFile': /etc/hostname}",
        "{'fn::stackReference': [org/x/dev, name]}",
        "{'fn::invoke': {function: 'aws:ssm:getParameter', arguments: {name: x}, return: value}}",
        "{'fn::unheardOf': x}",
        "${loop}",
        "${b.bucket}",
    ],
)
def test_what_is_not_known_is_unknown(expression: str, tmp_path: Path) -> None:
    (tmp_path.parent / "outside.txt").write_text("outside", encoding="utf-8")
    more = "variables:\n  list: [a, b]\n  loop: ${loop2}\n  loop2: ${loop}\n"
    blocks, _ = read(tmp_path, bucket(expression, more))
    found = blocks["b"].body.values("bucket")
    assert found
    assert all(isinstance(one.data, Unknown) for one in found) or {one.data for one in found} == {"a", "b"}


def test_a_part_that_is_not_known_leaves_the_rest_and_what_it_hangs_on(tmp_path: Path) -> None:
    found = value(tmp_path, bucket("s3://${other.arn}/docs", OTHER))
    assert found.text == "s3://${other.arn}/docs"
    assert [(one.address, one.attribute) for one in found.targets] == [("other", "arn")]


def test_a_secret_is_marked_so(tmp_path: Path) -> None:
    text = "config:\n  c: {type: string, secret: true, default: x}\n" + bucket("pre-${c}")
    assert value(tmp_path, text).sensitive
    assert value(tmp_path, bucket("{'fn::secret': y}")).sensitive
    assert not value(tmp_path, bucket("{'fn::unsecret': y}")).sensitive


def test_json_is_a_text_and_a_structure(tmp_path: Path) -> None:
    text = (
        "resources:\n  b:\n    type: aws:ecs:TaskDefinition\n    properties:\n      containerDefinitions:\n"
        "        fn::toJSON:\n          - name: web\n            image: ${other.arn}\n            environment:\n"
        "              - {name: KEY, value: v}\n" + OTHER
    )
    blocks, _ = read(tmp_path, text)
    (item,) = blocks["b"].body.items("container_definitions.environment")
    assert [item["name"][0].data, item["value"][0].data] == ["KEY", "v"]
    (whole,) = blocks["b"].body.values("container_definitions")
    assert whole.text == '[{"name":"web","image":"${other.arn}","environment":[{"name":"KEY","value":"v"}]}]'
    assert [one.address for one in whole.targets] == ["other"]


@pytest.mark.parametrize(
    ("options", "region"),
    [
        ("", "eu-west-1"),
        ("    options: {provider: '${us}'}\n", "us-east-1"),
        ("    options: {parent: '${parent}'}\n", "us-east-1"),
        ("    options: {parent: '${grandchild}'}\n", "us-east-1"),
        ("    options: {providers: ['${us}']}\n", "us-east-1"),
        ("    options: {provider: '${google}'}\n", "eu-west-1"),
    ],
)
def test_the_provider(options: str, region: str, tmp_path: Path) -> None:
    text = (
        f"resources:\n  b:\n    type: aws:s3:Bucket\n{options}"
        "  us:\n    type: pulumi:providers:aws\n    properties: {region: us-east-1}\n"
        "  google:\n    type: pulumi:providers:gcp\n    properties: {region: us-east1}\n"
        "  parent:\n    type: aws:s3:Bucket\n    options: {provider: '${us}'}\n"
        "  grandchild:\n    type: aws:s3:Bucket\n    options: {parent: '${parent}'}\n"
    )
    blocks, _ = read(tmp_path, {"Pulumi.yaml": HEAD + text, "Pulumi.dev.yaml": "config: {'aws:region': eu-west-1}\n"})
    provider = blocks["b"].provider
    assert provider is not None
    assert provider.body is not None
    assert [one.data for one in provider.body.values("region")] == [region]


def test_a_provider_may_be_the_default_of_its_package(tmp_path: Path) -> None:
    text = (
        "resources:\n  b:\n    type: aws:s3:Bucket\n"
        "  us:\n    type: pulumi:providers:aws\n    defaultProvider: true\n    properties: {region: us-east-1}\n"
    )
    blocks, _ = read(tmp_path, {"Pulumi.yaml": HEAD + text, "Pulumi.dev.yaml": "config: {'aws:region': eu-west-1}\n"})
    provider = blocks["b"].provider
    assert provider is not None
    assert provider.body is not None
    assert [one.data for one in provider.body.values("region")] == ["us-east-1"]


def test_an_explicit_provider_takes_nothing_from_the_stack(check: Check) -> None:
    text = (
        "resources:\n  e:\n    type: aws:sagemaker:Endpoint\n    options: {provider: '${own}'}\n"
        "  own:\n    type: pulumi:providers:aws\n    properties: {profile: work}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text, "Pulumi.dev.yaml": "config: {'aws:region': eu-west-1}\n"})
    (finding,) = outcome.findings
    assert finding.verdict.value == "undetermined"
    assert 'provider "aws" (own) states no region' in finding.message


def test_the_region_that_a_provider_is_asked_for(tmp_path: Path) -> None:
    call = "variables:\n  r:\n    fn::invoke:\n      function: aws:getRegion\n"
    files = {
        "Pulumi.yaml": HEAD + bucket("'${r.name}-docs'") + call,
        "Pulumi.dev.yaml": "config: {'aws:region': eu-west-1}\n",
    }
    blocks, _ = read(tmp_path, files)
    assert [one.data for one in blocks["b"].body.values("bucket")] == ["eu-west-1-docs"]


def test_zones_are_in_the_region_of_their_provider(check: Check) -> None:
    text = (
        "resources:\n  vm:\n    type: aws:ec2:Instance\n"
        "    properties: {availabilityZone: '${zones[0]}', instanceType: p4d.24xlarge}\n"
        "variables:\n  zones:\n    fn::invoke:\n"
        "      function: aws:index/getAvailabilityZones:getAvailabilityZones\n"
        "      arguments: {state: available}\n      return: names\n"
    )
    files = {"Pulumi.yaml": HEAD + text, "Pulumi.dev.yaml": "config: {'aws:region': us-east-1}\n"}
    assert [finding.verdict.value for finding in check(files).findings] == ["outside"]
    (finding,) = check({**files, "Pulumi.dev.yaml": ""}).findings
    assert finding.verdict.value == "undetermined"


def test_what_is_assumed_counts_for_a_provider_that_states_no_region(check: Check) -> None:
    text = (
        "resources:\n  e:\n    type: aws:sagemaker:Endpoint\n    options: {provider: '${own}'}\n"
        "  own:\n    type: pulumi:providers:aws\n    properties: {profile: work}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text}, assumed={"aws": "us-east-1"})
    assert [finding.verdict.value for finding in outcome.findings] == ["outside"]


def test_what_get_reads_is_looked_up_and_not_managed(tmp_path: Path) -> None:
    blocks, _ = read(tmp_path, "resources:\n  b:\n    type: aws:s3:Bucket\n    get: {id: x, state: {bucket: there}}\n")
    assert blocks["b"].mode == "data"
    assert [one.data for one in blocks["b"].body.values("bucket")] == ["there"]


@pytest.mark.parametrize(
    ("token", "why"),
    [("awsx:ecs:FargateService", "a component is code"), ("google-native:storage/v1:Bucket", "in no table")],
)
def test_what_is_not_read_is_a_gap(token: str, why: str, tmp_path: Path) -> None:
    blocks, gaps = read(tmp_path, f"resources:\n  svc:\n    type: {token}\n    properties: {{region: us-east-1}}\n")
    assert blocks["svc"].mode == "module"
    assert [(gap.what.startswith("svc ("), why in gap.why, gap.fatal) for gap in gaps] == [(True, True, False)]


def test_a_local_component_is_a_gap(tmp_path: Path) -> None:
    text = "components:\n  rag:\n    resources: {}\nresources:\n  mine:\n    type: app:index:rag\n"
    _, gaps = read(tmp_path, text)
    assert ["components that a program defines" in gap.why for gap in gaps] == [True]


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("https://github.com/acme/component-gke@v1.1.1", 1),
        ("{source: ../components/rag}", 1),
        ("{source: terraform-provider, version: 0.1, parameters: [acme/rag]}", 0),
        ("rag@1.0", 0),
    ],
)
def test_a_package_from_elsewhere_is_a_gap(source: str, count: int, tmp_path: Path) -> None:
    text = f"packages:\n  component-rag: {source}\n  aws: ./sdks/aws\n"
    text += "resources:\n  mine:\n    type: rag:Service\n  b:\n    type: aws:s3:Bucket\n"
    _, gaps = read(tmp_path, text)
    assert [gap.what for gap in gaps] == ["mine (rag:Service)"] * count


def test_a_name_that_is_known_in_part_means_its_resource(check: Check) -> None:
    text = (
        "resources:\n  docs:\n    type: aws:s3:Bucket\n"
        "    properties: {bucket: 'docs-${pulumi.stack}', region: us-east-1}\n"
        "  source:\n    type: aws:kendra:DataSource\n    properties:\n      region: eu-west-1\n"
        "      configuration: {s3Configuration: {bucketName: '${docs.bucket}'}}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text})
    assert [(one.address, one.policy) for one in outcome.findings] == [("docs", "storage-placement")]


def test_a_type_of_an_ai_service_without_a_row_is_a_gap(check: Check) -> None:
    text = HEAD + "resources:\n  new:\n    type: aws:bedrock:Habitat\n  azure:\n    type: azure-native:search:Habitat\n"
    outcome = check({"Pulumi.yaml": text})
    assert sorted(gap.what.partition(" ")[0] for gap in outcome.graph.gaps) == ["azure", "new"]
    assert all("belongs to an AI service" in gap.why for gap in outcome.graph.gaps)


def test_settings_of_compute(check: Check) -> None:
    text = (
        "config:\n  key: {type: string, secret: true}\nresources:\n  run:\n    type: gcp:cloudrunv2:Service\n"
        "    properties:\n      location: europe-west1\n      template:\n        containers:\n          - image: x\n"
        "            envs:\n              - {name: OPENAI_API_KEY, value: '${key}'}\n"
        "  pod:\n    type: kubernetes:core/v1:Pod\n    properties:\n      metadata: {name: pod}\n      spec:\n"
        "        containers:\n          - image: x\n            env:\n"
        "              - {name: OPENAI_BASE_URL, value: 'https://us.api.openai.com/v1'}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text})
    found = {finding.address for finding in outcome.findings if finding.policy == "model-endpoint"}
    assert found == {"run", "pod"}


@pytest.mark.parametrize(
    "kubeconfig",
    ["'${cluster.kubeconfig}'", "'server: ${cluster.endpoint}'", "{'fn::toJSON': {s: '${cluster.endpoint}'}}"],
)
def test_an_object_of_kubernetes_is_where_its_cluster_is(kubeconfig: str, check: Check) -> None:
    text = (
        "resources:\n  cluster:\n    type: gcp:container:Cluster\n    properties: {location: us-central1}\n"
        f"  k8s:\n    type: pulumi:providers:kubernetes\n    properties: {{kubeconfig: {kubeconfig}}}\n"
        "  pod:\n    type: kubernetes:core/v1:Pod\n    options: {provider: '${k8s}'}\n    properties:\n      spec:\n"
        "        containers:\n          - resources: {limits: {nvidia.com/gpu: 1}}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text})
    found = {one.address: one.verdict(outcome.jurisdiction).value for one in outcome.judged}
    assert found["pod"] == "outside"


def test_azure_without_a_location_is_where_its_group_is(check: Check) -> None:
    text = (
        "resources:\n  rg:\n    type: azure-native:resources:ResourceGroup\n    properties: {location: uksouth}\n"
        "  ai:\n    type: azure-native:cognitiveservices:Account\n"
        "    properties: {resourceGroupName: '${rg.name}', kind: OpenAI}\n"
        "  project:\n    type: azure-native:cognitiveservices:Project\n"
        "    properties:\n      resourceGroupName: ${rg.name}\n      accountName: ${ai.name}\n      projectName: p\n"
        "      location: westeurope\n"
        "  classic:\n    type: azure:cognitive:Account\n"
        "    properties: {resourceGroupName: '${rg.name}', kind: OpenAI}\n"
        "  other:\n    type: azure:cognitive:Account\n    properties: {resourceGroupName: elsewhere, kind: OpenAI}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text})
    verdicts = {one.address: one.verdict(outcome.jurisdiction).value for one in outcome.judged}
    assert verdicts == {"ai": "outside", "project": "inside", "classic": "outside", "other": "undetermined"}


def test_a_child_of_azure_native_is_found_by_the_name_of_its_account(check: Check) -> None:
    text = (
        "resources:\n  ai:\n    type: azure-native:cognitiveservices:Account\n"
        "    properties: {resourceGroupName: rg, accountName: answers, kind: OpenAI, location: uksouth}\n"
        "  gpt:\n    type: azure-native:cognitiveservices:Deployment\n    properties:\n      resourceGroupName: rg\n"
        "      accountName: answers\n      deploymentName: gpt\n      sku: {name: Standard}\n"
        "  docs:\n    type: azure-native:storage:BlobContainer\n    properties:\n      resourceGroupName: rg\n"
        "      accountName: docs\n      containerName: docs\n"
        "  store:\n    type: azure-native:storage:StorageAccount\n"
        "    properties: {resourceGroupName: rg, accountName: docs, location: eastus, sku: {name: Standard_LRS}}\n"
    )
    outcome = check({"Pulumi.yaml": HEAD + text}, scope="all")
    verdicts = {one.address: one.verdict(outcome.jurisdiction).value for one in outcome.judged}
    assert verdicts == {"ai": "outside", "gpt": "outside", "docs": "outside", "store": "outside"}
