"""The configuration: `euclave.toml`, or `[tool.euclave]` of `pyproject.toml`, in the current folder.

It says what the command line would, and what neither code nor an API shows: statements.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from checker import jurisdictions, registry
from checker.errors import UsageError
from checker.model import Jurisdiction, Place, Purpose, Role, Verdict
from checker.outcome import Exemption, Policy, Rule, Statement

FILES = ("euclave.toml", "pyproject.toml")
_FIELD = re.compile(r"contains unknown field `([^`]+)`(?: - at `\$\.(\w+))?")


class StatementRow(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A `[[statement]]`; `place` is an id that `accept` takes, or what `--jurisdiction` takes."""

    subject: str
    place: str
    evidence: str
    who: str
    until: datetime.date


class IgnoreRow(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """An `[[ignore]]`: what is excepted by address or by path (patterns of `*` and `?`), why, and until when."""

    reason: str
    policy: str | list[str] = []
    address: str = ""
    path: str = ""
    who: str = ""
    until: datetime.date | None = None


class RuleRow(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A `[[rule]]`: what fits all that it says sits in a jurisdiction of its own; patterns have `*` and `?`."""

    name: str
    jurisdiction: str
    reason: str
    accept: list[str] = []
    path: str = ""
    address: str = ""
    type: str = ""
    kind: str = ""
    role: str = ""
    account: str = ""
    tags: dict[str, str] = {}


class RootRow(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """A `[[root]]`: what counts for the roots of a path (a pattern, or a folder above them) beside what counts for all.

    Its variable and parameter files come after those for all, its environments and its workspace instead of them.
    """

    path: str
    var_files: list[str] = []
    parameter_files: list[str] = []
    environments: dict[str, list[str]] = {}
    workspace: str = ""
    assume: dict[str, str] = {}


class Config(msgspec.Struct, forbid_unknown_fields=True, rename="kebab"):
    """What a configuration may say; options of the command line go before it."""

    jurisdiction: str = ""
    accept: list[str] = []
    statement: list[StatementRow] = []
    scope: Literal["", "ai", "all"] = ""
    strict: bool | None = None  # where nothing says so: plans and states are judged strictly, code is not
    assume: dict[str, str] = {}
    var_files: list[str] = []
    environments: dict[str, list[str]] = {}
    parameter_files: list[str] = []
    workspace: str = ""
    baseline: str = ""
    ignore: list[IgnoreRow] = []
    fail_on: Literal["", "outside", "undetermined", "nothing"] = ""
    severities: dict[str, Literal["off", "info", "low", "medium", "high"]] = {}
    rule: list[RuleRow] = []
    root: list[RootRow] = []
    policies: list[str] = []  # only in a file outside of what is checked, which --config names


_ROWS = {"statement": StatementRow, "ignore": IgnoreRow, "rule": RuleRow, "root": RootRow}


def file_of(file: Path | None) -> str:
    """Return the name of the file that `load` takes; "" for none."""
    return next((str(path) for path, _ in _documents(file)), "")


def load(file: Path | None) -> Config:
    """Return a configuration: that of a file, or of the current folder, or an empty one.

    Raises UsageError for what cannot be read, for an unknown key (with the nearest known one), and for a value of
    another kind than the key's.
    """
    for path, document in _documents(file):
        return _decoded(document, path)
    return Config()


def _documents(file: Path | None) -> Iterator[tuple[Path, object]]:
    """Yield the files that hold a configuration, with what they hold; the first one counts."""
    for path in [file] if file is not None else map(Path, FILES):
        if file is None and not path.is_file():
            continue
        try:
            text = path.read_text(encoding="utf-8")
            if path.name == "pyproject.toml" and "tool.euclave" not in text:
                continue
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}") from None
        import tomllib  # not before there is something to decode

        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"{path} is no TOML: {error}") from None
        if path.name == "pyproject.toml":
            document = document.get("tool", {}).get("euclave", {})
        if document or file is not None or path.name != "pyproject.toml":
            yield path, document


def _decoded(document: object, path: Path) -> Config:
    try:
        return msgspec.convert(document, type=Config)
    except msgspec.ValidationError as error:
        import difflib

        unknown = _FIELD.search(str(error))
        if unknown is None:
            raise UsageError(f"{path}: {error}") from None
        known = _ROWS.get(unknown[2], Config).__struct_encode_fields__
        near = difflib.get_close_matches(unknown[1], known, 1)
        hint = f"did you mean {near[0]}?" if near else f"known here are {', '.join(known)}"
        raise UsageError(f"{path}: {error}", hint) from None


def ignores(rows: Iterable[IgnoreRow], own: Iterable[Policy] = ()) -> tuple[Exemption, ...]:
    """Return the rules by which findings are excepted; `own` are the user's policies.

    Raises UsageError for one that says too little, or that names no policy.
    """
    from checker import exemptions  # not before there is a rule

    return tuple(
        exemptions.rule(
            (row.policy,) if isinstance(row.policy, str) else tuple(row.policy),
            row.address,
            row.path,
            row.reason,
            row.who,
            row.until.isoformat() if row.until is not None else "",
            own=own,
        )
        for row in rows
    )


def rules(rows: Iterable[RuleRow]) -> tuple[Rule, ...]:
    """Return the rules by which some resources sit in a jurisdiction of their own.

    Raises UsageError for one that says too little, or what nobody knows.
    """
    return tuple(_rule(row) for row in rows)


def _rule(row: RuleRow) -> Rule:
    if not row.reason.strip() or not row.name.strip():
        raise UsageError(f"rule {row.name!r}: it needs a name and a reason")
    patterns = {name: getattr(row, name) for name in ("path", "address", "type", "kind", "role", "account")}
    if not (any(patterns.values()) or row.tags):
        raise UsageError(f"rule {row.name!r}: it fits everything", "`jurisdiction` says where everything has to be")
    if row.role:
        _known(f"rule {row.name!r}: role", row.role, [role.value for role in Role])
    found = judged_by(row.jurisdiction, row.accept)
    return Rule(
        name=row.name,
        jurisdiction=Jurisdiction(f"{found.name} (rule {row.name})", found.countries, found.accepted),
        reason=row.reason,
        patterns=tuple((name, pattern) for name, pattern in patterns.items() if pattern),
        tags=tuple(row.tags.items()),
    )


def severities(stated: Mapping[str, str], own: Iterable[Policy] = ()) -> dict[str, str]:
    """Return what findings of some policies weigh. Raises UsageError for a policy that does not exist."""
    for name in stated:
        _known("severities: policy", name, [*registry.policy_ids(), *(policy.id for policy in own)])
    return dict(stated)


def _known(what: str, name: str, known: list[str]) -> None:
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, 1)
        raise UsageError(f"{what} {name!r} does not exist", f"did you mean {near[0]}?" if near else ", ".join(known))


def judged_by(jurisdiction: str, accept: Iterable[str]) -> Jurisdiction:
    """Return the jurisdiction of a name with what is accepted besides.

    Raises UsageError for an id that no table has.
    """
    found = jurisdictions.parse(jurisdiction)
    accepted = frozenset(accept)
    if accepted:
        import difflib

        known = acceptable()
        for id in sorted(accepted):
            if id not in known:
                near = difflib.get_close_matches(id, known, 1)
                hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
                raise UsageError(f"accept: no table has a place {id!r}", hint)
    return Jurisdiction(found.name, found.countries, accepted)


def acceptable() -> dict[str, frozenset[str]]:
    """Return the ids of vendors' own, wider Europes, with their countries."""
    from checker import places  # not before something is accepted

    found: dict[str, frozenset[str]] = {}
    for cloud in registry.clouds():
        for row in places.table(cloud).rows:
            if row.accept:
                found[row.accept] = frozenset(row.countries or ())
    return found


def statements(rows: Iterable[StatementRow], jurisdiction: Jurisdiction, today: datetime.date) -> tuple[Statement, ...]:
    """Return the statements of a configuration with their verdicts; one that has expired is undetermined.

    Raises UsageError for a place that nobody knows.
    """
    return tuple(_statement(row, jurisdiction, today) for row in rows)


def _statement(row: StatementRow, jurisdiction: Jurisdiction, today: datetime.date) -> Statement:
    wider = acceptable()
    if row.place in wider:
        place = Place(row.place, Purpose.LOCATION, wider[row.place], accept=row.place)
    else:
        try:
            place = Place(row.place, Purpose.LOCATION, jurisdictions.parse(row.place).countries)
        except UsageError as error:
            hint = error.hint or f"or one of {', '.join(sorted(wider))}"
            raise UsageError(f"statement {row.subject!r}: {error.message}", hint) from None
    expired = row.until < today
    return Statement(
        subject=row.subject,
        place=row.place,
        evidence=row.evidence,
        who=row.who,
        until=row.until.isoformat(),
        verdict=Verdict.UNDETERMINED if expired else jurisdiction.judge(place),
        note="expired" if expired else "",
    )
