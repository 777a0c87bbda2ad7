"""The azure adapter."""
