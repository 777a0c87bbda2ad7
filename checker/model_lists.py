"""The model lists of LiteLLM's configuration: each entry is a call of its own, with its own host and region.

https://docs.litellm.ai/docs/proxy/configs
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from checker import endpoints
from checker.documents import At, Item, load_yaml
from checker.model import FileLocation, Step, Target, Unknown, Value
from checker.source import Source, SyntaxProblem

TYPE = "litellm_entry"
MARK = "litellm_params"
LIST = "model_list"
_MOST_ENTRIES = 2000
_MOST_VALUES = 50_000
_IN_TEXT = re.compile(r"^model_list[ \t]*:.*?(?=^[^\s#-]|\Z)", re.M | re.S)
_ENVIRONMENT = "os.environ/"
_REGION = re.compile(r"[a-z]{2}(?:-[a-z]+)+-\d")
_BEFORE_THE_MODEL = ("converse", "invoke", "converse_like", "agent")
# Whose a model is that is named without its provider: https://docs.litellm.ai/docs/providers
_BARE = (
    (re.compile(r"(?:gpt-|o[1-9](?:-|$)|chatgpt-|text-embedding-|dall-e|whisper-|tts-).*"), "openai"),
    (re.compile(r"claude-.*"), "anthropic"),
    (re.compile(r"gemini-.*"), "vertex_ai"),
    (re.compile(r"(?:command|rerank|embed)-.*"), "cohere"),
)
UNLISTED = "unlisted"
AT_HOST = "api_base"
_CLOUDS = ("bedrock", "sagemaker", "vertex")

Environment = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a list: what people call it, and its settings under the names of LiteLLM's Terraform resource."""

    name: str
    body: dict[str, Item]
    location: FileLocation | None


def in_text(value: Value, environment: Environment, lines: Sequence[str] = ()) -> list[Entry]:
    """Return the entries of a configuration that a text holds, none for another text.

    `lines` are those of the file where the text stands, so that each entry knows its own line.
    """
    text = value.data
    if not isinstance(text, str) or MARK not in text or LIST not in text:
        return []
    source = Source("", text)
    try:
        documents = load_yaml(source)
    except SyntaxProblem:
        return []
    place = _placing(value, text, lines)
    items = _Items(source, place, value.sensitive)
    return [entry for document in documents for entry in entries(items.of(document, "")[0], environment)]


def without(value: Value, found: Sequence[str]) -> Value:
    """Return a configuration without its model list, which stands for the entries of some addresses."""
    text = value.data if isinstance(value.data, str) else ""
    targets = tuple(Target(address) for address in found)
    return replace(value, data=_IN_TEXT.sub("", text), targets=(*value.targets, *targets))


def entries(item: Item, environment: Environment) -> Iterator[Entry]:
    """Yield the entries of a configuration that is read already."""
    listed = item.get(LIST) if isinstance(item, Mapping) else None
    for one in listed[:_MOST_ENTRIES] if isinstance(listed, list) else ():
        given = one.get(MARK) if isinstance(one, Mapping) else None
        if isinstance(one, Mapping) and isinstance(given, Mapping):
            model = given.get("model")
            name = _text(one.get("model_name")) or _text(model) or "?"
            if isinstance(model, Value):
                yield Entry(name, _body(model, given, environment), model.location)


def addresses(found: Sequence[Entry], below: str) -> list[str]:
    """Return the addresses of entries below that of what holds them, each of them once."""
    taken: dict[str, int] = {}
    made = []
    for entry in found:
        name = re.sub(r"[^\w.:/*-]", "_", entry.name)[:200]
        taken[name] = taken.get(name, 0) + 1
        made.append(f"{below}/{name}" + (f"#{taken[name]}" if taken[name] > 1 else ""))
    return made


