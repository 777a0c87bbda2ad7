"""What ARNs, URIs and hosts name, and the region they carry."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from providers.aws import names
from providers.aws.names import names_in, place_in


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("arn:aws:s3:::docs", "s3:docs"),
        ("arn:aws:s3:::docs/*", "s3:docs"),
        ("arn:aws-eusc:s3:::docs/a/b", "s3:docs"),
        ("arn:aws-cn:s3:::docs", "s3:docs"),
        ("arn:${…}:s3:::docs", "s3:docs"),
        ("arn:${data.aws_partition.current.partition}:s3:::docs/${var.prefix}", "s3:docs"),
        ("s3://docs", "s3:docs"),
        ("s3://docs/train/", "s3:docs"),
        ("s3a://docs/x", "s3:docs"),
        ("s3://docs/${…}", "s3:docs"),
        ("https://docs.s3.amazonaws.com/x", "s3:docs"),
        ("https://docs.s3.eu-west-1.amazonaws.com/x", "s3:docs"),
        ("https://docs.s3-eu-west-1.amazonaws.com/x", "s3:docs"),
        ("https://docs.s3.dualstack.eu-west-1.amazonaws.com/x", "s3:docs"),
        ("https://docs.s3.${…}.amazonaws.com/x", "s3:docs"),
        ("https://s3.amazonaws.com/docs/x", "s3:docs"),
        ("https://s3.eu-west-1.amazonaws.com/docs/x?v=1", "s3:docs"),
        ("https://s3-eu-west-1.amazonaws.com/docs", "s3:docs"),
        ("https://a.b.c.s3.eu-west-1.amazonaws.com/x", "s3:a.b.c"),
        ("http://docs.s3-website-eu-west-1.amazonaws.com", "s3:docs"),
        ("https://docs.s3.eusc-de-east-1.amazonaws.eu/x", "s3:docs"),
        ("https://docs.s3.cn-north-1.amazonaws.com.cn/x", "s3:docs"),
        ("docs.s3.amazonaws.com", "s3:docs"),
        ("arn:aws:s3:eu-west-1:1:accesspoint/ap/object/x", "s3-access-point:ap"),
        ("arn:aws:s3express:eu-west-1:1:bucket/docs--euw1-az1--x-s3", "s3:docs--euw1-az1--x-s3"),
        ("arn:aws:s3vectors:eu-west-1:1:bucket/vec/index/docs", "s3vectors-index:vec/index/docs"),
        ("arn:aws:s3vectors:eu-west-1:1:bucket/vec/index/docs", "s3vectors:vec"),
        ("arn:aws:s3tables:eu-west-1:1:bucket/tables/table/x", "s3tables:tables"),
        ("arn:aws:dynamodb:eu-west-1:1:table/orders/stream/2026", "dynamodb:orders"),
        ("arn:aws:kms:eu-west-1:1:key/abc-def", "kms:abc-def"),
        ("arn:aws:kms:eu-west-1:1:alias/app", "kms:alias/app"),
        ("arn:aws:logs:eu-west-1:1:log-group:/aws/bedrock/x:*", "logs:/aws/bedrock/x"),
        ("arn:aws:logs:eu-west-1:${…}:log-group:/aws/x", "logs:/aws/x"),
        ("arn:aws:ecr:eu-west-1:1:repository/team/app", "ecr:team/app"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/app:1.2", "ecr:team/app"),
        ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app@sha256:abc", "ecr:app"),
        ("${…}.dkr.ecr.${…}.amazonaws.com/app:${…}", "ecr:app"),
        ("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app", "ecr:app"),
        ("arn:aws:rds:eu-west-1:1:cluster:main", "rds:main"),
        ("arn:aws:sqs:eu-west-1:1:jobs", "sqs:jobs"),
        ("arn:aws:lambda:eu-west-1:1:function:fn:7", "lambda:fn"),
        ("arn:aws:secretsmanager:eu-west-1:1:secret:app/key-AbCdEf", "secretsmanager:app/key"),
        ("arn:aws:ssm:eu-west-1:1:parameter/app/key", "ssm:/app/key"),
        ("arn:aws:firehose:eu-west-1:1:deliverystream/logs", "firehose:logs"),
        ("arn:aws:backup:us-east-1:1:backup-vault:dr", "backup:dr"),
    ],
)
def test_what_is_named(text: str, key: str) -> None:
    assert key in names_in(text)


@pytest.mark.parametrize(
    "text",
    [
        "docs",
        "",
        "s3://${…}/x",
        "s3://${var.a}-docs/x",
        "arn:aws:s3:::${…}",
        "arn:aws:s3:::docs-${…}/x",
        "https://${…}.s3.amazonaws.com/x",
        "https://docs.s3.example.com/x",
        "https://s3.amazonaws.com.evil.example/docs",
        "arn:aws:iam::123456789012:role/app",
        "public.ecr.aws/lambda/python:3.12",
        "arn:aws",
    ],
)
def test_what_names_nothing(text: str) -> None:
    assert names_in(text) == ()


def test_only_a_bare_arn_names_a_bucket() -> None:
    assert names_in("arn:aws:s3:eu-west-1:1:accesspoint/ap") == ("s3-access-point:ap",)
    assert names_in("arn:aws:s3:eu-west-1:1:job/docs") == ()


def test_a_longer_name_is_not_cut_to_a_shorter_one() -> None:
    assert "logs:/aws" not in names_in("arn:aws:logs:eu-west-1:1:log-group:/aws/bedrock")
    assert "ecr:team" not in names_in("arn:aws:ecr:eu-west-1:1:repository/team/app")


def test_all_that_a_text_names_is_found() -> None:
    text = json.dumps({"in": "s3://one/x", "out": "s3://two/y", "image": "1.dkr.ecr.eu-west-1.amazonaws.com/app:1"})
    assert set(names_in(text)) == {"s3:one", "s3:two", "ecr:app"}


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("arn:aws:backup:us-east-1:1:backup-vault:dr", "us-east-1"),
        ("arn:aws-eusc:kms:eusc-de-east-1:1:key/x", "eusc-de-east-1"),
        ("arn:aws-us-gov:logs:us-gov-west-1:1:log-group:x", "us-gov-west-1"),
        ("arn:${…}:kms:eu-west-2:1:key/x", "eu-west-2"),
        ("123456789012.dkr.ecr.us-east-1.amazonaws.com/app", "us-east-1"),
        ("https://docs.s3.eu-west-1.amazonaws.com/x", "eu-west-1"),
        ("https://docs.s3-eu-west-1.amazonaws.com/x", "eu-west-1"),
        ("https://s3.dualstack.eu-west-3.amazonaws.com/docs", "eu-west-3"),
        ("https://docs.s3.eusc-de-east-1.amazonaws.eu/x", "eusc-de-east-1"),
        ("https://bedrock-runtime.us-west-2.amazonaws.com", "us-west-2"),
        ("https://bedrock-mantle.eu-north-1.api.aws/v1", "eu-north-1"),
        ("abc123.eu-west-2.aoss.amazonaws.com", "eu-west-2"),
        ("vpce-1a.bedrock-runtime.eu-west-1.vpce.amazonaws.com", "eu-west-1"),
        ("db.abc.eu-central-2.rds.amazonaws.com:5432", "eu-central-2"),
        ("com.amazonaws.eu-west-1.bedrock-runtime", "eu-west-1"),
        ("cdk-hnb659fds-assets-111122223333-us-east-1", "us-east-1"),
        ("s3://cdk-hnb659fds-assets-${AWS::AccountId}-eu-west-1/x.zip", "eu-west-1"),
        ("arn:aws:s3:::sagemaker-us-west-2-111122223333", "us-west-2"),
    ],
)
def test_the_region_in_a_text(text: str, region: str) -> None:
    assert place_in(text) == region


@pytest.mark.parametrize(
    "text",
    [
        "arn:aws:s3:::eu-west-1-docs",
        "arn:aws:iam::123456789012:role/eu-west-1",
        "arn:aws:kms:${…}:1:key/x",
        "https://docs.s3.amazonaws.com/eu-west-1/x",
        "https://logs.eu-west-1.s3.amazonaws.com/x",  # a bucket whose name looks like a region
        "https://docs.s3.${…}.amazonaws.com/x",
        "https://eu-west-1.example.com",
        "s3://docs-eu-west-1/x",
        "eu-west-1",
        "",
    ],
)
def test_no_region_in_a_text(text: str) -> None:
    assert place_in(text) is None


def test_the_table_of_arns_says_where_it_is_from() -> None:
    table = json.loads((Path(names.__file__).parent / "arns.json").read_text(encoding="utf-8"))
    assert table["source"]
    assert table["checked"]
    pairs = [(row["arn"], row["key"], row.get("prepend", "")) for row in table["rows"]]
    assert sorted(pairs) == sorted(set(pairs))
