# SPDX-License-Identifier: MIT
"""Files that somebody might leave in place of settings: from nearly right to anything at all."""

import json
import random

import rolltools  # noqa: F401 - makes rollcore importable
from rollcore.settings import SCHEMA

_NAMES = [row[0] for row in SCHEMA]
_NEWER = ("glow", "over_limit_pct", "wifi", "rate_khz", "OVER_LIMIT_N", "", "\u00e9", "x" * 10000)
_ODD = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999",
    "-1e999",
    "1e-999",
    "-0",
    "0.1e1",
    "9" * 400,
    "-" + "9" * 4000,
    "null",
    "true",
    "false",
    '""',
    '"loadcell"',
    '"\\ud800"',
    '"' + "y" * 3000 + '"',
    "[]",
    "{}",
    "[" * 500 + "]" * 500,
    '{"a":' * 200 + "1" + "}" * 200,
    "1073741824",
    "-2147483649",
    "1,",
    "0x10",
    "'on'",
)
_WHOLE = (b"", b"{", b"}", b"[]", b"null", b"7", b'"x"', b"\xff\xfe\x00", b"\x00" * 100, b"[" * 8000, b"{}" * 3000)


def draw(rng: random.Random) -> bytes:
    """Return the bytes of one file."""
    kind = rng.random()
    if kind < 0.04:
        return rng.choice(_WHOLE)
    if kind < 0.08:
        return rng.randbytes(rng.randrange(300))
    data = _object(rng).encode("utf-8", "surrogatepass")
    return data if kind < 0.55 else _damaged(rng, data)


def _object(rng: random.Random) -> str:
    odd = rng.random()
    entries = []
    for _ in range(rng.randrange(7)):
        name = rng.choice(_NEWER) if rng.random() < 0.1 * odd else rng.choice(_NAMES)
        value = rng.choice(_ODD) if rng.random() < 0.3 * odd else _value(rng, name)
        entries.append(f"{json.dumps(name)}: {value}")
    return "{" + ", ".join(entries) + "}"


def _value(rng: random.Random, name: str) -> str:
    row = next((row for row in SCHEMA if row[0] == name), SCHEMA[0])
    _, _, default, low, high = row
    if high is None:
        return json.dumps(rng.choice(low))
    spread = rng.uniform(low, high) if rng.random() < 0.9 else rng.uniform(-2 * high, 3 * high)
    return str(round(spread)) if isinstance(default, int) else f"{spread:.3g}"


def _damaged(rng: random.Random, data: bytes) -> bytes:
    made = bytearray(data)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(made) + 1)
        way = rng.randrange(5)
        if way == 0:
            del made[at:]  # half written
        elif way == 1:
            made[at:at] = rng.randbytes(rng.randrange(1, 9))
        elif way == 2:
            del made[at : at + rng.randrange(1, 9)]
        elif way == 3 and made:
            made[at % len(made)] ^= 1 << rng.randrange(8)
        else:
            made[at:at] = made[: rng.randrange(len(made) + 1)]
    return bytes(made)