def _body(model: Value, given: Mapping[str, Item], environment: Environment) -> dict[str, Item]:
    stated = _text(given.get("custom_llm_provider"))
    provider, rest, region = _parts(_text(_resolved(model, environment)), stated)
    upper = re.sub(r"\W", "_", provider.upper())
    named = {name: _resolved(value, environment) for name, value in given.items() if isinstance(value, Value)}
    base = named.get("api_base") or _first(environment, f"{upper}_API_BASE", f"{upper}_BASE_URL")
    where = named.get("aws_region_name") or _first(environment, "AWS_REGION_NAME", "AWS_REGION")
    if where is None:
        reason = "the entry does not state aws_region_name: AWS_REGION of the gateway decides, else us-west-2"
        where = replace(model, data=region or Unknown(reason))
    found: dict[str, Item] = {
        # Where a host is stated, it decides, whatever client calls it; clouds are called by their regions.
        "custom_llm_provider": replace(model, data=AT_HOST if base and not provider.startswith(_CLOUDS) else provider),
        "base_model": replace(model, data=rest),
        "aws_region_name": where,
    }
    location = named.get("vertex_location") or named.get("vertex_ai_location")
    location = location or _first(environment, "VERTEXAI_LOCATION", "VERTEX_LOCATION")
    if location is not None:
        found["vertex_location"] = location
    if base is not None:
        found["model_api_base"] = base
    if base is None or base.text is None:
        reason = base.data.reason if base is not None and isinstance(base.data, Unknown) else "it states no api_base"
        found["undecided"] = replace(base or model, data=Unknown(reason, "api_base"))
    elif not endpoints.hosts_in(base.text):
        shown = "" if base.sensitive else base.text[:200]
        found["undecided"] = replace(
            base, data=Unknown("no table lists this host: it may be a model of your own", shown)
        )
    return found


def _parts(model: str, provider: str) -> tuple[str, str, str]:
    """Return the provider of a model, its own name, and the region that stands between them for some."""
    first, slash, rest = model.partition("/")
    if not provider and not slash:
        listed = endpoints.model(model)
        bare = next((whose for pattern, whose in _BARE if pattern.fullmatch(model)), UNLISTED)
        return ("bedrock" if listed is not None and listed[0].vendor == "bedrock" else bare), model, ""
    if not provider:
        provider, model = first, rest
    elif first == provider:
        model = rest
    region = ""
    for _ in range(2):
        first, slash, rest = model.partition("/")
        if slash and _REGION.fullmatch(first):
            region, model = first, rest
        elif slash and first in _BEFORE_THE_MODEL:
            model = rest
    return provider.lower(), model, region


def _resolved(value: Value, environment: Environment) -> Value:
    """Return a setting as it is when the gateway has started: `os.environ/NAME` is a variable of its environment."""
    text = value.data
    if not isinstance(text, str) or not text.startswith(_ENVIRONMENT):
        return value
    name = text.removeprefix(_ENVIRONMENT)
    known = environment.get(name)
    if known is not None and known.data not in (None, ""):
        return replace(known, trail=(*value.trail, *known.trail))
    return replace(value, data=Unknown(f"the environment of the gateway gives {name[:100]}"))


def _first(environment: Environment, *names: str) -> Value | None:
    return next((environment[name] for name in names if name in environment and environment[name].text), None)


def _text(item: Item | None) -> str:
    return item.data if isinstance(item, Value) and isinstance(item.data, str) else ""


def _placing(value: Value, text: str, lines: Sequence[str]) -> Callable[[int], FileLocation | None]:
    """Return where a line of the text stands: in a file that holds it as a block, else where the text itself does."""
    at = value.location
    first = next((number for number, line in enumerate(text.splitlines()) if line.strip()), 0)
    wanted = text.splitlines()[first].strip() if text.strip() else ""
    begin = next(
        (number for number in range(at.line - 1, len(lines)) if wanted and lines[number].strip() == wanted)
        if at is not None
        else iter(()),
        None,
    )
    if at is None or begin is None:
        return lambda line: at
    return lambda line: FileLocation(at.path, begin - first + line)


class _Items:
    """A document as items that know their lines; what an alias stands for is made once, and not without bounds."""

    def __init__(self, source: Source, place: Callable[[int], FileLocation | None], sensitive: bool) -> None:
        self._source = source
        self._place = place
        self._sensitive = sensitive
        self._known: dict[int, tuple[Item, int]] = {}

    def of(self, found: At, name: str) -> tuple[Item, int]:
        """Return the item, and the values in it with its aliases spelled out."""
        known = self._known.get(id(found))
        if known is None:
            made: Item
            if isinstance(found.value, dict):
                pairs = {key: self.of(inner, key) for key, inner in found.value.items()}
                made, weight = {key: one for key, (one, _) in pairs.items()}, sum(own for _, own in pairs.values())
            elif isinstance(found.value, list):
                every = [self.of(inner, name) for inner in found.value]
                made, weight = [one for one, _ in every], sum(own for _, own in every)
            else:
                where = self._place(self._source.location(found.pos).line)
                made, weight = Value(found.value, (Step(name, where),), (), where, self._sensitive), 1
            known = (made, weight) if weight <= _MOST_VALUES else (Value(Unknown("its aliases are too many")), 1)
            self._known[id(found)] = known
        return known
