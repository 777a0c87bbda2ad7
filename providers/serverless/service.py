"""A service as the stack that it is deployed as: its functions and what they bring along beside its own resources.

Sources: https://www.serverless.com/framework/docs/providers/aws/guide/serverless.yml and
https://www.serverless.com/framework/docs/providers/aws/guide/resources (how logical ids are made)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from checker.documents import At
from providers.cloudformation.template import Template, members
from providers.serverless.sources import Files
from providers.serverless.variables import Variables

_SECTIONS = ("Parameters", "Mappings", "Conditions", "Outputs", "Resources", "extensions")
_NO_LETTER = re.compile(r"[^0-9A-Za-z]")
# Settings of a function by the property that they become.
_RENAMED = {"kmsKeyArn": "KmsKeyArn", "role": "Role", "runtime": "Runtime", "handler": "Handler"}
_MACHINES = "AWS::StepFunctions::StateMachine"
# Agents by their type: https://www.serverless.com/framework/docs/providers/aws/guide/agents
_AGENTS = {
    "runtime": "Runtime",
    "memory": "Memory",
    "browser": "BrowserCustom",
    "codeInterpreter": "CodeInterpreterCustom",
    "gateway": "Gateway",
    "workloadIdentity": "WorkloadIdentity",
}
AGENTS = tuple(f"AWS::BedrockAgentCore::{name}" for name in _AGENTS.values())


class Service:
    """What a configuration says, in CloudFormation's words."""

    def __init__(self, files: Files, config: At, values: Variables) -> None:
        self._files = files
        self._config = config
        self._values = values
        self.addresses: dict[str, str] = {}  # by logical id: what the configuration calls it

    def template(self) -> Template:
        """Return the template that the service is deployed with, as far as it matters here."""
        made = dict(self._functions())
        made |= dict(self._machines())
        made |= dict(self._agents())
        made |= {id: at for id, at in self._buckets() if id not in made}
        sections: dict[str, dict[str, At]] = {name: {} for name in _SECTIONS}
        for section, found in self._sections():
            sections[section] |= found
        for id, at in (*sections["extensions"].items(), *sections["Resources"].items()):
            made[id] = _merged(made[id], at) if id in made else at
        parameters = dict.fromkeys(self._values.inputs, At(0, {}))
        return Template(
            source=self._files.text,
            parameters={**sections["Parameters"], **parameters},
            mappings=At(0, sections["Mappings"]),
            conditions=sections["Conditions"],
            resources=made,
            outputs=sections["Outputs"],
            globals={},
            macros=(),
        )

    def _sections(self) -> Iterator[tuple[str, dict[str, At]]]:
        """Yield the sections of `resources`, which is a mapping of them or a list of such mappings."""
        at = self._config.value.get("resources")
        if at is None:
            return
        expanded = self._values.expanded(at)
        for one in expanded.value if isinstance(expanded.value, list) else [expanded]:
            for name, section in members(one).items():
                if name in _SECTIONS:
                    listed = section.value if isinstance(section.value, list) else [section]
                    for inner in listed:
                        yield name, members(inner)

    # --- functions

    def _functions(self) -> Iterator[tuple[str, At]]:
        provider = self._values.member(self._config, "provider")
        common = self._values.member(provider, "environment")
        for name, at in self._values.members(self._config.value.get("functions")).items():
            function = self._values.expanded(at)
            if not isinstance(function.value, dict):
                continue
            id = f"{_normal(name)}LambdaFunction"
            self.addresses[id] = f"functions.{name}"
            yield (
                id,
                _resource(function.pos, "AWS::Lambda::Function", self._properties(name, function, provider, common)),
            )

    def _properties(self, name: str, function: At, provider: At | None, common: At | None) -> dict[str, At]:
        given = function.value
        found = {new: given[old] for old, new in _RENAMED.items() if old in given}
        key = self._values.member(provider, "kmsKeyArn")
        if "KmsKeyArn" not in found and key is not None:
            found["KmsKeyArn"] = self._values.expanded(key)
        found["FunctionName"] = given["name"] if "name" in given else self._named(name, function)
        shared = [self._values.expanded(common)] if common is not None else []
        own = [given["environment"]] if "environment" in given else []
        variables = _together([*shared, *own])
        if variables is not None:
            found["Environment"] = At(function.pos, {"Variables": variables})
        image = self._image(given.get("image"), provider)
        if image is not None:
            found["Code"] = At(image.pos, {"ImageUri": image})
        system = members(given.get("fileSystemConfig")).get("arn")
        if system is not None:
            found["FileSystemConfigs"] = At(system.pos, [At(system.pos, {"Arn": system})])
        return found

    def _named(self, name: str, function: At) -> At:
        """Return the name that the framework gives a function."""
        text = f"${{self:service}}-${{sls:stage}}-{name}"
        if isinstance(members(self._config).get("service", At(0, "")).value, dict):
            text = f"${{self:service.name}}-${{sls:stage}}-{name}"  # as older versions have it
        return self._values.expanded(At(function.pos, text))

    def _image(self, image: At | None, provider: At | None) -> At | None:
        if image is None:
            return None
        uri = members(image).get("uri") or members(image).get("name") or image
        declared = (
            self._values.member(provider, "ecr", "images", str(uri.value)) if isinstance(uri.value, str) else None
        )
        if declared is not None:
            inner = members(self._values.expanded(declared)).get("uri")
            return inner or (self._values.expanded(declared) if isinstance(declared.value, str) else None)
        return uri if not (isinstance(uri.value, dict) and "Ref" not in uri.value) else None

    # --- what events and plugins bring along

    def _buckets(self) -> Iterator[tuple[str, At]]:
        """Yield the buckets that are made for functions that listen to them."""
        provider = self._values.member(self._config, "provider", "s3")
        for at in self._values.members(self._config.value.get("functions")).values():
            function = self._values.expanded(at)
            events = members(function).get("events")
            for event in events.value if events is not None and isinstance(events.value, list) else []:
                told = members(event).get("s3")
                bucket = members(told).get("bucket") if told is not None and isinstance(told.value, dict) else told
                existing = members(told).get("existing")
                if told is None or bucket is None or (existing is not None and existing.value):
                    continue
                key = self._values.text(bucket) if isinstance(bucket.value, str) else None
                key = key or (self._values.text(At(bucket.pos, bucket.value["Ref"].value)) if _is_ref(bucket) else None)
                if not key:
                    continue
                declared = self._values.member(provider, key)
                own = self._values.expanded(declared) if declared is not None else At(bucket.pos, {})
                properties = {_capital(name): value for name, value in members(own).items() if name != "name"}
                name = members(own).get("name") or bucket
                yield (
                    f"S3Bucket{_normal(key)}",
                    _resource(told.pos, "AWS::S3::Bucket", {**properties, "BucketName": name}),
                )

    def _machines(self) -> Iterator[tuple[str, At]]:
        """Yield the state machines of the plugin serverless-step-functions.

        https://github.com/serverless-operations/serverless-step-functions
        """
        machines = self._values.member(self._config, "stepFunctions", "stateMachines")
        for name, at in self._values.members(machines).items():
            machine = self._values.expanded(at)
            given = members(machine)
            id = members(machine).get("id")
            logical = str(id.value) if id is not None and isinstance(id.value, str) else _capital(name)
            found = {"Definition": given["definition"]} if "definition" in given else {}
            if "name" in given:
                found["StateMachineName"] = given["name"]
            self.addresses[logical] = f"stepFunctions.stateMachines.{name}"
            yield logical, _resource(machine.pos, _MACHINES, found)

    def _agents(self) -> Iterator[tuple[str, At]]:
        """Yield the agents of Bedrock AgentCore with what they need: a runtime, a memory, a browser."""
        for name, at in self._values.members(self._config.value.get("agents")).items():
            agent = self._values.expanded(at)
            given = members(agent)
            kind = given.get("type")
            type = _AGENTS.get(str(kind.value)) if kind is not None else "Runtime"
            if not isinstance(agent.value, dict) or type is None:
                continue
            properties = {_capital(key): value for key, value in given.items() if key not in ("type", "environment")}
            if "environment" in given:
                properties["EnvironmentVariables"] = given["environment"]
            id = f"{_normal(name)}{type.removesuffix('Custom')}"
            self.addresses[id] = f"agents.{name}"
            yield id, _resource(agent.pos, f"AWS::BedrockAgentCore::{type}", properties)


