"""The terraform adapter."""
