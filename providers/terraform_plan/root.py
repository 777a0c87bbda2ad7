"""A plan or a state as a root, with the code that lies beside it as far as it is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from checker.documents import Document
from checker.formats import Options
from checker.model import Block, FileLocation, Gap, Provider, Step, Target, Unknown, Value
from checker.source import Source, mentions
from providers.terraform_plan import plan, state
from providers.terraform_plan.body import Arguments, Laid
from providers.terraform_plan.configuration import longest
from providers.terraform_plan.entries import Contents, Entry, Malformed, mapping, sequence

if TYPE_CHECKING:
    from providers.terraform.modules import Tree
    from providers.terraform.root import Root as Code

Wanted: TypeAlias = Callable[[str, str], bool]

_KEYS = re.compile(r'\[(?:"(?:[^"\\]|\\.)*"|\d+)\]')
_REGION = re.compile(r"arn:[\w-]+:[\w-]+:([a-z]{2,4}(?:-[a-z]+)+-\d+):")
_NO_PLAN = "the plan does not hold the configuration of its provider"
_NO_STATE = "a state does not keep the configuration of its provider, and no ARN says its region"
_KNOWN_BY = ("id", "arn", "name", "self_link", "bucket", "url")  # attributes that others use to name a resource


class Root:
    """What one file plans or holds."""

    environment = ""

    def __init__(self, tree: Tree, path: Path, source: Source, options: Options, workspace: str = "") -> None:
        self.name = source.path
        self._tree = tree
        self._path = path
        self._source = source
        self._options = options
        self._workspace = workspace
        self._contents: Contents | None = None
        self._gaps: list[Gap] = []
        self._code: Code | None = None
        self._coded: dict[str, Block] | None = None
        self._named: dict[str, list[Entry]] | None = None
        self._regions: dict[str, str] | None = None

    # --- what the engine asks for

    def types(self) -> frozenset[tuple[str, str]]:
        """Return the (mode, type) pairs that the file holds."""
        return frozenset((entry.mode, entry.type) for entry in self.contents.entries)

    def mentions(self, words: tuple[str, ...]) -> bool:
        """Return whether its text holds one of some words (lower case)."""
        return mentions(self._source.text, words)

    def blocks(self, wanted: Wanted) -> Iterator[Block]:
        """Yield the resources of the types that are wanted."""
        for entry in self.contents.entries:
            if wanted(entry.mode, entry.type):
                yield self._block(entry, wanted)

    def parse(self, wanted: Wanted) -> None:
        """Parse what is wanted: a file is parsed as a whole."""

    def gaps(self) -> list[Gap]:
        """Return what was not read."""
        return [*self.contents.gaps, *self._gaps]

    def close(self) -> None:
        """Let go of what was evaluated."""
        self._contents = Contents(self._source, gaps=self.contents.gaps)
        self._code = self._coded = self._named = self._regions = None

    @property
    def contents(self) -> Contents:
        """What the file holds; where it cannot be read, nothing and a gap."""
        if self._contents is None:
            self._contents = _read(self._source)
        return self._contents

    # --- one resource

    def _block(self, entry: Entry, wanted: Wanted) -> Block:
        here = self.contents.location(entry.offset)
        coded = self._in_code(entry, wanted)
        own = Arguments(entry, here, lambda expression, data: self._refers(entry, expression, data)).document()
        return Block(
            format="terraform_plan",
            mode=entry.mode,
            type=entry.type,
            address=entry.address,
            root=self.name,
            body=own if coded is None else Laid(own, coded.body, coded.location),
            provider=self._provider(entry, coded, here),
            location=here if coded is None else coded.location,
            calls=() if coded is None else coded.calls,
            environment=self.environment,
        )

    def _refers(self, entry: Entry, expression: Any, data: object) -> tuple[Target, ...]:
        """Return the resources that an argument refers to: by its expression, or as the state says what it hangs on."""
        if self.contents.configuration is not None:
            return self.contents.configuration.targets(expression, entry.module) if expression is not None else ()
        if not isinstance(data, str) or len(data) < 3:
            return ()
        if self._named is None:
            self._named = {}
            for other in self.contents.entries:
                for name in _KNOWN_BY:
                    known = other.values.get(name)
                    if isinstance(known, str):
                        self._named.setdefault(known, []).append(other)
        # An ARN says whose it is; a name or an id only where the resource hangs on what has it.
        sure = data.startswith("arn:")
        found = (one for one in self._named.get(data, ()) if sure or _without_keys(one.address) in entry.depends)
        return tuple(dict.fromkeys(Target(other.address, "id") for other in found if other is not entry))

    def _provider(self, entry: Entry, coded: Block | None, here: FileLocation) -> Provider:
        name = entry.provider.rpartition("/")[2] or entry.type.partition("_")[0]
        source = "/".join(entry.provider.split("/")[-2:])
        alias, body, reason = entry.alias, None, _NO_STATE
        if self.contents.configuration is not None:
            alias, body = self._configured(entry, here)
            reason = _NO_PLAN
        else:
            region = self._region(entry, here)
            body = Document({"region": region}) if region is not None else None
        if coded is not None and coded.provider is not None and coded.provider.body is not None:
            if body is None:
                return coded.provider
            at = coded.provider.location
            return Provider(name, alias, source, Laid(body, coded.provider.body, at or coded.location), at)
        return Provider(name, alias, source, body, here if body is not None else None, reason)

    def _configured(self, entry: Entry, here: FileLocation) -> tuple[str, Document | None]:
        """Return the alias and the arguments of the provider configuration that a plan keeps."""
        configuration = self.contents.configuration
        assert configuration is not None
        stated = configuration.provider(entry)
        arguments: dict[str, Any] = {}
        alias = str(stated.get("alias") or "")
        shown = f'provider "{stated.get("name")}"' + (f" ({alias})" if alias else "")
        module = str(stated.get("module_address") or "")
        for name, expression in (stated.get("expressions") or {}).items():
            found = configuration.value(expression, module)
            steps = (Step(f"{shown}.{name}", here), *((Step(found.read, here),) if found and found.read else ()))
            read = ", ".join(longest(sequence(mapping(expression).get("references"))))
            why = "a plan does not keep what this is; the code beside it would say"
            data = found.data if found is not None else Unknown(why, read or name)
            arguments[name] = Value(data, steps, location=here)
        return alias, Document(arguments) if stated else None

    # --- where a state's resources are, by what their ARNs say

    def _region(self, entry: Entry, here: FileLocation) -> Value | None:
        own = _own_region(entry)
        if own:
            return Value(own, (Step("the region of its ARN", here),), location=here)
        if self._regions is None:
            seen: dict[str, set[str]] = {}
            for other in self.contents.entries:
                if other.key and not isinstance(other.values.get("region"), str):
                    seen.setdefault(other.key, set()).add(_own_region(other))
            known = {key: regions - {""} for key, regions in seen.items()}
            self._regions = {key: min(regions) for key, regions in known.items() if len(regions) == 1}
        shared = self._regions.get(entry.key)
        if shared is None:
            return None
        return Value(shared, (Step("the region of the ARNs of its provider's other resources", here),), location=here)

    # --- the code beside it

    def _in_code(self, entry: Entry, wanted: Wanted) -> Block | None:
        if self._coded is None:
            self._coded = {}
            folder = self._path.parent
            if _has_code(folder):
                self._code = self._open_code(folder)
        if self._code is not None and not any(block.type == entry.type for block in self._coded.values()):
            same = self._code.blocks(lambda mode, type: (mode, type) == (entry.mode, entry.type))
            for block in same:
                self._coded.setdefault(block.address, block)
                self._coded.setdefault(_without_keys(block.address), block)
        found = self._coded.get(entry.address) or self._coded.get(_without_keys(entry.address))
        return found if found is not None and found.mode == entry.mode else None

    def _open_code(self, folder: Path) -> Code:
        from providers.terraform.root import Root as Code
        from providers.terraform.run import Input

        configuration = self.contents.configuration
        variables = configuration.variables if configuration is not None else {}
        given = []
        for name, value in variables.items():
            text = value if isinstance(value, str) else json.dumps(value)
            given.append((name, Input(self.name, Source(self.name, text), 0, None, text)))
        options = Options(workspace=self._workspace or self._options.workspace, derive=self._options.derive)
        return Code(self._tree, folder, options, "", (), tuple(given))


def _read(source: Source) -> Contents:
    try:
        document = json.loads(source.text)
        if not isinstance(document, Mapping):
            raise Malformed("it is no JSON object")
        if "encrypted_data" in document:
            hint = "`tofu show -json` prints what is in it"
            return Contents(source, gaps=[Gap(source.path, "the state is encrypted", hint=hint, fatal=True)])
        if "resource_changes" in document or "planned_values" in document or "configuration" in document:
            return plan.read(source, document)
        return state.read_shown(source, document) if "format_version" in document else state.read(source, document)
    except json.JSONDecodeError as error:
        return Contents(
            source, gaps=[Gap(source.path, f"it is no JSON: {error.msg}", source.location(error.pos), fatal=True)]
        )
    except (ValueError, RecursionError):
        return Contents(source, gaps=[Gap(source.path, "it is no JSON, or nested too deeply", fatal=True)])
    except Malformed as problem:
        return Contents(source, gaps=[Gap(source.path, str(problem), fatal=True)])


def _own_region(entry: Entry) -> str:
    """Return the region that the ARN of a resource itself carries, or ""."""
    for name, value in entry.values.items():
        if name == "arn" or (name.endswith("_arn") and entry.type.endswith(f"_{name.removesuffix('_arn')}")):
            found = _REGION.match(value) if isinstance(value, str) else None
            if found is not None:
                return found[1]
    return ""


def _without_keys(address: str) -> str:
    return _KEYS.sub("", address)


def _has_code(folder: Path) -> bool:
    from providers.terraform.names import CODE

    try:
        return any(path.name.endswith(CODE) for path in folder.iterdir())
    except OSError:
        return False
