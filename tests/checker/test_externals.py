"""What the code names and does not declare: a resource of its own, with the place that its name states, if any."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from checker.model import Resource, Role
from checker.outcome import Outcome

Check = Callable[..., Outcome]

AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  region = "eu-west-1"\n  customer_encryption_key_arn = "%s"\n}\n'
BUCKET = 'resource "aws_s3_bucket" "b" {\n  bucket = "docs"\n  region = "eu-west-1"\n}\n'
MODEL = (
    'resource "aws_sagemaker_model" "m" {\n  region = "eu-west-1"\n  primary_container {\n'
    "    model_data_url = %s\n  }\n}\n"
)
SOURCE = (
    'resource "aws_bedrockagent_data_source" "d" {\n  region = "eu-west-1"\n  data_source_configuration {\n'
    "    s3_configuration {\n      bucket_arn = %s\n    }\n  }\n}\n"
)
ACCOUNT = (
    'resource "azurerm_cognitive_account" "a" {\n  location = "westeurope"\n  storage {\n'
    "    storage_account_id = %s\n  }\n}\n"
)
ID = "/subscriptions/0/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/"


def one(outcome: Outcome, address: str) -> Resource:
    (found,) = [resource for resource in outcome.graph.resources.values() if resource.address == address]
    return found


EXTERNAL = {
    "a bucket": (MODEL % '"s3://elsewhere/m"', "s3://elsewhere/m", Role.STORAGE, None),
    "an ARM id": (ACCOUNT % f'"{ID}y"', f"{ID}y", Role.STORAGE, None),
    "a key whose ARN says where it is": (
        AGENT % "arn:aws:kms:eu-west-3:111122223333:key/k",
        "arn:aws:kms:eu-west-3:111122223333:key/k",
        Role.KEYS,
        {"FR"},
    ),
    "an image whose host says where it is": (
        MODEL.replace("model_data_url", "image") % '"111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1"',
        "111122223333.dkr.ecr.us-east-1.amazonaws.com/x:1",
        Role.CONTAINER,
        {"US"},
    ),
}


@pytest.mark.parametrize("case", EXTERNAL)
def test_named_but_not_declared(case: str, check: Check) -> None:
    source, address, role, countries = EXTERNAL[case]
    external = one(check(source), address)
    assert (external.mode, external.roles) == ("external", frozenset({role}))
    assert [place.countries and set(place.countries) for place in external.places] == [countries]
    assert external.kind.endswith("declared elsewhere")


def test_key_that_does_not_say_where_it_is_makes_no_resource(check: Check) -> None:
    outcome = check(AGENT % "alias/k")
    assert [resource.address for resource in outcome.graph.resources.values()] == ["aws_bedrockagent_agent.a"]


def test_external_that_several_name_is_one(check: Check) -> None:
    outcome = check(MODEL % '"s3://elsewhere/m"' + MODEL.replace('"m"', '"n"', 1) % '"s3://elsewhere/m"')
    assert set(outcome.graph.joined[one(outcome, "s3://elsewhere/m").key]) == {
        one(outcome, "aws_sagemaker_model.m").key,
        one(outcome, "aws_sagemaker_model.n").key,
    }


def test_sensitive_name_is_not_an_address(check: Check) -> None:
    files = {
        "main.tf": 'variable "at" {\n  sensitive = true\n}\n' + MODEL % "var.at",
        "terraform.tfvars": 'at = "s3://hidden/m"\n',
    }
    addresses = {resource.address for resource in check(files).graph.resources.values()}
    assert addresses == {"aws_sagemaker_model.m", "(sensitive)"}


def test_two_sensitive_names_are_two_resources(check: Check) -> None:
    """One inside must not stand for one outside."""
    key = 'variable "%s" {\n  sensitive = true\n  default   = "arn:aws:kms:%s:111122223333:key/k"\n}\n'
    agents = AGENT.replace('"%s"', "var.a") + AGENT.replace('"%s"', "var.b").replace('"a"', '"b"')
    outcome = check(key % ("a", "eu-west-1") + key % ("b", "us-east-1") + agents)
    assert [finding.policy for finding in outcome.findings] == ["key-placement"]


def test_two_long_names_that_begin_the_same_are_two_resources(check: Check) -> None:
    start = "s3://elsewhere/" + "x" * 300
    outcome = check(MODEL % f'"{start}/1"' + MODEL.replace('"m"', '"n"', 1) % f'"{start}/2"')
    assert len([r for r in outcome.graph.resources.values() if r.mode == "external"]) == 2


@pytest.mark.parametrize("name", ["aws_sagemaker_model.m", "aws_s3_bucket.b", "module.x"])
def test_text_that_looks_like_an_address_hides_nothing(name: str, check: Check) -> None:
    call = 'module "x" {\n  source = "example/x/aws"\n  region = "us-east-1"\n}\n'
    declared = BUCKET.replace("eu-west-1", "us-east-1") + SOURCE % "aws_s3_bucket.b.arn" + call
    outcome = check(declared + MODEL.replace("eu-west-1", "us-east-1") % f'"{name}"')
    found = {(finding.address, finding.verdict.value) for finding in outcome.findings}
    assert {("aws_sagemaker_model.m", "outside"), ("aws_s3_bucket.b", "outside"), ("module.x", "outside")} <= found
