"""SAM's resource types as CloudFormation's, with what `Globals` adds to them.

Sources: https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-resources-and-properties.html
and https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-specification-template-anatomy-globals.html
"""

from __future__ import annotations

from collections.abc import Mapping

from checker.documents import Item
from checker.model import Value

# What a type of SAM is deployed as.
TYPES = {
    "AWS::Serverless::Api": "AWS::ApiGateway::RestApi",
    "AWS::Serverless::Application": "AWS::CloudFormation::Stack",
    "AWS::Serverless::CapacityProvider": "AWS::Lambda::CapacityProvider",
    "AWS::Serverless::Function": "AWS::Lambda::Function",
    "AWS::Serverless::GraphQLApi": "AWS::AppSync::GraphQLApi",
    "AWS::Serverless::HttpApi": "AWS::ApiGatewayV2::Api",
    "AWS::Serverless::LayerVersion": "AWS::Lambda::LayerVersion",
    "AWS::Serverless::SimpleTable": "AWS::DynamoDB::Table",
    "AWS::Serverless::StateMachine": "AWS::StepFunctions::StateMachine",
    "AWS::Serverless::WebSocketApi": "AWS::ApiGatewayV2::Api",
}
# Properties of SAM by where they stand in CloudFormation.
_RENAMED: dict[str, dict[str, tuple[str, ...]]] = {
    "AWS::Serverless::Api": {"DefinitionBody": ("Body",)},
    "AWS::Serverless::Function": {
        "ImageUri": ("Code", "ImageUri"),
        "InlineCode": ("Code", "ZipFile"),
        "CodeUri": ("Code",),
    },
    "AWS::Serverless::HttpApi": {"DefinitionBody": ("Body",)},
    "AWS::Serverless::StateMachine": {
        "Definition": ("Definition",),
        "DefinitionUri": ("DefinitionS3Location",),
        "Logging": ("LoggingConfiguration",),
        "Name": ("StateMachineName",),
        "Tracing": ("TracingConfiguration",),
        "Type": ("StateMachineType",),
    },
}
# Where an object of S3 is written otherwise.
_OBJECT = {"Bucket": "S3Bucket", "Key": "S3Key", "Version": "S3ObjectVersion"}
_CODE = "AWS::Serverless::Function"


def properties(type: str, own: Mapping[str, Item], shared: Mapping[str, Item]) -> dict[str, Item]:
    """Return the properties of a SAM resource in CloudFormation's words, with what `Globals` says beneath them."""
    renamed = _RENAMED.get(type, {})
    found: dict[str, Item] = {}
    for name, item in _merged(shared, own, {}).items():
        path = renamed.get(name, (name,))
        inner = found
        for part in path[:-1]:
            below = inner.get(part)
            below = dict(below) if isinstance(below, Mapping) else {}
            inner[part] = below
            inner = below
        if type == _CODE and name == "CodeUri" and isinstance(item, Mapping):
            item = {_OBJECT.get(member, member): value for member, value in item.items()}
        inner[path[-1]] = item
    return found


def section(type: str) -> str:
    """Return the name of the part of `Globals` that is about a type."""
    return type.rpartition("::")[2]


def is_one(type: str) -> bool:
    """Return whether a type is SAM's."""
    return type in TYPES


def _merged(shared: Mapping[str, Item], own: Mapping[str, Item], known: dict[tuple[int, int], Item]) -> dict[str, Item]:
    """Return properties with shared ones beneath: maps are merged, lists are added to, all else is replaced."""
    found = dict(shared)
    for name, item in own.items():
        before = found.get(name)
        key = id(before), id(item)
        if isinstance(before, Mapping) and isinstance(item, Mapping):
            if key not in known:
                known[key] = _merged(before, item, known)
            found[name] = known[key]
        elif isinstance(before, list) and isinstance(item, list):
            found[name] = [*before, *item]
        elif not (isinstance(item, Value) and item.data is None):
            found[name] = item
    return found
