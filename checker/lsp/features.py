"""What the server answers: which of the protocol's notifications and requests lead where."""

from __future__ import annotations

import datetime

from lsprotocol import types

from checker.changed import CODE
from checker.lsp import actions
from checker.lsp.judged import fenced
from checker.lsp.server import Companion

_WATCHED = ("**/euclave.toml", "**/pyproject.toml", *(f"**/*{ending}" for ending in CODE))


def register(server: Companion) -> None:
    """Give a server its features."""
    _files(server)
    _questions(server)


def _files(server: Companion) -> None:
    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        workspace = server.client_capabilities.workspace
        watching = workspace.did_change_watched_files if workspace is not None else None
        if watching is not None and watching.dynamic_registration:
            watchers = [types.FileSystemWatcher(pattern) for pattern in _WATCHED]
            options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
            name = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
            server.client_register_capability(
                types.RegistrationParams([types.Registration("euclave-files", name, options)])
            )

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def opened(params: types.DidOpenTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def changed(params: types.DidChangeTextDocumentParams) -> None:
        server.changed(params.text_document.uri, typed=True)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def saved(params: types.DidSaveTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        server.changed(params.text_document.uri)

    @server.feature(types.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    def watched(params: types.DidChangeWatchedFilesParams) -> None:
        server.watched(change.uri for change in params.changes)

    @server.feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)
    def refolded(params: types.DidChangeWorkspaceFoldersParams) -> None:
        server.refolded()

    @server.feature(types.SHUTDOWN)
    def ended(params: None) -> None:
        server.ended()


def _questions(server: Companion) -> None:
    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        found = await server.judged(params.text_document.uri)
        text = found[0].hover(found[1], params.position.line + 1) if found is not None else ""
        if not text:
            return None
        kind = types.MarkupKind.PlainText
        asked = server.client_capabilities.text_document
        if asked and asked.hover and types.MarkupKind.Markdown in (asked.hover.content_format or ()):
            kind, text = types.MarkupKind.Markdown, fenced(text)
        return types.Hover(types.MarkupContent(kind, text))

    @server.feature(types.TEXT_DOCUMENT_INLAY_HINT)
    async def hints(params: types.InlayHintParams) -> list[types.InlayHint]:
        found = await server.judged(params.text_document.uri)
        if found is None:
            return []
        return list(found[0].hints(found[1], params.range.start.line + 1, params.range.end.line + 1))

    @server.feature(types.TEXT_DOCUMENT_CODE_ACTION, types.CodeActionOptions([types.CodeActionKind.QuickFix]))
    async def fixes(params: types.CodeActionParams) -> list[types.CodeAction]:
        if not actions.are_asked(params.context):
            return []
        found = await server.judged(params.text_document.uri, newest=True)
        if found is None:
            return []
        today = datetime.datetime.now(datetime.UTC).date()
        return list(actions.offered(*found, params.range, params.context.diagnostics, today))
