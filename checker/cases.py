"""`euclave policy new` and `euclave policy test`: a policy of one's own, its cases, and what they expect of it.

A case is a folder of infrastructure code in which comments say what the policy finds, each at the line that the finding
points at or alone above it:

    # expect: own-region outside aws_s3_bucket.docs

An expectation that nothing meets fails, and so does a finding that nothing expects. A case without findings says
`# expect: own-region clean`; one that says nothing at all fails, and so does a clean one in which nothing was judged.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from checker import custom, engine, exemptions, registry, request
from checker.errors import EuclaveError, UsageError
from checker.formats import SKIPPED
from checker.model import Claim, Context, Finding, Gap, Resource, Verdict
from checker.outcome import Policy
from checker.redact import prose

_TEMPLATES = Path(__file__).parent / "data" / "policy"
_ID = "my-policy"  # in the templates
_COMMENT = re.compile(r"(?:#|//|/\*|--)[ \t]*expect:[ \t]*([^\n]*)")
_EXAMPLE = re.compile(r"^(Bad|Good):\n+```(?:terraform|hcl|tf)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FOUND = (Verdict.OUTSIDE, Verdict.UNDETERMINED)
_CLEAN = "clean"
_LARGEST = 2_000_000  # bytes of a file that is looked through for expectations
# What a command line says that says nothing.
_ASKED = {
    **dict.fromkeys(("config_file", "jurisdiction", "baseline", "scope"), None),
    **dict.fromkeys(("paths", "accept", "assume", "environments", "variables", "var_files", "parameter_files"), ()),
    **dict.fromkeys(("input_format", "workspace"), ""),
    "use_env": False,
}


@dataclass(frozen=True, slots=True)
class Tested:
    """What a run of a policy's cases gave: lines to print, and whether all cases are as expected."""

    lines: tuple[str, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class _Expected:
    """A finding that a comment expects; `line` is the one that it is about."""

    path: str
    line: int
    verdict: Verdict
    address: str  # "" for whichever

    def fits(self, finding: Finding) -> bool:
        at = finding.location
        same = (at.path, at.line, finding.verdict) == (self.path, self.line, self.verdict)
        return same and self.address in ("", finding.address)


@dataclass(slots=True)
class _Case:
    """What is wrong with a case, and how much of what it expects was found."""

    name: str
    problems: list[str]
    expected: int = 0
    met: int = 0
    unexpected: int = 0


# --- new


def new(name: str, folder: Path) -> Iterator[str]:
    """Write a policy and its cases, and yield what was written and what comes next.

    Raises UsageError for a name that is none or is taken, and when a file of it is there already.
    """
    if not custom.NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a policy", custom.NAMES)
    id = name.replace("_", "-")
    file = folder / f"{id.replace('-', '_')}.py"
    if id in registry.policy_ids():
        raise UsageError(f"euclave itself has a policy {id!r}", "choose another name")
    cases = folder / "cases" / id
    texts = {file: (_TEMPLATES / "policy.txt").read_text(encoding="utf-8")}
    for template in sorted(_TEMPLATES.glob("*.tf")):
        texts[cases / template.stem / "main.tf"] = template.read_text(encoding="utf-8")
    for path in (file, cases):
        if os.path.lexists(path):
            raise UsageError(f"{path} is there already: nothing was written", "choose another name or folder")
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("x", encoding="utf-8") as opened:
                opened.write(text.replace(_ID, id))
        except OSError as error:
            raise EuclaveError(f"{path} cannot be written: {error.strerror}") from None
        yield f"written: {path}"
    yield f"next: euclave policy test {file}"


# --- test


def run(file: Path, folder: Path | None = None) -> Tested:
    """Judge the examples of a policy's page and its cases by it, and compare what it finds with what they expect.

    The cases are the folders in `folder`, by default `cases/<policy>` beside the file. Raises UsageError for what is no
    policy and where there is no case.
    """
    (policy,) = custom.load([file])
    cases = folder if folder is not None else file.parent / "cases" / policy.id
    if not cases.is_dir():
        raise UsageError(
            f"there are no cases in {cases}", "`euclave policy new` writes first ones; or name a folder by --cases"
        )
    inner = sorted(path for path in cases.iterdir() if not path.name.startswith(".") and path.name not in SKIPPED)
    if not any(path.is_dir() for path in inner):
        raise UsageError(f"there are no cases in {cases}", "each folder in it is a case")
    done = [_example(policy, kind) for kind in ("Bad", "Good")]
    done += [_case(policy, path) if path.is_dir() else _stray(path) for path in inner if path.suffix != ".md"]
    return Tested(tuple(_lines(policy, cases, done)), not any(case.problems for case in done))


def _lines(policy: Policy, folder: Path, cases: list[_Case]) -> Iterator[str]:
    yield prose(f"{policy.id}: {policy.location.path}, cases in {folder}")
    for case in cases:
        yield f"  {'FAIL' if case.problems else 'ok':<4}  {prose(case.name)}"
        yield from (f"        {prose(problem)}" for problem in case.problems)
    passed = sum(not case.problems for case in cases)
    met, expected = sum(case.met for case in cases), sum(case.expected for case in cases)
    unexpected = sum(case.unexpected for case in cases)
    more = f"; {unexpected} not expected" if unexpected else ""
    yield f"{passed} of {len(cases)} cases as expected; {met} of {expected} expected findings found{more}"


def _example(policy: Policy, kind: str) -> _Case:
    """Return what is wrong with an example of a policy's page."""
    case = _Case(f"{kind.lower()} example of its page", [])
    texts = [text for one, text in _EXAMPLE.findall(policy.page) if one == kind]
    if not texts:
        case.problems.append(
            f'{policy.location.path}: its docstring has no example after "{kind}:" in a block ```terraform'
        )
    for text in texts:
        with tempfile.TemporaryDirectory(prefix="euclave-") as folder:
            (Path(folder) / "main.tf").write_text(text, encoding="utf-8")
            found, gaps, looked_at = _found(policy, Path(folder).resolve())
        case.problems += [f"{gap.what}: {gap.why}" for gap in gaps]
        if not looked_at:
            case.problems.append("nothing in it is judged: it needs an AI workload")
        elif kind == "Bad" and not found:
            case.problems.append("the policy finds nothing in it")
        elif kind == "Good":
            case.problems += [f"the policy finds {one.verdict} {one.address}: {one.message}" for one in found]
    return case


def _stray(path: Path) -> _Case:
    return _Case(path.name, [f"{path} is in no case: each case is a folder"])


def _case(policy: Policy, folder: Path) -> _Case:
    """Return what is wrong with a case."""
    case = _Case(folder.name, [])
    expected, clean = _expectations(policy, folder, case.problems)
    try:
        found, gaps, looked_at = _found(policy, folder.resolve())
    except EuclaveError as error:  # a configuration in the case that cannot be read
        case.problems.append(f"{folder} cannot be judged: {error.message}")
        return case
    case.problems += [_unread(gap, folder) for gap in gaps]
    if clean and not looked_at:
        case.problems.append(f"nothing in {folder} is judged, so that it is clean shows nothing")
    case.expected = len(expected)
    missing, unexpected = _compared(expected, found)
    case.met, case.unexpected = len(expected) - len(missing), len(unexpected)
    for one in missing:
        what = f"{one.verdict} {one.address}".rstrip()
        case.problems.append(f"{folder / one.path}:{one.line}: expected {what}, which is not found there")
    for finding in unexpected:
        what = f"{finding.verdict} {finding.address}"
        case.problems.append(
            f"{folder / str(finding.location)}: found {what}, which nothing expects: {finding.message}"
        )
        case.problems.append(f"  if it is right: # expect: {policy.id} {what}")
    return case


def _unread(gap: Gap, folder: Path) -> str:
    if gap.location is None:
        return f"{gap.what}: {gap.why}"
    own = (folder / gap.location.path).is_file()
    return f"{folder / str(gap.location) if own else gap.location}: {gap.what}: {gap.why}"


def _found(policy: Policy, folder: Path) -> tuple[list[Finding], list[Gap], int]:
    """Return what a policy finds in a folder, what could not be read or judged, and how many resources it looked at.

    The folder's own configuration counts, as it does for a person who stands there.
    """
    looked_at = 0

    def check(resource: Resource, context: Context) -> Iterable[Claim]:
        nonlocal looked_at
        looked_at += 1
        return policy.check(resource, context)

    with contextlib.chdir(folder):
        wanted = replace(request.of(dict(_ASKED)), policies=(replace(policy, check=check),))
        outcome = engine.check(wanted)
    found = [one for one in (*outcome.findings, *outcome.advice) if one.policy == policy.id]
    return found, [gap for gap in outcome.graph.gaps if gap.fatal], looked_at


def _compared(expected: list[_Expected], found: list[Finding]) -> tuple[list[_Expected], list[Finding]]:
    """Return the expectations that nothing meets, and the findings that nothing expects; one stands for one."""
    left = list(found)
    missing = []
    for one in sorted(expected, key=lambda one: not one.address):  # those that fit one finding only, first
        met = next((finding for finding in left if one.fits(finding)), None)
        if met is None:
            missing.append(one)
        else:
            left.remove(met)
    return missing, left


# --- expectations


def _expectations(policy: Policy, folder: Path, problems: list[str]) -> tuple[list[_Expected], bool]:
    """Return what the comments in a case expect, and whether one calls it clean; `problems` takes what is wrong."""
    expected: list[_Expected] = []
    clean = False
    for path, text in _texts(folder):
        lines = text.split("\n")
        for number, line in enumerate(lines, 1):
            comment = _COMMENT.search(line)
            if comment is None:
                continue
            id, verdict, address = (*comment[1].strip().removesuffix("*/").split(None, 2), "", "", "")[:3]
            at = f"{folder / path}:{number}"
            if id != policy.id:
                problems.append(f"{at}: it expects something of {id!r}, and this is {policy.id}")
            elif verdict == _CLEAN and not address:
                clean = True
            elif verdict in _FOUND:
                about = exemptions.subject(lines, number, comment.start())
                expected.append(_Expected(path, about, Verdict(verdict), address.strip()))
            else:
                known = " or ".join((*_FOUND, _CLEAN))
                problems.append(f"{at}: it expects {f'{verdict} {address}'.strip()!r}, which is not {known}")
    if clean and expected:
        problems.append(f"{folder} is called clean, and a finding is expected in it")
    elif not (clean or expected or problems):
        problems.append(f"nothing in {folder} says what is expected; for no finding: # expect: {policy.id} {_CLEAN}")
    return expected, clean


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the files of a case that are text, by their path in it."""
    for base, inner, names in os.walk(folder):
        inner[:] = sorted(name for name in inner if name not in SKIPPED)
        for name in sorted(names):
            file = Path(base) / name
            if file.is_file() and file.stat().st_size <= _LARGEST:
                data = file.read_bytes()
                if b"\0" not in data:
                    yield file.relative_to(folder).as_posix(), data.decode("utf-8", "replace")
