"""Bicep, judged as a person would who reads it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from checker.documents import plain
from checker.model import Unknown
from checker.outcome import Outcome
from checker.source import Source, overlaid
from providers.arm.bicep_text import readable

pytest.importorskip("tree_sitter_bicep")
pytest.importorskip("tree_sitter")

Check = Callable[..., Outcome]
SEARCH = """
resource %s 'Microsoft.Search/searchServices@2023-11-01' = {
  name: '%s'
  location: %s
}
"""


def search(location: str, symbol: str = "docs") -> str:
    return SEARCH % (symbol, symbol, location)


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {r.address: r.verdict(outcome.jurisdiction).value for r in outcome.judged}


BEFORE = """
param name string = 'docs'
param open string
param maybe string?
param list array = [
  'a' // one
  'b'
]
@allowed(['x', 'y'])
param choice string = 'x'
var map1 = { a: 1, 'b c': 2, 'k-${name}': 3 }
var typed string = 'typed'
var spread = { ...map1, a: 9 }
var spreads = [
  ...list
  'c'
]
func greet(who string) string => 'hi ${who}'
"""


def worth(expression: str) -> object:
    """Return what an expression comes to after the declarations above."""
    from providers.arm import bicep
    from providers.arm.deployment import Deployment
    from providers.arm.shared import Shared
    from providers.arm.tree import Tree

    source = Source("main.bicep", f"{BEFORE}output o string = {expression}\n")
    loaded = bicep.load(source, Path("/main.bicep"))
    assert not loaded.problems
    found = Deployment(Shared(Tree(Path("/"), Path("/"), [])), loaded, {}).output("o", source.location(0))
    assert found is not None
    return plain(found)


KNOWN = {
    "'plain'": "plain",
    "'a${name}b${1 + 2}'": "adocsb3",
    r"'it\'s \u{41} \${x}\n'": "it's A ${x}\n",
    "'''raw ${name}'''": "raw ${name}",
    "name == 'docs' ? 'yes' : 'no'": "yes",
    "!empty(list) && true": True,
    "maybe ?? name": "docs",
    "list[1]": "b",
    "list[?7] ?? 'none'": "none",
    "map1.a": 1,
    "map1['b c']": 2,
    "map1['k-docs']": 3,
    "map1.?zz ?? 'none'": "none",
    "typed": "typed",
    "spread.a": 9,
    "spread['b c']": 2,
    "spreads": ["a", "b", "c"],
    "greet('you')": "hi you",
    "[for (x, i) in list: '${x}${i}']": ["a0", "b1"],
    "[for x in list: { name: x }][0].name": "a",
    "map(list, x => toUpper(x))": ["A", "B"],
    "map([{ n: 'q' }], (x) => x.n)": ["q"],
    "filter(list, x => x == 'b')": ["b"],
    "map(filter(list, x => x != 'b'), x => '${x}!')": ["a!"],
    "reduce([1, 2, 3], 0, (sum, x) => sum + x)": 6,
    "toObject(list, x => x, x => '${x}1').b": "b1",
    "sys.toLower('A')": "a",
    "az.environment().suffixes.storage": "core.windows.net",
    "name!": "docs",
    "maybe ?? map1.a": 1,
    "maybe ?? list[1]": "b",
    "name == 'x' ? list : map1['b c']": 2,
    "!contains(list, 'a') || !map1.?zz.?x ?? true": True,
    "map(list, x => maybe ?? list[0])": ["a", "a"],
    "maybe ?? name == 'docs'": True,
    "1 + 2 == 3 ? 'y' : 'n'": "y",
    "(maybe ?? list)![0]": "a",
    "1 + 2 * 3 - 4 % 3": 6,
    "-1": -1,
    "'a' =~ 'A'": True,
    "'a' !~ 'A'": False,
    "items(map1)[0].key": "a",
    "union(map1, { z: 1 }).z": 1,
    "contains(list, 'a')": True,
    "choice": "x",
}


@pytest.mark.parametrize("text", KNOWN, ids=str)
def test_known(text: str) -> None:
    assert worth(text) == KNOWN[text]


def test_open() -> None:
    found = worth("'st${open}'")
    assert isinstance(found, Unknown)
    assert found.pattern == "st${parameter open}"


def test_a_resource_and_its_line(check: Check) -> None:
    outcome = check({"main.bicep": search("'eastus'")})
    assert verdicts(outcome) == {"docs": "outside"}
    (finding,) = outcome.findings
    assert (finding.location.path, finding.location.line) == ("main.bicep", 4)


def test_lines_after_wide_characters(check: Check) -> None:
    outcome = check({"main.bicep": "// Ünïcödé – 🙂\nvar x = 'é🙂'\n" + search("'eastus'")})
    (finding,) = outcome.findings
    assert (finding.location.line, finding.location.column) == (6, 13)


def test_loops_conditions_and_children(check: Check) -> None:
    text = """
