"""Objects that create clouds: the types and words of their clouds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker import catalogue, registry
from checker.model import Purpose
from checker.outcome import Outcome
from providers.kubernetes import clouds

Check = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("kmsKeyID", "kms_key_id"),
        ("BigQueryDataset", "big_query_dataset"),
        ("s3OutputPath", "s3_output_path"),
        ("modelDataURL", "model_data_url"),
        ("VertexAIEndpoint", "vertex_ai_endpoint"),
        ("executionRoleARN", "execution_role_arn"),
        ("name", "name"),
    ],
)
def test_words(name: str, wanted: str) -> None:
    assert clouds.snake(name) == wanted


@pytest.mark.parametrize(
    ("api", "kind", "wanted"),
    [
        ("s3.aws.upbound.io/v1beta2", "Bucket", "aws_s3_bucket"),
        ("s3.aws.m.upbound.io/v1beta1", "Bucket", "aws_s3_bucket"),
        ("ec2.aws.upbound.io/v1beta1", "Instance", "aws_instance"),
        ("rds.aws.upbound.io/v1beta1", "Instance", "aws_db_instance"),
        ("cloudwatchlogs.aws.upbound.io/v1beta1", "Group", "aws_cloudwatch_log_group"),
        ("sagemaker.aws.upbound.io/v1beta1", "Domain", "aws_sagemaker_domain"),
        ("s3.aws.crossplane.io/v1beta1", "Bucket", "aws_s3_bucket"),
        ("storage.gcp.upbound.io/v1beta1", "Bucket", "google_storage_bucket"),
        ("vertexai.gcp.upbound.io/v1beta1", "Dataset", "google_vertex_ai_dataset"),
        ("kms.gcp.upbound.io/v1beta1", "CryptoKey", "google_kms_crypto_key"),
        ("azure.upbound.io/v1beta1", "ResourceGroup", "azurerm_resource_group"),
        ("cognitiveservices.azure.upbound.io/v1beta1", "Account", "azurerm_cognitive_account"),
        ("cognitiveservices.azure.upbound.io/v1beta1", "Deployment", "azurerm_cognitive_deployment"),
        ("storage.azure.upbound.io/v1beta1", "Account", "azurerm_storage_account"),
        ("storage.cnrm.cloud.google.com/v1beta1", "StorageBucket", "google_storage_bucket"),
        ("bigquery.cnrm.cloud.google.com/v1beta1", "BigQueryDataset", "google_bigquery_dataset"),
        ("kms.cnrm.cloud.google.com/v1beta1", "KMSCryptoKey", "google_kms_crypto_key"),
        ("sql.cnrm.cloud.google.com/v1beta1", "SQLInstance", "google_sql_database_instance"),
        ("s3.services.k8s.aws/v1alpha1", "Bucket", "awscc_s3_bucket"),
        ("sagemaker.services.k8s.aws/v1alpha1", "Endpoint", "awscc_sagemaker_endpoint"),
        ("storage.azure.com/v1api20230101", "StorageAccount", "azapi_resource"),
        ("eksctl.io/v1alpha5", "ClusterConfig", "aws_eks_node_group"),
        ("unknown.azure.com/v1", "Thing", ""),
        ("apps/v1", "Deployment", ""),
        ("serving.kserve.io/v1beta1", "InferenceService", ""),
    ],
)
def test_types(api: str, kind: str, wanted: str) -> None:
    assert clouds.type_of(api, kind) == wanted


def test_listed_types_are_ones_that_a_cloud_has() -> None:
    for type in clouds._table()["kinds"].values():
        if "/" in type:
            assert f"azapi:{type.lower()}" in catalogue.rows("azure"), type
        else:
            assert registry.cloud_of(type) is not None, type


def places(outcome: Outcome) -> dict[str, set[str]]:
    return {
        r.address: {place.name for place in r.places if place.purpose is Purpose.LOCATION}
        for r in outcome.graph.resources.values()
    }


def test_crossplane(check: Check) -> None:
    text = """\
apiVersion: kms.aws.upbound.io/v1beta1
kind: Key
metadata: {name: k}
spec: {forProvider: {region: us-east-1}}
---
apiVersion: sagemaker.aws.upbound.io/v1beta1
kind: NotebookInstance
metadata:
  name: lab
  annotations: {crossplane.io/external-name: lab-1}
spec:
  forProvider:
    region: eu-west-1
    kmsKeyIdRef: {name: k}
