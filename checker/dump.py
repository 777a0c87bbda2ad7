"""`euclave graph`: the resources that were read and what joins them, for other programs.

All text of the checked code goes through `redact.prose`: no control characters, no tokens.
"""

from __future__ import annotations

import json

from checker import summary
from checker.model import Place, Resource, Verdict
from checker.outcome import Outcome
from checker.redact import HIDDEN, prose

_FILL = {Verdict.INSIDE: "palegreen", Verdict.OUTSIDE: "lightcoral", Verdict.UNDETERMINED: "khaki"}


def as_json(outcome: Outcome) -> str:
    """Return the graph as JSON: `{"schema": "euclave-graph/1", "nodes": […], "edges": […]}`."""
    nodes = []
    edges = []
    for resource in sorted(outcome.graph.resources.values(), key=summary.identity):
        nodes.append(
            {
                "id": _id(resource),
                "address": prose(resource.address),
                "type": prose(resource.type),
                "mode": resource.mode,
                "cloud": resource.cloud,
                "kind": resource.kind,
                "roles": sorted(resource.roles),
                "verdict": resource.verdict(outcome.jurisdiction_of(resource)),
                "places": [_name(place) for place in resource.places],
                "root": prose(resource.root),
                "environment": prose(resource.environment),
                "location": {"path": prose(resource.location.path), "line": resource.location.line},
            }
        )
        for reference in resource.references:
            for key in reference.targets:
                to = _id(outcome.graph.resources[key])
                edges.append({"from": _id(resource), "to": to, "relation": reference.relation, "path": reference.path})
    document = {"schema": "euclave-graph/1", "nodes": nodes, "edges": edges}
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_dot(outcome: Outcome) -> str:
    """Return the graph in DOT, the language of Graphviz: AI workloads as boxes, coloured by verdict."""
    lines = ["digraph euclave {", "  rankdir=LR;", "  node [style=filled];"]
    for resource in sorted(outcome.graph.resources.values(), key=summary.identity):
        fill = _FILL[resource.verdict(outcome.jurisdiction_of(resource))]
        shape = "box" if resource.is_workload else "ellipse"
        place = next(map(_name, resource.places), "")
        label = f"{prose(resource.address)}\n{place}"
        lines.append(f"  {_quoted(_id(resource))} [label={_quoted(label)}, shape={shape}, fillcolor={fill}];")
    for resource in sorted(outcome.graph.resources.values(), key=summary.identity):
        for reference in resource.references:
            for key in reference.targets:
                to = _quoted(_id(outcome.graph.resources[key]))
                lines.append(f"  {_quoted(_id(resource))} -> {to} [label={_quoted(reference.relation)}];")
    return "\n".join([*lines, "}", ""])


def _id(resource: Resource) -> str:
    return "|".join(map(prose, resource.key.split("\0")))


def _name(place: Place) -> str:
    return HIDDEN if place.sensitive else prose(place.name)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
