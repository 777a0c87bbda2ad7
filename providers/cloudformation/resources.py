"""The resources of a stack, and of the stacks that it nests, as blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from checker import texts
from checker.documents import At, Document, Item
from checker.model import Block, Gap, Provider, Step, Value
from providers.cloudformation import sam
from providers.cloudformation.body import Body, bounded
from providers.cloudformation.naming import type_of
from providers.cloudformation.stack import STACK_SET, STACKS, Stack
from providers.cloudformation.template import members

_MODULE = "::MODULE"
_MACHINE = "AWS::StepFunctions::StateMachine"
_TOKEN = re.compile(r"\$\{(\w+)\}")
# The bucket that `cdk bootstrap` makes in each environment: it holds code, and lies where the stack does.
# https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
_BOOTSTRAP = re.compile(r"cdk-[a-z0-9]+-assets-")


def blocks(stack: Stack, root: str, environment: str, mode: str = "managed") -> Iterator[Block]:
    """Yield a block for each resource of AWS; what cannot be read becomes a gap of the stack."""
    for name, at in stack.resources.items():
        try:
            yield from _of(stack, name, at, root, environment, mode)
        except RecursionError:
            where = stack.template.named(name, at)
            stack.gap(Gap(stack.address(name), "its values are nested too deeply", where, fatal=True))


def _of(stack: Stack, name: str, at: At, root: str, environment: str, mode: str) -> Iterator[Block]:
    written = members(at)
    location = stack.template.named(name, at)
    kind = written["Type"].value if "Type" in written else None
    if "Type" in written and (stack.values.called(written["Type"]) is not None or isinstance(kind, dict)):
        stack.gap(Gap(stack.address(name), "another tool makes its type before it is deployed", location))
        return
    if not isinstance(kind, str):
        macros = stack.template.macros and "Type" not in written
        made = name.startswith("Fn::") or "Fn::Transform" in written or macros
        why = "a macro makes it when it is deployed" if made else "it has no type"
        stack.gap(Gap(stack.address(name), why, location, fatal=not made))
        return
    if "Condition" in written and stack.values.condition(str(written["Condition"].value)) is False:
        if kind in STACKS:
            stack.dismiss(name)
        return
    if kind in STACKS:
        inner = stack.nested(name)
        if inner is not None:
            yield from blocks(inner, root, environment, mode)
        return
    if kind == STACK_SET:
        for inner in stack.instances(name):
            yield from blocks(inner, root, environment, mode)
        return
    if kind.endswith(_MODULE):
        why = "what a module of the registry makes was not read"
        stack.gap(Gap(f"{stack.address(name)} ({kind[:100]})", why, location))
        return
    type = type_of(sam.TYPES.get(kind, kind))
    if not type:
        return
    item = bounded(_properties(stack, kind, written), {})
    yield Block(
        format="cloudformation",
        mode=mode,
        type=type,
        address=stack.address(name),
        root=root,
        body=Body(item),
        provider=_provider(stack),
        location=location,
        calls=stack.calls,
        environment=environment,
    )


def _provider(stack: Stack) -> Provider:
    region = stack.told.region
    if region is None:
        return Provider("aws", reason=stack.told.why)
    return Provider("aws", body=Document({"region": region}), location=region.location)


def _properties(stack: Stack, kind: str, written: Mapping[str, At]) -> Item:
    given = written.get("Properties")
    item = stack.values.item(given) if given is not None else {}
    if not isinstance(item, Mapping):
        return item
    if sam.is_one(kind):
        common = stack.template.globals.get(sam.section(kind))
        shared = stack.values.item(common) if common is not None else {}
        item = sam.properties(kind, item, shared if isinstance(shared, Mapping) else {})
    if sam.TYPES.get(kind, kind) == _MACHINE:
        item = _defined(stack, item)
    code = item.get("Code") or item.get("Content")
    if isinstance(code, Mapping) and _is_bootstrap(code.get("S3Bucket")):
        item = {**item, "Code": {key: value for key, value in code.items() if key != "S3Bucket"}}
    return item


def _is_bootstrap(bucket: Item | None) -> bool:
    return isinstance(bucket, Value) and bool(bucket.text and _BOOTSTRAP.match(bucket.text))


def _defined(stack: Stack, item: Mapping[str, Item]) -> Mapping[str, Item]:
    """Return a state machine with the definition that stands in a file of the tree, its tokens filled in."""
    at = item.get("DefinitionS3Location")
    text = item.get("DefinitionString")
    if isinstance(at, Value) and isinstance(at.data, str):
        path = stack.shared.tree.file(stack.path.parent / at.data)
        source = stack.shared.tree.source(path, quiet=True) if path is not None else None
        if source is None:
            return item
        where = source.location(0)
        text = Value(source.text, (Step(f"definition of {at.data}", where),), location=where)
    given = item.get("DefinitionSubstitutions")
    if not isinstance(text, Value) or not isinstance(text.data, str):
        return item
    if isinstance(given, Mapping) and text.location is not None:
        pieces: list[str | Item] = []
        end = 0
        for token in _TOKEN.finditer(text.data):
            if token[1] in given:
                pieces += [text.data[end : token.start()], given[token[1]]]
                end = token.end()
        made = texts.joined([*pieces, text.data[end:]], text.location) if pieces else text
        text = replace(made, trail=(*text.trail, *made.trail)) if isinstance(made, Value) and pieces else text
    return {**item, "DefinitionString": text}
