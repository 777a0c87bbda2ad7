"""What is deployed on AWS, listed by the real SDK from a real server, whole and with faults between the two."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import jsonschema  # type: ignore[import-untyped]  # its stubs are not needed for anything else
import pytest
from botocore import xform_name

from checker import catalogue, config, engine, scan
from checker.errors import EuclaveError, UsageError
from checker.outcome import Outcome, State
from checker.reports import json as json_report
from providers.aws import listing

SCHEMA = json.loads((Path(scan.__file__).parent / "data" / "euclave-report-2.schema.json").read_text())
ROLE = "arn:aws:iam::123456789012:role/r"
REGIONS = ("eu-central-1", "us-east-1", "us-west-2")
SERVICES = ("dynamodb", "kms", "logs", "s3", "sagemaker")
TYPES = (
    "dynamodb_table kms_key log_group s3_bucket s3_bucket_replication s3_bucket_logging sagemaker_endpoint "
    "sagemaker_endpoint_config sagemaker_model sagemaker_notebook sagemaker_training_job"
).split()
KEY = "sk-proj-abcdefghijklmnopqrstuvwxyz0123456789"


def free_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """Start moto's server; yield its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(300):
        with closing(socket.socket()) as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port
    process.kill()
    process.wait()


@pytest.fixture
def aws(server: int, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return the port of an empty cloud that the SDK calls."""
    reset = urllib.request.Request(f"http://127.0.0.1:{server}/moto-api/reset", method="POST")
    urllib.request.urlopen(reset).read()  # noqa: S310  # the server above
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server}")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    # Of the table what the server knows: to every other call it says that it knows it not.
    known = tuple(one for one in listing.operations() if one.type.removeprefix("awsapi_") in TYPES)
    assert len(known) == len(TYPES)
    monkeypatch.setattr(listing, "operations", lambda: known)
    return server


def deployed() -> None:
    """Deploy an endpoint with its model and data: some of it in Virginia, a notebook in Oregon."""
    s3 = boto3.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="captured")
    boto3.client("s3", region_name="eu-central-1").create_bucket(
        Bucket="models", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    sagemaker = boto3.client("sagemaker", region_name="eu-central-1")
    sagemaker.create_model(
        ModelName="ranker",
        ExecutionRoleArn=ROLE,
        PrimaryContainer={
            "Image": "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-inference:2.3",
            "ModelDataUrl": "s3://models/ranker.tar.gz",
            "Environment": {"OPENAI_BASE_URL": "https://api.openai.com/v1", "OPENAI_API_KEY": KEY},
        },
    )
    variant = {"VariantName": "v", "ModelName": "ranker", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(
        EndpointConfigName="ranker",
        ProductionVariants=[variant],
        DataCaptureConfig={
            "InitialSamplingPercentage": 1,
            "DestinationS3Uri": "s3://captured/x",
            "CaptureOptions": [{"CaptureMode": "Input"}],
        },
    )
    sagemaker.create_endpoint(EndpointName="ranker", EndpointConfigName="ranker")
    boto3.client("sagemaker", region_name="us-west-2").create_notebook_instance(
        NotebookInstanceName="lab", InstanceType="ml.t2.medium", RoleArn=ROLE
    )
    boto3.client("dynamodb", region_name="us-east-1").create_table(
        TableName="unrelated",
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "a", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )


def scanned(scope: str = "ai", **more: Any) -> Outcome:
    request = engine.Request((Path(),), config.judged_by("eu", []), scope=scope)
    wanted = scan.Wanted("aws", regions=more.pop("regions", REGIONS), services=more.pop("services", SERVICES), **more)
    return scan.run(wanted, request, lambda text: None)


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {one.address.rpartition(":")[2]: one.verdict(outcome.jurisdiction) for one in outcome.judged}


def states(outcome: Outcome) -> dict[tuple[str, str], State]:
    return {(one.service, one.region): one.state for one in outcome.coverage}


# --- what is there


def test_a_workload_and_the_storage_that_it_reaches(aws: int) -> None:
    deployed()
    outcome = scanned()
    assert verdicts(outcome) == {
        "endpoint/ranker": "inside",
        "endpoint-config/ranker": "inside",
        "model/ranker": "outside",  # by the host in its environment
        "notebook-instance/lab": "outside",
        "models": "inside",
        "captured": "outside",
        "2.3": "inside",
    }
    found = {(one.policy, one.address.rpartition(":")[2]) for one in outcome.findings}
    assert found == {
        ("model-endpoint", "model/ranker"),
        ("ai-placement", "notebook-instance/lab"),
        ("storage-placement", "captured"),
    }
    (captured,) = [one for one in outcome.findings if one.policy == "storage-placement"]
    assert "used by arn:aws:sagemaker:eu-central-1:123456789012:endpoint-config/ranker" in captured.message
    assert scan.exit_code(outcome) == 1


def test_scope_all_judges_what_no_workload_reaches(aws: int) -> None:
    deployed()
    assert "table/unrelated" in verdicts(scanned(scope="all"))


def test_the_report_has_the_ledger_and_no_secret(aws: int) -> None:
    deployed()
    outcome = scanned()
    text = json_report.render(outcome, color=False, verbosity=0, root=Path())
    report = json.loads(text)
    jsonschema.validate(report, SCHEMA)
    assert KEY not in text
    # S3 has one list for all regions, which is asked in Virginia.
    assert len(report["coverage"]) == (len(SERVICES) - 1) * len(REGIONS) + 1
    listed = {(one["service"], one["region"]): (one["state"], one["found"]) for one in report["coverage"]}
    assert listed["dynamodb", "us-east-1"][1] == 1
    assert listed["kms", "us-west-2"] == ("empty", 0)
    assert report["summary"]["counts"]["services"] == 13


def test_the_same_stack_in_code_has_the_same_verdicts(aws: int, check: Callable[..., Outcome]) -> None:
    deployed()
    declared = check(
        """
        provider "aws" {
          region = "eu-central-1"
        }
        resource "aws_s3_bucket" "models" {
          bucket = "models"
        }
        resource "aws_s3_bucket" "captured" {
          bucket = "captured"
          region = "us-east-1"
        }
        resource "aws_sagemaker_model" "ranker" {
          name               = "ranker"
          execution_role_arn = "arn:aws:iam::123456789012:role/r"
          primary_container {
            image          = "763104351884.dkr.ecr.eu-central-1.amazonaws.com/pytorch-inference:2.3"
            model_data_url = "s3://models/ranker.tar.gz"
            environment    = { OPENAI_BASE_URL = "https://api.openai.com/v1", OPENAI_API_KEY = "x" }
          }
        }
        resource "aws_sagemaker_endpoint_configuration" "ranker" {
          name = "ranker"
          production_variants {
            model_name = aws_sagemaker_model.ranker.name
          }
          data_capture_config {
            destination_s3_uri = "s3://captured/x"
          }
        }
        resource "aws_sagemaker_endpoint" "ranker" {
          endpoint_config_name = aws_sagemaker_endpoint_configuration.ranker.name
        }
        resource "aws_sagemaker_notebook_instance" "lab" {
          region = "us-west-2"
        }
        """
    )
    outcome = scanned()
    kinds = [
        sorted((one.kind, one.verdict(found.jurisdiction)) for one in found.judged if one.mode == "managed")
        for found in (declared, outcome)
    ]
    assert kinds[0] == kinds[1]
    policies = [sorted((one.policy, one.verdict) for one in found.findings) for found in (declared, outcome)]
    assert policies[0] == policies[1]


def test_nothing_is_there(aws: int) -> None:
    outcome = scanned(services=("kms", "logs"))
    assert (outcome.judged, outcome.findings, scan.exit_code(outcome)) == ((), (), 0)
    assert set(states(outcome).values()) == {State.EMPTY}


def test_a_role_is_taken(aws: int) -> None:
    outcome = scanned(services=("kms",), roles=("arn:aws:iam::999988887777:role/audit",), external_id="shared-word")
    assert {one.account for one in outcome.coverage} == {"999988887777"}


def test_every_enabled_region_by_default(aws: int) -> None:
    outcome = scanned(regions=(), services=("kms",))
    assert len(outcome.coverage) > 15
    assert {"eu-west-1", "us-east-1", "ap-southeast-2"} <= {one.region for one in outcome.coverage}


# --- what goes wrong


class Faults:
    """A proxy before the server, which breaks some of what goes through."""

    def __init__(self, behind: int) -> None:
        self.rule: Callable[[str, str], str] = lambda region, target: ""
        faults = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
                region, service = (scope[2], scope[3]) if len(scope) > 3 else ("", "")
                fault = faults.rule(region, self.headers.get("X-Amz-Target") or f"{service} {self.path}")
                if fault == "disconnect":
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                status, headers, data = self._forwarded(body)
                if fault in ("AccessDeniedException", "ThrottlingException", "ExpiredTokenException"):
                    status, data = 400, json.dumps({"__type": fault, "message": fault}).encode()
                    headers = {"Content-Type": "application/x-amz-json-1.1"}
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2] if fault == "truncate" else data)
                if fault == "truncate":
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do  # noqa: N815  # as the server calls them

            def _forwarded(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
                with closing(http.client.HTTPConnection("127.0.0.1", behind, timeout=30)) as connection:
                    headers = {k: v for k, v in self.headers.items() if k.lower() not in ("connection", "expect")}
                    connection.request(self.command, self.path, body, headers)
                    answer = connection.getresponse()
                    drop = ("content-length", "connection", "transfer-encoding")
                    kept = {k: v for k, v in answer.getheaders() if k.lower() not in drop}
                    return answer.status, kept, answer.read()

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def faults(aws: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """Return a proxy that the SDK calls, with the stack deployed behind it."""
    deployed()
    found = Faults(aws)
    monkeypatch.setenv("AWS_ENDPOINT_URL", found.url)
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ("AccessDeniedException", State.DENIED),
        ("ExpiredTokenException", State.DENIED),
        ("disconnect", State.UNAVAILABLE),
        ("truncate", State.FAILED),
    ],
)
def test_a_region_that_does_not_answer_is_no_clean_one(faults: Faults, fault: str, state: State) -> None:
    faults.rule = lambda region, target: fault if region == "us-west-2" and "SageMaker" in target else ""
    outcome = scanned(services=("sagemaker", "s3"), timeout=5)
    assert states(outcome)["sagemaker", "us-west-2"] is state
    # What the others answered is there, and what was not seen is said.
    assert verdicts(outcome)["captured"] == "outside"
    assert "notebook-instance/lab" not in verdicts(outcome)
    assert any("sagemaker of 123456789012 in" in gap.what and "us-west-2" in gap.what for gap in outcome.graph.gaps)


def test_a_clean_result_with_gaps_ends_in_3_unless_they_are_allowed(faults: Faults) -> None:
    faults.rule = lambda region, target: "AccessDeniedException" if "SageMaker" in target else ""
    outcome = scanned(services=("sagemaker", "kms"))
    assert (outcome.findings, outcome.judged) == ((), ())
    assert scan.exit_code(outcome) == 3
    assert scan.exit_code(outcome, ("sagemaker",)) == 0


def test_throttling_slows_and_loses_nothing(faults: Faults, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "5")
    seen: dict[str, int] = {}

    def rule(region: str, target: str) -> str:
        seen[target] = seen.get(target, 0) + 1
        return "ThrottlingException" if "SageMaker.List" in target and seen[target] % 2 else ""

    faults.rule = rule
    outcome = scanned(services=("sagemaker", "s3"))
    assert {"endpoint/ranker", "model/ranker", "notebook-instance/lab", "captured"} <= set(verdicts(outcome))


def test_what_cannot_be_described_is_listed_all_the_same(faults: Faults) -> None:
    faults.rule = lambda region, target: "AccessDeniedException" if "DescribeNotebook" in target else ""
    outcome = scanned(services=("sagemaker",))
    assert verdicts(outcome)["notebook-instance/lab"] == "outside"
    assert states(outcome)["sagemaker", "us-west-2"] is State.DENIED


def test_an_interrupt_leaves_what_was_listed(aws: int, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed()
    whole = listing.Scan.run

    def interrupted(self: listing.Scan, account: Any) -> Iterator[Any]:
        for number, one in enumerate(whole(self, account)):
            if number == 3:
                raise KeyboardInterrupt
            yield one

    monkeypatch.setattr(listing.Scan, "run", interrupted)
    outcome = scanned()
    assert any(gap.why == "the scan was interrupted" and gap.fatal for gap in outcome.graph.gaps)
    assert scan.exit_code(outcome) in (1, 3)


def test_credentials_that_are_refused(faults: Faults) -> None:
    with pytest.raises(EuclaveError, match="no account can be looked at"):
        scanned(profiles=("nobody",))


def test_services_that_do_not_exist(aws: int) -> None:
    with pytest.raises(UsageError) as caught:
        scanned(services=("sagemakr",))
    assert caught.value.hint == "did you mean sagemaker?"


# --- the tables


def test_every_operation_is_one_of_the_sdk_and_has_a_row() -> None:
    session = botocore.session.get_session()
    rows = catalogue.rows("aws")
    types = [one.type for one in listing.operations()]
    assert len(types) == len(set(types)) > 200
    for one in listing.operations():
        assert one.type in rows, one.type
        model = session.get_service_model(one.client)
        calls = {xform_name(name): model.operation_model(name) for name in model.operation_names}
        inputs = calls[one.list].input_shape
        given = {*one.params, *one.from_parent}
        assert set(inputs.required_members if inputs else ()) <= given, one.type
        assert one.parent in ("", *types)
        if one.describe:
            assert set(calls[one.describe].input_shape.required_members) <= set(one.needs), one.type
        assert one.actions, one.type


def test_every_call_only_reads() -> None:
    reading = ("list_", "describe_", "get_", "batch_get_", "head_", "search_")
    for one in listing.operations():
        assert one.list.startswith(reading), one.type
        assert not one.describe or one.describe.startswith(reading), one.type


def test_the_policy_allows_what_is_called(aws: int) -> None:
    called: set[str] = set()
    deployed()
    session = boto3.Session
    made = session.client

    def client(self: Any, service: str, **more: Any) -> Any:
        found = made(self, service, **more)
        prefix = found.meta.service_model.signing_name
        found.meta.events.register("before-call", lambda model, **_: called.add(f"{prefix}:{model.name}"))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "client", client)
        scanned()
    statement: Any = listing.permissions()["Statement"]
    names = {"s3:ListBuckets": "s3:ListAllMyBuckets", "s3:HeadBucket": "s3:ListBucket"}
    names |= {"s3:GetBucketReplication": "s3:GetReplicationConfiguration"}
    names |= {"s3:ListDirectoryBuckets": "s3express:ListAllMyDirectoryBuckets"}
    names |= {"s3express:ListDirectoryBuckets": "s3express:ListAllMyDirectoryBuckets"}
    assert {names.get(one, one) for one in called} <= set(statement[0]["Action"])
    assert len(called) > 12
