"""The server: which files are open, when what is judged anew, and what is sent to the editor.

The editor's requests are answered on one thread, checks run on another, one at a time: a check needs the current folder
for itself. A newer change ends an older check at its next root.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls import uris
from pygls.lsp.server import LanguageServer
from pygls.workspace import TextDocument

from checker import config, engine, request, source
from checker.errors import EuclaveError
from checker.lsp import actions
from checker.lsp.judged import Judged
from checker.lsp.lines import Lines
from checker.redact import prose
from checker.version import VERSION

_SOON = 0.02  # seconds after a file was opened or saved: an editor that starts opens many
_PAUSE = 0.25  # … after a change, while somebody types
_PATIENCE = 3.0  # … that a hover waits for a check
_LARGEST = 2_000_000  # bytes of a file that is not open and that columns are counted in
_AT_LINE = re.compile(r"at line (\d+)")


class Superseded(Exception):
    """A check whose result nobody waits for any more."""


@dataclass(slots=True)
class Job:
    """What a check needs of the editor's state, as it was when the check began."""

    home: Path
    paths: tuple[Path, ...]
    changed: bool  # whether the paths are what changed, or all that is checked
    texts: dict[Path, str]
    uris: dict[Path, str]
    number: int


@dataclass(slots=True)
class Folder:
    """A folder of the workspace, or a single file outside of all of them, and what was found in it."""

    home: Path  # without links
    given: Path  # as the editor names it
    alone: Path | None = None
    number: int = 0  # of the newest check that was asked for
    timer: asyncio.TimerHandle | None = None
    settled: asyncio.Event = field(default_factory=asyncio.Event)
    judged: Judged | None = None
    own: dict[Path, Judged] = field(default_factory=dict)  # of files that do not parse while somebody types
    touched: set[Path] = field(default_factory=set)  # changed since the last result without such a file
    shown: dict[str, list[types.Diagnostic]] = field(default_factory=dict)  # by URI

    def judged_of(self, file: Path) -> Judged | None:
        """Return the newest result that counts for a file."""
        return self.own.get(file, self.judged)