param regions array = ['westeurope', 'eastus']
resource docs 'Microsoft.Search/searchServices@2023-11-01' = [for (region, i) in regions: if (region != 'x') {
  name: 'docs${i}'
  location: region
}]
resource none 'Microsoft.Search/searchServices@2023-11-01' = if (false) { name: 'none', location: 'eastus' }
resource ai 'Microsoft.CognitiveServices/accounts@2023-05-01' = {
  name: 'ai'
  location: docs[1].location
  kind: 'OpenAI'
  resource gpt 'deployments' = { name: 'gpt', sku: { name: 'Standard' }, properties: { model: { format: 'OpenAI' } } }
}
resource other 'Microsoft.CognitiveServices/accounts/deployments@2023-05-01' = {
  parent: ai
  name: 'other'
  sku: { name: 'GlobalStandard' }
}
"""
    found = verdicts(check({"main.bicep": text}))
    assert found == {
        "docs[0]": "inside",
        "docs[1]": "outside",
        "ai": "outside",
        "ai::gpt": "outside",
        "other": "outside",
    }


MODULE = "param where string = resourceGroup().location\n" + search("where") + "output place string = docs.location\n"


def test_modules_are_read_with_what_they_are_given(check: Check) -> None:
    text = "module one 'inner.bicep' = { name: 'one', params: { where: 'eastus' } }\n" + search(
        "one.outputs.place", "two"
    )
    outcome = check({"main.bicep": text, "inner.bicep": MODULE})
    assert verdicts(outcome) == {"one.docs": "outside", "two": "outside"}
    assert outcome.graph.counts["roots"] == 1


def test_modules_in_a_loop(check: Check) -> None:
    text = "module m 'inner.bicep' = [for r in ['westeurope', 'eastus']: { name: r, params: { where: r } }]\n"
    found = verdicts(check({"main.bicep": text, "inner.bicep": MODULE}))
    assert found == {"m[0].docs": "inside", "m[1].docs": "outside"}


def test_the_scope_of_a_module_lends_its_location(check: Check) -> None:
    text = """
targetScope = 'subscription'
resource rg 'Microsoft.Resources/resourceGroups@2021-04-01' = { name: 'rg', location: deployment().location }
resource us 'Microsoft.Resources/resourceGroups@2021-04-01' = { name: 'us', location: 'eastus' }
module one 'inner.bicep' = { name: 'one', scope: rg }
module two 'inner.bicep' = { name: 'two', scope: us }
module three 'inner.bicep' = { name: 'three', scope: resourceGroup(us.name) }
"""
    found = verdicts(check({"main.bicep": text, "inner.bicep": MODULE}, assumed={"azure": "westeurope"}))
    assert (found["one.docs"], found["two.docs"], found["three.docs"]) == ("inside", "outside", "outside")


def test_a_module_of_a_registry_is_a_gap_and_what_it_is_given_is_judged(check: Check) -> None:
    text = """
module ai 'br/public:avm/res/cognitive-services/account:0.9.1' = {
  params: { name: 'x', location: 'eastus' }
}
"""
    outcome = check({"main.bicep": text + search("'westeurope'")})
    assert any("registry" in gap.why and "bicep build" in gap.hint for gap in outcome.graph.gaps)
    assert [(f.address, f.verdict.value) for f in outcome.findings] == [("ai", "outside")]


def test_a_file_of_parameters(check: Check) -> None:
    given = "using './main.bicep'\nparam r = 'east'\nparam where = readEnvironmentVariable('NOWHERE', '${r}us')\n"
    outcome = check({"main.bicep": "param where string\n" + search("where"), "main.bicepparam": given})
    assert verdicts(outcome) == {"docs": "outside"}
    assert not outcome.graph.gaps


@pytest.mark.parametrize(("assumed", "verdict"), [({}, "undetermined"), ({"azure": "eastus"}, "outside")])
def test_the_location_of_the_developer_cli(check: Check, assumed: dict[str, str], verdict: str) -> None:
    given = "using 'main.bicep'\nparam where = readEnvironmentVariable('AZURE_LOCATION', '')\n"
    files = {"main.bicep": "param where string\n" + search("where"), "main.bicepparam": given}
    outcome = check(files, assumed=assumed)
    assert verdicts(outcome) == {"docs": verdict}
    assert not outcome.graph.gaps


def test_the_developer_cli_fills_in_its_file(check: Check) -> None:
    given = {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"}
    given |= {"parameters": {"where": {"value": "${WHERE=eastus}"}}}  # type: ignore[dict-item]
    outcome = check({"main.bicep": "param where string\n" + search("where"), "main.parameters.json": json.dumps(given)})
    assert verdicts(outcome) == {"docs": "outside"}


def test_imports_and_loaded_files(check: Check) -> None:
    files = {
        "main.bicep": "import { home, away as far, where as f } from 'shared.bicep'\n"
        "import * as all from 'shared.bicep'\nvar j = loadJsonContent('c.json')\n"
        + search("home", "a")
        + search("far", "b")
        + search("j.where", "c")
        + search("f('us')", "d")
        + search("all.where('us')", "e")
        + search("all.away", "g"),
        "shared.bicep": "@export()\nvar home = 'westeurope'\n@export()\nvar away = 'eastus'\n"
        "@export()\nfunc where(x string) string => 'east${x}'\n",
        "c.json": '{"where": "eastus"}',
    }
    found = verdicts(check(files))
    assert found.pop("a") == "inside"
    assert found == dict.fromkeys("bcdeg", "outside")


def test_settings_name_what_is_declared(check: Check) -> None:
    text = """
