"""The aws adapter."""
