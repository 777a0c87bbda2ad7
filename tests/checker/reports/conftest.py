"""A small outcome that every report is tested with: one workload outside, one storage inside, one undetermined."""

from __future__ import annotations

from pathlib import Path

import pytest

from checker.model import (
    FileLocation,
    Finding,
    Gap,
    Graph,
    Jurisdiction,
    Place,
    Purpose,
    Resource,
    Role,
    Severity,
    Step,
    Verdict,
)
from checker.outcome import Outcome

SOURCES = {
    "main.tf": 'provider "aws" {\n\tregion = var.region\n}\n\nresource "aws_bedrockagent_agent" "help" {\n}\n',
    "terraform.tfvars": 'region = "us-east-1"\n',
    "search/main.tf": 'resource "aws_opensearch_domain" "docs" {\n  region   = var.place\n  password = "hunter2"\n}\n',
}
TRAIL = (
    Step('provider "aws".region', FileLocation("main.tf", 2, 2)),
    Step("var.region"),
    Step("", FileLocation("terraform.tfvars", 1, 10)),
)


def place(name: str, *countries: str, trail: tuple[Step, ...] = (), reason: str = "") -> Place:
    known = frozenset(countries) if countries else None
    source = "botocore 1.44.5, 2026-11-23"
    return Place(name, Purpose.LOCATION, known, scope="region", reason=reason, trail=trail, source=source)


def resource(address: str, role: Role, where: Place, location: FileLocation) -> Resource:
    type = address.split(".")[-2]
    kind = {"aws_bedrockagent_agent": "Bedrock agent", "aws_s3_bucket": "S3 bucket"}.get(type, "OpenSearch domain")
    return Resource(address, type, "managed", "aws", kind, frozenset({role}), (where,), (), location, root=".")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a checked folder that holds the files of `outcome`."""
    for path, text in SOURCES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    return tmp_path


@pytest.fixture
def outcome() -> Outcome:
    virginia = place("us-east-1", "US", trail=TRAIL)
    unknown = place("", reason="var.place has no default")
    agent = resource("aws_bedrockagent_agent.help", Role.AI, virginia, FileLocation("main.tf", 5))
    bucket = resource("aws_s3_bucket.docs", Role.STORAGE, place("eu-central-1", "DE"), FileLocation("main.tf", 9))
    search = resource(
        "module.search.aws_opensearch_domain.docs", Role.STORAGE, unknown, FileLocation("search/main.tf", 1)
    )
    findings = (
        Finding(
            policy="ai-placement",
            verdict=Verdict.UNDETERMINED,
            severity=Severity.MEDIUM,
            address=search.address,
            message=f"{search.address} is in a place that is not known: var.place has no default",
            location=FileLocation("search/main.tf", 2, 3, 3),
            fingerprint="22bb",
            place=unknown,
            environment="prod",
        ),
        Finding(
            policy="ai-placement",
            verdict=Verdict.OUTSIDE,
            severity=Severity.HIGH,
            address=agent.address,
            message=f"{agent.address} is in us-east-1 (United States), outside eu",
            location=FileLocation("main.tf", 2, 2),
            fingerprint="11aa",
            place=virginia,
            trail=TRAIL,
            source="a vendor's page (2026-11-23)",
            provisions=("GDPR Art. 44",),
            tip="set region to a region of the eu",
        ),
    )
    gap = Gap("module.network", "the module is not downloaded", FileLocation("main.tf", 12), "run terraform init first")
    graph = Graph(
        resources={item.address: item for item in (agent, bucket, search)},
        joined={agent.address: {agent.address: ()}, bucket.address: {agent.address: (agent.address, bucket.address)}},
        gaps=(gap,),
        counts={"files": 3, "roots": 1, "blocks": 12, "modules_not_read": 1},
    )
    return Outcome(
        graph=graph,
        judged=(search, agent, bucket),
        findings=findings,
        jurisdiction=Jurisdiction("eu", frozenset({"DE", "FR"})),
        scope="ai",
        tables=(("aws places", "2026-11-23"), ("aws catalogue", "2026-11-22")),
    )
