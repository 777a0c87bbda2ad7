"""Jobs as they are found, whichever service runs them: settings by name, and the lines of scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from checker import texts
from checker.documents import At, Item
from checker.model import FileLocation, Step, Value
from checker.source import Source

_MOST_LINES = 5000  # of the scripts of one job
# A line that may name a host, a setting or a model's id.
_SAYS = re.compile(r"://|[A-Z]{3}|\w\.\w+\.\w|model", re.I)
# What names where other calls of a job go: it counts for those, and says nothing by itself.
_REGION = re.compile(r"(?:AWS_|GOOGLE_|GCP_|CLOUDSDK_|AZURE_|CLOUD_)(?:\w+_)?(?:REGION|LOCATION|ZONE)")
# What lists hosts that may be called says nothing of those that are.
_LISTS = re.compile(r"DOMAINS|ALLOWED|ALLOWLIST|WHITELIST|EGRESS|NO_PROXY", re.I)
_MOST_HOSTS = 8  # of one line: more is such a list as well
_HOST = re.compile(r"\b[\w-]+\.[\w-]*\.?(?:com|org|net|io|ai|dev)\b")
_KEY = re.compile(r"KEY|TOKEN|SECRET", re.I)
# A key that opens nothing: what tests are given so that a client starts.
_FAKE = re.compile(
    r"(?i)(?:sk-)?(?:(?:test|fake|dummy|mock|placeholder|example|invalid|unused|not[-_ ]?(?:a[-_ ]?)?real|your)\b.*"
    r"|.*[-_](?:test|fake|dummy|mock)(?:[-_].*)?|(?:test|fake|dummy|mock)[\w-]*|x{2,}.*|none|null|ci|foo|bar|abc|123\d*)"
)


@dataclass(slots=True)
class Job:
    """A job, or what a file sets for all of its jobs."""

    address: str
    location: FileLocation
    env: dict[str, list[Item]] = field(default_factory=dict)
    given: dict[str, list[Item]] = field(default_factory=dict)  # inputs of the actions that it uses
    script: list[Value] = field(default_factory=list)

    def add(self, env: Mapping[str, Item], given: Mapping[str, Item] | None = None) -> None:
        """Add settings; of several of one name, each counts."""
        for found, more in ((self.env, env), (self.given, given or {})):
            for name, item in more.items():
                if not _is_fake(name, item) and not _LISTS.search(name):
                    found.setdefault(name, []).append(item)

    def body(self) -> dict[str, Item]:
        """Return the arguments of its block."""
        env = {name: texts.either(items, "steps of the job differ") for name, items in self.env.items()}
        given = {name: texts.either(items, "steps of the job differ") for name, items in self.given.items()}
        return {"env": env, "with": given, "script": list(self.script)}


def regions(env: Mapping[str, Item]) -> dict[str, Item]:
    """Return what settings for all jobs say of places: each job's calls go there."""
    return {name: item for name, item in env.items() if _REGION.search(name)}


def _is_fake(name: str, item: Item) -> bool:
    data = item.data if isinstance(item, Value) else None
    return isinstance(data, str) and bool(_KEY.search(name) and _FAKE.fullmatch(data.strip()))


def lines(at: At, source: Source, step: str) -> Iterator[tuple[str, Value]]:
    """Yield the lines of a script that may say something, each where it stands."""
    if not isinstance(at.value, str):
        return
    position = at.pos
    for line in at.value.splitlines()[:_MOST_LINES]:
        text = line.strip()
        if not text:
            continue
        found = source.text.find(text, position)
        position = found if found >= 0 else position
        listed = len(text) > 200 and len(set(_HOST.findall(text))) > _MOST_HOSTS
        if _SAYS.search(text) and not text.startswith("#") and not listed:
            location = source.location(position)
            yield text, Value(text, (Step(step, location),), location=location)


def name_of(name: str, at: At, source: Source) -> FileLocation:
    """Return where the name of something stands, which is before its value."""
    found = source.text.rfind(name, max(0, at.pos - 2000), at.pos)
    return source.location(found if found >= 0 else at.pos)
