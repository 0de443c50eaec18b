# SPDX-License-Identifier: MIT
"""Boards that mean harm: names that lead elsewhere, sizes that lie, streams without end, at both ways to pull.

`HostilePort` stands where pyserial's port does, and answers whatever it is asked with bytes of its own making.
"""

import json
import random
import struct
from binascii import crc32
from collections.abc import Iterator, Sequence
from hashlib import sha256

from rolltools.link import FileRange
from rolltools.link.frames import PAYLOAD, Frame, FrameReader

NAMES = (
    "../../x.roll",
    "..\\..\\x.roll",
    "/etc/passwd",
    "C:\\x.roll",
    "c:s000001.roll",
    "//server/share/s000001.roll",
    "s000001.roll/../../x",
    "s000001.roll\n",
    "s000001.roll\0.txt",
    "s\u0660\u0660\u0660\u0660\u0660\u0661.roll",
    "con.roll",
    "nul",
    "COM1",
    "s000001.roll:stream",
    ".bashrc",
    "",
    "~/s000001.roll",
    "\x1b[2Js000001.roll",
    "s" + "9" * 10_000 + ".roll",
    "s000001.strokes.csv",
)
SIZES = (0, 1, 63, 64, 65, 2048, 5000, 9000, 1 << 24)
LIES = (-1, (1 << 24) + 1, 1 << 31, (1 << 32) - 1, 1 << 63, True, 1.5, None, "9")
WORDS = (b"contact", b"error 5", b"\x1b[31m" * 20, b"\xff" * 60, b"")
ENDLESS = 0.999  # the chance that a stream goes on: longer than anybody listens


def frame(kind: bytes, request: int, offset: int, payload: bytes, size: int | None = None) -> bytes:
    """Return a frame that says what it is told to say; its CRC is right."""
    body = struct.pack("<1sHIH", kind, request, offset, len(payload) if size is None else size) + payload
    return b"\xa5R" + body + struct.pack("<I", crc32(body))


