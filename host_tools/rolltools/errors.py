# SPDX-License-Identifier: MIT
"""The one error a user sees: what went wrong and what to do about it."""


class RollerError(Exception):
    """A failure with one line of `cause` and one line of `cure`; the command line prints both and exits with 1."""

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure
