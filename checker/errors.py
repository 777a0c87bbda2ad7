"""The error tree: what a person can put right. The command line prints message and hint and exits with the code."""

from __future__ import annotations


class EuclaveError(Exception):
    """Something kept the run from checking what was asked; `hint` says what to do about it."""

    exit_code = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(EuclaveError):
    """The arguments or the configuration ask for something that does not exist."""

    exit_code = 2
