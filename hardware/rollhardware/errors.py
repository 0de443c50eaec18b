# SPDX-License-Identifier: MIT
"""What stops a make of hardware/."""


class HardwareError(Exception):
    """Something in hardware/ is wrong: each of `problems` says what, where, and what to do about it."""

    def __init__(self, *problems: str):
        super().__init__("\n".join(problems))
        self.problems = problems