class Companion(LanguageServer):
    """The language server.

    `asked` are the options of the command line, as `checker.request.of` takes them, `regions` those that a change may
    put for one that is outside (CLOUD=REGION).
    """

    def __init__(self, asked: Mapping[str, Any], regions: tuple[str, ...]) -> None:
        # Whole texts: increments would be applied by lines that Python counts otherwise than editors do.
        super().__init__("euclave", VERSION, types.TextDocumentSyncKind.Full)
        self._asked = asked
        self._regions = regions
        self._folders: dict[Path, Folder] = {}  # by home, or by the file that is alone
        self._worker = concurrent.futures.ThreadPoolExecutor(1, "check")
        self._tasks: set[asyncio.Task[None]] = set()

    # --- files and folders

    def documents(self) -> dict[Path, TextDocument]:
        """Return the open files by their real paths; what is no file (`untitled:`, `git:`) is none of ours."""
        found = {}
        for uri, document in self.workspace.text_documents.items():
            path = uris.to_fs_path(uri)
            if path:
                found[_real(path)] = document
        return found

    def folder_of(self, uri: str) -> tuple[Folder, Path] | None:
        """Return the folder that a file belongs to, and its real path; None for what is no file."""
        path = uris.to_fs_path(uri)
        if not path:
            return None
        file = _real(path)
        homes = {_real(given): Path(given) for given in self._given()}
        home = max((one for one in homes if one in file.parents), key=lambda one: len(one.parts), default=None)
        key = home or file
        if key not in self._folders:
            alone = Folder(file.parent, Path(path).parent, alone=file)
            self._folders[key] = alone if home is None else Folder(home, homes[home])
        return self._folders[key], file

    def _given(self) -> Iterator[str]:
        """Yield the paths of the folders of the workspace."""
        folders = [uris.to_fs_path(uri) for uri in self.workspace.folders]
        for path in folders or [self.workspace.root_path]:
            if path:
                yield path

    def units(self, text: str) -> int:
        """Return how long a piece of a line is, as the editor counts."""
        return int(self.workspace.position_codec.client_num_units(text))

    # --- when

    def changed(self, uri: str, *, typed: bool = False) -> None:
        """Judge anew what a file concerns."""
        found = self.folder_of(uri)
        if found is not None:
            folder, file = found
            if typed:
                folder.touched.add(file)
            else:
                folder.touched.discard(file)
            self._schedule(folder, _PAUSE if typed else _SOON)

    def watched(self, uris_: Iterable[str]) -> None:
        """Judge anew what files concern that changed on the disk, the configuration among them."""
        documents = self.documents()
        for uri in uris_:
            found = self.folder_of(uri)
            # What is open counts as the editor has it, so that its file says nothing new.
            if found is not None and (found[1] not in documents or found[1].name in config.FILES):
                self._schedule(found[0], _PAUSE)

    def refolded(self) -> None:
        """Judge anew what is open after folders came to the workspace or went."""
        for folder in self._folders.values():
            folder.number += 1
            self._show(folder, {})
        self._folders.clear()
        for uri in list(self.workspace.text_documents):
            self.changed(uri)

    def ended(self) -> None:
        """Let no check go on."""
        for folder in self._folders.values():
            folder.number += 1
            if folder.timer is not None:
                folder.timer.cancel()

    def _schedule(self, folder: Folder, delay: float) -> None:
        folder.number += 1
        folder.settled.clear()
        if folder.timer is not None:
            folder.timer.cancel()
        folder.timer = asyncio.get_running_loop().call_later(delay, self._start, folder)

    def _start(self, folder: Folder) -> None:
        task = asyncio.get_running_loop().create_task(self._run(folder))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- a check

    def _job(self, folder: Folder) -> Job:
        documents = self.documents()
        mine = [f for f, document in documents.items() if (self.folder_of(document.uri) or (None,))[0] is folder]
        # The configuration would concern everything: what is open is what is asked for.
        paths = [file for file in mine if file.name not in config.FILES]
        return Job(
            home=folder.home,
            paths=tuple(paths),
            changed=folder.alone is None,
            texts={file: document.source for file, document in documents.items()},
            uris={file: document.uri for file, document in documents.items()},
            number=folder.number,
        )

    async def _run(self, folder: Folder) -> None:
        job = self._job(folder)
        if not job.paths:  # the last file was closed
            folder.judged = None
            self._show(folder, {})
            folder.settled.set()
            return
        began = time.perf_counter()
        try:
            loop = asyncio.get_running_loop()
            judged, found = await loop.run_in_executor(self._worker, self._check, folder, job)
        except Superseded:
            return
        except (EuclaveError, OSError) as error:
            if job.number == folder.number:
                self._failed(folder, error)
            return
        except Exception as error:  # a fault of ours: the editor goes on, and the next change is judged again
            if os.environ.get("EUCLAVE_TRACEBACK"):
                raise
            self.log(f"a fault of euclave ({type(error).__name__}) ended a check", types.MessageType.Error)
            folder.settled.set()
            return
        if job.number == folder.number:
            self._took(folder, judged, found)
            spent = time.perf_counter() - began
            about = f"{len(judged.outcome.findings)} findings, {len(judged.outcome.graph.gaps)} gaps"
            self.log(f"{folder.home.name}: {about}, {spent:.2f} s")

    def _check(self, folder: Folder, job: Job) -> tuple[Judged, dict[Path, list[types.Diagnostic]]]:
        """Check what the open files of a folder concern. This is what runs beside the editor."""

        def proceed(_root: str) -> None:
            if job.number != folder.number:
                raise Superseded

        proceed("")
        texts = _Texts(self, job.texts)

        def uri(file: Path) -> str:
            if file in job.uris:
                return job.uris[file]
            inside = folder.home in file.parents
            return uris.from_fs_path(str(folder.given / file.relative_to(folder.home) if inside else file)) or ""

        with contextlib.chdir(job.home), source.overlaid(job.texts):
            asked = {**self._asked, "paths": job.paths, "changed": job.changed}
            wanted = request.of(asked)
            regions = request.regions(self._regions, wanted.jurisdiction)
            outcome = engine.check(wanted, proceed)
            edits = actions.edits(outcome, regions)
        judged = Judged(outcome, job.home, texts.lines, uri, edits)
        return judged, judged.diagnostics()

    def _took(self, folder: Folder, judged: Judged, found: dict[Path, list[types.Diagnostic]]) -> None:
        """Take a result: all of it, or of what somebody types in right now only that part, where it does not parse."""
        by_uri = {judged.uri(file): some for file, some in found.items()}
        if folder.judged is not None and judged.broken & folder.touched:
            concerned = judged.broken | folder.touched
            folder.own |= dict.fromkeys(concerned, judged)
            new = {judged.uri(file): by_uri.get(judged.uri(file), []) for file in concerned}
            self._show(folder, folder.shown | new)
        else:
            folder.judged = judged
            folder.own.clear()
            if not judged.broken & folder.touched:
                folder.touched.clear()
            self._show(folder, by_uri)
        folder.settled.set()
        features = self.client_capabilities.workspace
        if features and features.inlay_hint and features.inlay_hint.refresh_support:
            self.workspace_inlay_hint_refresh(None)

    def _show(self, folder: Folder, found: dict[str, list[types.Diagnostic]]) -> None:
        """Send diagnostics, of files that had some and have none any more as well."""
        for uri in dict.fromkeys((*found, *folder.shown)):
            new = found.get(uri, [])
            if new != folder.shown.get(uri, []):
                document = self.workspace.text_documents.get(uri)
                version = document.version if document is not None else None
                self.text_document_publish_diagnostics(types.PublishDiagnosticsParams(uri, new, version))
        folder.shown = {uri: some for uri, some in found.items() if some}

    def _failed(self, folder: Folder, error: EuclaveError | OSError) -> None:
        """Say what the configuration asks for and cannot mean, where it stands; what was found before stays."""
        hint = error.hint if isinstance(error, EuclaveError) else ""
        text = prose(f"{error}" + (f" ({hint})" if hint else ""))
        self.log(text, types.MessageType.Error)
        file = next((one for name in config.FILES if (one := folder.home / name).is_file()), None)
        if file is not None:
            document = self.documents().get(file)
            at = _AT_LINE.search(text)
            line = max(int(at[1]) - 1, 0) if at is not None else 0
            where = types.Range(types.Position(line, 0), types.Position(line + 1, 0))
            problem = types.Diagnostic(where, text, types.DiagnosticSeverity.Error, source="euclave")
            uri = document.uri if document is not None else uris.from_fs_path(str(folder.given / file.name)) or ""
            self._show(folder, folder.shown | {uri: [problem]})
        folder.settled.set()

    async def judged(self, uri: str, *, newest: bool = False) -> tuple[Judged, Path] | None:
        """Return the result that counts for a file and its real path, when a check that goes on has ended.

        With `newest`, None where it takes too long: what was found before is of another text.
        """
        found = self.folder_of(uri)
        if found is None:
            return None
        folder, file = found
        if not folder.number:
            return None  # nothing of it was opened
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(folder.settled.wait(), _PATIENCE)
        if newest and not folder.settled.is_set():
            return None
        judged = folder.judged_of(file)
        return (judged, file) if judged is not None else None

    def report_server_error(self, error: Exception, source: object) -> None:
        """Write what went wrong to the log, without what an error may tell of the code."""
        self.log(f"a fault of euclave: {type(error).__name__}", types.MessageType.Error)

    def log(self, text: str, kind: types.MessageType = types.MessageType.Log) -> None:
        """Write a line to the editor's log."""
        self.window_log_message(types.LogMessageParams(kind, prose(text)))