class Malice:
    """Draws what a hostile board answers; the same seed, the same malice."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self._plausible = self.chance.random() < 0.7  # its list is what a board of ours could send

    def offered(self) -> object:
        """Return a list of sessions as a board at its prompt gives it."""
        chance = self.chance
        if not self._plausible and chance.random() < 0.2:
            return chance.choice([None, 5, "s000001.roll", {}, [[]], [5], [["s000001.roll"]], [[["x"], 1, 0, 0]]])
        return [
            [self._name(), self._size(), chance.choice([True, False, 0, "x"]), self._number()]
            for _ in range(chance.choice([1, 1, 2, 4] if self._plausible else [1, 2, 200]))
        ]

    def records(self) -> bytes:
        """Return the list as a running app sends it."""
        chance = self.chance
        count = chance.choice([0, 1, 1, 2, 5, 200])
        rows = [
            (
                chance.choice([0, 1, 2, 999999999, 0xFFFFFFFF]),
                abs(self._number()),
                chance.randrange(256),
                self._number(),
            )
            for _ in range(count)
        ]
        return b"".join(struct.pack("<IIBI", *row) for row in rows) + b"x" * chance.choice([0, 0, 0, 1, 12])

    def frames(self, request: int, start: int, end: int, body: bytes | None = None) -> list[bytes]:
        """Return what comes of a range of a file: right frames, lies, noise, too much; `body` is what is told truly."""
        chance = self.chance
        said = [self._frame(request, start, end) for _ in range(chance.choice([0, 1, 3, 10]))]
        if body is not None or chance.random() < 0.4:
            data = body if body is not None else chance.randbytes(min(end - start, 9000))
            said += [frame(b"D", request, start + at, data[at : at + PAYLOAD]) for at in range(0, len(data), PAYLOAD)]
            digest = sha256(data).digest() if body is not None or chance.random() < 0.7 else chance.randbytes(32)
            said.append(frame(b"E", request, start + len(data) if chance.random() < 0.7 else end, digest))
        if chance.random() < 0.3:
            chance.shuffle(said)
        return said

    def _frame(self, request: int, start: int, end: int) -> bytes:
        chance = self.chance
        offset = chance.choice(
            [start, end, 0, max(0, start - 1), max(0, end - 1), 0xFFFFFFFF, chance.randrange(1 << 32)]
        )
        kind = chance.choice([b"D", b"D", b"D", b"E", b"F", b"?", b"\x00"])
        payload = chance.choice(WORDS) if kind == b"F" else chance.randbytes(chance.choice([0, 1, 32, 33, PAYLOAD]))
        number = chance.choice([request, request, request + 1, 0, 0xFFFF]) & 0xFFFF
        made = frame(kind, number, offset, payload, chance.choice([None, None, None, PAYLOAD, 0xFFFF]))
        if chance.random() < 0.2:
            made = bytearray(made)
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
        return bytes(made)

    def _name(self) -> str:
        chance = self.chance
        return (
            chance.choice(NAMES)
            if not self._plausible and chance.random() < 0.5
            else f"s{chance.randrange(99):06}.roll"
        )

    def _size(self) -> object:
        return self.chance.choice(SIZES if self._plausible else SIZES + LIES)

    def _number(self) -> int:
        return self.chance.choice([0, 1, 64, 3000, 1 << 24, 0xFFFFFFFF])


class HostileLink:
    """Stands for `Link`: a board at its prompt. Its streams may have no end."""

    def __init__(self, seed: int) -> None:
        self._malice = Malice(seed)

    def run(self, _snippet: str, **_args: object) -> object:
        """Return a list."""
        return json.loads(json.dumps(self._malice.offered()))

    def exec(self, _code: str) -> bytes:
        """Do nothing."""
        return b""

    def frames(self, ranges: Sequence[FileRange]) -> Iterator[Frame]:
        """Yield what the bytes of a hostile board hold, as `Link.frames` does."""
        reader = FrameReader()
        said = [piece for place, part in enumerate(ranges) for piece in self._malice.frames(place, *part[1:])]
        found = [frame for piece in said for frame in reader.feed(piece)] + reader.end()
        yield from found
        while found and self._malice.chance.random() < ENDLESS:
            yield from found


class HostilePort:
    """Stands for the port of an app: answers requests with JSON, frames and noise; `clock` moves with every read."""

    def __init__(self, seed: int, clock) -> None:
        self._malice = Malice(seed)
        self._clock = clock
        self._out: list[bytes] = []

    def begin(self) -> None:
        """Begin a question."""

    def write(self, data: bytes) -> int:
        """Take a request, and prepare what is said to it."""
        words = data.split()
        chance = self._malice.chance
        if words and words[0].startswith(b"@"):
            self._out += self._answer(words[0][1:].decode(), [int(word) for word in words[1:] if word.isdigit()])
        if chance.random() < 0.05:
            self._out.append(chance.randbytes(chance.choice([1, 100, 5000])))
        return len(data)

    def read_some(self) -> bytes:
        """Return the next piece; b"" after a while of silence."""
        self._clock.now_s += 0.01 if self._out else 0.1
        return self._out.pop(0) if self._out else b""

    def _answer(self, word: str, numbers: list[int]) -> list[bytes]:
        chance = self._malice.chance
        if chance.random() < 0.1:
            return [
                chance.choice(
                    [b"", b"@{", b"@{}\n" * 500, b"@[1]\n", b'@{"%s": ' % word.encode() + b"[" * 9000 + b"\n"]
                )
            ]
        answer = chance.choice([True] * 12 + ["contact", False, None, 1e308, "\x1b[2J" * 30, {"a": []}, -5, 1 << 70])
        if word == "clock":
            answer = chance.choice([1790000000000, -1, 1 << 60, None, "x", 1.5, True])
        said = [b"@" + json.dumps({word: answer}).encode() + b"\n"]
        if word == "sessions":
            body = self._malice.records() if chance.random() < 0.8 else None
            said += self._malice.frames(numbers[-1] if numbers else 0, 0, 100, body)
        elif word == "send" and len(numbers) == 4:
            said += self._malice.frames(numbers[3], numbers[1], numbers[2])
            if chance.random() < 0.1:
                said *= 50
        return said
