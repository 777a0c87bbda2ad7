"""A client of the Language Server Protocol for tests: an editor without a screen, on the real server's pipes."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from pygls.lsp.client import LanguageClient

SECONDS = 20.0  # that any one wait may take, and no test more than twice as long
SERVER = ("-c", "from checker.cli import main; main()", "lsp")


def capabilities(*encodings: str) -> types.ClientCapabilities:
    """Return what an editor can do that shows everything."""
    return types.ClientCapabilities(
        general=types.GeneralClientCapabilities(position_encodings=[*encodings]) if encodings else None,
        workspace=types.WorkspaceClientCapabilities(
            workspace_folders=True,
            did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
            inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
        ),
        text_document=types.TextDocumentClientCapabilities(
            hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
        ),
    )


class Editor:
    """What an editor shows of the files of some folders."""

    def __init__(self, *folders: Path, options: Sequence[str] = (), encodings: Sequence[str] = ()) -> None:
        self.folders = folders
        self.options = options
        self.encodings = encodings
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self.texts: dict[str, str] = {}
        self.registered: list[str] = []
        self.log: list[str] = []
        self.refreshed = 0
        self._versions: dict[str, int] = {}
        self._news = asyncio.Event()
        self.client = LanguageClient("test-editor", "1")
        self._listen()

    def _listen(self) -> None:
        @self.client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)  # type: ignore[untyped-decorator]
        def publish(params: types.PublishDiagnosticsParams) -> None:
            self.shown[params.uri] = list(params.diagnostics)
            self._news.set()

        @self.client.feature(types.WINDOW_LOG_MESSAGE)  # type: ignore[untyped-decorator]
        def log(params: types.LogMessageParams) -> None:
            self.log.append(params.message)
            self._news.set()

        @self.client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
        def register(params: types.RegistrationParams) -> None:
            self.registered += [one.method for one in params.registrations]

        @self.client.feature(types.WORKSPACE_INLAY_HINT_REFRESH)  # type: ignore[untyped-decorator]
        def refresh(*_: Any) -> None:
            self.refreshed += 1

    async def start(self) -> types.InitializeResult:
        """Start the server and say hello."""
        env = os.environ | {"EUCLAVE_TRACEBACK": "1"}
        await self.client.start_io(sys.executable, *SERVER, *self.options, env=env)
        folders = [types.WorkspaceFolder(folder.as_uri(), folder.name) for folder in self.folders]
        params = types.InitializeParams(capabilities(*self.encodings), workspace_folders=folders or None)
        answer = await self.client.initialize_async(params)
        self.client.initialized(types.InitializedParams())
        return answer

    async def stop(self) -> tuple[int, str]:
        """Say goodbye; return the server's exit code and what it wrote to its error stream."""
        server = self.client._server
        assert server is not None
        assert server.stderr is not None
        await self.client.shutdown_async(None)
        self.client.exit(None)
        error = await asyncio.wait_for(server.stderr.read(), SECONDS)
        return await asyncio.wait_for(server.wait(), SECONDS), error.decode()

    def kill(self) -> None:
        """End the server where it has not ended by itself."""
        server = self.client._server
        if server is not None and server.returncode is None:
            server.kill()

    # --- files

    def open(self, file: Path, text: str | None = None, uri: str = "") -> str:
        """Open a file, with another text than it has where one is given; return its URI."""
        uri = uri or file.as_uri()
        self.texts[uri] = file.read_text(encoding="utf-8") if text is None else text
        self._versions[uri] = 1
        item = types.TextDocumentItem(uri, "any", 1, self.texts[uri])
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
        return uri

    def type(self, uri: str, old: str, new: str) -> None:
        """Change a text without saving it."""
        assert old in self.texts[uri]
        self.texts[uri] = self.texts[uri].replace(old, new)
        self._versions[uri] += 1
        document = types.VersionedTextDocumentIdentifier(self._versions[uri], uri)
        change = types.TextDocumentContentChangeWholeDocument(self.texts[uri])
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))

    def close(self, uri: str) -> None:
        """Close a file."""
        del self.texts[uri]
        document = types.TextDocumentIdentifier(uri)
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    def move(self, added: Sequence[Path], removed: Sequence[Path]) -> None:
        """Add folders to the workspace, and remove others."""
        new, old = ([types.WorkspaceFolder(one.as_uri(), one.name) for one in some] for some in (added, removed))
        event = types.WorkspaceFoldersChangeEvent(new, old)
        self.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(event))

    def changed_on_disk(self, file: Path) -> None:
        """Say that a file changed on the disk, as an editor that watches it does."""
        event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    # --- what is shown

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds of what is shown."""

        async def wait() -> None:
            while not holds():
                self._news.clear()
                await self._news.wait()

        try:
            await asyncio.wait_for(wait(), SECONDS)
        except TimeoutError:
            raise AssertionError(f"it never held; shown: {self.codes()}; log: {self.log}") from None

    def codes(self) -> dict[str, list[str]]:
        """Return the codes of the diagnostics by the names of their files, hints left out."""
        hint = types.DiagnosticSeverity.Hint
        return {
            uri.rpartition("/")[2]: codes
            for uri, found in self.shown.items()
            if (codes := [str(one.code) for one in found if one.severity is not hint])
        }

    async def hover(self, uri: str, line: int, character: int = 0) -> str:
        """Return what is said of a line, from 0; it comes after the check of the newest change."""
        position = types.Position(line, character)
        params = types.HoverParams(types.TextDocumentIdentifier(uri), position)
        found = await asyncio.wait_for(self.client.text_document_hover_async(params), SECONDS)
        if found is None:
            return ""
        assert isinstance(found.contents, types.MarkupContent)
        return found.contents.value

    async def hints(self, uri: str) -> dict[int, str]:
        """Return the inlay hints by line."""
        whole = types.Range(types.Position(0, 0), types.Position(1000, 0))
        params = types.InlayHintParams(types.TextDocumentIdentifier(uri), whole)
        found = await asyncio.wait_for(self.client.text_document_inlay_hint_async(params), SECONDS)
        return {one.position.line: str(one.label) for one in found or ()}

    async def actions(self, uri: str, shown: types.Diagnostic) -> list[types.CodeAction]:
        """Return what can be done about a diagnostic."""
        context = types.CodeActionContext([shown])
        params = types.CodeActionParams(types.TextDocumentIdentifier(uri), shown.range, context)
        found = await asyncio.wait_for(self.client.text_document_code_action_async(params), SECONDS)
        return [one for one in found or () if isinstance(one, types.CodeAction)]

    def apply(self, action: types.CodeAction) -> None:
        """Apply the edits of an action to the open texts, without saving them."""
        assert action.edit is not None
        for uri, edits in (action.edit.changes or {}).items():
            text = self.texts[uri]
            for edit in sorted(edits, key=lambda one: one.range.start, reverse=True):
                start, end = _offset(text, edit.range.start), _offset(text, edit.range.end)
                text = text[:start] + edit.new_text + text[end:]
            self.type(uri, self.texts[uri], text)


def _offset(text: str, position: types.Position) -> int:
    """Return the offset of a position in units of UTF-16."""
    lines = text.split("\n")
    before = sum(len(line) + 1 for line in lines[: position.line])
    units = lines[position.line].encode("utf-16-le")[: position.character * 2]
    return before + len(units.decode("utf-16-le"))


class _Shared:
    """An editor that stays for all tests that need no options of their own: to start a server takes a while."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.editor: Editor | None = None

    def run(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Return what a coroutine returns on the loop of the editor."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(2 * SECONDS)

    async def play(self, scenario: Callable[[Editor], Awaitable[None]], folders: tuple[Path, ...]) -> None:
        """Play a scenario on some folders of the workspace, which are not in it any more afterwards."""
        if self.editor is None:
            self.editor = Editor()
            await self.editor.start()
        editor = self.editor
        editor.shown, editor.log = {}, []
        editor.move(folders, ())
        try:
            await asyncio.wait_for(scenario(editor), 2 * SECONDS)
        finally:
            for uri in list(editor.texts):
                editor.close(uri)
            editor.move((), folders)
            await editor.hover("untitled:none", 0)  # what was sent before has arrived when this is answered

    def stop(self) -> None:
        """End the server, and see that it ends well."""
        try:
            assert self.editor is None or self.run(self.editor.stop()) == (0, "")
        finally:
            if self.editor is not None:
                self.editor.kill()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(SECONDS)
            self._loop.close()


@pytest.fixture(scope="session")
def shared() -> Iterator[_Shared]:
    """Return the editor that stays."""
    one = _Shared()
    yield one
    one.stop()


@pytest.fixture
def play(shared: _Shared) -> Callable[..., None]:
    """Return a function that plays a scenario with an editor that has some folders open.

    With options, encodings, or without folders it is an editor of its own, whose server has to end well.
    """

    def run(scenario: Callable[[Editor], Awaitable[None]], *folders: Path, **how: Any) -> None:
        async def alone() -> tuple[int, str]:
            editor = Editor(*folders, **how)
            try:
                await editor.start()
                await scenario(editor)
                return await editor.stop()
            finally:
                editor.kill()

        if folders and not how:
            shared.run(shared.play(scenario, folders))
        else:
            assert asyncio.run(asyncio.wait_for(alone(), 2 * SECONDS)) == (0, "")

    return run


@pytest.fixture
def write() -> Callable[..., Path]:
    """Return a function that writes files by name (`main_tf`, `lab__main_tf` in a folder) into a repository."""

    def write(folder: Path, **files: str) -> Path:
        (folder / ".git").mkdir(parents=True, exist_ok=True)  # which marks where the checked tree ends
        for name, text in files.items():
            *parents, last = name.split("__")
            file = folder.joinpath(*parents, last.replace("_", "."))
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        return folder

    return write
