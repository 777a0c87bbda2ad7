"""Machines with AI chips sit inside the jurisdiction; other machines are not looked at."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.outcome import Outcome

POLICY = "accelerator-placement"
EC2 = 'resource "aws_instance" "x" {\n  instance_type = "%s"\n  region        = %s\n}\n'
AZURE = """
resource "azurerm_linux_virtual_machine" "x" {
  size     = "%s"
  location = %s
  os_disk {
    storage_account_type = "Premium_LRS"
  }
}
"""
NODES = """
resource "google_container_node_pool" "x" {
  location = %s
  node_config {
    machine_type = "n1-standard-8"
    guest_accelerator {
      type  = "nvidia-tesla-t4"
      count = 1
    }
  }
}
"""
VM = 'resource "google_compute_instance" "x" {\n  machine_type = "%s"\n  zone         = "%s"\n}\n'
UNSET = 'variable "place" {}\n'

OUTSIDE = {
    "GPUs in Oregon": (EC2 % ("p5.48xlarge", '"us-west-2"'), "aws_instance.x", "us-west-2"),
    "Trainium in London": (EC2 % ("trn1.32xlarge", '"eu-west-2"'), "aws_instance.x", "eu-west-2"),
    "Inferentia in Zurich": (EC2 % ("inf2.xlarge", '"eu-central-2"'), "aws_instance.x", "eu-central-2"),
    "an H100 in Norway": (
        AZURE % ("Standard_ND96isr_H100_v5", '"norwayeast"'),
        "azurerm_linux_virtual_machine.x",
        "norwayeast",
    ),
    "a GPU machine in a zone of London": (
        VM % ("a2-highgpu-1g", "europe-west2-b"),
        "google_compute_instance.x",
        "europe-west2-b",
    ),
    "a T4 beside a common machine type": (NODES % '"us-central1"', "google_container_node_pool.x", "us-central1"),
}

CLEAN = {
    "GPUs in Ireland": (EC2 % ("p4d.24xlarge", '"eu-west-1"'), "aws_instance.x"),
    "an A100 in Sweden": (
        AZURE % ("Standard_NC24ads_A100_v4", '"swedencentral"'),
        "azurerm_linux_virtual_machine.x",
    ),
    "a GPU machine in Belgium": (VM % ("g2-standard-4", "europe-west1-b"), "google_compute_instance.x"),
    "node pools in the Netherlands": (NODES % '"europe-west4"', "google_container_node_pool.x"),
    "a machine without chips elsewhere": (
        EC2 % ("g5.xlarge", '"eu-west-1"')
        + (EC2 % ("m7i.large", '"us-east-1"')).replace('"x"', '"web"')
        + (AZURE % ("Standard_D4s_v5", '"eastus"')).replace('"x"', '"web"'),
        "aws_instance.x",
    ),
}

UNDETERMINED = {
    "a region that no table lists": (EC2 % ("p5.48xlarge", '"eu-west-9"'), "aws_instance.x", "eu-west-9"),
    "an Azure location that nobody sets": (
        UNSET + AZURE % ("Standard_NC24ads_A100_v4", "var.place"),
        "azurerm_linux_virtual_machine.x",
        "",
    ),
    "a location of node pools that nobody sets": (UNSET + NODES % "var.place", "google_container_node_pool.x", ""),
}

Found = Callable[[Outcome, str], set[tuple[str, str, str]]]


@pytest.mark.parametrize("case", OUTSIDE)
def test_outside(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = OUTSIDE[case]
    assert found(check(source), POLICY) == {(address, "outside", place)}


@pytest.mark.parametrize("case", CLEAN)
def test_clean(case: str, check: Callable[..., Outcome], clean: Callable[[Outcome, str], None]) -> None:
    source, address = CLEAN[case]
    clean(check(source), address)


@pytest.mark.parametrize("case", UNDETERMINED)
def test_undetermined(case: str, check: Callable[..., Outcome], found: Found) -> None:
    source, address, place = UNDETERMINED[case]
    assert found(check(source), POLICY) == {(address, "undetermined", place)}
