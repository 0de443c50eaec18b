# SPDX-License-Identifier: MIT
"""What a user sees of a failure: what went wrong, what to do about it, and the exit code that a script sees."""

NO_FILE_SYSTEM = "it is damaged, and MicroPython cannot mount it"
NO_FILE_SYSTEM_CURE = "write MicroPython anew with `roller flash --no-backup`, which erases all and deploys"


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
