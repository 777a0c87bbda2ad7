"""Users' policies: Python files given by path, which judge beside ours.

A policy is code that runs. So who names one must be who runs euclave: a file inside of a repository that is checked is
refused, and so is a link there, since both may be what a stranger proposes. A policy is loaded from its file alone: its
folder is not put on `sys.path`, and nothing is written beside it.

What goes wrong in a policy is said with its name, file and line, and takes nothing from what the other policies say:
`load` raises UsageError before anything is judged, `judge` returns a gap that makes the run end in 3.
"""

from __future__ import annotations

import contextlib
import difflib
import hashlib
import importlib.abc
import importlib.util
import inspect
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType, UnionType

from checker import formats, jurisdictions, registry
from checker.errors import UsageError
from checker.model import Claim, Confidence, Context, FileLocation, Gap, Graph, Place, Resource, Severity, Verdict
from checker.outcome import Policy
from checker.redact import HIDDEN

NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")
NAMES = "its name is the policy's id: lower-case letters, digits and underscores, such as own_region.py"
_MOST_LINKS = 40  # as the kernel follows
_BESIDE = "keep policies in a repository of their own and check it out beside the one that is checked"
_NO_REPOSITORY = "where there is no repository the current folder is checked: start from within the folder you check"
_TRACEBACK = "EUCLAVE_TRACEBACK=1 shows the whole traceback"


class _Fault(Exception):
    """Something that a policy returned and that is no claim, with the line where it did."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


class _Loader(importlib.abc.SourceLoader):
    """Loads a module from the text of one file; nothing compiled is read or written."""

    def __init__(self, file: Path, text: bytes) -> None:
        self._file = str(file)
        self._text = text

    def get_filename(self, fullname: str) -> str:
        return self._file

    def get_data(self, path: str | bytes) -> bytes:
        return self._text


# --- where a policy may be


def refuse_inside(file: Path, checked: Iterable[Path], what: str) -> None:
    """Raise UsageError when a file, or a link on the way to it, is inside of a repository that is checked.

    `what` begins the message: the option or the configuration that names the file.
    """
    way = list(_way(file))
    for folder in dict.fromkeys(folder for path in checked for folder in _boundaries(path)):
        if any(_is_in(one, folder) for one in way):
            message = f"{what}: {file} is inside of {folder}, which is checked: a change there may be a stranger's code"
            raise UsageError(message, _BESIDE if (folder / ".git").exists() else _NO_REPOSITORY)


def _boundaries(path: Path) -> Iterator[Path]:
    """Yield what belongs to the checked tree: what reading stays in, and every repository around it."""
    yield formats.boundary(path)
    yield from (folder for folder in path.resolve().parents if (folder / ".git").exists())


def _way(file: Path) -> Iterator[Path]:
    """Yield the links on the way to a file, and where it is in the end, each with all folders before it resolved."""
    rest = list(reversed((Path.cwd() / file).parts))
    at = Path(rest.pop())
    links = 0
    while rest:
        name = rest.pop()
        at = at.parent if name == ".." else at / name
        if at.is_symlink():
            yield at
            links += 1
            if links > _MOST_LINKS:
                raise UsageError(f"{file}: too many links")
            target = at.parent / os.readlink(at)
            rest += reversed(target.parts[1:])
            at = Path(target.anchor)
    yield at


def _is_in(file: Path, folder: Path) -> bool:
    """Return whether a file is below a folder, whatever the case of their names and wherever they are mounted."""
    with contextlib.suppress(OSError):
        return any(os.path.samefile(parent, folder) for parent in file.parents)
    return folder in file.parents


# --- a policy as its file says it


def load(files: Iterable[Path]) -> tuple[Policy, ...]:
    """Return the policies of some files, each once.

    Raises UsageError for what cannot be loaded or is no policy, and for an id that another policy has.
    """
    found: dict[Path, Policy] = {}
    for file in files:
        real = file.resolve()
        if real not in found:
            owners = dict.fromkeys(registry.policy_ids(), "euclave itself")
            owners |= {policy.id: policy.location.path for policy in found.values()}
            id = _id_of(file)
            if id in owners:
                raise UsageError(f"{_shown(file)}: {owners[id]} has a policy {id!r} too", "rename the file")
            found[real] = _loaded(id, file, real)
    return tuple(found.values())


def _id_of(file: Path) -> str:
    """Return the id of a policy by its file's name. Raises UsageError for a name that is none."""
    if file.suffix != ".py" or not NAME.fullmatch(file.stem):
        raise UsageError(f"{_shown(file)}: this is no name of a policy", NAMES)
    return file.stem.replace("_", "-")