"""
    outcome = check({"a.yaml": text})
    assert places(outcome) == {"Key/k": {"us-east-1"}, "NotebookInstance/lab": {"eu-west-1"}}
    assert [(f.policy, f.address) for f in outcome.findings] == [("key-placement", "Key/k")]


def test_compositions(check: Check) -> None:
    text = """\
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: {name: lab}
spec:
  mode: Pipeline
  pipeline:
    - step: patch-and-transform
      input:
        resources:
          - name: here
            base:
              apiVersion: sagemaker.aws.upbound.io/v1beta1
              kind: NotebookInstance
              spec: {forProvider: {region: us-east-1}}
          - name: there
            base:
              apiVersion: sagemaker.aws.upbound.io/v1beta1
              kind: NotebookInstance
              spec: {forProvider: {region: us-east-1}}
            patches:
              - {type: FromCompositeFieldPath, fromFieldPath: spec.region, toFieldPath: spec.forProvider.region}
"""
    found = [(f.address, f.verdict.value, str(f.location)) for f in check({"a.yaml": text}).findings]
    assert found == [
        ("NotebookInstance/here", "outside", "a.yaml:14"),
        ("NotebookInstance/there", "undetermined", "a.yaml:21"),
    ]


def test_a_region_that_nothing_states(check: Check) -> None:
    text = "apiVersion: sagemaker.services.k8s.aws/v1alpha1\nkind: Endpoint\nmetadata: {name: e}\nspec: {}\n"
    (finding,) = check({"a.yaml": text}).findings
    assert (finding.policy, "states a region" in finding.message) == ("place-not-stated", True)
    assert check({"a.yaml": text}, assumed={"aws": "eu-west-1"}).findings == ()


def test_eksctl(check: Check) -> None:
    text = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: train, region: us-west-2}
managedNodeGroups:
  - {name: gpu, instanceType: p5.48xlarge}
  - {name: cpu, instanceType: m7i.large}
"""
    outcome = check({"a.yaml": text})
    found = [(f.policy, f.address, str(f.location)) for f in outcome.findings if f.verdict.value == "outside"]
    assert ("accelerator-placement", "ClusterConfig/train/managedNodeGroups/gpu", "a.yaml:3") in found
    assert [address for policy, address, _ in found if policy == "accelerator-placement"] == [
        "ClusterConfig/train/managedNodeGroups/gpu"
    ]


def test_azure_service_operator(check: Check) -> None:
    text = """\
apiVersion: resources.azure.com/v1api20200601
kind: ResourceGroup
metadata: {name: rg}
spec: {location: eastus}
---
apiVersion: cognitiveservices.azure.com/v1api20250601
kind: Account
metadata: {name: a, namespace: x}
spec: {azureName: acme, location: westeurope, kind: OpenAI, owner: {name: rg}, sku: {name: S0}}
---
apiVersion: cognitiveservices.azure.com/v1api20250601
kind: Deployment
metadata: {name: d, namespace: x}
spec: {owner: {name: a}, sku: {name: Standard}, properties: {model: {format: OpenAI, name: gpt-4o}}}
"""
    found = places(check({"a.yaml": text}))
    assert (found["Account/x/a"], found["Deployment/x/d"]) == ({"westeurope"}, {"westeurope"})


WORKSPACE = """\
apiVersion: machinelearningservices.azure.m.upbound.io/v1beta1
kind: Workspace
metadata: {name: w}
spec:
  forProvider:
    location: West Europe
    storageAccountIdSelector: {matchLabels: {a: one, b: two}}
---
apiVersion: storage.azure.m.upbound.io/v1beta1
kind: Account
metadata: {name: meant, labels: {a: one, b: two}}
spec: {forProvider: {location: East US, accountReplicationType: LRS}}
---
apiVersion: storage.azure.m.upbound.io/v1beta1
kind: Account
metadata: {name: another, labels: {a: one}}
spec: {forProvider: {location: East US, accountReplicationType: LRS}}
"""


def test_a_selector_means_the_objects_that_have_all_its_labels(check: Check) -> None:
    found = [f.address for f in check({"a.yaml": WORKSPACE}).findings if f.policy == "storage-placement"]
    assert found == ["Account/meant"]


@pytest.mark.parametrize(
    ("api", "kind", "spec", "place"),
    [
        ("notebooks.cnrm.cloud.google.com/v1beta1", "NotebookInstance", "{zone: us-central1-a}", "us-central1-a"),
        ("cognitiveservices.azure.upbound.io/v1beta1", "AIServices", "{forProvider: {location: East US}}", "East US"),
        ("sagemaker.services.k8s.aws/v1alpha1", "TrainingJob", "{trainingJobName: t}", "us-east-2"),
    ],
)
def test_a_workload_of_an_operator_is_placed(check: Check, api: str, kind: str, spec: str, place: str) -> None:
    named = "metadata: {name: n, annotations: {services.k8s.aws/region: us-east-2}}"
    outcome = check({"a.yaml": f"apiVersion: {api}\nkind: {kind}\n{named}\nspec: {spec}\n"})
    (resource,) = outcome.graph.resources.values()
    assert [p.name for p in resource.places][:1] == [place]
    assert [f.policy for f in outcome.findings][:1] == ["ai-placement"]
