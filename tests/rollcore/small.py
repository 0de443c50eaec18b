# SPDX-License-Identifier: MIT
"""Integers as the 32-bit MicroPython has them without allocating: any result of more than 31 bits is an error.

What is computed from a `Small` is `Small`, too, so samples made of them find every overflow behind them.
"""

LIMIT = 2**30


class Small(int):
    """An integer of 31 bits."""

    __slots__ = ()

    def __neg__(self):
        return _small(-int(self))

    def __abs__(self):
        return _small(abs(int(self)))


def _small(value):
    if not -LIMIT <= value < LIMIT:
        raise OverflowError(f"{value} takes more than 31 bits")
    return Small(value)


def _checked(name):
    plain = getattr(int, name)

    def method(self, other):
        value = plain(self, other)
        return value if value is NotImplemented else _small(value)

    return method


for _name in "add sub mul floordiv mod lshift rshift and or xor pow".split():
    for _side in ("", "r"):
        setattr(Small, f"__{_side}{_name}__", _checked(f"__{_side}{_name}__"))
