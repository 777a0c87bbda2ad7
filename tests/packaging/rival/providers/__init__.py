raise SystemExit("hijacked")
