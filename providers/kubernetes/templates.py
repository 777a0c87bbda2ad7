"""What is read without being rendered: the settings, GPU requests and node labels in templates and in chart values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from checker import model_lists
from checker.documents import Item
from checker.model import FileLocation, Step, Unknown, Value
from checker.source import Source
from providers.kubernetes import items, pods
from providers.kubernetes.files import Piece
from providers.kubernetes.root import Text

_COMMENT = re.compile(r"\{\{-?\s*/\*.*?\*/\s*-?\}\}|^[ \t]*#[^\n]*$", re.M | re.S)
_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}|\{%-?.*?-?%\}", re.S)
_PATH = re.compile(r"(?:\(|^|\s)(?:\$)?\.Values((?:\.[A-Za-z_]\w*)+)")
_DEFAULT = re.compile(r"\bdefault\s+\"([^\"]*)\"|\bdefault\(\s*['\"]([^'\"]*)['\"]")
# An entry of `env`: its name, and its value on the next line or the one after it.
_PAIR = re.compile(
    r"^[ \t]*-[ \t]+name:[ \t]*[\"']?(?P<name>[A-Za-z_][\w.-]*)[\"']?[ \t]*\r?\n"
    r"(?:[ \t]*(?:#.*|\{\{.*\}\})?\r?\n){0,3}"
    r"[ \t]*(?P<kind>value|valueFrom):(?P<value>[^\n]*)",
    re.M,
)
_GPU = re.compile(
    r"^[ \t]*[\"']?((?:nvidia\.com|amd\.com|habana\.ai|google\.com|gpu\.intel\.com|aws\.amazon\.com)/[\w.-]+)[\"']?:"
    r"[ \t]*([^\s#]+|\{\{.*?\}\})",
    re.M,
)
_GPU_DEFAULT = re.compile(r"default[ (]+[\"']((?:nvidia|amd)\.com/gpu|habana\.ai/gaudi|google\.com/tpu)[\"']")
_LABEL = re.compile(r"^[ \t]*[\"']?([\w.-]+/[\w.-]+)[\"']?:[ \t]*[\"']?([A-Za-z0-9][\w.-]*)[\"']?[ \t]*$", re.M)
# Objects that serve or train models, whatever a template fills in, and the images that are written out.
_KIND = re.compile(
    r"^kind:[ \t]*[\"']?((?:LLM)?InferenceService|(?:Cluster)?ServingRuntime|TrainedModel|SeldonDeployment|VLLMRuntime|"
    r"NIMService|DynamoGraphDeployment|K8sGPT|ModelConfig|(?:PyTorch|TF|MPI|Train|JAX|XGBoost|Paddle)Job|Notebook)\b|"
    r"^apiVersion:[ \t]*[\"']?(kubeai\.org)/v1\b",
    re.M,
)
_IMAGE = re.compile(r"^[ \t]*(?:-[ \t]+)?image:[ \t]*[\"']?([\w./:@{} $-]{3,200}?)[\"']?[ \t]*$", re.M)
# Where models and images lie: `hf://org/model` is no host.
_NO_ENDPOINT = re.compile(r"(?!https?:)[a-z][a-z0-9+]*://")
_IMAGES = ("image", "repository")  # members of values that name an image, or all of it but the tag
_MOST_TEXT = 2_000_000


def chart(address: str, every: list[Item], templates: list[Source], location: FileLocation) -> Text:
    """Return a chart as what its values and templates say: its own values, put into the templates, and others."""
    values = every[0]
    pairs: list[Item] = [pair for one in every for pair in _pairs_of(one)]
    limits: list[Item] = []
    selectors: list[Item] = []
    regions: list[Item] = []
    for mapping in (mapping for one in every for mapping in items.mappings(one)):
        limits += [mapping[name] for name in ("limits", "requests") if isinstance(mapping.get(name), Mapping)]
        if items.members(mapping.get("nodeSelector")):
            selectors.append(mapping["nodeSelector"])
        regions += pods.bound(mapping)
    texts: list[Item] = []
    for source in templates:
        own = _of_text(source, 0, source.text, values)
        pairs += own[0]
        limits += own[1]
        regions += own[2]
        texts += own[3]
    settings = [setting for one in every for setting in _settings(one, ())]
    made = _text(address, settings, pairs, limits, selectors, regions, texts, location)
    images = [mapping[name] for one in every for mapping in items.mappings(one) for name in _IMAGES if name in mapping]
    for source in templates:
        _note(made, source, 0, source.text, values)
    made.body["images"] = [*items.elements(made.body["images"]), *(one for one in images if items.text(one))]
    made.models += (entry for one in every for inner in items.mappings(one) for entry in model_lists.entries(inner, {}))
    return made


def loose(address: str, source: Source, piece: Piece) -> Text:
    """Return a template of something else as what its text says."""
    pairs, limits, regions, texts = _of_text(source, piece.base, piece.text, {})
    made = _text(address, [], pairs, limits, [], regions, texts, source.location(piece.base))
    _note(made, source, piece.base, piece.text, {})
    return made


def _note(made: Text, source: Source, base: int, text: str, values: Item) -> None:
    """Note which objects that serve models a template makes, and which images it runs."""
    blank = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text[:_MOST_TEXT])
    for member, pattern in (("kinds", _KIND), ("images", _IMAGE)):
        found = items.elements(made.body.get(member))
        for match in pattern.finditer(blank):
            where = source.location(base + match.start())
            found = [*found, put_in(Value(match[1] or match[2], (Step(member, where),), location=where), values)]
        made.body[member] = found


def _text(
    address: str,
    settings: list[Item],
    pairs: list[Item],
    limits: list[Item],
    selectors: list[Item],
    regions: list[Item],
    texts: list[Item],
    location: FileLocation,
) -> Text:
    body: dict[str, Item] = {
        "values": settings,
        "env": pairs,
        "resources": {"limits": limits},
        "node_selector": selectors,
        "text": texts,
        "images": [],
        "kinds": [],
    }
    if regions:
        body["node"] = {"region": regions}
    return Text(address, body, location)


def _settings(values: Item, way: tuple[str, ...]) -> Iterator[Item]:
    """Yield the texts among the values, each by the last two of its names: longer ways hold words that mean nothing."""
    if isinstance(values, Mapping):
        for name, inner in values.items():
            if not (name == model_lists.LIST and isinstance(inner, list)):  # judged entry by entry
                yield from _settings(inner, (*way, name))
    elif isinstance(values, list):
        for inner in values:
            yield from _settings(inner, way)
    elif items.text(values) and isinstance(values, Value) and not _NO_ENDPOINT.match(items.text(values)):
        yield {".".join(way[-2:]): values}


def _pairs_of(values: Item) -> Iterator[Item]:
    """Yield what looks like an entry of `env` anywhere in the values: `{name: X, value: y}`."""
    for mapping in items.mappings(values):
        if items.text(mapping.get("name")).isupper() and ("value" in mapping or "valueFrom" in mapping):
            yield {name: mapping[name] for name in ("name", "value") if name in mapping}


def _of_text(
    source: Source, base: int, text: str, values: Item
) -> tuple[list[Item], list[Item], list[Item], list[Item]]:
    """Return the variables, GPU requests, places and remaining text of a template."""
    blank = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text[:_MOST_TEXT])
    pairs: list[Item] = []
    for match in _PAIR.finditer(blank):
        where = source.location(base + match.start("name"))
        name = Value(match["name"], (Step("name", where),), location=where)
        pair: dict[str, Item] = {"name": name}
        written = match["value"].strip()
        if match["kind"] == "value" and written:
            at = source.location(base + match.start("value"))
            pair["value"] = put_in(Value(written, (Step(match["name"], at),), location=at), values)
        pairs.append(pair)
    blank = _PAIR.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), blank)
    limits: list[Item] = []
    for match in _GPU.finditer(blank):
        where = source.location(base + match.start())
        limits.append({match[1]: Value(match[2], (Step(match[1], where),), location=where)})
    for match in _GPU_DEFAULT.finditer(blank):
        where = source.location(base + match.start())
        limits.append({match[1]: Value("1", (Step(match[1], where),), location=where)})
    regions: list[Item] = []
    for match in _LABEL.finditer(blank):
        if match[1] in pods.REGIONS:
            where = source.location(base + match.start())
            regions.append(Value(match[2], (Step(match[1], where),), location=where))
    texts: list[Item] = []
    offset = 0
    for line in blank.splitlines(keepends=True):
        # Only lines that may name something are worth a value of their own.
        if "://" in line or re.search(r"[A-Z]{3}|\w\.\w+\.\w", line):
            where = source.location(base + offset)
            texts.append(put_in(Value(line.strip(), (Step("its text", where),), location=where), values))
        offset += len(line)
    return pairs, limits, regions, texts


def put_in(value: Value, values: Item) -> Value:
    """Return a template's text with the values in it that are plain; the rest of its actions is unknown."""
    text = value.data if isinstance(value.data, str) else ""
    if "{{" not in text and "{%" not in text:
        return replace(value, data=text.strip("\"'"))
    used: list[Value] = []

    def put(match: re.Match[str]) -> str:
        action = match[1] or ""
        path = _PATH.search(action)
        found = items.at(values, *path[1][1:].split(".")) if path is not None else None
        if isinstance(found, Value) and items.scalar(found):
            used.append(found)
            return items.scalar(found)
        default = _DEFAULT.search(action)
        if default is not None:
            return default[1] or default[2] or ""
        return "${" + re.sub(r"[^\w. ]", "", action)[:60] + "}"

    made = _ACTION.sub(put, text).strip("\"'")
    if "${" in made:
        holes = tuple(() for _ in range(made.count("${")))
        return replace(value, data=Unknown("a template decides it, which was not rendered", text[:200], made, holes))
    whole = len(used) == 1 and made == items.scalar(used[0])
    return replace(value, data=made, trail=(*value.trail, *used[0].trail) if whole else value.trail)