def _resource(pos: int, type: str, properties: Mapping[str, At]) -> At:
    return At(pos, {"Type": At(pos, type), "Properties": At(pos, dict(properties))})


def _is_ref(at: At) -> bool:
    return isinstance(at.value, dict) and "Ref" in at.value and isinstance(at.value["Ref"].value, str)


def _together(found: list[At]) -> At | None:
    """Return environments laid over each other; one that is not known as a mapping stays beside none."""
    known = [one for one in found if isinstance(one.value, dict) and not _is_ref(one)]
    if len(known) < len(found) and len(found) == 1:
        return found[0]
    if not known:
        return found[-1] if found else None
    merged: dict[str, At] = {}
    for one in known:
        merged |= one.value
    return At(known[-1].pos, merged)


def _merged(made: At, own: At) -> At:
    """Return a resource of the framework with what the service says of it besides."""
    properties = {**members(members(made).get("Properties")), **members(members(own).get("Properties"))}
    return At(made.pos, {**members(made), **members(own), "Properties": At(made.pos, properties)})


def _normal(name: str) -> str:
    """Return a name as logical ids have it: `my-hook_1` is `MyDashhookUnderscore1`."""
    return _capital(_NO_LETTER.sub("", name.replace("-", "Dash").replace("_", "Underscore")))


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]
