"""What expressions come to: functions, parameters, variables and copies, known and not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checker.documents import plain
from checker.model import Unknown
from checker.source import Source, SyntaxProblem
from providers.arm import json_syntax
from providers.arm.deployment import Deployment
from providers.arm.nodes import expression
from providers.arm.shared import Shared
from providers.arm.tree import Tree

AT = Path("/azuredeploy.json")
PARAMETERS = {
    "name": {"type": "string", "defaultValue": "docs"},
    "open": {"type": "string"},
    "flag": {"type": "bool", "defaultValue": True},
    "list": {"type": "array", "defaultValue": ["a", "b"]},
    "object": {"type": "object", "defaultValue": {"Eu": "westeurope", "n": {"x": 1}}},
    "one": {"type": "string", "allowedValues": ["westeurope"]},
}
VARIABLES = {
    "twice": "[concat(parameters('name'), parameters('name'))]",
    "circle": "[variables('circle')]",
    "copy": [{"name": "made", "count": 3, "input": "[concat('n', copyIndex('made', 1))]"}],
}
FUNCTIONS = [
    {
        "namespace": "own",
        "members": {
            "greet": {
                "parameters": [{"name": "who", "type": "string"}],
                "output": {"type": "string", "value": "[concat('hi ', parameters('who'))]"},
            }
        },
    }
]


def worth(value: object, assumed: str = "") -> object:
    """Return what an expression comes to in a template with the parameters and variables above."""
    template = {
        "parameters": PARAMETERS,
        "variables": VARIABLES,
        "functions": FUNCTIONS,
        "resources": [],
        "outputs": {"o": {"type": "string", "value": value}},
    }
    source = Source("azuredeploy.json", json.dumps(template))
    loaded = json_syntax.load(source, AT)
    shared = Shared(Tree(Path("/"), Path("/"), []), assumed)
    found = Deployment(shared, loaded, {}).output("o", source.location(0))
    assert found is not None
    return plain(found)


KNOWN = {
    "plain": "plain",
    "[[not an expression]": "[not an expression]",
    "[parameters('name')]": "docs",
    "[PARAMETERS('NAME')]": "docs",
    "[variables('twice')]": "docsdocs",
    "[variables('made')]": ["n1", "n2", "n3"],
    "[variables('made')[1]]": "n2",
    "[own.greet('you')]": "hi you",
    "[parameters('one')]": "westeurope",
    "[parameters('object').eu]": "westeurope",
    "[parameters('object')['Eu']]": "westeurope",
    "[parameters('object').n.x]": 1,
    "[toUpper(first(parameters('list')))]": "A",
    "[last(parameters('list'))]": "b",
    "[if(parameters('flag'), 'yes', 'no')]": "yes",
    "[if(and(parameters('flag'), not(empty(''))), 'yes', 'no')]": "no",
    "[if(equals(toLower('EU'), 'eu'), 1, 2)]": 1,
    "[format('{0}-{1}{{}}', 'a', 5)]": "a-5{}",
    "[concat(parameters('list'), createArray('c'))]": ["a", "b", "c"],
    "[join(parameters('list'), '-')]": "a-b",
    "[split('a,b', ',')]": ["a", "b"],
    "[replace('a-b', '-', '')]": "ab",
    "[substring('westeurope', 0, 4)]": "west",
    "[take('westeurope', 4)]": "west",
    "[skip(parameters('list'), 1)]": ["b"],
    "[padLeft('1', 3, '0')]": "001",
    "[length(parameters('list'))]": 2,
    "[contains(parameters('list'), 'a')]": True,
    "[contains(parameters('object'), 'EU')]": True,
    "[union(parameters('object'), createObject('Eu', 'x')).Eu]": "x",
    "[coalesce(null(), 'x')]": "x",
    "[string(createArray(1))]": "[1]",
    "[json('{\"a\": 2}').a]": 2,
    "[base64ToString(base64('x'))]": "x",
    "[add(mul(2, 3), mod(7, 4))]": 9,
    "[div(-7, 2)]": -3,
    "[max(1, 2)]": 2,
    "[range(1, 2)]": [1, 2],
    "[map(parameters('list'), lambda('x', concat('x', lambdaVariables('x'))))]": ["xa", "xb"],
    "[filter(parameters('list'), lambda('x', equals(lambdaVariables('x'), 'b')))]": ["b"],
    "[tryGet(parameters('object'), 'n', 'x')]": 1,
    "[environment().suffixes.storage]": "core.windows.net",
    "[uri('https://a.b/c/d.json', 'e.json')]": "https://a.b/c/e.json",
    "[objectKeys(parameters('object'))]": ["Eu", "n"],
    "[items(createObject('k', 1))[0].key]": "k",
    "[startsWith('westeurope', 'WEST')]": True,
    "[indexOf('abc', 'c')]": 2,
    "[true()]": True,
    "[int('4')]": 4,
    "[flatten(createArray(parameters('list'), createArray('c')))]": ["a", "b", "c"],
    "[intersection(parameters('list'), createArray('b'))]": ["b"],
}


@pytest.mark.parametrize("text", KNOWN, ids=str)
def test_known(text: str) -> None:
    assert worth(text) == KNOWN[text]


OPEN = {
    "[parameters('open')]": 'parameter "open" has no value',
    "[toUpper(parameters('open'))]": 'parameter "open" has no value',
    "[uniqueString(resourceGroup().id)]": "it is a hash that is made when the template is deployed",
    "[utcNow()]": "it is the time of the deployment",
    "[variables('circle')]": "it hangs on itself",
    "[parameters('nothing')]": "there is no parameter nothing",
    "[nobodyKnows(1)]": "what it is made of is not known",
    "[resourceGroup().location]": "the location of the resource group is chosen when it is deployed; "
    "--assume azure=REGION says it",
    "[concat('a'": "it cannot be read",
    "[int('x')]": "it cannot be read",
}


@pytest.mark.parametrize("text", [one for one in OPEN if "int(" not in one and one.endswith("]")], ids=str)
def test_open(text: str) -> None:
    found = worth(text)
    assert isinstance(found, Unknown)
    assert found.reason == OPEN[text]


def test_an_assumed_region_is_the_location_of_the_group_and_of_the_deployment() -> None:
    assert worth("[resourceGroup().location]", "westeurope") == "westeurope"
    assert worth("[deployment().location]", "westeurope") == "westeurope"


PATTERNS = {
    "[concat('st', uniqueString(resourceGroup().id))]": "st${uniqueString(resourceGroup().id)}",
    "[toLower(concat('ST', parameters('open')))]": "st${parameter open}",
    "[replace(concat('a-', parameters('open')), '-', '')]": "a${parameter open}",
    "[take(concat('abc', parameters('open')), 2)]": "ab",
    "[substring(concat('abc', parameters('open')), 0, 2)]": "ab",
    "[format('https://{0}.blob', parameters('open'))]": "https://${parameter open}.blob",
}


@pytest.mark.parametrize("text", PATTERNS, ids=str)
def test_partly_known(text: str) -> None:
    found = worth(text)
    assert (found.pattern if isinstance(found, Unknown) else found) == PATTERNS[text]


def test_a_condition_that_nobody_decides_gives_both() -> None:
    found = worth("[if(equals(parameters('open'), 'x'), 'a', 'b')]")
    assert isinstance(found, Unknown)
    assert "depends on" in found.reason


WRONG = ["concat('a'", "a b", "'a", "1 2", "f(,)", "f(a", "x[1", "x.", "[", "(" * 200, "f(" * 200]


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:10])
def test_what_is_no_expression(text: str) -> None:
    with pytest.raises(SyntaxProblem):
        expression(text, 0)