def _loaded(id: str, file: Path, real: Path) -> Policy:
    if not real.is_file():
        raise UsageError(f"{_shown(file)}: there is no such file")
    module = _module(id, file, real)
    check = getattr(module, "check", None)
    if not callable(check):
        raise UsageError(f"{_shown(file)}: the policy {id} has no function check(resource, context)")
    line = getattr(getattr(check, "__code__", None), "co_firstlineno", 1)
    try:
        inspect.signature(check).bind(None, None)
    except (TypeError, ValueError):
        raise UsageError(f"{_shown(file)}:{line}: check of the policy {id} does not take (resource, context)") from None
    return Policy(
        id=id,
        title=_text(module, "TITLE", file, id, "says what is wrong where it finds something"),
        page=inspect.cleandoc(_text(module, "__doc__", file, id, "is the page that `euclave rules` and SARIF show")),
        check=check,
        provisions=_provisions(module, file, id),
        file=str(real),
        location=FileLocation(_shown(file), line),
    )


def _module(id: str, file: Path, real: Path) -> ModuleType:
    """Return the module of a file under a name of its own. Raises UsageError for whatever it raises."""
    name = f"euclave_policy_{hashlib.sha256(os.fsencode(real)).hexdigest()[:16]}"
    try:
        spec = importlib.util.spec_from_file_location(name, real, loader=_Loader(real, real.read_bytes()))
    except OSError as error:
        raise UsageError(f"{_shown(file)} cannot be read: {error.strerror}") from None
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # where dataclasses look for it
    try:
        with contextlib.redirect_stdout(sys.stderr):
            spec.loader.exec_module(module)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  # whatever it raises, SystemExit too, is said of this policy
        sys.modules.pop(name, None)
        _show_traceback(error)
        hint = "a policy is one file: its folder is not searched" if isinstance(error, ImportError) else _TRACEBACK
        raise UsageError(
            f"{_shown(file)}:{_line(error, str(real))}: the policy {id} fails: {_said(error)}", hint
        ) from None
    return module


def _text(module: ModuleType, name: str, file: Path, id: str, why: str) -> str:
    found = getattr(module, name, None)
    if not isinstance(found, str) or not found.strip():
        called = "docstring" if name == "__doc__" else name
        raise UsageError(f"{_shown(file)}:1: the policy {id} has no {called}, which {why}")
    return found


def _provisions(module: ModuleType, file: Path, id: str) -> tuple[str, ...]:
    found = getattr(module, "PROVISIONS", ())
    known = jurisdictions.provisions()
    if isinstance(found, str) or not isinstance(found, Iterable):
        raise UsageError(f"{_shown(file)}:1: PROVISIONS of the policy {id} is no tuple", 'PROVISIONS = ("gdpr-44",)')
    names = tuple(str(name) for name in found)
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]}?" if near else "`euclave facts laws/provisions` lists them"
            raise UsageError(f"{_shown(file)}:1: PROVISIONS of the policy {id}: no table has {name!r}", hint)
    return names


# --- what a policy says


