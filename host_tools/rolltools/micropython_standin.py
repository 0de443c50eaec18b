# SPDX-License-Identifier: MIT
"""The module `micropython` for CPython: what rollcore imports from it, with the meaning it has there."""


def const(value):
    """Return `value`; MicroPython's compiler folds it."""
    return value


def native(function):
    """Return `function`; MicroPython compiles it to machine code."""
    return function


viper = native
