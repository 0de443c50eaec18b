# SPDX-License-Identifier: MIT
"""What a user sees of a failure: what went wrong, what to do about it, and the exit code that a script sees."""


class RollerError(Exception):
    """A failure with one line of `cause` and one line of `cure`; the command line prints both and ends with 1."""

    exit_code = 1

    def __init__(self, cause: str, cure: str) -> None:
        super().__init__(cause)
        self.cause = cause
        self.cure = cure


class NotNowError(RollerError):
    """Nothing is wrong, but not now: the same command works in a moment. Ends with 75, the EX_TEMPFAIL of sysexits."""

    exit_code = 75
