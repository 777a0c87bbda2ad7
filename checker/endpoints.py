"""Which vendor a host or a setting's name belongs to, from the tables `providers/<vendor>/endpoints.json`."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

PROVIDERS = Path(__file__).resolve().parent.parent / "providers"

# A host name in a text, after a scheme or alone; unknown parts are written `hole0hole` (checker.naming.numbered).
_HOST = re.compile(
    r"(?<![\w.@%/-])(?:[a-z][a-z0-9+.-]{1,20}://)?(?:[^\s/@\"']{1,200}@)?((?:[\w-]{1,63}\.)+[a-z]{2,24})(?![\w-])", re.I
)
# `http://litellm:4000`: one label, so only a scheme makes it a host.
_URL_HOST = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}://(?:[^\s/@\"']{1,200}@)?(\[[0-9a-f:.]+\]|[\w.-]{1,253})", re.I)
_LISTENS = re.compile(r"(?:[a-z]+://)?(?:(?:0\.0\.0\.0|\[?::\]?)(?::\S{0,200})?|:\S{1,200})/?")
_BARE_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/\S*)?")
_NEAR = re.compile(r"[^.]+|.*\.(?:local|internal|svc|svc\.cluster\.local|lan|localdomain)|[\d.]+|\[.*\]", re.I)
_KEYLIKE = re.compile(r"KEY|TOKEN|SECRET|CREDENTIAL")
_URL_LIKE = re.compile(r"(?:URL|URI|ENDPOINT|HOST|APIBASE|BASE)$")

# A hole in a text where an ARN has its region and account: whatever stands there, the id after it is the same.
_HOLE = r"\$\{[^{}]*\}"
_ARN_HOLE = re.compile(rf"(?<=:){_HOLE}(?=:)")
_PREFIX_HOLE = re.compile(rf"{_HOLE}\.")
# `${NAME:-value}` of shells.
_SHELL_DEFAULT = re.compile(r"\$\{\w+:?[-=]([^{}]*)\}")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
_WORD = re.compile(rf"(?:[\w.:/-]|{_HOLE}){{8,300}}")  # of a longer text, whole
_BORDERLESS = 13  # letters of a listed name that nobody writes by accident

# What a name goes on with that only says how the value is kept: OPENAI_API_KEY_SECRET_ARN.
_KEPT = re.compile(
    r"(?:SECRET|PARAM|PARAMETER|SSM|KV|KEYVAULT)?(?:ARN|(?<!HOST)NAME|ID|PATH|REF|URI|FILE|VALUE|PARAM|PARAMETER|SECRET)$"
)


class Host(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A host that a vendor answers on: at a place of its table, in a captured region of a cloud, or as a resource."""

    pattern: str
    example: str
    place: str = ""
    vocabulary: str = ""  # of the place or region; the vendor's, or `region` with a cloud, when left out
    cloud: str = ""
    key: str = ""
    european: str = ""  # the host that answers the same calls in Europe
    note: str = ""
    unverified: bool = False


