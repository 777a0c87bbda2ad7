"""What the catalogue knows of a type by itself, before a block of it is read."""

from __future__ import annotations

import pytest

from checker import known


@pytest.mark.parametrize(
    ("mode", "type", "answer"),
    [
        ("managed", "aws_bedrockagent_agent", True),
        ("managed", "aws_bedrock_moonshot", True),
        ("managed", "aws_instance", True),  # its machine type decides
        ("managed", "azapi_resource", True),  # its type argument decides
        ("managed", "aws_s3_bucket", False),
        ("managed", "random_pet", False),
        ("data", "aws_bedrockagent_agent", False),
    ],
)
def test_may_be_ai(mode: str, type: str, answer: bool) -> None:
    assert known.may_be_ai(mode, type) is answer


@pytest.mark.parametrize(
    ("type", "answer"),
    [
        ("aws_lambda_function", True),
        ("kubernetes_deployment", True),
        ("kubernetes_manifest", True),  # its kind decides
        ("azapi_resource", True),  # its type argument decides
        ("aws_s3_bucket", False),
        ("random_pet", False),
    ],
)
def test_may_call(type: str, answer: bool) -> None:
    assert known.may_call("managed", type) is answer
    assert not known.may_call("data", type)


@pytest.mark.parametrize(
    ("type", "answer"),
    [
        ("aws_organizations_policy", True),
        ("azapi_resource", True),
        ("google_org_policy_policy", True),
        ("aws_s3_bucket", False),
    ],
)
def test_is_guardrail(type: str, answer: bool) -> None:
    assert known.is_guardrail("managed", type) is answer


def test_serves() -> None:
    assert known.serves("managed", "google_vertex_ai_endpoint")
    assert not known.serves("managed", "aws_instance")
    assert not known.serves("data", "google_vertex_ai_endpoint")
