"""What somebody may write to break the reader: a gap with a place, and nothing else is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.outcome import Outcome

Check = Callable[..., Outcome]
PROGRAM = (
    "name: app\nruntime: yaml\nconfig: {'aws:region': us-east-1}\nresources:\n  e:\n    type: aws:sagemaker:Endpoint\n"
)
GOOD = {"good/Pulumi.yaml": PROGRAM}


def laughs(depth: int = 40, width: int = 10) -> str:
    """Return variables that stand for more and more of each other."""
    lines = ["variables:", "  v0: [" + ", ".join(["lol"] * width) + "]"]
    lines += [f"  v{n}: [{', '.join([f'${{v{n - 1}}}'] * width)}]" for n in range(1, depth)]
    return "\n".join(lines) + "\n"


def anchors(depth: int = 40) -> str:
    lines = ["variables:", "  v0: &v0 [lol, lol]"]
    lines += [f"  v{n}: &v{n} [*v{n - 1}, *v{n - 1}, *v{n - 1}]" for n in range(1, depth)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("Pulumi.yaml", "name: app\nruntime: yaml\nresources:\n  a: [\n", 4),
        ("Pulumi.yaml", "runtime: yaml\n---\n\tname: x\n", 3),
        ("Pulumi.yaml", "- runtime: yaml\n", 1),
        ("Pulumi.yaml", "runtime: yaml\nresources: &a\n  x: *a\n", 2),
        ("Pulumi.json", '{"runtime": "yaml", "resources": {', 1),
        ("Pulumi.dev.yaml", "config: [\n", 2),
        ("Pulumi.dev.yaml", "- config\n", 1),
        ("Main.yaml", "resources: {\n", 2),
    ],
)
def test_a_file_that_cannot_be_read_is_a_fatal_gap_with_its_line(name: str, text: str, line: int, check: Check) -> None:
    files = {"bad/Pulumi.yaml": "name: bad\nruntime: yaml\n", f"bad/{name}": text}
    if name == "Pulumi.json":
        del files["bad/Pulumi.yaml"]
    outcome = check({**GOOD, **files})
    (gap,) = outcome.graph.gaps
    assert (gap.what, gap.fatal) == (f"bad/{name}", True)
    assert gap.location is not None
    assert abs(gap.location.line - line) <= 1
    assert [finding.root for finding in outcome.findings] == ["good/Pulumi.yaml"]


def test_what_is_no_text_is_a_fatal_gap(check: Check, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_bytes(b"name: app\nruntime: yaml\n\xff\xfe\n")
    outcome = check(GOOD)
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("Pulumi.yaml", True)]


@pytest.mark.parametrize("main", ["..", "../..", "/etc", "~/x", "nowhere", "Pulumi.yaml/x", "\\0"])
def test_a_program_outside_of_the_tree_is_not_read(main: str, check: Check, tmp_path: Path) -> None:
    (tmp_path.parent / "Main.yaml").write_text(PROGRAM, encoding="utf-8")
    outcome = check({"Pulumi.yaml": f'name: app\nruntime: yaml\nmain: "{main}"\n', **GOOD})
    assert [gap.fatal for gap in outcome.graph.gaps if gap.what == "Pulumi.yaml"] == [True]
    assert {finding.root for finding in outcome.findings} == {"good/Pulumi.yaml"}


def test_a_link_that_leads_out_is_not_followed(check: Check, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.yaml"
    outside.write_text("config: {'aws:region': us-west-2}\n", encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").symlink_to(outside)
    outcome = check({"Pulumi.yaml": PROGRAM})
    assert "us-west-2" not in str(outcome.findings)
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("Pulumi.dev.yaml", True)]


@pytest.mark.parametrize("use", ["${v39}", "x${v39}", "{'fn::toJSON': '${v39}'}", "{'fn::secret': '${v39}'}"])
@pytest.mark.parametrize("make", [laughs, anchors])
def test_what_grows_without_bounds_is_unknown_in_time(use: str, make: Callable[[], str], check: Check) -> None:
    text = PROGRAM + f"    properties: {{endpointConfigName: {use!r}, tags: {use!r}}}\n"
    text = text.replace("""'{'fn""", "{'fn").replace("""'}'""", "'}").replace('"{', "{").replace('}"', "}")
    begin = time.process_time()
    outcome = check({"Pulumi.yaml": text + make(), **GOOD})
    assert time.process_time() - begin < 20
    assert {finding.root for finding in outcome.findings} >= {"good/Pulumi.yaml"}
    assert not [gap for gap in outcome.graph.gaps if "fault" in gap.why]


def test_values_that_are_nested_deeply_are_a_gap(check: Check) -> None:
    chain = "variables:\n  v0: x\n" + "".join(f"  v{n}: ${{v{n - 1}}}\n" for n in range(1, 3000))
    text = PROGRAM + "    properties: {endpointConfigName: '${v2999}'}\n" + chain
    outcome = check({"Pulumi.yaml": text, **GOOD})
    assert [(gap.what, gap.fatal) for gap in outcome.graph.gaps] == [("Pulumi.yaml", True)]
    assert {finding.root for finding in outcome.findings} == {"good/Pulumi.yaml"}


@pytest.mark.parametrize(
    "resources",
    [
        "resources: 7",
        "resources: [a, b]",
        "resources: {a: 7, b: null, c: {}, d: {type: 7}, e: {type: 'x'}, f: {type: ':::'}}",
        "resources: {a: {type: 'aws:sagemaker:Endpoint', properties: 7, options: [x]}}",
        "resources: {a: {type: 'aws:sagemaker:Endpoint', properties: '${b}', options: {provider: 7, parent: {}}}}",
        "resources: {a: {type: 'aws:sagemaker:Endpoint', options: {parent: '${a}', provider: '${a}'}}}",
        "resources: {'': {type: 'aws:sagemaker:Endpoint'}, 'a[\"b\"]': {type: 'aws:sagemaker:Endpoint'}}",
        "resources: {a: {type: 'aws:sagemaker:Endpoint', properties: {'fn::invoke': 7}}}",
        "variables: 7\nconfig: 7\noutputs: 7",
        "config: {a: 7, 'b:c': {value: [1, {d: e}]}, d: {default: {x: y}}}",
        "resources: {a: {type: 'azure-native:search:Service', properties: {resourceGroupName: [x], properties: 7}}}",
        "resources: {a: {type: 'kubernetes:core/v1:Pod', properties: {spec: 7}}}",
    ],
)
def test_odd_shapes_end_nothing(resources: str, check: Check) -> None:
    outcome = check({"Pulumi.yaml": f"name: app\nruntime: yaml\n{resources}\n", **GOOD}, scope="all")
    assert "good/Pulumi.yaml" in {finding.root for finding in outcome.findings}
    assert not [gap for gap in outcome.graph.gaps if "fault" in gap.why]