class _Texts:
    """The texts of files, as a check saw them."""

    def __init__(self, server: Companion, open_: Mapping[Path, str]) -> None:
        self._server = server
        self._open = open_
        self._known: dict[Path, Lines] = {}

    def lines(self, file: Path) -> Lines:
        """Return the lines of a file; none for one that cannot be read."""
        if file not in self._known:
            text = self._open.get(file)
            if text is None:
                try:
                    text = source.data(file, _LARGEST).decode("utf-8", "replace")
                except source.Unreadable:
                    text = ""
            self._known[file] = Lines(text, self._server.units)
        return self._known[file]


def _real(path: str) -> Path:
    return Path(os.path.realpath(path))


def serve(asked: Mapping[str, Any], regions: tuple[str, ...]) -> None:
    """Serve an editor on standard input and output until it says that it ends; see `Companion` for the arguments.

    What anything else writes to standard output goes to the error stream: the protocol has it for itself.
    """
    from checker.lsp import features

    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    sys.stdout = sys.stderr
    server = Companion({name: _absolute(value) for name, value in asked.items()}, regions)
    features.register(server)
    server.start_io(sys.stdin.buffer, out)


def _absolute(value: Any) -> Any:
    """Return an option whose files do not depend on the current folder."""
    if isinstance(value, tuple):
        return tuple(map(_absolute, value))
    return value.resolve() if isinstance(value, Path) else value
