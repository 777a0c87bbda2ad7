"""The command line and engine of euclave."""