def judge(
    policy: Policy, graph: Graph, resources: Iterable[Resource], context: Callable[[Resource], Context]
) -> tuple[list[tuple[Resource, Claim]], Gap | None]:
    """Return what a policy claims of some resources, and a gap when it fails for any.

    A fault with one resource leaves what is claimed of the others. What the policy prints goes to standard error.
    """
    claims: list[tuple[Resource, Claim]] = []
    faults: list[tuple[str, int]] = []
    judged = 0
    # What a policy does to the mappings of the graph is its own affair: reports show what was read.
    own = replace(graph, resources=dict(graph.resources), joined={k: dict(v) for k, v in graph.joined.items()})
    secrets = _secrets(graph)
    for resource in resources:
        judged += 1
        try:
            with contextlib.redirect_stdout(sys.stderr):
                for claim in _claims(policy, resource, replace(context(resource), graph=own)):
                    claims.append((resource, _without(claim, secrets)))  # noqa: PERF401  # what comes before a fault stays
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001  # whatever it raises, SystemExit too, is said of this policy
            _show_traceback(error)
            said = str(error) if isinstance(error, _Fault) else f"check fails with {_said(error)}"
            faults.append((f"{said}, for {resource.address}", _line(error, policy.file)))
    if not faults:
        return claims, None
    why, line = faults[0]
    at = replace(policy.location, line=line or policy.location.line)
    what = f"what the policy {policy.id} says of {len(faults)} of {judged} resources"
    return claims, Gap(what, why, at, hint=_TRACEBACK, fatal=True)


def _claims(policy: Policy, resource: Resource, context: Context) -> Iterator[Claim]:
    returned: object = policy.check(resource, context)
    if not isinstance(returned, Iterable) or isinstance(returned, (str, bytes)):
        kind = "None" if returned is None else f"a {type(returned).__name__}"
        raise _Fault(f"check returns {kind}: it has to yield claims, or to return a list of them", 0)
    iterator = iter(returned)
    for claim in iterator:
        wrong = _wrong(claim)
        if wrong:
            frame = getattr(iterator, "gi_frame", None)
            raise _Fault(f"check yields {wrong}", frame.f_lineno if frame is not None else 0)
        yield claim


def _secrets(graph: Graph) -> set[str]:
    """Return the values that the code marks as sensitive, among those that a policy sees."""
    found = {place.name for item in graph.resources.values() for place in item.places if place.sensitive}
    values = (reference.value for item in graph.resources.values() for reference in item.references)
    return (found | {value.text or "" for value in values if value.sensitive}) - {""}


def _without(claim: Claim, secrets: set[str]) -> Claim:
    """Return a claim in whose text no secret stands, however the policy made it up."""
    for secret in secrets:
        if secret in claim.message or secret in claim.tip:
            message, tip = (text.replace(secret, HIDDEN) for text in (claim.message, claim.tip))
            claim = replace(claim, message=message, tip=tip)
    return claim


def _wrong(claim: object) -> str:
    """Return what is wrong with a claim; "" when nothing is. Words in place of members would pass for no verdict."""
    if not isinstance(claim, Claim):
        return f"a {type(claim).__name__}, not a Claim"
    parts: tuple[tuple[object, type | UnionType, str], ...] = (
        (claim.verdict, Verdict, "a claim whose verdict is no Verdict"),
        (claim.severity, Severity, "a claim whose severity is no Severity"),
        (claim.message, str, "a claim whose message is no text"),
        (claim.place, Place | None, "a claim whose place is no Place"),
        (claim.tip, str, "a claim whose tip is no text"),
        (claim.confidence, Confidence | None, "a claim whose confidence is no Confidence"),
    )
    if claim.verdict is Verdict.INSIDE:
        return "a claim that is inside: what is as it has to be needs none"
    if not str(claim.message).strip():
        return "a claim without a message"
    return next((wrong for part, kind, wrong in parts if not isinstance(part, kind)), "")


# --- faults


def _line(error: BaseException, file: str) -> int:
    """Return the line of a file where an exception came from, the innermost one; 0 when it did not pass there."""
    if isinstance(error, _Fault):
        return error.line
    if isinstance(error, SyntaxError) and error.filename == file:
        return error.lineno or 1
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _said(error: BaseException) -> str:
    """Return an exception in words: "KeyError: 'x'"."""
    try:
        text = error.msg if isinstance(error, SyntaxError) else str(error)
    except Exception:  # noqa: BLE001  # an exception that cannot be shown is named
        text = ""
    return f"{type(error).__name__}: {text[:200]}" if text else type(error).__name__


def _show_traceback(error: BaseException) -> None:
    if os.environ.get("EUCLAVE_TRACEBACK"):
        import traceback

        traceback.print_exception(error)


def _shown(file: Path) -> str:
    """Return a file as people see it from the current folder."""
    return Path(os.path.relpath(file)).as_posix()
