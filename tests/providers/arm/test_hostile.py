"""Templates that somebody wrote to mislead or to exhaust: they end soon, and what is not read is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from checker.outcome import Outcome
from providers.arm.bicep_text import imports, readable
from providers.arm.comments import blanked
from providers.arm.schemas import is_template

Check = Callable[..., Outcome]
SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
SEARCH: dict[str, Any] = {"type": "Microsoft.Search/searchServices", "apiVersion": "2023-11-01", "name": "docs"}
SECONDS = 20


def template(location: object, **more: Any) -> str:
    return json.dumps({"$schema": SCHEMA, **more, "resources": [{**SEARCH, "location": location}]})


def test_importing_the_format_imports_nothing_heavy() -> None:
    heavy = "n for n in sys.modules if n in ('yaml', 'json', 'tree_sitter', 'providers.arm.evaluator')"
    code = f"import sys, providers.arm.format; print(*({heavy}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def doubled(function: str, begin: str = "abcdefgh") -> dict[str, str]:
    return {"v0": begin} | {f"v{n}": function.replace("$", f"variables('v{n - 1}')") for n in range(1, 60)}


HUNGRY = {
    "texts that double": template("[variables('v59')]", variables=doubled("[concat($, $)]")),
    "lists that double": template("[string(variables('v59'))]", variables=doubled("[createArray($, $)]")),
    "lists that are joined": template(
        "[variables('v59')[0]]", variables=doubled("[concat($, $)]", "[createArray('a', 'b')]")
    ),
    "objects that double": template("[string(variables('v59'))]", variables=doubled("[createObject('a', $, 'b', $)]")),
    "texts that are replaced": template("[variables('v59')]", variables=doubled("[replace($, 'a', $)]")),
    "branches of branches": template(
        "[variables('v59')]",
        parameters={"o": {"type": "string"}},
        variables=doubled("[if(equals(parameters('o'), 'x'), concat($, '1'), concat($, '2'))]"),
    ),
    "a list of a list that doubles": template(
        "[string(variables('w'))]", variables=doubled("[createArray($, $)]") | {"w": "[flatten(variables('v59'))]"}
    ),
    "loops of loops": template(
        "[variables('v5')[0]]",
        variables={"v0": "[range(0, 1000)]"}
        | {f"v{n}": f"[map(range(0, 1000), lambda('x', variables('v{n - 1}')))]" for n in range(1, 6)},
    ),
    "functions within functions": template(
        "[map(range(0, 999), lambda('x', map(range(0, 999), lambda('y', map(range(0, 999), lambda('z', 1))))))]"
    ),
    "copies of copies": template(
        "eastus",
        variables={
            "copy": [
                {
                    "name": "a",
                    "count": 100000000000,
                    "input": {"copy": [{"name": "b", "count": 9999, "input": "[copyIndex()]"}]},
                }
            ]
        },
    ),
    "padding": template("[padLeft('x', 2000000000)]"),
    "a circle": template("[variables('a')]", variables={"a": "[variables('b')]", "b": "[variables('a')]"}),
    "a chain": template(
        "[variables('v900')]",
        variables={"v0": "eastus"} | {f"v{n}": f"[variables('v{n - 1}')]" for n in range(1, 901)},
    ),
    "a long number": template("[add(99999999999999999999999999999999999999999999999, 1)]"),
    "an index far away": template("[createArray(1)[99999999999999999999]]"),
}


@pytest.mark.parametrize("name", HUNGRY)
def test_it_ends(check: Check, name: str) -> None:
    begun = time.process_time()
    outcome = check({"main.json": HUNGRY[name]})
    assert time.process_time() - begun < SECONDS
    assert not any("fault of euclave" in gap.why for gap in outcome.graph.gaps)
    assert outcome.judged or outcome.graph.gaps


def test_deployments_that_multiply(check: Check) -> None:
    def link(n: int, m: int) -> dict[str, Any]:
        return {
            "type": "Microsoft.Resources/deployments",
            "name": f"d{m}",
            "properties": {"templateLink": {"relativePath": f"t{n}.json"}},
        }

    files = {
        f"t{n}.json": json.dumps({"$schema": SCHEMA, "resources": [link(n + 1, m) for m in range(8)]}) for n in range(9)
    }
    files["t9.json"] = template("eastus")
    begun = time.process_time()
    outcome = check(files)
    assert time.process_time() - begun < 3 * SECONDS
    assert any(gap.fatal for gap in outcome.graph.gaps)


def test_deployments_in_a_circle(check: Check) -> None:
    link = {
        "type": "Microsoft.Resources/deployments",
        "name": "again",
        "properties": {"templateLink": {"relativePath": "main.json"}},
    }
    body = {"$schema": SCHEMA, "resources": [{**SEARCH, "location": "eastus"}, link]}
    outcome = check({"main.json": json.dumps(body)})
    assert [f.verdict.value for f in outcome.findings if f.policy == "ai-placement"] == ["outside"]


DEEP = {
    "json": f'{{"$schema": "{SCHEMA}", "resources": [{{"a": {"[" * 5000}{"]" * 5000}}}]}}',
    "an expression": template("[" + "f(" * 3000 + ")" * 3000 + "]"),
    "objects": template({"a": None}).replace("null", '{"a":' * 300 + "1" + "}" * 300),
    "templates": f'{{"$schema": "{SCHEMA}", "resources": []}}',
}


@pytest.mark.parametrize("name", DEEP)
def test_deep(check: Check, name: str) -> None:
    outcome = check({"main.json": DEEP[name], "other.json": template("eastus")})
    assert any(r.address.endswith("docs") for r in outcome.judged)
    assert not any("fault of euclave" in gap.why for gap in outcome.graph.gaps)


LONG = {
    "quotes": '"\\"' * 200_000,
    "comments": "/*" * 200_000,
    "spaces": "param x " + " " * 200_000 + "{",
    "variables": "var x " + " " * 200_000 + "{",
    "imports": "import {\n" * 50_000,
    "interpolations": "'${" * 100_000,
    "brackets": "{[(" * 100_000 + "...",
    "commas": ", " * 200_000,
    "marks": "a!" * 200_000,
}


@pytest.mark.parametrize("name", LONG)
def test_texts_are_looked_through_in_one_pass(name: str, tmp_path: Path) -> None:
    begun = time.process_time()
    assert len(readable(LONG[name])) == len(LONG[name])
    assert len(blanked(LONG[name])) == len(LONG[name])
    list(imports(LONG[name]))
    path = tmp_path / "a.json"
    path.write_text('{"$schema": ' + LONG[name], encoding="utf-8")
    is_template(path)
    assert time.process_time() - begun < 5


def test_what_is_no_file_is_left_alone(check: Check, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.json")
    (tmp_path / "b.json").mkdir()
    (tmp_path / "c.json").symlink_to("/etc/passwd")
    (tmp_path / "d.json").symlink_to(tmp_path / "d.json")
    outcome = check({"main.json": template("eastus")})
    assert len(outcome.judged) == 1


def test_nothing_outside_of_the_tree_is_read(check: Check, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.json"
    outside.write_text(template("eastus"), encoding="utf-8")
    link = {"relativePath": "../outside.json"}
    body = {"type": "Microsoft.Resources/deployments", "name": "out", "properties": {"templateLink": link}}
    outcome = check(
        {"main.json": json.dumps({"$schema": SCHEMA, "resources": [{**SEARCH, "location": "westeurope"}, body]})}
    )
    assert [r.address for r in outcome.judged if r.mode == "managed"] == ["Microsoft.Search/searchServices/docs"]
    assert any("not in the checked tree" in gap.why for gap in outcome.graph.gaps)


ODD: list[dict[str, Any]] = [
    {"resources": [1, None, "x", [], {}]},
    {"resources": {"a": 1, "b": {"type": 5, "name": 6}}},
    {"resources": [{"type": "A.B/c", "name": None}]},
    {"resources": [{"type": "A.B/c", "name": ["x"], "copy": 5, "condition": {}, "properties": []}]},
    {"resources": [{"type": ["A.B/c"], "name": {"a": 1}}]},
    {"resources": [], "parameters": [], "variables": 5, "functions": {}, "outputs": []},
    {"resources": [], "parameters": {"a": 5}, "variables": {"copy": 5}, "functions": [5], "outputs": {"a": []}},
    {"resources": [{"type": "Microsoft.Resources/deployments", "name": "x", "properties": 5}]},
    {"resources": [{"type": "Microsoft.Resources/deployments", "name": "x", "properties": {"template": 5}}]},
    {"resources": [{"type": "Microsoft.Resources/deployments", "name": "x", "properties": {"templateLink": [1]}}]},
    {"resources": [{"type": "A.B/c", "name": "a//b/", "resources": [{"type": "d", "name": "e"}]}]},
    {"resources": [{"type": "[copyIndex()]", "name": "[copyIndex('x')]"}]},
    {"resources": [{**SEARCH, "location": "[reference()]"}, {**SEARCH, "location": "[resourceId()]"}]},
    {"resources": [{**SEARCH, "location": "[first()]"}, {**SEARCH, "location": "[if(1)]"}]},
    {"resources": [{**SEARCH, "location": {"a": ["[listKeys()]", "[format()]", "[join(1)]", "[items(1)]"]}}]},
]


@pytest.mark.parametrize("number", range(len(ODD)))
def test_odd_shapes(check: Check, number: int) -> None:
    outcome = check({"main.json": json.dumps({"$schema": SCHEMA, **ODD[number]}), "other.json": template("eastus")})
    assert not any("fault of euclave" in gap.why for gap in outcome.graph.gaps)
    assert any(resource.verdict(outcome.jurisdiction).value == "outside" for resource in outcome.judged)


FUNCTIONS = (
    "concat format join split replace substring take skip first last length empty contains union intersection "
    "range min max add sub mul div mod int string bool json base64 base64ToString uri uriComponent indexOf "
    "lastIndexOf padLeft createArray createObject array coalesce flatten items objectKeys tryGet if and or not "
    "equals less resourceId subscriptionResourceId extensionResourceId reference listKeys parameters variables "
    "copyIndex environment guid map filter reduce sort toObject groupBy mapValues shallowMerge pickZones "
    "deployment resourceGroup subscription"
).split()
ARGUMENTS = [
    "",
    "1",
    "'x'",
    "null()",
    "createArray()",
    "1, 2",
    "'a', 'b', 'c'",
    "createObject('a', 1), 5",
    "lambda('x', x)",
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_with_what_they_do_not_take(check: Check, function: str) -> None:
    values = {f"v{n}": f"[{function}({given})]" for n, given in enumerate(ARGUMENTS)}
    tags = {name: f"[variables('{name}')]" for name in values}
    body = {"$schema": SCHEMA, "variables": values, "resources": [{**SEARCH, "location": "eastus", "tags": tags}]}
    outcome = check({"main.json": json.dumps(body)})
    assert not any("fault of euclave" in gap.why for gap in outcome.graph.gaps)
    assert [r.verdict(outcome.jurisdiction).value for r in outcome.judged] == ["outside"]