class Variable(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A setting that a vendor's clients read; docs/architecture.md explains the kinds."""

    name: str
    kind: str
    cloud: str = ""
    vocabulary: str = ""
    weak: bool = False
    doubtful: bool = False  # a call may be meant, or something else of the vendor: of low confidence by itself
    note: str = ""
    unverified: bool = False


class Model(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a value looks that is a model's id whatever its setting is called.

    A vocabulary says where it runs; without one it only says that the vendor is called.
    """

    pattern: str
    example: str
    vocabulary: str = ""


class Image(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How a container image is called, without its tag, that serves models."""

    pattern: str
    example: str


class Vendor(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Whom a setting may call, and what is known of where it answers."""

    vendor: str
    title: str
    hints: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    yields_to: tuple[str, ...] = ()  # vendors whose a key is that only sounds like this one's, where they are heard too
    purpose: str = "endpoint"
    vocabulary: str = "endpoint"  # of its places
    default: str = ""
    default_note: str = ""
    fix: str = ""
    hosts: tuple[Host, ...] = ()
    variables: tuple[Variable, ...] = ()
    models: tuple[Model, ...] = ()
    images: tuple[Image, ...] = ()
    permissions: tuple[str, ...] = ()  # what a policy names that lets somebody call it
    note: str = ""
    folder: str = ""  # whose places it uses
    source: str = ""
    checked: str = ""


class Table(msgspec.Struct, forbid_unknown_fields=True):
    """An `endpoints.json`; its source and date hold for every vendor that states none of its own."""

    source: str
    checked: str
    vendors: list[Vendor]


@functools.cache
def vendors() -> tuple[Vendor, ...]:
    """Return all vendors, in the order of their folders' names. Raises msgspec.ValidationError for another shape."""
    found = []
    for file in sorted(PROVIDERS.glob("*/endpoints.json")):
        table = msgspec.json.decode(file.read_bytes(), type=Table)
        for vendor in table.vendors:
            own = {"source": vendor.source or table.source, "checked": vendor.checked or table.checked}
            found.append(msgspec.structs.replace(vendor, folder=file.parent.name, **own))
    return tuple(found)


@functools.cache
def european() -> dict[str, str]:
    """Return hosts with the hosts of the same vendors that answer the same calls in Europe."""
    hosts = (host for vendor in vendors() for host in vendor.hosts if host.european and not host.unverified)
    return {host.example: host.european for host in hosts}


@functools.cache
def hints() -> tuple[str, ...]:
    """Return words, lower case, one of which is in every text that can name a model: a cheap test of a whole file."""
    every = sorted({hint for vendor in vendors() for hint in vendor.hints}, key=len)
    return tuple(hint for number, hint in enumerate(every) if not any(other in hint for other in every[:number]))


@functools.cache
def permissions() -> tuple[str, ...]:
    """Return the permissions, lower case, by which a policy lets somebody call a model."""
    return tuple(sorted({one.lower() for vendor in vendors() for one in vendor.permissions}))


@dataclass(frozen=True, slots=True)
class Named:
    """A host of a vendor as a text names it."""

    vendor: Vendor
    rule: Host
    host: str
    found: str  # the captured region or name


@dataclass(frozen=True, slots=True)
class Known:
    """A setting's name that a table lists, or that a vendor's word is part of (`sure` is false then)."""

    vendor: Vendor
    variable: Variable
    sure: bool = True


def hosts_in(text: str) -> tuple[Named, ...]:
    """Return the hosts of vendors that a text names, each once."""
    found = (host_of(match[1].lower()) for match in _HOST.finditer(text))
    return tuple(dict.fromkeys(named for named in found if named is not None))


def other_hosts(text: str) -> Iterator[str]:
    """Yield the hosts of the URLs in a text, whoever they belong to; a text without a scheme may be one itself."""
    urls = [match[1].lower() for match in _URL_HOST.finditer(text)]
    yield from urls
    if not urls and _BARE_HOST.fullmatch(text.strip()):
        yield text.strip().lower()


def is_near(host: str) -> bool:
    """Return whether a host is one of the customer's own network: a gateway, a proxy, a model on the next machine."""
    return _NEAR.fullmatch(host) is not None


def listens(text: str) -> bool:
    """Return whether an address is where something listens, on all of its machine: nobody calls it by that."""
    return _LISTENS.fullmatch(text.strip()) is not None


@functools.lru_cache(4096)
def host_of(host: str) -> Named | None:
    """Return whose host a name is, or None when no table lists it."""
    for vendor, rule, pattern in _patterns():
        if match := pattern.fullmatch(host):
            groups = match.groupdict()
            return Named(vendor, rule, host, groups.get("region") or groups.get("name") or "")
    return None


@functools.lru_cache(4096)
def variable(name: str) -> Known | None:
    """Return what a setting's name says: `OPENAI_API_KEY`, `App__OpenAI__ApiKey`, `/prod/openai-api-key`.

    Letters and digits decide. A name that ends in a listed one, or goes on with what only says how it is kept
    (`_ARN`, `_SECRET_NAME`), is that; of several the longest. Else a vendor's word beside one for a key or an address.
    """
    word = _letters(name)
    exact = _variables().get(word)
    if exact is not None:
        return _listed(*exact)
    kept = _KEPT.sub("", word)
    borders = _borders(name)
    for at in range(len(word)):
        listed = _variables().get(word[at:]) or (_variables().get(kept[at:]) if kept != word else None)
        # What only ends like one must be of a length that does not come about by itself, and must not be weak. A short
        # one must begin where a word does: CISCO_API_KEY ends like CO_API_KEY.
        if listed is None or len(listed[1].name) <= 7 or listed[1].weak:
            continue
        if at in borders or len(_letters(listed[1].name)) >= _BORDERLESS:
            return _listed(*listed)
    # Of several words the last one is what the key is of: LANGFUSE_CONNECTION_OPENAI_KEY.
    for vendor, own in sorted(_words(), key=lambda pair: -word.rfind(pair[1])):
        if own in word:
            if _URL_LIKE.search(word):
                return Known(vendor, Variable(name, "url"), sure=False)
            if _KEYLIKE.search(word):
                return Known(vendor, Variable(name, "key"), sure=False)
    return None


def model(text: str) -> tuple[Vendor, str] | None:
    """Return the vendor and vocabulary of a value that is a model's id by its own look, or None.

    Parts that are not known are written `${…}`: the region and account of an ARN, and what stands before the vendor.
    """
    bare = _PREFIX_HOLE.sub("", _ARN_HOLE.sub("", text.strip()), count=1)
    return _model(bare)


@functools.lru_cache(4096)
def _model(text: str) -> tuple[Vendor, str] | None:
    for vendor, vocabulary, pattern in _models():
        if pattern.fullmatch(text):
            return vendor, vocabulary
    return None


@functools.lru_cache(4096)
def serves_models(image: str) -> bool:
    """Return whether a container image is that of a model server: whatever runs it is an AI workload."""
    bare = re.sub(r"(?::[^/]*|@[^/]*)$", "", image.strip())
    return any(pattern.fullmatch(bare) for pattern in _images())


def models_in(text: str) -> Iterator[tuple[Vendor, str, str]]:
    """Yield (vendor, vocabulary, id) of the model ids that stand as whole words in a longer text."""
    for word in dict.fromkeys(_WORD.findall(text)):
        found = model(word)
        if found is not None:
            yield *found, word


def keys_in(text: str) -> Iterator[Known]:
    """Yield the listed keys whose names stand as words in a longer text: `export OPENAI_API_KEY=…`."""
    for word in dict.fromkeys(re.findall(r"(?<![A-Z0-9_])[A-Z][A-Z0-9_]{5,80}(?![A-Z0-9_])", text)):
        listed = _variables().get(_letters(word))
        if listed is not None and listed[1].kind == "key" and not listed[1].weak:
            yield _listed(*listed)


def _listed(vendor: Vendor, variable: Variable) -> Known:
    return Known(vendor, variable, sure=not variable.doubtful)


def with_defaults(text: str) -> str:
    """Return a text as a shell reads it that has no value for its variables: `${URL:-https://x}` is https://x."""
    return _SHELL_DEFAULT.sub(r"\1", text) if "${" in text else text


def _letters(name: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _borders(name: str) -> frozenset[int]:
    """Return at which letters and digits of a name a word begins: after anything else, and where capitals begin."""
    found = []
    count = 0
    before = ""
    for char in name:
        plain = char.upper() in _PLAIN
        if plain:
            if before.upper() not in _PLAIN or (char.isupper() and not before.isupper()):
                found.append(count)
            count += 1
        before = char
    return frozenset(found)


@functools.cache
def _patterns() -> tuple[tuple[Vendor, Host, re.Pattern[str]], ...]:
    return tuple((vendor, rule, re.compile(rule.pattern)) for vendor in vendors() for rule in vendor.hosts)


@functools.cache
def _images() -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rule.pattern) for vendor in vendors() for rule in vendor.images)


@functools.cache
def _models() -> tuple[tuple[Vendor, str, re.Pattern[str]], ...]:
    return tuple((vendor, rule.vocabulary, re.compile(rule.pattern)) for vendor in vendors() for rule in vendor.models)


@functools.cache
def _variables() -> dict[str, tuple[Vendor, Variable]]:
    return {_letters(one.name): (vendor, one) for vendor in reversed(vendors()) for one in reversed(vendor.variables)}


@functools.cache
def _words() -> tuple[tuple[Vendor, str], ...]:
    every = ((vendor, word) for vendor in vendors() for word in vendor.words)
    return tuple(sorted(every, key=lambda pair: (-len(pair[1]), pair[1])))
