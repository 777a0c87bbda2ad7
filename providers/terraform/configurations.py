"""Which provider configuration a resource resolves to: its own, an alias, or what the module calls pass down.

Source: https://developer.hashicorp.com/terraform/language/modules/develop/providers
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from checker.model import Provider
from checker.source import SyntaxProblem
from providers.terraform.blocks import BlockBody
from providers.terraform.evaluate import evaluate
from providers.terraform.modules import Declaration, alias, twice
from providers.terraform.syntax import Attr, Expression, Key, Literal, ObjectCons, Traversal
from providers.terraform.values import Data, TerraformError, Unknown, any_of

if TYPE_CHECKING:
    from providers.terraform.instances import ModuleInstance


class Name(NamedTuple):
    """A provider configuration as code names it: local name, alias, and the key of one instance (OpenTofu)."""

    local: str
    alias: str = ""
    key: Expression | None = None


def of_resource(module: ModuleInstance, declaration: Declaration, type: str, names: dict[str, Data]) -> Provider:
    """Return the provider configuration of a resource of a module instance."""
    default = Name(type.split("_", 1)[0])
    try:
        stated = declaration.body().attributes.get("provider")
    except SyntaxProblem:
        stated = None
    name = _name(stated.value) if stated is not None else default
    return resolve(module, name or default, names)


def resolve(module: ModuleInstance, name: Name, names: dict[str, Data] | None = None) -> Provider:
    """Return the configuration that a name means inside a module, following what its callers pass."""
    names = names or {}
    passed = _passed(module)
    if passed is not None:
        given = passed.get((name.local, name.alias))
        if given is not None and module.parent is not None and module.call_scope is not None:
            return resolve(module.parent, given, dict(module.call_scope.names))
    declared = [p for p in module.folder.providers if p.labels[0] == name.local and alias(p) == name.alias]
    for further in declared[1:]:
        module.run.note(twice(declared[0], further, name.alias))
    for declaration in declared:
        body = module._body(declaration)
        if body is None:
            return Provider(name.local, name.alias, reason="its provider block cannot be parsed, so nothing says it")
        if module.parent is not None and not set(body.attributes) - {"alias"} and not body.blocks:
            continue  # an empty block in a called module only announces that one is to be passed in
        scope = module.scope(declaration.source, _each(module, declaration, name, names))
        shown = f'provider "{name.local}"' + (f" ({name.alias})" if name.alias else "")
        return Provider(
            name.local,
            name.alias,
            _source(module, name.local),
            BlockBody(module, body, scope, declaration, shown),
            declaration.source.location(declaration.pos),
        )
    if not name.alias and module.parent is not None:
        return resolve(module.parent, name)
    missing = f'no provider "{name.local}" block' + (f" with alias {name.alias}" if name.alias else "")
    reason = f"{missing}, so the machine that runs it decides"
    return Provider(name.local, name.alias, _source(module, name.local), reason=reason)


def _each(module: ModuleInstance, declaration: Declaration, name: Name, names: dict[str, Data]) -> dict[str, Data]:
    """Return each.key and each.value for one instance of a provider with for_each (OpenTofu)."""
    if name.key is None or "for_each" not in declaration.body().attributes:
        return {}
    try:
        key = evaluate(name.key, module.scope(declaration.source, names))
    except TerraformError:
        return {}
    expansion = module.expansion(declaration, "provider", name.local, name.alias)
    for instance in expansion.instances:
        if instance.key == key:
            return instance.names
    if isinstance(key, Unknown):
        values = [instance.names["each"]["value"] for instance in expansion.instances]  # type: ignore[index, call-overload]
        return {"each": {"key": key, "value": any_of(values, key)}}
    return expansion.instances[0].names if expansion.kind == "unknown" and expansion.instances else {}


def _passed(module: ModuleInstance) -> dict[tuple[str, str], Name] | None:
    """Return what the call of a module passes as `providers`, or None when it says nothing."""
    if module.call is None:
        return None
    try:
        stated = module.call.body().attributes.get("providers")
    except SyntaxProblem:
        return None
    if stated is None or not isinstance(stated.value, ObjectCons):
        return None
    result = {}
    for key, value in stated.value.items:
        inner, outer = _name(key), _name(value)
        if inner is not None and outer is not None:
            result[inner.local, inner.alias] = outer
    return result


def _name(node: Expression) -> Name | None:
    """Read `aws`, `aws.us` or `aws.by_region["eu"]`; quoted forms are the old spelling of the same."""
    if isinstance(node, Literal) and isinstance(node.value, str):
        local, _, alias = node.value.partition(".")
        return Name(str(local), str(alias))
    if isinstance(node, Traversal) and isinstance(node.root, str):
        alias = ""
        key = None
        for step in node.steps:
            if isinstance(step, Attr):
                alias = step.name
            elif isinstance(step, Key):
                key = step.key
        return Name(node.root, alias, key)
    return None


def _source(module: ModuleInstance, local: str) -> str:
    """Return the source address that `required_providers` gives a local name, or ""."""
    for declaration in module.folder.settings:
        body = module._body(declaration)
        for block in body.blocks if body is not None else ():
            stated = block.body.attributes.get(local) if block.type == "required_providers" else None
            if stated is None:
                continue
            try:
                value = evaluate(stated.value, module.scope(declaration.source))
            except TerraformError:
                continue
            if isinstance(value, dict) and isinstance(value.get("source"), str):
                return str(value["source"])
    return ""
