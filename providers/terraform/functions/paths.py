"""Functions on file names; those that depend on the machine are unknown.

Source: https://developer.hashicorp.com/terraform/language/functions (filesystem functions), Go's path/filepath.
"""

from __future__ import annotations

from providers.terraform.values import Unknown


def abspath(path: str) -> Unknown:
    """Return unknown: it depends on where Terraform runs."""
    return Unknown("depends on the folder in which Terraform runs", expression=f'abspath("{path}")')


def pathexpand(path: str) -> str | Unknown:
    """Return a path with `~` replaced: unknown if it begins with one, else the path."""
    if path.startswith("~"):
        return Unknown("depends on the user's home folder", expression=f'pathexpand("{path}")')
    return path


def basename(path: str) -> str:
    """Return the last part of a path."""
    if not path:
        return "."
    return path.rstrip("/").rpartition("/")[2] or "/"


def dirname(path: str) -> str:
    """Return a path without its last part, cleaned."""
    return _clean(path[: path.rfind("/") + 1])


def _clean(path: str) -> str:
    root = "/" if path.startswith("/") else ""
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part == ".." and root:
            continue
        elif part not in ("", "."):
            parts.append(part)
    return root + "/".join(parts) or "."
