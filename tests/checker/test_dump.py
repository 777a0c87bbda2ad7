"""`euclave graph`: JSON and DOT that other programs can read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from checker import dump
from checker.outcome import Outcome

Check = Callable[..., Outcome]

SOURCE = r"""
resource "aws_s3_bucket" "docs" {
  for_each = toset(["a \"quoted\" key", "back\\slash"])
  bucket   = each.key
  region   = "us-east-1"
}

resource "aws_bedrockagent_data_source" "d" {
  region = "eu-west-1"
  data_source_configuration {
    s3_configuration {
      bucket_arn = aws_s3_bucket.docs["back\\slash"].arn
    }
  }
}
"""
# A statement of DOT as this tool writes it: a node or an edge with attributes, every id quoted.
QUOTED = r'"(?:[^"\\\n]|\\.)*"'
STATEMENT = re.compile(rf"  {QUOTED}(?: -> {QUOTED})? \[(?:\w+=(?:\w+|{QUOTED})(?:, )?)+\];")


def test_json(check: Check) -> None:
    document = json.loads(dump.as_json(check(SOURCE)))
    assert document["schema"] == "euclave-graph/1"
    nodes = {node["address"]: node for node in document["nodes"]}
    assert set(nodes) == {
        "aws_bedrockagent_data_source.d",
        r'aws_s3_bucket.docs["a \"quoted\" key"]',
        r'aws_s3_bucket.docs["back\\slash"]',
    }
    node = nodes["aws_bedrockagent_data_source.d"]
    assert (node["verdict"], node["places"], node["roles"], node["location"]) == (
        "inside",
        ["eu-west-1"],
        ["ai"],
        {"path": "main.tf", "line": 8},
    )
    assert document["edges"] == [
        {
            "from": node["id"],
            "to": nodes[r'aws_s3_bucket.docs["back\\slash"]']["id"],
            "relation": "reads_from",
            "path": "data_source_configuration.s3_configuration.bucket_arn",
        }
    ]


def test_json_ids_are_distinct_over_roots(check: Check) -> None:
    document = json.loads(dump.as_json(check({"a/main.tf": SOURCE, "b/main.tf": SOURCE})))
    ids = [node["id"] for node in document["nodes"]]
    assert len(ids) == len(set(ids)) == 6
    assert {edge["from"].partition("|")[0] for edge in document["edges"]} == {"a", "b"}
    for edge in document["edges"]:
        assert {edge["from"], edge["to"]} <= set(ids)
        assert edge["from"].partition("|")[0] == edge["to"].partition("|")[0]


def test_dot(check: Check) -> None:
    lines = dump.as_dot(check(SOURCE)).splitlines()
    assert lines[:3] == ["digraph euclave {", "  rankdir=LR;", "  node [style=filled];"]
    assert lines[-1] == "}"
    statements = lines[3:-1]
    assert len(statements) == 4
    for statement in statements:
        assert STATEMENT.fullmatch(statement), statement
    assert sum(" -> " in statement for statement in statements) == 1
    assert sum("shape=box, fillcolor=palegreen" in statement for statement in statements) == 1
    assert sum("shape=ellipse, fillcolor=lightcoral" in statement for statement in statements) == 2


def test_nothing(check: Check) -> None:
    outcome = check("")
    assert json.loads(dump.as_json(outcome)) == {"schema": "euclave-graph/1", "nodes": [], "edges": []}
    assert dump.as_dot(outcome).splitlines()[-1] == "}"


def test_sensitive_place_is_not_shown(check: Check) -> None:
    source = """
    variable "p" {
      sensitive = true
      default   = "us-east-1"
    }
    resource "aws_bedrockagent_agent" "a" {
      region = var.p
    }
    """
    outcome = check(source)
    assert "us-east-1" not in dump.as_json(outcome) + dump.as_dot(outcome)
    assert '"places": [\n        "…"\n      ]' in dump.as_json(outcome)


def test_the_same_result_gives_the_same_text(check: Check) -> None:
    assert dump.as_json(check(SOURCE)) == dump.as_json(check(SOURCE))
