"""Rules of a configuration: what has certain tags, paths or accounts sits in a jurisdiction of its own.

Patients' data only in Germany and France, a sandbox in the United States too: a rule narrows or widens where something
may sit. It counts for what fits its patterns, and for the storage that such a workload reaches.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping

from checker.model import Block, Gap, Graph, Jurisdiction, Role, Unknown, Value
from checker.outcome import Rule

# Arguments that hold tags, of resources and of providers, in the words of the formats that are read.
_TAGS = ("tags", "labels", "user_labels", "resource_labels", "metadata.labels")
_DEFAULTS = ("default_tags.tags", "default_labels")
# Arguments that say whose account, subscription or project it is.
_ACCOUNTS = ("project", "subscription_id", "account_id", "allowed_account_ids", "assume_role.role_arn")


class Rules:
    """The rules of a run, for the resources of one root."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._open: dict[str, list[Block]] = {}  # what may be under a rule: a tag or an account is not known

    def of(self, block: Block, kind: str, roles: frozenset[Role]) -> str:
        """Return the name of the first rule that a block is under; "" for none. What is not known is under none."""
        for rule in self._rules:
            fits = _fits(rule, block, kind, roles)
            if fits:
                return rule.name
            if fits is None:
                self._open.setdefault(rule.name, []).append(block)
        return ""

    def gaps(self) -> Iterator[Gap]:
        """Yield a gap for each rule that resources may be under, and nothing says whether."""
        for name, blocks in self._open.items():
            shown = ", ".join(block.address for block in blocks[:3])
            more = f" and {len(blocks) - 3} more" if len(blocks) > 3 else ""
            why = "the tags or the account that decide it are not known"
            yield Gap(
                f"whether {shown}{more} {'is' if len(blocks) == 1 else 'are'} under {name}", why, blocks[0].location
            )


def _fits(rule: Rule, block: Block, kind: str, roles: frozenset[Role]) -> bool | None:
    """Return whether a block fits a rule; None where that is not known."""
    known = {"path": [block.location.path, block.root], "address": [block.address], "type": [block.type]}
    known |= {"kind": [kind], "role": [*roles]}
    answers: list[bool | None] = []
    for name, pattern in rule.patterns:
        if name == "account":
            answers.append(_any(pattern, _accounts(block)))
        else:
            answers.append(any(matches(text, pattern, below=name == "path") for text in known[name]))
        if answers[-1] is False:
            return False
    tags = _tags(block) if rule.tags else {}
    for name, pattern in rule.tags:
        values = [*tags.get(name, ()), *tags.get("", ())]  # where not all are known, this one may be among them
        answers.append(_any(pattern, values) if values else False)
    return False if False in answers else None if None in answers else True


def _any(pattern: str, values: Iterable[object]) -> bool | None:
    """Return whether a value fits a pattern; None when none does and one is not known, or there is none."""
    found = list(values)
    if any(matches(str(one), pattern) for one in found if not isinstance(one, Unknown)):
        return True
    return None if not found or any(isinstance(one, Unknown) for one in found) else False


def matches(text: str, pattern: str, *, below: bool = False) -> bool:
    """Return whether a text fits a pattern of `*` and `?`, in any case; of a path also what lies below."""
    text, pattern = text.casefold(), pattern.casefold().replace("[", "[[]")
    return fnmatch.fnmatchcase(text, pattern) or (below and fnmatch.fnmatchcase(text, f"{pattern.rstrip('/')}/*"))


def _tags(block: Block) -> dict[str, list[object]]:
    """Return the values that each tag may have; what is not known as a whole stands under ""."""
    found: dict[str, list[object]] = {}
    provider = block.provider.body if block.provider is not None else None
    for body, paths in ((provider, _DEFAULTS), (block.body, _TAGS)):  # a resource's own go before its provider's
        if body is not None:
            found |= {
                name: values for path in paths for members in body.items(path) for name, values in _named(members)
            }
    return found


def _named(members: Mapping[str, tuple[Value, ...]]) -> Iterator[tuple[str, list[object]]]:
    lower = {name.lower(): values for name, values in members.items()}
    if lower.keys() == {"key", "value"}:  # as CloudFormation has them
        yield from ((str(key.data), [value.data for value in lower["value"]]) for key in lower["key"])
        return
    for name, values in members.items():
        yield name, [value.data for value in values]


def _accounts(block: Block) -> Iterator[object]:
    provider = block.provider.body if block.provider is not None else None
    for body in (block.body, provider):
        for path in _ACCOUNTS if body is not None else ():
            for value in body.values(path) if body is not None else ():
                text = value.text
                arn = text.split(":") if text is not None and text.startswith("arn:") else []
                yield arn[4] if len(arn) > 4 else value.data


def jurisdictions(graph: Graph, base: Jurisdiction, rules: Iterable[Rule]) -> dict[str, Jurisdiction]:
    """Return what resources are judged against, by key, where that is not the run's own jurisdiction.

    Under no rule itself, what workloads reach has to satisfy each of them: their countries in common count.
    """
    named = {rule.name: rule.jurisdiction for rule in rules}
    own = {key: named[resource.rule] for key, resource in graph.resources.items() if resource.rule in named}
    found = dict(own)
    for key, workloads in graph.joined.items():
        if key in own or (key in graph.resources and graph.resources[key].is_workload):
            continue
        asked = list(dict.fromkeys(own.get(workload, base) for workload in workloads))
        if asked and asked != [base]:
            found[key] = _common(asked)
    return found


def _common(asked: list[Jurisdiction]) -> Jurisdiction:
    countries = frozenset.intersection(*(one.countries for one in asked))
    accepted = frozenset.intersection(*(one.accepted for one in asked))
    # The narrowest one alone says it where it has all the others' countries in it.
    same = [one for one in asked if one.countries == countries and one.accepted == accepted]
    return same[0] if same else Jurisdiction(" and ".join(one.name for one in asked), countries, accepted)
