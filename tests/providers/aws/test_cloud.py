"""AWS's rules: which types and instance types are AI, and the tables behind them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.model import Value
from checker.rows import Cloud
from providers.aws import cloud

FOLDER = Path(cloud.__file__).parent


class Nothing:
    """A body without arguments."""

    def values(self, path: str) -> tuple[Value, ...]:
        return ()

    def items(self, path: str) -> tuple[dict[str, tuple[Value, ...]], ...]:
        return ()


def test_it_offers_what_a_cloud_offers() -> None:
    offered: Cloud = cloud
    assert offered.NAME == "aws"
    assert offered.PROVIDERS == ("aws", "awscc")
    assert offered.key("aws_s3_bucket", Nothing()) == "aws_s3_bucket"


def test_the_environment_is_read_in_the_order_of_the_provider() -> None:
    assert cloud.ENVIRONMENT["region"] == ("AWS_REGION", "AWS_DEFAULT_REGION")


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.json")))
def test_every_table_says_where_it_is_from(name: str) -> None:
    table = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert table["source"]
    assert table["checked"]
    assert table.get("rows") or table["vendors"]


@pytest.mark.parametrize("name", ["services.json", "bedrock_vendors.json", "instance_types.json"])
def test_no_row_is_listed_twice(name: str) -> None:
    rows = [json.dumps(row, sort_keys=True) for row in json.loads((FOLDER / name).read_text(encoding="utf-8"))["rows"]]
    assert sorted(rows) == sorted(set(rows))


@pytest.mark.parametrize(
    "type",
    [
        "aws_bedrock_something_new",
        "aws_bedrockagentcore_something_new",
        "aws_sagemaker_cluster",
        "awscc_bedrock_agent",
        "awscc_sagemaker_cluster",
        "data.aws_kendra_index",
        "aws_qbusiness_index",
        "awscc_omics_workflow",
        "awscc_quicksight_topic",
        "awscc_quicksight_agent",
        "awscc_connect_instance",
    ],
)
def test_types_of_ai_services_are_known(type: str) -> None:
    assert cloud.is_ai(type)


@pytest.mark.parametrize(
    "type",
    [
        "aws_s3_bucket",
        "aws_lambda_function",
        "aws_connect",
        "aws_quicksight_user",
        "aws_connect_queue",
        "awscc_quicksight_dashboard",
        "azurerm_ai_services",
        "bedrock_x",
        "aws_lexicon",
    ],
)
def test_other_types_are_not(type: str) -> None:
    assert not cloud.is_ai(type)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("g5.xlarge", True),
        ("G4DN.12xlarge", True),
        ("ml.g5.2xlarge", True),
        ("p6-b200.48xlarge", True),
        ("trn1n.32xlarge", True),
        ("inf2.xlarge", True),
        ("dl2q.24xlarge", True),
        ("g4ad.xlarge", True),
        ("p4d", True),  # Batch takes families
        ("g5.*", True),
        ("g5*", True),
        ("g5.${…}", True),
        ("t3.small", False),
        ("ml.m5.large", False),
        ("m7i-flex.large", False),
        ("u-6tb1.metal", False),
        ("im4gn.large", False),
        ("mac-m4pro.metal", False),
        ("vt1.3xlarge", False),
        ("f1.2xlarge", None),
        ("g99.xlarge", None),  # a family newer than the table
        ("p7.48xlarge", None),
        ("trn3.48xlarge", None),
        ("ml.geospatial.interactive", False),
        ("ml.g5.${var.size}", True),
        ("p4d.${lookup({a = 1}, var.x)}", True),
        ("t3.${var.size}", False),
        ("${…}.xlarge", None),
        ("g${var.g5.n}.xlarge", None),
        ("${var.g5}", None),
        ("optimal", None),
        ("", None),
    ],
)
def test_instance_types(name: str, expected: bool | None) -> None:
    assert cloud.accelerator(name, "instance-types") is expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("AL2_x86_64_GPU", True),
        ("AL2023_x86_64_NVIDIA", True),
        ("AL2023_x86_64_NEURON", True),
        ("BOTTLEROCKET_x86_64_NVIDIA_FIPS", True),
        ("AL2023_x86_64_STANDARD", False),
        ("BOTTLEROCKET_ARM_64", False),
        ("CUSTOM", None),
        ("${…}", None),
        ("AL2023_x86_64_${local.al2_gpu}", None),
        ("BOTTLEROCKET_${var.arch}_NVIDIA", True),
    ],
)
def test_images_of_eks_nodes(name: str, expected: bool | None) -> None:
    assert cloud.accelerator(name, "ami-types") is expected


def test_every_family_of_instances_is_decided() -> None:
    head, *families = (Path(__file__).parent / "instance_families.txt").read_text(encoding="utf-8").splitlines()
    assert head.startswith("# ")
    assert len(families) > 200
    told = {family: cloud.accelerator(f"{family}.large", "instance-types") for family in families}
    assert {family for family, carries in told.items() if carries is None} == {"f1", "f2"}
    assert {family for family, carries in told.items() if carries} == set(
        """
        cg1 dl1 dl2q g2 g3 g3s g4ad g4dn g5 g5g g6 g6e g6f g7 g7e gr6 gr6f inf1 inf2 p2 p3 p3dn p4d p4de p5 p5e p5en
        p6-b200 p6-b300 p6e-gb200 trn1 trn1n trn2 trn2u
        """.split()
    )


def test_kinds_of_accelerators() -> None:
    assert cloud.accelerator("NeuronDevice", "container-resources") is True
    assert cloud.accelerator("LINUX_GPU_CONTAINER", "codebuild-types") is True
    assert cloud.accelerator("LINUX_CONTAINER", "codebuild-types") is False
    assert cloud.accelerator("ECS_AL2023_NVIDIA", "ami-types") is True
    assert cloud.accelerator("rtx-pro-4500", "accelerator-names") is True
    assert cloud.accelerator("gpu", "accelerator-types") is True
    assert cloud.accelerator("GPU", "container-resources") is True
    assert cloud.accelerator("VCPU", "container-resources") is False
    assert cloud.accelerator("fpga", "accelerator-types") is None
    assert cloud.accelerator("a100", "accelerator-names") is True
    assert cloud.accelerator("inferentia", "accelerator-names") is True
    assert cloud.accelerator("vu9p", "accelerator-names") is None
    assert cloud.accelerator("${var.chip}", "accelerator-names") is None
    assert cloud.accelerator("nvidia", "accelerator-manufacturers") is True
    assert cloud.accelerator("xilinx", "accelerator-manufacturers") is None
    assert cloud.accelerator("intel", "accelerator-manufacturers") is None
    assert cloud.accelerator("g5.xlarge", "no-such-table") is None
