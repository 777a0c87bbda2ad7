"""What the settings of a resource say of the models that it calls: whose, and where they answer."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from checker import endpoints, naming
from checker.endpoints import Known, Named, Variable, Vendor
from checker.model import Block, Confidence, FileLocation, Place, Purpose, Unknown, Value
from checker.placing import Placing, edit_location
from checker.rows import Row, Settings

HOME = "@home"  # the default of a vendor whose clients call the region that they run in
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4}){4,}(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_OFF = frozenset({"", "false", "0", "no", "off", "none"})


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting by name, with each value that it may have; a text without a name is "".

    `held`: the value is kept elsewhere (a secret), only the name is here.
    """

    name: str
    values: tuple[Value, ...]
    path: str
    held: bool = False


@dataclass(frozen=True, slots=True)
class Calls:
    """What a resource calls: the places, the values that mean declared resources, and whether it calls a model at all.

    `sure` is false where only a name sounds like it.
    """

    places: tuple[Place, ...] = ()
    through: tuple[Value, ...] = ()
    calls: bool = False


@dataclass(slots=True)
class _Heard:
    """What was heard of one vendor."""

    vendor: Vendor
    addresses: list[Place] = field(default_factory=list)  # what hosts and regions say
    models: list[tuple[Value, str, str]] = field(default_factory=list)  # (value, vocabulary, setting)
    regions: list[tuple[Value, Known]] = field(default_factory=list)
    keys: list[tuple[Value, Known]] = field(default_factory=list)
    joined: bool = False  # a declared resource is meant
    off: bool = False
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the settings of a resource are judged in."""

    homes: tuple[Place, ...]  # where the resource sits
    placing: Callable[[str], Placing]  # by the folder of a vendor or cloud
    declared: Callable[[Value], bool]  # whether a value means resources that are declared
    named: Callable[[str], bool]  # whether a resource of such a name ("cognitive-subdomain:x") is declared
    serves: Callable[[Value], bool]  # whether a value means an AI service that is declared
    workload: bool  # whether it is an AI workload whatever its settings say


def settings(block: Block, row: Row) -> Iterator[Setting]:
    """Yield the settings of a block, as its row says where they stand; one named `?` stands for what is not known."""
    for where in row.settings:
        for path in where.paths:
            yield from _at(block, where, path)


def _at(block: Block, where: Settings, path: str) -> Iterator[Setting]:
    match where.shape:
        case "map":
            for item in block.body.items(path):
                for member, values in item.items():
                    yield Setting(member or "?", values, path)
        case "pairs":
            for item in block.body.items(path):
                if "" in item:
                    yield Setting("?", item[""], path)
                stated = next((item[key] for key in where.value if item.get(key)), ())
                for name in item.get(where.name, ()):
                    if isinstance(name.data, str):
                        # Without a value of a known shape, what feeds it stands elsewhere (a secret, a field).
                        yield Setting(name.data, stated or (name,), path, held=not stated)
        case "lines":
            for line in block.body.values(path):
                before, equals, rest = (line.text or "").partition("=")
                if equals:
                    data = replace(line.data, pattern=rest) if isinstance(line.data, Unknown) else rest
                    yield Setting(before.strip(), (replace(line, data=data),), path)
        case "named":
            values = tuple(value for other in where.value for value in block.body.values(other))
            for name in block.body.values(path):
                if name.text:
                    yield Setting(name.text, values or (name,), path, held=not values)
        case "tree":
            found = block.body.items(path)
            for value in () if found else block.body.values(path):
                found += _tree_of(value)
            for item in found:
                yield from _branches(item, path)
            if not found:
                yield Setting("", block.body.values(path), path)
        case _:
            yield Setting("", tuple(map(_readable, block.body.values(path))), path)


def _readable(value: Value) -> Value:
    """Return a text that may be in base64, as data for new machines is, as it reads."""
    if not isinstance(value.data, str) or _BASE64.fullmatch(value.data) is None:
        return value
    try:
        return replace(value, data=base64.b64decode(value.data).decode())
    except ValueError:
        return value


def _tree_of(value: Value) -> tuple[dict[str, tuple[Value, ...]], ...]:
    """Return what YAML in a text holds, as Body.items would; nothing for what is no YAML."""
    from checker.documents import Document, evaluate, load_yaml
    from checker.source import Source, SyntaxProblem

    try:
        roots = load_yaml(Source("", value.text or ""))
        items = [item for root in roots for item in Document({"": evaluate(root, lambda at: None)}).items("")]
    except SyntaxProblem:
        return ()
    return tuple(
        {name: tuple(replace(value, data=one.data) for one in values) for name, values in item.items()}
        for item in items
    )


def _branches(item: dict[str, tuple[Value, ...]], path: str) -> Iterator[Setting]:
    """Yield the settings of a tree of any shape: members by their dotted names, lists of names and values as pairs."""
    for name, values in item.items():
        above, _, last = name.rpartition(".")
        # A name beside a value, or beside what says where the value is, is that of a setting.
        if last == "name" and any(other.startswith(f"{above}.value") for other in item):
            stated = item.get(f"{above}.value", ())
            paired = len(stated) == len(values)
            for number, one in enumerate(values):
                if one.text:
                    yield Setting(one.text, (stated[number] if paired else one,), path, held=not paired)
        yield Setting(name or "?", values, path)


def judge(every: Iterable[Setting], around: Surroundings) -> Calls:
    """Return what settings say of the models that a resource calls. Values go before names: a host is whose it is."""
    heard: dict[str, _Heard] = {}
    through: list[Value] = []
    called = False
    for setting in every:
        known = endpoints.variable(setting.name) if setting.name else None
        for value in setting.values:
            called = called or around.serves(value)
            _hear(setting, value, known, around, heard, through)
    called = called or any(one.strong and one.vendor.purpose != "telemetry" for one in heard.values())
    places: list[Place] = []
    for one in heard.values():
        # What counts only beside something else: a region that any client of the cloud reads, a sink of all traces.
        if not heard.keys().isdisjoint(one.vendor.yields_to):
            one.keys = [(value, known) for value, known in one.keys if known.sure]
        beside = called or around.workload
        if beside if one.vendor.purpose == "telemetry" else one.strong:
            places += _places(one, around)
    return Calls(tuple(dict.fromkeys(places)), tuple(through), called)


def _hear(
    setting: Setting,
    value: Value,
    known: Known | None,
    around: Surroundings,
    heard: dict[str, _Heard],
    through: list[Value],
) -> None:
    text = "" if setting.held else value.text or ""
    text = endpoints.with_defaults(text)
    named = endpoints.hosts_in(naming.numbered(text)) if text else ()
    for one in named:
        mine = _of(heard, one.vendor)
        mine.strong = mine.strong or not (known is not None and known.variable.weak)
        if one.rule.key and (around.declared(value) or around.named(f"{one.rule.key}:{one.found}")):
            mine.joined = True
            through.append(value)
        else:
            mine.addresses += _at_host(one, value, setting.name, around)
    if not setting.name or "\n" in text.strip():
        _hear_text(setting, value, text, heard)
        return
    if named:
        return
    by_look = endpoints.model(text) if text and (known is None or known.variable.kind != "model") else None
    if by_look is not None:
        mine = _of(heard, by_look[0])
        mine.strong = True
        if by_look[1]:
            mine.models.append((value, by_look[1], setting.name))
        else:
            mine.keys.append((value, Known(by_look[0], Variable(setting.name, "model"))))
    elif known is not None and (setting.held or value.data not in (None, "")):
        _hear_name(setting, value, known, around, _of(heard, known.vendor), through)


def _hear_text(setting: Setting, value: Value, text: str, heard: dict[str, _Heard]) -> None:
    """Hear a longer text, such as a script or a file: the ids of models and the names of keys that stand in it."""
    where = setting.name or "its text"
    for vendor, vocabulary, id in endpoints.models_in(text):
        mine = _of(heard, vendor)
        mine.strong = True
        data = Unknown("a part of it is not known", id, id) if "${" in id else id
        mine.models.append((replace(value, data=data), vocabulary, where))
    for known in endpoints.keys_in(text):
        mine = _of(heard, known.vendor)
        mine.strong = True
        mine.keys.append((value, known))


def _hear_name(
    setting: Setting, value: Value, known: Known, around: Surroundings, mine: _Heard, through: list[Value]
) -> None:
    kind = known.variable.kind
    data = value.data
    if kind == "url" and endpoints.listens(value.text or ""):
        return
    if kind == "switch" and not isinstance(data, Unknown):
        mine.off = mine.off or str(data).strip().lower() in _OFF
        if str(data).strip().lower() in _OFF:
            return
    mine.strong = mine.strong or not known.variable.weak
    if kind in ("key", "switch") or setting.held:
        mine.keys.append((value, replace_name(known, setting.name)))
    elif kind in ("url", "site", "name"):
        if around.declared(value) or (kind == "name" and around.named(f"{known.variable.vocabulary}:{value.text}")):
            mine.joined = True
            through.append(value)
        else:
            mine.addresses.append(_elsewhere(value, known, setting.name))
    elif kind == "region" and around.serves(value):
        mine.joined = True  # the region of an AI service that is declared: that one is judged
    elif kind == "region":
        mine.regions.append((value, replace_name(known, setting.name)))
    elif kind == "model":
        mine.models.append((value, known.variable.vocabulary, setting.name))


def replace_name(known: Known, name: str) -> Known:
    """Return what is known of a variable under the name that it has here."""
    return Known(known.vendor, msgspec.structs.replace(known.variable, name=name), known.sure)


def _of(heard: dict[str, _Heard], vendor: Vendor) -> _Heard:
    return heard.setdefault(vendor.vendor, _Heard(vendor))


def _purpose(vendor: Vendor) -> Purpose:
    return Purpose.TELEMETRY if vendor.purpose == "telemetry" else Purpose.ENDPOINT


def _at_host(named: Named, value: Value, setting: str, around: Surroundings) -> Iterator[Place]:
    vendor, rule = named.vendor, named.rule
    where: dict[str, Any] = {"vendor": vendor.title, "stated_by": setting, "fix": vendor.fix}
    name = re.sub(r"hole\d+hole", "${…}", named.host) if not value.sensitive else ""
    if rule.key:
        reason = f"{name or 'its host'} is a resource that is not declared here, and it says no region"
        yield _undetermined(value, vendor, name, reason, setting)
        return
    if rule.cloud and (not named.found or naming.hole(named.found) is not None):
        yield _undetermined(value, vendor, name, "the region in its host is not known", setting)
        return
    placing = around.placing(rule.cloud or vendor.folder)
    wanted = replace(value, data=named.found if rule.cloud else rule.place)
    vocabulary = rule.vocabulary or ("region" if rule.cloud else vendor.vocabulary)
    if isinstance(value.data, Unknown) and "${" not in name:
        # What is not known of the text is another part of it: the host is edited where it stands.
        at = (step.location for step in reversed(value.trail) if step.location and named.host in step.text.lower())
        where["location"] = next(at, value.location)
    for place in placing.placed(wanted, _purpose(vendor), vocabulary, None):
        reason = "; ".join(filter(None, (rule.note, place.reason)))
        yield replace(
            place, name=name or place.name, reason=reason, verified=place.verified and not rule.unverified, **where
        )


def _elsewhere(value: Value, known: Known, setting: str) -> Place:
    """Return the place of an address that no table lists."""
    host = next(endpoints.other_hosts(value.text), "") if value.text else ""
    if isinstance(value.data, Unknown) and (value.text is None or "${" in value.text):
        reason = f"where it leads is not known: {value.data.reason}"
    elif host and endpoints.is_near(host):
        reason = "a gateway or model of your own: where it sends calls stands in its own configuration"
    else:
        reason = f"no table of {known.vendor.title} lists this host" if host else "it names no host that a table lists"
    place = _undetermined(value, known.vendor, host, reason, setting)
    return place if known.sure else replace(place, confidence=Confidence.LOW)


def _undetermined(value: Value, vendor: Vendor, name: str, reason: str, setting: str) -> Place:
    return Place(
        name=name,
        purpose=_purpose(vendor),
        countries=None,
        reason=reason,
        trail=value.trail,
        location=edit_location(value),
        sensitive=value.sensitive,
        vendor=vendor.title,
        stated_by=setting,
        fix=vendor.fix,
    )


def _places(mine: _Heard, around: Surroundings) -> Iterator[Place]:
    vendor = mine.vendor
    purpose = _purpose(vendor)
    yield from mine.addresses
    where: dict[str, Any] = {"vendor": vendor.title, "fix": vendor.fix}
    homes = around.homes
    regions: list[Place] = []
    for value, known in mine.regions:
        placing = around.placing(known.variable.cloud or vendor.folder)
        found = placing.placed(value, purpose, known.variable.vocabulary or "region", None)
        stated: dict[str, Any] = {**where, "stated_by": known.variable.name, "confidence": Confidence.MEDIUM}
        regions += [replace(place, **stated) for place in found]
    if not mine.models and not mine.addresses:
        yield from regions
    for value, vocabulary, setting in mine.models:
        for home in tuple(replace(place, purpose=Purpose.LOCATION) for place in regions) or homes or (None,):
            for place in around.placing(vendor.folder).placed(value, purpose, vocabulary, home):
                yield replace(place, **where, stated_by=setting)
    if not (mine.addresses or regions or mine.models or mine.joined or mine.off):
        yield from _by_default(mine, around)


def _by_default(mine: _Heard, around: Surroundings) -> Iterator[Place]:
    """Yield where a vendor's clients call when nothing but a key is set."""
    vendor = mine.vendor
    sure = any(known.sure for _, known in mine.keys)
    confidence = Confidence.MEDIUM if sure else Confidence.LOW
    for value, known in sorted(mine.keys, key=lambda key: key[1].variable.weak)[:1]:
        # The value is a key, or the resource that keeps one: where it stands is all there is to say of it.
        at = _member_location(value)
        bare = Value("", (), (), at)
        where: dict[str, Any] = {
            "vendor": vendor.title,
            "stated_by": known.variable.name,
            "fix": vendor.fix,
            "stated": False,
            "confidence": confidence,
            "location": at,
            "trail": value.trail[:1],
        }
        if vendor.default == HOME:
            continue
        if not vendor.default:
            reason = vendor.default_note or "nothing here says where it answers"
            yield replace(_undetermined(bare, vendor, "", reason, known.variable.name), **where)
            continue
        placing = around.placing(vendor.folder)
        for place in placing.placed(replace(bare, data=vendor.default), _purpose(vendor), vendor.vocabulary, None):
            reason = vendor.default_note or place.reason
            yield replace(place, reason=reason, **where)


def _member_location(value: Value) -> FileLocation | None:
    """Return where a setting stands: a trail begins with the whole map, then comes what stands in it."""
    where = [step.location for step in value.trail if step.location is not None]
    if len(where) > 1 and where[0] == value.location:
        return where[1]
    return where[0] if where else value.location
