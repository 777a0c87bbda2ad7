"""The editor companion: `euclave lsp`, a server of the Language Server Protocol. Nothing else of ours imports it."""