resource ai 'Microsoft.CognitiveServices/accounts@2023-05-01' = {
  name: 'ai${uniqueString(resourceGroup().id)}'
  location: 'swedencentral'
  kind: 'OpenAI'
}
resource st 'Microsoft.Storage/storageAccounts@2023-01-01' = {
  name: 'st${uniqueString(resourceGroup().id)}'
  location: 'eastus'
  sku: { name: 'Standard_LRS' }
}
resource web 'Microsoft.Web/sites@2022-09-01' = {
  name: 'web'
  location: 'westeurope'
  properties: {
    siteConfig: {
      appSettings: [
        { name: 'AZURE_OPENAI_ENDPOINT', value: ai.properties.endpoint }
        { name: 'DOCS', value: 'https://${st.name}.blob.${environment().suffixes.storage}/docs' }
      ]
    }
  }
}
"""
    outcome = check({"main.bicep": text})
    assert verdicts(outcome) == {"ai": "inside", "web": "inside", "st": "outside"}


def test_existing_resources_are_looked_up(check: Check) -> None:
    text = """
resource ai 'Microsoft.CognitiveServices/accounts@2023-05-01' existing = { name: 'ai' }
resource gpt 'Microsoft.CognitiveServices/accounts/deployments@2023-05-01' = {
  parent: ai
  name: 'gpt'
  sku: { name: 'Standard' }
}
"""
    assert verdicts(check({"main.bicep": text}))["gpt"] == "undetermined"


@pytest.mark.parametrize("newer", ["main.json", "main.bicep"])
def test_the_newer_of_two_syntaxes_is_judged(check: Check, tmp_path: Path, newer: str) -> None:
    import os

    built = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "metadata": {"_generator": {"name": "bicep", "version": "0.30.3"}},
        "resources": [{"type": "Microsoft.Search/searchServices", "name": "built", "location": "eastus"}],
    }
    files = {"main.bicep": search("'westeurope'"), "main.json": json.dumps(built)}
    check(files)
    for name in files:
        when = 2_000_000_000 if name == newer else 1_000_000_000
        os.utime(tmp_path / name, (when, when))
    from checker import config, engine

    outcome = engine.check(engine.Request((tmp_path,), config.judged_by("eu", ())))
    assert set(verdicts(outcome).values()) == {"outside" if newer == "main.json" else "inside"}
    with overlaid({tmp_path / "main.bicep": search("'northeurope'")}):  # what somebody types is newer than all
        outcome = engine.check(engine.Request((tmp_path,), config.judged_by("eu", ())))
    assert {place.name for one in outcome.judged for place in one.places} == {"northeurope"}


@pytest.mark.parametrize(
    ("written", "judged"),
    [
        (search("'westeurope'"), "inside"),
        ("module m 'br/public:avm/res/search/search-service:0.1.0' = {\n  name: 'm'\n}\n", "outside"),
    ],
    ids=["local", "registry"],
)
def test_in_a_checkout_what_is_written_is_judged_unless_a_registry_has_it(
    written: str, judged: str, check: Check
) -> None:
    built = {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "metadata": {"_generator": {"name": "bicep", "version": "0.30.3"}},
        "resources": [{"type": "Microsoft.Search/searchServices", "name": "built", "location": "eastus"}],
    }
    outcome = check({"main.bicep": written, "main.json": json.dumps(built)})
    assert set(verdicts(outcome).values()) == {judged}
    assert [gap.what for gap in outcome.graph.gaps if "in place of" in gap.why] == ["main.json"] * (judged == "outside")


def test_one_bad_declaration_loses_nothing_else(check: Check) -> None:
    outcome = check({"main.bicep": "resource broken 'x@1' = {{{ name\n\n" + search("'eastus'")})
    assert any("not understood" in gap.why or "declaration" in gap.why for gap in outcome.graph.gaps)


READABLE = {
    "a!.b": "a .b",
    "'Hello!'": "'Hello!'",
    "'a${b!}c!'": "'a${b }c!'",
    "// c!": "// c!",
    "a != b": "a != b",
    "param p resourceInput<'A/b@1'>.tags? = {}": "param p int" + " " * 25 + " = {}",
    "{ ...x }": "{ __:x }",
    "[ ...x ]": "[ !!!x ]",
    "'''...'''": "'''...'''",
    "extension graph": " " * 15,
}


@pytest.mark.parametrize("text", READABLE, ids=str)
def test_readable(text: str) -> None:
    assert readable(text) == READABLE[text]
    assert len(readable(text)) == len(text)
